#include "fem/initial_fields/grid_field.h"
#include "material/base/errors.h"
#include "material/base/text.h"
#include "tests/base/scratch_directory.h"

#include <deal.II/base/mpi.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <hdf5.h>
#include <memory>
#include <numeric>
#include <vector>

namespace revitra
{
  using namespace dealii;

  namespace
  {
    bool is_root()
    {
      return Utilities::MPI::this_mpi_process(MPI_COMM_WORLD) == 0;
    }

    template <int dim>
    BoundingBox<dim> unit_box()
    {
      Point<dim> corner;
      for (unsigned int d = 0; d < dim; ++d)
        corner[d] = 1.;
      return BoundingBox<dim>({Point<dim>(), corner});
    }

    /// A multilinear function, which a field on any grid is to reproduce, and which tells the directions apart.
    double exact(const Point<2> &p)
    {
      return 1. + 2. * p[0] - 3. * p[1] + 4. * p[0] * p[1];
    }

    double exact(const Point<3> &p)
    {
      return 1. + 2. * p[0] - 3. * p[1] + 5. * p[2] + 4. * p[0] * p[1] - p[1] * p[2] + 7. * p[0] * p[1] * p[2];
    }

    /// From −0.25 to 1.25 along x, 0 to 1 along y and −0.5 to 1.5 along z, 4 × 6 (× 3) points.
    template <int dim>
    struct Grid
    {
      Grid()
      {
        constexpr std::array<hsize_t, 3> n_points_3d{{4, 6, 3}};
        constexpr std::array<double, 3>  origin_3d{{-0.25, 0., -0.5}};
        constexpr std::array<double, 3>  spacing_3d{{0.5, 0.2, 1.}};
        std::copy_n(n_points_3d.begin(), dim, n_points.begin());
        std::copy_n(origin_3d.begin(), dim, origin.begin());
        std::copy_n(spacing_3d.begin(), dim, spacing.begin());
      }

      /// Those of points, the last direction fastest.
      std::vector<Point<dim>> points() const
      {
        std::vector<Point<dim>> points(std::accumulate(n_points.begin(), n_points.end(), 1, std::multiplies<>()));
        for (std::size_t i = 0; i < points.size(); ++i)
          for (std::size_t rest = i, d = dim; d-- > 0; rest /= n_points[d])
            points[i][d] = origin[d] + static_cast<double>(rest % n_points[d]) * spacing[d];
        return points;
      }

      std::array<hsize_t, dim> n_points;
      std::array<double, dim>  origin;
      std::array<double, dim>  spacing;
    };

    class GridFieldTest : public testing::Test
    {
    protected:
      GridFieldTest()
        : scratch(is_root() ? std::make_unique<ScratchDirectory>() : nullptr)
        , directory(Utilities::MPI::broadcast(MPI_COMM_WORLD, scratch ? scratch->path("") : std::string()))
      {}

      ~GridFieldTest() override { MPI_Barrier(MPI_COMM_WORLD); } // before the files go

      /// Its path. Its readers read on the first rank only, so there is nobody to wait.
      std::string write(const std::string &name, const std::string &text) const
      {
        if (is_root())
          scratch->write(name, text);
        return directory + name;
      }

      /// Lines of `cells` for each point, in an order that is none.
      template <int dim, typename Cells>
      std::string write_shuffled(const std::string &header, const Cells &cells) const
      {
        const auto  points = Grid<dim>().points();
        std::string text   = "# a comment\n\n" + header + "\r\n";
        for (std::size_t i = 0; i < points.size(); ++i)
          text += (i == 3 ? "#\n" : "") + cells(points[(7 * i + 5) % points.size()]) + "\r\n";
        return write("grid.csv", text);
      }

      /// The problems that `file` is refused with, the same on all ranks, without "FILE: ".
      template <int dim>
      std::vector<std::string> problems_of(const std::string &file) const
      {
        std::vector<std::string> problems;
        try
          {
            GridField<dim>(file, unit_box<dim>(), MPI_COMM_WORLD);
          }
        catch (const DeckError &error)
          {
            problems = error.problems();
          }
        for (const auto &of_a_rank : Utilities::MPI::all_gather(MPI_COMM_WORLD, problems))
          EXPECT_EQ(of_a_rank, problems);
        for (std::string &problem : problems)
          {
            EXPECT_EQ(problem.find(file + ": "), 0u) << problem;
            problem = problem.substr(std::min(problem.size(), file.size() + 2));
          }
        return problems;
      }

      std::vector<std::string> problems_of_csv(const std::string &text) const
      {
        return problems_of<2>(write("grid.csv", text));
      }

      std::unique_ptr<ScratchDirectory> scratch; ///< on the first rank
      std::string                       directory;
    };

    using Problems = std::vector<std::string>;

    /// At points within the grid, on it, and outside of it. Rounding of numbers of size 10: 1e-14.
    template <int dim>
    void expect_exact(const GridField<dim> &field)
    {
      for (const Point<dim> &point : Grid<dim>().points())
        EXPECT_NEAR(field.value(point), exact(point), 1e-13);
      Point<dim> point;
      for (unsigned int d = 0; d < dim; ++d)
        point[d] = 0.13 + 0.38 * d;
      EXPECT_NEAR(field.value(point), exact(point), 1e-13);
      Point<dim> outside = point;
      outside[0]         = 3.;
      point[0]           = 1.25;
      EXPECT_NEAR(field.value(outside), exact(point), 1e-13);
    }

    /// Writes a file as documented, with HDF5 itself.
    class Hdf5Writer
    {
    public:
      explicit Hdf5Writer(const std::string &name)
        : file(H5Fcreate(name.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT))
      {}
      Hdf5Writer(const Hdf5Writer &) = delete;
      ~Hdf5Writer()
      {
        if (dataset >= 0)
          H5Dclose(dataset);
        H5Fclose(file);
      }

      /// Numbers are kept as `type`; without any, none is written.
      void values(const std::vector<hsize_t> &shape, const std::vector<double> &numbers, const hid_t type)
      {
        const hid_t space = H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr);
        dataset           = H5Dcreate2(file, "values", type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
        if (!numbers.empty())
          H5Dwrite(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, numbers.data());
        H5Sclose(space);
      }

      void attribute(const std::string &name, const std::vector<double> &numbers) const
      {
        const hsize_t length    = numbers.size();
        const hid_t   space     = H5Screate_simple(1, &length, nullptr);
        const hid_t   attribute = H5Acreate2(dataset, name.c_str(), H5T_IEEE_F64LE, space, H5P_DEFAULT, H5P_DEFAULT);
        H5Awrite(attribute, H5T_NATIVE_DOUBLE, numbers.data());
        H5Aclose(attribute);
        H5Sclose(space);
      }

    private:
      const hid_t file;
      hid_t       dataset = -1;
    };

    template <int dim>
    void write_exact_hdf5(const std::string &name)
    {
      if (!is_root())
        return;
      const Grid<dim>     grid;
      std::vector<double> numbers;
      for (const Point<dim> &point : grid.points())
        numbers.push_back(exact(point));
      Hdf5Writer writer(name);
      writer.values({grid.n_points.begin(), grid.n_points.end()}, numbers, H5T_IEEE_F64LE);
      writer.attribute("origin", {grid.origin.begin(), grid.origin.end()});
      writer.attribute("spacing", {grid.spacing.begin(), grid.spacing.end()});
    }
  } // namespace

  TEST_F(GridFieldTest, CsvInAnyOrder)
  {
    const auto plane = write_shuffled<2>("\"value\", y ,x", [](const Point<2> &p) {
      return shortest(exact(p)) + "," + shortest(p[1]) + ", " + shortest(p[0]);
    });
    expect_exact(GridField<2>(plane, unit_box<2>(), MPI_COMM_WORLD));

    const auto cube = write_shuffled<3>("z,x,value,y", [](const Point<3> &p) {
      return shortest(p[2]) + "," + shortest(p[0]) + "," + shortest(exact(p)) + "," + shortest(p[1]);
    });
    expect_exact(GridField<3>(cube, unit_box<3>(), MPI_COMM_WORLD));
  }

  TEST_F(GridFieldTest, CsvAsSpreadsheetsWriteIt)
  {
    // x + 10 y; with a byte order mark, quotes and line ends of Windows or of an old Mac, or commas up to a margin
    for (const char *const text :
         {"\xEF\xBB\xBF\"x\",\"y\",\"value\"\r\n\"0\",\"0\",\"0\"\r\n1,0,1\r\n0,1,10\r\n1,1,11\r\n",
          "x,y,value\r0,0,0\r1,0,1\r0,1,10\r1,1,11",
          ",,,,\nx,y,value,,\n0,0,0,,\n1,0,1,,\n,,,,\n0,1,10,,\n1,1,11,,\n,,,,"})
      {
        const GridField<2> field(write("grid.csv", text), unit_box<2>(), MPI_COMM_WORLD);
        EXPECT_NEAR(field.value(Point<2>(0.25, 0.5)), 5.25, 1e-14);
      }
    const Problems semicolons = problems_of_csv("x;y;value\n0,5;0;1\n");
    ASSERT_EQ(semicolons.size(), 1u);
    EXPECT_EQ(semicolons[0].find("line 1 'x;y;value': semicolons stand between its cells"), 0u) << semicolons[0];
    const Problems utf16 = problems_of_csv("\xFF\xFEx");
    ASSERT_EQ(utf16.size(), 1u);
    EXPECT_EQ(utf16[0].find("the grid cannot be read: it is in UTF-16"), 0u) << utf16[0];
    EXPECT_EQ(problems_of_csv("x,y,value\n0,0,1\n0,1,\"1\n1,0,1\n1,1,1\n"),
              Problems{"line 3: a double quote is not closed"});
  }

  TEST_F(GridFieldTest, Hdf5)
  {
    write_exact_hdf5<2>(directory + "plane.h5");
    expect_exact(GridField<2>(directory + "plane.h5", unit_box<2>(), MPI_COMM_WORLD));
    write_exact_hdf5<3>(directory + "cube"); // what it is does not show in its name
    expect_exact(GridField<3>(directory + "cube", unit_box<3>(), MPI_COMM_WORLD));
  }

  TEST_F(GridFieldTest, Hdf5OfIntegers)
  {
    const std::string file = directory + "integers.h5";
    if (is_root())
      {
        Hdf5Writer writer(file);
        writer.values({2, 3}, {0, 1, 2, 10, 11, 12}, H5T_STD_I16BE);
        writer.attribute("origin", {0., 0.});
        writer.attribute("spacing", {1., 0.5});
      }
    const GridField<2> field(file, unit_box<2>(), MPI_COMM_WORLD);
    EXPECT_NEAR(field.value(Point<2>(0.25, 0.75)), 2.5 + 1.5, 1e-14); // 10 x + 2 y, rounded
  }

  TEST_F(GridFieldTest, CoordinatesMayBeRounded)
  {
    // Thirds in three digits are off by 0.001 of a spacing.
    const GridField<2> field(
      write("grid.csv", "x,y,value\n0,0,0\n0.333,0,1\n0.667,0,2\n1,0,3\n0,1,0\n.333,1,1\n6.67e-1,1,2\n+1,1,3\n"),
      unit_box<2>(),
      MPI_COMM_WORLD);
    EXPECT_NEAR(field.value(Point<2>(0.5, 0.4)), 1.5, 1e-14); // 3 x, rounded
  }

  TEST_F(GridFieldTest, AFileThatCannotBeRead)
  {
    EXPECT_EQ(problems_of<2>(directory + "none.csv"), Problems{"the grid cannot be read: No such file or directory"});
    EXPECT_EQ(problems_of<2>(directory + "none.h5"), Problems{"the grid cannot be read: No such file or directory"});
    EXPECT_EQ(problems_of<2>(directory), Problems{"the grid cannot be read: Is a directory"});
    EXPECT_EQ(problems_of<2>(write("grid.h5", "x,y,value\n")),
              Problems{"it is no HDF5 file, as its name says; allowed are HDF5 and comma-separated values"});
    EXPECT_EQ(problems_of_csv("x,y,value\n# 0,0,1\n"),
              Problems{"there is no grid in it; allowed is a line x,y,value and a line for each point"});
  }

  TEST_F(GridFieldTest, WrongColumns)
  {
    const std::string allowed = ": allowed are the names x,y,value in any order";
    EXPECT_EQ(problems_of_csv("# made today\nx,y,val\n0,0,1\n"), Problems{"line 2, columns = x,y,val" + allowed});
    EXPECT_EQ(problems_of_csv("x,y,z,value\n0,0,0,1\n"), Problems{"line 1, columns = x,y,z,value" + allowed});
    EXPECT_EQ(problems_of_csv("x,x,value\n0,0,1\n"), Problems{"line 1, columns = x,x,value" + allowed});
    EXPECT_EQ(problems_of_csv("0,0,1\n0,1,1\n"), Problems{"line 1, columns = 0,0,1" + allowed});
  }

  TEST_F(GridFieldTest, BadCellsAreAllTold)
  {
    const std::string allowed = ": allowed is a finite number";
    EXPECT_EQ(problems_of_csv("x,y,value\n0,0,high\n0,1,nan\n1,zero,inf\n1,1\n1,1,1,1\n1,1,\n"),
              (Problems{"line 2, value = high" + allowed,
                        "line 3, value = nan" + allowed,
                        "line 4, y = zero" + allowed,
                        "line 4, value = inf" + allowed,
                        "line 5: the number of its cells is 2; allowed is 3",
                        "line 6: the number of its cells is 4; allowed is 3",
                        "line 7, value = " + allowed}));
  }

  TEST_F(GridFieldTest, BadValuesAndABadGridAreToldTogether)
  {
    EXPECT_EQ(problems_of_csv("x,y,value\n0,0,1\n0,0.5,nan\n0.5,0,1\n0.5,0,2\n"),
              (Problems{"line 3, value = nan: allowed is a finite number",
                        "line 5: the point (0.5, 0) is there twice, first in line 4; allowed is a line for each point",
                        "the point (0.5, 0.5) is missing; allowed is a line for each point",
                        "along x: the grid is from 0 to 0.5; allowed is one that covers the specimen, from 0 to 1",
                        "along y: the grid is from 0 to 0.5; allowed is one that covers the specimen, from 0 to 1"}));
  }

  TEST_F(GridFieldTest, APointThatIsNowhereMakesNoHole)
  {
    EXPECT_EQ(problems_of_csv("x,y,value\n0,0,1\n0,1,1\n1,0,1\n1,l,1\n"),
              Problems{"line 5, y = l: allowed is a finite number"});
    EXPECT_EQ(problems_of_csv("x,y,value\n0,0,1\n0,1,1\n1,0,1\n1,1\n"),
              Problems{"line 5: the number of its cells is 2; allowed is 3"});
  }

  TEST_F(GridFieldTest, TheSpecimenBeginsBeforeTheGrid)
  {
    EXPECT_EQ(problems_of_csv("x,y,value\n0.5,0,1\n0.5,1,1\n1,0,1\n1,1,1\n"),
              Problems{"along x: the grid is from 0.5 to 1; allowed is one that covers the specimen, from 0 to 1"});
  }

  TEST_F(GridFieldTest, MissingPoints)
  {
    // The first, the last and two in between, of 3 × 3.
    EXPECT_EQ(problems_of_csv("x,y,value\n0,0.5,1\n0,1,1\n0.5,0,1\n1,0,1\n1,0.5,1\n"),
              (Problems{"the point (0, 0) is missing; allowed is a line for each point",
                        "the point (0.5, 0.5) is missing; allowed is a line for each point",
                        "the point (0.5, 1) is missing; allowed is a line for each point",
                        "the point (1, 1) is missing; allowed is a line for each point"}));
  }

  TEST_F(GridFieldTest, ManyOfAKindAreCounted)
  {
    std::string diagonal = "x,y,value\n";
    for (unsigned int i = 0; i <= 20; ++i)
      diagonal += std::to_string(i) + "," + std::to_string(i) + ",1\n";
    const auto missing = problems_of_csv(diagonal);
    ASSERT_EQ(missing.size(), 11u);
    EXPECT_EQ(missing[9], "the point (0, 10) is missing; allowed is a line for each point");
    EXPECT_EQ(missing[10], "and 410 more missing points"); // of 21² − 21

    std::string no_numbers = "x,y,value\n";
    for (unsigned int i = 0; i < 12; ++i)
      no_numbers += "0,0,?\n";
    const auto bad = problems_of_csv(no_numbers);
    EXPECT_EQ(std::count_if(bad.begin(), bad.end(), [](auto &p) { return p.find("value = ?") != p.npos; }), 10);
    EXPECT_EQ(std::count(bad.begin(), bad.end(), "and 2 more cells that are no finite number"), 1);
  }

  TEST_F(GridFieldTest, IrregularDistances)
  {
    // Along x a point is out of place, along y one is not there at all.
    EXPECT_EQ(problems_of_csv("x,y,value\n0,0,1\n0.25,0,1\n0.52,0,1\n0.75,0,1\n1,0,1\n1,.1,1\n1,.2,1\n1,.4,1\n"),
              (Problems{"along x: the points are not at regular distances: 0.52 (first in line 4) comes after 0.25 "
                        "(line 3) where the usual distance is 0.25; allowed is the same distance everywhere, to 1 %",
                        "along y: the points are not at regular distances: 0.4 (first in line 9) comes after 0.2 "
                        "(line 8) where the usual distance is 0.1; allowed is the same distance everywhere, to 1 %"}));
  }

  TEST_F(GridFieldTest, TooFewPoints)
  {
    EXPECT_EQ(problems_of_csv("x,y,value\n0,0.5,1\n1,0.5,1\n"),
              Problems{"along y: all points are at 0.5; allowed are two different ones or more"});
  }

  TEST_F(GridFieldTest, Hdf5WithoutValues)
  {
    if (is_root())
      Hdf5Writer(directory + "grid.h5");
    EXPECT_EQ(problems_of<2>(directory + "grid.h5"), Problems{"there is no dataset 'values' in it"});
  }

  TEST_F(GridFieldTest, Hdf5OfAnotherShape)
  {
    if (is_root())
      {
        Hdf5Writer writer(directory + "grid.h5");
        writer.values({2, 3}, std::vector<double>(6), H5T_IEEE_F32LE);
        writer.attribute("spacing", {1., 1.});
      }
    EXPECT_EQ(problems_of<3>(directory + "grid.h5"),
              (Problems{"dataset values, shape = (2, 3): allowed are 3 directions with 2 points or more each",
                        "attribute origin of dataset values: there is none: allowed are 3 finite numbers",
                        "attribute spacing of dataset values, shape = (2): allowed are 3 finite numbers > 0"}));
  }

  TEST_F(GridFieldTest, Hdf5ThatClaimsWhatWasNeverWritten)
  {
    // 34 GB of numbers in a file of 2 kB
    if (is_root())
      Hdf5Writer(directory + "grid.h5").values({65536, 65536}, {}, H5T_IEEE_F64LE);
    EXPECT_EQ(problems_of<2>(directory + "grid.h5").front(),
              "dataset values, shape = (65536, 65536): most of its numbers were never written");
  }

  TEST_F(GridFieldTest, Hdf5WithBadNumbers)
  {
    if (is_root())
      {
        Hdf5Writer writer(directory + "grid.h5");
        writer.values({2, 3}, {0., 1., std::nan(""), HUGE_VAL, 4., 5.}, H5T_IEEE_F64LE);
        writer.attribute("origin", {0., std::nan("")});
        writer.attribute("spacing", {0., 1.});
      }
    EXPECT_EQ(problems_of<2>(directory + "grid.h5"),
              (Problems{"attribute origin of dataset values: nan is among its numbers: allowed are 2 finite numbers",
                        "attribute spacing of dataset values: 0 is among its numbers: allowed are 2 finite numbers > 0",
                        "values[0, 2] = nan: allowed is a finite number",
                        "values[1, 0] = inf: allowed is a finite number"}));
  }

  TEST_F(GridFieldTest, Hdf5ThatDoesNotCoverTheSpecimen)
  {
    if (is_root())
      {
        Hdf5Writer writer(directory + "grid.h5");
        writer.values({2, 11}, std::vector<double>(22), H5T_IEEE_F64LE);
        writer.attribute("origin", {0.002, 0.});
        writer.attribute("spacing", {1., 0.099}); // along x 0.002 of a spacing is nothing; along y 0.1 of one is
      }
    EXPECT_EQ(problems_of<2>(directory + "grid.h5"),
              Problems{"along y: the grid is from 0 to 0.99; allowed is one that covers the specimen, from 0 to 1"});
  }

  TEST_F(GridFieldTest, Hdf5ThatIsDamaged)
  {
    write_exact_hdf5<2>(directory + "whole.h5");
    if (is_root())
      scratch->write("grid.h5", scratch->read("whole.h5").substr(0, 1000));
    EXPECT_EQ(problems_of<2>(directory + "grid.h5"), Problems{"it cannot be read as HDF5"});
  }
} // namespace revitra

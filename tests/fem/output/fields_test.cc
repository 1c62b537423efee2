#include "fem/output/cell_fields.h"
#include "fem/output/fields.h"
#include "material/base/errors.h"
#include "material/law/stability.h"
#include "tests/base/scratch_directory.h"
#include "tests/fem/discretization/test_specimen.h"
#include "tests/fem/output/vtu.h"

#include <deal.II/base/function.h>
#include <deal.II/grid/grid_tools.h>
#include <deal.II/numerics/vector_tools.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <memory>

namespace revitra
{
  using namespace dealii;
  using test::read_text;
  using test::read_vtu_array;
  using test::read_vtu_points;
  using test::small_box;
  using test::TestSpecimen;

  namespace
  {
    constexpr double shear = 0.25;

    unsigned int rank()
    {
      return Utilities::MPI::this_mpi_process(MPI_COMM_WORLD);
    }

    unsigned int n_ranks()
    {
      return Utilities::MPI::n_mpi_processes(MPI_COMM_WORLD);
    }

    std::string piece(const unsigned int record, const unsigned int r)
    {
      return "fields/fields_" + Utilities::int_to_string(record, 4) + "." + std::to_string(r) + ".vtu";
    }

    /// ũ with ũ_x = 0.1 y (2 − y) and ũ_y = 0.01 x.
    template <int dim>
    class Fluctuation : public Function<dim>
    {
    public:
      Fluctuation()
        : Function<dim>(dim)
      {}

      double value(const Point<dim> &p, const unsigned int component) const override
      {
        return component == 0 ? 0.1 * p[1] * (2. - p[1]) : component == 1 ? 0.01 * p[0] : 0.;
      }
    };

    /// A writer to a directory that all ranks share and that goes with the object.
    template <int dim>
    class FieldsTest
    {
    public:
      explicit FieldsTest(const Deck::Specimen &box = small_box<dim>(Deck::LateralBoundary::free))
        : scratch(rank() == 0 ? std::make_unique<ScratchDirectory>() : nullptr)
        , directory(Utilities::MPI::broadcast(MPI_COMM_WORLD, scratch ? scratch->path("") : std::string()))
        , specimen(box)
        , fluctuation(specimen.owned(), specimen.relevant, MPI_COMM_WORLD)
        , height(specimen.triangulation.n_active_cells())
        , writer(directory, MPI_COMM_WORLD)
      {
        TrilinosWrappers::MPI::Vector owned(specimen.owned(), MPI_COMM_WORLD);
        VectorTools::interpolate(specimen.dof_handler, Fluctuation<dim>(), owned);
        fluctuation = owned;
        for (const auto &cell : specimen.triangulation.active_cell_iterators())
          if (cell->is_locally_owned())
            height[cell->active_cell_index()] = cell->center()[1];
      }

      ~FieldsTest() { MPI_Barrier(MPI_COMM_WORLD); }

      void write(const double time)
      {
        writer.write(
          time, specimen.dof_handler, fluctuation, {shear, 0}, {{{"height", height}, {"twice", twice(height)}}, {}});
      }

      static Vector<double> twice(Vector<double> values) { return values *= 2.; }

      std::unique_ptr<ScratchDirectory> scratch;
      std::string                       directory;
      TestSpecimen<dim>                 specimen;
      TrilinosWrappers::MPI::Vector     fluctuation;
      Vector<double>                    height;
      FieldsWriter<dim>                 writer;
    };

    constexpr double       temperature     = 0.9;
    constexpr unsigned int points_per_cell = 4;

    /// Two materials, turn by turn, in points of different states, stresses and temperatures.
    struct DifferentPoints
    {
      explicit DifferentPoints(const std::size_t n_points)
        : materials(of_points(n_points))
        , history(states(n_points))
      {
        for (std::size_t p = 0; p < n_points; ++p)
          {
            history.stress[p]           = (4. + p % 7) * Deviator::Unit(p % 5);
            history.threshold[p].stress = 7.;
          }
      }

      static MaterialMap of_points(const std::size_t n_points)
      {
        Parameters dilatant;
        dilatant.dilatancy_factor *= 2.;
        std::vector<unsigned int> numbers;
        std::vector<double>       offsets;
        for (std::size_t p = 0; p < n_points; ++p)
          {
            numbers.push_back(p % 2);
            offsets.push_back(0.01 * (p % 3));
          }
        return MaterialMap({Parameters(), dilatant}, numbers, offsets);
      }

      static std::vector<State> states(const std::size_t n_points)
      {
        std::vector<State> result;
        for (std::size_t p = 0; p < n_points; ++p)
          result.push_back(initial_state(Parameters(), 0.05 + 0.001 * (p % 11)));
        return result;
      }

      /// What the fields should have of point `p`.
      double growth_rate_at(const std::size_t p) const
      {
        const Kinetics kinetics(materials.all()[p % 2], temperature + 0.01 * (p % 3));
        return growth_rate(kinetics, history.state[p], history.stress[p]);
      }

      MaterialMap       materials;
      QuadratureHistory history;
    };

    const CellField &field_named(const CellFields &fields, const std::string &name)
    {
      return *std::find_if(
        fields.scalars.begin(), fields.scalars.end(), [&name](const CellField &one) { return one.first == name; });
    }

    /// `shift` is how far from where it is made the specimen is moved, `written` how far its points in the files are.
    template <int dim>
    void test_values(const Tensor<1, dim> &shift = Tensor<1, dim>(), const Tensor<1, dim> &written = Tensor<1, dim>())
    {
      FieldsTest<dim> test;
      GridTools::shift(shift, test.specimen.triangulation);
      test.write(0.5);
      const std::string file         = test.directory + piece(1, rank());
      const auto        points       = read_vtu_points(file);
      const auto        displacement = read_vtu_array(file, "displacement");
      const auto        height       = read_vtu_array(file, "height");
      const auto        subdomain    = read_vtu_array(file, "subdomain");
      ASSERT_EQ(displacement.size(), points.size());
      ASSERT_EQ(3 * height.size(), points.size());
      // Degree 2 is written as two cells a direction, each cell of the mesh with points of its own.
      const auto n_points = Utilities::MPI::sum(height.size(), MPI_COMM_WORLD);
      EXPECT_EQ(n_points, dim == 2 ? 8u * 9u : 16u * 27u);
      for (unsigned int i = 0; i < height.size(); ++i)
        {
          const double x = points[3 * i] - written[0], y = points[3 * i + 1] - written[1];
          EXPECT_NEAR(displacement[3 * i], shear * y + 0.1 * y * (2. - y), 1e-6);
          EXPECT_NEAR(displacement[3 * i + 1], 0.01 * x, 1e-6);
          EXPECT_EQ(displacement[3 * i + 2], 0.);
          EXPECT_NEAR(height[i], y, 0.25 + 1e-6); // half a cell from the center
          EXPECT_EQ(subdomain[i], rank());
        }
    }
  } // namespace

  TEST(Fields, ValuesIn2D)
  {
    test_values<2>();
  }

  TEST(Fields, ValuesIn3D)
  {
    test_values<3>();
  }

  TEST(Fields, PlatenAtTheBottomStandsStillWhereverTheMeshIs)
  {
    // Points have seven digits, so that as far off as this all that is told by them is right to 1e-6.
    const Tensor<1, 2> down({-0.5, -1.}), aside({5., 3.});
    test_values<2>(down, down);
    test_values<2>(aside, aside);
  }

  TEST(Fields, PointsOfASpecimenFarFromTheOriginAreCountedFromItsCorner)
  {
    test_values<2>(Tensor<1, 2>({1e8, -1e8}));
    test_values<3>(Tensor<1, 3>({0., 0., 1e6}));

    FieldsTest<2> test;
    GridTools::shift(Tensor<1, 2>({0., 123456789.}), test.specimen.triangulation);
    test.write(0.5);
    const std::string pvtu = read_text(test.directory + "fields/fields_0001.pvtu");
    EXPECT_NE(pvtu.find("<!-- points are counted from 0 123456789 -->"), std::string::npos) << pvtu;
  }

  TEST(Fields, RanksWithoutCellsWriteNoPiece)
  {
    auto box         = small_box<2>(Deck::LateralBoundary::free);
    box.subdivisions = {1, 1};
    FieldsTest<2> test(box);
    test.write(0.5);
    const std::string pvtu = read_text(test.directory + "fields/fields_0001.pvtu");
    EXPECT_NE(pvtu.find("Source=\"fields_0001.0.vtu\""), std::string::npos) << pvtu;
    EXPECT_EQ(pvtu.find("Source=\"fields_0001.1.vtu\""), std::string::npos) << pvtu;
    EXPECT_FALSE(std::filesystem::exists(test.directory + piece(1, 1)));
    EXPECT_EQ(test.writer.records().at(0).second, "fields/fields_0001.pvtu");
  }

  TEST(Fields, WholeStressOfACell)
  {
    // A stress with different components, the same in all points, from its deviator and its trace 3 K tr(strain): to
    // the rounding of a sum, of numbers up to 9. In the files, float32 has it to 6e-8 of that.
    Eigen::Matrix3d stress;
    stress << 1., 2., 3., 2., -5., 4., 3., 4., 9.;
    FieldsTest<3>   test;
    const auto      n_cells = test.specimen.triangulation.n_active_cells();
    DifferentPoints points(points_per_cell * n_cells);
    for (std::size_t p = 0; p < points.history.state.size(); ++p)
      {
        points.history.stress[p]            = stress_deviator(stress);
        points.history.volumetric_strain[p] = stress.trace() / 3. / points.materials.at(p).bulk_modulus();
      }
    const CellFields fields = cell_fields(test.specimen.triangulation,
                                          points.materials,
                                          points.history,
                                          temperature,
                                          std::vector<double>(points.history.state.size(), 0.25),
                                          loading_direction(LoadingMode::shear, 3));
    ASSERT_EQ(fields.tensors.size(), 1u);
    EXPECT_EQ(fields.tensors[0].first, "stress_tensor");
    for (const auto &cell : test.specimen.triangulation.active_cell_iterators())
      if (cell->is_locally_owned())
        for (int i = 0; i < 9; ++i)
          {
            EXPECT_NEAR(fields.tensors[0].second[i][cell->active_cell_index()], stress(i / 3, i % 3), 1e-13) << i;
          }

    test.writer.write(0.5, test.specimen.dof_handler, test.fluctuation, {shear, 0}, fields);
    const auto written = read_vtu_array(test.directory + piece(1, rank()), "stress_tensor");
    ASSERT_EQ(written.size(), 3u * read_vtu_points(test.directory + piece(1, rank())).size());
    for (std::size_t i = 0; i < written.size(); ++i)
      ASSERT_NEAR(written[i], stress(i % 9 / 3, i % 3), 1e-6) << i;
    const std::string pvtu = read_text(test.directory + "fields/fields_0001.pvtu");
    EXPECT_NE(pvtu.find("Name=\"stress_tensor\" NumberOfComponents=\"9\""), std::string::npos) << pvtu;
  }

  TEST(Fields, CellsHaveTheMeanOfTheirPointsAndTheLargestGrowthRate)
  {
    // The mean to the rounding of a sum; the largest is one of the numbers themselves.
    const TestSpecimen<2>     specimen(small_box<2>(Deck::LateralBoundary::free));
    const DifferentPoints     points(points_per_cell * specimen.triangulation.n_active_cells());
    const std::vector<double> weights(points.history.state.size(), 0.25);
    const auto                fields      = cell_fields(specimen.triangulation,
                                    points.materials,
                                    points.history,
                                    temperature,
                                    weights,
                                    loading_direction(LoadingMode::shear, 2));
    const auto               &instability = field_named(fields, "instability").second;
    const auto               &free_volume = field_named(fields, "free_volume").second;
    for (const auto &cell : specimen.triangulation.active_cell_iterators())
      if (cell->is_locally_owned())
        {
          double sum = 0., largest = -std::numeric_limits<double>::infinity();
          for (unsigned int q = 0; q < points_per_cell; ++q)
            {
              const std::size_t p = points_per_cell * cell->active_cell_index() + q;
              sum += points.history.state[p].free_volume();
              largest = std::max(largest, points.growth_rate_at(p));
            }
          EXPECT_EQ(instability[cell->active_cell_index()], largest);
          EXPECT_NEAR(free_volume[cell->active_cell_index()], sum / points_per_cell, 1e-15);
        }
  }

  TEST(Fields, RecordListsItsPieces)
  {
    FieldsTest<2> test;
    test.write(0.5);
    const std::string pvtu = read_text(test.directory + "fields/fields_0001.pvtu");
    for (unsigned int r = 0; r < n_ranks(); ++r)
      EXPECT_NE(pvtu.find("Source=\"fields_0001." + std::to_string(r) + ".vtu\""), std::string::npos);
    for (const std::string name : {"displacement", "height", "twice", "subdomain"})
      EXPECT_NE(pvtu.find("Name=\"" + name + "\""), std::string::npos) << name;
  }

  TEST(Fields, CollectionGrowsAndIsRestored)
  {
    FieldsTest<2> test;
    test.write(0.5);
    const auto at_checkpoint = test.writer.records();
    test.write(1.5);
    ASSERT_EQ(test.writer.records().size(), 2u);
    EXPECT_EQ(test.writer.records()[1].first, 1.5);
    EXPECT_EQ(test.writer.records()[1].second, "fields/fields_0002.pvtu");

    FieldsWriter<2> restarted(test.directory, MPI_COMM_WORLD);
    restarted.restore_records(at_checkpoint);
    restarted.write(2.5, test.specimen.dof_handler, test.fluctuation, {shear, 0}, {{}, {}});
    EXPECT_EQ(restarted.records().size(), 2u);
    const std::string pvd = read_text(test.directory + "fields.pvd");
    EXPECT_NE(pvd.find("timestep=\"0.5\""), std::string::npos) << pvd;
    EXPECT_NE(pvd.find("timestep=\"2.5\" group=\"\" part=\"0\" file=\"fields/fields_0002.pvtu\""), std::string::npos)
      << pvd;
    EXPECT_EQ(pvd.find("timestep=\"1.5\""), std::string::npos) << pvd;
  }

  TEST(Fields, CollectionLeavesOutWhatTheUserHasRemoved)
  {
    FieldsTest<2> test;
    test.write(0.5);
    test.write(1.5);
    if (dealii::Utilities::MPI::this_mpi_process(MPI_COMM_WORLD) == 0)
      std::filesystem::remove(test.directory + "fields/fields_0001.pvtu");
    FieldsWriter<2> restarted(test.directory, MPI_COMM_WORLD);
    restarted.restore_records(test.writer.records());
    const std::string pvd = read_text(test.directory + "fields.pvd");
    EXPECT_EQ(pvd.find("fields_0001"), std::string::npos) << pvd;
    EXPECT_NE(pvd.find("fields_0002"), std::string::npos) << pvd;
  }

  TEST(Fields, FailureOfOneRankIsEveryRanks)
  {
    FieldsTest<2>      test;
    const unsigned int last = n_ranks() - 1;
    if (rank() == 0)
      {
        std::filesystem::create_directories(test.directory + "fields");
        std::filesystem::create_symlink("/dev/full", test.directory + piece(1, last)); // a disk that is full
      }
    MPI_Barrier(MPI_COMM_WORLD);
    try
      {
        test.write(0.5);
        ADD_FAILURE() << "written to a full disk";
      }
    catch (const WriteError &error)
      {
        EXPECT_NE(std::string(error.what()).find("fields/fields_0001"), std::string::npos) << error.what();
        EXPECT_NE(std::string(error.what()).find("No space left"), std::string::npos) << error.what();
      }
    EXPECT_TRUE(test.writer.records().empty());
    EXPECT_FALSE(std::filesystem::exists(test.directory + "fields.pvd"));
  }

  TEST(Fields, FileInPlaceOfTheFolder)
  {
    FieldsTest<2> test;
    if (rank() == 0)
      test.scratch->write("fields", "not a folder");
    EXPECT_THROW(test.write(0.5), WriteError);
  }
} // namespace revitra

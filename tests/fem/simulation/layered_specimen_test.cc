// Specimens of layers, described in every way that there is, against the ordinary differential equations of layers in
// series.
#include "tests/fem/mesh/small_gmsh_mesh.h"
#include "tests/fem/simulation/simulation_runs.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <hdf5.h>
#include <iomanip>
#include <iostream>

namespace revitra
{
  using test::run_with;
  using test::Settings;
  using test::SharedFile;
  using test::SpecimenRun;
  using test::operator+;
  using Layers = std::vector<test::LayeredReference::Layer>;

  namespace
  {
    /// From the bottom to the top. Heights are eighths of the specimen's, so that eight rows of cells have them too.
    const Layers three_layers = {{3. / 8., 0.05}, {1. / 8., 0.055}, {4. / 8., 0.052}};
    const Layers five_layers  = {
       {2. / 8., 0.051}, {1. / 8., 0.056}, {1. / 8., 0.05}, {3. / 8., 0.0525}, {1. / 8., 0.054}};

    const Settings short_shear    = {"Loading/Program=rate 1e-4 until strain 0.15"};
    const Settings there_and_back = {"Loading/Program=rate 1e-4 until strain 0.12; rate -1e-4 until stress 0; stress 0 "
                                     "for 1e4; rate 3e-4 until strain 0.15"};
    const Settings creep          = {"Loading/Program=rate 1e-2 until stress 11; stress 11 until strain 0.15"};

    bool is_first_rank()
    {
      return dealii::Utilities::MPI::this_mpi_process(MPI_COMM_WORLD) == 0;
    }

    void print(const std::string &name, const SpecimenRun &run, const std::map<std::string, double> &errors)
    {
      if (!is_first_rank())
        return;
      std::cout << std::setprecision(3) << name << ": " << run.number("steps") << " steps, " << run.seconds
                << " s; energy " << test::energy_error(run) << ';';
      for (const auto &[column, error] : errors)
        std::cout << ' ' << column << ' ' << error;
      std::cout << std::endl;
    }

    /// Largest differences in all columns that the layers have, over the peak of the column.
    std::map<std::string, double> errors_in_all_columns(const SpecimenRun &run,
                                                        const Settings    &settings,
                                                        const Layers      &layers)
    {
      test::LayeredReference        reference(test::deck_with(settings), layers);
      std::map<std::string, double> largest, peak;
      for (std::size_t row = 0; row < run.size(); ++row)
        for (const auto &[column, value] : reference.specimen_at(run["time"][row]))
          {
            largest[column] = std::max(largest[column], std::abs(run[column][row] - value));
            peak[column]    = std::max(peak[column], std::abs(value));
          }
      for (auto &[column, error] : largest)
        error /= std::max(peak[column], 1e-6);
      return largest;
    }

    /// What is claimed of a layered specimen at default settings: stress and mean free volume within 1e-4 of their
    /// peaks at every row, all other columns within twice that.
    void follows_its_layers(const std::string &name, const Settings &settings, const Layers &layers)
    {
      SCOPED_TRACE(name);
      const SpecimenRun run = run_with(settings);
      ASSERT_EQ(run.problem, "");
      const std::map<std::string, double> errors = errors_in_all_columns(run, settings, layers);
      print(name, run, errors);
      for (const auto &[column, error] : errors)
        {
          EXPECT_LE(error, column == "stress" || column == "free_volume" ? 1e-4 : 2e-4) << column;
        }
      EXPECT_LE(test::energy_error(run), 1e-6);
      // the layers have gone different ways: free volumes, which were within a tenth, differ by more than half
      EXPECT_GT(run.last("free_volume_max"), 1.5 * run.last("free_volume_min"));
    }


    /// The free volume as an expression: y<0.375 ? 0.05 : (y<0.5 ? 0.055 : (0.052)).
    std::string expression_of(const Layers &layers)
    {
      std::ostringstream text;
      double             height = 0.;
      for (std::size_t j = 0; j + 1 < layers.size(); ++j)
        {
          height += layers[j].weight;
          text << "y<" << height << " ? " << layers[j].free_volume << " : (";
        }
      text << layers.back().free_volume << std::string(layers.size() - 1, ')');
      return text.str();
    }

    template <int dim>
    void layers_by_expression(const Settings &program, const unsigned int degree, const Layers &layers)
    {
      follows_its_layers(std::to_string(layers.size()) + " layers by expression in " + std::to_string(dim) + "-D",
                         test::eight_rows<dim>(degree) + program +
                           Settings{"Material/Initial free volume=" + expression_of(layers)},
                         layers);
    }
  } // namespace

  TEST(LayeredSpecimen, ByExpression)
  {
    layers_by_expression<2>(short_shear, 2, three_layers);
    layers_by_expression<3>(short_shear, 1, five_layers);
    if (test::number_of_ranks() > 1)
      return; // nothing new on more
    layers_by_expression<2>(creep, 1, five_layers);
    layers_by_expression<3>(there_and_back, 1, three_layers);
  }

  namespace
  {
    /// Layers of two cells along x, in 3-D also along z, of one cell along y, as a gmsh file of format 2.2 in which
    /// each layer is a physical group, "layer1" the lowest. Nodes inside are moved along the interfaces, so that cells
    /// are no boxes; the layers' own displacement, u_x(y), is one of theirs all the same.
    template <int dim>
    class LayeredMesh
    {
    public:
      explicit LayeredMesh(const Layers &layers)
        : n_layers(layers.size())
      {
        double height = 0.;
        add_nodes(height);
        for (const auto &layer : layers)
          add_nodes(height += layer.weight);
        for (unsigned int j = 0; j < n_layers; ++j)
          add_cells(j);
        for (unsigned int d = 0; d < dim; ++d)
          add_sides(d);
      }

      std::string text() const
      {
        std::ostringstream text;
        text.precision(std::numeric_limits<double>::max_digits10);
        text << "$MeshFormat\n2.2 0 8\n$EndMeshFormat\n$PhysicalNames\n" << n_sides + n_layers << '\n';
        for (unsigned int side = 0; side < n_sides; ++side)
          text << dim - 1 << ' ' << side + 1 << " \"" << side_names[side] << "\"\n";
        for (unsigned int j = 0; j < n_layers; ++j)
          text << dim << ' ' << n_sides + j + 1 << " \"layer" << j + 1 << "\"\n";
        text << "$EndPhysicalNames\n$Nodes\n" << nodes.size() << '\n';
        for (unsigned int i = 0; i < nodes.size(); ++i)
          text << i + 1 << ' ' << nodes[i] << '\n';
        text << "$EndNodes\n$Elements\n" << elements.size() << '\n';
        for (unsigned int i = 0; i < elements.size(); ++i)
          text << i + 1 << ' ' << elements[i] << '\n';
        text << "$EndElements\n";
        return text.str();
      }

    private:
      static constexpr unsigned int n_sides = 2 * dim, lines_along_z = dim == 3 ? 3 : 1;

      /// Sides in pairs by direction.
      static constexpr const char *side_names[6] = {"left", "right", "bottom", "top", "back", "front"};

      /// In the file, of place i along x, j along y and k along z.
      static unsigned int node(const unsigned int i, const unsigned int j, const unsigned int k)
      {
        return 3 * lines_along_z * j + 3 * k + i + 1;
      }

      void add_nodes(const double y)
      {
        const double shift = nodes.size() % 2 == 0 ? 0.15 : -0.1;
        for (unsigned int k = 0; k < lines_along_z; ++k)
          for (unsigned int i = 0; i < 3; ++i)
            nodes.emplace_back(
              0.5 * i + (i == 1 ? shift : 0.), y, dim == 3 ? 0.5 * k + (k == 1 ? 0.5 * shift : 0.) : 0.);
      }

      /// The element of the type `type` in the group `group` whose corners are at `corners`, in gmsh's order.
      void add(const unsigned int                              type,
               const unsigned int                              group,
               const std::vector<std::array<unsigned int, 3>> &corners)
      {
        std::string element = std::to_string(type) + " 2 " + std::to_string(group) + " 1";
        for (const auto &[i, j, k] : corners)
          element += ' ' + std::to_string(node(i, j, k));
        elements.push_back(element);
      }

      void add_cells(const unsigned int j)
      {
        const unsigned int group = n_sides + j + 1;
        for (unsigned int i = 0; i < 2; ++i)
          if (dim == 2)
            add(quadrilateral, group, {{i, j, 0}, {i + 1, j, 0}, {i + 1, j + 1, 0}, {i, j + 1, 0}});
          else
            for (unsigned int k = 0; k < 2; ++k)
              add(hexahedron,
                  group,
                  {{i, j, k},
                   {i + 1, j, k},
                   {i + 1, j + 1, k},
                   {i, j + 1, k},
                   {i, j, k + 1},
                   {i + 1, j, k + 1},
                   {i + 1, j + 1, k + 1},
                   {i, j + 1, k + 1}});
      }

      /// Both sides across the direction `d`.
      void add_sides(const unsigned int d)
      {
        const std::array<unsigned int, 3> n_cells = {2, n_layers, dim == 3 ? 2 : 1};
        const unsigned int                u = (d + 1) % dim, v = dim == 3 ? (d + 2) % 3 : 2;
        for (unsigned int side = 0; side < 2; ++side)
          for (unsigned int a = 0; a < n_cells[u]; ++a)
            for (unsigned int b = 0; b < n_cells[v]; ++b)
              {
                std::array<unsigned int, 3> corner{};
                corner[d] = side * n_cells[d];
                corner[u] = a;
                corner[v] = b;
                std::vector<std::array<unsigned int, 3>> corners(dim == 2 ? 2 : 4, corner);
                ++corners[1][u];
                if (dim == 3)
                  {
                    ++corners[2][u];
                    ++corners[2][v];
                    ++corners[3][v];
                  }
                add(dim == 2 ? line : quadrilateral, 2 * d + side + 1, corners);
              }
      }

      using Type                 = test::SmallGmshMesh::Type;
      static constexpr Type line = Type::line, quadrilateral = Type::quadrilateral, hexahedron = Type::hexahedron;

      const unsigned int            n_layers;
      std::vector<dealii::Point<3>> nodes;
      std::vector<std::string>      elements;
    };

    /// One of the regions of a LayeredMesh, counted from 1, with what is not as in the deck's own glass.
    std::string region(const unsigned int number, const std::string &differing)
    {
      return "layer" + std::to_string(number) + ": " + differing;
    }

    template <int dim>
    Settings meshed(const SharedFile &file, const unsigned int degree, const std::string &regions)
    {
      return {"Specimen/Dimension=" + std::to_string(dim),
              dim == 2 ? "Specimen/Size=1, 1" : "Specimen/Size=1, 1, 1",
              dim == 2 ? "Specimen/Subdivisions=1, 1" : "Specimen/Subdivisions=1, 1, 1",
              "Specimen/Mesh file=" + file.path,
              "Specimen/Degree=" + std::to_string(degree),
              "Output/Fields interval=0",
              "Material/Regions=" + regions};
    }

    /// The free volume of the lowest layer is the deck's own, the others are regions.
    template <int dim>
    void layers_of_a_mesh(const Settings &program, const unsigned int degree, const Layers &layers)
    {
      const SharedFile file("layers.msh", LayeredMesh<dim>(layers).text());
      std::string      regions;
      for (unsigned int j = 1; j < layers.size(); ++j)
        regions +=
          (j == 1 ? "" : "; ") + region(j + 1, "Initial free volume = " + std::to_string(layers[j].free_volume));
      follows_its_layers(std::to_string(layers.size()) + " layers of a mesh in " + std::to_string(dim) + "-D",
                         meshed<dim>(file, degree, regions) + program +
                           Settings{"Material/Initial free volume=" + std::to_string(layers[0].free_volume)},
                         layers);
    }

    const Layers three_odd_layers = {{0.37, 0.052}, {0.13, 0.055}, {0.5, 0.05}};
    const Layers five_odd_layers  = {{0.22, 0.051}, {0.09, 0.056}, {0.17, 0.05}, {0.4, 0.0525}, {0.12, 0.054}};
  } // namespace

  TEST(LayeredSpecimen, ByRegionsOfAMesh)
  {
    layers_of_a_mesh<2>(short_shear, 2, five_odd_layers);
    layers_of_a_mesh<3>(short_shear, 1, three_odd_layers);
    if (test::number_of_ranks() > 1)
      return; // nothing new on more
    layers_of_a_mesh<2>(creep, 1, three_odd_layers);
    layers_of_a_mesh<3>(there_and_back, 1, three_odd_layers);
  }

  namespace
  {
    /// Regions of materials that differ in nearly everything, and what the reference has to be told of them.
    struct DifferentGlasses
    {
      /// The uppermost is warmer by `temperature_offset`.
      explicit DifferentGlasses(const double temperature_offset)
        : layers(three_odd_layers)
      {
        Parameters soft;
        soft.shear_modulus                    = 150.;
        soft.transformation_activation_energy = 64.;
        soft.dilatancy_factor                 = 0.011;
        soft.initial_st_sum                   = 0.5;
        soft.initial_st_bias                  = 0.1;
        Parameters hard;
        hard.shear_modulus                  = 240.;
        hard.transformation_coefficient     = 0.6;
        hard.annihilation_coefficient       = 8.;
        hard.annihilation_activation_energy = 46.;
        layers[1].glass                     = soft;
        layers[2].glass                     = hard;
        layers[2].temperature_offset        = temperature_offset;
      }

      std::string regions() const
      {
        return region(2,
                      "Initial free volume = 0.055, Shear modulus = 150, Transformation activation energy = 64, "
                      "Dilatancy factor = 0.011, Initial ST sum = 0.5, Initial ST bias = 0.1") +
               "; " +
               region(3,
                      "Initial free volume = 0.05, Shear modulus = 240, Transformation coefficient = 0.6, "
                      "Annihilation coefficient = 8, Annihilation activation energy = 46, Temperature offset = " +
                        std::to_string(layers[2].temperature_offset));
      }

      Layers layers;
    };

    template <int dim>
    void layers_of_different_glasses(const Settings    &program,
                                     const unsigned int degree,
                                     const double       temperature_offset)
    {
      const DifferentGlasses different(temperature_offset);
      const SharedFile       file("layers.msh", LayeredMesh<dim>(different.layers).text());
      follows_its_layers("layers of different materials in " + std::to_string(dim) + "-D",
                         meshed<dim>(file, degree, different.regions()) + program +
                           Settings{"Material/Initial free volume=0.052"},
                         different.layers);
    }
  } // namespace

  TEST(LayeredSpecimen, OfDifferentGlassesAndTemperatures)
  {
    // without a difference in temperature the law of a glass is made once for all of its points, else for each
    layers_of_different_glasses<2>(short_shear, 1, 0.);
    layers_of_different_glasses<3>(short_shear, 1, 0.01);
    if (test::number_of_ranks() > 1)
      return; // nothing new on more
    layers_of_different_glasses<2>(there_and_back, 2, 0.);
    layers_of_different_glasses<2>(
      {"Loading/Program=rate 1e-4 for 1000, temperature to 0.92; rate 1e-4 until strain 0.15"}, 1, -0.01);
  }

  namespace
  {
    /// Free volumes on a grid that has points 1/64 to either side of the interfaces, so that it is the same all over a
    /// layer but there, nearer than the quadrature points of eight rows of degree 1 are (0.21/8).
    template <int dim>
    struct LayeredGrid
    {
      static constexpr double       spacing = 1. / 32., half = 0.5 * spacing;
      static constexpr unsigned int n = 34;

      explicit LayeredGrid(const Layers &layers)
      {
        for (unsigned int j = 0; j < n; ++j)
          {
            const double y      = -half + j * spacing;
            std::size_t  number = 0;
            for (double top = layers[0].weight; y > top && number + 1 < layers.size(); top += layers[number].weight)
              ++number;
            values.push_back(layers[number].free_volume);
          }
      }

      std::string csv() const
      {
        std::ostringstream text;
        text.precision(std::numeric_limits<double>::max_digits10);
        text << (dim == 2 ? "x,y,value\n" : "x,y,z,value\n");
        for (const double x : {0., 1.})
          for (unsigned int j = 0; j < n; ++j)
            for (const double z : dim == 2 ? std::vector<double>{0.} : std::vector<double>{0., 1.})
              {
                text << x << ',' << -half + j * spacing << ',';
                if (dim == 3)
                  text << z << ',';
                text << values[j] << '\n';
              }
        return text.str();
      }

      /// With HDF5 itself.
      void write_hdf5(const std::string &name) const
      {
        std::vector<double> points;
        for (unsigned int i = 0; i < 2; ++i)
          for (const double value : values)
            points.insert(points.end(), dim == 2 ? 1 : 2, value);
        const std::vector<hsize_t> shape = dim == 2 ? std::vector<hsize_t>{2, n} : std::vector<hsize_t>{2, n, 2};
        const hid_t                file  = H5Fcreate(name.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
        const hid_t                space = H5Screate_simple(dim, shape.data(), nullptr);
        const hid_t set = H5Dcreate2(file, "values", H5T_IEEE_F64LE, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
        H5Dwrite(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, points.data());
        attribute(set, "origin", {0., -half, 0.});
        attribute(set, "spacing", {1., spacing, 1.});
        H5Dclose(set);
        H5Sclose(space);
        H5Fclose(file);
      }

      std::vector<double> values; ///< along y

    private:
      static void attribute(const hid_t set, const char *name, const std::array<double, 3> &numbers)
      {
        const hsize_t length = dim;
        const hid_t   space  = H5Screate_simple(1, &length, nullptr);
        const hid_t   number = H5Acreate2(set, name, H5T_IEEE_F64LE, space, H5P_DEFAULT, H5P_DEFAULT);
        H5Awrite(number, H5T_NATIVE_DOUBLE, numbers.data());
        H5Aclose(number);
        H5Sclose(space);
      }
    };

    template <int dim>
    Settings of_grid(const std::string &file, const Settings &program)
    {
      return test::eight_rows<dim>(1) + program +
             Settings{"Material/Initial free volume=grid", "Grid field/File=" + file};
    }

    template <int dim>
    void layers_of_a_csv_grid(const Settings &program, const Layers &layers)
    {
      const SharedFile file("layers.csv", LayeredGrid<dim>(layers).csv());
      follows_its_layers(std::to_string(layers.size()) + " layers by CSV in " + std::to_string(dim) + "-D",
                         of_grid<dim>(file.path, program),
                         layers);
    }

    template <int dim>
    void layers_of_an_hdf5_grid(const Settings &program, const Layers &layers)
    {
      const SharedFile file("layers.h5", "");
      if (is_first_rank())
        LayeredGrid<dim>(layers).write_hdf5(file.path);
      follows_its_layers(std::to_string(layers.size()) + " layers by HDF5 in " + std::to_string(dim) + "-D",
                         of_grid<dim>(file.path, program),
                         layers);
    }
  } // namespace

  TEST(LayeredSpecimen, ByAGridFile)
  {
    layers_of_a_csv_grid<2>(short_shear, five_layers);
    layers_of_an_hdf5_grid<3>(short_shear, three_layers);
    if (test::number_of_ranks() > 1)
      return; // nothing new on more
    layers_of_a_csv_grid<3>(short_shear, three_layers);
    layers_of_an_hdf5_grid<2>(creep, five_layers);
  }
} // namespace revitra

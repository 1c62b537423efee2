#include "fem/mesh/constraints.h"
#include "fem/mesh/gmsh_mesh.h"
#include "tests/fem/discretization/test_specimen.h"
#include "tests/fem/mesh/small_gmsh_mesh.h"
#include "tests/fem/mesh/support_points.h"

#include <deal.II/base/numbers.h>
#include <deal.II/base/quadrature_lib.h>
#include <deal.II/dofs/dof_handler.h>
#include <deal.II/dofs/dof_tools.h>
#include <deal.II/fe/fe_nothing.h>
#include <deal.II/fe/fe_q.h>
#include <deal.II/fe/fe_values.h>
#include <deal.II/fe/mapping_q1.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>

namespace revitra
{
  using namespace dealii;
  using test::cube_in_cube;
  using test::open;
  using test::periodic;
  using test::SharedFile;
  using test::small_square;
  using Mesh = test::SmallGmshMesh;

  namespace
  {
    /// A mesh of the repository's, or another.
    std::string shipped(const std::string &name)
    {
      return REVITRA_SOURCE_DIR "/meshes/" + name + ".msh";
    }

    /// A specimen from a file.
    template <int dim>
    struct Read
    {
      explicit Read(const std::string          &file,
                    const Deck::LateralBoundary lateral_boundary = periodic,
                    const unsigned int          refinements      = 0)
        : triangulation(MPI_COMM_WORLD)
        , specimen(read_gmsh_specimen(triangulation, file, lateral_boundary, refinements))
      {}

      parallel::distributed::Triangulation<dim> triangulation;
      const GmshSpecimen<dim>                   specimen;
    };

    template <int dim>
    Read<dim> read_mesh(const Mesh                 &mesh,
                        const Deck::LateralBoundary lateral_boundary = periodic,
                        const unsigned int          refinements      = 0)
    {
      const SharedFile file("mesh.msh", mesh.text());
      return Read<dim>(file.path, lateral_boundary, refinements);
    }

    /// The same on all ranks.
    template <typename Key>
    std::map<Key, double> summed_over_ranks(const std::map<Key, double> &values)
    {
      std::map<Key, double> sums;
      for (const auto &of_rank : Utilities::MPI::all_gather(MPI_COMM_WORLD, values))
        for (const auto &[key, value] : of_rank)
          sums[key] += value;
      return sums;
    }

    /// Volumes by name of region; checks that the Jacobian is positive everywhere.
    template <int dim>
    std::map<std::string, double> volumes(const Read<dim> &read)
    {
      const FE_Nothing<dim>         nothing;
      const QGauss<dim>             quadrature(3);
      FEValues<dim>                 fe_values(nothing, quadrature, update_JxW_values);
      std::map<std::string, double> result;
      for (const auto &cell : read.triangulation.active_cell_iterators())
        if (cell->is_locally_owned())
          {
            fe_values.reinit(cell);
            for (const double JxW : fe_values.get_JxW_values())
              {
                EXPECT_GT(JxW, 0.);
                result[read.specimen.regions.at(cell->material_id())] += JxW;
              }
          }
      return summed_over_ranks(result);
    }

    /// Areas by boundary id.
    template <int dim>
    std::map<types::boundary_id, double> areas(const Triangulation<dim> &triangulation)
    {
      const FE_Nothing<dim>                nothing;
      const QGauss<dim - 1>                quadrature(3);
      FEFaceValues<dim>                    fe_values(nothing, quadrature, update_JxW_values);
      std::map<types::boundary_id, double> result;
      for (const auto &cell : triangulation.active_cell_iterators())
        if (cell->is_locally_owned())
          for (const unsigned int f : cell->face_indices())
            if (cell->face(f)->at_boundary())
              {
                fe_values.reinit(cell, f);
                for (const double JxW : fe_values.get_JxW_values())
                  result[cell->face(f)->boundary_id()] += JxW;
              }
      return summed_over_ranks(result);
    }

    template <typename Key>
    void expect_near(const std::map<Key, double> &values, const std::map<Key, double> &expected)
    {
      ASSERT_EQ(values.size(), expected.size());
      for (const auto &[key, value] : expected)
        {
          ASSERT_TRUE(values.count(key)) << key;
          EXPECT_NEAR(values.at(key), value, 1e-11) << key;
        }
    }

    template <int dim>
    void expect_near(const Tensor<1, dim> &value, const Tensor<1, dim> &expected)
    {
      EXPECT_LT((value - expected).norm(), 1e-12) << value;
    }

    /// Checks that the faces on lateral sides, and no others, have a neighbor, a period away. Returns the number of
    /// those with a neighbor of the same size.
    template <int dim>
    unsigned int check_periodic_neighbors(const Read<dim> &read)
    {
      unsigned int n = 0;
      for (const auto &cell : read.triangulation.active_cell_iterators())
        if (cell->is_locally_owned())
          for (const unsigned int f : cell->face_indices())
            {
              const auto face    = cell->face(f);
              const bool lateral = face->at_boundary() && face->boundary_id() >= SpecimenBoundary::left &&
                                   face->boundary_id() <= SpecimenBoundary::front;
              EXPECT_EQ(lateral, cell->has_periodic_neighbor(f));
              if (!lateral || cell->periodic_neighbor_is_coarser(f) || cell->periodic_neighbor(f)->has_children())
                continue;
              ++n;
              const auto neighbor = cell->periodic_neighbor(f);
              EXPECT_FALSE(neighbor->is_artificial());
              Tensor<1, dim>     apart = face->center() - neighbor->face(cell->periodic_neighbor_face_no(f))->center();
              const unsigned int direction = face->boundary_id() < SpecimenBoundary::back ? 0 : dim - 1;
              EXPECT_NEAR(std::abs(apart[direction]), read.specimen.size[direction], 1e-12);
              apart[direction] = 0.;
              EXPECT_LT(apart.norm(), 1e-12);
            }
      return Utilities::MPI::sum(n, MPI_COMM_WORLD);
    }

    /// `point` as near to `other` as periods along the lateral directions can bring it.
    template <int dim>
    Point<dim> nearest_image(Point<dim> point, const Point<dim> &other, const Tensor<1, dim> &periods)
    {
      for (unsigned int d = 0; d < dim; ++d)
        if (d != 1)
          point[d] -= periods[d] * std::round((point[d] - other[d]) / periods[d]);
      return point;
    }

    /// Checks that the constraints of hanging nodes and periodic sides for elements of a degree have each point for
    /// what its masters are at, periods apart. Returns how many constraints there are that are not of hanging nodes.
    template <int dim>
    unsigned int check_ties(const Read<dim> &read, const unsigned int degree)
    {
      const FE_Q<dim> element(degree);
      DoFHandler<dim> dof_handler(read.triangulation);
      dof_handler.distribute_dofs(element);
      IndexSet relevant;
      DoFTools::extract_locally_relevant_dofs(dof_handler, relevant);
      AffineConstraints<double> constraints(relevant);
      DoFTools::make_hanging_node_constraints(dof_handler, constraints);
      const unsigned int n_hanging = constraints.n_constraints();
      DoFTools::make_periodicity_constraints(
        dof_handler, SpecimenBoundary::left, SpecimenBoundary::right, 0, constraints);
      if (dim == 3)
        DoFTools::make_periodicity_constraints(
          dof_handler, SpecimenBoundary::back, SpecimenBoundary::front, 2, constraints);
      const unsigned int n_periodic = constraints.n_constraints() - n_hanging;
      constraints.close();

      const auto points   = test::support_points(dof_handler);
      const auto is_known = [&](const auto &entry) { return points.count(entry.first) > 0; };
      for (const auto &line : constraints.get_lines())
        if (points.count(line.index) && std::all_of(line.entries.begin(), line.entries.end(), is_known))
          {
            Point<dim> tied;
            for (const auto &[master, weight] : line.entries)
              tied += weight * nearest_image(points.at(master), points.at(line.index), read.specimen.size);
            EXPECT_LT(tied.distance(points.at(line.index)), 1e-10) << points.at(line.index);
          }
      return Utilities::MPI::sum(n_periodic, MPI_COMM_WORLD);
    }

    /// Refines some of the cells, some near the sides among them, twice.
    template <int dim>
    void refine_here_and_there(Triangulation<dim> &triangulation)
    {
      for (unsigned int i = 0; i < 2; ++i)
        {
          for (const auto &cell : triangulation.active_cell_iterators())
            if (cell->is_locally_owned() && std::sin(1e3 * (i + 1) * cell->center().norm_square()) > 0.8)
              cell->set_refine_flag();
          triangulation.execute_coarsening_and_refinement();
        }
    }

    /// What versions of deal.II have different numbers for, the standard orientation.
    template <int dim, typename Face>
    void expect_vertices_in_the_same_order(const GmshSpecimen<dim> &specimen, const Face &one, const Face &other)
    {
      for (const unsigned int v : one->vertex_indices())
        EXPECT_LT(nearest_image(one->vertex(v), other->vertex(v), specimen.size).distance(other->vertex(v)), 1e-10)
          << one->center();
    }

    template <int dim>
    void expect_tied_sides(Read<dim> &read, const std::vector<unsigned int> &degrees)
    {
      if (read.specimen.highest_degree == numbers::invalid_unsigned_int)
        {
          for (const auto &[side, opposite] : read.triangulation.get_periodic_face_map())
            expect_vertices_in_the_same_order(
              read.specimen, side.first->face(side.second), opposite.first.first->face(opposite.first.second));
        }
      refine_here_and_there(read.triangulation);
      EXPECT_GT(check_periodic_neighbors(read), 0u);
      for (const unsigned int degree : degrees)
        EXPECT_GT(check_ties(read, degree), 0u);
    }

    /// Area between n chords of equal length and the center of the circle that they are part of.
    double area_in_chords(const double radius, const double angle, const unsigned int n)
    {
      return 0.5 * n * radius * radius * std::sin(angle / n);
    }

    double length_of_chords(const double radius, const double angle, const unsigned int n)
    {
      return 2. * n * radius * std::sin(0.5 * angle / n);
    }

    using Areas   = std::map<types::boundary_id, double>;
    using Volumes = std::map<std::string, double>;
  } // namespace

  TEST(GmshMesh, NotchedStrip)
  {
    for (const unsigned int refinements : {0, 1})
      {
        const Read<2> strip(shipped("notched_strip"), open, refinements);
        expect_near(strip.specimen.size, Tensor<1, 2>({1., 1.}));
        EXPECT_NEAR(strip.specimen.platen_area, 1., 1e-12);
        expect_near(volumes(strip), Volumes{{"glass", 1. - 2. * area_in_chords(0.15, numbers::PI, 16)}});
        expect_near(areas(strip.triangulation),
                    Areas{{SpecimenBoundary::bottom, 1.},
                          {SpecimenBoundary::top, 1.},
                          {SpecimenBoundary::left, 0.7},
                          {SpecimenBoundary::right, 0.7},
                          {free_boundary, 2. * length_of_chords(0.15, numbers::PI, 16)}});
        EXPECT_EQ(strip.triangulation.get_periodic_face_map().size(), 0u);
      }
  }

  TEST(GmshMesh, PlateWithHole)
  {
    Read<2> plate(shipped("plate_with_hole"));
    expect_near(plate.specimen.size, Tensor<1, 2>({1., 1.}));
    EXPECT_NEAR(plate.specimen.platen_area, 1., 1e-12);
    expect_near(volumes(plate), Volumes{{"glass", 1. - area_in_chords(0.2, 2. * numbers::PI, 32)}});
    expect_near(areas(plate.triangulation),
                Areas{{SpecimenBoundary::bottom, 1.},
                      {SpecimenBoundary::top, 1.},
                      {SpecimenBoundary::left, 1.},
                      {SpecimenBoundary::right, 1.},
                      {free_boundary, length_of_chords(0.2, 2. * numbers::PI, 32)}});
    EXPECT_EQ(check_periodic_neighbors(plate), 2u * 8u);
    expect_tied_sides(plate, {1, 2, 3, 4});
  }

  TEST(GmshMesh, Layered)
  {
    Read<2> layers(shipped("layered"), periodic, 1);
    expect_near(layers.specimen.size, Tensor<1, 2>({1., 1.}));
    EXPECT_EQ(layers.triangulation.n_global_active_cells(), 4u * 16u * (9u + 4u + 6u));
    expect_near(volumes(layers), Volumes{{"lower", 0.55}, {"band", 0.1}, {"upper", 0.35}});
    EXPECT_EQ(areas(layers.triangulation).count(free_boundary), 0u);
    EXPECT_EQ(check_periodic_neighbors(layers), 2u * 2u * 19u);
    expect_tied_sides(layers, {2, 3});
  }

  TEST(GmshMesh, TwoPhase)
  {
    Read<2>      grains(shipped("two_phase"));
    const double area = 4. * std::sqrt(0.75) * 0.42 * 0.42;
    expect_near(grains.specimen.size, Tensor<1, 2>({1., 1.1}));
    expect_near(volumes(grains), Volumes{{"grains", area}, {"matrix", 1.1 - area}});
    expect_near(areas(grains.triangulation),
                Areas{{SpecimenBoundary::bottom, 1.},
                      {SpecimenBoundary::top, 1.},
                      {SpecimenBoundary::left, 1.1},
                      {SpecimenBoundary::right, 1.1}});
    EXPECT_EQ(check_periodic_neighbors(grains), 2u * 14u);
    expect_tied_sides(grains, {2, 4});
  }

  TEST(GmshMesh, Inclusion)
  {
    Read<3> cube(shipped("inclusion"));
    expect_near(cube.specimen.size, Tensor<1, 3>({1., 1., 1.}));
    EXPECT_NEAR(cube.specimen.platen_area, 1., 1e-12);
    EXPECT_EQ(cube.specimen.highest_degree, numbers::invalid_unsigned_int);

    const Volumes of_regions = volumes(cube);
    const double  sphere     = 4. / 3. * numbers::PI * std::pow(0.25, 3);
    EXPECT_EQ(of_regions.size(), 2u);
    EXPECT_LT(of_regions.at("inclusion"), sphere);
    EXPECT_GT(of_regions.at("inclusion"), 0.93 * sphere);
    EXPECT_NEAR(of_regions.at("inclusion") + of_regions.at("matrix"), 1., 1e-12);

    const Areas of_sides = areas(cube.triangulation);
    EXPECT_EQ(of_sides.size(), 6u);
    for (const auto &[side, area] : of_sides)
      EXPECT_NEAR(area, 1., 1e-12) << side;
    EXPECT_EQ(check_periodic_neighbors(cube), 2u * (36u + 36u));
    expect_tied_sides(cube, {1, 2, 3});
  }

  TEST(GmshMesh, SidesThatCannotBeNumberedAlike)
  {
    Read<3> cube = read_mesh<3>(cube_in_cube(), periodic, 2);
    EXPECT_EQ(cube.specimen.highest_degree, 2u);
    EXPECT_EQ(check_periodic_neighbors(cube), 4u * 16u);
    expect_tied_sides(cube, {1, 2});
    EXPECT_EQ(read_mesh<3>(cube_in_cube(), open).specimen.highest_degree, numbers::invalid_unsigned_int);
  }

  TEST(GmshMesh, CellsNumberedAnyhow)
  {
    // Around a hole: the cells at the left and at the right of it have no parallel edges in common.
    Mesh mesh = small_square();
    mesh.elements.erase(mesh.elements.begin() + 4);
    std::mt19937 random(1);
    for (unsigned int i = 0; i < 8; ++i)
      {
        std::shuffle(mesh.elements.begin(), mesh.elements.begin() + 8, random);
        for (unsigned int cell = 0; cell < 8; ++cell)
          {
            auto &nodes = mesh.elements[cell].nodes;
            std::rotate(nodes.begin(), nodes.begin() + random() % 4, nodes.end());
            if (random() % 2 == 0)
              std::reverse(nodes.begin(), nodes.end());
          }
        Read<2> ring = read_mesh<2>(mesh);
        expect_near(volumes(ring), Volumes{{"glass", 8. / 9.}});
        expect_tied_sides(ring, {1, 3});
      }
  }

  TEST(GmshMesh, StaysWhereItIs)
  {
    Mesh mesh = small_square();
    for (Point<3> &node : mesh.nodes)
      node += Point<3>(20., -3., 0.);
    const Read<2> square = read_mesh<2>(mesh);
    expect_near<2>(square.specimen.origin, Point<2>(20., -3.));
    expect_near(square.specimen.size, Tensor<1, 2>({1., 1.}));
    for (const auto &cell : square.triangulation.active_cell_iterators())
      for (const unsigned int f : cell->face_indices())
        if (cell->face(f)->at_boundary() && cell->face(f)->boundary_id() == SpecimenBoundary::bottom)
          {
            EXPECT_NEAR(cell->face(f)->center()[1], -3., 1e-14);
          }
  }

  TEST(GmshMesh, RoundingAtPeriodicSidesIsTakenAway)
  {
    Mesh mesh        = small_square();
    mesh.nodes[7][1] = mesh.nodes[7][1] + 5e-9; // deal.II compares to 1e-10
    Read<2> square   = read_mesh<2>(mesh);
    expect_tied_sides(square, {2});
  }

  TEST(GmshMesh, Regions)
  {
    const Read<2> named = read_mesh<2>(small_square());
    EXPECT_EQ(named.specimen.regions, (std::map<types::material_id, std::string>{{Mesh::glass, "glass"}}));

    Mesh mesh = small_square();
    for (unsigned int cell = 0; cell < 9; ++cell)
      mesh.elements[cell].group = cell < 3 ? 11 : Mesh::crystal;
    const Read<2> layers = read_mesh<2>(mesh);
    expect_near(volumes(layers), Volumes{{"11", 1. / 3.}, {"crystal", 2. / 3.}});

    for (unsigned int cell = 0; cell < 9; ++cell)
      mesh.elements[cell].group = Mesh::none;
    const Read<2> without = read_mesh<2>(mesh);
    EXPECT_TRUE(without.specimen.regions.empty());
    for (const auto &cell : without.triangulation.active_cell_iterators())
      EXPECT_EQ(cell->material_id(), 0u);
  }

  TEST(GmshMesh, SidesInParts)
  {
    // Only the middle of the top is a platen, and the left side is in no group.
    Mesh mesh = small_square();
    mesh.remove_group(Mesh::left);
    for (Mesh::Element &element : mesh.elements)
      if (element.group == Mesh::top && element.nodes[0] != 13)
        element.group = Mesh::none;
    const Read<2> square = read_mesh<2>(mesh, open);
    EXPECT_NEAR(square.specimen.platen_area, 1. / 3., 1e-14);
    expect_near(areas(square.triangulation),
                Areas{{SpecimenBoundary::bottom, 1.},
                      {SpecimenBoundary::top, 1. / 3.},
                      {SpecimenBoundary::right, 1.},
                      {free_boundary, 5. / 3.}});
  }

  TEST(GmshMesh, Format41)
  {
    // Entities in two groups and in none, groups turned around, nodes with parameters, and nodes that no cell has.
    const SharedFile file("mesh.msh",
                          "$MeshFormat\n4.1 0 8\n$EndMeshFormat\n"
                          "$PhysicalNames\n4\n1 1 \"bottom\"\n1 2 \"top\"\n1 5 \"a name of words\"\n2 4 \"glass\"\n"
                          "$EndPhysicalNames\n"
                          "$Entities\n1 3 1 0\n9 0 0 0 1 3\n"
                          "1 0 0 0 1 0 0 2 -1 5 2 1 -2\n2 0 2 0 1 2 0 1 2 0\n3 1 0 0 1 2 0 0 2 2 -3\n"
                          "1 0 0 0 1 2 0 1 4 4 1 2 3 4\n$EndEntities\n"
                          "$Nodes\n3 6 1 60\n0 9 0 1\n60\n5 5 5\n1 1 1 2\n10\n20\n0 0 0 0\n1 0 0 1\n"
                          "2 1 1 3\n30\n40\n50\n1 2 0 1 1\n0 2 0 0 1\n7 7 7 0.5 0.5\n$EndNodes\n"
                          "$Elements\n5 5 1 5\n0 9 15 1\n5 60\n1 1 1 1\n1 10 20\n1 2 1 1\n2 30 40\n1 3 1 1\n3 20 30\n"
                          "2 1 3 1\n4 10 20 30 40\n$EndElements\n");
    const Read<2>    cell(file.path, open);
    expect_near(cell.specimen.size, Tensor<1, 2>({1., 2.}));
    EXPECT_EQ(cell.specimen.regions, (std::map<types::material_id, std::string>{{4, "glass"}}));
    expect_near(areas(cell.triangulation),
                Areas{{SpecimenBoundary::bottom, 1.}, {SpecimenBoundary::top, 1.}, {free_boundary, 4.}});
  }
} // namespace revitra

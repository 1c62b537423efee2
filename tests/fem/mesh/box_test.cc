#include "fem/mesh/box.h"
#include "tests/fem/discretization/test_specimen.h"

#include <deal.II/grid/grid_tools.h>

#include <gtest/gtest.h>

#include <map>

namespace revitra
{
  using namespace dealii;
  using test::open;
  using test::periodic;
  using test::small_box;
  using test::TestSpecimen;

  namespace
  {
    template <int dim>
    Deck::Specimen refined_box()
    {
      Deck::Specimen box = small_box<dim>(periodic);
      box.refinements    = 1;
      return box;
    }

    /// Checks that a face named `id` lies where it should.
    template <int dim>
    void expect_on_its_side(const types::boundary_id id, const Point<dim> &center, const Tensor<1, dim> &size)
    {
      const std::map<types::boundary_id, std::pair<unsigned int, double>> sides = {
        {SpecimenBoundary::left, {0, 0.}},
        {SpecimenBoundary::right, {0, size[0]}},
        {SpecimenBoundary::bottom, {1, 0.}},
        {SpecimenBoundary::top, {1, size[1]}},
        {SpecimenBoundary::back, {2, 0.}},
        {SpecimenBoundary::front, {2, dim == 3 ? size[dim - 1] : 0.}}};
      ASSERT_TRUE(sides.count(id));
      const auto &[direction, coordinate] = sides.at(id);
      ASSERT_LT(direction, static_cast<unsigned int>(dim));
      EXPECT_NEAR(center[direction], coordinate, 1e-12);
    }

    template <int dim>
    void test_box()
    {
      parallel::distributed::Triangulation<dim> mesh(MPI_COMM_WORLD);
      const Deck::Specimen                      box = refined_box<dim>();
      make_specimen(mesh, box);

      EXPECT_EQ(mesh.n_global_active_cells(), dim == 2 ? 8u * 4u : 16u * 8u);
      EXPECT_NEAR(GridTools::volume(mesh), dim == 2 ? 2. : 6., 1e-12);
      const Tensor<1, dim> size = specimen_size<dim>(box);
      for (const auto &cell : mesh.active_cell_iterators())
        if (!cell->is_artificial())
          for (const auto &face : cell->face_iterators())
            if (face->at_boundary())
              expect_on_its_side<dim>(face->boundary_id(), face->center(), size);
    }

    /// Number of lateral faces of locally owned cells, on all ranks, that have a neighbor across the box.
    template <int dim>
    unsigned int n_periodic_faces(const parallel::distributed::Triangulation<dim> &mesh)
    {
      unsigned int n = 0;
      for (const auto &cell : mesh.active_cell_iterators())
        if (cell->is_locally_owned())
          for (const unsigned int f : cell->face_indices())
            if (cell->has_periodic_neighbor(f))
              {
                EXPECT_FALSE(cell->periodic_neighbor(f)->is_artificial());
                ++n;
              }
      return Utilities::MPI::sum(n, mesh.get_communicator());
    }
  } // namespace

  TEST(Geometry, BoxIn2D)
  {
    test_box<2>();
  }

  TEST(Geometry, BoxIn3D)
  {
    test_box<3>();
  }

  TEST(Geometry, PeriodicSidesAreNeighborsAndGhosts)
  {
    parallel::distributed::Triangulation<2> plane(MPI_COMM_WORLD);
    make_specimen(plane, refined_box<2>());
    EXPECT_EQ(n_periodic_faces(plane), 2u * 8u);

    parallel::distributed::Triangulation<3> solid(MPI_COMM_WORLD);
    make_specimen(solid, refined_box<3>());
    EXPECT_EQ(n_periodic_faces(solid), 2u * (8u * 4u + 4u * 8u));
  }

  TEST(Geometry, FreeSidesHaveNoNeighbors)
  {
    parallel::distributed::Triangulation<2> mesh(MPI_COMM_WORLD);
    make_specimen(mesh, small_box<2>(open));
    EXPECT_EQ(n_periodic_faces(mesh), 0u);
  }

  TEST(Geometry, RefinementStaysBalancedAcrossPeriodicSides)
  {
    TestSpecimen<2> specimen(small_box<2>(periodic));
    // Twice at the left side: its neighbors at the right side must follow once.
    for (unsigned int i = 0; i < 2; ++i)
      specimen.refine_where([](const Point<2> &center) { return center[0] < 0.25 && center[1] < 0.5; });
    int lowest_level = 1;
    for (const auto &cell : specimen.triangulation.active_cell_iterators())
      if (cell->is_locally_owned() && cell->center()[0] > 0.75 && cell->center()[1] < 0.5)
        lowest_level = std::min(lowest_level, cell->level());
    EXPECT_EQ(Utilities::MPI::min(lowest_level, MPI_COMM_WORLD), 1);
  }
} // namespace revitra

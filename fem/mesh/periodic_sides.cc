#include "fem/mesh/periodic_sides.h"

#include "fem/mesh/box.h"

#include <deal.II/grid/grid_tools.h>

namespace revitra
{
  using namespace dealii;

  template <int dim>
  void make_lateral_sides_neighbors(parallel::distributed::Triangulation<dim> &triangulation)
  {
    using Cell = typename Triangulation<dim>::cell_iterator;
    std::vector<GridTools::PeriodicFacePair<Cell>> faces;
    GridTools::collect_periodic_faces(triangulation, SpecimenBoundary::left, SpecimenBoundary::right, 0, faces);
    if (dim == 3)
      GridTools::collect_periodic_faces(triangulation, SpecimenBoundary::back, SpecimenBoundary::front, 2, faces);
    triangulation.add_periodicity(faces);
  }

  template void make_lateral_sides_neighbors<2>(parallel::distributed::Triangulation<2> &);
  template void make_lateral_sides_neighbors<3>(parallel::distributed::Triangulation<3> &);
} // namespace revitra

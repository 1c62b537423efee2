#pragma once

#include <deal.II/distributed/tria.h>

namespace revitra
{
  /// Makes the opposite lateral sides of `triangulation`, identified by SpecimenBoundary, neighbors of each other, so
  /// that ghost cells and 2:1 balance extend across them. The mesh must not have been refined. Collective over its
  /// ranks.
  template <int dim>
  void make_lateral_sides_neighbors(dealii::parallel::distributed::Triangulation<dim> &triangulation);
} // namespace revitra

#pragma once

#include "fem/mesh/gmsh_sides.h"

namespace revitra
{
  /// Adds to `problems` vertices at the boundary of `mesh` that coincide with another one, or that lie on a side of a
  /// cell without belonging to it (hanging): cells meet there without being connected.
  template <int dim>
  void check_vertices(const CoarseMesh<dim> &mesh, MeshProblems &problems);

  /// Adds to `problems` if some cells of `mesh` cannot be reached from others across sides of cells, `periodic` ones
  /// included.
  template <int dim>
  void check_parts(const CoarseMesh<dim> &mesh, const std::vector<PeriodicSides> &periodic, MeshProblems &problems);

  /// Agreement of the orders in which cells list the vertices of two periodic sides.
  enum class Orientation
  {
    standard,  ///< opposite faces have their vertices in the same order
    different, ///< some opposite faces do not
  };

  /// Reorders the vertices of cells so that all edges along a direction of a cell point the same way as in its
  /// neighbors, also across `periodic` sides. Cells stay right-handed.
  ///
  /// In 2-D, where deal.II requires this, it is always possible. In 3-D it may not be: the requirements of `periodic`
  /// sides, or all of them, are then dropped.
  template <int dim>
  Orientation orient_edges(const std::vector<PeriodicSides> &periodic, CoarseMesh<dim> &mesh);
} // namespace revitra

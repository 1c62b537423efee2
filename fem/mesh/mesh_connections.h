#pragma once

#include "fem/mesh/gmsh_sides.h"

namespace revitra
{
  /// Adds to `problems` vertices at the boundary of `mesh` that are where another one is, or on a side of a cell that
  /// does not have them (hanging): cells meet there without being connected.
  template <int dim>
  void check_vertices(const CoarseMesh<dim> &mesh, MeshProblems &problems);

  /// Adds to `problems` if there are cells of `mesh` that cannot be reached from others across sides of cells,
  /// `periodic` ones included.
  template <int dim>
  void check_parts(const CoarseMesh<dim> &mesh, const std::vector<PeriodicSides> &periodic, MeshProblems &problems);

  /// How alike two periodic sides are in the lists of their cells' vertices.
  enum class Orientation
  {
    standard,  ///< opposite faces have their vertices in the same order
    different, ///< some opposite faces do not
  };

  /// Has the vertices of cells listed so that all edges along a direction of a cell point the same way as they do in
  /// its neighbors, also across `periodic` sides. Cells stay right-handed.
  ///
  /// In 2-D, where deal.II asks for it, this is always possible. In 3-D it takes meshes for which it is not: this then
  /// does without what `periodic` sides ask for, or without all.
  template <int dim>
  Orientation orient_edges(const std::vector<PeriodicSides> &periodic, CoarseMesh<dim> &mesh);
} // namespace revitra

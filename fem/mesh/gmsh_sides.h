#pragma once

#include "fem/mesh/coarse_mesh.h"
#include "material/input/deck.h"

#include <map>

namespace revitra
{
  /// Pair of sides of a mesh that are neighbors of each other.
  struct PeriodicSides
  {
    dealii::types::boundary_id           lower;
    std::map<unsigned int, unsigned int> partner; ///< of a vertex of the lower side: that on the upper side
  };

  /// Adds to `problems` the sides that a specimen needs and that the physical groups in `gmsh` do not name: bottom and
  /// top, and the lateral ones if these are periodic.
  template <int dim>
  void check_groups(const GmshFile &gmsh, Deck::LateralBoundary lateral_boundary, MeshProblems &problems);

  /// Assigns to the boundary faces of `mesh` the sides named by the physical groups in `gmsh`, and free_boundary to all
  /// others. Adds to `problems` parts of sides that are not at the boundary, and faces on two sides.
  template <int dim>
  void name_sides(const GmshFile &gmsh, CoarseMesh<dim> &mesh, MeshProblems &problems);

  /// Returns true if the platens, and the lateral sides if periodic, exist, are plane and oriented correctly, and have
  /// all vertices between them. Otherwise adds to `problems`, except for a side that does not exist.
  template <int dim>
  bool check_planes(const CoarseMesh<dim> &mesh, Deck::LateralBoundary lateral_boundary, MeshProblems &problems);

  /// Moves the vertices of each platen, and of each lateral side if periodic, into one plane, and all other vertices
  /// between these planes. The displacements are those that check_planes() has accepted as rounding.
  template <int dim>
  void flatten_sides(Deck::LateralBoundary lateral_boundary, CoarseMesh<dim> &mesh);

  /// Pairs the vertices of opposite lateral sides, and makes their coordinates equal where they differ by rounding,
  /// because deal.II compares them. The sides exist and have passed flatten_sides(). Adds to `problems` vertices and
  /// faces without a partner.
  template <int dim>
  std::vector<PeriodicSides> match_lateral_sides(CoarseMesh<dim> &mesh, MeshProblems &problems);

  /// Vertices, in ascending order, of the face opposite to a face of the lower of `sides`; some are
  /// invalid_unsigned_int if there is none.
  template <typename FaceVertices>
  FaceVertices opposite_face(FaceVertices face, const PeriodicSides &sides);

  /// Area (length in 2-D) of the faces on the plane side `side`.
  template <int dim>
  double area_of_side(const CoarseMesh<dim> &mesh, dealii::types::boundary_id side);
} // namespace revitra

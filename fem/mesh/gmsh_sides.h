#pragma once

#include "fem/mesh/coarse_mesh.h"
#include "material/input/deck.h"

#include <map>

namespace revitra
{
  /// Two sides of a mesh that are neighbors of each other.
  struct PeriodicSides
  {
    dealii::types::boundary_id           lower;
    std::map<unsigned int, unsigned int> partner; ///< of a vertex of the lower side: that on the upper side
  };

  /// Adds to `problems` which sides the physical groups in `gmsh` do not name although a specimen needs them: bottom
  /// and top, and the lateral ones if those are periodic.
  template <int dim>
  void check_groups(const GmshFile &gmsh, Deck::LateralBoundary lateral_boundary, MeshProblems &problems);

  /// Gives the faces at the boundary of `mesh` the sides that the physical groups in `gmsh` name, and free_boundary to
  /// those that they do not. Adds to `problems` parts of sides that are not at the boundary, and faces on two sides.
  template <int dim>
  void name_sides(const GmshFile &gmsh, CoarseMesh<dim> &mesh, MeshProblems &problems);

  /// Whether the platens, and lateral sides if they are periodic, are there, plane, the right way round, and have all
  /// vertices between them. Adds to `problems` if not, except for a side that is not there.
  template <int dim>
  bool check_planes(const CoarseMesh<dim> &mesh, Deck::LateralBoundary lateral_boundary, MeshProblems &problems);

  /// Moves the vertices of the platens, and of lateral sides if they are periodic, into one plane each, and all others
  /// between these planes: what they are off, check_planes() has taken for rounding.
  template <int dim>
  void flatten_sides(Deck::LateralBoundary lateral_boundary, CoarseMesh<dim> &mesh);

  /// Finds out which vertices of opposite lateral sides belong together, and makes their coordinates the same where
  /// they differ by rounding: deal.II compares them. The sides are there and have passed flatten_sides(). Adds to
  /// `problems` vertices and faces without a partner.
  template <int dim>
  std::vector<PeriodicSides> match_lateral_sides(CoarseMesh<dim> &mesh, MeshProblems &problems);

  /// The vertices, in ascending order, of the face opposite to one of the lower of `sides`; some are
  /// invalid_unsigned_int if there is none.
  template <typename FaceVertices>
  FaceVertices opposite_face(FaceVertices face, const PeriodicSides &sides);

  /// Area of the faces on `side` (length in 2-D), if that is plane.
  template <int dim>
  double area_of_side(const CoarseMesh<dim> &mesh, dealii::types::boundary_id side);
} // namespace revitra

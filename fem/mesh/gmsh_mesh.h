#pragma once

#include "fem/mesh/box.h"
#include "material/input/deck.h"

#include <deal.II/base/point.h>
#include <deal.II/base/tensor.h>
#include <deal.II/base/types.h>
#include <deal.II/distributed/tria.h>

#include <map>
#include <string>

namespace revitra
{
  /// Boundary id, beside those of SpecimenBoundary, of boundaries that are not a side of the specimen: the surfaces of
  /// holes and notches.
  constexpr dealii::types::boundary_id free_boundary = SpecimenBoundary::front + 1;

  /// Properties of a specimen, beside its mesh, that are read from a mesh file. Lengths are in the deck's unit.
  template <int dim>
  struct GmshSpecimen
  {
    /// Names of the regions, by material id: the physical groups of surfaces (2-D) or volumes (3-D), by number. The
    /// name of a group without one is its number. Empty if the mesh has no groups; all material ids are then 0.
    std::map<dealii::types::material_id, std::string> regions;

    dealii::Point<dim>     origin; ///< lower corner of the box around the mesh; its y is that of the bottom platen
    dealii::Tensor<1, dim> size;   ///< edges of that box, > 0: height along y, and periods if the sides are periodic
    double                 platen_area; ///< of the top platen, over which stress is a mean; a length in 2-D

    /// Highest degree of the displacement for which deal.II connects periodic sides correctly: 2 if the sides of a 3-D
    /// mesh cannot be numbered alike, else unlimited (invalid_unsigned_int). In deal.II 9.4 to 9.8,
    /// FE_Q::face_to_cell_index() handles the standard orientation only if there is more than one degree of freedom
    /// inside a quadrilateral, and asserts this in debug mode only: without this limit, results would be wrong
    /// silently.
    unsigned int highest_degree;
  };

  /// Fills the empty `triangulation` with the gmsh mesh in `file`, and refines it globally `refinements` times.
  ///
  /// The file is ASCII of format 4.1 or 2.2 and contains quadrilaterals in the x-y plane (2-D) or hexahedra (3-D), the
  /// cells of a single body. Its physical groups of curves (2-D) or surfaces (3-D) name the sides of the specimen:
  /// `bottom` and `top` are planes of constant y that enclose everything else. `left` and `right`, in 3-D also `back`
  /// and `front`, are needed for a periodic lateral boundary only: they are then planes of constant x or z that enclose
  /// everything else, each pair meshed alike. These sides get the boundary ids of SpecimenBoundary, the rest of the
  /// boundary gets free_boundary.
  ///
  /// The mesh treats periodic sides as neighbors, so that ghost cells and 2:1 balance extend across them. Vertices are
  /// moved only to remove the round-off of the file from platens and periodic sides, by at most CoarseMesh::tolerance;
  /// vertices added by refinement lie on the straight edges and bilinear sides of the file's cells.
  ///
  /// Throws DeckError, the same on all ranks, with all defects of the mesh, naming elements, nodes and places; this
  /// includes cells that are inverted, degenerate, duplicated or unconnected. Only the first rank reads the file.
  /// Collective over the mesh's ranks.
  template <int dim>
  GmshSpecimen<dim> read_gmsh_specimen(dealii::parallel::distributed::Triangulation<dim> &triangulation,
                                       const std::string                                 &file,
                                       Deck::LateralBoundary                              lateral_boundary,
                                       unsigned int                                       refinements);
} // namespace revitra

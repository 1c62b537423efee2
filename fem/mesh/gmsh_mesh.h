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
  /// Boundary id, beside those of SpecimenBoundary, of what is no side of a specimen: the surfaces of holes and
  /// notches.
  constexpr dealii::types::boundary_id free_boundary = SpecimenBoundary::front + 1;

  /// What a mesh file says of a specimen beside its mesh. Lengths are in the deck's unit.
  template <int dim>
  struct GmshSpecimen
  {
    /// Names of the regions, by material id: the physical groups of surfaces (2-D) or volumes (3-D), by number. A group
    /// without a name has its number for a name. Empty if the mesh has no groups; then all material ids are 0.
    std::map<dealii::types::material_id, std::string> regions;

    dealii::Point<dim>     origin; ///< lower corner of the box around the mesh; its y is that of the bottom platen
    dealii::Tensor<1, dim> size;   ///< edges of that box, > 0: height along y, and periods if the sides are periodic
    double                 platen_area; ///< of the top platen, over which stress is a mean; a length in 2-D

    /// Highest degree of the displacement for which deal.II ties periodic sides right: 2 if sides of a 3-D mesh cannot
    /// be numbered alike, else unlimited (invalid_unsigned_int). From 9.4 to 9.8, FE_Q::face_to_cell_index() knows only
    /// the standard orientation of more than one degree of freedom inside a quadrilateral, and asserts that in debug
    /// mode only: without this limit, results would be wrong without a word.
    unsigned int highest_degree;
  };

  /// Fills the empty `triangulation` with the gmsh mesh in `file`, and refines it globally `refinements` times.
  ///
  /// The file is ASCII of format 4.1 or 2.2 and has quadrilaterals in the x-y plane (2-D) or hexahedra (3-D), the cells
  /// of a single body. Names of its physical groups of curves (2-D) or surfaces (3-D) say what is which side of the
  /// specimen: `bottom` and `top`, planes of constant y, between which all the rest is; and `left` and `right`, in 3-D
  /// also `back` and `front`, which only a periodic lateral boundary needs: there they are planes of constant x or z,
  /// between which all the rest is, each pair meshed alike. These sides get the boundary ids of SpecimenBoundary, all
  /// the rest of the boundary gets free_boundary.
  ///
  /// Periodic sides are known to the mesh as neighbors, so that ghost cells and 2:1 balance reach across them. Nothing
  /// is moved, but for what the file's digits leave of platens and periodic sides that are plane and alike, up to
  /// CoarseMesh::tolerance; vertices that refinement adds are on the straight edges and bilinear sides of the file's
  /// cells.
  ///
  /// Throws DeckError, the same on all ranks, with all that is wrong with the mesh, naming elements, nodes and places:
  /// whether cells are inside out, degenerate, there twice or unconnected is looked at too. Only the first rank reads
  /// the file. Collective over the mesh's ranks.
  template <int dim>
  GmshSpecimen<dim> read_gmsh_specimen(dealii::parallel::distributed::Triangulation<dim> &triangulation,
                                       const std::string                                 &file,
                                       Deck::LateralBoundary                              lateral_boundary,
                                       unsigned int                                       refinements);
} // namespace revitra

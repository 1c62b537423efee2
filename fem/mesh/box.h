#pragma once

#include "material/input/deck.h"

#include <deal.II/base/tensor.h>
#include <deal.II/base/types.h>
#include <deal.II/distributed/tria.h>

#include <map>
#include <string>

namespace revitra
{
  /// Sides of a specimen, as boundary ids of its mesh. Shear is along x; the platens are the bottom and the top.
  struct SpecimenBoundary
  {
    enum Id : dealii::types::boundary_id
    {
      bottom, ///< y = 0
      top,    ///< y = L_y
      left,   ///< x = 0
      right,  ///< x = L_x
      back,   ///< z = 0, in 3-D
      front   ///< z = L_z, in 3-D
    };
  };

  /// Edge lengths (L_x, L_y[, L_z]) of the specimen, in the deck's unit of length.
  ///
  /// `specimen` must be valid and of dimension `dim`, as read_deck() ensures.
  template <int dim>
  dealii::Tensor<1, dim> specimen_size(const Deck::Specimen &specimen);

  /// Properties of a specimen, beside its mesh, that the mechanics needs.
  struct SpecimenShape
  {
    double gross_volume; ///< of the platens times the height, holes and notches included; an area in 2-D

    std::map<dealii::types::material_id, std::string> regions; ///< names of the material ids of the cells
  };

  /// Fills the empty `triangulation` with the box [0, L_x] × [0, L_y] (× [0, L_z]), subdivided and refined according to
  /// the valid `specimen` of dimension `dim`.
  ///
  /// Boundary ids are those of SpecimenBoundary. If the lateral boundary is periodic, the mesh treats opposite lateral
  /// sides as neighbors, so that ghost cells and 2:1 balance extend across them. Collective over the mesh's ranks.
  template <int dim>
  void make_specimen(dealii::parallel::distributed::Triangulation<dim> &triangulation, const Deck::Specimen &specimen);
} // namespace revitra

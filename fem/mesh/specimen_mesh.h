#pragma once

#include "fem/mesh/box.h"

namespace revitra
{
  /// Fills the empty `triangulation` with the mesh that `specimen` describes: the one in its file or, without a file,
  /// the box. Throws DeckError, the same on all ranks, if the mesh cannot be used. Collective over the mesh's ranks.
  template <int dim>
  SpecimenShape make_specimen_mesh(dealii::parallel::distributed::Triangulation<dim> &triangulation,
                                   const Deck::Specimen                              &specimen);

  /// Throws DeckError, the same on all ranks, if `deck` prescribes the free volume on sides that its mesh
  /// `triangulation` does not have. Collective.
  template <int dim>
  void check_held_sides(const dealii::parallel::distributed::Triangulation<dim> &triangulation, const Deck &deck);
} // namespace revitra

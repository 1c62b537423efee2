#pragma once

#include "material/law/state.h"
#include "material/run/deck.h"

#include <deal.II/base/quadrature.h>
#include <deal.II/base/types.h>
#include <deal.II/grid/tria.h>

#include <map>
#include <string>
#include <vector>

namespace revitra
{
  /// What the quadrature points of a specimen are made of and start with. Point q of a cell is entry
  /// active_cell_index · quadrature.size() + q; entries of cells that are not locally owned are of no consequence.
  struct InitialSpecimen
  {
    std::vector<Parameters>   glasses;            ///< the deck's own, then those of its regions
    std::vector<unsigned int> glass_of_point;     ///< empty if there is only one
    std::vector<double>       temperature_offset; ///< in T_g; empty if there is none
    std::vector<State>        states;             ///< at rest, with ξ₀, Λ₀ and Δ₀
  };

  /// Evaluates the initial fields of `deck` at the quadrature points. `regions` are the names of the mesh's material
  /// ids. Cells are straight (bilinear mapping).
  ///
  /// Throws DeckError, the same on all ranks, with all that is wrong at once: a region that the mesh does not have, a
  /// field without a file or one that does not cover the specimen, and each initial value that somewhere is not a
  /// number within its bounds (with the worst value and where it is). Collective over the mesh's ranks.
  template <int dim>
  InitialSpecimen initial_specimen(const Deck                                              &deck,
                                   const dealii::Triangulation<dim>                        &triangulation,
                                   const dealii::Quadrature<dim>                           &quadrature,
                                   const std::map<dealii::types::material_id, std::string> &regions = {});
} // namespace revitra

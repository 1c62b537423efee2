#pragma once

#include "material/input/deck.h"
#include "material/law/state.h"

#include <deal.II/base/quadrature.h>
#include <deal.II/base/types.h>
#include <deal.II/grid/tria.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace revitra
{
  /// What the quadrature points of a specimen are made of and start with. Point q of a cell is entry
  /// active_cell_index · quadrature.size() + q; entries of cells that are not locally owned are of no consequence.
  struct InitialSpecimen
  {
    std::vector<Parameters>   materials;          ///< the deck's own, then those of its regions
    std::vector<unsigned int> material_of_point;  ///< empty if there is only one
    std::vector<double>       temperature_offset; ///< in T_g; empty if there is none
    std::vector<State>        states;             ///< at rest, with ξ₀, Λ₀ and Δ₀
  };

  /// The initial fields of a deck, to be evaluated at the quadrature points of its specimen's mesh and again when that
  /// has been refined.
  template <int dim>
  class InitialFields
  {
  public:
    /// The fields of `deck`, kept by reference, on the specimen that `triangulation` fills. `regions` are the names of
    /// the mesh's material ids. A grid file is read here, once.
    ///
    /// Throws DeckError, the same on all ranks, with all that is wrong at once: a region that the mesh does not have, a
    /// field without a file or one that does not cover the specimen. Collective over the mesh's ranks.
    InitialFields(const Deck                                              &deck,
                  const dealii::Triangulation<dim>                        &triangulation,
                  const std::map<dealii::types::material_id, std::string> &regions = {});
    ~InitialFields();

    /// The fields at the points of `quadrature` in the cells of `triangulation`, which are straight (bilinear mapping).
    ///
    /// Throws DeckError, the same on all ranks, with each initial value that somewhere is not a number within its
    /// bounds (the worst value and where it is). Collective.
    InitialSpecimen at_points(const dealii::Triangulation<dim> &triangulation,
                              const dealii::Quadrature<dim>    &quadrature) const;

  private:
    struct Sources;
    std::unique_ptr<const Sources> sources;
  };

  /// InitialFields, evaluated once.
  template <int dim>
  InitialSpecimen initial_specimen(const Deck                                              &deck,
                                   const dealii::Triangulation<dim>                        &triangulation,
                                   const dealii::Quadrature<dim>                           &quadrature,
                                   const std::map<dealii::types::material_id, std::string> &regions = {})
  {
    return InitialFields<dim>(deck, triangulation, regions).at_points(triangulation, quadrature);
  }
} // namespace revitra

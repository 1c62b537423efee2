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
  /// Materials and initial states at the quadrature points of a specimen. Point q of a cell is entry active_cell_index
  /// · quadrature.size() + q; entries of cells that are not locally owned are unused.
  struct InitialSpecimen
  {
    std::vector<Parameters>   materials;          ///< the deck's own, then those of its regions
    std::vector<unsigned int> material_of_point;  ///< empty if there is only one
    std::vector<double>       temperature_offset; ///< in T_g; empty if there is none
    std::vector<State>        states;             ///< at rest, with ξ₀, Λ₀ and Δ₀
  };

  /// Initial fields of a deck, which can be evaluated at the quadrature points of its specimen's mesh, and again after
  /// refinement.
  template <int dim>
  class InitialFields
  {
  public:
    /// Sets up the fields of `deck`, kept by reference, on the specimen meshed by `triangulation`. `regions` are the
    /// names of the mesh's material ids. A grid file is read here, once.
    ///
    /// Throws DeckError, the same on all ranks, with all problems at once: a region that the mesh does not have, or a
    /// field without a file or not covering the specimen. Collective over the mesh's ranks.
    InitialFields(const Deck                                              &deck,
                  const dealii::Triangulation<dim>                        &triangulation,
                  const std::map<dealii::types::material_id, std::string> &regions = {});
    ~InitialFields();

    /// Evaluates the fields at the points of `quadrature` in the cells of `triangulation`, which are straight (bilinear
    /// mapping).
    ///
    /// Throws DeckError, the same on all ranks, with each initial value that is somewhere not a number within its
    /// bounds (the worst value and its place). Collective.
    InitialSpecimen at_points(const dealii::Triangulation<dim> &triangulation,
                              const dealii::Quadrature<dim>    &quadrature) const;

  private:
    struct Sources;
    std::unique_ptr<const Sources> sources;
  };

  /// Evaluates InitialFields once.
  template <int dim>
  InitialSpecimen initial_specimen(const Deck                                              &deck,
                                   const dealii::Triangulation<dim>                        &triangulation,
                                   const dealii::Quadrature<dim>                           &quadrature,
                                   const std::map<dealii::types::material_id, std::string> &regions = {})
  {
    return InitialFields<dim>(deck, triangulation, regions).at_points(triangulation, quadrature);
  }
} // namespace revitra

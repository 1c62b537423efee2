#pragma once

#include "fem/mechanics/equilibrium.h"

#include <deal.II/distributed/tria.h>
#include <deal.II/lac/vector.h>

namespace revitra
{
  /// How sharply flow and structure change from each cell to its neighbors, by active_cell_index: the largest
  /// difference over a face (periodic ones too) of the cells' mean plastic rate |γ̇ᵖ|, in units of the specimen's mean,
  /// or that of their mean 1/ξ, which is by how many e-folds the rate of transformations differs there, whichever is
  /// larger. 0 where all is homogeneous; above 1 at the edge of a band.
  ///
  /// Entries of cells that are not locally owned are 0. Collective.
  template <int dim>
  dealii::Vector<double> refinement_indicator(const dealii::parallel::distributed::Triangulation<dim> &triangulation,
                                              const QuadratureHistory                                 &history,
                                              const Equilibrium<dim>                                  &equilibrium);
} // namespace revitra

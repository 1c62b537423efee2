#pragma once

#include <deal.II/base/quadrature.h>
#include <deal.II/grid/tria.h>

#include <string>
#include <vector>

namespace revitra
{
  /// The initial free volume ξ₀ at the quadrature points of the locally owned cells.
  ///
  /// `expression` is the deck's `Initial free volume`: a number or an expression in the coordinates (see
  /// material/run/expression.h), for instance `y<0.9 ? 0.05 : 0.055`. Point q of a cell is entry
  /// active_cell_index · quadrature.size() + q of the result; entries of cells that are not locally owned are zero.
  /// Cells are straight (bilinear mapping).
  ///
  /// Throws DeckError, the same on all ranks, if the expression cannot be parsed or if a value is not a number within
  /// the bounds of `Initial free volume` in parameter_table(); it names expression, worst value and point. Collective
  /// over the mesh's ranks.
  template <int dim>
  std::vector<double> initial_free_volume(const std::string                &expression,
                                          const dealii::Triangulation<dim> &triangulation,
                                          const dealii::Quadrature<dim>    &quadrature);
} // namespace revitra

#pragma once

#include "fem/discretization/cell_interpolation.h"
#include "fem/mechanics/material_map.h"
#include "fem/mechanics/quadrature_history.h"

#include <deal.II/distributed/cell_data_transfer.h>
#include <deal.II/distributed/tria.h>

namespace revitra
{
  /// Takes the history of the quadrature points from one mesh to the next, refined here and coarsened there.
  ///
  /// What is carried over is the stress, not the plastic strain: stress is smooth where the flow localizes and plastic
  /// strain is not, and the strain is known on the new mesh from its displacement. The plastic strain is then what the
  /// two leave. Likewise the rejuvenation degree ξ/ξ₀ is carried over and not ξ: ξ₀ is given at every place, so that
  /// glass at rest is what the deck says on any mesh.
  template <int dim>
  class HistoryTransfer
  {
  public:
    HistoryTransfer(dealii::parallel::distributed::Triangulation<dim> &triangulation,
                    const dealii::QGauss<dim>                         &quadrature);

    /// To be called between prepare_coarsening_and_refinement() and execute_coarsening_and_refinement().
    void prepare(const QuadratureHistory &history);

    /// To be called after that, with a history of the new mesh in its initial state, its `materials`, and the
    /// deviatoric `strain` at its points. Sets states, stresses and thresholds.
    void unpack(const MaterialMap &materials, const std::vector<Deviator> &strain, QuadratureHistory &history);

  private:
    using Cells = std::vector<std::vector<double>>; ///< by active_cell_index; see CellInterpolation::Values

    dealii::parallel::distributed::Triangulation<dim> &triangulation;
    const std::size_t                                  n_points;
    const CellInterpolation<dim>                       interpolation;

    Cells                                                            packed;
    dealii::parallel::distributed::CellDataTransfer<dim, dim, Cells> transfer;
  };
} // namespace revitra

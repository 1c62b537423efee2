#pragma once

#include "fem/mechanics/material_map.h"
#include "fem/mechanics/quadrature_history.h"
#include "fem/output/fields.h"
#include "material/input/loading_direction.h"

#include <deal.II/grid/tria.h>

namespace revitra
{
  /// What the field files show of the quadrature points: averages over each cell of the stress that the loading works
  /// on (shear or axial), equivalent stress, pressure, state variables, EED, EED/σ_c, rejuvenation degree ξ/ξ₀ and
  /// plastic rate |γ̇ᵖ|; dimensionless; and `region`, the material id of the cell.
  ///
  /// `instability` is the largest growth rate of a perturbation (growth_rate()) at the points of the cell, not the
  /// average: a cell can localize if one of its points can, and growth would cancel against decay.
  ///
  /// `stress_tensor` is the mean of the whole stress.
  ///
  /// `temperature` is that of the loading program. `weights` are the points' quadrature weights, zero where they are
  /// not locally owned, in the order of `history`.
  template <int dim>
  CellFields cell_fields(const dealii::Triangulation<dim> &triangulation,
                         const MaterialMap                &materials,
                         const QuadratureHistory          &history,
                         const double                      temperature,
                         const std::vector<double>        &weights,
                         const LoadingDirection           &direction);
} // namespace revitra

#pragma once

#include "material/run/deck.h"

#include <deal.II/base/index_set.h>
#include <deal.II/dofs/dof_handler.h>
#include <deal.II/lac/affine_constraints.h>

namespace revitra
{
  /// Constraints on the fluctuation ũ in simple shear, u = H·X + ũ with H = γ e_x ⊗ e_y and the macroscopic shear γ.
  ///
  /// Rigid platens: ũ = 0 at the bottom and at the top. Lateral sides: ũ periodic in all components, or free. Hanging
  /// nodes are constrained too. All constraints are homogeneous and stay as they are while γ changes, until the mesh
  /// does. They are closed. `dof_handler` must carry a vector element with dim components on a mesh by make_specimen();
  /// `locally_relevant_dofs` are its own. Collective over the mesh's ranks.
  template <int dim>
  dealii::AffineConstraints<double> make_shear_constraints(const dealii::DoFHandler<dim> &dof_handler,
                                                           const dealii::IndexSet        &locally_relevant_dofs,
                                                           Deck::LateralBoundary          lateral_boundary);
} // namespace revitra

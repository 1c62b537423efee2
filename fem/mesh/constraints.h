#pragma once

#include "material/input/deck.h"

#include <deal.II/base/index_set.h>
#include <deal.II/dofs/dof_handler.h>
#include <deal.II/lac/affine_constraints.h>

#include <map>

namespace revitra
{
  /// Constraints on the fluctuation ũ of a specimen, u = H·X + ũ with the strain of the specimen in H: γ e_x ⊗ e_y in
  /// shear, ε e_y ⊗ e_y in tension.
  ///
  /// Gripping platens: ũ = 0 at the bottom and at the top. Frictionless platens: ũ_y = 0 there, and the minimum beyond
  /// this that prevents rigid-body motion. Lateral sides: ũ periodic in all components, or free. Hanging nodes are
  /// constrained as well. All constraints are homogeneous, closed, and independent of the strain; they change with the
  /// mesh only. `dof_handler` must carry a vector element with dim components on a mesh by make_specimen_mesh();
  /// `locally_relevant_dofs` are its own. Collective over the mesh's ranks.
  template <int dim>
  dealii::AffineConstraints<double> make_specimen_constraints(const dealii::DoFHandler<dim> &dof_handler,
                                                              const dealii::IndexSet        &locally_relevant_dofs,
                                                              Deck::LateralBoundary          lateral_boundary,
                                                              Deck::Platens platens = Deck::Platens::gripped);

  /// Constraints on the free volume of a specimen as a scalar field: hanging nodes, the values of `boundary_values` on
  /// sides (see SpecimenBoundary), and equal values on opposite lateral sides if these are periodic. They are closed.
  /// `dof_handler` must carry a scalar element on a mesh by make_specimen_mesh(). Collective over the mesh's ranks.
  template <int dim>
  dealii::AffineConstraints<double> make_free_volume_constraints(
    const dealii::DoFHandler<dim>                      &dof_handler,
    const dealii::IndexSet                             &locally_relevant_dofs,
    Deck::LateralBoundary                               lateral_boundary,
    const std::map<dealii::types::boundary_id, double> &boundary_values);
} // namespace revitra

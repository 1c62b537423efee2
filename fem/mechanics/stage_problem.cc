#include "fem/mechanics/stage_problem.h"

#include <deal.II/dofs/dof_tools.h>

#include <limits>

namespace revitra
{
  using namespace dealii;

  template <int dim>
  StageProblem<dim>::StageProblem(const DoFHandler<dim>           &dof_handler,
                                  const AffineConstraints<double> &constraints,
                                  Equilibrium<dim>                &equilibrium,
                                  const double                     stress_scale,
                                  TimerOutput                     &timer)
    : dof_handler(dof_handler)
    , constraints(constraints)
    , equilibrium(equilibrium)
    , stress_scale(stress_scale)
    , timer(timer)
  {
    reinit();
  }

  template <int dim>
  void StageProblem<dim>::reinit()
  {
    if (linear_solver)
      earlier_meshes = linear_statistics();
    linear_solver.reset();
    IndexSet relevant;
    DoFTools::extract_locally_relevant_dofs(dof_handler, relevant);
    ghosted.reinit(dof_handler.locally_owned_dofs(), relevant, dof_handler.get_communicator());
    residual_vector.reinit(dof_handler.locally_owned_dofs(), dof_handler.get_communicator());
    equilibrium.initialize(tangent);
    linear_solver.emplace(dof_handler);
  }

  template <int dim>
  void StageProblem<dim>::set_stage(const StageSetting &new_stage, const LoadControl &new_control)
  {
    stage   = new_stage;
    control = new_control;
  }

  template <int dim>
  typename StageProblem<dim>::Unknown StageProblem<dim>::zero() const
  {
    Unknown x;
    x.fluctuation.reinit(residual_vector);
    return x;
  }

  template <int dim>
  double StageProblem<dim>::residual(const Unknown &x)
  {
    TimerOutput::Scope scope(timer, "Residual");
    ghosted                              = x.fluctuation;
    const std::optional<double> computed = equilibrium.residual(stage, ghosted, x.strain, residual_vector);
    if (!computed)
      return std::numeric_limits<double>::infinity();
    stress = *computed;

    const double scale = equilibrium.residual_scale(); // zero if all displacements are prescribed
    const double force = scale > 0. ? residual_vector.l2_norm() / scale : 0.;
    return std::max(force, control.controls_stress ? std::abs(stress - control.value) : 0.) / stress_scale;
  }

  template <int dim>
  void StageProblem<dim>::linearize(const Unknown &x)
  {
    TimerOutput::Scope scope(timer, "Tangent");
    ghosted = x.fluctuation;
    equilibrium.tangent(stage, ghosted, x.strain, tangent);
  }

  template <int dim>
  typename StageProblem<dim>::Unknown StageProblem<dim>::step(const double relative_tolerance)
  {
    TimerOutput::Scope scope(timer, "Linear solve");
    Unknown            step = zero();
    residual_vector *= -1.;
    solve(step.fluctuation, residual_vector, stress_scale, relative_tolerance);
    if (control.controls_stress)
      {
        Vector by_strain = zero().fluctuation; // −∂ũ/∂ε
        solve(by_strain, tangent.by_strain, tangent.modulus, relative_tolerance);
        step.strain = (control.value - stress - tangent.of_stress * step.fluctuation) /
                      (tangent.modulus - tangent.of_stress * by_strain);
        step.fluctuation.add(-step.strain, by_strain);
      }
    constraints.distribute(step.fluctuation);
    return step;
  }

  template <int dim>
  void StageProblem<dim>::solve(Vector &x, const Vector &rhs, const double stress, const double relative_tolerance)
  {
    // In a homogeneous specimen forces are rounding; solving for that would only spread it.
    constexpr double rounding = 1e-14;
    if (rhs.l2_norm() > rounding * stress * equilibrium.residual_scale())
      linear_solver->solve(tangent.stiffness, x, rhs, relative_tolerance);
  }

  template <int dim>
  void StageProblem<dim>::add(Unknown &x, const double factor, const Unknown &step) const
  {
    x.fluctuation.add(factor, step.fluctuation);
    x.strain += factor * step.strain;
  }

  template class StageProblem<2>;
  template class StageProblem<3>;
} // namespace revitra

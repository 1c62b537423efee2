#include "fem/mechanics/stage_problem.h"

#include <deal.II/dofs/dof_tools.h>

#include <limits>

namespace revitra
{
  using namespace dealii;

  template <int dim>
  StageProblem<dim>::StageProblem(Equilibrium<dim>     &equilibrium,
                                  FreeVolumeField<dim> *free_volume,
                                  const double          stress_scale,
                                  TimerOutput          &timer)
    : equilibrium(equilibrium)
    , free_volume(free_volume)
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

    const DoFHandler<dim> &displacement = equilibrium.displacement();
    const MPI_Comm         communicator = displacement.get_communicator();
    IndexSet               relevant;
    DoFTools::extract_locally_relevant_dofs(displacement, relevant);
    ghosted.reinit(displacement.locally_owned_dofs(), relevant, communicator);
    equilibrium.initialize(tangent);

    std::vector<IndexSet>                        owned{displacement.locally_owned_dofs()};
    std::vector<std::unique_ptr<Preconditioner>> preconditioners;
    preconditioners.push_back(make_preconditioner(displacement));
    if (free_volume)
      {
        free_volume->initialize(field_tangent);
        owned.push_back(free_volume->dofs().locally_owned_dofs());
        preconditioners.push_back(make_preconditioner(free_volume->dofs()));
        matrix.emplace(BlockMatrix({{&tangent.stiffness, &field_tangent.force_by_field},
                                    {&field_tangent.field_by_displacement, &field_tangent.field_by_field}}));
      }
    else
      matrix.emplace(BlockMatrix({{&tangent.stiffness}}));
    residuals.reinit(owned, communicator);
    linear_solver.emplace(make_field_by_field(std::move(preconditioners)));
  }

  template <int dim>
  void StageProblem<dim>::set_stage(const StageSetting &new_stage, const LoadControl &new_control)
  {
    stage   = new_stage;
    control = new_control;
    if (free_volume)
      free_volume->begin_stage();
  }

  template <int dim>
  typename StageProblem<dim>::Unknown StageProblem<dim>::zero() const
  {
    Unknown x;
    x.fields.reinit(residuals);
    return x;
  }

  template <int dim>
  void StageProblem<dim>::constrain(Unknown &x) const
  {
    equilibrium.displacement_constraints().distribute(x.fluctuation());
    if (free_volume)
      free_volume->constrain(x.free_volume());
  }

  template <int dim>
  void StageProblem<dim>::project_free_volume(Unknown &x)
  {
    if (free_volume)
      x.free_volume() = free_volume->project();
  }

  template <int dim>
  void StageProblem<dim>::complete_rates(const Unknown &x)
  {
    if (free_volume)
      free_volume->complete_rates(x.free_volume());
  }

  template <int dim>
  double StageProblem<dim>::residual(const Unknown &x)
  {
    TimerOutput::Scope scope(timer, "Residual");
    if (free_volume && !free_volume->impose(x.free_volume()))
      return std::numeric_limits<double>::infinity();
    ghosted                              = x.fluctuation();
    const std::optional<double> computed = equilibrium.residual(stage, ghosted, x.strain, residuals.block(0));
    if (!computed)
      return std::numeric_limits<double>::infinity();
    stress      = *computed;
    double norm = residuals.block(0).l2_norm();
    if (free_volume)
      norm = std::max(norm, free_volume->residual(stage, residuals.block(1)));
    const double stress_error = control.controls_stress ? std::abs(stress - control.value) : 0.;
    return std::max(norm / equilibrium.residual_scale(), stress_error) / stress_scale;
  }

  template <int dim>
  const std::string &StageProblem<dim>::failure() const
  {
    return free_volume && !free_volume->failure().empty() ? free_volume->failure() : equilibrium.failure();
  }

  template <int dim>
  void StageProblem<dim>::linearize(const Unknown &x)
  {
    TimerOutput::Scope scope(timer, "Tangent");
    ghosted = x.fluctuation();
    if (!free_volume)
      return equilibrium.tangent(stage, ghosted, x.strain, tangent);
    free_volume->begin(field_tangent);
    equilibrium.tangent(stage, ghosted, x.strain, tangent, [this](const LinearizedCell<dim> &cell) {
      free_volume->add(stage, cell, field_tangent);
    });
    free_volume->end(field_tangent);
  }

  template <int dim>
  typename StageProblem<dim>::Unknown StageProblem<dim>::step(const double relative_tolerance)
  {
    TimerOutput::Scope scope(timer, "Linear solve");
    Unknown            step = zero();
    residuals *= -1.;
    solve(step.fields, residuals, stress_scale, relative_tolerance);
    if (control.controls_stress)
      {
        Fields by_strain = zero().fields, rhs = by_strain; // −∂fields/∂ε
        rhs.block(0) = tangent.by_strain;
        if (free_volume)
          rhs.block(1) = field_tangent.by_strain;
        solve(by_strain, rhs, tangent.modulus, relative_tolerance);
        step.strain = (control.value - stress - mean_stress_change(step.fields)) /
                      (tangent.modulus - mean_stress_change(by_strain));
        step.fields.add(-step.strain, by_strain);
      }
    equilibrium.displacement_constraints().distribute(step.fluctuation());
    if (free_volume)
      free_volume->constraints().distribute(step.free_volume());
    return step;
  }

  template <int dim>
  double StageProblem<dim>::mean_stress_change(const Fields &change) const
  {
    return tangent.of_stress * change.block(0) + (free_volume ? field_tangent.of_stress * change.block(1) : 0.);
  }

  template <int dim>
  void StageProblem<dim>::solve(Fields &x, const Fields &rhs, const double stress, const double relative_tolerance)
  {
    // In a homogeneous specimen forces are rounding; solving for that would only spread it.
    constexpr double rounding = 1e-14;
    if (rhs.l2_norm() > rounding * stress * equilibrium.residual_scale())
      linear_solver->solve(*matrix, x, rhs, relative_tolerance);
  }

  template <int dim>
  void StageProblem<dim>::add(Unknown &x, const double factor, const Unknown &step) const
  {
    x.fields.add(factor, step.fields);
    x.strain += factor * step.strain;
  }

  template class StageProblem<2>;
  template class StageProblem<3>;
} // namespace revitra

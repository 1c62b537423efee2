#include "fem/time_stepping/runge_kutta_step.h"

#include <deal.II/base/mpi.h>

#include <cmath>
#include <limits>

namespace revitra
{
  using namespace dealii;
  namespace rk = runge_kutta;

  namespace
  {
    constexpr std::size_t prediction_nodes = 3; // a parabola; higher orders extrapolate noise
  }

  template <int dim>
  RungeKuttaStep<dim>::RungeKuttaStep(const MaterialMap      &materials,
                                      const ThresholdOptions &threshold_options,
                                      StageProblem<dim>      &problem,
                                      Equilibrium<dim>       &equilibrium,
                                      QuadratureHistory      &history,
                                      const MPI_Comm         &communicator,
                                      const double            tolerance,
                                      const double            stress_scale,
                                      const NewtonSettings   &newton_settings)
    : materials(materials)
    , threshold_options(threshold_options)
    , problem(problem)
    , equilibrium(equilibrium)
    , history(history)
    , communicator(communicator)
    , tolerance(tolerance)
    , stress_scale(stress_scale)
    , newton_settings(newton_settings)
    , accepted_unknown(problem.zero())
  {
    problem.project_free_volume(accepted_unknown);
  }

  template <int dim>
  void RungeKuttaStep<dim>::begin_segment(const ProgramTemperature &temperature)
  {
    accepted_time = 0.;
    start_from_accepted(temperature);
  }

  template <int dim>
  std::string RungeKuttaStep<dim>::resume(Unknown                   unknown,
                                          const LoadControl        &load,
                                          const ProgramTemperature &temperature)
  {
    StageMaterials laws(materials, threshold_options, temperature, /* length = */ 0.);
    set_stage_of_no_length(laws, load);
    accepted_unknown = unknown; // whatever comes, what is asked for from now on is on the new mesh
    if (std::string reason = bring_into_equilibrium(unknown); !reason.empty())
      return reason;
    accepted_unknown = std::move(unknown);
    accepted_stress  = problem.mean_stress();
    start_from_accepted(temperature);
    return "";
  }

  template <int dim>
  std::string RungeKuttaStep<dim>::restore(const double              time,
                                           Unknown                   unknown,
                                           const LoadControl        &load,
                                           const ProgramTemperature &temperature)
  {
    accepted_time = time;
    return resume(std::move(unknown), load, temperature);
  }

  template <int dim>
  void RungeKuttaStep<dim>::restore_accepted_stresses(const LoadControl &load, const ProgramTemperature &temperature)
  {
    StageMaterials laws(materials, threshold_options, temperature, /* length = */ 0.);
    set_stage_of_no_length(laws, load);
    problem.residual(accepted_unknown);
  }

  /// With `laws` of length 0 the state of the points is what it is, and only stresses follow the displacement.
  template <int dim>
  void RungeKuttaStep<dim>::set_stage_of_no_length(StageMaterials &laws, const LoadControl &load)
  {
    const unsigned int any_stage = 1;
    history.begin_stage(0, 0.);
    problem.set_stage({&laws, any_stage}, load);
  }

  /// Compute the rates of the first stage, and forget the past.
  template <int dim>
  void RungeKuttaStep<dim>::start_from_accepted(const ProgramTemperature &temperature)
  {
    StageMaterials laws(materials, threshold_options, temperature, /* length, of no consequence for rates = */ 1.);
    for (std::size_t p = 0; p < history.state.size(); ++p)
      if (equilibrium.owns(p))
        {
          const StageMaterial &law = laws.at(p);
          history.rate.front()[p] =
            rates(law.kinetics, history.state[p], history.stress[p], laws.threshold(law, history.threshold[p]));
        }
    problem.complete_rates(accepted_unknown);
    past = {{accepted_time, accepted_unknown}};
  }

  /// Polynomial through the latest solutions, those of the step in hand first.
  template <int dim>
  typename RungeKuttaStep<dim>::Unknown RungeKuttaStep<dim>::prediction(const double time) const
  {
    std::vector<const Node *> nodes;
    for (const auto *list : {&present, &past})
      for (const Node &node : *list)
        {
          if (nodes.size() == prediction_nodes)
            break;
          if (std::none_of(nodes.begin(), nodes.end(), [&](const Node *other) { return other->time == node.time; }))
            nodes.push_back(&node);
        }
    Unknown result = problem.zero();
    for (const Node *node : nodes)
      {
        double weight = 1.;
        for (const Node *other : nodes)
          if (other != node)
            weight *= (time - other->time) / (node->time - other->time);
        problem.add(result, weight, node->unknown);
      }
    problem.constrain(result); // Newton's method leaves that alone, so that rounding would grow from stage to stage
    return result;
  }

  template <int dim>
  StepOutcome RungeKuttaStep<dim>::attempt(const SegmentControl &control, const double h)
  {
    StepOutcome outcome;
    attempted_step   = h;
    stages.strain[0] = accepted_unknown.strain;
    stages.stress[0] = accepted_stress;
    present.clear();
    for (unsigned int i = 1; i < rk::stages; ++i)
      {
        const double      stage_time = accepted_time + rk::c[i] * h;
        StageMaterials    laws(materials, threshold_options, control.temperature(stage_time), rk::diagonal * h);
        const LoadControl load = control.load(stage_time);
        history.begin_stage(i, h);
        problem.set_stage({&laws, i}, load);

        Unknown x = prediction(stage_time);
        if (!load.controls_stress)
          x.strain = load.value;
        outcome.reason = bring_into_equilibrium(x);
        if (!outcome.reason.empty())
          return outcome;
        stages.strain[i] = x.strain;
        stages.stress[i] = problem.mean_stress();
        present.push_front({stage_time, std::move(x)});
      }
    outcome.solved = true;
    outcome.error  = embedded_error(h) / tolerance;
    return outcome;
  }

  template <int dim>
  std::string RungeKuttaStep<dim>::bring_into_equilibrium(Unknown &x)
  {
    ++n_stage_solves;
    try
      {
        const NewtonReport report = newton(problem, x, newton_settings);
        n_newton_iterations += report.iterations();
        if (report.converged)
          return "";
        if (!problem.failure().empty()) // at the start, or however short the line search made the last Newton step
          return "the law failed: " + problem.failure();
        return "Newton's method did not bring the specimen into equilibrium";
      }
    catch (const LinearSolverError &error)
      {
        return error.what();
      }
  }

  template <int dim>
  double RungeKuttaStep<dim>::embedded_error(const double h) const
  {
    double largest = 0.;
    State  error;
    for (std::size_t p = 0; p < history.state.size(); ++p)
      if (equilibrium.owns(p))
        {
          error.values.setZero();
          for (unsigned int j = 0; j < rk::stages; ++j)
            error.values += h * rk::error_weights[j] * history.rate[j][p].values;
          const double size = error_size(error, history.state[p], materials.at(p).shear_modulus, stress_scale);
          // what is not a number would be lost in a maximum, and the step be accepted
          largest = error.values.allFinite() && std::isfinite(size) ? std::max(largest, size)
                                                                    : std::numeric_limits<double>::infinity();
        }
    return Utilities::MPI::max(largest, communicator);
  }

  template <int dim>
  void RungeKuttaStep<dim>::accept()
  {
    history.accept(attempted_step);
    accepted_time += attempted_step;
    accepted_unknown = present.front().unknown;
    accepted_stress  = stages.stress.back();
    past             = std::move(present);
    present.clear();
  }

  template class RungeKuttaStep<2>;
  template class RungeKuttaStep<3>;
} // namespace revitra

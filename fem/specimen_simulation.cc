#include "fem/specimen_simulation.h"

#include "fem/output/cell_fields.h"
#include "fem/output/collective.h"
#include "fem/specimen/geometry.h"
#include "fem/specimen/initial_fields.h"
#include "fem/specimen/shear_boundary.h"
#include "material/run/output_directory.h"

#include <deal.II/base/mpi.h>
#include <deal.II/dofs/dof_tools.h>
#include <deal.II/fe/fe_q.h>

#include <limits>
#include <sstream>

namespace revitra
{
  using namespace dealii;
  namespace rk = runge_kutta;

  namespace
  {
    constexpr unsigned event_tries       = 30;
    constexpr double   strain_step_slack = 1.5;  // how far a stress-controlled step may exceed the largest one
    constexpr unsigned most_cuts         = 60;   // of one step, before a run gives up
    constexpr double   longest_creep     = 1e18; // in units of time; the universe is 4e17 s old

    const std::vector<HistoryColumn> &own_columns()
    {
      static const std::vector<HistoryColumn> columns = {{"eed_mean", Quantity::energy_density},
                                                         {"eed_max", Quantity::energy_density},
                                                         {"free_volume_min", Quantity::number},
                                                         {"free_volume_max", Quantity::number},
                                                         {"stage_solves", Quantity::number},
                                                         {"newton_iterations", Quantity::number}};
      return columns;
    }

    /// Newton's residual is amplified by localization up to 5e4 times: it must lie well below the tolerance of a step.
    NewtonSettings newton_settings(const double tolerance)
    {
      NewtonSettings settings;
      settings.tolerance = std::clamp(1e-7 * tolerance, 1e-13, 1e-10);
      return settings;
    }
  } // namespace

  template <int dim>
  SpecimenSimulation<dim>::SpecimenSimulation(const Deck     &deck,
                                              const MPI_Comm &communicator,
                                              std::ostream   &log,
                                              const bool      log_is_terminal)
    : deck(deck)
    , communicator(communicator)
    , is_root(Utilities::MPI::this_mpi_process(communicator) == 0)
    , progress(log, log_is_terminal)
    , triangulation(communicator)
    , fe(FE_Q<dim>(deck.specimen.degree), dim)
    , quadrature(deck.specimen.degree + 1)
    , dof_handler(triangulation)
    , timer_stream(log, is_root)
    , timer(timer_stream, TimerOutput::never, TimerOutput::wall_times)
    , glasses(deck.material)
    , threshold_rule{deck.eed.threshold, deck.eed.threshold_stress}
    , temperature(deck.material.temperature)
    , stress_scale(flow_stress(Kinetics(deck.material, temperature)))
    , energy(deck.material.shear_modulus)
  {
    TimerOutput::Scope scope(timer, "Set-up");
    make_specimen(triangulation, deck.specimen);
    dof_handler.distribute_dofs(fe);
    IndexSet relevant;
    DoFTools::extract_locally_relevant_dofs(dof_handler, relevant);
    constraints = make_shear_constraints(dof_handler, relevant, deck.specimen.lateral_boundary);

    history = std::make_unique<QuadratureHistory>(
      deck.material, initial_free_volume(deck.initial_free_volume, triangulation, quadrature));
    equilibrium = std::make_unique<Equilibrium<dim>>(dof_handler, constraints, quadrature, *history);
    problem     = std::make_unique<ShearProblem<dim>>(dof_handler, constraints, *equilibrium, stress_scale, timer);
    step        = std::make_unique<SpecimenStep<dim>>(glasses,
                                               threshold_rule,
                                               *problem,
                                               *equilibrium,
                                               *history,
                                               communicator,
                                               deck.time_stepping.tolerance,
                                               stress_scale,
                                               newton_settings(deck.time_stepping.tolerance));
  }

  template <int dim>
  void SpecimenSimulation<dim>::open_outputs()
  {
    const std::string &directory = deck.output.directory;
    write_on_root(communicator, [&]() {
      prepare_output_directory(directory);
      remove_fields(directory);
      write_parameters(deck, directory + "/parameters.prm");
      history_writer = std::make_unique<HistoryWriter>(
        HistoryWriter::create(directory + "/history.csv", own_columns(), unit_scales(deck)));
    });
    fields_writer = std::make_unique<FieldsWriter<dim>>(directory, communicator);
  }

  template <int dim>
  void SpecimenSimulation<dim>::say_what_is_run()
  {
    std::ostringstream text;
    text << "revitra-fem: " << dim << "-D, " << triangulation.n_global_active_cells() << " cells of degree "
         << fe.degree << ", " << dof_handler.n_dofs() << " displacements, "
         << Utilities::MPI::n_mpi_processes(communicator) << " rank(s)\nprogram: " << deck.program.text
         << "\nresults: " << deck.output.directory;
    progress.say(text.str());
  }

  template <int dim>
  void SpecimenSimulation<dim>::run()
  {
    open_outputs();
    say_what_is_run();
    update_thresholds();
    step->begin_segment({temperature});
    averages = average(glasses, *history, equilibrium->weights(), communicator);
    energy.initialize(averages.plastic_rate);
    record(0);
    write_fields();
    try
      {
        for (std::size_t number = 0; number < deck.program.segments.size(); ++number)
          run_segment(number);
      }
    catch (const NumericsError &error)
      {
        finish("failed", error.what());
        throw;
      }
    finish("done", "");
  }

  template <int dim>
  void SpecimenSimulation<dim>::run_segment(const std::size_t number)
  {
    const SegmentRun run(
      deck, deck.program.segments[number], {0., step->solution().shear, step->stress()}, temperature);
    if (run.is_over_at_once())
      return;
    current_segment = number;
    controller.reset();
    segment_start_time += step->time();
    step->begin_segment(run.control().temperature(0.));
    milestone_shear  = run.start().shear;
    milestone_stress = run.start().stress;
    next_step        = run.first_step(averages.plastic_rate);

    unsigned int cuts = 0;
    while (step->time() < run.end_time())
      {
        double            h       = run.limited_step(step->time(), next_step);
        const StepOutcome outcome = step->attempt(run.control(), h);
        const double      error   = run.error_weight() * outcome.error;
        if (!outcome.solved || error > 1.)
          {
            ++rejected_steps;
            next_step = h * (outcome.solved ? controller.after_rejection(error) : controller.after_failure());
            if (++cuts > most_cuts)
              give_up("the step was cut " + std::to_string(cuts) +
                      " times in a row: " + (outcome.solved ? "the error stays too large" : outcome.reason));
            continue;
          }
        const double strain_step = std::abs(step->curve().shear.back() - step->curve().shear.front());
        const double excess      = strain_step / deck.time_stepping.maximum_strain_step;
        if (excess > strain_step_slack)
          {
            ++rejected_steps;
            next_step = h / excess;
            continue;
          }

        cuts             = 0;
        const bool event = locate_event(run, h);
        next_step        = h * controller.after_acceptance(h, error);
        if (excess > 0.)
          next_step = std::min(next_step, h / excess);
        accept(run, h);
        if (event)
          break;
        check_that_end_is_near(run, h);
      }
    temperature = run.control().temperature(step->time()).value;
  }

  /// If the step of length `h` just attempted passes the event that ends the segment, attempt shorter ones until one
  /// ends there, and make `h` its length.
  template <int dim>
  bool SpecimenSimulation<dim>::locate_event(const SegmentRun &run, double &h)
  {
    if (!run.ends_at_event())
      return false;
    const auto distance_at_end = [&]() {
      return run.distance_to_event(step->curve().shear.back(), step->curve().stress.back());
    };
    const double start = run.distance_to_event(run.start().shear, run.start().stress);
    double       upper = h, upper_distance = distance_at_end();
    if ((start < 0.) == (upper_distance < 0.))
      return false;

    double lower = 0., lower_distance = run.distance_to_event(step->solution().shear, step->stress());
    // no nearer than rounding of the time allows
    const double rounding  = 4. * std::numeric_limits<double>::epsilon() * (step->time() + h);
    const double tolerance = std::max(event_tolerance, rounding * std::abs(upper_distance - lower_distance) / h);
    double       trial     = run.event_time(step->curve(), h);
    for (unsigned int tries = 0; tries < event_tries; ++tries)
      {
        h = trial;
        if (const StepOutcome outcome = step->attempt(run.control(), h); !outcome.solved)
          give_up("the end of the segment could not be located: " + outcome.reason);
        const double distance = distance_at_end();
        if (std::abs(distance) <= tolerance)
          return true;
        // the Illinois method: regula falsi that halves the weight of an end that stays
        if ((distance < 0.) == (upper_distance < 0.))
          {
            upper = trial, upper_distance = distance, lower_distance *= 0.5;
          }
        else
          {
            lower = trial, lower_distance = distance, upper_distance *= 0.5;
          }
        trial = (lower * upper_distance - upper * lower_distance) / (upper_distance - lower_distance);
      }
    give_up("the end of the segment could not be located");
  }

  template <int dim>
  void SpecimenSimulation<dim>::accept(const SegmentRun &run, const double h)
  {
    rk::Weights sigma_c, sigma_c_rate;
    for (unsigned int i = 0; i < rk::stages; ++i)
      {
        const ThresholdStress threshold = specimen_threshold_at(run.control().temperature(step->time() + rk::c[i] * h));
        sigma_c[i]                      = threshold.stress;
        sigma_c_rate[i]                 = threshold.rate;
      }
    energy.add(step->curve(), h, run.controls_stress(), sigma_c, sigma_c_rate);
    strain_path += std::abs(step->curve().shear.back() - step->curve().shear.front());

    step->accept();
    ++accepted_steps;
    temperature = run.control().temperature(step->time()).value;
    update_thresholds();
    averages = average(glasses, *history, equilibrium->weights(), communicator);
    record(current_segment);
    const double interval = deck.output.fields_interval;
    if (interval > 0. && strain_path >= strain_path_fields + interval * (1. - 1e-9))
      write_fields();

    const double part = run.part_done({step->time(), step->solution().shear, step->stress()});
    progress.tell({(current_segment + part) / deck.program.segments.size(),
                   time(),
                   step->solution().shear,
                   step->stress(),
                   h,
                   accepted_steps,
                   step->newton_iterations() - newton_reported});
    newton_reported = step->newton_iterations();
  }

  /// Give up on an end that will not come: a stress beyond what the glass bears, a creep that has stopped.
  template <int dim>
  void SpecimenSimulation<dim>::check_that_end_is_near(const SegmentRun &run, const double h)
  {
    if (!run.ends_at_event())
      return;
    const double shear = step->solution().shear;
    if (run.segment().control == Segment::Control::rate && std::abs(shear - milestone_shear) >= 1.)
      {
        if (std::abs(step->stress() - milestone_stress) < 1e-7 * stress_scale)
          {
            std::ostringstream why;
            why << "the specimen flows steadily at the stress " << step->stress() << " and will not reach "
                << run.segment().end_value;
            give_up(why.str());
          }
        milestone_shear  = shear;
        milestone_stress = step->stress();
      }
    if (run.controls_stress())
      {
        const double rate = std::abs(step->curve().shear.back() - step->curve().shear.front()) / h;
        const double left = std::abs(run.segment().end_value - shear);
        if (step->time() > longest_creep || rate * longest_creep < left)
          {
            std::ostringstream why;
            why << "the creep has all but stopped at the strain " << shear << " and will not reach "
                << run.segment().end_value << " in a time of " << longest_creep;
            give_up(why.str());
          }
      }
  }

  template <int dim>
  void SpecimenSimulation<dim>::give_up(const std::string &why) const
  {
    std::ostringstream message;
    message.precision(10);
    message << "segment " << current_segment + 1 << " '" << deck.program.segments[current_segment].text << "': " << why
            << "; last accepted: time " << time() << ", strain " << step->solution().shear << ", stress "
            << step->stress() << ". The results up to there are in " << deck.output.directory
            << "; change the program or the steps in its parameters.prm and run that again";
    throw NumericsError(message.str());
  }

  /// σ_c of the specimen's own stress-strain curve: the average over its points or, if they follow the balance of the
  /// state, that of the average state.
  template <int dim>
  ThresholdStress SpecimenSimulation<dim>::specimen_threshold_at(const ProgramTemperature &at) const
  {
    const bool is_known = specimen_threshold.crossed && at.rate == 0.;
    if (threshold_rule.kind == ThresholdKind::balance || is_known)
      return {specimen_threshold.stress, 0.};
    StageLaws laws(glasses, threshold_rule, at, /* length, of no consequence for thresholds = */ 1.);
    return average_threshold(glasses, laws, equilibrium->weights(), communicator);
  }

  /// Bring the thresholds to the last accepted state.
  template <int dim>
  void SpecimenSimulation<dim>::update_thresholds()
  {
    StageLaws laws(glasses, threshold_rule, {temperature}, /* length, of no consequence for thresholds = */ 1.);
    if (threshold_rule.kind != ThresholdKind::balance)
      {
        for (std::size_t p = 0; p < history->threshold.size(); ++p)
          history->threshold[p] = {laws.at(p).threshold.stress, true, 0.};
        specimen_threshold = {average_threshold(glasses, laws, equilibrium->weights(), communicator).stress, true, 0.};
        return;
      }
    const auto along = [](const Deviator &bias, const Deviator &stress) {
      const double norm = stress.norm();
      return norm > 0. ? bias.dot(stress) / norm : bias.norm();
    };
    for (std::size_t p = 0; p < history->state.size(); ++p)
      if (equilibrium->weights()[p] > 0. && !history->threshold[p].crossed)
        history->threshold[p].follow_balance(laws.at(p).kinetics,
                                             history->stress[p].norm(),
                                             history->state[p].st_sum(),
                                             along(history->state[p].bias(), history->stress[p]));
    const SpecimenAverages now  = average(glasses, *history, equilibrium->weights(), communicator);
    const double           sign = step->stress() < 0. ? -1. : 1.;
    specimen_threshold.follow_balance(
      Kinetics(deck.material, temperature), std::abs(step->stress()), now.st_sum, sign * now.st_bias);
  }

  template <int dim>
  HistoryRow SpecimenSimulation<dim>::row(const SpecimenAverages &mean) const
  {
    HistoryRow row;
    row.time             = time();
    row.strain           = step->solution().shear;
    row.stress           = step->stress();
    row.plastic_strain   = mean.plastic_strain;
    row.temperature      = temperature;
    row.free_volume      = mean.free_volume;
    row.st_sum           = mean.st_sum;
    row.st_bias          = mean.st_bias;
    row.sigma_c          = specimen_threshold.crossed ? specimen_threshold.stress : 0.;
    row.eed              = energy.effective_energy(row.stress, specimen_threshold.stress);
    row.eed_star         = row.sigma_c > 0. ? row.eed / row.sigma_c : 0.;
    row.rejuvenation     = mean.rejuvenation;
    row.work             = energy.work();
    row.elastic_energy   = mean.elastic_energy;
    row.dissipation      = mean.dissipation;
    row.free_volume_work = mean.free_volume_work;
    row.heat             = mean.dissipation - mean.free_volume_work;
    row.more             = {mean.eed,
                            mean.eed_max,
                            mean.free_volume_min,
                            mean.free_volume_max,
                            double(step->stage_solves()),
                            double(step->newton_iterations())};
    return row;
  }

  template <int dim>
  void SpecimenSimulation<dim>::record(const std::size_t segment)
  {
    TimerOutput::Scope scope(timer, "Output");
    const HistoryRow   now = row(averages);
    curve.add(now, segment);
    if (std::isnan(sigma_c_at_crossing) && now.sigma_c > 0. && std::abs(now.stress) >= now.sigma_c)
      sigma_c_at_crossing = now.sigma_c;
    write_on_root(communicator, [&]() { history_writer->append(now); });
  }

  template <int dim>
  void SpecimenSimulation<dim>::write_fields()
  {
    if (deck.output.fields_interval == 0.)
      return;
    TimerOutput::Scope                  scope(timer, "Output");
    IndexSet                            relevant;
    typename SpecimenStep<dim>::Unknown ghosted;
    DoFTools::extract_locally_relevant_dofs(dof_handler, relevant);
    ghosted.fluctuation.reinit(dof_handler.locally_owned_dofs(), relevant, communicator);
    ghosted.fluctuation = step->solution().fluctuation;
    fields_writer->write(time(),
                         dof_handler,
                         ghosted.fluctuation,
                         step->solution().shear,
                         cell_fields(triangulation, glasses, *history, equilibrium->weights()));
    strain_path_fields = strain_path;
  }

  template <int dim>
  void SpecimenSimulation<dim>::finish(const std::string &status, const std::string &message)
  {
    if (strain_path > strain_path_fields || status != "done")
      write_fields();

    RunOutcome outcome;
    outcome.tool           = "revitra-fem";
    outcome.status         = status;
    outcome.message        = message;
    outcome.sigma_c        = sigma_c_at_crossing;
    outcome.sigma_flow     = stress_scale;
    outcome.steps          = accepted_steps;
    outcome.rejected_steps = rejected_steps;
    outcome.wall_seconds   = std::chrono::duration<double>(std::chrono::steady_clock::now() - wall_start).count();

    run_summary = summarize(deck, curve, outcome);
    run_summary.set_count("dofs", dof_handler.n_dofs());
    run_summary.set_count("cells", triangulation.n_global_active_cells());
    run_summary.set_count("ranks", Utilities::MPI::n_mpi_processes(communicator));
    run_summary.set_count("stage_solves", step->stage_solves());
    run_summary.set_count("newton_iterations", step->newton_iterations());
    run_summary.set_count("linear_iterations", problem->linear_statistics().iterations);
    run_summary.set_count("preconditioners", problem->linear_statistics().rebuilds);
    Summary::Group phases;
    for (const auto &[phase, seconds] : timer.get_summary_data(TimerOutput::total_wall_time))
      phases.emplace_back(phase, seconds);
    run_summary.set_group("seconds", phases);
    write_on_root(communicator, [&]() { run_summary.write(deck.output.directory + "/summary.json"); });
    timer.print_wall_time_statistics(communicator);
  }

  template class SpecimenSimulation<2>;
  template class SpecimenSimulation<3>;
} // namespace revitra

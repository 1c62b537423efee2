#include "fem/specimen_simulation.h"

#include "fem/end_watch.h"
#include "fem/failed_update.h"
#include "fem/output/cell_fields.h"
#include "fem/output/collective.h"
#include "fem/stage_polynomial.h"
#include "material/run/output_directory.h"

#include <deal.II/base/mpi.h>

#include <filesystem>
#include <limits>
#include <sstream>

namespace revitra
{
  using namespace dealii;
  namespace rk = runge_kutta;

  namespace
  {
    constexpr unsigned event_tries       = 30;
    constexpr double   strain_step_slack = 1.5; // how far a stress-controlled step may exceed the largest one
    constexpr unsigned most_cuts         = 60;  // of one step, before a run gives up

    std::vector<HistoryColumn> own_columns()
    {
      std::vector<HistoryColumn> columns = {{"eed_mean", Quantity::energy_density},
                                            {"eed_max", Quantity::energy_density},
                                            {"free_volume_min"},
                                            {"free_volume_max"},
                                            {"cells"},
                                            {"stage_solves"},
                                            {"newton_iterations"}};
      columns.insert(columns.end(), rejuvenation_columns().begin(), rejuvenation_columns().end());
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
    , timer_stream(log, is_root)
    , timer(timer_stream, TimerOutput::never, TimerOutput::wall_times)
    , threshold_rule{deck.eed.threshold, deck.eed.threshold_stress}
    , stress_scale(flow_stress(Kinetics(deck.material, deck.material.temperature)))
    , specimen(deck, communicator, stress_scale, timer)
    , step(specimen.glasses,
           threshold_rule,
           *specimen.problem,
           *specimen.equilibrium,
           specimen.history,
           communicator,
           deck.time_stepping.tolerance,
           stress_scale,
           newton_settings(deck.time_stepping.tolerance))
    , temperature(deck.material.temperature)
    , stress_per_equivalent(1. / specimen.direction.strain_per_shear)
    , threshold(deck, threshold_rule, specimen, communicator)
    , energy(specimen.direction.modulus(deck.material))
    , band_watch(specimen.free_volume.has_value())
  {}

  template <int dim>
  void SpecimenSimulation<dim>::open_outputs()
  {
    const std::string &directory = deck.output.directory;
    write_on_root(communicator, [&]() {
      prepare_output_directory(directory);
      remove_fields(directory);
      for (const char *file : {"/summary.json", "/rejuvenation.csv", failed_update_file})
        std::filesystem::remove(directory + file); // of another run, which this one must not seem to be
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
    text << "revitra-fem: " << dim << "-D, " << specimen.triangulation.n_global_active_cells() << " cells of degree "
         << specimen.fe.degree << ", " << specimen.dof_handler.n_dofs() << " displacements, "
         << Utilities::MPI::n_mpi_processes(communicator) << " rank(s)\nprogram: " << deck.program.text
         << "\nresults: " << deck.output.directory;
    progress.say(text.str());
  }

  template <int dim>
  void SpecimenSimulation<dim>::run()
  {
    open_outputs();
    say_what_is_run();
    threshold.update(temperature, step.stress());
    step.begin_segment({temperature});
    averages = specimen.averages();
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
    const SegmentRun run(deck, deck.program.segments[number], {0., step.solution().strain, step.stress()}, temperature);
    if (run.is_over_at_once())
      return;
    current_segment = number;
    controller.reset();
    segment_start_time += step.time();
    step.begin_segment(run.control().temperature(0.));
    next_step = run.first_step(averages.plastic_rate);
    EndWatch watch(run, stress_per_equivalent * stress_scale);

    unsigned int cuts = 0;
    while (step.time() < run.end_time())
      {
        double            h       = run.limited_step(step.time(), next_step);
        const StepOutcome outcome = step.attempt(run.control(), h);
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
        const double strain_step = std::abs(step.curve().strain.back() - step.curve().strain.front());
        const double excess      = strain_step / deck.time_stepping.maximum_strain_step;
        if (excess > strain_step_slack)
          {
            ++rejected_steps;
            next_step = h / excess;
            continue;
          }

        cuts      = 0;
        next_step = h * controller.after_acceptance(h, error);
        if (excess > 0.)
          next_step = std::min(next_step, h / excess);
        stop_at_threshold(run, h);
        const bool event = locate_event(run, h);
        accept(run, h);
        if (event)
          break;
        if (deck.adaptivity.levels > 0 && accepted_steps % deck.adaptivity.interval == 0)
          adapt_mesh(run);
        const std::string hopeless = watch.look({step.time(), step.solution().strain, step.stress()}, h, strain_step);
        if (!hopeless.empty())
          give_up(hopeless);
      }
    temperature = run.control().temperature(step.time()).value;
  }

  /// If the stress crosses σ_c within the step of length `h` just attempted, attempt the part up to there and make `h`
  /// its length: the EED has a kink there, which costs accuracy where it is passed in flow.
  template <int dim>
  void SpecimenSimulation<dim>::stop_at_threshold(const SegmentRun &run, double &h)
  {
    constexpr double near_an_end = 0.01; // a kink so near to the end of a step does no harm
    if (!threshold.is_known())
      return;
    rk::Weights excess;
    for (unsigned int i = 0; i < rk::stages; ++i)
      excess[i] =
        std::abs(step.curve().stress[i]) - threshold.at(run.control().temperature(step.time() + rk::c[i] * h)).stress;
    const auto crossing = first_zero(excess);
    if (!crossing || *crossing < near_an_end || *crossing > 1. - near_an_end)
      return;
    const double whole = h;
    h *= *crossing;
    if (!step.attempt(run.control(), h).solved)
      {
        h = whole;
        step.attempt(run.control(), h);
      }
  }

  /// If the step of length `h` just attempted passes the event that ends the segment, attempt shorter ones until one
  /// ends there, and make `h` its length.
  template <int dim>
  bool SpecimenSimulation<dim>::locate_event(const SegmentRun &run, double &h)
  {
    if (!run.ends_at_event())
      return false;
    rk::Weights distances;
    for (unsigned int i = 0; i < rk::stages; ++i)
      distances[i] = run.distance_to_event(step.curve().strain[i], step.curve().stress[i]);
    const auto zero = first_zero(distances);
    if (!zero)
      return false;

    double lower = 0., lower_distance = distances.front();
    double upper = h, upper_distance = distances.back();
    // no nearer than rounding of the time allows
    const double rounding  = 4. * std::numeric_limits<double>::epsilon() * (step.time() + h);
    const double tolerance = std::max(event_tolerance, rounding * std::abs(upper_distance - lower_distance) / h);
    h *= *zero;
    for (unsigned int tries = 0; tries < event_tries; ++tries)
      {
        if (const StepOutcome outcome = step.attempt(run.control(), h); !outcome.solved)
          give_up("the end of the segment could not be located: " + outcome.reason);
        const double distance = run.distance_to_event(step.curve().strain.back(), step.curve().stress.back());
        if (std::abs(distance) <= tolerance)
          return true;
        const bool is_beyond = (distance < 0.) != (lower_distance < 0.);
        if (!is_beyond && (upper_distance < 0.) == (lower_distance < 0.))
          return false; // the polynomial was mistaken: the stress turns before it gets there
        // the Illinois method: regula falsi that halves the weight of an end that stays
        if (is_beyond)
          {
            upper = h, upper_distance = distance, lower_distance *= 0.5;
          }
        else
          {
            lower = h, lower_distance = distance, upper_distance *= 0.5;
          }
        h = (lower * upper_distance - upper * lower_distance) / (upper_distance - lower_distance);
      }
    give_up("the end of the segment could not be located");
  }

  template <int dim>
  void SpecimenSimulation<dim>::accept(const SegmentRun &run, const double h)
  {
    rk::Weights sigma_c, sigma_c_rate;
    for (unsigned int i = 0; i < rk::stages; ++i)
      {
        const ThresholdStress now = threshold.at(run.control().temperature(step.time() + rk::c[i] * h));
        sigma_c[i]                = now.stress;
        sigma_c_rate[i]           = now.rate;
      }
    energy.add(step.curve(), h, run.controls_stress(), sigma_c, sigma_c_rate);
    strain_path += std::abs(step.curve().strain.back() - step.curve().strain.front());

    step.accept();
    ++accepted_steps;
    temperature = run.control().temperature(step.time()).value;
    threshold.update(temperature, step.stress());
    averages = specimen.averages();
    record(current_segment);
    const double interval = deck.output.fields_interval;
    if (interval > 0. && strain_path >= strain_path_fields + interval * (1. - 1e-9))
      write_fields();

    if (const std::string note = band_watch.look(strain_path, [this]() { return bands(); }); !note.empty())
      progress.say("note: " + note);

    const double part = run.part_done({step.time(), step.solution().strain, step.stress()});
    progress.tell({(current_segment + part) / deck.program.segments.size(),
                   time(),
                   step.solution().strain,
                   step.stress(),
                   h,
                   accepted_steps,
                   step.newton_iterations() - newton_reported});
    newton_reported = step.newton_iterations();
  }

  /// Let the mesh follow the flow, and check what that does to the averages.
  template <int dim>
  void SpecimenSimulation<dim>::adapt_mesh(const SegmentRun &run)
  {
    TimerOutput::Scope                  scope(timer, "Mesh");
    const auto                          cells_before  = specimen.triangulation.n_global_active_cells();
    const double                        stress_before = step.stress();
    typename SpecimenStep<dim>::Unknown x             = step.solution();
    if (!specimen.adapt(x))
      return;
    if (const std::string reason =
          step.resume(std::move(x), run.control().load(step.time()), run.control().temperature(step.time()));
        !reason.empty())
      give_up("no equilibrium after the mesh was changed: " + reason);
    threshold.update(temperature, step.stress());
    const SpecimenAverages before = std::exchange(averages, specimen.averages());
    // before anything flows the mean EED is that of a few points, and a change of it means nothing
    const double least_energy = 1e-3 * stress_scale * stress_scale / deck.material.shear_modulus;
    const auto   drift        = [this](const double was, const double is, const double least) {
      const double change = std::abs(is - was) / std::max(was, least);
      largest_drift       = std::max(largest_drift, change);
      return change;
    };
    ++mesh_changes;
    largest_stress_jump = std::max(largest_stress_jump, std::abs(step.stress() - stress_before));

    std::ostringstream text;
    text << "mesh: " << cells_before << " -> " << specimen.triangulation.n_global_active_cells() << " cells at strain "
         << step.solution().strain << "; mean free volume " << before.free_volume << " changed by "
         << drift(before.free_volume, averages.free_volume, 0.) << ", mean EED " << before.eed << " by "
         << drift(before.eed, averages.eed, least_energy) << " (relative), stress " << stress_before << " by "
         << step.stress() - stress_before;
    progress.say(text.str());
  }

  template <int dim>
  void SpecimenSimulation<dim>::give_up(const std::string &why)
  {
    std::ostringstream message;
    message.precision(10);
    message << "segment " << current_segment + 1 << " '" << deck.program.segments[current_segment].text << "': " << why
            << "; last accepted: time " << time() << ", strain " << step.solution().strain << ", stress "
            << step.stress() << ". The results up to there are in " << deck.output.directory
            << "; its parameters.prm is the deck to change and run again";
    if (specimen.problem->law_failed())
      message << ". " << keep_failed_update();
    throw NumericsError(message.str());
  }

  /// Writes the update of the law that the run fails of, and says what to do with it.
  template <int dim>
  std::string SpecimenSimulation<dim>::keep_failed_update()
  {
    const std::string file = deck.output.directory + failed_update_file;
    try
      {
        write_failed_update(file,
                            {time(), step.solution().strain, deck.program.text},
                            specimen.ghosted(step.solution().fluctuation()),
                            specimen.history,
                            *specimen.equilibrium,
                            communicator);
      }
    catch (const WriteError &error) // why the run gave up is more than that
      {
        return error.what();
      }
    return "What the law failed at is in " + file + ": revitra-point --replay '" + file +
           "' does it again step by step";
  }

  template <int dim>
  RejuvenationMeasures SpecimenSimulation<dim>::measures() const
  {
    return rejuvenation_measures(specimen.glasses, specimen.history, specimen.equilibrium->weights(), communicator);
  }

  template <int dim>
  ShearBands SpecimenSimulation<dim>::bands() const
  {
    return find_shear_bands(
      specimen.triangulation, specimen.glasses, specimen.history, specimen.equilibrium->weights());
  }

  template <int dim>
  HistoryRow SpecimenSimulation<dim>::row(const SpecimenAverages &mean) const
  {
    HistoryRow row;
    row.time                               = time();
    row.strain                             = step.solution().strain;
    row.stress                             = step.stress();
    row.plastic_strain                     = mean.plastic_strain;
    row.temperature                        = temperature;
    row.free_volume                        = mean.free_volume;
    row.st_sum                             = mean.st_sum;
    row.st_bias                            = mean.st_bias;
    row.sigma_c                            = threshold.is_known() ? threshold.stress() : 0.;
    row.eed                                = energy.effective_energy(row.stress, threshold.stress());
    row.eed_star                           = row.sigma_c > 0. ? row.eed / row.sigma_c : 0.;
    row.rejuvenation                       = mean.rejuvenation;
    row.work                               = energy.work();
    row.elastic_energy                     = mean.elastic_energy;
    row.dissipation                        = mean.dissipation;
    row.free_volume_work                   = mean.free_volume_work;
    row.heat                               = mean.dissipation - mean.free_volume_work;
    row.more                               = {mean.eed,
                                              mean.eed_max,
                                              mean.free_volume_min,
                                              mean.free_volume_max,
                                              double(specimen.triangulation.n_global_active_cells()),
                                              double(step.stage_solves()),
                                              double(step.newton_iterations())};
    const std::vector<double> rejuvenation = values_of(measures());
    row.more.insert(row.more.end(), rejuvenation.begin(), rejuvenation.end());
    return row;
  }

  template <int dim>
  void SpecimenSimulation<dim>::record(const std::size_t segment)
  {
    TimerOutput::Scope scope(timer, "Output");
    const HistoryRow   now = row(averages);
    curve.add(now, segment);
    note_threshold(now);
    write_on_root(communicator, [&]() { history_writer->append(now); });
  }

  /// The threshold that the summary tells: that at the first crossing or, until there is one, that at the start.
  template <int dim>
  void SpecimenSimulation<dim>::note_threshold(const HistoryRow &now)
  {
    constexpr double rounding  = 1e-6; // steps end at the crossing, see stop_at_threshold()
    const bool       is_beyond = now.sigma_c > 0. && std::abs(now.stress) >= now.sigma_c * (1. - rounding);
    if (!has_crossed && (is_beyond || (accepted_steps == 0 && threshold_rule.kind != ThresholdKind::balance)))
      sigma_c_at_crossing = now.sigma_c;
    has_crossed = has_crossed || is_beyond;
  }

  template <int dim>
  void SpecimenSimulation<dim>::write_fields()
  {
    if (deck.output.fields_interval == 0.)
      return;
    TimerOutput::Scope scope(timer, "Output");
    fields_writer->write(time(),
                         specimen.dof_handler,
                         specimen.ghosted(step.solution().fluctuation()),
                         {step.solution().strain, specimen.direction.component},
                         cell_fields(specimen.triangulation,
                                     specimen.glasses,
                                     specimen.history,
                                     temperature,
                                     specimen.equilibrium->weights(),
                                     specimen.direction));
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
    outcome.sigma_flow     = stress_per_equivalent * stress_scale;
    outcome.steps          = accepted_steps;
    outcome.rejected_steps = rejected_steps;
    outcome.wall_seconds   = std::chrono::duration<double>(std::chrono::steady_clock::now() - wall_start).count();

    run_summary = summarize(deck, curve, outcome);
    if (!band_watch.said().empty())
      run_summary.set_text("note", band_watch.said());
    run_summary.set_count("dofs", specimen.dof_handler.n_dofs());
    run_summary.set_count("cells", specimen.triangulation.n_global_active_cells());
    run_summary.set_count("mesh_changes", mesh_changes);
    run_summary.set("mesh_drift", largest_drift);
    run_summary.set("mesh_stress_jump", unit_scales(deck).stress * largest_stress_jump);
    run_summary.set_count("ranks", Utilities::MPI::n_mpi_processes(communicator));
    run_summary.set_count("stage_solves", step.stage_solves());
    run_summary.set_count("newton_iterations", step.newton_iterations());
    run_summary.set_count("linear_iterations", specimen.problem->linear_statistics().iterations);
    run_summary.set_count("preconditioners", specimen.problem->linear_statistics().rebuilds);
    analyze_rejuvenation();
    Summary::Group phases;
    for (const auto &[phase, seconds] : timer.get_summary_data(TimerOutput::total_wall_time))
      phases.emplace_back(phase, seconds);
    run_summary.set_group("seconds", phases);
    write_on_root(communicator, [&]() { run_summary.write(deck.output.directory + "/summary.json"); });
    timer.print_wall_time_statistics(communicator);
  }

  /// Who rejuvenates and where the flow is, at the end of the run.
  template <int dim>
  void SpecimenSimulation<dim>::analyze_rejuvenation()
  {
    const std::vector<double> &weights = specimen.equilibrium->weights();
    const UnitScales           scales  = unit_scales(deck);
    const auto                 bins = rejuvenation_histogram(specimen.glasses, specimen.history, weights, communicator);
    add_rejuvenation(run_summary,
                     measures(),
                     local_energy(specimen.glasses, specimen.history, weights, curve.last().eed, communicator),
                     bands(),
                     scales);
    write_on_root(communicator, [&]() { write_histogram(deck.output.directory + "/rejuvenation.csv", bins, scales); });
  }

  template class SpecimenSimulation<2>;
  template class SpecimenSimulation<3>;
} // namespace revitra

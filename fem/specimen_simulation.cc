#include "fem/specimen_simulation.h"

#include "fem/output/collective.h"
#include "fem/specimen/geometry.h"
#include "fem/specimen/initial_fields.h"
#include "fem/specimen/shear_boundary.h"
#include "material/run/output_directory.h"

#include <deal.II/base/mpi.h>
#include <deal.II/dofs/dof_tools.h>
#include <deal.II/fe/fe_q.h>

#include <boost/math/tools/roots.hpp>

#include <limits>
#include <sstream>

namespace revitra
{
  using namespace dealii;
  namespace rk = runge_kutta;

  namespace
  {
    constexpr double infinity = std::numeric_limits<double>::infinity();

    constexpr double   event_tolerance      = 1e-10; // of a located event, in σ₀ or ε₀
    constexpr unsigned event_tries          = 30;
    constexpr double   strain_step_slack    = 1.5;   // how far a stress-controlled step may exceed the largest one
    constexpr double   smallest_strain_step = 1e-12; // below which a rate-controlled run gives up
    constexpr double   longest_creep        = 1e18;  // in units of time; the universe is 4e17 s old

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
    const auto threshold_place = deck.eed.threshold == ThresholdKind::balance
                                   ? Equilibrium<dim>::ThresholdPlace::point
                                   : Equilibrium<dim>::ThresholdPlace::specimen;
    equilibrium                = std::make_unique<Equilibrium<dim>>(
      dof_handler, constraints, quadrature, deck.material, threshold_place, *history);
    problem = std::make_unique<ShearProblem<dim>>(dof_handler, constraints, *equilibrium, stress_scale, timer);
    step    = std::make_unique<SpecimenStep<dim>>(deck.material,
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
    specimen_threshold.stress = threshold_stress(temperature);
    update_thresholds();
    step->initialize(0., temperature, specimen_threshold.stress, 0.);
    averages = average(deck.material, *history, equilibrium->weights(), communicator);
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
  typename SpecimenSimulation<dim>::SegmentRun SpecimenSimulation<dim>::start_segment(const std::size_t number) const
  {
    const Segment &segment = deck.program.segments[number];
    const double   start = step->time(), shear = step->solution().shear;
    SegmentRun     run{segment, number, {}, start, shear, step->stress(), infinity};

    if (segment.end == Segment::End::duration)
      run.end_time = start + segment.end_value;
    else if (segment.control == Segment::Control::rate && segment.end == Segment::End::strain)
      run.end_time = start + std::max(0., (segment.end_value - shear) / segment.value);

    if (segment.control == Segment::Control::stress)
      run.control.shear = [stress = segment.value](double) { return ShearControl{true, stress}; };
    else
      run.control.shear = [shear, rate = segment.value, start](const double time) {
        return ShearControl{false, shear + rate * (time - start)};
      };

    const double T = temperature, duration = run.end_time - start;
    if (segment.temperature_end)
      run.control.temperature = [T, start, slope = (*segment.temperature_end - T) / duration](const double time) {
        return T + slope * (time - start);
      };
    else
      run.control.temperature = [T](double) { return T; };

    if (segment.temperature_end && deck.eed.threshold == ThresholdKind::flow)
      run.control.threshold_stress = [this, temperature_at = run.control.temperature](const double time) {
        return threshold_stress(temperature_at(time));
      };
    else
      run.control.threshold_stress = [sigma_c = specimen_threshold.stress](double) { return sigma_c; };
    return run;
  }

  template <int dim>
  void SpecimenSimulation<dim>::run_segment(const std::size_t number)
  {
    const SegmentRun run  = start_segment(number);
    const double     span = distance_to_event(run, run.start_shear, run.start_stress);
    if (run.end_time <= run.start_time || std::abs(span) <= event_tolerance)
      return;
    controller.reset();
    step->forget_past();
    milestone_shear  = run.start_shear;
    milestone_stress = run.start_stress;
    next_step        = first_step(run);

    while (step->time() < run.end_time)
      {
        double            h       = limited_step(run, next_step);
        const StepOutcome outcome = step->attempt(run.control, h);
        if (!outcome.solved || outcome.error > 1.)
          {
            ++rejected_steps;
            next_step = h * (outcome.solved ? controller.after_rejection(outcome.error) : controller.after_failure());
            if (next_step * std::max(std::abs(averages.plastic_rate), std::abs(run.segment.value)) <
                smallest_strain_step)
              give_up("the step had to be cut below a strain of " + std::to_string(smallest_strain_step) + ": " +
                      (outcome.solved ? "the error stays too large" : outcome.reason));
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

        const bool event = locate_event(run, h);
        next_step        = h * controller.after_acceptance(h, outcome.error);
        if (excess > 0.)
          next_step = std::min(next_step, h / excess);
        accept(run, h);
        if (event)
          break;
        check_that_end_is_near(run, h);
      }
    temperature = run.control.temperature(step->time());
  }

  /// A first step that the initial strain step allows at the rate of the segment, or at that of plastic flow.
  template <int dim>
  double SpecimenSimulation<dim>::first_step(const SegmentRun &run) const
  {
    const double rate = run.segment.control == Segment::Control::rate ? run.segment.value : averages.plastic_rate;
    const double h    = std::min(deck.time_stepping.initial_strain_step, deck.time_stepping.maximum_strain_step) /
                     std::max(std::abs(rate), std::numeric_limits<double>::min());
    return std::min(h, 0.01 * (run.end_time - run.start_time));
  }

  /// `h` within the largest strain step and the segment.
  template <int dim>
  double SpecimenSimulation<dim>::limited_step(const SegmentRun &run, double h) const
  {
    if (run.segment.control == Segment::Control::rate)
      h = std::min(h, deck.time_stepping.maximum_strain_step / std::abs(run.segment.value));
    if (run.segment.temperature_end)
      h = std::min(h, 0.02 * (run.end_time - run.start_time));
    const double left = run.end_time - step->time();
    if (h >= left * (1. - 1e-10))
      return left;
    return h > 0.5 * left ? 0.5 * left : h; // rather two halves than a step and a sliver
  }

  /// How far the quantity that ends the segment is from its end; infinite if the segment ends at a time.
  template <int dim>
  double SpecimenSimulation<dim>::distance_to_event(const SegmentRun &run,
                                                    const double      shear,
                                                    const double      stress) const
  {
    if (run.end_time < infinity)
      return infinity;
    return (run.segment.end == Segment::End::stress ? stress : shear) - run.segment.end_value;
  }

  /// If the step of length `h` just attempted passes the event that ends the segment, attempt shorter ones until one
  /// ends there, and make `h` its length.
  template <int dim>
  bool SpecimenSimulation<dim>::locate_event(const SegmentRun &run, double &h)
  {
    const auto distance_at_end = [&]() {
      return distance_to_event(run, step->curve().shear.back(), step->curve().stress.back());
    };
    const double start = distance_to_event(run, run.start_shear, run.start_stress);
    double       upper = h, upper_distance = distance_at_end();
    if (run.end_time < infinity || (start < 0.) == (upper_distance < 0.))
      return false;

    double lower = 0., lower_distance = distance_to_event(run, step->solution().shear, step->stress());
    double trial = event_time_from_stages(run, h);
    for (unsigned int tries = 0; tries < event_tries; ++tries)
      {
        h = trial;
        if (const StepOutcome outcome = step->attempt(run.control, h); !outcome.solved)
          give_up("the end of the segment could not be located: " + outcome.reason);
        const double distance = distance_at_end();
        if (std::abs(distance) <= event_tolerance)
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
    give_up("the end of the segment could not be located to " + std::to_string(event_tolerance));
  }

  /// Time from the start of the step at which the polynomial through its stages meets the event.
  template <int dim>
  double SpecimenSimulation<dim>::event_time_from_stages(const SegmentRun &run, const double h) const
  {
    constexpr unsigned int nodes       = rk::stages - 1; // the last two stages are at the same time
    const auto             interpolant = [&](const double fraction) {
      double sum = 0.;
      for (unsigned int i = 0; i < nodes; ++i)
        {
          const unsigned int stage  = i + 1 == nodes ? rk::stages - 1 : i;
          double             weight = 1.;
          for (unsigned int j = 0; j < nodes; ++j)
            if (j != i)
              weight *= (fraction - rk::c[j]) / (rk::c[i] - rk::c[j]);
          sum += weight * distance_to_event(run, step->curve().shear[stage], step->curve().stress[stage]);
        }
      return sum;
    };
    std::uintmax_t iterations = 60;
    const auto     bracket =
      boost::math::tools::toms748_solve(interpolant, 0., 1., boost::math::tools::eps_tolerance<double>(48), iterations);
    return 0.5 * (bracket.first + bracket.second) * h;
  }

  template <int dim>
  void SpecimenSimulation<dim>::accept(const SegmentRun &run, const double h)
  {
    rk::Weights  sigma_c;
    const double start = step->time();
    for (unsigned int i = 0; i < rk::stages; ++i)
      sigma_c[i] = deck.eed.threshold == ThresholdKind::balance ? specimen_threshold.stress
                                                                : run.control.threshold_stress(start + rk::c[i] * h);
    energy.add(step->curve(), h, run.segment.control == Segment::Control::stress, sigma_c, run.control.threshold_rate);
    strain_path += std::abs(step->curve().shear.back() - step->curve().shear.front());

    step->accept();
    ++accepted_steps;
    temperature               = run.control.temperature(step->time());
    specimen_threshold.stress = sigma_c.back();
    update_thresholds();
    averages = average(deck.material, *history, equilibrium->weights(), communicator);
    record(run.number);
    const double interval = deck.output.fields_interval;
    if (interval > 0. && strain_path >= strain_path_fields + interval * (1. - 1e-9))
      write_fields();

    const double segments = deck.program.segments.size();
    const double span     = distance_to_event(run, run.start_shear, run.start_stress);
    const double part     = run.end_time < infinity
                              ? (step->time() - run.start_time) / (run.end_time - run.start_time)
                              : 1. - distance_to_event(run, step->solution().shear, step->stress()) / span;
    progress.tell({(run.number + std::clamp(part, 0., 1.)) / segments,
                   step->time(),
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
    if (run.end_time < infinity)
      return;
    const double shear = step->solution().shear;
    if (run.segment.control == Segment::Control::rate && std::abs(shear - milestone_shear) >= 1.)
      {
        if (std::abs(step->stress() - milestone_stress) < 1e-7 * stress_scale)
          {
            std::ostringstream why;
            why << "the specimen flows steadily at the stress " << step->stress() << " and will not reach "
                << run.segment.end_value;
            give_up(why.str());
          }
        milestone_shear  = shear;
        milestone_stress = step->stress();
      }
    if (run.segment.control == Segment::Control::stress)
      {
        const double rate = std::abs(step->curve().shear.back() - step->curve().shear.front()) / h;
        const double left = std::abs(run.segment.end_value - shear);
        if (step->time() - run.start_time > longest_creep || rate * longest_creep < left)
          {
            std::ostringstream why;
            why << "the creep has all but stopped at the strain " << shear << " and will not reach "
                << run.segment.end_value << " in a time of " << longest_creep;
            give_up(why.str());
          }
      }
  }

  template <int dim>
  void SpecimenSimulation<dim>::give_up(const std::string &why) const
  {
    std::ostringstream message;
    message.precision(10);
    message << why << "; last accepted: time " << step->time() << ", strain " << step->solution().shear << ", stress "
            << step->stress() << ". Results up to there are in " << deck.output.directory;
    throw NumericsError(message.str());
  }

  template <int dim>
  double SpecimenSimulation<dim>::threshold_stress(const double at_temperature) const
  {
    switch (deck.eed.threshold)
      {
        case ThresholdKind::flow:
          return flow_stress(Kinetics(deck.material, at_temperature));
        case ThresholdKind::value:
          return deck.eed.threshold_stress;
        case ThresholdKind::balance:
          break;
      }
    return specimen_threshold.stress;
  }

  /// Bring the thresholds to the last accepted state.
  template <int dim>
  void SpecimenSimulation<dim>::update_thresholds()
  {
    if (deck.eed.threshold != ThresholdKind::balance)
      {
        specimen_threshold.crossed = true;
        std::fill(history->threshold.begin(), history->threshold.end(), specimen_threshold);
        return;
      }
    const Kinetics kinetics(deck.material, temperature);
    const auto     along = [](const Deviator &bias, const Deviator &stress) {
      const double norm = stress.norm();
      return norm > 0. ? bias.dot(stress) / norm : bias.norm();
    };
    for (std::size_t p = 0; p < history->state.size(); ++p)
      if (equilibrium->weights()[p] > 0. && !history->threshold[p].crossed)
        history->threshold[p].follow_balance(kinetics,
                                             history->stress[p].norm(),
                                             history->state[p].st_sum(),
                                             along(history->state[p].bias(), history->stress[p]));
    const SpecimenAverages now  = average(deck.material, *history, equilibrium->weights(), communicator);
    const double           sign = step->stress() < 0. ? -1. : 1.;
    specimen_threshold.follow_balance(kinetics, std::abs(step->stress()), now.st_sum, sign * now.st_bias);
  }

  template <int dim>
  HistoryRow SpecimenSimulation<dim>::row(const SpecimenAverages &mean) const
  {
    HistoryRow row;
    row.time             = step->time();
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
    fields_writer->write(step->time(), dof_handler, ghosted.fluctuation, step->solution().shear, cell_fields());
    strain_path_fields = strain_path;
  }

  /// Averages over each cell of what is written to the field files.
  template <int dim>
  std::vector<CellField> SpecimenSimulation<dim>::cell_fields() const
  {
    const std::vector<std::string> names = {"stress",
                                            "equivalent_stress",
                                            "pressure",
                                            "free_volume",
                                            "st_sum",
                                            "st_bias",
                                            "plastic_strain",
                                            "eed",
                                            "eed_star",
                                            "rejuvenation",
                                            "plastic_rate",
                                            "substeps"};
    std::vector<CellField>         fields;
    for (const std::string &name : names)
      fields.emplace_back(name, dealii::Vector<double>(triangulation.n_active_cells()));

    const Parameters &parameters = deck.material;
    for (const auto &cell : triangulation.active_cell_iterators())
      if (cell->is_locally_owned())
        {
          double volume = 0.;
          for (unsigned int q = 0; q < quadrature.size(); ++q)
            {
              const std::size_t         p      = cell->active_cell_index() * quadrature.size() + q;
              const State              &state  = history->state[p];
              const double              weight = equilibrium->weights()[p], equivalent = history->stress[p].norm();
              const double              sigma_c = history->threshold[p].stress;
              const double              eed    = effective_energy(state, equivalent, sigma_c, parameters.shear_modulus);
              const std::vector<double> values = {history->stress[p][shear_xy],
                                                  equivalent,
                                                  -parameters.bulk_modulus() * history->volumetric_strain[p],
                                                  state.free_volume(),
                                                  state.st_sum(),
                                                  state.bias()[shear_xy],
                                                  state.plastic_strain()[shear_xy],
                                                  eed,
                                                  eed / sigma_c,
                                                  state.free_volume() / history->initial_free_volume[p],
                                                  history->rate.front()[p].plastic_strain().norm(),
                                                  1.}; // a point takes each stage of a global step in one
              volume += weight;
              for (std::size_t i = 0; i < fields.size(); ++i)
                fields[i].second[cell->active_cell_index()] += weight * values[i];
            }
          for (CellField &field : fields)
            field.second[cell->active_cell_index()] /= volume;
        }
    return fields;
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
    outcome.sigma_c        = specimen_threshold.crossed ? specimen_threshold.stress : std::nan("");
    outcome.sigma_flow     = flow_stress(Kinetics(deck.material, temperature));
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

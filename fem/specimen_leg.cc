#include "fem/specimen_leg.h"

#include "fem/failed_update.h"
#include "fem/output/cell_fields.h"
#include "fem/output/collective.h"
#include "fem/stage_polynomial.h"
#include "material/run/output_directory.h"

#include <deal.II/base/mpi.h>

#include <boost/archive/binary_iarchive.hpp>
#include <boost/archive/binary_oarchive.hpp>
#include <boost/serialization/string.hpp>
#include <boost/serialization/utility.hpp>
#include <boost/serialization/vector.hpp>

#include <filesystem>
#include <limits>
#include <sstream>

namespace revitra
{
  using namespace dealii;
  namespace rk = runge_kutta;

  namespace
  {
    constexpr unsigned event_tries     = 30;
    constexpr double   strain_step_aim = 0.9; // of the largest strain step, under stress: it is known afterwards only
    constexpr unsigned most_cuts       = 60;  // of one step, before a run gives up

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
  SpecimenLeg<dim>::SpecimenLeg(const RunContext &context, const std::optional<CheckpointFolder> &checkpoint)
    : deck(context.deck)
    , communicator(context.communicator)
    , is_root(Utilities::MPI::this_mpi_process(communicator) == 0)
    , progress(context.progress)
    , timer(context.timer)
    , checkpoints(context.checkpoints)
    , stop(context.stop)
    , checkpoint(checkpoint)
    , stored(checkpoint ? std::make_unique<StoredCells<dim>>(*checkpoint, communicator) : nullptr)
    , threshold_rule{deck.eed.threshold, deck.eed.threshold_stress}
    , stress_scale(revitra::stress_scale(Kinetics(deck.material, deck.material.temperature)))
    , specimen(deck, communicator, stress_scale, timer, stored.get())
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
  {
    if (!checkpoint)
      specimen.check_initial_free_volume(); // which `step` has projected; before anything is written
  }

  template <int dim>
  void SpecimenLeg<dim>::open_outputs()
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

  /// Go on with the files of an earlier leg, dropping what they have beyond its `rows` and `records`.
  template <int dim>
  void SpecimenLeg<dim>::resume_outputs(const std::size_t                                      rows,
                                        const std::vector<typename FieldsWriter<dim>::Record> &records)
  {
    const std::string &directory = deck.output.directory;
    write_on_root(communicator, [&]() {
      prepare_output_directory(directory);
      history_writer = std::make_unique<HistoryWriter>(
        HistoryWriter::resume(directory + "/history.csv", own_columns(), unit_scales(deck), rows));
      for (const char *file : {"/summary.json", "/rejuvenation.csv", failed_update_file})
        std::filesystem::remove(directory + file); // of a run that seemed to be over
      write_parameters(deck, directory + "/parameters.prm");
    });
    fields_writer = std::make_unique<FieldsWriter<dim>>(directory, communicator);
    fields_writer->restore_records(records);
  }

  template <int dim>
  void SpecimenLeg<dim>::say_what_is_run()
  {
    std::ostringstream text;
    text << "revitra-fem: " << dim << "-D, " << specimen.triangulation.n_global_active_cells() << " cells of degree "
         << specimen.fe.degree << ", " << specimen.dof_handler.n_dofs() << " displacements, "
         << Utilities::MPI::n_mpi_processes(communicator) << " rank(s)\nprogram: " << deck.program.text
         << "\nresults: " << deck.output.directory;
    progress.say(text.str());
  }

  template <int dim>
  void SpecimenLeg<dim>::start()
  {
    open_outputs();
    say_what_is_run();
    threshold.update(temperature, step.stress());
    step.begin_segment({temperature});
    averages = specimen.averages();
    energy.initialize(averages.plastic_rate);
    record(0);
    write_fields();
    begin_segment(0);
  }

  template <int dim>
  typename SpecimenLeg<dim>::End SpecimenLeg<dim>::run()
  {
    if (checkpoint)
      restore();
    else
      start();
    try
      {
        if (!march())
          {
            write_checkpoint();
            return reason_to_leave;
          }
      }
    catch (const NumericsError &error)
      {
        const bool        is_to_be_stored = can_go_on && deck.checkpoint.interval > 0 && !is_stored();
        const std::string text            = what_to_do_about(error.what(), is_to_be_stored || checkpoint);
        if (can_go_on)
          step.recall(segment->control().load(step.time()), segment->control().temperature(step.time()));
        finish("failed", text);
        if (is_to_be_stored)
          write_checkpoint();
        throw NumericsError(text);
      }
    if (!is_stored() && deck.checkpoint.interval > 0)
      {
        write_checkpoint();
        return reason_to_leave = End::checkpoint; // results too are as after a restart
      }
    finish("done", "");
    return End::program;
  }

  /// Whether the run is still where the checkpoint is that this leg began with.
  template <int dim>
  bool SpecimenLeg<dim>::is_stored() const
  {
    return checkpoint && steps_of_leg == 0;
  }

  /// Go through what is left of the program. Returns whether that was done, or else sets `reason_to_leave`.
  template <int dim>
  bool SpecimenLeg<dim>::march()
  {
    while (run_segment())
      {
        if (current_segment + 1 == deck.program.segments.size())
          return true;
        begin_segment(current_segment + 1);
      }
    return false;
  }

  template <int dim>
  void SpecimenLeg<dim>::begin_segment(const std::size_t number)
  {
    current_segment     = number;
    segment_start       = {0., step.solution().strain, step.stress()};
    segment_temperature = temperature;
    segment.emplace(deck, deck.program.segments[number], segment_start, segment_temperature);
    watch.emplace(*segment, stress_per_equivalent * stress_scale);
    cuts = 0;
    controller.reset();
    segment_start_time += step.time();
    step.begin_segment(segment->control().temperature(0.));
    next_step       = segment->first_step(averages.plastic_rate);
    segment_is_over = segment->is_over_at_once();
  }

  /// Whether it is time for a checkpoint; `reason_to_leave` is then set.
  template <int dim>
  bool SpecimenLeg<dim>::is_due()
  {
    if (steps_of_leg == 0)
      return false;
    if (!stop.reason().empty())
      reason_to_leave = End::request;
    else if (deck.checkpoint.interval > 0 && steps_of_leg >= deck.checkpoint.interval)
      reason_to_leave = End::checkpoint;
    else
      return false;
    return true;
  }

  /// Returns whether the segment is done; if not, it is time to leave.
  template <int dim>
  bool SpecimenLeg<dim>::run_segment()
  {
    while (!segment_is_over && step.time() < segment->end_time())
      {
        if (is_due())
          return false;
        try_step(*segment);
      }
    segment_is_over = true;
    note(band_watch.look_now([this]() { return bands(); }));
    return true;
  }

  /// Say what there is to say.
  template <int dim>
  void SpecimenLeg<dim>::note(const std::string &text)
  {
    if (!text.empty())
      progress.say("note: " + text);
  }

  /// Try a step, and accept it or make the next one shorter.
  template <int dim>
  void SpecimenLeg<dim>::try_step(const SegmentRun &run)
  {
    double            h       = run.limited_step(step.time(), next_step);
    const StepOutcome outcome = step.attempt(run.control(), h);
    const double      error   = run.error_weight() * outcome.error;
    if (!outcome.solved)
      return cut(h * controller.after_failure(), outcome.reason);
    if (error > 1.)
      return cut(h * controller.after_rejection(error), "the error stays too large");
    const double strain_step = std::abs(step.curve().strain.back() - step.curve().strain.front());
    const double excess      = run.controls_stress() ? strain_step / deck.time_stepping.maximum_strain_step : 0.;
    if (excess > 1.)
      {
        ++rejected_steps;
        next_step = strain_step_aim * h / excess;
        return;
      }

    next_step = h * controller.after_acceptance(h, error);
    if (excess > 0.)
      next_step = std::min(next_step, strain_step_aim * h / excess);
    std::string problem = stop_at_threshold(run, h);
    if (problem.empty())
      problem = stop_at_event(run, h);
    if (!problem.empty())
      return cut(h * controller.after_failure(), problem);
    cuts = 0;
    accept(run, h);
    stop.note_step();
    ++steps_of_leg;
    if (segment_is_over)
      return;
    if (deck.adaptivity.levels > 0 && accepted_steps % deck.adaptivity.interval == 0)
      adapt_mesh(run);
    const std::string hopeless = watch->look({step.time(), step.solution().strain, step.stress()}, h, strain_step);
    if (!hopeless.empty())
      give_up(hopeless);
  }

  /// Try a `shorter` step next, unless there were too many in a row.
  template <int dim>
  void SpecimenLeg<dim>::cut(const double shorter, const std::string &reason)
  {
    ++rejected_steps;
    next_step = shorter;
    if (++cuts > most_cuts)
      give_up("the step was cut " + std::to_string(most_cuts) + " times in a row: " + reason);
  }

  template <int dim>
  double SpecimenLeg<dim>::seconds() const
  {
    return earlier.seconds + std::chrono::duration<double>(std::chrono::steady_clock::now() - wall_start).count();
  }

  /// Writes or reads what this leg tells the next one.
  template <int dim>
  template <typename Archive>
  void SpecimenLeg<dim>::serialize(Archive &archive, RunMemory &memory)
  {
    archive &current_segment &segment_is_over &segment_start &segment_temperature &segment_start_time;
    archive &memory.time_in_segment &memory.strain &memory.history_rows &memory.records;
    archive &memory.seconds &memory.linear &memory.stage_solves                  &memory.newton_iterations;
    archive &temperature &threshold &energy &controller &curve &band_watch &cuts &next_step;
    archive &sigma_c_at_crossing &has_crossed &strain_path                       &strain_path_fields;
    archive &accepted_steps &rejected_steps &mesh_changes &largest_drift         &largest_stress_jump;
  }

  template <int dim>
  void SpecimenLeg<dim>::write_checkpoint()
  {
    if (deck.checkpoint.interval == 0 && reason_to_leave != End::request)
      return;
    TimerOutput::Scope scope(timer, "Checkpoint");
    RunMemory          memory;
    memory.time_in_segment   = step.time();
    memory.strain            = step.solution().strain;
    memory.history_rows      = is_root ? history_writer->rows() : 0;
    memory.records           = fields_writer->records();
    memory.seconds           = seconds();
    memory.linear            = linear_statistics();
    memory.stage_solves      = stage_solves();
    memory.newton_iterations = newton_iterations();
    // the rows that it counts on
    write_on_root(communicator, [this]() { bring_to_disk(deck.output.directory + "/history.csv"); });
    checkpoints.write(
      label(),
      deck,
      [this](CheckedFile &file) { specimen.store(file, step.solution()); },
      [&, this](CheckedFile &file) {
        std::ostringstream              stream;
        boost::archive::binary_oarchive archive(stream);
        serialize(archive, memory);
        archive << *watch;
        const std::string text = stream.str();
        file.write(text.data(), text.size());
      });
  }

  template <int dim>
  void SpecimenLeg<dim>::restore()
  {
    const std::string  file = checkpoint->path + '/' + run_file;
    std::istringstream stream(contents_on_all(communicator, file));
    try // the same on all ranks
      {
        boost::archive::binary_iarchive archive(stream);
        serialize(archive, earlier);
        segment.emplace(deck, deck.program.segments.at(current_segment), segment_start, segment_temperature);
        watch.emplace(*segment, stress_per_equivalent * stress_scale);
        archive >> *watch;
      }
    catch (const std::exception &error)
      {
        throw NumericsError(file + ": cannot be used: " + error.what());
      }
    if (stream.peek() != std::istringstream::traits_type::eof())
      throw NumericsError(file + ": cannot be used: it says more than this version of revitra-fem understands");

    typename SpecimenStep<dim>::Unknown x = specimen.problem->zero();
    x.strain                              = earlier.strain;
    specimen.restore(*stored, x);
    const std::string problem = step.restore(earlier.time_in_segment,
                                             std::move(x),
                                             segment->control().load(earlier.time_in_segment),
                                             segment->control().temperature(earlier.time_in_segment));
    if (!problem.empty())
      throw NumericsError(checkpoint->path + ": no equilibrium where the run goes on: " + problem +
                          "; if that folder is moved away, --restart goes on from the one before");
    averages = specimen.averages();
    const SegmentRun::Place place{step.time(), step.solution().strain, step.stress()};
    check_end(place);
    segment_is_over = segment_is_over && segment->is_at_end(place);
    if (cuts > most_cuts) // the run gave up; what it is restarted with may do better, from a first step on
      {
        cuts      = 0;
        next_step = segment->first_step(averages.plastic_rate);
        controller.reset();
      }
    resume_outputs(earlier.history_rows, earlier.records);
  }

  /// A segment that has another end since the checkpoint was written must not be over before the `place` of that.
  template <int dim>
  void SpecimenLeg<dim>::check_end(const SegmentRun::Place &place) const
  {
    if (!segment->is_beyond_end(place))
      return;
    std::ostringstream text;
    text << "the checkpoint stands at strain " << place.strain << " and stress " << place.stress << ", " << place.time
         << " after the beginning of segment " << current_segment + 1 << " '" << segment->segment().text
         << "', which is beyond its end; allowed is an end further on, or run without --restart";
    throw DeckError({problem_line(deck, "Loading/Program", text.str())});
  }

  /// If the stress crosses σ_c within the step of length `h` just attempted, attempt the part up to there and make `h`
  /// its length: the EED has a kink there, which costs accuracy where it is passed in flow. Returns why there is no
  /// step any more, if so: one that went may fail when it is tried again with another preconditioner.
  template <int dim>
  std::string SpecimenLeg<dim>::stop_at_threshold(const SegmentRun &run, double &h)
  {
    constexpr double near_an_end = 0.01; // a kink so near to the end of a step does no harm
    if (!threshold.is_known())
      return "";
    rk::Weights excess;
    for (unsigned int i = 0; i < rk::stages; ++i)
      {
        const double sigma_c = threshold.at(run.control().temperature(step.time() + rk::c[i] * h)).stress;
        if (std::isinf(sigma_c)) // of a glass that creates no free volume
          return "";
        excess[i] = std::abs(step.curve().stress[i]) - sigma_c;
      }
    const auto crossing = first_zero(excess);
    if (!crossing || *crossing < near_an_end || *crossing > 1. - near_an_end)
      return "";
    const double whole = h;
    h *= *crossing;
    if (step.attempt(run.control(), h).solved)
      return "";
    h = whole;
    return step.attempt(run.control(), h).reason;
  }

  /// If the step of length `h` just attempted passes the event that ends the segment, attempt shorter ones until one
  /// ends there, and make `h` its length; the segment is over then. Returns why there is no step any more, if so.
  template <int dim>
  std::string SpecimenLeg<dim>::stop_at_event(const SegmentRun &run, double &h)
  {
    if (!run.ends_at_event())
      return "";
    rk::Weights distances;
    for (unsigned int i = 0; i < rk::stages; ++i)
      distances[i] = run.distance_to_event(step.curve().strain[i], step.curve().stress[i]);
    const auto zero = first_zero(distances);
    if (!zero)
      return "";

    double lower = 0., lower_distance = distances.front();
    double upper = h, upper_distance = distances.back();
    // no nearer than rounding of the time allows
    const double rounding  = 4. * std::numeric_limits<double>::epsilon() * (step.time() + h);
    const double tolerance = std::max(event_tolerance, rounding * std::abs(upper_distance - lower_distance) / h);
    h *= *zero;
    for (unsigned int tries = 0; tries < event_tries; ++tries)
      {
        if (const StepOutcome outcome = step.attempt(run.control(), h); !outcome.solved)
          return "the end of the segment could not be located: " + outcome.reason;
        const double distance = run.distance_to_event(step.curve().strain.back(), step.curve().stress.back());
        segment_is_over       = std::abs(distance) <= tolerance;
        if (segment_is_over)
          return "";
        const bool is_beyond = (distance < 0.) != (lower_distance < 0.);
        if (!is_beyond && (upper_distance < 0.) == (lower_distance < 0.))
          return ""; // the polynomial was mistaken: the stress turns before it gets there
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
    return "the end of the segment could not be located";
  }

  template <int dim>
  void SpecimenLeg<dim>::accept(const SegmentRun &run, const double h)
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

    note(band_watch.look(strain_path, [this]() { return bands(); }));

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
  void SpecimenLeg<dim>::adapt_mesh(const SegmentRun &run)
  {
    TimerOutput::Scope                  scope(timer, "Mesh");
    const auto                          cells_before  = specimen.triangulation.n_global_active_cells();
    const double                        stress_before = step.stress();
    typename SpecimenStep<dim>::Unknown x             = step.solution();
    can_go_on                                         = false;
    try
      {
        if (!specimen.adapt(x))
          {
            can_go_on = true;
            return;
          }
      }
    catch (const NumericsError &error)
      {
        give_up(error.what());
      }
    if (const std::string reason =
          step.resume(std::move(x), run.control().load(step.time()), run.control().temperature(step.time()));
        !reason.empty())
      give_up("no equilibrium after the mesh was changed: " + reason);
    can_go_on = true;
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
  void SpecimenLeg<dim>::give_up(const std::string &why)
  {
    throw NumericsError(specimen.problem->law_failed() ? why + ". " + keep_failed_update() : why);
  }

  /// Where the run ends, why, and how to go on.
  template <int dim>
  std::string SpecimenLeg<dim>::what_to_do_about(const std::string &problem, const bool there_is_a_checkpoint) const
  {
    std::ostringstream message;
    message.precision(10);
    message << "segment " << current_segment + 1 << " '" << deck.program.segments[current_segment].text
            << "': " << problem << "; last accepted: time " << time() << ", strain " << step.solution().strain
            << ", stress " << step.stress() << ". The results up to there are in " << deck.output.directory
            << "; its parameters.prm is the deck to change and run again";
    if (there_is_a_checkpoint)
      message << ", also from the last checkpoint (--restart) if only Time stepping and Adaptivity are changed";
    return message.str();
  }

  /// Writes the update of the law that the run fails of, and says what to do with it.
  template <int dim>
  std::string SpecimenLeg<dim>::keep_failed_update()
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
  RejuvenationMeasures SpecimenLeg<dim>::measures() const
  {
    return rejuvenation_measures(specimen.glasses, specimen.history, specimen.equilibrium->weights(), communicator);
  }

  template <int dim>
  ShearBands SpecimenLeg<dim>::bands() const
  {
    return find_shear_bands(
      specimen.triangulation, specimen.glasses, specimen.history, specimen.equilibrium->weights());
  }

  template <int dim>
  HistoryRow SpecimenLeg<dim>::row(const SpecimenAverages &mean) const
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
                                              double(stage_solves()),
                                              double(newton_iterations())};
    const std::vector<double> rejuvenation = values_of(measures());
    row.more.insert(row.more.end(), rejuvenation.begin(), rejuvenation.end());
    return row;
  }

  template <int dim>
  void SpecimenLeg<dim>::record(const std::size_t segment)
  {
    TimerOutput::Scope scope(timer, "Output");
    const HistoryRow   now = row(averages);
    curve.add(now, segment);
    note_threshold(now);
    write_on_root(communicator, [&]() { history_writer->append(now); });
  }

  /// The threshold that the summary tells: that at the first crossing or, until there is one, that at the start.
  template <int dim>
  void SpecimenLeg<dim>::note_threshold(const HistoryRow &now)
  {
    constexpr double rounding  = 1e-6; // steps end at the crossing, see stop_at_threshold()
    const bool       is_beyond = now.sigma_c > 0. && std::abs(now.stress) >= now.sigma_c * (1. - rounding);
    if (!has_crossed && (is_beyond || (accepted_steps == 0 && threshold_rule.kind != ThresholdKind::balance)))
      sigma_c_at_crossing = now.sigma_c;
    has_crossed = has_crossed || is_beyond;
  }

  template <int dim>
  void SpecimenLeg<dim>::write_fields()
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
  void SpecimenLeg<dim>::finish(const std::string &status, const std::string &message)
  {
    if (can_go_on && (strain_path > strain_path_fields || status != "done"))
      write_fields();

    RunOutcome outcome;
    outcome.tool           = "revitra-fem";
    outcome.status         = status;
    outcome.message        = message;
    outcome.sigma_c        = sigma_c_at_crossing;
    outcome.sigma_flow     = stress_per_equivalent * flow_stress(Kinetics(deck.material, deck.material.temperature));
    outcome.steps          = accepted_steps;
    outcome.rejected_steps = rejected_steps;
    outcome.wall_seconds   = seconds();

    run_summary = summarize(deck, curve, outcome);
    if (!band_watch.said().empty())
      run_summary.set_text("note", band_watch.said());
    run_summary.set_count("dofs", specimen.dof_handler.n_dofs());
    run_summary.set_count("cells", specimen.triangulation.n_global_active_cells());
    run_summary.set_count("mesh_changes", mesh_changes);
    run_summary.set("mesh_drift", largest_drift);
    run_summary.set("mesh_stress_jump", unit_scales(deck).stress * largest_stress_jump);
    run_summary.set_count("ranks", Utilities::MPI::n_mpi_processes(communicator));
    run_summary.set_count("stage_solves", stage_solves());
    run_summary.set_count("newton_iterations", newton_iterations());
    run_summary.set_count("linear_iterations", linear_statistics().iterations);
    run_summary.set_count("preconditioners", linear_statistics().rebuilds);
    if (can_go_on)
      analyze_rejuvenation();
    Summary::Group phases;
    for (const auto &[phase, seconds] : timer.get_summary_data(TimerOutput::total_wall_time))
      phases.emplace_back(phase, seconds);
    run_summary.set_group("seconds", phases);
    write_on_root(communicator, [&]() { run_summary.write(deck.output.directory + "/summary.json"); });
  }

  /// Who rejuvenates and where the flow is, at the end of the run.
  template <int dim>
  void SpecimenLeg<dim>::analyze_rejuvenation()
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

  template class SpecimenLeg<2>;
  template class SpecimenLeg<3>;
} // namespace revitra

#include "fem/simulation/checkpoint_interval.h"

#include "fem/output/cell_fields.h"
#include "fem/output/failed_stage.h"
#include "fem/parallel/collective.h"
#include "material/input/expression.h"
#include "material/results/earlier_results.h"
#include "material/results/output_directory.h"

#include <deal.II/base/mpi.h>

#include <boost/archive/binary_iarchive.hpp>
#include <boost/archive/binary_oarchive.hpp>
#include <boost/serialization/string.hpp>
#include <boost/serialization/utility.hpp>
#include <boost/serialization/vector.hpp>

#include <cmath>
#include <filesystem>
#include <iostream>
#include <limits>
#include <sstream>

namespace revitra
{
  using namespace dealii;

  namespace
  {
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

    /// What a user can do about a history in `directory` that `checkpoint` counts on in vain.
    std::string ways_to_go_on(const HistoryMismatch &mismatch,
                              const std::string     &checkpoint,
                              const std::string     &directory)
    {
      return ". Put back the history of that run from a copy" +
             (mismatch.rows > 0
                ? ", or move " + checkpoint + " away, and an earlier checkpoint is taken if there is one"
                : std::string()) +
             ", or begin anew: run without --restart and --resume (what is in " + directory + " moves to " + directory +
             "/previous), or in another directory (--output)";
    }

    /// Put `deck` where its results will be, and take away what only a run that is over has.
    void replace_deck(const Deck &deck)
    {
      const std::string &directory = deck.output.directory;
      for (const char *file : {"/summary.json", "/rejuvenation.csv", failed_stage_file})
        std::filesystem::remove(directory + file);
      write_own_parameters(deck);
    }
  } // namespace

  template <int dim>
  CheckpointInterval<dim>::CheckpointInterval(const RunContext                      &context,
                                              const std::optional<CheckpointFolder> &checkpoint)
    : deck(context.deck)
    , communicator(context.communicator)
    , is_root(Utilities::MPI::this_mpi_process(communicator) == 0)
    , progress(context.progress)
    , timer(context.timer)
    , checkpoints(context.checkpoints)
    , stop(context.stop)
    , checkpoint(checkpoint)
    , march(context.deck,
            communicator,
            progress,
            timer,
            checkpoint ? std::make_unique<CellRecords<dim>>(*checkpoint, communicator) : nullptr)
    , specimen(march.the_specimen())
    , band_resolution(specimen.free_volume.has_value())
  {}

  template <int dim>
  void CheckpointInterval<dim>::open_outputs()
  {
    const std::string &directory = deck.output.directory;
    write_on_root(communicator, [&]() {
      prepare_output_directory(directory);
      remove_fields(directory);
      replace_deck(deck);
      history_writer = std::make_unique<HistoryWriter>(
        HistoryWriter::create(directory + "/history.csv", own_columns(), unit_scales(deck)));
    });
    fields_writer = std::make_unique<FieldsWriter<dim>>(directory, communicator);
  }

  /// Go on with the files of an earlier leg, dropping what they have beyond its `rows` and `records`.
  template <int dim>
  void CheckpointInterval<dim>::resume_outputs(const std::size_t                                      rows,
                                               const std::vector<typename FieldsWriter<dim>::Record> &records)
  {
    const std::string &directory = deck.output.directory;
    write_on_root(communicator, [&]() {
      prepare_output_directory(directory);
      const std::string history = directory + "/history.csv";
      try
        {
          history_writer = std::make_unique<HistoryWriter>(
            HistoryWriter::resume(history, own_columns(), unit_scales(deck), {rows, march.time()}));
        }
      catch (const HistoryMismatch &mismatch)
        {
          throw WriteError(mismatch.what() + ways_to_go_on(mismatch, checkpoint->path, directory));
        }
      replace_deck(deck); // only if the rows are there
    });
    fields_writer = std::make_unique<FieldsWriter<dim>>(directory, communicator);
    fields_writer->restore_records(records);
  }

  template <int dim>
  void CheckpointInterval<dim>::say_what_is_run()
  {
    std::ostringstream text;
    text << "revitra-fem: " << dim << "-D, " << specimen.triangulation.n_global_active_cells() << " cells of degree "
         << specimen.fe.degree << ", " << specimen.dof_handler.n_dofs() << " displacements, "
         << Utilities::MPI::n_mpi_processes(communicator) << " rank(s)\nprogram: " << deck.program.text
         << "\nresults: " << deck.output.directory;
    progress.say(text.str());
  }

  template <int dim>
  void CheckpointInterval<dim>::start()
  {
    open_outputs();
    say_what_is_run();
    march.start();
    record();
    write_fields();
  }

  template <int dim>
  typename CheckpointInterval<dim>::End CheckpointInterval<dim>::run()
  {
    if (checkpoint)
      restore();
    else
      start();
    try
      {
        if (!go_on())
          {
            write_checkpoint();
            return reason_to_leave;
          }
      }
    catch (const NumericsError &error)
      {
        const bool        is_to_be_stored = march.is_consistent() && deck.checkpoint.interval > 0 && !is_stored();
        const std::string text = what_to_do_about(error.what() + about_failed_update(), is_to_be_stored || checkpoint);
        if (march.is_consistent())
          march.restore_accepted_stresses();
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
  bool CheckpointInterval<dim>::is_stored() const
  {
    return checkpoint && steps_of_leg == 0;
  }

  /// Go through what is left of the program. Returns whether that was done, or else sets `reason_to_leave`.
  template <int dim>
  bool CheckpointInterval<dim>::go_on()
  {
    while (run_segment())
      if (!march.begin_next_segment())
        return true;
    return false;
  }

  /// Whether it is time for a checkpoint; `reason_to_leave` is then set.
  template <int dim>
  bool CheckpointInterval<dim>::is_due()
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
  bool CheckpointInterval<dim>::run_segment()
  {
    while (!march.segment_is_over())
      {
        if (is_due())
          return false;
        if (const auto h = march.try_step())
          after_step(*h);
      }
    note(band_resolution.look_now([this]() { return bands(); }));
    return true;
  }

  /// Say what a user has to know whatever else is shown.
  template <int dim>
  void CheckpointInterval<dim>::note(const std::string &text)
  {
    if (text.empty())
      return;
    progress.end_line();
    if (is_root)
      std::cerr << "note: " + text << std::endl;
  }

  /// What there is to do after a step of length `h` was accepted.
  template <int dim>
  void CheckpointInterval<dim>::after_step(const double h)
  {
    record();
    if (fields_are_due())
      write_fields();
    note(band_resolution.look(march.strain_path(), [this]() { return bands(); }));
    report(h);
    stop.note_step();
    ++steps_of_leg;
    march.after_step(h);
  }

  /// Whether strain or time have gone on by their intervals since fields were last written.
  template <int dim>
  bool CheckpointInterval<dim>::fields_are_due() const
  {
    constexpr double rounding = 1e-9;
    const auto       is_due   = [](const double interval, const double passed) {
      return interval > 0. && passed >= interval * (1. - rounding);
    };
    return is_due(deck.output.fields_interval, march.strain_path() - strain_path_fields) ||
           is_due(deck.output.fields_interval_in_time, march.time() - time_of_fields());
  }

  /// When fields were last written.
  template <int dim>
  double CheckpointInterval<dim>::time_of_fields() const
  {
    return fields_writer->records().empty() ? -std::numeric_limits<double>::infinity()
                                            : fields_writer->records().back().first;
  }

  /// Tell how far the run is.
  template <int dim>
  void CheckpointInterval<dim>::report(const double h)
  {
    const RunCounters counts = march.counts();
    progress.tell({march.part_done(),
                   march.time(),
                   march.strain(),
                   march.stress(),
                   h,
                   counts.accepted_steps,
                   counts.newton_iterations - newton_reported});
    newton_reported = counts.newton_iterations;
  }

  template <int dim>
  double CheckpointInterval<dim>::seconds() const
  {
    return earlier.seconds + std::chrono::duration<double>(std::chrono::steady_clock::now() - wall_start).count();
  }

  /// Writes or reads what this leg tells the next one beside its march.
  template <int dim>
  template <typename Archive>
  void CheckpointInterval<dim>::serialize(Archive &archive, RunMemory &memory)
  {
    archive &memory.history_rows &memory.records &memory.seconds;
    archive &curve &band_resolution              &strain_path_fields;
  }

  template <int dim>
  void CheckpointInterval<dim>::write_checkpoint()
  {
    if (deck.checkpoint.interval == 0 && reason_to_leave != End::request)
      return;
    TimerOutput::Scope scope(timer, "Checkpoint");
    RunMemory          memory;
    memory.history_rows = is_root ? history_writer->rows() : 0;
    memory.records      = fields_writer->records();
    memory.seconds      = seconds();
    // the rows that it counts on
    write_on_root(communicator, [this]() { bring_to_disk(deck.output.directory + "/history.csv"); });
    checkpoints.write(
      label(),
      deck,
      [this](CheckedFile &file) { march.store(file); },
      [&, this](CheckedFile &file) {
        std::ostringstream              stream;
        boost::archive::binary_oarchive archive(stream);
        serialize(archive, memory);
        march.write(archive);
        const std::string text = stream.str();
        file.write(text.data(), text.size());
      });
  }

  template <int dim>
  void CheckpointInterval<dim>::restore()
  {
    const std::string  file = checkpoint->path + '/' + run_file;
    std::istringstream stream(contents_on_all(communicator, file));
    try // the same on all ranks
      {
        boost::archive::binary_iarchive archive(stream);
        serialize(archive, earlier);
        march.read(archive);
      }
    catch (const std::bad_alloc &) // not the same on all
      {
        throw;
      }
    catch (const std::exception &error)
      {
        throw NumericsError(file + ": cannot be used: " + error.what());
      }
    if (stream.peek() != std::istringstream::traits_type::eof())
      throw NumericsError(file + ": cannot be used: it says more than this version of revitra-fem understands");
    if (const std::string problem = march.resume(); !problem.empty())
      throw NumericsError(checkpoint->path + ": no equilibrium where the run goes on: " + problem +
                          "; if that folder is moved away, --restart goes on from the one before");
    newton_reported = march.counts().newton_iterations;
    resume_outputs(earlier.history_rows, earlier.records);
  }

  /// Where the run ends, why, and how to go on.
  template <int dim>
  std::string CheckpointInterval<dim>::what_to_do_about(const std::string &problem,
                                                        const bool         there_is_a_checkpoint) const
  {
    std::ostringstream message;
    message.precision(10);
    message << "segment " << march.segment_number() + 1 << " '" << deck.program.segments[march.segment_number()].text
            << "': " << problem << "; last accepted: time " << march.time() << ", strain " << march.strain()
            << ", stress " << march.stress() << ". The results up to there are in " << deck.output.directory
            << "; its parameters.prm is the deck to change and run again";
    if (there_is_a_checkpoint)
      message << ", also from the last checkpoint (--restart) if only Time stepping and Adaptivity are changed";
    return message.str();
  }

  /// If the run fails of the law, keeps the update at which it does, and says what to do with it.
  template <int dim>
  std::string CheckpointInterval<dim>::about_failed_update()
  {
    if (!specimen.problem->law_failed())
      return "";
    const std::string file = deck.output.directory + failed_stage_file;
    try
      {
        write_failed_stage(file,
                           {march.time(), march.strain(), deck.program.text},
                           march.displacement(),
                           specimen.history,
                           *specimen.equilibrium,
                           communicator);
      }
    catch (const WriteError &error) // why the run gave up is more than that
      {
        return std::string(". ") + error.what();
      }
    return ". What the law failed at is in " + file + ": revitra-point --replay '" + file +
           "' does it again step by step";
  }

  template <int dim>
  RejuvenationMeasures CheckpointInterval<dim>::measures() const
  {
    return rejuvenation_measures(specimen.materials, specimen.history, specimen.equilibrium->weights(), communicator);
  }

  template <int dim>
  ShearBands CheckpointInterval<dim>::bands() const
  {
    return find_shear_bands(
      specimen.triangulation, specimen.materials, specimen.history, specimen.equilibrium->weights());
  }

  template <int dim>
  HistoryRow CheckpointInterval<dim>::row() const
  {
    const VolumeAverages &mean   = march.averages();
    const RunCounters     counts = march.counts();

    HistoryRow row;
    row.time                               = march.time();
    row.strain                             = march.strain();
    row.stress                             = march.stress();
    row.plastic_strain                     = mean.plastic_strain;
    row.temperature                        = march.temperature();
    row.free_volume                        = mean.free_volume;
    row.st_sum                             = mean.st_sum;
    row.st_bias                            = mean.st_bias;
    row.sigma_c                            = march.sigma_c().is_known() ? march.sigma_c().stress() : 0.;
    row.eed                                = march.energies().effective_energy(row.stress, march.sigma_c().stress());
    row.eed_star                           = row.sigma_c > 0. ? row.eed / row.sigma_c : 0.;
    row.rejuvenation                       = mean.rejuvenation;
    row.work                               = march.energies().work();
    row.elastic_energy                     = mean.elastic_energy;
    row.dissipation                        = mean.dissipation;
    row.free_volume_work                   = mean.free_volume_work;
    row.heat                               = mean.dissipation - mean.free_volume_work;
    row.more                               = {mean.eed,
                                              mean.eed_max,
                                              mean.free_volume_min,
                                              mean.free_volume_max,
                                              double(specimen.triangulation.n_global_active_cells()),
                                              double(counts.stage_solves),
                                              double(counts.newton_iterations)};
    const std::vector<double> rejuvenation = values_of(measures());
    row.more.insert(row.more.end(), rejuvenation.begin(), rejuvenation.end());
    return row;
  }

  template <int dim>
  void CheckpointInterval<dim>::record()
  {
    TimerOutput::Scope scope(timer, "Output");
    const HistoryRow   now = row();
    curve.add(now, march.segment_number());
    write_on_root(communicator, [&]() { history_writer->append(now); });
  }

  /// The threshold that the summary tells: that at the first crossing or, until there is one, that at the start.
  template <int dim>
  double CheckpointInterval<dim>::reported_threshold() const
  {
    const double at_crossing = curve.threshold_at_crossing();
    return std::isnan(at_crossing) && deck.eed.threshold != ThresholdKind::balance ? curve.first().sigma_c
                                                                                   : at_crossing;
  }

  template <int dim>
  void CheckpointInterval<dim>::write_fields()
  {
    if (deck.output.fields_interval == 0. && deck.output.fields_interval_in_time == 0.)
      return;
    TimerOutput::Scope scope(timer, "Output");
    fields_writer->write(march.time(),
                         specimen.dof_handler,
                         march.displacement(),
                         {march.strain(), specimen.direction.component},
                         cell_fields(specimen.triangulation,
                                     specimen.materials,
                                     specimen.history,
                                     march.temperature(),
                                     specimen.equilibrium->weights(),
                                     specimen.direction));
    strain_path_fields = march.strain_path();
  }

  template <int dim>
  void CheckpointInterval<dim>::finish(const std::string &status, const std::string &message)
  {
    if (march.is_consistent() && (march.time() > time_of_fields() || march.strain_path() > strain_path_fields))
      write_fields();

    const RunCounters counts = march.counts();
    RunOutcome        outcome;
    outcome.tool                   = "revitra-fem";
    outcome.status                 = status;
    outcome.message                = message;
    outcome.sigma_c                = reported_threshold();
    const std::string &offset      = deck.initially.temperature_offset;
    const double       temperature = deck.material.temperature + (is_uniform(offset) ? uniform_value(offset) : 0.);
    outcome.sigma_flow     = flow_stress(Kinetics(deck.material, temperature)) / specimen.direction.strain_per_shear;
    outcome.steps          = counts.accepted_steps;
    outcome.rejected_steps = counts.rejected_steps;
    outcome.wall_seconds   = seconds();

    run_summary = summarize(deck, curve, outcome);
    if (!band_resolution.said().empty())
      run_summary.set_text("note", band_resolution.said());
    run_summary.set_count("dofs", specimen.dof_handler.n_dofs());
    run_summary.set_count("cells", specimen.triangulation.n_global_active_cells());
    run_summary.set_count("mesh_changes", counts.mesh_changes);
    run_summary.set("mesh_drift", counts.largest_drift);
    run_summary.set("mesh_stress_jump", unit_scales(deck).stress * counts.largest_stress_jump);
    run_summary.set_count("ranks", Utilities::MPI::n_mpi_processes(communicator));
    run_summary.set_count("stage_solves", counts.stage_solves);
    run_summary.set_count("newton_iterations", counts.newton_iterations);
    run_summary.set_count("linear_iterations", counts.linear.iterations);
    run_summary.set_count("preconditioners", counts.linear.rebuilds);
    if (march.is_consistent())
      analyze_rejuvenation();
    Summary::Group phases;
    for (const auto &[phase, seconds] : timer.get_summary_data(TimerOutput::total_wall_time))
      phases.emplace_back(phase, seconds);
    run_summary.set_group("seconds", phases);
    write_on_root(communicator, [&]() { run_summary.write(deck.output.directory + "/summary.json"); });
  }

  /// Who rejuvenates and where the flow is, at the end of the run.
  template <int dim>
  void CheckpointInterval<dim>::analyze_rejuvenation()
  {
    const std::vector<double> &weights = specimen.equilibrium->weights();
    const UnitScales           scales  = unit_scales(deck);
    const auto bins = rejuvenation_histogram(specimen.materials, specimen.history, weights, communicator);
    add_rejuvenation(run_summary,
                     measures(),
                     local_energy(specimen.materials, specimen.history, weights, curve.last().eed, communicator),
                     bands(),
                     scales);
    write_on_root(communicator, [&]() { write_histogram(deck.output.directory + "/rejuvenation.csv", bins, scales); });
  }

  template class CheckpointInterval<2>;
  template class CheckpointInterval<3>;
} // namespace revitra

#include "fem/simulation/simulation.h"

#include "fem/checkpoint/restart_compatibility.h"
#include "fem/parallel/collective.h"
#include "fem/simulation/checkpoint_interval.h"
#include "material/results/earlier_results.h"
#include "material/results/output_directory.h"
#include "material/run/run_tool.h"

#include <deal.II/base/conditional_ostream.h>

#include <chrono>
#include <filesystem>
#include <iostream>
#include <sstream>
#include <utility>

namespace revitra
{
  using namespace dealii;

  namespace
  {
    /// What find() finds on the first rank, on all.
    template <typename Find>
    std::vector<std::string> found_on_root(const MPI_Comm &communicator, const Find &find)
    {
      std::vector<std::string> problems;
      if (Utilities::MPI::this_mpi_process(communicator) == 0)
        collect_problems(problems, [&]() { problems = find(); });
      return Utilities::MPI::broadcast(communicator, problems);
    }

    /// Throws DeckError on all ranks unless the results of `deck` may go into its output directory. Collective.
    void check_output(const Deck &deck, const MPI_Comm &communicator)
    {
      throw_if_any(found_on_root(communicator, [&deck]() {
        return wrong_with_output(deck, Producer::specimen, {deck.specimen.mesh_file, deck.grid_field.file});
      }));
    }

    /// A line on stderr for each of `texts`, by the first rank.
    void note(const std::vector<std::string> &texts, const MPI_Comm &communicator)
    {
      if (Utilities::MPI::this_mpi_process(communicator) == 0)
        for (const std::string &text : texts)
          std::cerr << "note: " + text << std::endl;
    }

    /// Lines for what has changed since `checkpoint` was written that must not. Collective.
    std::vector<std::string> changes_since(const CheckpointFolder &checkpoint,
                                           const Deck             &deck,
                                           const MPI_Comm         &communicator)
    {
      std::vector<std::string> changes = found_on_root(
        communicator, [&]() { return differences(read_deck(checkpoint.path + '/' + parameters_file), deck); });
      if (changes.empty())
        changes = found_on_root(communicator, [&]() { return changed_files(deck, checkpoint.inputs); });
      return changes;
    }

    std::string place(const CheckpointLabel &label)
    {
      std::ostringstream text;
      text << "step " << label.step << ", strain " << label.strain;
      return text.str();
    }

    /// The option by which the same command goes on after what was wrong is mended.
    std::string going_on(const RunOptions &options)
    {
      return options.resume ? "--resume" : "--restart";
    }

    /// Does `work`, of a run that began with `checkpoint`: sets up a leg, or runs it. What is not thrown on all ranks
    /// (memory that ran out on one, say) ends them all at once: the others would wait for this rank, and this one for
    /// them, where a factorization that they share is taken down.
    template <typename Work>
    auto do_together(const Work                            &work,
                     const std::optional<CheckpointFolder> &checkpoint,
                     const RunOptions                      &options,
                     const MPI_Comm                        &communicator)
    {
      try
        {
          return work();
        }
      catch (const DeckError &)
        {
          throw;
        }
      catch (const NumericsError &)
        {
          throw;
        }
      catch (const WriteError &error)
        {
          if (!checkpoint)
            throw;
          throw WriteError(error.what() + ("; when that is mended, go on from " + checkpoint->path) +
                           " by the same command with " + going_on(options));
        }
      catch (const std::exception &error)
        {
          if (Utilities::MPI::n_mpi_processes(communicator) == 1)
            throw;
          std::cerr << "revitra-fem: on rank " + std::to_string(Utilities::MPI::this_mpi_process(communicator)) + ": " +
                         fault_text(error)
                    << std::endl;
          MPI_Abort(communicator, fault_status);
          throw; // does not come to this
        }
    }
  } // namespace

  template <int dim>
  Simulation<dim>::Simulation(const Deck       &deck,
                              const MPI_Comm   &communicator,
                              std::ostream     &log,
                              const bool        log_is_terminal,
                              const RunOptions &options)
    : deck(deck)
    , communicator(communicator)
    , log(log)
    , log_is_terminal(log_is_terminal)
    , options(options)
  {}

  /// Makes the output directory if need be, and keeps others out of it.
  template <int dim>
  void Simulation<dim>::lock_directory()
  {
    constexpr std::chrono::seconds patience(5); // what a run that was killed has left may still be ending
    if (std::exchange(is_locked, true))
      return;
    write_on_root(communicator, [&]() {
      prepare_output_directory(deck.output.directory);
      lock.emplace(deck.output.directory, patience);
    });
  }

  /// The checkpoint to go on from, if that is asked for, with the output directory locked.
  template <int dim>
  std::optional<CheckpointFolder> Simulation<dim>::checkpoint_to_begin_with(CheckpointStore &checkpoints,
                                                                            Progress        &progress)
  {
    if (!options.restart && !options.resume)
      return std::nullopt;
    const auto is_there = found_on_root(communicator, [this]() {
      return std::vector<std::string>(std::filesystem::is_directory(deck.output.directory) ? 1 : 0);
    });
    if (!is_there.empty())
      try
        {
          lock_directory();
          write_on_root(communicator, [this]() { undo_unfinished_archive(deck.output.directory); });
        }
      catch (const WriteError &error) // on all ranks
        {
          throw WriteError(std::string(error.what()) + "; when that is mended, run the same command again, with " +
                           going_on(options));
        }
    const auto found = checkpoints.latest();
    note(checkpoints.skipped(), communicator);
    if (!found && options.restart)
      throw DeckError({"--restart: there is no undamaged checkpoint in " + checkpoints.path() +
                       "; is --output right? If so, run the deck from its start, without --restart"});
    if (!found)
      {
        progress.say("there is no undamaged checkpoint in " + checkpoints.path() + ": the run begins at its start");
        return std::nullopt;
      }
    const std::vector<std::string> changes = changes_since(*found, deck, communicator);
    if (options.restart)
      throw_if_any(changes);
    if (!changes.empty())
      {
        note({found->path + " is of another problem: the run begins at its start"}, communicator);
        note(changes, communicator);
        return std::nullopt;
      }
    progress.say("goes on from " + found->path + ": " + place(found->label));
    return found;
  }

  template <int dim>
  void Simulation<dim>::run()
  {
    using End                  = typename CheckpointInterval<dim>::End;
    const bool         is_root = Utilities::MPI::this_mpi_process(communicator) == 0;
    Progress           progress(log, log_is_terminal);
    ConditionalOStream timer_stream(log, is_root);
    TimerOutput        timer(timer_stream, TimerOutput::never, TimerOutput::wall_times);
    CheckpointStore    checkpoints(
      deck.output.directory, deck.checkpoint.keep, is_root ? input_files(deck) : FileChecksums(), communicator);
    StopRequest      stop(options.time_limit, communicator);
    const RunContext context{deck, communicator, progress, timer, checkpoints, stop};

    check_output(deck, communicator);
    std::optional<CheckpointFolder> checkpoint = checkpoint_to_begin_with(checkpoints, progress);
    for (;;)
      {
        CheckpointInterval<dim> leg = do_together(
          [&]() { return CheckpointInterval<dim>(context, checkpoint); }, checkpoint, options, communicator);
        lock_directory(); // not before: with a deck that cannot be used nothing is written
        if (!checkpoint)
          {
            check_output(deck, communicator); // another run may have written there since
            write_on_root(communicator, [this]() { archive_results(deck, log); });
          }
        const End end = do_together([&]() { return leg.run(); }, checkpoint, options, communicator);
        if (end == End::request)
          progress.say("stopped by " + stop.reason() + " after " + place(leg.label()) +
                       "; to go on, run the same command " + (options.resume ? "again" : "with --restart"));
        if (end == End::program)
          progress.say("done; results are in " + deck.output.directory);
        if (end != End::checkpoint)
          break;
        checkpoint = checkpoints.latest();
        if (!checkpoint || checkpoint->label.step != leg.label().step)
          throw WriteError(checkpoints.path() + ": the checkpoint just written cannot be read" +
                           (checkpoints.skipped().empty() ? "" : "; " + checkpoints.skipped().front()));
        throw_if_any(found_on_root(communicator, [&]() { // the leg to come reads them again
          return changed_files(deck, checkpoint->inputs);
        }));
      }
    timer.print_wall_time_statistics(communicator);
  }

  template class Simulation<2>;
  template class Simulation<3>;
} // namespace revitra

#include "fem/specimen_simulation.h"

#include "fem/checkpoint/directory_lock.h"
#include "fem/checkpoint/same_problem.h"
#include "fem/output/collective.h"
#include "fem/specimen_leg.h"
#include "material/run/output_directory.h"
#include "material/run/run_tool.h"

#include <deal.II/base/conditional_ostream.h>

#include <iostream>
#include <sstream>

namespace revitra
{
  using namespace dealii;

  namespace
  {
    /// Throws DeckError on all ranks if find() finds problems on the first.
    template <typename Find>
    void check_on_root(const MPI_Comm &communicator, const Find &find)
    {
      std::vector<std::string> problems;
      if (Utilities::MPI::this_mpi_process(communicator) == 0)
        collect_problems(problems, [&]() { problems = find(); });
      problems = Utilities::MPI::broadcast(communicator, problems);
      if (!problems.empty())
        throw DeckError(problems);
    }

    /// The checkpoint to go on from. Throws DeckError if there is none that goes with `deck`.
    CheckpointFolder checkpoint_for(const Deck &deck, CheckpointStore &checkpoints, const MPI_Comm &communicator)
    {
      const auto found = checkpoints.latest();
      if (Utilities::MPI::this_mpi_process(communicator) == 0)
        for (const std::string &damaged : checkpoints.passed_over())
          std::cerr << "note: " + damaged << std::endl;
      if (!found)
        throw DeckError({"--restart: there is no undamaged checkpoint in " + checkpoints.path() +
                         "; is --output right? If so, run the deck from its start, without --restart"});
      check_on_root(communicator, [&]() { return differences(read_deck(found->path + '/' + parameters_file), deck); });
      return *found;
    }

    /// Throws DeckError if a file that the run was made from has changed. Collective.
    void check_inputs(const Deck &deck, const CheckpointFolder &checkpoint, const MPI_Comm &communicator)
    {
      check_on_root(communicator, [&]() { return changed_files(deck, checkpoint.inputs); });
    }

    std::string place(const CheckpointLabel &label)
    {
      std::ostringstream text;
      text << "step " << label.step << ", strain " << label.strain;
      return text.str();
    }

    /// Runs `leg`, which began with `checkpoint`. What is not thrown on all ranks (memory that ran out on one, say)
    /// ends them all at once: the others would wait for this rank, and this one for them, where a factorization that
    /// they share is taken down.
    template <int dim>
    typename SpecimenLeg<dim>::End run_together(SpecimenLeg<dim>                      &leg,
                                                const std::optional<CheckpointFolder> &checkpoint,
                                                const MPI_Comm                        &communicator)
    {
      try
        {
          return leg.run();
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
                           " by the same command with --restart");
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
  SpecimenSimulation<dim>::SpecimenSimulation(const Deck       &deck,
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

  template <int dim>
  void SpecimenSimulation<dim>::run()
  {
    using End                  = typename SpecimenLeg<dim>::End;
    const bool         is_root = Utilities::MPI::this_mpi_process(communicator) == 0;
    Progress           progress(log, log_is_terminal);
    ConditionalOStream timer_stream(log, is_root);
    TimerOutput        timer(timer_stream, TimerOutput::never, TimerOutput::wall_times);
    CheckpointStore    checkpoints(
      deck.output.directory, deck.checkpoint.keep, is_root ? input_files(deck) : FileSeals(), communicator);
    StopRequest      stop(options.time_limit, communicator);
    const RunContext context{deck, communicator, progress, timer, checkpoints, stop};

    std::optional<CheckpointFolder> checkpoint;
    std::optional<DirectoryLock>    lock;
    if (options.restart)
      {
        lock.emplace(deck.output.directory, communicator);
        checkpoint = checkpoint_for(deck, checkpoints, communicator);
        check_inputs(deck, *checkpoint, communicator);
        progress.say("goes on from " + checkpoint->path + ": " + place(checkpoint->label));
      }
    for (;;)
      {
        SpecimenLeg<dim> leg(context, checkpoint);
        if (!lock) // not before: with a deck that cannot be used nothing is written
          {
            write_on_root(communicator, [this]() { prepare_output_directory(deck.output.directory); });
            lock.emplace(deck.output.directory, communicator);
          }
        if (!checkpoint && checkpoints.set_aside())
          progress.say("note: the checkpoints of an earlier run are now in " + checkpoints.path() + ".previous");
        const End end = run_together(leg, checkpoint, communicator);
        if (end == End::request)
          progress.say("stopped by " + stop.reason() + " after " + place(leg.label()) +
                       "; to go on, run the same command with --restart");
        if (end == End::program)
          progress.say("done; results are in " + deck.output.directory);
        if (end != End::checkpoint)
          break;
        checkpoint = checkpoints.latest();
        if (!checkpoint || checkpoint->label.step != leg.label().step)
          throw WriteError(checkpoints.path() + ": the checkpoint just written cannot be read" +
                           (checkpoints.passed_over().empty() ? "" : "; " + checkpoints.passed_over().front()));
        check_inputs(deck, *checkpoint, communicator); // the leg to come reads them again
      }
    timer.print_wall_time_statistics(communicator);
  }

  template class SpecimenSimulation<2>;
  template class SpecimenSimulation<3>;
} // namespace revitra

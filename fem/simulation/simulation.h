#pragma once

#include "fem/checkpoint/checkpoint_store.h"
#include "material/input/deck.h"
#include "material/results/directory_lock.h"
#include "material/run/progress.h"

#include <deal.II/base/mpi.h>

#include <optional>
#include <ostream>

namespace revitra
{
  /// How a run begins and when it may leave.
  struct RunOptions
  {
    bool   restart    = false; ///< go on from the last checkpoint
    double time_limit = 0.;    ///< seconds; 0: none
    bool   resume     = false; ///< the same if there is one of this problem, else begin
  };

  /// A specimen through the whole loading program of a deck, leg by leg (see CheckpointInterval), with all that it
  /// writes.
  template <int dim>
  class Simulation
  {
  public:
    /// `deck` is kept by reference; progress is told to `log`.
    Simulation(const Deck       &deck,
               const MPI_Comm   &communicator,
               std::ostream     &log,
               bool              log_is_terminal,
               const RunOptions &options = {});

    /// Run the program, or what is left of it, until it is done or the run is asked to stop. Throws DeckError, before
    /// anything is written, if mesh or initial fields do not do, if the output directory must not be written into, or
    /// if there is no checkpoint to go on from, or one of another problem, also if a file that these are made of
    /// changes under way; NumericsError if the program cannot be completed, after all results up to the last accepted
    /// time are written, or a checkpoint cannot be used; WriteError if those cannot be.
    void run();

  private:
    std::optional<CheckpointFolder> checkpoint_to_begin_with(CheckpointStore &checkpoints, Progress &progress);
    void                            lock_directory();

    const Deck      &deck;
    const MPI_Comm   communicator;
    std::ostream    &log;
    const bool       log_is_terminal;
    const RunOptions options;

    std::optional<DirectoryLock> lock;              ///< on the first rank
    bool                         is_locked = false; ///< by it
  };
} // namespace revitra

#pragma once

#include "fem/checkpoint/checked_file.h"
#include "material/input/deck.h"

#include <deal.II/base/mpi.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace revitra
{
  /// Names of the files of a checkpoint.
  constexpr char run_file[]        = "run.bin";        ///< what a run remembers beside its fields
  constexpr char parameters_file[] = "parameters.prm"; ///< its deck
  std::string    cells_file(unsigned int rank);        ///< the cells that a rank had

  /// Where in a run a checkpoint was made.
  struct CheckpointLabel
  {
    unsigned int step   = 0; ///< accepted steps since the beginning
    double       time   = 0.;
    double       strain = 0.;
  };

  /// A checkpoint on the disk.
  struct CheckpointFolder
  {
    std::string     path;
    CheckpointLabel label;
    unsigned int    ranks = 0; ///< that it was written by
    FileChecksums   inputs;    ///< of the files that the run was made from; on the first rank only
  };

  /// The checkpoints of a run: folders DIR/checkpoint/step_NNNNNNNN.
  ///
  /// One is written aside, brought to the disk and takes its name by one rename, so that a folder of that name is
  /// complete whenever the run is killed. A manifest in it holds size and CRC-32 of every file, and of what it says
  /// itself; a checkpoint that disk or user have damaged is passed over. All members are collective.
  class CheckpointStore
  {
  public:
    /// Those in `directory`, of which the last `keep` >= 1 stay. `inputs` are the files that the run is made from; they
    /// count on the first rank only.
    CheckpointStore(const std::string   &directory,
                    unsigned int         keep,
                    const FileChecksums &inputs,
                    const MPI_Comm      &communicator);

    /// Writes a checkpoint: `write_cells` on every rank, `write_run` and the deck on the first. If any cannot be
    /// written, throws WriteError on all ranks and leaves the earlier ones as they are.
    void write(const CheckpointLabel                    &label,
               const Deck                               &deck,
               const std::function<void(CheckedFile &)> &write_cells,
               const std::function<void(CheckedFile &)> &write_run);

    /// The last checkpoint that is undamaged, the same on all ranks; none if there is none.
    std::optional<CheckpointFolder> latest();

    /// Of those that latest() passed over, one sentence each: which, and what is wrong.
    const std::vector<std::string> &skipped() const { return damaged; }

    /// Where they are.
    const std::string &path() const { return folder; }

  private:
    std::vector<std::string> folders() const;
    void                     remove_old(const std::string &newest) const;

    const std::string        folder;
    const unsigned int       keep;
    const FileChecksums      inputs;
    const MPI_Comm           communicator;
    std::vector<std::string> damaged;
  };
} // namespace revitra

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
  constexpr char run_file[]        = "run.bin";        ///< state of the run beside its fields
  constexpr char parameters_file[] = "parameters.prm"; ///< its deck
  std::string    cells_file(unsigned int rank);        ///< the cells that a rank had

  /// Time of a run at which a checkpoint was made.
  struct CheckpointLabel
  {
    unsigned int step   = 0; ///< accepted steps since the beginning
    double       time   = 0.;
    double       strain = 0.;
  };

  /// Checkpoint on the disk.
  struct CheckpointFolder
  {
    std::string     path;
    CheckpointLabel label;
    unsigned int    ranks = 0; ///< number of ranks that wrote it
    FileChecksums   inputs;    ///< of the files that the run was made from; on the first rank only
  };

  /// Checkpoints of a run: folders DIR/checkpoint/step_NNNNNNNN.
  ///
  /// A checkpoint is written to a temporary folder, flushed to the disk and renamed once, so that a folder of that name
  /// is complete whenever the run is killed. A manifest in it holds size and CRC-32 of every file, and of the
  /// manifest's own contents; a damaged checkpoint is skipped. All members are collective.
  class CheckpointStore
  {
  public:
    /// Manages the checkpoints in `directory`, of which the last `keep` >= 1 are kept. `inputs` are the files that the
    /// run is made from, used on the first rank only.
    CheckpointStore(const std::string   &directory,
                    unsigned int         keep,
                    const FileChecksums &inputs,
                    const MPI_Comm      &communicator);

    /// Writes a checkpoint: `write_cells` on every rank, `write_run` and the deck on the first. If any cannot be
    /// written, throws WriteError on all ranks and leaves the earlier ones unchanged.
    void write(const CheckpointLabel                    &label,
               const Deck                               &deck,
               const std::function<void(CheckedFile &)> &write_cells,
               const std::function<void(CheckedFile &)> &write_run);

    /// Last undamaged checkpoint, the same on all ranks; none if there is none.
    std::optional<CheckpointFolder> latest();

    /// Defects of the checkpoints that latest() skipped, one sentence each.
    const std::vector<std::string> &skipped() const { return damaged; }

    /// Directory of the checkpoints.
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

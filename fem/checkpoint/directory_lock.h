#pragma once

#include <deal.II/base/mpi.h>

#include <string>

namespace revitra
{
  /// Keeps other runs out of an output directory for as long as this lives, or the process does. On a file system that
  /// knows no locks it does nothing.
  class DirectoryLock
  {
  public:
    /// Throws WriteError, on all ranks, if another run writes into `directory` and does not end within a few seconds.
    /// Collective.
    DirectoryLock(const std::string &directory, const MPI_Comm &communicator);
    ~DirectoryLock();

    DirectoryLock(const DirectoryLock &)            = delete;
    DirectoryLock &operator=(const DirectoryLock &) = delete;

  private:
    int descriptor = -1; ///< of the directory, on the first rank: a lock that leaves no file
  };
} // namespace revitra

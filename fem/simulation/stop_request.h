#pragma once

#include <deal.II/base/mpi.h>

#include <chrono>
#include <string>

namespace revitra
{
  /// Whether a run is asked to leave: by SIGTERM, SIGINT or SIGUSR1 (which mpirun passes on), noted for as long as an
  /// object of this class lives, or by the clock. A second signal ends the process at once.
  class StopRequest
  {
  public:
    /// Leave before `time_limit` seconds from now; 0: no limit.
    StopRequest(double time_limit, const MPI_Comm &communicator);
    ~StopRequest();

    StopRequest(const StopRequest &)            = delete;
    StopRequest &operator=(const StopRequest &) = delete;

    /// To be called when a step is done. Collective.
    void note_step();

    /// Why to leave; empty if there is time for another step. The same on all ranks since the last note_step().
    const std::string &reason() const { return why; }

  private:
    using Clock = std::chrono::steady_clock;

    const double            time_limit;
    const MPI_Comm          communicator;
    const Clock::time_point start;
    Clock::time_point       last;
    double                  longest_step = 0.; ///< in seconds
    std::string             why;
  };
} // namespace revitra

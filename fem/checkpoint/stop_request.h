#pragma once

#include <deal.II/base/mpi.h>

#include <chrono>
#include <string>

namespace revitra
{
  /// Whether a run is asked to leave: by SIGTERM or SIGINT, which it takes note of as long as an object of this class
  /// lives, or by the clock. A second signal ends the process at once.
  class StopRequest
  {
  public:
    /// Leave before `time_limit` seconds from now; 0: no limit.
    StopRequest(double time_limit, const MPI_Comm &communicator);
    ~StopRequest();

    StopRequest(const StopRequest &)            = delete;
    StopRequest &operator=(const StopRequest &) = delete;

    /// Why to leave, now that a step is done; empty if there is time for another one. Collective: the same on all ranks.
    std::string after_step();

  private:
    using Clock = std::chrono::steady_clock;

    const double            time_limit;
    const MPI_Comm          communicator;
    const Clock::time_point start;
    Clock::time_point       last;
    double                  longest_step = 0.; ///< in seconds
  };
} // namespace revitra

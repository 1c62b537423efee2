#include "fem/simulation/stop_request.h"

#include <algorithm>
#include <csignal>
#include <cstring>
#include <sstream>

namespace revitra
{
  using namespace dealii;

  namespace
  {
    volatile std::sig_atomic_t signal_seen = 0;

    extern "C" void note_signal(const int signal)
    {
      signal_seen = signal;
      std::signal(signal, SIG_DFL);
    }

    double seconds(const std::chrono::steady_clock::duration &duration)
    {
      return std::chrono::duration<double>(duration).count();
    }
  } // namespace

  StopRequest::StopRequest(const double time_limit, const MPI_Comm &communicator)
    : time_limit(time_limit)
    , communicator(communicator)
    , start(Clock::now())
    , last(start)
  {
    signal_seen = 0;
    for (const int signal : {SIGTERM, SIGINT, SIGUSR1})
      std::signal(signal, note_signal);
  }

  StopRequest::~StopRequest()
  {
    for (const int signal : {SIGTERM, SIGINT, SIGUSR1})
      std::signal(signal, SIG_DFL);
  }

  void StopRequest::note_step()
  {
    constexpr double          reserve = 2.; // steps: one to be done, and one for the checkpoint
    const Clock::time_point   now     = Clock::now();
    const std::vector<double> latest  = {double(signal_seen), seconds(now - start), seconds(now - last)};
    std::vector<double>       of_all(latest.size());
    Utilities::MPI::max(latest, communicator, of_all);
    last         = now;
    longest_step = std::max(longest_step, of_all[2]);
    std::ostringstream text;
    if (of_all[0] > 0.)
      text << "SIG" << sigabbrev_np(static_cast<int>(of_all[0]));
    else if (time_limit > 0. && of_all[1] + reserve * longest_step > time_limit)
      text << "the time limit of " << time_limit << " s, with no time for another step,";
    why = text.str();
  }
} // namespace revitra

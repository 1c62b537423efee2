#include "material/run/progress.h"

#include <cstdio>

namespace revitra
{
  namespace
  {
    constexpr double terminal_interval = 0.2; // seconds between two lines
    constexpr double log_interval      = 10.;

    /// "1 h 02 min", "3 min 20 s" or "12 s".
    std::string duration(const double seconds)
    {
      char             text[40];
      constexpr double a_month = 30. * 24. * 3600.;
      if (!(seconds < a_month))
        return "more than a month";
      const int total = static_cast<int>(seconds + 0.5);
      if (total >= 3600)
        std::snprintf(text, sizeof(text), "%d h %02d min", total / 3600, total / 60 % 60);
      else if (total >= 60)
        std::snprintf(text, sizeof(text), "%d min %02d s", total / 60, total % 60);
      else
        std::snprintf(text, sizeof(text), "%d s", total);
      return text;
    }
  } // namespace

  Progress::Progress(std::ostream &out, const bool is_terminal)
    : out(out)
    , is_terminal(is_terminal)
    , start(Clock::now())
    , last(start)
  {}

  void Progress::tell(const Report &report)
  {
    if (done_before < 0.)
      done_before = report.steps > 1 ? report.done : 0.; // a restart
    const Clock::time_point now = Clock::now();
    const auto seconds = [](const Clock::duration span) { return std::chrono::duration<double>(span).count(); };
    if (seconds(now - last) < (is_terminal ? terminal_interval : log_interval))
      return;
    last = now;

    const double elapsed = seconds(now - start), done = report.done - done_before;
    char         text[200];
    std::snprintf(text,
                  sizeof(text),
                  "%5.1f %%  strain %9.6f  stress %9.5f  step %5lld (dt %.2e%s)  %s left",
                  100. * report.done,
                  report.strain,
                  report.stress,
                  static_cast<long long>(report.steps),
                  report.step,
                  report.newton_iterations ? (", " + std::to_string(*report.newton_iterations) + " Newton").c_str()
                                           : "",
                  done > 0. ? duration(elapsed * (1. - report.done) / done).c_str() : "?");
    if (is_terminal)
      out << '\r' << text << "\033[K" << std::flush;
    else
      out << text << std::endl;
    line_is_open = is_terminal;
  }

  void Progress::end_line()
  {
    if (line_is_open)
      out << std::endl;
    line_is_open = false;
  }

  void Progress::say(const std::string &message)
  {
    end_line();
    out << message << std::endl;
  }
} // namespace revitra

#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <ostream>
#include <string>

namespace revitra
{
  /// Tells the user how far a run of either executable is: one line that is overwritten on a terminal, a line now and
  /// then in a log.
  class Progress
  {
  public:
    /// What there is to tell after an accepted step.
    struct Report
    {
      double       done; ///< part of the loading program, 0 to 1
      double       time;
      double       strain;
      double       stress;
      double       step; ///< length of the step in time
      std::int64_t steps;

      std::optional<unsigned int> newton_iterations; ///< in this step, of what has such
    };

    /// Write to `out`; `is_terminal` says whether that can overwrite a line.
    Progress(std::ostream &out, bool is_terminal);

    /// Tell `report`, if it is time to.
    void tell(const Report &report);

    /// End a line that would be overwritten, because something else is about to be written.
    void end_line();

    /// Tell `message` on a line of its own.
    void say(const std::string &message);

  private:
    using Clock = std::chrono::steady_clock;

    std::ostream           &out;
    const bool              is_terminal;
    const Clock::time_point start;
    Clock::time_point       last;
    double                  done_before  = -1.; ///< part of the program that an earlier run did; < 0: not known yet
    bool                    line_is_open = false;
  };
} // namespace revitra

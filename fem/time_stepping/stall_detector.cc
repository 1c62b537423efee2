#include "fem/time_stepping/stall_detector.h"

#include <cmath>
#include <sstream>
#include <utility>

namespace revitra
{
  namespace
  {
    constexpr double       longest_creep   = 1e18; // in units of time; the universe is 4e17 s old
    constexpr double       runaway_strain  = 100.; // of creep
    constexpr unsigned int many_steps      = 2000;
    constexpr double       getting_nowhere = 1e-9; // change over many steps, relative to time, ε₀ and σ_f

    /// The values one after the other.
    template <typename... Values>
    std::string sentence(const Values &...values)
    {
      std::ostringstream text;
      (text << ... << values);
      return text.str();
    }
  } // namespace

  StallDetector::StallDetector(const ActiveSegment &run, const double stress_scale, std::string likely_cause)
    : run(run)
    , stress_scale(stress_scale)
    , likely_cause(std::move(likely_cause))
    , milestone(run.start())
    , anchor(run.start())
  {}

  std::string StallDetector::look(const ActiveSegment::Place &now, const double h, const double strain_step)
  {
    std::string why = look_at_steps(now, h);
    if (why.empty() && run.controls_stress())
      why = look_at_creep(now, h, strain_step);
    if (why.empty() && run.ends_at_event() && run.segment().control == Segment::Control::rate)
      why = look_at_stress(now);
    return why;
  }

  std::string StallDetector::look_at_stress(const ActiveSegment::Place &now)
  {
    if (std::abs(now.strain - milestone.strain) < 1.)
      return "";
    const bool is_steady = std::abs(now.stress - milestone.stress) < 1e-7 * stress_scale;
    milestone            = now;
    return is_steady ? sentence("the specimen flows steadily at the stress ",
                                now.stress,
                                " and will not reach ",
                                run.segment().end_value,
                                "; ask for a stress on the way, or end the segment with 'until strain X'")
                     : "";
  }

  std::string StallDetector::look_at_creep(const ActiveSegment::Place &now,
                                           const double                h,
                                           const double                strain_step) const
  {
    if (!run.ends_at_event())
      return std::abs(now.strain - run.start().strain) > runaway_strain
               ? sentence("the creep runs away, by a strain of more than ",
                          runaway_strain,
                          "; end the segment with 'until strain X'")
               : "";
    const double left = std::abs(run.segment().end_value - now.strain);
    if (left > std::abs(run.segment().end_value - run.start().strain) + 1.)
      return "the strain moves away from its end; change the strain, or its sign";
    if (now.time > longest_creep || strain_step / h * longest_creep < left)
      return sentence("the creep has all but stopped at the strain ",
                      now.strain,
                      " and will not reach ",
                      run.segment().end_value,
                      " in a time of ",
                      longest_creep,
                      "; ask for less strain or more stress, or end the segment with 'for DURATION'");
    return "";
  }

  std::string StallDetector::look_at_steps(const ActiveSegment::Place &now, const double h)
  {
    if (++steps < many_steps)
      return "";
    const bool nowhere = now.time - anchor.time <= getting_nowhere * now.time &&
                         std::abs(now.strain - anchor.strain) <= getting_nowhere &&
                         std::abs(now.stress - anchor.stress) <= getting_nowhere * stress_scale;
    anchor = now;
    steps  = 0;
    return nowhere ? sentence("the last ",
                              many_steps,
                              " steps, now of length ",
                              h,
                              ", led nowhere: the equations cannot be solved to the tolerance; try a larger Time "
                              "stepping/Tolerance",
                              likely_cause)
                   : "";
  }
} // namespace revitra

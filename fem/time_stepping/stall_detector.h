#pragma once

#include "fem/time_stepping/active_segment.h"

#include <string>

namespace revitra
{
  /// Tells when the end of a segment will not come: a stress beyond what the glass bears, a creep that has stopped,
  /// that runs away or goes the other way, steps that get nowhere.
  class StallDetector
  {
  public:
    /// `run` is kept by reference; `stress_scale` is σ_f. `likely_cause` is said of steps that get nowhere.
    StallDetector(const ActiveSegment &run, double stress_scale, std::string likely_cause);

    /// Why the end will not come, at the place `now` after a step of length `h` over the strain `strain_step`; empty if
    /// it may.
    std::string look(const ActiveSegment::Place &now, double h, double strain_step);

    /// Writes or reads what a checkpoint has of this, with an archive of Boost.Serialization.
    template <typename Archive>
    void serialize(Archive &archive, unsigned int /* version */)
    {
      archive &milestone &anchor &steps;
    }

  private:
    std::string look_at_stress(const ActiveSegment::Place &now);
    std::string look_at_creep(const ActiveSegment::Place &now, double h, double strain_step) const;
    std::string look_at_steps(const ActiveSegment::Place &now, double h);

    const ActiveSegment &run;
    const double         stress_scale;
    const std::string    likely_cause;
    ActiveSegment::Place milestone; ///< a unit of strain ago
    ActiveSegment::Place anchor;    ///< many steps ago
    unsigned int         steps = 0; ///< since then
  };
} // namespace revitra

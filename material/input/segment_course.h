#pragma once

#include "material/input/loading_program.h"

#include <string>

namespace revitra
{
  /// Where a point or a specimen is on its way through a segment of its loading program.
  struct SegmentPlace
  {
    double time;
    double strain;
    double stress;

    template <typename Archive>
    void serialize(Archive &archive, unsigned int /* version */)
    {
      archive &time &strain &stress;
    }
  };

  /// The part of `segment`, which began at `start`, that is done at `now`, 0 to 1.
  double part_done(const Segment &segment, const SegmentPlace &start, const SegmentPlace &now);

  /// Why `segment`, which is about to begin at the stress `stress`, will not come to the stress that is to end it;
  /// empty if it may. `plastic_rate` is how fast the glass flows at that place, and `flow_stress` > 0 is what a flow
  /// that is steady has, of the same sign as the rate; 0 or infinite if that is not known.
  ///
  /// While the glass is elastic the stress follows the strain. Once it flows the stress falls, to the flow stress and
  /// no further, unless it began by flowing faster than the strain goes on. What there is to do about it is
  /// advice_on_direction.
  std::string why_stress_is_out_of_reach(const Segment &segment,
                                         double         stress,
                                         double         plastic_rate,
                                         double         flow_stress);

  inline constexpr char advice_on_direction[] = "change the sign of the rate, or the stress";
} // namespace revitra

#include "material/input/segment_course.h"

#include "material/base/text.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace revitra
{
  double part_done(const Segment &segment, const SegmentPlace &start, const SegmentPlace &now)
  {
    const bool   by_time = segment.end == Segment::End::duration, by_stress = segment.end == Segment::End::stress;
    const auto   value  = [&](const SegmentPlace &place) { return by_stress ? place.stress : place.strain; };
    const double length = by_time ? segment.end_value : segment.end_value - value(start);
    const double done   = by_time ? now.time - start.time : value(now) - value(start);
    return length == 0. ? 1. : std::clamp(done / length, 0., 1.);
  }

  std::string why_stress_is_out_of_reach(const Segment &segment,
                                         const double   stress,
                                         const double   plastic_rate,
                                         const double   flow_stress)
  {
    constexpr double nearly_elastic = 0.5; // part of the rate that may be plastic
    constexpr double surely_below   = 0.9; // part of the flow stress
    constexpr double rounding       = 1e-9;
    const double     direction      = segment.value < 0. ? -1. : 1.;
    const double     present = direction * stress, end = direction * segment.end_value;
    const bool       is_elastic       = std::abs(plastic_rate) < nearly_elastic * std::abs(segment.value);
    const bool       is_of_other_sign = end <= 0.,
               is_below_flow          = is_elastic && std::isfinite(flow_stress) && end < surely_below * flow_stress;
    if (segment.control != Segment::Control::rate || segment.end != Segment::End::stress ||
        end >= present - rounding * std::abs(present) || !(is_of_other_sign || is_below_flow))
      return "";
    return "the stress is " + brief(stress) + " when it starts, and a rate of " + brief(segment.value) +
           " leads away from " + brief(segment.end_value) + (is_of_other_sign ? "" : ", and then to flow at ") +
           (is_of_other_sign ? "" : brief(direction * flow_stress));
  }

  std::string why_strain_is_out_of_reach(const Segment &segment,
                                         const double   strain,
                                         const double   direction,
                                         const double   recoverable)
  {
    const double along = (direction > 0.) - (direction < 0.);
    if (segment.control != Segment::Control::stress || segment.end != Segment::End::strain ||
        !(along * (segment.end_value - strain) < -recoverable))
      return "";
    return "the strain is " + brief(strain) + " when it starts, and creep under the stress " + brief(segment.value) +
           " moves away from " + brief(segment.end_value);
  }

  double stored_energy(const double temperature, const double st_sum, const double st_bias)
  {
    if (st_sum <= 0.)
      return 0.;
    const double part  = std::min(std::abs(st_bias) / st_sum, 1.);
    const double there = part < 1. ? (1. - part) * std::log1p(-part) : 0.;
    return 0.25 * temperature * st_sum * ((1. + part) * std::log1p(part) + there);
  }

  double recoverable_strain(const double stress, const double energy)
  {
    return stress == 0. ? std::numeric_limits<double>::infinity() : energy / std::abs(stress);
  }
} // namespace revitra

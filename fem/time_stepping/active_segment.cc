#include "fem/time_stepping/active_segment.h"

#include <limits>

namespace revitra
{
  namespace
  {
    constexpr double infinity = std::numeric_limits<double>::infinity();
  }

  ActiveSegment::ActiveSegment(const Deck &deck, const Segment &segment, const Place &start, const double temperature)
    : deck(deck)
    , deck_segment(segment)
    , start_place(start)
    , end(infinity)
  {
    if (segment.end == Segment::End::duration)
      end = start.time + segment.end_value;
    else if (segment.control == Segment::Control::rate && segment.end == Segment::End::strain)
      end = start.time + std::max(0., (segment.end_value - start.strain) / segment.value);

    if (controls_stress())
      prescribed.load = [stress = segment.value](double) { return LoadControl{true, stress}; };
    else
      prescribed.load = [start, rate = segment.value](const double time) {
        return LoadControl{false, start.strain + rate * (time - start.time)};
      };

    const double slope = segment.temperature_end ? (*segment.temperature_end - temperature) / segment.end_value : 0.;
    prescribed.temperature = [temperature, slope, start](const double time) {
      return ProgramTemperature{temperature + slope * (time - start.time), slope};
    };
  }

  bool ActiveSegment::ends_at_event() const
  {
    return end == infinity;
  }

  double ActiveSegment::distance_to_event(const double strain, const double stress) const
  {
    return (deck_segment.end == Segment::End::stress ? stress : strain) - deck_segment.end_value;
  }

  bool ActiveSegment::is_over_at_once() const
  {
    return ends_at_event() ? std::abs(distance_to_event(start_place.strain, start_place.stress)) <= event_tolerance
                           : end <= start_place.time;
  }

  bool ActiveSegment::is_beyond_end(const Place &place) const
  {
    constexpr double rounding = 1e-9;
    if (!ends_at_event())
      return place.time > end + rounding * std::abs(end);
    const double left = distance_to_event(place.strain, place.stress);
    return std::abs(left) > 10. * event_tolerance &&
           left * distance_to_event(start_place.strain, start_place.stress) < 0.;
  }

  bool ActiveSegment::is_at_end(const Place &place) const
  {
    if (is_beyond_end(place))
      return true;
    return ends_at_event() ? std::abs(distance_to_event(place.strain, place.stress)) <= 10. * event_tolerance
                           : place.time >= end;
  }

  double ActiveSegment::first_step(const double plastic_rate) const
  {
    const double rate = deck_segment.control == Segment::Control::rate ? deck_segment.value : plastic_rate;
    const double h    = std::min(deck.time_stepping.initial_strain_step, deck.time_stepping.maximum_strain_step) /
                     std::max(std::abs(rate), std::numeric_limits<double>::min());
    return std::min(h, 0.01 * (end - start_place.time));
  }

  double ActiveSegment::limited_step(const double time, double h) const
  {
    if (deck_segment.control == Segment::Control::rate)
      h = std::min(h, deck.time_stepping.maximum_strain_step / std::abs(deck_segment.value));
    if (deck_segment.temperature_end)
      h = std::min(h, 0.02 * deck_segment.end_value);
    const double left = end - time;
    if (h >= left * (1. - 1e-10))
      return left;
    return h > 0.5 * left ? 0.5 * left : h; // rather two halves than a step and a sliver
  }
} // namespace revitra

#pragma once

#include "fem/time_stepping/runge_kutta_step.h"
#include "material/input/deck.h"
#include "material/input/segment_course.h"

namespace revitra
{
  /// A segment of the loading program under way in a specimen: what it prescribes, and where it ends.
  class ActiveSegment
  {
  public:
    /// Where a specimen is.
    using Place = SegmentPlace;

    /// `segment` begins at `start` and `temperature`. `deck` and `segment` are kept by reference.
    ActiveSegment(const Deck &deck, const Segment &segment, const Place &start, double temperature);

    /// What is prescribed over the segment.
    const SegmentControl &control() const { return prescribed; }

    /// The segment as the deck has it.
    const Segment &segment() const { return deck_segment; }

    /// Whether the stress is prescribed.
    bool controls_stress() const { return deck_segment.control == Segment::Control::stress; }

    /// How much an error counts. Under a prescribed rate the stress pulls the plastic strain back to where it belongs,
    /// and the largest strain step holds errors down besides. Under a prescribed stress nothing pulls back, and errors
    /// grow as the rate of creep does; while the strain is held, steps are as long as the error allows.
    double error_weight() const { return deck_segment.control == Segment::Control::rate ? 1. : 50.; }

    /// Where the segment began.
    const Place &start() const { return start_place; }

    /// When the segment ends; infinite if an event ends it.
    double end_time() const { return end; }

    /// Whether the segment ends when strain or stress reach a value.
    bool ends_at_event() const;

    /// How far strain or stress are from the value that ends the segment.
    double distance_to_event(double strain, double stress) const;

    /// Whether the segment is over before it begins.
    bool is_over_at_once() const;

    /// Whether `place` is beyond where the segment ends.
    bool is_beyond_end(const Place &place) const;

    /// Whether `place` is where the segment ends, or beyond.
    bool is_at_end(const Place &place) const;

    /// A first step that the initial strain step allows at the prescribed rate, or at that of plastic flow.
    double first_step(double plastic_rate) const;

    /// The step `h` from `time` within the largest strain step and the segment.
    double limited_step(double time, double h) const;

    /// The part of the segment that is done at `place`, 0 to 1.
    double part_done(const Place &place) const { return revitra::part_done(deck_segment, start_place, place); }

  private:
    const Deck    &deck;
    const Segment &deck_segment;
    const Place    start_place;
    double         end;
    SegmentControl prescribed;
  };

  /// How near strain (ε₀) or stress (σ₀) have to be to the value that ends a segment.
  constexpr double event_tolerance = 1e-10;
} // namespace revitra

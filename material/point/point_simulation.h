#pragma once

#include "material/input/deck.h"
#include "material/input/segment_course.h"
#include "material/point/event_finder.h"
#include "material/point/row_rule.h"
#include "material/results/history.h"

#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace revitra
{
  /// The largest stress, in magnitude, of the first loading: up to where the strain first stands still or turns.
  class PeakRecord
  {
  public:
    /// Announces a segment that is to move the strain in `direction` (+1, −1; 0: that holds it).
    void start_segment(double direction);

    /// Says how far a segment has moved the strain.
    void end_segment(double strain_change);

    /// Takes note of a state that may be the peak.
    void add(double strain, double stress);

    double strain() const { return at_strain; } ///< NaN if there was no loading
    double stress() const { return at_stress; } ///< NaN if there was no loading

  private:
    double direction = 0.; ///< of the first loading; 0 before it
    bool   ended     = false;
    double at_strain = std::numeric_limits<double>::quiet_NaN();
    double at_stress = std::numeric_limits<double>::quiet_NaN();
  };

  /// One point of the glass taken through a loading program.
  ///
  /// Integrates the rate equations, not the stress update, and is so an independent check of it. Ends of segments,
  /// kinks of the equations and the peak are located by root finding on dense output.
  class PointSimulation
  {
  public:
    /// What takes the rows, with the number of the segment, from 0.
    using RowSink = std::function<void(const HistoryRow &row, std::size_t segment)>;

    /// The program of `deck`, whose initial free volume must be uniform; rows where `rows` wants them go to `sink`.
    PointSimulation(const Deck &deck, RowRule &rows, RowSink sink);

    /// What is told after each step: the part of the program that is done, 0 to 1, where the point is, the length of
    /// the step, and the number of steps so far.
    using StepObserver =
      std::function<void(double part_done, const SegmentPlace &place, double step, std::int64_t steps)>;

    /// Tells `observer` of each step.
    void observe(StepObserver observer) { step_observer = std::move(observer); }

    /// Runs the program. Throws NumericsError if it cannot be met.
    void run();

    /// Goes on after the end of the program for the rows that are due a little later, see RowRule::overtime(). Throws
    /// NumericsError if that fails.
    void run_overtime();

    /// The last accepted state; before run() that at the start.
    HistoryRow present() const { return row_at(0., state); }

    /// The columns of its own that its rows have.
    static std::vector<HistoryColumn> columns();

    const PeakRecord &peak() const { return peak_record; }

    /// The strain at which |σ| first crossed σ_c; NaN if it has not.
    double strain_c() const { return events.first_crossing(); }

    /// σ_c at that crossing; NaN if |σ| has not crossed it.
    double sigma_c() const { return events.first_threshold(); }

    std::int64_t accepted_steps() const { return stepper.accepted_steps(); }
    std::int64_t rejected_steps() const { return stepper.rejected_steps(); }

  private:
    /// The segment that is running.
    struct Course
    {
      Segment             segment;
      std::size_t         number;     ///< from 0
      double              start_time; ///< since the start of the run
      PointState          start;
      double              duration; ///< infinite if an event ends it
      std::optional<Stop> stop;     ///< the event
      double              elapsed;  ///< time since its start
      PointState          anchor;   ///< the state a while ago
    };

    void                run_segment(const Segment &segment, std::size_t number);
    void                go_on_for(double duration);
    void                begin(const Segment &segment, std::size_t number);
    void                end();
    void                set_drive();
    double              duration_of(const Segment &segment) const;
    std::optional<Stop> stop_of(const Segment &segment) const;
    double              first_step_length() const;

    /// Takes a step; returns its length.
    double take_step();

    /// Takes a step, or its part up to the first event in it; returns whether that ended the segment.
    bool advance();

    /// The state at time t of the step, with what is prescribed as it is prescribed, without rounding.
    PointState land(double t) const;
    void       impose(PointState &x) const;

    /// Sets in `x` what the segment ends with, as it is prescribed.
    void impose_end(PointState &x) const;

    /// Writes the rows that are due in the step up to `length` after its start, where the state is `after`.
    void       write_rows(double length, const PointState &after, std::vector<double> landmarks);
    HistoryRow row_at(double t, const PointState &x) const;
    Stretch    stretch_to(double length, const PointState &after) const;

    SegmentPlace      place() const;
    void              tell_observer(double step) const;
    void              give_up_if_out_of_reach() const;
    void              give_up_if_hopeless();
    bool              flows_steadily();
    [[noreturn]] void give_up(const std::string &why, const std::string &advice) const;

    const Deck       deck;
    const Parameters material;
    RowRule         &rows;
    const RowSink    sink;

    RateEquations equations;
    StiffStepper  stepper;
    EventFinder   events;
    PeakRecord    peak_record;
    PointState    state;
    double        time         = 0.;    ///< at which the segment started, or the run is
    bool          has_row      = false; ///< whether `state` has been written
    Course        course       = {};
    double        rows_written = 0.;
    StepObserver  step_observer;
  };
} // namespace revitra

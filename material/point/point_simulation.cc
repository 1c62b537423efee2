#include "material/point/point_simulation.h"

#include "material/base/text.h"
#include "material/input/program_bounds.h"
#include "material/law/stability.h"
#include "material/law/steady_state.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

namespace revitra
{
  namespace
  {
    using C = PointComponent;

    constexpr double infinity = std::numeric_limits<double>::infinity();

    /// The point is the check of other solutions: its local errors are this part of the tolerance asked for ...
    constexpr double tolerance_ratio = 2e-6;
    /// ... as far as double precision holds it.
    constexpr double smallest_tolerance = 1e-12;
    constexpr double largest_tolerance  = 1e-9;

    /// Steady flow: the state changes by no more than this, relative, over a unit of strain.
    constexpr double steady = 1e-8;

    /// What is not reached by then is not reached: a strain beyond the start of the segment, a time (the age of the
    /// universe is 4e17 s), a number of steps.
    constexpr double       hopeless_strain = 100.;
    constexpr double       hopeless_time   = 1e20;
    constexpr std::int64_t hopeless_steps  = 2000000;

    /// The least part of Λ by which |Δ| falls short of it, above what errors of steps make of that.
    constexpr double least_excess = 1e-9;

    PointState initial_point_state(const Parameters &material)
    {
      // With |Δ| = Λ the glass is locked until e^{−2σ/T} of Λ − Δ gets it going, in an avalanche that grows from there.
      // In double precision that is lost, and the sign of plastic flow with it. So start from the nearest glass in
      // which it can be told; the avalanche depends on the logarithm of this.
      const double largest_bias = (1. - least_excess) * material.initial_st_sum;

      PointState x(C::count, 0.);
      x[C::free_volume] = material.initial_free_volume;
      x[C::st_sum]      = material.initial_st_sum;
      x[C::st_bias]     = std::clamp(material.initial_st_bias, -largest_bias, largest_bias);
      x[C::temperature] = material.temperature;
      return x;
    }

    double tolerance_of(const Deck &deck)
    {
      return std::clamp(tolerance_ratio * deck.time_stepping.tolerance, smallest_tolerance, largest_tolerance);
    }

    /// The growth rate of a perturbation in `x`, whose shear is the one tensor component that is not zero.
    double instability(const Kinetics &kinetics, const PointState &x)
    {
      State state;
      state.bias()[shear_xy] = x[C::st_bias];
      state.st_sum()         = x[C::st_sum];
      state.free_volume()    = x[C::free_volume];
      return growth_rate(kinetics, state, x[C::stress] * Deviator::Unit(shear_xy));
    }

    bool is_hold(const Segment &segment)
    {
      return segment.control == Segment::Control::hold;
    }
  } // namespace

  void PeakRecord::start_segment(const double new_direction)
  {
    if (direction == 0.)
      direction = new_direction;
    else if (new_direction != direction)
      ended = true;
  }

  void PeakRecord::end_segment(const double strain_change)
  {
    if (direction * strain_change < 0.)
      ended = true;
  }

  void PeakRecord::add(const double strain, const double stress)
  {
    if (direction == 0. || ended || std::abs(stress) <= std::abs(at_stress))
      return;
    at_strain = strain;
    at_stress = stress;
  }

  PointSimulation::PointSimulation(const Deck &deck, RowRule &rows, RowSink sink)
    : deck(deck)
    , material(deck.material)
    , rows(rows)
    , sink(std::move(sink))
    , equations(material, deck.eed.threshold, deck.eed.threshold_stress)
    , stepper(equations, tolerance_of(deck))
    , events(equations, stepper, deck.eed.threshold)
    , state(initial_point_state(material))
  {}

  void PointSimulation::run()
  {
    const auto &segments = deck.program.segments;
    begin(segments.front(), 0);
    write_rows(0., state, {});
    for (std::size_t number = 0; number < segments.size(); ++number)
      run_segment(segments[number], number);
  }

  void PointSimulation::run_overtime()
  {
    const double overtime = rows.overtime(time);
    if (overtime > 0.)
      go_on_for(overtime);
  }

  void PointSimulation::run_segment(const Segment &segment, const std::size_t number)
  {
    begin(segment, number);
    give_up_if_out_of_reach();
    bool ended = !(course.duration > 0.);
    while (!ended)
      {
        ended = advance();
        if (!ended)
          give_up_if_hopeless();
      }
    end();
  }

  void PointSimulation::go_on_for(const double duration)
  {
    Segment segment   = course.segment;
    segment.end       = Segment::End::duration;
    segment.end_value = duration;
    segment.temperature_end.reset();
    run_segment(segment, course.number);
  }

  void PointSimulation::begin(const Segment &segment, const std::size_t number)
  {
    course          = {segment, number, time, state, infinity, stop_of(segment), 0., state};
    course.duration = duration_of(segment);
    set_drive();
    const double first_step = first_step_length();
    events.start_segment(state,
                         segment.control == Segment::Control::stress ? PointDrive::Control::stress
                                                                     : PointDrive::Control::strain,
                         course.stop,
                         1e3 * first_step);
    stepper.start(state, first_step);
    if (segment.control != Segment::Control::stress)
      peak_record.start_segment(is_hold(segment) ? 0. : std::copysign(1., segment.value));
    peak_record.add(state[C::strain], state[C::stress]);
  }

  void PointSimulation::end()
  {
    time = course.start_time + course.elapsed;
    peak_record.end_segment(state[C::strain] - course.start[C::strain]);
  }

  void PointSimulation::set_drive()
  {
    const Segment &segment = course.segment;
    PointDrive     drive;
    drive.temperature = state[C::temperature];
    if (segment.control == Segment::Control::stress)
      drive.control = PointDrive::Control::stress;
    else
      drive.rate = segment.value;
    if (segment.temperature_end)
      drive.temperature_rate = (*segment.temperature_end - drive.temperature) / course.duration;
    equations.set_drive(drive);
  }

  double PointSimulation::duration_of(const Segment &segment) const
  {
    if (segment.end == Segment::End::duration)
      return segment.end_value;
    if (segment.control != Segment::Control::rate || segment.end == Segment::End::stress)
      return infinity;
    const double duration = (segment.end_value - state[C::strain]) / segment.value;
    if (duration < 0.)
      give_up("the strain is " + brief(state[C::strain]) + " when it starts, and the rate leads away from its end",
              "change the sign of the rate, or the strain");
    return duration;
  }

  std::optional<Stop> PointSimulation::stop_of(const Segment &segment) const
  {
    if (segment.end == Segment::End::stress)
      return Stop{C::stress, segment.end_value};
    if (segment.end == Segment::End::strain && segment.control == Segment::Control::stress)
      return Stop{C::strain, segment.end_value};
    return std::nullopt;
  }

  double PointSimulation::first_step_length() const
  {
    // A small part of the time in which the stress or the strain changes by what matters; error control does the rest.
    const double rate = std::abs(equations.strain_rate(state)) + std::abs(equations.plastic_strain_rate(state));
    const double time = state[C::temperature] / material.shear_modulus / rate;
    return 1e-6 * std::min({time, course.duration, hopeless_time});
  }

  double PointSimulation::take_step()
  {
    try
      {
        return stepper.step(course.duration - course.elapsed);
      }
    catch (const std::runtime_error &)
      {
        give_up("no step is short enough for the accuracy asked for", "a larger Time stepping/Tolerance may help");
      }
  }

  bool PointSimulation::advance()
  {
    double                    length   = take_step();
    const std::vector<double> parts    = events.monotone_parts(length);
    const auto                event    = events.first_event(parts);
    const bool                has_stop = event && event->watch == Watch::stop;
    // A step as long as the time left ends the segment, whatever the rounding of the sum.
    const bool at_end = has_stop || (!event && course.elapsed + length >= course.duration * (1. - 1e-15));

    PointState          after = event ? land(event->time) : land(length);
    std::vector<double> landmarks;
    if (event)
      length = event->time;
    if (at_end)
      impose_end(after);
    if (parts.size() == 3 && parts[1] < length)
      {
        landmarks.push_back(parts[1]);
        const PointState extremum = land(parts[1]);
        peak_record.add(extremum[C::strain], extremum[C::stress]);
      }
    if (event || at_end)
      landmarks.push_back(length);
    peak_record.add(after[C::strain], after[C::stress]);
    write_rows(length, after, std::move(landmarks));

    state = after;
    course.elapsed += length;
    if (at_end && !has_stop)
      course.elapsed = course.duration;
    if (event)
      {
        events.cross(event->watch, state);
        stepper.start(state, stepper.next_length());
      }
    tell_observer(length);
    return at_end;
  }

  PointState PointSimulation::land(const double t) const
  {
    PointState x = t == stepper.length() ? stepper.after() : stepper.land(t);
    if (!std::all_of(x.begin(), x.end(), [](const double value) { return std::isfinite(value); }))
      give_up("the next step has no finite result", "a smaller Time stepping/Tolerance may help");
    impose(x);
    return x;
  }

  void PointSimulation::impose(PointState &x) const
  {
    if (course.segment.control == Segment::Control::stress)
      x[C::stress] = course.start[C::stress];
    if (is_hold(course.segment))
      x[C::strain] = course.start[C::strain];
  }

  void PointSimulation::impose_end(PointState &x) const
  {
    const Segment &segment = course.segment;
    if (segment.end == Segment::End::strain)
      x[C::strain] = segment.end_value;
    if (segment.end == Segment::End::stress)
      x[C::stress] = segment.end_value;
    if (segment.temperature_end)
      x[C::temperature] = *segment.temperature_end;
  }

  Stretch PointSimulation::stretch_to(const double length, const PointState &after) const
  {
    const double start = course.start_time + course.elapsed;
    Stretch      stretch;
    stretch.start            = {start, state[C::strain], state[C::plastic_strain]};
    stretch.end              = {start + length, after[C::strain], after[C::plastic_strain]};
    stretch.length           = length;
    stretch.segment_start    = course.start_time;
    stretch.segment_duration = course.segment.end == Segment::End::duration ? course.duration : infinity;
    stretch.strain_held      = is_hold(course.segment);
    return stretch;
  }

  void PointSimulation::write_rows(const double length, const PointState &after, std::vector<double> landmarks)
  {
    Stretch stretch                 = stretch_to(length, after);
    stretch.landmarks               = std::move(landmarks);
    const std::vector<double> times = rows.rows_in(stretch);
    rows_written += times.size();
    if (rows_written > 2. * most_rows)
      give_up("the history has more than " + brief(2. * most_rows) + " rows",
              "set a larger Time stepping/Maximum strain step, or end the segment earlier");
    std::vector<HistoryRow> due; // all of them before the first is written, because land() may give up
    for (const double t : times)
      due.push_back(row_at(t, t == length ? after : land(t)));
    for (const HistoryRow &row : due)
      sink(row, course.number);
    has_row = !times.empty() && times.back() == length;
  }

  std::vector<HistoryColumn> PointSimulation::columns()
  {
    return {{"segment", Quantity::number},
            {"flow_stress", Quantity::stress},
            {"balance_stress", Quantity::stress},
            {"instability", Quantity::inverse_time}};
  }

  HistoryRow PointSimulation::row_at(const double t, const PointState &x) const
  {
    const double   now      = course.elapsed + t;
    const Kinetics kinetics = equations.kinetics(x);
    HistoryRow     row;
    row.time             = course.start_time + now;
    row.strain           = x[C::strain];
    row.stress           = x[C::stress];
    row.plastic_strain   = x[C::plastic_strain];
    row.temperature      = x[C::temperature];
    row.free_volume      = x[C::free_volume];
    row.st_sum           = x[C::st_sum];
    row.st_bias          = x[C::st_bias];
    row.sigma_c          = equations.threshold_stress(x);
    row.eed              = x[C::eed];
    row.eed_star         = row.sigma_c > 0. ? row.eed / row.sigma_c : 0.;
    row.rejuvenation     = row.free_volume / material.initial_free_volume;
    row.work             = x[C::work];
    row.elastic_energy   = 0.5 * row.stress * row.stress / material.shear_modulus;
    row.dissipation      = x[C::dissipation];
    row.free_volume_work = material.dilatancy_factor * x[C::accumulated_plastic_work];
    row.heat             = row.dissipation - row.free_volume_work;

    const double along_stress = row.stress < 0. ? -row.st_bias : row.st_bias;
    row.more                  = {static_cast<double>(course.number + 1),
                                 flow_stress(kinetics),
                                 balance_stress(kinetics, row.st_sum, along_stress),
                                 instability(kinetics, x)};
    return row;
  }

  bool PointSimulation::flows_steadily()
  {
    if (std::abs(state[C::strain] - course.anchor[C::strain]) < 1.)
      return false;
    const auto is_same = [this](const std::size_t component) {
      return std::abs(state[component] - course.anchor[component]) <= steady * std::abs(state[component]);
    };
    const bool is_steady = is_same(C::stress) && is_same(C::free_volume) && is_same(C::st_sum) && is_same(C::st_bias);
    course.anchor        = state;
    return is_steady;
  }

  SegmentPlace PointSimulation::place() const
  {
    return {course.start_time + course.elapsed, state[C::strain], state[C::stress]};
  }

  void PointSimulation::tell_observer(const double step) const
  {
    if (!step_observer)
      return;
    const SegmentPlace start = {course.start_time, course.start[C::strain], course.start[C::stress]};
    const double       parts = course.number + part_done(course.segment, start, place());
    step_observer(parts / deck.program.segments.size(), place(), step, stepper.accepted_steps());
  }

  void PointSimulation::give_up_if_out_of_reach() const
  {
    const double      flows_at = flow_stress(Kinetics(material, state[C::temperature]));
    const std::string why =
      why_stress_is_out_of_reach(course.segment, state[C::stress], equations.plastic_strain_rate(state), flows_at);
    if (!why.empty())
      give_up(why, advice_on_direction);
    const std::string why_not_strain =
      why_strain_is_out_of_reach(course.segment, state[C::strain], equations.plastic_strain_rate(state), 0.);
    if (!why_not_strain.empty())
      give_up(why_not_strain, advice_on_strain);
  }

  void PointSimulation::give_up_if_hopeless()
  {
    const double moved = std::abs(state[C::strain] - course.start[C::strain]);
    if (stepper.accepted_steps() > hopeless_steps)
      give_up("it takes more than " + std::to_string(hopeless_steps) + " steps",
              "end the segment earlier, or set a larger Time stepping/Tolerance");
    if (!course.stop && course.segment.control == Segment::Control::stress && moved > hopeless_strain)
      give_up("the creep runs away, by a strain of more than " + brief(hopeless_strain),
              "end the segment with 'until strain X'");
    if (!course.stop)
      return;
    if (course.stop->component == C::stress && (moved > hopeless_strain || flows_steadily()))
      give_up("the stress does not get there" +
                std::string(moved > hopeless_strain ? "" : ", the point flows steadily"),
              "ask for a stress on the way, or end the segment with 'until strain X'");
    if (course.stop->component == C::strain)
      {
        const double to_go = std::abs(course.stop->value - state[C::strain]);
        if (to_go > std::abs(course.stop->value - course.start[C::strain]) + 1.)
          give_up("the strain moves away from its end", "change the strain, or its sign");
        if (course.elapsed > hopeless_time)
          give_up("the creep has all but stopped, with the strain " + brief(to_go) + " short of its end",
                  "ask for less strain or more stress, or end the segment with 'for DURATION'");
      }
  }

  void PointSimulation::give_up(const std::string &why, const std::string &advice) const
  {
    if (!has_row) // what was accepted last is what the message is about
      sink(row_at(0., state), course.number);
    throw NumericsError("segment " + std::to_string(course.number + 1) + " '" + course.segment.text + "': " + why +
                        "; last accepted: time " + brief(course.start_time + course.elapsed) + ", strain " +
                        brief(state[C::strain]) + ", stress " + brief(state[C::stress]) + "; " + advice);
  }
} // namespace revitra

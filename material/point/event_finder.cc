#include "material/point/event_finder.h"

#include <boost/math/tools/roots.hpp>

#include <algorithm>
#include <cmath>

namespace revitra
{
  namespace
  {
    using C = PointComponent;

    /// How far beyond its zero a signal must be before that is taken for more than rounding.
    double deadband(const Watch watch)
    {
      return watch == Watch::stop ? 0. : watch == Watch::stress_sign ? 1e-14 : 1e-12;
    }

    /// Signals below are taken for zero at the start of a segment.
    constexpr double no_signal = 1e-11;

    /// Events that are closer, in parts of a step, coincide.
    constexpr double coincidence = 1e-9;

    /// The zero of `function`, which is positive at `lower` and not at `upper`.
    template <typename Function>
    double zero_between(const Function &function, const double lower, const double upper)
    {
      const double at_lower = function(lower), at_upper = function(upper);
      if (at_lower <= 0.)
        return lower;
      if (at_upper >= 0.)
        return upper;
      std::uintmax_t iterations = 100;
      const auto     bracket    = boost::math::tools::toms748_solve(
        function, lower, upper, at_lower, at_upper, boost::math::tools::eps_tolerance<double>(50), iterations);
      return 0.5 * (bracket.first + bracket.second);
    }
  } // namespace

  EventFinder::EventFinder(RateEquations &equations, const StiffStepper &stepper, const ThresholdKind threshold)
    : equations(equations)
    , stepper(stepper)
    , awaits_balance(threshold == ThresholdKind::balance)
  {
    signs.fill(1.);
  }

  void EventFinder::start_segment(const PointState          &x,
                                  const PointDrive::Control  control,
                                  const std::optional<Stop> &new_stop,
                                  const double               horizon)
  {
    stop    = new_stop;
    watches = {Watch::drive_sign, awaits_balance ? Watch::balance : Watch::threshold};
    // A prescribed stress has no sign to change; but σ_c may pass it.
    sign(Watch::stress_sign) = sign_ahead(Watch::stress_sign, x, horizon);
    if (control == PointDrive::Control::strain)
      watches.push_back(Watch::stress_sign);
    for (const Watch watch : watches)
      sign(watch) = sign_ahead(watch, x, horizon);
    if (stop)
      {
        sign(Watch::stop) = stop->value < x[stop->component] ? -1. : 1.;
        watches.push_back(Watch::stop);
      }
    set_branch();
    if (awaits_balance && sign(Watch::balance) > 0.)
      cross(Watch::balance, x);
    if (!awaits_balance && sign(Watch::threshold) > 0.)
      note_crossing(x);
  }

  double EventFinder::signal(const Watch watch, const PointState &x) const
  {
    switch (watch)
      {
        case Watch::stress_sign:
          return x[C::stress];
        case Watch::drive_sign:
          return equations.plastic_drive(x);
        case Watch::threshold:
          {
            const double sigma_c = equations.threshold_stress(x);
            return std::isfinite(sigma_c) ? std::abs(x[C::stress]) - sigma_c : -1.;
          }
        case Watch::balance:
          return equations.free_volume_balance(x);
        case Watch::stop:
          return stop->value - x[stop->component];
      }
    return 1.;
  }

  double EventFinder::sign_ahead(const Watch watch, const PointState &x, const double horizon) const
  {
    double value = signal(watch, x);
    if (std::abs(value) < no_signal)
      {
        PointState trend(C::count);
        equations.rates(x, trend);
        const double ahead = std::min(horizon, 1e-7 / std::abs(trend[C::stress]));
        value              = signal(watch, x + ahead * trend) - value;
      }
    // A stress that stays at σ_c has no excess over it.
    return value < 0. || (value == 0. && watch == Watch::threshold) ? -1. : 1.;
  }

  void EventFinder::set_branch()
  {
    const bool  is_above = !awaits_balance && sign(Watch::threshold) > 0.;
    PointBranch branch;
    branch.power_sign     = sign(Watch::stress_sign) * sign(Watch::drive_sign);
    branch.effective_sign = is_above ? sign(Watch::stress_sign) : 0.;
    equations.set_branch(branch);
  }

  std::vector<double> EventFinder::monotone_parts(const double length) const
  {
    const auto stress_rate = [&](const PointState &x) {
      return equations.strain_rate(x) - equations.plastic_strain_rate(x);
    };
    const double at_start = stress_rate(stepper.before());
    const double at_end   = stress_rate(stepper.after());
    if (!(at_start * at_end < 0.))
      return {0., length};
    const double direction = at_start > 0. ? 1. : -1.;
    const double extremum =
      zero_between([&](const double time) { return direction * stress_rate(stepper.interpolate(time)); }, 0., length);
    return {0., extremum, length};
  }

  std::optional<Event> EventFinder::first_event(const std::vector<double> &parts) const
  {
    std::optional<Event> first;
    for (std::size_t part = 1; part < parts.size() && !first; ++part)
      for (const Watch watch : watches)
        {
          const double time  = parts[part];
          const double there = margin(watch, time == parts.back() ? stepper.after() : stepper.interpolate(time));
          if (!(there <= -deadband(watch)))
            continue;
          const double zero = locate(watch, parts[part - 1], time);
          // What coincides with the end of the segment is left to the start of the next one.
          const double earlier = watch == Watch::stop ? zero - coincidence * (time - parts[part - 1]) : zero;
          if (!first || earlier < first->time)
            first = Event{watch, zero};
        }
    return first;
  }

  double EventFinder::locate(const Watch watch, const double lower, const double upper) const
  {
    const auto by_dense_output = [&](const double time) { return margin(watch, stepper.interpolate(time)); };
    double     zero            = zero_between(by_dense_output, lower, upper);
    // Dense output is of lower order than the steps. Going there by a step of its own shows the rest of the way.
    const double span   = 1e-3 * (upper - lower);
    const double before = std::max(lower, zero - span), behind = std::min(upper, zero + span);
    const double slope = (by_dense_output(behind) - by_dense_output(before)) / (behind - before);
    for (unsigned int correction = 0; correction < 2 && slope < 0.; ++correction)
      zero = std::clamp(zero - margin(watch, stepper.land(zero)) / slope, lower, upper);
    return zero;
  }

  void EventFinder::cross(const Watch watch, const PointState &x)
  {
    if (watch == Watch::balance)
      {
        awaits_balance = false;
        std::replace(watches.begin(), watches.end(), Watch::balance, Watch::threshold);
        equations.keep_threshold(std::abs(x[C::stress]));
        sign(Watch::threshold) = 1.;
      }
    else if (watch != Watch::stop)
      sign(watch) = -sign(watch);
    if (!awaits_balance && sign(Watch::threshold) > 0.)
      note_crossing(x);
    set_branch();
  }

  void EventFinder::note_crossing(const PointState &x)
  {
    if (!std::isnan(crossing_strain))
      return;
    crossing_strain    = x[C::strain];
    crossing_threshold = equations.threshold_stress(x);
  }
} // namespace revitra

#pragma once

#include "material/point/rate_equations.h"

#include <cstdint>
#include <memory>

namespace revitra
{
  /// Integrates the rate equations with Boost.Odeint's rosenbrock4 (six stages, fourth order, L-stable), error control
  /// and dense output.
  ///
  /// Times count from the start of the step, so that a step may be shorter than a clock can tell: in an avalanche of
  /// plastic flow, rates grow by tens of orders of magnitude.
  class StiffStepper
  {
  public:
    /// Steps of `equations`, which must outlive this object, with local errors below `tolerance` times (1e-3 + |x|).
    StiffStepper(const RateEquations &equations, double tolerance);
    ~StiffStepper();

    /// Goes on from `x` with a step of about `length`.
    void start(const PointState &x, double length);

    /// Takes a step no longer than `limit`; returns its length. Throws std::runtime_error if none is short enough.
    double step(double limit);

    /// The length of the step taken.
    double length() const;

    /// The length that error control suggests for the next step.
    double next_length() const;

    /// The states at both ends of the step.
    const PointState &before() const;
    const PointState &after() const;

    /// The state within the step, time t after its start, by dense output.
    PointState interpolate(double t) const;

    /// The same by a step of its own, which is as accurate as after(); by dense output where error control would not
    /// accept that step.
    PointState land(double t) const;

    std::int64_t accepted_steps() const;
    std::int64_t rejected_steps() const;

  private:
    struct Implementation;
    std::unique_ptr<Implementation> implementation;
  };
} // namespace revitra

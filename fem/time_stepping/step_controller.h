#pragma once

#include "material/law/runge_kutta.h"

#include <algorithm>
#include <cmath>

namespace revitra
{
  /// Chooses the next step from the embedded error of this one and of the one before (Gustafsson's predictive rule).
  class StepController
  {
  public:
    /// Factor for the next step after one of size `step` was accepted with `error` (≤ 1 by then: in units of the
    /// tolerance).
    double after_acceptance(const double step, const double error)
    {
      const double bounded = std::max(error, 1e-4); // a step without error says nothing about the next
      double       factor  = safety * std::pow(bounded, exponent);
      if (last_error > 0.)
        factor *= std::min(1., step / last_step * std::pow(last_error / bounded, -exponent));
      factor     = coarse(std::clamp(factor, 0.2, rejected ? 1. : 2.));
      last_error = bounded;
      last_step  = step;
      rejected   = false;
      return factor;
    }

    /// Factor for another try after the error came out as `error` > 1.
    double after_rejection(const double error)
    {
      rejected = true;
      return coarse(std::clamp(safety * std::pow(error, exponent), 0.2, 0.9));
    }

    /// Factor for another try after a stage could not be solved.
    double after_failure()
    {
      rejected = true;
      return 0.25;
    }

    /// Writes or reads what a checkpoint has of this, with an archive of Boost.Serialization.
    template <typename Archive>
    void serialize(Archive &archive, unsigned int /* version */)
    {
      archive &last_error &last_step &rejected;
    }

    /// To forget the past, where the loading changes.
    void reset() { *this = StepController(); }

  private:
    /// Rounded down to a 64th, so that rounding in the error, which differs from one number of ranks to another, does
    /// not find its way into the steps.
    static double coarse(const double factor) { return std::floor(64. * factor) / 64.; }

    static constexpr double safety   = 0.8;
    static constexpr double exponent = -1. / (runge_kutta::embedded_order + 1);

    double last_error = 0.;
    double last_step  = 0.;
    bool   rejected   = false;
  };
} // namespace revitra

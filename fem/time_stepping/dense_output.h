#pragma once

#include "material/law/runge_kutta.h"

#include <optional>

namespace revitra
{
  /// The polynomial through what a quantity is at the stages of a step, at `fraction` (0 to 1) of the step.
  double stage_polynomial(const runge_kutta::Weights &values, double fraction);

  /// The fraction of the step where that polynomial first is zero. Between the ends it is looked at in 32 places, so
  /// that a quantity that comes and goes within the step is found; none if it has one sign everywhere or is zero at the
  /// start.
  std::optional<double> first_zero(const runge_kutta::Weights &values);
} // namespace revitra

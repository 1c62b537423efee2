#pragma once

#include "material/point/row_rule.h"
#include "material/run/curve_record.h"
#include "material/run/deck.h"
#include "material/run/progress.h"
#include "material/run/summary.h"

#include <functional>

namespace revitra
{
  /// A run of the point and what became of it: RunOutcome::status is "failed" if the numerics gave up.
  struct PointResult
  {
    CurveRecord curve;
    RunOutcome  outcome;
  };

  /// Takes the point of `deck`, which must have a uniform initial free volume, through its program. The rows that
  /// `rows` wants go to `sink`; what that throws comes through. Tells `progress` after each step, if it is given.
  PointResult run_program(const Deck                                    &deck,
                          RowRule                                       &rows,
                          const std::function<void(const HistoryRow &)> &sink,
                          Progress                                      *progress = nullptr);
} // namespace revitra

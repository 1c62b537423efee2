#pragma once

#include "material/input/deck.h"
#include "material/point/row_rule.h"
#include "material/results/curve_record.h"
#include "material/results/summary.h"
#include "material/run/progress.h"

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

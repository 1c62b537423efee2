#pragma once

#include "fem/analysis/rejuvenation_analysis.h"
#include "fem/analysis/shear_bands.h"
#include "material/results/history.h"
#include "material/results/summary.h"
#include "material/results/units.h"

namespace revitra
{
  /// The columns of history.csv that tell RejuvenationMeasures, in the order of values_of().
  const std::vector<HistoryColumn> &rejuvenation_columns();

  /// The values of those columns.
  std::vector<double> values_of(const RejuvenationMeasures &measures);

  /// Adds to `summary` who rejuvenates, how local energies are distributed, and what bands there are, in units of
  /// `scales`.
  void add_rejuvenation(Summary                    &summary,
                        const RejuvenationMeasures &measures,
                        const LocalEnergy          &energy,
                        const ShearBands           &bands,
                        const UnitScales           &scales);
} // namespace revitra

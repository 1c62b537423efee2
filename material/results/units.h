#pragma once

#include "material/input/deck.h"

namespace revitra
{
  /// What a number in a result file measures, and so which scale it takes.
  enum class Quantity
  {
    number, ///< dimensionless in any units
    time,
    strain,
    stress,
    temperature,
    energy_density, ///< stress times strain
    inverse_time    ///< of growth and decay
  };

  /// What a dimensionless number is multiplied by in history.csv and summary.json: all 1, or s, ε₀, MPa and K.
  struct UnitScales
  {
    double time        = 1.;
    double strain      = 1.;
    double stress      = 1.;
    double temperature = 1.;

    /// The factor for a number that measures `quantity`.
    double factor(Quantity quantity) const;
  };

  /// The scales that Output/Units of `deck` asks for.
  UnitScales unit_scales(const Deck &deck);
} // namespace revitra

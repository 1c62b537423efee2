#include "material/results/units.h"

namespace revitra
{
  double UnitScales::factor(const Quantity quantity) const
  {
    switch (quantity)
      {
        case Quantity::number:
          return 1.;
        case Quantity::time:
          return time;
        case Quantity::strain:
          return strain;
        case Quantity::stress:
          return stress;
        case Quantity::temperature:
          return temperature;
        case Quantity::energy_density:
          return stress * strain;
        case Quantity::inverse_time:
          return 1. / time;
      }
    return 1.;
  }

  UnitScales unit_scales(const Deck &deck)
  {
    if (deck.output.units == Deck::Units::dimensionless)
      return {};
    const Parameters &material = deck.material;
    return {material.time_scale, material.strain_scale, material.stress_scale, material.glass_transition_temperature};
  }
} // namespace revitra

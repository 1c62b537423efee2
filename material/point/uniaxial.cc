#include "material/point/uniaxial.h"

#include <cmath>

namespace revitra
{
  namespace
  {
    const LoadingDirection &uniaxial()
    {
      static const LoadingDirection direction = loading_direction(LoadingMode::tension, 3);
      return direction;
    }
  } // namespace

  Deck sheared_deck(const Deck &deck)
  {
    const double strain_per_shear  = uniaxial().strain_per_shear;
    Deck         sheared           = deck;
    sheared.loading_mode           = LoadingMode::shear;
    sheared.material.shear_modulus = uniaxial().modulus(deck.material) * strain_per_shear * strain_per_shear;
    for (Segment &segment : sheared.program.segments)
      {
        segment.value *= segment.control == Segment::Control::stress ? strain_per_shear : 1. / strain_per_shear;
        if (segment.end == Segment::End::strain)
          segment.end_value /= strain_per_shear;
        else if (segment.end == Segment::End::stress)
          segment.end_value *= strain_per_shear;
      }
    return sheared;
  }

  HistoryRow row_in_tension(HistoryRow row, const std::vector<HistoryColumn> &columns)
  {
    const double strain_per_shear = uniaxial().strain_per_shear;
    row.strain *= strain_per_shear;
    row.plastic_strain *= strain_per_shear;
    row.stress /= strain_per_shear;
    row.sigma_c /= strain_per_shear;
    row.eed_star *= strain_per_shear;
    for (std::size_t i = 0; i < columns.size(); ++i)
      if (columns[i].quantity == Quantity::stress)
        row.more[i] /= strain_per_shear;
    return row;
  }
} // namespace revitra

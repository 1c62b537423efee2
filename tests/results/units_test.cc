#include "material/results/units.h"

#include <gtest/gtest.h>

using namespace revitra;

namespace
{
  Deck scaled_deck()
  {
    Deck deck;
    deck.material.time_scale                   = 2.;
    deck.material.strain_scale                 = 3.;
    deck.material.stress_scale                 = 5.;
    deck.material.glass_transition_temperature = 7.;
    return deck;
  }
} // namespace

TEST(Units, dimensionless_results_are_not_scaled)
{
  const UnitScales scales = unit_scales(scaled_deck());
  for (const Quantity quantity : {Quantity::number,
                                  Quantity::time,
                                  Quantity::strain,
                                  Quantity::stress,
                                  Quantity::temperature,
                                  Quantity::energy_density,
                                  Quantity::inverse_time})
    EXPECT_EQ(scales.factor(quantity), 1.);
}

TEST(Units, physical_results_take_the_scale_of_their_quantity)
{
  Deck deck               = scaled_deck();
  deck.output.units       = Deck::Units::physical;
  const UnitScales scales = unit_scales(deck);
  EXPECT_EQ(scales.factor(Quantity::number), 1.);
  EXPECT_EQ(scales.factor(Quantity::time), 2.);
  EXPECT_EQ(scales.factor(Quantity::strain), 3.);
  EXPECT_EQ(scales.factor(Quantity::stress), 5.);
  EXPECT_EQ(scales.factor(Quantity::temperature), 7.);
  EXPECT_EQ(scales.factor(Quantity::energy_density), 15.);
  EXPECT_EQ(scales.factor(Quantity::inverse_time), 0.5);
}

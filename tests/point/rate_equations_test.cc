#include "material/law/steady_state.h"
#include "material/point/rate_equations.h"

#include <gtest/gtest.h>

#include <random>

using namespace revitra;

namespace
{
  using C = PointComponent;

  PointState state_of(const double stress, const double free_volume, const double st_sum, const double st_bias)
  {
    PointState x(C::count, 0.);
    x[C::stress]      = stress;
    x[C::free_volume] = free_volume;
    x[C::st_sum]      = st_sum;
    x[C::st_bias]     = st_bias;
    x[C::temperature] = 0.9;
    return x;
  }

  PointDrive ramp()
  {
    PointDrive drive;
    drive.rate             = 1e-4;
    drive.temperature      = 0.9;
    drive.temperature_rate = 1e-5;
    return drive;
  }

  /// d(rates)/dx_j by a central difference of fourth order.
  PointState difference(const RateEquations &equations, const PointState &x, const std::size_t j)
  {
    const double step     = 1e-4 * (j == C::stress ? 1. : j == C::temperature ? 0.5 : 0.05);
    const auto   rates_at = [&](const double offset) {
      PointState moved = x, rates(C::count);
      moved[j] += offset;
      equations.rates(moved, rates);
      return rates;
    };
    return (8. * (rates_at(step) - rates_at(-step)) - (rates_at(2. * step) - rates_at(-2. * step))) / (12. * step);
  }
} // namespace

TEST(RateEquations, jacobian_is_the_derivative_of_the_rates)
{
  std::mt19937                           random(1);
  std::uniform_real_distribution<double> uniform(0., 1.);
  RateEquations                          equations(Parameters(), ThresholdKind::flow, 0.);
  equations.set_drive(ramp());
  for (unsigned int i = 0; i < 100; ++i)
    {
      const double     sign = i % 2 ? 1. : -1.;
      const PointState x    = state_of(sign * (8. + 10. * uniform(random)),
                                    0.03 + 0.1 * uniform(random),
                                    0.5 + 0.4 * uniform(random),
                                    uniform(random) - 0.5);
      equations.set_branch({i % 3 ? 1. : -1., i % 5 ? sign : 0.});
      PointJacobian jacobian(C::count, C::count);
      equations.jacobian(x, jacobian);
      for (std::size_t j = 0; j < C::count; ++j)
        {
          const PointState expected = difference(equations, x, j);
          for (std::size_t k = 0; k < C::count; ++k)
            EXPECT_NEAR(jacobian(k, j), expected[k], 1e-7 * std::abs(expected[k]) + 1e-11) << k << ' ' << j;
        }
    }
}

TEST(RateEquations, effective_energy_grows_over_total_strain_above_the_threshold)
{
  RateEquations equations(Parameters(), ThresholdKind::value, 7.78);
  PointDrive    drive    = ramp();
  drive.temperature_rate = 0.;
  equations.set_drive(drive);
  PointState rates(C::count);
  equations.set_branch({1., 0.});
  equations.rates(state_of(7., 0.05, 0.6, 0.01), rates);
  EXPECT_EQ(rates[C::eed], 0.);
  equations.set_branch({1., 1.});
  equations.rates(state_of(10., 0.05, 0.6, 0.01), rates);
  EXPECT_NEAR(rates[C::eed], (10. - 7.78) * 1e-4, 1e-18);
  equations.set_branch({1., -1.});
  equations.rates(state_of(-10., 0.05, 0.6, 0.01), rates);
  EXPECT_NEAR(rates[C::eed], (-10. + 7.78) * 1e-4, 1e-18);
}

TEST(RateEquations, prescribed_stress_stays_and_the_strain_follows_the_plastic_one)
{
  RateEquations equations(Parameters(), ThresholdKind::flow, 0.);
  PointDrive    drive;
  drive.control     = PointDrive::Control::stress;
  drive.temperature = 0.9;
  equations.set_drive(drive);
  PointState       rates(C::count);
  const PointState x = state_of(12., 0.06, 0.7, 0.1);
  equations.rates(x, rates);
  EXPECT_EQ(rates[C::stress], 0.);
  EXPECT_GT(rates[C::strain], 0.);
  EXPECT_EQ(rates[C::strain], rates[C::plastic_strain]);
  EXPECT_EQ(rates[C::strain], equations.strain_rate(x));
}

TEST(RateEquations, thresholds_are_what_they_are_called)
{
  const PointState x = state_of(10., 0.05, 0.6, 0.01);
  EXPECT_EQ(RateEquations(Parameters(), ThresholdKind::value, 7.78).threshold_stress(x), 7.78);
  RateEquations flow(Parameters(), ThresholdKind::flow, 7.78);
  EXPECT_NEAR(flow.threshold_stress(x), 7.74682003, 1e-8);
  RateEquations balance(Parameters(), ThresholdKind::balance, 7.78);
  EXPECT_EQ(balance.threshold_stress(x), 0.);
  balance.keep_threshold(7.5);
  EXPECT_EQ(balance.threshold_stress(x), 7.5);

  flow.set_drive(ramp());
  PointState hotter      = x;
  hotter[C::temperature] = 0.95;
  EXPECT_NEAR(flow.threshold_stress(hotter), 7.212310, 1e-6);
}

TEST(RateEquations, signs_change_where_flow_and_balance_do)
{
  const RateEquations equations(Parameters(), ThresholdKind::flow, 0.);
  const double        still = 0.9 * std::atanh(0.1 / 0.6);
  EXPECT_NEAR(equations.plastic_drive(state_of(still, 0.05, 0.6, 0.1)), 0., 1e-14);
  EXPECT_GT(equations.plastic_drive(state_of(still + 1e-6, 0.05, 0.6, 0.1)), 0.);
  EXPECT_EQ(equations.plastic_drive(state_of(0., 0.05, 0.6, -0.1)), 1.);
  const double balance = balance_stress(Kinetics(Parameters(), 0.9), 0.6, 0.01);
  EXPECT_NEAR(balance, 7.58674394, 1e-8);
  EXPECT_NEAR(equations.free_volume_balance(state_of(balance, 0.05, 0.6, 0.01)), 0., 1e-12);
  EXPECT_LT(equations.free_volume_balance(state_of(balance - 1e-6, 0.05, 0.6, 0.01)), 0.);
}

#include "material/law/steady_state.h"
#include "tests/law/support.h"

#include <gtest/gtest.h>

#include <limits>

using namespace revitra;

namespace
{
  constexpr double infinity = std::numeric_limits<double>::infinity();

  /// D_ia sigma (Lambda sinh - Delta cosh) A - varphi B over its annihilation term, as printed in the paper.
  long double free_volume_balance(const Parameters &p, const double T, const double stress, double sum, double bias)
  {
    const long double x = static_cast<long double>(stress) / T;
    const long double A = std::exp(p.transformation_activation_energy * (1.L - 1.L / T));
    const long double B = std::exp(p.annihilation_activation_energy * (1.L - 1.L / T));
    return p.dilatancy_factor * stress * (sum * std::sinh(x) - bias * std::cosh(x)) * A /
             (p.annihilation_coefficient * B) -
           1.L;
  }
} // namespace

TEST(SteadyState, flow_stress_has_the_published_values)
{
  // From an independent root finder; quoted with 8 and 6 decimals.
  const Parameters p;
  EXPECT_NEAR(flow_stress(Kinetics(p, 0.90)), 7.74682003, 1e-8);
  EXPECT_NEAR(flow_stress(Kinetics(p, 0.86)), 8.194368, 1e-6);
  EXPECT_NEAR(flow_stress(Kinetics(p, 0.89)), 7.857140, 1e-6);
  EXPECT_NEAR(flow_stress(Kinetics(p, 0.92)), 7.529499, 1e-6);
  EXPECT_NEAR(flow_stress(Kinetics(p, 0.95)), 7.212310, 1e-6);
  EXPECT_NEAR(flow_stress(Kinetics(p, 0.99)), 6.807303, 1e-6);
}

TEST(SteadyState, flow_stress_balances_creation_and_annihilation)
{
  // The residual moves by (1/T + 1/sigma...) times a relative error of the root; 1e-12 is rounding of a root near 10.
  for (double T = 0.5; T < 1.21; T += 0.05)
    {
      const Parameters p;
      const double     stress = flow_stress(Kinetics(p, T));
      const double     bias   = 2. / (p.transformation_coefficient * stress);
      EXPECT_LT(std::abs(free_volume_balance(p, T, stress, 1., bias)), 1e-12) << T;
    }
}

TEST(SteadyState, flow_stress_slope_is_its_derivative)
{
  // Differences of order four over 1e-3 of temperature: truncation and rounding of the root are both below 1e-9.
  for (double T = 0.5; T < 1.21; T += 0.1)
    {
      const auto   at       = [](const double t) { return flow_stress(Kinetics(Parameters(), t)); };
      const double h        = 1e-3;
      const double expected = (8. * (at(T + h) - at(T - h)) - (at(T + 2. * h) - at(T - 2. * h))) / (12. * h);
      EXPECT_NEAR(flow_stress_slope(Parameters(), T), expected, 1e-8 * std::abs(expected)) << T;
    }
}

TEST(SteadyState, lambert_closed_form)
{
  // Exact result 4. The terms left out are of order e^{-2 sigma_f/T} relative to the stress: 1e-8 at T = 0.9.
  const Parameters p;
  EXPECT_NEAR(flow_stress_approximation(Kinetics(p, 0.9)) / flow_stress(Kinetics(p, 0.9)), 1., 1e-7);
  for (double T = 0.5; T < 1.21; T += 0.1)
    {
      const Kinetics kinetics(p, T);
      const double   exact = flow_stress(kinetics), remainder = std::exp(-2. * exact / T);
      EXPECT_NEAR(flow_stress_approximation(kinetics), exact, 10. * T * remainder + 1e-12 * exact) << T;
    }
}

TEST(SteadyState, without_annihilation_flow_and_arrest_stress_agree)
{
  // sigma_f is then the zero of sinh - 2/(phi sigma) cosh, which is the condition of arrest.
  Parameters p;
  p.annihilation_coefficient = 0.;
  EXPECT_NEAR(flow_stress(Kinetics(p, 0.9)), arrest_stress(Kinetics(p, 0.9)), 1e-13 * 4.);
}

TEST(SteadyState, there_is_no_flow_stress_without_dilatancy)
{
  Parameters p;
  p.dilatancy_factor = 0.;
  EXPECT_EQ(flow_stress(Kinetics(p, 0.9)), infinity);
  EXPECT_EQ(flow_stress_slope(p, 0.9), 0.);
  EXPECT_EQ(balance_stress(Kinetics(p, 0.9), p.initial_st_sum, p.initial_st_bias), infinity);
}

TEST(SteadyState, tolerances_have_a_stress_to_be_relative_to)
{
  Parameters p;
  EXPECT_EQ(stress_scale(Kinetics(p, 0.9)), flow_stress(Kinetics(p, 0.9)));
  p.dilatancy_factor = 0.;
  EXPECT_EQ(stress_scale(Kinetics(p, 0.9)), 4.9);
}

TEST(SteadyState, balance_stress_of_the_initial_state)
{
  const Parameters p;
  EXPECT_NEAR(balance_stress(Kinetics(p, 0.9), 0.6, 0.01), 7.58674394, 1e-8); // quoted with 8 decimals
}

TEST(SteadyState, balance_stress_balances_eq_4)
{
  test::Random random(1);
  for (unsigned i = 0; i < 200; ++i)
    {
      const Parameters p;
      const double     T   = random.uniform(0.5, 1.2);
      const double     sum = random.uniform(0.1, 1.), bias = sum * random.uniform(-1., 0.9);
      const double     stress = balance_stress(Kinetics(p, T), sum, bias);
      EXPECT_LT(std::abs(free_volume_balance(p, T, stress, sum, bias)), 1e-12) << T << ' ' << sum << ' ' << bias;
    }
}

TEST(SteadyState, balance_and_flow_stress_agree_in_saturated_flow)
{
  const Kinetics kinetics(Parameters(), 0.9);
  const double   stress = flow_stress(kinetics);
  EXPECT_NEAR(balance_stress(kinetics, 1., 2. / (0.5 * stress)), stress, 1e-13 * stress);
}

TEST(SteadyState, there_is_no_balance_when_the_bias_forbids_flow)
{
  // |Delta| = Lambda along the stress: Lambda sinh < Delta cosh at any stress.
  EXPECT_EQ(balance_stress(Kinetics(Parameters(), 0.9), 0.6, 0.6), infinity);
}

TEST(SteadyState, steady_free_volume)
{
  const Parameters p;
  const Kinetics   kinetics(p, 0.9);
  EXPECT_NEAR(steady_free_volume(kinetics, 1e-4), 0.108978, 1e-6); // quoted with 6 decimals
  // Exact result 5 as Eq. (4): creation D_ia sigma_f rate equals annihilation.
  for (const double rate : {1e-8, 1e-4, 1e-2})
    {
      const double xi = steady_free_volume(kinetics, rate);
      EXPECT_NEAR(10. * std::exp(-5. - 1. / xi) / (0.009 * 7.74682003199162 * rate), 1., 1e-12) << rate;
    }
  // Annihilation can take no more than varphi B.
  EXPECT_EQ(steady_free_volume(kinetics, 1.01 * 10. * std::exp(-5.) / (0.009 * 7.74682003199162)), infinity);
  EXPECT_TRUE(std::isfinite(steady_free_volume(kinetics, 0.99 * 10. * std::exp(-5.) / (0.009 * 7.74682003199162))));
}

TEST(SteadyState, arrest_stress)
{
  const Kinetics kinetics(Parameters(), 0.9);
  const double   stress = arrest_stress(kinetics);
  EXPECT_NEAR(stress, 4.00110, 5e-6); // exact result 12, quoted with 5 decimals
  EXPECT_NEAR(stress * std::tanh(stress / 0.9), 4., 1e-14 * 4.);
}

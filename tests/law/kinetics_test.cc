#include "material/law/implicit_stage.h"
#include "material/law/kinetics.h"
#include "tests/law/support.h"

#include <gtest/gtest.h>
#include <unsupported/Eigen/AutoDiff>

#include <limits>

using namespace revitra;
using test::Random;
using test::TensorLaw;

namespace
{
  /// A state that a path could have reached.
  State random_state(Random &random)
  {
    State state;
    state.plastic_strain() = random.direction(random.uniform(0., 1.));
    state.st_sum()         = random.uniform(0.1, 1.);
    state.bias()           = random.direction(state.st_sum() * random.uniform(0., 1.));
    state.free_volume()    = random.log_uniform(0.01, 0.2);
    return state;
  }

  /// Everything but the scalars in tensor form; strain chosen so that the stress is `stress`.
  TensorLaw::Point tensor_point(const State &state, const Deviator &stress, const double shear_modulus)
  {
    TensorLaw::Point point;
    point.plastic_strain = strain_tensor(Deviator(state.plastic_strain()));
    point.strain         = point.plastic_strain + strain_tensor(Deviator(stress / shear_modulus));
    point.bias           = stress_tensor(Deviator(state.bias()));
    point.st_sum         = state.st_sum();
    point.free_volume    = state.free_volume();
    return point;
  }
} // namespace

TEST(Kinetics, rates_are_those_of_the_tensor_law)
{
  Random random(1);
  for (unsigned i = 0; i < 1000; ++i)
    {
      Parameters      parameters;
      const double    T = random.uniform(0.5, 1.2);
      const Kinetics  kinetics(parameters, T);
      const TensorLaw law{parameters, T};
      const State     state  = random_state(random);
      const Deviator  stress = random.direction(random.uniform(0., 30.));
      const State     rate   = rates(kinetics, state, stress, {});
      const auto expected = law.rates(tensor_point(state, stress, parameters.shear_modulus), Eigen::Matrix3d::Zero());

      // The sum in Eq. (1) cancels near its zero, and the stress of the tensor law is a difference of strains; 1e-11 of
      // the larger of the two terms covers both with x = stress/T up to 60.
      const double x     = stress.norm() / T;
      const double scale = std::exp(kinetics.log_transformation_factor + x - 1. / state.free_volume());
      const double power = scale * stress.norm() + 1e-300;
      EXPECT_LT((stress_tensor(rate.plastic_strain()) - 2. * expected.plastic_strain).norm(), 1e-11 * scale);
      EXPECT_LT((stress_tensor(rate.bias()) - expected.bias).norm(), 1e-11 * (scale + power));
      EXPECT_NEAR(rate.st_sum(), expected.st_sum, 1e-11 * power);
      EXPECT_NEAR(rate.free_volume(), expected.free_volume, 1e-11 * (power + std::abs(expected.free_volume)));
      EXPECT_NEAR(rate.plastic_work(), expected.dissipation, 1e-11 * power);
      EXPECT_NEAR(rate.accumulated_plastic_work(), expected.accumulated_plastic_work, 1e-11 * power);
    }
}

TEST(Kinetics, simple_shear_is_the_scalar_law)
{
  // Eqs. (1)-(4) as printed, at the paper's parameters; only rounding of the naive product differs (x < 20).
  const Parameters p;
  const Kinetics   kinetics(p, 0.9);
  const double     sigma = 12.5, xi = 0.06, sum = 0.7, bias = 0.2, T = 0.9;
  const double     A     = std::exp(65. * (1. - 1. / 0.9));
  const double     B     = std::exp(45. * (1. - 1. / 0.9));
  const double     flow  = std::exp(-1. / xi) * A * (sum * std::sinh(sigma / T) - bias * std::cosh(sigma / T));
  const double     power = std::abs(sigma * flow);

  // as plain numbers
  const double rate = Kinetics::plastic_strain_rate(kinetics.transformation_rates(sigma, xi), sum, sigma, bias);
  EXPECT_NEAR(rate, flow, 1e-12 * flow);
  EXPECT_NEAR(kinetics.bias_rate(flow, power, bias), 2. * flow - 0.5 * power * bias, 1e-14 * flow);
  EXPECT_NEAR(kinetics.st_sum_rate(power, sum), 0.5 * power * (1. - sum), 1e-14 * power);
  EXPECT_NEAR(kinetics.free_volume_rate(power, xi), 0.009 * power - 10. * std::exp(-1. / xi) * B, 1e-14 * power);
  EXPECT_NEAR(kinetics.annihilation(xi), 10. * std::exp(-1. / xi) * B, 1e-14 * kinetics.annihilation(xi));

  // as deviators
  const Deviator tensor_rate = Kinetics::plastic_strain_rate(
    kinetics.transformation_rates(sigma, xi), sum, test::simple_shear(sigma), test::simple_shear(bias));
  EXPECT_LT((tensor_rate - test::simple_shear(flow)).norm(), 1e-12 * flow);
}

TEST(Kinetics, arrhenius_factors)
{
  const Parameters p;
  EXPECT_EQ(Kinetics(p, 1.).log_transformation_factor, 0.);
  EXPECT_EQ(Kinetics(p, 1.).log_annihilation_factor, 0.);
  // ln A(0.9) = -65/9 and ln B(0.9) = -5: rounding of 1 - 1/0.9.
  EXPECT_NEAR(Kinetics(p, 0.9).log_transformation_factor, -65. / 9., 1e-14 * 10.);
  EXPECT_NEAR(Kinetics(p, 0.9).log_annihilation_factor, -5., 1e-14 * 10.);
  EXPECT_NEAR(Kinetics(p, 0.9).annihilation(0.05), 10. * std::exp(-25.), 1e-14 * 30. * 10. * std::exp(-25.));
}

TEST(Kinetics, series_at_small_stress_continues_the_quotient)
{
  // sinh(x)/x e^{-x} and cosh(x) e^{-x} in extended precision, from the series far into the quotient. Tolerance: the
  // quotient loses a factor 1/x = 1e3 of digits at the switch, the series is truncated at x^5 4/45 = 1e-16.
  const Kinetics kinetics(Parameters(), 0.9);
  for (const double x : {0., 1e-300, 1e-12, 1e-6, 1e-4, 0.3e-3, 0.9999e-3, 1.0001e-3, 3e-3, 0.01, 0.1, 1., 10.})
    {
      const auto        at    = kinetics.transformation_rates(0.9 * x, 0.05);
      const long double y     = 0.9 * x / 0.9; // as rounded there
      const long double drive = (y > 0 ? std::sinh(y) / y * std::exp(-y) : 1.L) / 0.9L;
      const long double back  = std::cosh(y) * std::exp(-y);
      const double      lost  = x > 1e-3 ? std::max(2e-16 / x, 1e-15) : 1e-15;
      EXPECT_NEAR(at.drive, static_cast<double>(drive), lost) << x;
      EXPECT_NEAR(at.back, static_cast<double>(back), 1e-15) << x;
    }
}

TEST(Kinetics, nothing_overflows_where_an_implicit_stage_looks)
{
  // Far beyond any stress of an accepted solution the naive product is infinite; mantissa and exponent are not, and
  // their logarithm is x - 1/xi + ln A - ln 2x + ... exactly, since e^{-2x} vanishes.
  const Kinetics kinetics(Parameters(), 0.9);
  for (const double stress : {1e3, 1e5, 1e8})
    {
      const double x  = stress / 0.9;
      const auto   at = kinetics.transformation_rates(stress, 0.05);
      EXPECT_EQ(std::sinh(x), std::numeric_limits<double>::infinity());
      EXPECT_NEAR(at.drive, 0.5 / stress, 1e-15 / stress);
      EXPECT_EQ(at.back, 0.5);
      EXPECT_NEAR(at.exponent, x - 20. - 65. / 9., 1e-15 * x + 1e-13);
    }
}

TEST(Kinetics, mantissas_are_bounded)
{
  Random random(2);
  for (unsigned i = 0; i < 1000; ++i)
    {
      const double   T = random.uniform(0.1, 2.);
      const Kinetics kinetics(Parameters(), T);
      const auto     at = kinetics.transformation_rates(random.log_uniform(1e-6, 1e3), random.log_uniform(0.002, 1.));
      EXPECT_GT(at.drive, 0.);
      EXPECT_LT(at.drive, 1. / T);
      EXPECT_GE(at.back, 0.5);
      EXPECT_LE(at.back, 1.);
    }
}

TEST(Kinetics, equations_differentiate_automatically)
{
  // Derivatives of Eq. (1) by stress and free volume in forward mode against their closed forms; rounding only. On both
  // sides of the switch to the series.
  using Dual = Eigen::AutoDiffScalar<Eigen::Vector2d>;
  const Kinetics kinetics(Parameters(), 0.9);
  const double   sum = 0.7, bias = 0.2, xi = 0.06, T = 0.9;
  for (const double sigma : {0.3e-3, 0.5, 12.5})
    {
      const Dual stress(sigma, 2, 0), free_volume(xi, 2, 1);
      const Dual rate = Kinetics::plastic_strain_rate(
        kinetics.transformation_rates(stress, free_volume), Dual(sum), stress, Dual(bias));
      const double factor = std::exp(-1. / xi + kinetics.log_transformation_factor);
      const double sinh = std::sinh(sigma / T), cosh = std::cosh(sigma / T);
      const double by_stress      = factor * (sum * cosh - bias * sinh) / T;
      const double by_free_volume = factor * (sum * sinh - bias * cosh) / (xi * xi);
      EXPECT_NEAR(rate.derivatives()[0], by_stress, 1e-12 * by_stress) << sigma;
      EXPECT_NEAR(rate.derivatives()[1], by_free_volume, 1e-12 * std::abs(by_free_volume)) << sigma;
    }
}

TEST(Kinetics, rates_are_odd_under_reversal_and_objective)
{
  // Exactly odd: only signs change. Objective to the rounding of the rotation.
  Random random(3);
  for (unsigned i = 0; i < 200; ++i)
    {
      const Kinetics        kinetics(Parameters(), random.uniform(0.5, 1.2));
      const State           state  = random_state(random);
      const Deviator        stress = random.direction(random.uniform(0., 20.));
      const ThresholdStress threshold{7., 0.};
      const State           rate     = rates(kinetics, state, stress, threshold);
      const State           reversed = rates(kinetics, test::mirrored(state), -stress, threshold);
      EXPECT_EQ(test::mirrored(rate).values, reversed.values);

      const Eigen::Matrix3d rotation = random.rotation();
      const State turned = rates(kinetics, test::rotated(state, rotation), test::rotated(stress, rotation), threshold);
      EXPECT_LT((turned.values - test::rotated(rate, rotation).values).norm(), 1e-12 * rate.values.norm());
    }
}

TEST(Kinetics, initial_tangent_exceeds_elasticity)
{
  // Exact result 10: at zero stress the bias flows backward, (dsigma/deps)/mu - 1 = +e^{-1/xi_0} A Delta_0/rate.
  const Parameters p;
  const Kinetics   kinetics(p, 0.9);
  const State      rate   = rates(kinetics, initial_state(p, p.initial_free_volume), Deviator::Zero(), {});
  const double     excess = -rate.plastic_strain()[shear_xy] / 1e-4;
  EXPECT_NEAR(excess, std::exp(-20. - 65. / 9.) * 0.01 / 1e-4, 1e-13 * excess);
  EXPECT_NEAR(excess, 1.5e-10, 0.05e-10); // the quoted figure
  EXPECT_EQ(rate.accumulated_plastic_work(), 0.);
  EXPECT_LT(rate.free_volume(), 0.);
}

TEST(Kinetics, frozen_structure_stops_flowing_where_bias_over_sum_is_tanh)
{
  // Exact result 12; what is left is rounding of the two terms.
  const Kinetics kinetics(Parameters(), 0.9);
  for (const double sigma : {0.5, 2., 4.})
    {
      const double sum = 0.8, bias = sum * std::tanh(sigma / 0.9);
      const auto   st   = kinetics.transformation_rates(sigma, 0.05);
      const double rate = Kinetics::plastic_strain_rate(st, sum, sigma, bias);
      EXPECT_LT(std::abs(rate), 1e-15 * std::exp(st.exponent));
      EXPECT_GT(Kinetics::plastic_strain_rate(st, sum, sigma, 0.99 * bias), 0.);
      EXPECT_LT(Kinetics::plastic_strain_rate(st, sum, sigma, 1.01 * bias), 0.);
    }
}

TEST(State, initial_state_has_the_bias_along_the_shear)
{
  Parameters p;
  p.initial_st_bias = -0.2;
  const State state = initial_state(p, 0.07);
  EXPECT_EQ(Deviator(state.bias()), test::simple_shear(-0.2));
  EXPECT_EQ(Deviator(state.plastic_strain()), Deviator::Zero().eval());
  EXPECT_EQ(state.st_sum(), 0.6);
  EXPECT_EQ(state.free_volume(), 0.07);
  EXPECT_EQ(state.values.tail<3>().norm(), 0.); // accumulators
}

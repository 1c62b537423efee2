#include "material/law/implicit_stage.h"
#include "material/law/stability.h"
#include "material/law/steady_state.h"
#include "tests/law/support.h"

#include <Eigen/Eigenvalues>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

using namespace revitra;
using test::Random;

namespace
{
  using Vector7     = Eigen::Matrix<double, 7, 1>;
  using Matrix7     = Eigen::Matrix<double, 7, 7>;
  using Eigenvalues = Matrix7::EigenvaluesReturnType;

  /// Step of differences of Δ, Λ and (ξ − ξ₀)/ξ₀². Rates are cubic in the first two and exponential in the last, so
  /// truncation is 1e-12/30 of derivatives, and rounding 1e-16/1e-3 of rates; together below 1e-11 of the Jacobian.
  constexpr double difference = 1e-3;

  /// Derivatives of the rates of (Δ, Λ, ξ/ξ²) by (Δ, Λ, ξ/ξ²) at fixed stress, 1/ξ² being that of `state`: it makes
  /// entries of one size, and leaves eigenvalues as they are.
  Matrix7 jacobian(const Kinetics &kinetics, const State &state, const Deviator &stress)
  {
    const double xi_xi = state.free_volume() * state.free_volume();
    Matrix7      result;
    for (int i = 0; i < 7; ++i)
      result.col(i) = test::derivative(
        [&](const double h) -> Vector7 {
          State moved = state;
          moved.values[5 + i] += h * (i == 6 ? xi_xi : 1.);
          Vector7 rate = rates(kinetics, moved, stress, {}).values.segment<7>(5);
          rate[6] /= xi_xi;
          return rate;
        },
        difference);
    return result;
  }

  double largest_real_part(const Eigenvalues &eigenvalues)
  {
    return eigenvalues.real().maxCoeff();
  }

  /// How many of the `eigenvalues` are within `tolerance` of `value`.
  int multiplicity(const Eigenvalues &eigenvalues, const double value, const double tolerance)
  {
    return static_cast<int>(((eigenvalues.array() - value).abs() < tolerance).count());
  }

  /// A state that a path could have reached, its bias in any direction.
  State random_state(Random &random)
  {
    State state;
    state.st_sum()      = random.uniform(0.1, 1.);
    state.bias()        = random.direction(state.st_sum() * random.uniform(0., 1.));
    state.free_volume() = random.log_uniform(0.02, 0.2);
    return state;
  }

  /// Whether w has its kink, Λ tanh(σ̄/T) = Δ·σ/σ̄, so near that differences see it.
  bool is_near_the_kink(const Kinetics &kinetics, const State &state, const Deviator &stress)
  {
    const double along = Deviator(state.bias()).dot(stress) / stress.norm();
    return std::abs(state.st_sum() * std::tanh(stress.norm() / kinetics.temperature) - along) < 10. * difference;
  }

  State saturated_state(const Kinetics &kinetics, const Deviator &stress, const double free_volume)
  {
    State state;
    state.st_sum()      = 1.;
    state.bias()        = 2. / kinetics.transformation_coefficient * stress / stress.squaredNorm();
    state.free_volume() = free_volume;
    return state;
  }

  /// `state` after `time` at `stress`: `steps` steps of the classical Runge-Kutta method, Simpson's rule of which for
  /// the growth rate is added to `growth`.
  State crept(const Kinetics &kinetics,
              State           state,
              const Deviator &stress,
              const double    time,
              const unsigned  steps,
              double         &growth)
  {
    const double h     = time / steps;
    const auto   moved = [&state](const double length, const State &rate) {
      State result = state;
      result.values += length * rate.values;
      return result;
    };
    for (unsigned step = 0; step < steps; ++step)
      {
        const State k1 = rates(kinetics, state, stress, {}), at2 = moved(0.5 * h, k1);
        const State k2 = rates(kinetics, at2, stress, {}), at3 = moved(0.5 * h, k2);
        const State k3 = rates(kinetics, at3, stress, {}), at4 = moved(h, k3);
        const State k4        = rates(kinetics, at4, stress, {});
        const auto  growth_at = [&](const State &at) { return growth_rate(kinetics, at, stress); };
        growth += h / 6. * (growth_at(state) + 2. * growth_at(at2) + 2. * growth_at(at3) + growth_at(at4));
        state.values += h / 6. * (k1.values + 2. * k2.values + 2. * k3.values + k4.values);
      }
    return state;
  }
} // namespace

TEST(Stability, growth_rate_is_the_largest_eigenvalue_of_the_differentiated_rates)
{
  // Biases in any direction; and less annihilation than in the preset, where it hides the sign of the power. An
  // eigenvalue is as good as the Jacobian, see `difference`, or a few times worse where it is near another: 1e-10 of
  // the norm.
  Random   random(1);
  unsigned growing = 0, complex = 0, backward = 0;
  for (unsigned i = 0; i < 2000; ++i)
    {
      Parameters parameters;
      parameters.annihilation_coefficient = random.log_uniform(1e-6, 10.);
      const Kinetics kinetics(parameters, random.uniform(0.5, 1.2));
      const State    state  = random_state(random);
      const Deviator stress = random.direction(random.log_uniform(0.1, 20.));
      if (is_near_the_kink(kinetics, state, stress))
        continue;
      const Matrix7     numerical   = jacobian(kinetics, state, stress);
      const Eigenvalues eigenvalues = numerical.eigenvalues();
      const double      tolerance   = 1e-10 * numerical.norm();
      const double      growth      = growth_rate(kinetics, state, stress);
      EXPECT_NEAR(growth, largest_real_part(eigenvalues), tolerance);

      // what the docstring says of the others
      const auto   st      = kinetics.transformation_rates(stress.norm(), state.free_volume());
      const State  rate    = rates(kinetics, state, stress, {});
      const double damping = kinetics.transformation_coefficient * rate.accumulated_plastic_work();
      EXPECT_GE(multiplicity(eigenvalues, -2. * std::exp(st.exponent) * st.back - damping, tolerance), 4);
      EXPECT_GE(multiplicity(eigenvalues, -damping, tolerance), 1);

      growing += growth > tolerance;
      complex += (eigenvalues.imag().array().abs() > tolerance).any();
      backward += rate.plastic_work() < 0.;
    }
  EXPECT_GT(growing, 200u);
  EXPECT_GT(complex, 10u);
  EXPECT_GT(backward, 10u);
}

TEST(Stability, bias_across_the_stress_does_not_matter)
{
  // To the rounding of the power, 1e-15 of two terms of which what is left is not much smaller here.
  Random         random(2);
  const Kinetics kinetics(Parameters(), 0.9);
  State          state = random_state(random);
  state.bias()         = 0.2 * Deviator::Unit(shear_xy) + 0.1 * Deviator::Unit(0);
  State coaxial        = state;
  coaxial.bias()       = 0.2 * Deviator::Unit(shear_xy);
  for (const double stress : {5., 12.5})
    {
      const double growth = growth_rate(kinetics, coaxial, test::simple_shear(stress));
      EXPECT_NEAR(growth_rate(kinetics, state, test::simple_shear(stress)), growth, 1e-13 * std::abs(growth));
    }
}

TEST(Stability, saturated_flow_grows_as_the_free_volume_does)
{
  // ξ̇/ξ² or −φw, as printed in the paper and in extended precision. P is zero but for the rounding of φσS, which enters
  // the root by about its 1e-15; ξ̇ is a difference that near σ_f is small against D_ia w.
  const Parameters p;
  for (const double T : {0.6, 0.9, 1.1})
    for (const double stress : {4.5, 6., 7.7, 7.8, 9., 12.5, 25.})
      for (const double xi : {0.02, 0.05, 0.1})
        {
          const Kinetics    kinetics(p, T);
          const long double x = static_cast<long double>(stress) / T, boltzmann = std::exp(-1.L / xi);
          const long double A     = std::exp(p.transformation_activation_energy * (1.L - 1.L / T));
          const long double B     = std::exp(p.annihilation_activation_energy * (1.L - 1.L / T));
          const long double power = boltzmann * A * (stress * std::sinh(x) - 4.L * std::cosh(x)); // 2/φ = 4
          const long double loss  = p.annihilation_coefficient * boltzmann * B;
          ASSERT_GT(power, 0.L);
          const long double expected = std::max((p.dilatancy_factor * power - loss) / (xi * xi), -0.5L * power);
          const double      scale    = static_cast<double>((p.dilatancy_factor * power + loss) / (xi * xi) + power);
          const Deviator    shear    = test::simple_shear(stress);
          const double      found    = growth_rate(kinetics, saturated_state(kinetics, shear, xi), shear);
          EXPECT_NEAR(found, static_cast<double>(expected), 1e-13 * scale) << T << ' ' << stress << ' ' << xi;
        }
}

TEST(Stability, saturated_flow_is_unstable_above_the_flow_stress_and_stable_below)
{
  // Signs, at a distance from σ_f that is far above its rounding of 1e-14; σ_f is the balance stress of that state.
  for (const double T : {0.6, 0.9, 1.1})
    for (const double xi : {0.02, 0.05, 0.15})
      {
        const Kinetics kinetics(Parameters(), T);
        const double   balance   = flow_stress(kinetics);
        const auto     growth_at = [&](const double stress) {
          const Deviator shear = test::simple_shear(stress);
          return growth_rate(kinetics, saturated_state(kinetics, shear, xi), shear);
        };
        EXPECT_GT(growth_at(balance * (1. + 1e-9)), 0.);
        EXPECT_LT(growth_at(balance * (1. - 1e-9)), 0.);
      }
}

TEST(Stability, forward_flow_above_the_flow_stress_is_unstable_whatever_the_state)
{
  // A sign; what it depends on is (w − κ)² + κ(w_s − κ) of the theory manual, with w_s − κ far above its rounding.
  Random   random(5);
  unsigned forward = 0;
  for (unsigned i = 0; i < 2000; ++i)
    {
      const Kinetics kinetics(Parameters(), random.uniform(0.5, 1.2));
      const State    state  = random_state(random);
      const Deviator stress = random.direction(flow_stress(kinetics) * (1. + random.log_uniform(1e-6, 1.)));
      if (rates(kinetics, state, stress, {}).plastic_work() < 0.)
        continue;
      EXPECT_GT(growth_rate(kinetics, state, stress), 0.);
      ++forward;
    }
  EXPECT_GT(forward, 1500u);
}

TEST(Stability, growth_between_saturated_states_is_that_of_a_perturbation)
{
  // Exact result 14: a difference of ξ grows by e^{1/ξ₀ − 1/ξ}. The growth rate integrates to the logarithm of that to
  // the error of the Runge-Kutta method, (1/1000)⁴; so does the logarithm of the ratio of two runs' differences, but
  // for the second order of the relative difference, 1e-5, and rounding, 1e-16/1e-5, amplified by the steps.
  const Kinetics kinetics(Parameters(), 0.9);
  for (const double stress : {7.7, 9., 12.5}) // not further below σ_f, where −φw is the largest
    {
      const Deviator shear  = test::simple_shear(stress);
      const State    start  = saturated_state(kinetics, shear, 0.06);
      const double   time   = 0.7 / std::abs(growth_rate(kinetics, start, shear));
      double         growth = 0., unused = 0.;
      const double   end      = crept(kinetics, start, shear, time, 1000, growth).free_volume();
      const double   expected = 1. / 0.06 - 1. / end;
      EXPECT_GT(std::abs(expected), 0.3);
      EXPECT_NEAR(growth, expected, 1e-11);

      State less = start, more = start;
      less.free_volume() *= 1. - 1e-5;
      more.free_volume() *= 1. + 1e-5;
      const double gap = crept(kinetics, more, shear, time, 1000, unused).free_volume() -
                         crept(kinetics, less, shear, time, 1000, unused).free_volume();
      EXPECT_NEAR(growth, std::log(gap / (more.free_volume() - less.free_volume())), 1e-7);
    }
}

TEST(Stability, reversal_changes_nothing_and_rotation_neither)
{
  // Reversal changes signs only, so exactly; rotation rounds, and its rounding is that of the norm of the Jacobian.
  Random random(3);
  for (unsigned i = 0; i < 200; ++i)
    {
      const Kinetics kinetics(Parameters(), random.uniform(0.5, 1.2));
      const State    state  = random_state(random);
      const Deviator stress = random.direction(random.uniform(0., 20.));
      const double   growth = growth_rate(kinetics, state, stress);
      EXPECT_EQ(growth_rate(kinetics, test::mirrored(state), -stress), growth);
      const Eigen::Matrix3d rotation = random.rotation();
      EXPECT_NEAR(growth_rate(kinetics, test::rotated(state, rotation), test::rotated(stress, rotation)),
                  growth,
                  1e-12 * jacobian(kinetics, state, stress).norm());
    }
}

TEST(Stability, nothing_grows_without_stress)
{
  // Exactly: Δ and ξ relax, and Λ stays as it is, whatever they are. Not −0 either, which a table would show.
  Random random(4);
  for (unsigned i = 0; i < 100; ++i)
    {
      const double growth =
        growth_rate(Kinetics(Parameters(), random.uniform(0.5, 1.2)), random_state(random), Deviator::Zero());
      EXPECT_EQ(growth, 0.);
      EXPECT_FALSE(std::signbit(growth));
    }
}

TEST(Stability, transformations_start_to_grow_where_frozen_creep_does_not_arrest)
{
  // With neither shear transformations nor power, what is left is P = φσS − 2C, which is zero at the arrest stress; by
  // the naive functions, to their rounding. The zero power counts as forward. In the cold k is 1e20 times as large, and
  // must not take digits.
  State state;
  state.free_volume() = 0.05;
  for (const double T : {0.3, 0.9})
    {
      const Kinetics kinetics(Parameters(), T);
      const double   factor = std::exp(kinetics.log_transformation_factor - 20.);
      for (const double stress : {4.1, 9.})
        EXPECT_NEAR(growth_rate(kinetics, state, test::simple_shear(stress)),
                    factor * (0.5 * stress * std::sinh(stress / T) - 2. * std::cosh(stress / T)),
                    1e-13 * factor * stress * std::sinh(stress / T));
      const double arrest = arrest_stress(kinetics);
      EXPECT_GT(growth_rate(kinetics, state, test::simple_shear(arrest * (1. + 1e-9))), 0.);
      EXPECT_EQ(growth_rate(kinetics, state, test::simple_shear(arrest * (1. - 1e-9))), 0.);
    }
}

TEST(Stability, nothing_overflows_before_the_growth_rate_does)
{
  // Exponents beyond 1e3 that cancel: ξ̇/ξ² without annihilation, which vanishes, by logarithms. 1e-16 of the exponents
  // is 1e-13.
  const Parameters p;
  const Kinetics   kinetics(p, 0.9);
  const double     stress = 1800., x = stress / 0.9, xi = 1. / 1990.;
  EXPECT_EQ(std::sinh(x), std::numeric_limits<double>::infinity());
  const Deviator shear = test::simple_shear(stress);
  const double   expected =
    std::exp(kinetics.log_transformation_factor + x - 1. / xi) * 0.5 * (stress - 4.) * p.dilatancy_factor / (xi * xi);
  const double found = growth_rate(kinetics, saturated_state(kinetics, shear, xi), shear);
  EXPECT_NEAR(found, expected, 1e-12 * expected);

  // Where it does overflow, or vanish, it is that and not NaN.
  EXPECT_EQ(growth_rate(kinetics, saturated_state(kinetics, shear, 0.1), shear),
            std::numeric_limits<double>::infinity());
  EXPECT_EQ(growth_rate(kinetics, saturated_state(kinetics, shear, 1e-4), shear), 0.);

  // In the cold, annihilation can be faster by more than numbers hold of its square. P as in the test before.
  Parameters mobile;
  mobile.annihilation_activation_energy = 0.;
  const Kinetics cold(mobile, 0.1);
  State          blank;
  blank.free_volume() = 0.05;
  const double growth =
    std::exp(cold.log_transformation_factor - 20.) * (2.05 - 2.) * std::cosh(41.); // sinh is the same
  EXPECT_NEAR(
    growth_rate(cold, blank, test::simple_shear(4.1)), growth, 1e-11 * growth); // 605 and 41 rounded, over 0.05/2
}

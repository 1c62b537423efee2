#include "material/law/steady_state.h"

#include <boost/multiprecision/cpp_bin_float.hpp>
#include <gtest/gtest.h>

#include <limits>

using namespace revitra;

namespace
{
  using Exact               = boost::multiprecision::cpp_bin_float_50; // its exponents go to 1e646456993
  constexpr double infinity = std::numeric_limits<double>::infinity();

  /// Eq. (4) as printed, over e^{-1/xi} and with cosh taken out: growth of the free volume with Delta sigma =
  /// `bias_work`.
  Exact growth(const Parameters &p, const double st_sum, const Exact &bias_work, const Exact &stress)
  {
    const Exact T = p.temperature, x = stress / T;
    const Exact A = exp(p.transformation_activation_energy * (1 - 1 / T));
    const Exact B = exp(p.annihilation_activation_energy * (1 - 1 / T));
    return p.dilatancy_factor * (stress * st_sum * tanh(x) - bias_work) * cosh(x) * A - p.annihilation_coefficient * B;
  }

  /// By how much the root may be off: rounding of the root itself, and that of ln A and ln B, which is in x = sigma/T.
  double allowed_error(const Parameters &p, const double stress)
  {
    const double T          = p.temperature;
    const double logarithms = (p.transformation_activation_energy + p.annihilation_activation_energy + 1000.) / T;
    return 1e-14 * stress + 4e-16 * T * logarithms;
  }

  /// All combinations of values at the bounds and within; where there are none, far beyond any glass.
  template <typename Function>
  void at_corners(const Function &function)
  {
    Parameters p;
    for (const double T : {0.1, 0.113, 0.5, 0.9, 1., 2.})
      for (const double E_A : {0., 65., 150., 500.})
        for (const double E_a : {0., 45., 500.})
          for (const double D : {5e-324, 1e-300, 0.009, 1e300})
            for (const double annihilation : {0., 1e-300, 10., 1e100})
              {
                p.temperature                      = T;
                p.transformation_activation_energy = E_A;
                p.annihilation_activation_energy   = E_a;
                p.dilatancy_factor                 = D;
                p.annihilation_coefficient         = annihilation;
                function(p);
              }
  }

  std::string describe(const Parameters &p)
  {
    std::ostringstream text;
    for (const ParameterInfo &info : parameter_table())
      text << info.symbol << ' ' << p.*info.member << "  ";
    return text.str();
  }
} // namespace

TEST(SteadyStateCorners, cold_glass_with_a_high_barrier)
{
  // E_A (1/T - 1) = 1177: the loss over the transformation rate is e^{824}. Asymptotically, e^{-2 sigma/T} neglected,
  // sigma - 2/varphi = 2 phi/D e^{[(E_a - E_A)(1 - 1/T) T - sigma]/T}; by fixed-point iteration of its logarithm.
  Parameters p;
  p.temperature                      = 0.113;
  p.transformation_activation_energy = 150.;
  const long double T                = 0.113;
  long double       sigma            = 100.;
  for (int i = 0; i < 100; ++i)
    sigma = T * (std::log(2. * 10. / 0.009L / (sigma - 4.)) + (45. - 150.) * (1. - 1. / T));
  EXPECT_NEAR(flow_stress(Kinetics(p, 0.113)), static_cast<double>(sigma), 1e-12 * 94.);
  EXPECT_NEAR(flow_stress_approximation(Kinetics(p, 0.113)), static_cast<double>(sigma), 1e-12 * 94.);
}

TEST(SteadyStateCorners, flow_stress_balances_eq_4)
{
  at_corners([](Parameters p) {
    for (const double phi : {1e-307, 1e-10, 1e-7, 0.5, 1e10, 1e300})
      {
        p.transformation_coefficient = phi;
        const double stress          = flow_stress(Kinetics(p, p.temperature));
        ASSERT_LT(stress, infinity) << describe(p);
        ASSERT_GT(stress, 0.) << describe(p);
        const double error = allowed_error(p, stress);
        ASSERT_LE(growth(p, 1., Exact(2) / phi, std::max(stress - error, 0.)), 0) << describe(p) << stress;
        ASSERT_GE(growth(p, 1., Exact(2) / phi, stress + error), 0) << describe(p) << stress;
      }
  });
}

TEST(SteadyStateCorners, balance_stress_balances_eq_4)
{
  // Where the bias is close to the sum, their difference is what counts, and it is rounded in the balance. The power of
  // a small sum, of the size of sum sigma^2/T, is no number at the smallest stresses.
  at_corners([](const Parameters &p) {
    for (const double sum : {1e-300, 1e-3, 0.6, 1.})
      for (const double share : {-1., -0.5, 0., 0.5, 1. - 1e-6})
        {
          const double bias   = share * sum;
          const double stress = balance_stress(Kinetics(p, p.temperature), sum, bias);
          ASSERT_LT(stress, infinity) << describe(p) << sum << ' ' << bias;
          const double error = allowed_error(p, stress) + p.temperature * 1e-15 / (1. - std::max(share, 0.)) +
                               2. * std::sqrt(p.temperature / sum * std::numeric_limits<double>::denorm_min());
          const Exact below = std::max(stress - error, 0.), above = stress + error;
          ASSERT_LE(growth(p, sum, bias * below, below), 0) << describe(p) << sum << ' ' << bias << ' ' << stress;
          ASSERT_GE(growth(p, sum, bias * above, above), 0) << describe(p) << sum << ' ' << bias << ' ' << stress;
        }
    ASSERT_EQ(balance_stress(Kinetics(p, p.temperature), 0.6, 0.6), infinity);
  });
}

TEST(SteadyStateCorners, flow_stress_slope_is_its_derivative)
{
  // Central differences of order two, h of T: the third derivative is of the size of sigma_f/T^3 (b/T)^2 at most, the
  // rounding of the root 1e-14/h. 1e-5 of sigma_f/T is between.
  at_corners([](Parameters p) {
    for (const double phi : {1e-7, 0.5, 1e10})
      {
        p.transformation_coefficient = phi;
        const double T = p.temperature, h = 1e-5 * T;
        const auto   at    = [&](const double t) { return flow_stress(Kinetics(p, t)); };
        const double slope = flow_stress_slope(p, T);
        ASSERT_NEAR(slope, (at(T + h) - at(T - h)) / (2. * h), 1e-5 * (std::abs(slope) + at(T) / T)) << describe(p);
      }
  });
}

TEST(SteadyStateCorners, closed_forms_are_finite_and_agree)
{
  at_corners([](const Parameters &p) {
    const Kinetics kinetics(p, p.temperature);
    const double   flow = flow_stress(kinetics), approximation = flow_stress_approximation(kinetics);
    // the terms left out are e^{-2 sigma/T} of the stress
    const double error = allowed_error(p, flow) + 10. * flow * std::exp(-2. * flow / p.temperature);
    ASSERT_NEAR(approximation, flow, error) << describe(p);
    const double steady    = steady_free_volume(kinetics, 1e-4);
    const Exact  log_ratio = log(Exact(p.annihilation_coefficient)) +
                            p.annihilation_activation_energy * (1 - 1 / Exact(p.temperature)) -
                            log(Exact(p.dilatancy_factor)) - log(Exact(flow)) - log(Exact(1e-4));
    if (p.annihilation_coefficient > 0. && log_ratio > 1e-10)
      ASSERT_NEAR(1. / steady / static_cast<double>(log_ratio), 1., 1e-12 + 1e-12 / static_cast<double>(log_ratio))
        << describe(p);
    else
      ASSERT_EQ(steady, infinity) << describe(p);
  });
}

TEST(SteadyStateCorners, arrest_stress_of_any_coefficient)
{
  Parameters p;
  for (const double phi : {1e-307, 1e-10, 1e-7, 0.5, 1e10, 1e300})
    for (const double T : {0.1, 2.})
      {
        p.transformation_coefficient = phi;
        const double stress          = arrest_stress(Kinetics(p, T));
        EXPECT_NEAR(stress * std::tanh(stress / T) * phi / 2., 1., 1e-13) << phi << ' ' << T;
      }
}

#include "material/law/runge_kutta.h"

#include <Eigen/LU>
#include <gtest/gtest.h>

#include <complex>

using namespace revitra;
namespace rk = revitra::runge_kutta;

namespace
{
  using Vector = Eigen::Matrix<double, rk::stages, 1>;
  using Matrix = Eigen::Matrix<double, rk::stages, rk::stages>;

  Vector vector(const rk::Weights &weights)
  {
    return Eigen::Map<const Vector>(weights.data());
  }

  Matrix tableau()
  {
    Matrix a;
    for (unsigned i = 0; i < rk::stages; ++i)
      a.row(i) = vector(rk::a[i]);
    return a;
  }

  Vector powers(const unsigned exponent)
  {
    return vector(rk::c).array().pow(exponent);
  }

  /// R(z) = 1 + z b (1 - z A)^{-1} 1.
  std::complex<double> stability_function(const rk::Weights &b, const std::complex<double> z)
  {
    using Complex        = Eigen::Matrix<std::complex<double>, rk::stages, rk::stages>;
    const Complex matrix = Complex::Identity() - z * tableau().cast<std::complex<double>>();
    const Eigen::Matrix<std::complex<double>, rk::stages, 1> stage_values =
      matrix.lu().solve(Vector::Ones().cast<std::complex<double>>().eval());
    return 1. + z * vector(b).cast<std::complex<double>>().dot(stage_values);
  }

  /// 25-digit fractions evaluated in double precision, some of them sums: a few units in the last digit.
  constexpr double rounding = 4e-16 * 4;
} // namespace

TEST(RungeKutta, conditions_of_order_four)
{
  const Matrix a = tableau();
  const Vector b = vector(rk::a[rk::stages - 1]), c = vector(rk::c);
  EXPECT_NEAR(b.sum(), 1., rounding);
  EXPECT_NEAR(b.dot(c), 1. / 2., rounding);
  EXPECT_NEAR(b.dot(powers(2)), 1. / 3., rounding);
  EXPECT_NEAR(b.dot(a * c), 1. / 6., rounding);
  EXPECT_NEAR(b.dot(powers(3)), 1. / 4., rounding);
  EXPECT_NEAR(b.cwiseProduct(c).dot(a * c), 1. / 8., rounding);
  EXPECT_NEAR(b.dot(a * powers(2)), 1. / 12., rounding);
  EXPECT_NEAR(b.dot(a * a * c), 1. / 24., rounding);
  EXPECT_EQ(rk::order, 4u);
}

TEST(RungeKutta, embedded_conditions_of_order_three_and_not_four)
{
  const Matrix a = tableau();
  const Vector b = vector(rk::embedded), c = vector(rk::c);
  EXPECT_NEAR(b.sum(), 1., rounding);
  EXPECT_NEAR(b.dot(c), 1. / 2., rounding);
  EXPECT_NEAR(b.dot(powers(2)), 1. / 3., rounding);
  EXPECT_NEAR(b.dot(a * c), 1. / 6., rounding);
  EXPECT_GT(std::abs(b.dot(powers(3)) - 1. / 4.), 1e-4);
  EXPECT_EQ(rk::embedded_order, 3u);
}

TEST(RungeKutta, error_weights_are_step_minus_embedded)
{
  for (unsigned i = 0; i < rk::stages; ++i)
    EXPECT_EQ(rk::error_weights[i], rk::a[rk::stages - 1][i] - rk::embedded[i]);
  EXPECT_GT(vector(rk::error_weights).norm(), 0.01);
}

TEST(RungeKutta, structure)
{
  // Explicit first stage, one diagonal, stiffly accurate, stage order two, no stage beyond the step.
  for (unsigned i = 0; i < rk::stages; ++i)
    {
      for (unsigned j = i + 1; j < rk::stages; ++j)
        EXPECT_EQ(rk::a[i][j], 0.);
      EXPECT_EQ(rk::a[i][i], i == 0 ? 0. : rk::diagonal);
      EXPECT_GE(rk::c[i], 0.);
      EXPECT_LE(rk::c[i], 1.);
      EXPECT_NEAR(vector(rk::a[i]).sum(), rk::c[i], rounding);
      EXPECT_NEAR((tableau() * vector(rk::c))[i], 0.5 * rk::c[i] * rk::c[i], rounding);
    }
  EXPECT_EQ(rk::c[rk::stages - 1], 1.);
}

TEST(RungeKutta, both_methods_are_L_stable)
{
  for (const rk::Weights &b : {rk::a[rk::stages - 1], rk::embedded})
    {
      // |R| <= 1 on the imaginary axis and no pole in the left half plane (the only pole is 1/0.25) is A-stability.
      for (double y = 1e-3; y < 1e6; y *= 1.05)
        EXPECT_LE(std::abs(stability_function(b, {0., y})), 1. + 1e-12) << y;
      EXPECT_LT(std::abs(stability_function(b, -1e8)), 1e-6);
    }
}

TEST(RungeKutta, stability_function_approximates_the_exponential)
{
  // R(z) - e^z = O(z^5): halving z divides it by 32, here to 10 %.
  const auto error = [](const double z) {
    return std::abs(stability_function(rk::a[rk::stages - 1], z) - std::exp(z));
  };
  EXPECT_NEAR(error(-0.1) / error(-0.05), 32., 3.2);
}

TEST(RungeKutta, predictions_extrapolate_polynomials)
{
  // Stage i has i stages before it: exact for polynomials of degree i - 1. The weights grow to 20, so 1e-13 is
  // rounding.
  for (unsigned i = 1; i < rk::stages; ++i)
    {
      for (unsigned degree = 0; degree < i; ++degree)
        EXPECT_NEAR(vector(rk::prediction[i]).dot(powers(degree)), std::pow(rk::c[i], degree), 1e-13) << i;
      for (unsigned j = i; j < rk::stages; ++j)
        EXPECT_EQ(rk::prediction[i][j], 0.);
    }
  EXPECT_EQ(rk::prediction[5][4], 1.); // a value at the same time is taken as it is
}

TEST(ErrorSize, is_the_largest_of_four_errors)
{
  State state, error;
  state.free_volume()    = 0.05;
  error.plastic_strain() = Deviator(3e-6, 0., 0., 4e-6, 0.); // norm 5e-6
  error.bias()           = Deviator(0., 0., 3e-5, 0., -4e-5);
  error.st_sum()         = -6e-5;
  error.free_volume()    = -1.75e-7;
  const auto size        = [&]() { return error_size(error, state, 210., 7.); };
  EXPECT_NEAR(size(), 210. / 7. * 5e-6, 1e-18);
  error.plastic_strain().setZero();
  EXPECT_NEAR(size(), 1.75e-7 / (0.05 * 0.05), 1e-18); // of 1/xi, which the rates depend on
  error.free_volume() = 0.;
  EXPECT_NEAR(size(), 6e-5, 1e-18);
  error.st_sum() = 0.;
  EXPECT_NEAR(size(), 5e-5, 1e-18);
  error.bias().setZero();
  error.values.tail<3>().setOnes(); // accumulators do not steer
  EXPECT_EQ(size(), 0.);
}

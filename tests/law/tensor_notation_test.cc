#include "material/law/tensor_notation.h"

#include <gtest/gtest.h>

using namespace revitra;

namespace
{
  Eigen::Matrix3d random_tensor()
  {
    const Eigen::Matrix3d any = Eigen::Matrix3d::Random();
    return any + any.transpose();
  }

  /// The components of `tensor`, those off the diagonal times `factor`.
  Vector6 components(const Eigen::Matrix3d &tensor, const double factor)
  {
    Vector6 result;
    result << tensor(0, 0), tensor(1, 1), tensor(2, 2), factor * tensor(0, 1), factor * tensor(0, 2),
      factor * tensor(1, 2);
    return result;
  }

  const double rounding = 1e-14; // of numbers near 1
} // namespace

TEST(TensorNotation, mandel_and_voigt_are_those_of_the_tensors)
{
  const Eigen::Matrix3d strain = random_tensor(), stress = random_tensor();
  const Vector6         mandel = components(strain, std::sqrt(2.));
  EXPECT_NEAR(mandel.dot(components(stress, std::sqrt(2.))), (strain.array() * stress.array()).sum(), 10. * rounding);
  EXPECT_LT((strain_deviator_of_mandel(mandel) - strain_deviator(strain)).norm(), rounding);
  EXPECT_LT((mandel_of_voigt_strain(components(strain, 2.)) - mandel).norm(), rounding);

  const Vector6 whole = mandel_stress(stress_deviator(stress), stress.trace() / 3.);
  EXPECT_LT((whole - components(stress, std::sqrt(2.))).norm(), rounding);
  EXPECT_LT((voigt_of_mandel_stress(whole) - components(stress, 1.)).norm(), rounding);
}

TEST(TensorNotation, tangent_is_the_derivative)
{
  // stress = T γ + K tr ε is linear: its differences are the products with the tangent.
  const DeviatorTangent tangent  = DeviatorTangent::Random();
  const double          K        = 3.;
  const auto            response = [&](const Eigen::Matrix3d &strain) {
    return mandel_stress(tangent * strain_deviator(strain), K * strain.trace());
  };
  const Eigen::Matrix3d strain = random_tensor();
  const Vector6         mandel = mandel_tangent(tangent, K) * components(strain, std::sqrt(2.));
  EXPECT_LT((mandel - response(strain)).norm(), 20. * rounding);
  const Vector6 voigt = voigt_of_mandel_tangent(mandel_tangent(tangent, K)) * components(strain, 2.);
  EXPECT_LT((voigt - voigt_of_mandel_stress(response(strain))).norm(), 20. * rounding);
}

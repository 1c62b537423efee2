#include "material/law/deviator.h"
#include "tests/law/support.h"

#include <gtest/gtest.h>

using namespace revitra;
using test::Random;

namespace
{
  Eigen::Matrix3d random_symmetric(Random &random)
  {
    Eigen::Matrix3d tensor;
    for (double &entry : tensor.reshaped())
      entry = random.normal();
    return 0.5 * (tensor + tensor.transpose());
  }

  Eigen::Matrix3d deviatoric(const Eigen::Matrix3d &tensor)
  {
    return tensor - tensor.trace() / 3. * Eigen::Matrix3d::Identity();
  }
} // namespace

// All tolerances of this file are rounding: a few units in the last digit of numbers of order one.

TEST(Deviator, norms_and_products_are_those_of_tensors)
{
  Random random(1);
  for (unsigned i = 0; i < 100; ++i)
    {
      const Eigen::Matrix3d s = random_symmetric(random), e = random_symmetric(random);
      const Eigen::Matrix3d ds = deviatoric(s), de = deviatoric(e);
      EXPECT_NEAR(stress_deviator(s).norm(), std::sqrt(0.5 * ds.cwiseProduct(ds).sum()), 1e-14);
      EXPECT_NEAR(strain_deviator(e).norm(), std::sqrt(2. * de.cwiseProduct(de).sum()), 1e-14);
      EXPECT_NEAR(stress_deviator(s).dot(strain_deviator(e)), ds.cwiseProduct(de).sum(), 1e-14);
    }
}

TEST(Deviator, tensors_come_back_without_their_trace)
{
  Random random(2);
  for (unsigned i = 0; i < 100; ++i)
    {
      const Eigen::Matrix3d tensor = random_symmetric(random);
      EXPECT_LT((stress_tensor(stress_deviator(tensor)) - deviatoric(tensor)).norm(), 1e-14);
      EXPECT_LT((strain_tensor(strain_deviator(tensor)) - deviatoric(tensor)).norm(), 1e-14);
    }
}

TEST(Deviator, simple_shear_reads_like_the_scalar_law)
{
  Eigen::Matrix3d stress = Eigen::Matrix3d::Zero(), strain = stress;
  stress(0, 1) = stress(1, 0) = 3.;
  strain(0, 1) = strain(1, 0) = 0.5 * 0.2; // engineering shear 0.2
  EXPECT_EQ(stress_deviator(stress), test::simple_shear(3.));
  EXPECT_EQ(strain_deviator(strain), test::simple_shear(0.2));
}

TEST(Deviator, elasticity_is_one_number)
{
  // s = 2 mu dev(e) in tensors is mu times the strain-like components.
  Random                random(3);
  const Eigen::Matrix3d strain = random_symmetric(random);
  const double          mu     = 210.;
  EXPECT_LT((stress_deviator(2. * mu * strain) - mu * strain_deviator(strain)).norm(), 1e-14 * mu * 10.);
}

TEST(Deviator, each_entry_of_the_tensor_has_its_place)
{
  // The basis of the documentation, component by component: the xx, yy, zz and shear entries of unit components.
  const double r              = 1. / std::sqrt(3.);
  const double expected[5][6] = {{1., -1., 0., 0., 0., 0.},
                                 {-r, -r, 2. * r, 0., 0., 0.},
                                 {0., 0., 0., 1., 0., 0.},
                                 {0., 0., 0., 0., 1., 0.},
                                 {0., 0., 0., 0., 0., 1.}};
  for (int i = 0; i < 5; ++i)
    {
      const Eigen::Matrix3d t        = stress_tensor(Deviator::Unit(i));
      const double          entry[6] = {t(0, 0), t(1, 1), t(2, 2), t(0, 1), t(0, 2), t(1, 2)};
      for (int j = 0; j < 6; ++j)
        EXPECT_NEAR(entry[j], expected[i][j], 1e-15) << i << ", " << j;
      EXPECT_EQ(t, t.transpose().eval());
    }
}

TEST(Deviator, plane_strain_has_three_components)
{
  Eigen::Matrix3d strain = Eigen::Matrix3d::Zero();
  strain(0, 0)           = 0.3;
  strain(1, 1)           = -0.1;
  strain(0, 1) = strain(1, 0) = 0.7;
  const Deviator deviator     = strain_deviator(strain);
  EXPECT_EQ(deviator[3], 0.);
  EXPECT_EQ(deviator[4], 0.);
  EXPECT_NE(deviator[1], 0.); // the deviator's zz does not vanish with the strain's
}

TEST(Deviator, rotations_keep_norms_and_products)
{
  Random random(4);
  for (unsigned i = 0; i < 20; ++i)
    {
      const Eigen::Matrix3d rotation = random.rotation();
      const Deviator        s = random.direction(2.), e = random.direction(0.5);
      EXPECT_NEAR(test::rotated(s, rotation).norm(), 2., 1e-14);
      EXPECT_NEAR(test::rotated(s, rotation).dot(test::rotated(e, rotation)), s.dot(e), 1e-14);
    }
}

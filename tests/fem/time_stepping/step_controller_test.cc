#include "fem/time_stepping/step_controller.h"

#include <gtest/gtest.h>

using namespace revitra;

namespace
{
  /// Expects `factor` to be `exact` rounded down to a 64th.
  void expect_coarse(const double factor, const double exact)
  {
    EXPECT_LE(factor, exact + 1e-15);
    EXPECT_GT(factor, exact - 1. / 64.);
    EXPECT_EQ(64. * factor, std::round(64. * factor));
  }
} // namespace

TEST(StepController, first_step_follows_the_elementary_rule)
{
  // 0.8 error^{-1/4}, between 0.2 and 2.
  for (const double error : {1., 0.7, 0.5, 0.3, 0.1, 0.04})
    expect_coarse(StepController().after_acceptance(1., error), 0.8 * std::pow(error, -0.25));
  EXPECT_EQ(StepController().after_acceptance(1., 1e-3), 2.);
  EXPECT_EQ(StepController().after_acceptance(1., 0.), 2.);
}

TEST(StepController, growing_errors_are_anticipated)
{
  // 0.8 e^{-1/4} min(1, (h/h_old)(e_old/e)^{1/4})
  StepController growing;
  growing.after_acceptance(1., 0.2);
  expect_coarse(growing.after_acceptance(0.9, 0.6), 0.8 * std::pow(0.6, -0.25) * 0.9 * std::pow(0.2 / 0.6, 0.25));
  // a falling error is no reason to go beyond the elementary rule
  StepController falling;
  falling.after_acceptance(1., 0.6);
  expect_coarse(falling.after_acceptance(1., 0.3), 0.8 * std::pow(0.3, -0.25));
  // what is remembered is the step before, not the first
  expect_coarse(falling.after_acceptance(0.5, 0.4), 0.8 * std::pow(0.4, -0.25) * 0.5 * std::pow(0.3 / 0.4, 0.25));
  // a step without error, counted as 1e-4, leaves the next to the lower bound at worst
  StepController surprised;
  surprised.after_acceptance(1., 0.);
  expect_coarse(surprised.after_acceptance(1., 1.), 0.2);
}

TEST(StepController, rejections_shrink_and_are_not_followed_by_growth)
{
  StepController controller;
  expect_coarse(controller.after_rejection(4.), 0.8 * std::pow(4., -0.25));
  expect_coarse(controller.after_rejection(1e9), 0.2);
  expect_coarse(controller.after_rejection(1.0000001), 0.8);
  EXPECT_EQ(controller.after_acceptance(1., 1e-3), 1.); // no growth just after
  EXPECT_EQ(controller.after_acceptance(1., 1e-3), 2.); // free again
  EXPECT_EQ(controller.after_failure(), 0.25);
  EXPECT_EQ(controller.after_acceptance(1., 1e-3), 1.);
}

TEST(StepController, rounding_in_the_error_does_not_reach_the_step)
{
  // Errors of one step on different numbers of ranks differ in the last digits; 0.3 is not at the edge of a 64th.
  EXPECT_EQ(StepController().after_acceptance(1., 0.3), StepController().after_acceptance(1., 0.3 * (1. + 1e-6)));
  EXPECT_EQ(StepController().after_rejection(3.), StepController().after_rejection(3. * (1. + 1e-6)));
}

TEST(StepController, reset_forgets)
{
  StepController controller;
  controller.after_acceptance(1., 0.01);
  controller.after_rejection(2.);
  controller.reset();
  expect_coarse(controller.after_acceptance(1., 0.2), 0.8 * std::pow(0.2, -0.25));
}

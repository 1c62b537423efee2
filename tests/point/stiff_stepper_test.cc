#include "material/point/stiff_stepper.h"

#include <gtest/gtest.h>

#include <cmath>

using namespace revitra;

namespace
{
  using C = PointComponent;

  /// The equations near the peak of the baseline, the temperature rising; and the state there.
  RateEquations equations_near_the_peak()
  {
    RateEquations equations(Parameters(), ThresholdKind::flow, 0.);
    PointDrive    drive;
    drive.rate             = 1e-4;
    drive.temperature      = 0.9;
    drive.temperature_rate = 1e-5;
    equations.set_drive(drive);
    equations.set_branch({1., 1.});
    return equations;
  }

  PointState state_near_the_peak()
  {
    PointState x(C::count, 0.);
    x[C::stress]      = 16.8;
    x[C::free_volume] = 0.0508;
    x[C::st_sum]      = 0.65;
    x[C::st_bias]     = 0.05;
    x[C::temperature] = 0.9;
    return x;
  }

  double stress_after(const RateEquations &equations, const double time, const unsigned int n_steps)
  {
    StiffStepper stepper(equations, 1.); // accepts any step
    PointState   x = state_near_the_peak();
    for (unsigned int i = 0; i < n_steps; ++i)
      {
        stepper.start(x, time / n_steps);
        stepper.step(time);
        x = stepper.after();
      }
    return x[C::stress];
  }
} // namespace

// Also of a driven temperature, where rosenbrock4 would lose two orders if that were a function of time.
TEST(StiffStepper, is_of_fourth_order)
{
  const RateEquations equations = equations_near_the_peak();
  const double        exact     = stress_after(equations, 200., 2048);
  const double        coarse    = std::abs(stress_after(equations, 200., 32) - exact);
  const double        fine      = std::abs(stress_after(equations, 200., 64) - exact);
  EXPECT_GT(coarse, 1e-10);
  EXPECT_NEAR(std::log2(coarse / fine), 4., 0.3);
}

TEST(StiffStepper, dense_output_and_landing_meet_the_step)
{
  const RateEquations equations = equations_near_the_peak();
  StiffStepper        stepper(equations, 1e-10);
  stepper.start(state_near_the_peak(), 1e-3);
  for (unsigned int i = 0; i < 50; ++i)
    {
      const double length = stepper.step(1.);
      for (std::size_t component = 0; component < C::count; ++component)
        {
          EXPECT_EQ(stepper.land(0.)[component], stepper.before()[component]);
          EXPECT_EQ(stepper.land(length)[component], stepper.after()[component]);
          EXPECT_NEAR(stepper.interpolate(length)[component], stepper.after()[component], 1e-14);
          EXPECT_NEAR(stepper.interpolate(0.3 * length)[component], stepper.land(0.3 * length)[component], 1e-8);
        }
    }
  EXPECT_EQ(stepper.accepted_steps(), 50);
}

// With next to no shear transformations and a high stress the equations are unstable at a rate that no step resolves;
// this state is one that a run from Λ = Δ = 1e-300 came to.
TEST(StiffStepper, landing_is_no_worse_than_the_step_it_is_part_of)
{
  RateEquations equations(Parameters(), ThresholdKind::flow, 0.);
  PointDrive    drive;
  drive.rate        = 1e-4;
  drive.temperature = 0.9;
  equations.set_drive(drive);
  equations.set_branch({-1., 1.});
  PointState x      = state_near_the_peak();
  x[C::stress]      = 62.166378431991582;
  x[C::free_volume] = 0.049999588908480386;
  x[C::st_sum]      = -6.3851295243773446e-248;
  x[C::st_bias]     = 4.1080959283907934e-249;
  StiffStepper stepper(equations, 1e-10);
  const double length = 1407.9392530286509;
  stepper.start(x, length);
  ASSERT_EQ(stepper.step(length), length);
  for (double time = 1.; time < length; time += 1.)
    {
      // The stress is elastic but for what the tolerance allows.
      const PointState there = stepper.land(time);
      EXPECT_NEAR(there[C::stress], x[C::stress] + 210. * 1e-4 * time, 1e-6);
      EXPECT_NEAR(there[C::st_sum], 0., 1e-11);
    }
}

TEST(StiffStepper, steps_keep_to_the_limit_and_grow_where_they_can)
{
  const RateEquations equations = equations_near_the_peak();
  StiffStepper        stepper(equations, 1e-10);
  stepper.start(state_near_the_peak(), 1e-6);
  EXPECT_EQ(stepper.step(1e-7), 1e-7);
  EXPECT_GT(stepper.next_length(), 1e-7);
  const double first = stepper.step(1.);
  EXPECT_GT(stepper.step(1.), first);
}

TEST(StiffStepper, too_long_a_step_is_rejected_and_repeated)
{
  const RateEquations equations = equations_near_the_peak();
  StiffStepper        stepper(equations, 1e-10);
  stepper.start(state_near_the_peak(), 1e5);
  EXPECT_LT(stepper.step(1e5), 10.);
  EXPECT_GT(stepper.rejected_steps(), 2);
  EXPECT_EQ(stepper.accepted_steps(), 1);
  EXPECT_TRUE(std::isfinite(stepper.after()[C::stress]));
}

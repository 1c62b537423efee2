#include "material/law/stress_update.h"
#include "tests/law/support.h"

#include <gtest/gtest.h>

#include <limits>

using namespace revitra;

namespace
{
  constexpr double infinity  = std::numeric_limits<double>::infinity();
  constexpr double no_number = std::numeric_limits<double>::quiet_NaN();

  /// A point at rest or in flow, and an increment of its strain.
  struct Case
  {
    ThresholdStress threshold{7.7, 0.};
    Deviator        strain    = Deviator::Zero();
    Deviator        increment = test::simple_shear(1e-3);
    double          time_step = 1.;
    State           state     = initial_state(Parameters(), 0.05);

    UpdateResult update()
    {
      const Kinetics kinetics(Parameters(), 0.9);
      return StressUpdate(kinetics, 1e-5).update(strain, increment, time_step, threshold, state);
    }

    /// Sheared to 0.1, where the baseline softens.
    static Case in_flow()
    {
      Case c;
      c.increment = test::simple_shear(0.01);
      c.time_step = 100.;
      for (unsigned i = 0; i < 10; ++i)
        {
          EXPECT_EQ(c.update().failure, StageFailure::none);
          c.strain += c.increment;
        }
      c.increment = test::simple_shear(1e-3);
      return c;
    }
  };

  void expect_failure(Case c, const StageFailure expected)
  {
    const State before = c.state;
    const auto  result = c.update();
    EXPECT_EQ(result.failure, expected) << describe(result.failure);
    EXPECT_EQ(result.stages, 0u); // told at once, not by halving
    for (int i = 0; i < State::size; ++i)
      EXPECT_TRUE(c.state.values[i] == before.values[i] || std::isnan(before.values[i])) << i;
  }
} // namespace

TEST(StressUpdateInput, in_no_time_the_answer_is_elastic)
{
  // The law's plastic rates are finite, so nothing but mu times the strain happens in no time. Exact, so no tolerance.
  for (Case c : {Case(), Case::in_flow()})
    for (const Deviator &increment :
         {Deviator(Deviator::Zero()), test::simple_shear(1e-3), Deviator(0.2 * Deviator::Ones())})
      for (const double time_step : {0., -0., 5e-324, 1e-310})
        {
          SCOPED_TRACE(time_step);
          c.increment            = increment;
          c.time_step            = time_step;
          const State    before  = c.state;
          const Deviator elastic = 210. * (c.strain + increment - before.plastic_strain());
          const auto     result  = c.update();
          EXPECT_EQ(result.failure, StageFailure::none) << describe(result.failure);
          EXPECT_EQ(result.stress, elastic);
          EXPECT_EQ(result.tangent, DeviatorTangent(210. * DeviatorTangent::Identity()));
          EXPECT_EQ(c.state.values, before.values);
          EXPECT_EQ(result.substeps, 0u);
        }
}

TEST(StressUpdateInput, short_times_tend_to_no_time)
{
  // Plastic strain is rate x time: below 1e-4 of flow and 1e-3 of strain at 1e-12, a change of the stress below 1e-9.
  for (const double time_step : {1e-12, 1e-100, 1e-300, 1e-306, 1e-307})
    {
      SCOPED_TRACE(time_step);
      Case c              = Case::in_flow();
      c.time_step         = time_step;
      Case elastic        = c;
      elastic.time_step   = 0.;
      const auto result   = c.update();
      const auto expected = elastic.update();
      EXPECT_EQ(result.failure, StageFailure::none) << describe(result.failure);
      EXPECT_LT((result.stress - expected.stress).norm(), 1e-9);
      EXPECT_LT((result.tangent - expected.tangent).norm(), 1e-9);
      EXPECT_LT((c.state.values - elastic.state.values).norm(), 1e-9);
    }
}

TEST(StressUpdateInput, time_does_not_run_backward)
{
  for (const Case &point : {Case(), Case::in_flow()})
    for (const double time_step : {-1., -1e-3, -5e-324, -1e300})
      {
        Case c      = point;
        c.time_step = time_step;
        expect_failure(c, StageFailure::time_step_negative);
        c.increment = test::simple_shear(-0.01);
        expect_failure(c, StageFailure::time_step_negative);
      }
}

TEST(StressUpdateInput, numbers_that_are_not_finite_are_told_at_once)
{
  for (const double wrong : {no_number, infinity, -infinity})
    {
      SCOPED_TRACE(wrong);
      Case c      = Case::in_flow();
      c.time_step = wrong;
      expect_failure(c, StageFailure::time_step_not_finite);
      for (const double time_step : {0., 1.})
        {
          Case start      = Case::in_flow();
          start.time_step = time_step;
          c               = start;
          c.strain[1]     = wrong;
          expect_failure(c, StageFailure::input_not_finite);
          c              = start;
          c.increment[4] = wrong;
          expect_failure(c, StageFailure::input_not_finite);
          c                = start;
          c.threshold.rate = wrong;
          expect_failure(c, StageFailure::input_not_finite);
          for (int i = 0; i < State::size; ++i)
            {
              c                 = start;
              c.state.values[i] = wrong;
              expect_failure(c, StageFailure::input_not_finite);
            }
        }
    }
  Case c             = Case::in_flow();
  c.threshold.stress = no_number;
  expect_failure(c, StageFailure::input_not_finite);
  c.threshold.stress = infinity; // without a flow stress nothing is effective
  EXPECT_EQ(c.update().failure, StageFailure::none);
}

TEST(StressUpdateInput, elastic_stress_beyond_all_numbers)
{
  Case c;
  c.time_step = 0.;
  c.increment = test::simple_shear(1e307);
  expect_failure(c, StageFailure::input_not_finite);
}

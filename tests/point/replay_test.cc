#include "material/base/errors.h"
#include "material/point/replay.h"
#include "tests/base/scratch_directory.h"
#include "tests/law/support.h"

#include <gtest/gtest.h>

#include <limits>
#include <sstream>

using namespace revitra;

namespace
{
  /// A stage in flow, which can be solved.
  StageReplay flowing()
  {
    StageReplay replay;
    replay.temperature                        = 0.9;
    replay.length                             = 2.;
    replay.accepted_state                     = initial_state(replay.glass, 0.08);
    replay.accepted_state.st_sum()            = 0.9;
    replay.accepted_state.bias()[shear_xy]    = 0.7;
    replay.accepted_state.plastic_strain()[2] = 0.2;
    replay.accepted_strain                    = test::simple_shear(0.2 + 12. / replay.glass.shear_modulus);
    replay.strain                             = replay.accepted_strain + test::simple_shear(1e-3);
    replay.base                               = replay.accepted_state;
    replay.threshold.stress                   = 7.7;
    replay.guess                              = {11., 1e-3, 0.08};
    replay.location                           = {0.25, 0.75};
    replay.program                            = "rate 1e-4 until strain 1";
    replay.version                            = program_version();
    return replay;
  }

  /// The stage as ImplicitStage has it in a run.
  StageFailure failure_of(const StageReplay &replay, StageResult &result)
  {
    const Kinetics kinetics(replay.glass, replay.temperature);
    return ImplicitStage(kinetics, replay.length)
      .solve(replay.strain, replay.base, replay.threshold, replay.guess, result);
  }

  struct Report
  {
    explicit Report(const StageReplay &replay)
    {
      std::ostringstream out;
      outcome = repeat(replay, out);
      text    = out.str();
    }

    bool says(const std::string &part) const { return text.find(part) != std::string::npos; }
    bool advises(const std::string &part) const { return outcome.advice.find(part) != std::string::npos; }

    ReplayOutcome outcome;
    std::string   text;
  };

  /// What the law makes of `replay` in a run, and what the replay says of it.
  void expect_same_failure(StageReplay replay, const StageFailure failure)
  {
    StageResult result;
    ASSERT_EQ(failure_of(replay, result), failure);
    replay.failure = describe(failure);
    const Report report(replay);
    EXPECT_EQ(report.outcome.failure, failure);
    EXPECT_TRUE(report.says(std::string("No solution: ") + describe(failure))) << report.text;
  }
} // namespace

TEST(Replay, tells_how_an_update_succeeds)
{
  const StageReplay replay = flowing();
  StageResult       result;
  ASSERT_EQ(failure_of(replay, result), StageFailure::none);
  const Report report(replay);
  EXPECT_EQ(report.outcome.failure, StageFailure::none);
  EXPECT_TRUE(report.advises("here the update succeeds")) << report.outcome.advice;
  std::ostringstream stress;
  stress.precision(17);
  stress << result.stress.norm();
  EXPECT_TRUE(report.says("Newton's method")) << report.text;
  EXPECT_TRUE(report.says("\n      0  ")) << report.text; // an iteration
  EXPECT_TRUE(report.says("\n      1  ")) << report.text;
  EXPECT_TRUE(report.says("equivalent stress       " + stress.str())) << report.text;
  EXPECT_TRUE(report.says("k/2     succeeds")) << report.text;
  EXPECT_TRUE(report.says("k/1024  succeeds")) << report.text;
  for (const char *part : {"rate 1e-4 until strain 1", "(0.25, 0.75)", "mu                    210", "free volume xi"})
    EXPECT_TRUE(report.says(part)) << part << " not in " << report.text;
}

TEST(Replay, input_that_is_not_finite_fails_again)
{
  StageReplay strain = flowing();
  strain.strain[1]   = std::numeric_limits<double>::infinity();
  expect_same_failure(strain, StageFailure::input_not_finite);
  EXPECT_TRUE(Report(strain).advises("strain cannot be used, and could at the last accepted time"));

  StageReplay state    = flowing();
  state.base.bias()[2] = std::nan("");
  state.accepted_state = state.base;
  expect_same_failure(state, StageFailure::input_not_finite);
  EXPECT_TRUE(Report(state).advises("ST bias cannot be used, and could not at the last accepted time"));

  StageReplay large         = flowing();
  large.glass.shear_modulus = 1e200;
  expect_same_failure(large, StageFailure::input_not_finite);
  EXPECT_TRUE(Report(large).advises("too large to be squared"));
}

TEST(Replay, exhausted_free_volume_fails_again_and_a_shorter_stage_is_found)
{
  // Earlier stages of a step that is far too long leave a base without free volume. It falls in proportion to the
  // length, so that it is left at an eighth: 0.08 - 0.5/8 > 0.
  StageReplay replay        = flowing();
  replay.strain             = replay.accepted_strain;
  replay.base.free_volume() = 0.08 - 0.5;
  replay.accepted_strain    = replay.accepted_state.plastic_strain(); // no stress whose work could create any
  replay.strain             = replay.accepted_strain;
  expect_same_failure(replay, StageFailure::free_volume_exhausted);
  const Report report(replay);
  EXPECT_TRUE(report.says("k/4     fails: " + std::string(describe(StageFailure::free_volume_exhausted))));
  EXPECT_TRUE(report.says("k/8     succeeds")) << report.text;
  EXPECT_TRUE(report.advises("steps 8 times as short")) << report.outcome.advice;

  replay.accepted_state.free_volume() = -1e-3;
  expect_same_failure(replay, StageFailure::free_volume_exhausted);
  EXPECT_TRUE(Report(replay).advises("no free volume left at the last accepted time (-0.001)"));
}

TEST(Replay, given_free_volume_stays_as_it_is)
{
  StageReplay replay          = flowing();
  replay.free_volume_is_given = true;
  replay.length               = 1e12; // annihilation would take all of it
  const Report report(replay);
  EXPECT_EQ(report.outcome.failure, StageFailure::none);
  EXPECT_TRUE(report.says("given by a field"));
  const std::string increment = report.text.substr(report.text.find("increment"));
  EXPECT_NE(increment.find("free volume           0\n"), std::string::npos) << increment;
}

TEST(Replay, elastic_stage_has_nothing_to_shorten)
{
  StageReplay replay = flowing();
  replay.length      = 0.;
  replay.strain[0]   = std::nan("");
  const Report report(replay);
  EXPECT_TRUE(report.says("elastic, of length 0")) << report.text;
  EXPECT_EQ(report.outcome.failure, StageFailure::input_not_finite);
}

TEST(Replay, failing_replay_throws_one_line)
{
  const ScratchDirectory scratch;
  StageReplay            replay = flowing();
  replay.strain[1]              = std::nan("");
  replay.failure                = describe(StageFailure::input_not_finite);
  const std::string file        = scratch.write("point.json", stage_replay_text(replay));
  try
    {
      run_replay(file, true);
      FAIL() << "it succeeded";
    }
  catch (const NumericsError &error)
    {
      const std::string line = error.what();
      EXPECT_NE(line.find(file + ": the update fails as in the run: "), std::string::npos) << line;
      EXPECT_NE(line.find("advice: "), std::string::npos) << line;
      EXPECT_EQ(line.find('\n'), std::string::npos) << line;
    }
  replay.failure = describe(StageFailure::no_convergence);
  scratch.write("point.json", stage_replay_text(replay));
  try
    {
      run_replay(file, true);
      FAIL() << "it succeeded";
    }
  catch (const NumericsError &error)
    {
      EXPECT_NE(std::string(error.what()).find("otherwise than in the run"), std::string::npos) << error.what();
    }
  EXPECT_EQ(run_replay(scratch.write("good.json", stage_replay_text(flowing())), true), 0);
}

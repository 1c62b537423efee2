#include "material/results/stage_replay.h"
#include "tests/base/problems_of.h"
#include "tests/base/scratch_directory.h"

#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <random>

using namespace revitra;

namespace
{
  using Limits = std::numeric_limits<double>;

  std::vector<double> numbers_of(const StageReplay &replay)
  {
    std::vector<double> numbers = {replay.temperature,
                                   replay.length,
                                   replay.threshold.stress,
                                   replay.threshold.rate,
                                   replay.guess.stress,
                                   replay.guess.work,
                                   replay.guess.free_volume,
                                   replay.time,
                                   replay.specimen_strain};
    for (const Deviator &strain : {replay.strain, replay.accepted_strain})
      numbers.insert(numbers.end(), strain.begin(), strain.end());
    for (const State &state : {replay.base, replay.accepted_state})
      numbers.insert(numbers.end(), state.values.begin(), state.values.end());
    numbers.insert(numbers.end(), replay.location.begin(), replay.location.end());
    for (const ParameterInfo &info : parameter_table())
      numbers.push_back(replay.glass.*info.member);
    return numbers;
  }

  /// Whether two numbers are the same to the last bit, or both none.
  bool same(const double a, const double b)
  {
    return (std::isnan(a) && std::isnan(b)) || std::memcmp(&a, &b, sizeof a) == 0;
  }

  /// Any number there is, by its bits.
  double any_number(std::mt19937_64 &generator)
  {
    const std::uint64_t bits = generator();
    double              value;
    std::memcpy(&value, &bits, sizeof value);
    return value;
  }

  StageReplay random_replay(std::mt19937_64 &generator)
  {
    StageReplay replay;
    const auto  third  = [&generator] { return 1. / 3. + 1e-3 * (generator() % 1000); }; // of many digits
    replay.temperature = third();
    replay.length      = third();
    for (const ParameterInfo &info : parameter_table())
      replay.glass.*info.member = std::nextafter(replay.glass.*info.member, info.upper);
    replay.glass.initial_st_bias = 0.01;
    for (double *const number : {&replay.threshold.stress,
                                 &replay.threshold.rate,
                                 &replay.guess.stress,
                                 &replay.guess.work,
                                 &replay.guess.free_volume,
                                 &replay.time,
                                 &replay.specimen_strain})
      *number = any_number(generator);
    for (Deviator *const strain : {&replay.strain, &replay.accepted_strain})
      for (double &component : *strain)
        component = any_number(generator);
    for (State *const state : {&replay.base, &replay.accepted_state})
      for (double &value : state->values)
        value = any_number(generator);
    replay.location             = {any_number(generator), any_number(generator), any_number(generator)};
    replay.free_volume_is_given = generator() % 2 == 0;
    replay.program              = "rate 1e-4 until strain 1; \"quoted\" \\ \n";
    replay.failure              = describe(StageFailure::no_convergence);
    replay.version              = program_version();
    return replay;
  }

  class StageReplayTest : public testing::Test
  {
  protected:
    StageReplay round_trip(const StageReplay &replay) const
    {
      write_stage_replay(stage_replay_text(replay), scratch.path("point.json"));
      return read_stage_replay(scratch.path("point.json"));
    }

    std::vector<std::string> problems_in(const std::string &text) const
    {
      return problems_of([&] { read_stage_replay(scratch.write("bad.json", text)); });
    }

    const ScratchDirectory scratch;
  };
} // namespace

TEST_F(StageReplayTest, all_numbers_come_back_to_the_last_bit)
{
  std::mt19937_64 generator(1);
  for (unsigned int i = 0; i < 300; ++i)
    {
      const StageReplay         replay = random_replay(generator), back = round_trip(replay);
      const std::vector<double> expected = numbers_of(replay), numbers = numbers_of(back);
      ASSERT_EQ(numbers.size(), expected.size());
      for (std::size_t n = 0; n < numbers.size(); ++n)
        ASSERT_TRUE(same(numbers[n], expected[n])) << n << ": " << numbers[n] << " and " << expected[n];
      EXPECT_EQ(back.free_volume_is_given, replay.free_volume_is_given);
      EXPECT_EQ(back.program, replay.program);
      EXPECT_EQ(back.failure, replay.failure);
      EXPECT_EQ(back.version, replay.version);
    }
}

TEST_F(StageReplayTest, so_do_those_that_JSON_does_not_have)
{
  std::mt19937_64           generator(2);
  const std::vector<double> special = {Limits::quiet_NaN(),
                                       Limits::infinity(),
                                       -Limits::infinity(),
                                       -0.,
                                       0.,
                                       Limits::denorm_min(),
                                       Limits::min(),
                                       Limits::max(),
                                       Limits::epsilon()};
  for (const double value : special)
    {
      StageReplay replay     = random_replay(generator);
      replay.strain[3]       = value;
      replay.base.st_sum()   = value;
      replay.guess.work      = value;
      const StageReplay back = round_trip(replay);
      EXPECT_TRUE(same(back.strain[3], value)) << value;
      EXPECT_TRUE(same(back.base.st_sum(), value)) << value;
      EXPECT_TRUE(same(back.guess.work, value)) << value;
    }
}

TEST_F(StageReplayTest, plain_numbers_may_stand_for_floating_point_ones)
{
  std::mt19937_64   generator(3);
  StageReplay       replay = random_replay(generator);
  std::string       text   = stage_replay_text(replay);
  const std::string entry  = "\"length\": ";
  const auto        begin  = text.find(entry) + entry.size();
  text.replace(begin, text.find(',', begin) - begin, "2");
  EXPECT_EQ(read_stage_replay(scratch.write("two.json", text)).length, 2.);
}

TEST_F(StageReplayTest, shortened_stage_is_the_part_of_the_step)
{
  StageReplay replay;
  replay.length                = 8.;
  replay.strain                = Deviator::Constant(0.3);
  replay.accepted_strain       = Deviator::Constant(0.1);
  replay.base.values           = State::Values::Constant(6.);
  replay.accepted_state.values = State::Values::Constant(2.);
  replay.guess                 = {1., 2., 3.};
  const StageReplay quarter    = shortened(replay, 0.25);
  EXPECT_EQ(quarter.length, 2.);
  EXPECT_NEAR(quarter.strain[4], 0.15, 1e-15); // rounding
  EXPECT_EQ(quarter.base.st_sum(), 3.);
  EXPECT_EQ(quarter.guess.free_volume, 0.);
  EXPECT_EQ(quarter.accepted_state.st_sum(), 2.);
}

TEST_F(StageReplayTest, everything_wrong_with_a_file_is_said)
{
  std::mt19937_64 generator(4);
  const auto      changed = [&](const std::vector<std::pair<std::string, std::string>> &changes) {
    StageReplay replay = random_replay(generator);
    replay.strain      = Deviator::Zero();
    std::string text   = stage_replay_text(replay);
    for (const auto &[from, to] : changes)
      {
        const auto place = text.find(from);
        EXPECT_NE(place, std::string::npos) << from;
        text.replace(place, from.size(), to);
      }
    return problems_in(text);
  };
  EXPECT_TRUE(changed({}).empty());
  const auto problems = changed({{"\"ST sum\"", "\"ST some\""},
                                 {"\"program\": \"", "\"program\": 3, \"programme\": \""},
                                 {"\"free volume is given\": ", "\"free volume is given\": 1, \"was\": "},
                                 {"\"strain\": [", "\"strain\": [\"NaN\", "}});
  EXPECT_EQ(problems.size(), 4u);
  EXPECT_TRUE(mentions(problems, {"bad.json", "base state/ST sum", "is missing"}));
  EXPECT_TRUE(mentions(problems, {"run/program = 3", "allowed is a text"}));
  EXPECT_TRUE(mentions(problems, {"stage/free volume is given = 1", "true or false"}));
  EXPECT_TRUE(mentions(problems, {"stage/strain = [\"NaN\"", "allowed is a list of 5 numbers"}));
  EXPECT_TRUE(mentions(changed({{"\"length\": ", "\"length\": -"}}), {"stage/length", "0 <= value"}));
  EXPECT_TRUE(mentions(changed({{"\"temperature\": ", "\"temperature\": \"nan\", \"t\": "}}), {"0 < value"}));
  EXPECT_TRUE(mentions(changed({{"\"Shear modulus\": ", "\"Shear modulus\": -"}}), {"glass/Shear modulus", "0 <"}));
  EXPECT_TRUE(mentions(changed({{"\"threshold rate\": ", "\"threshold rate\": {}, \"r\": "}}),
                       {"stage/threshold rate = {}", "allowed is a number"}));
}

TEST_F(StageReplayTest, other_files_are_refused)
{
  EXPECT_TRUE(mentions(problems_of([&] { read_stage_replay(scratch.path("none.json")); }), {"none.json", "No such"}));
  EXPECT_TRUE(mentions(problems_of([&] { read_stage_replay(scratch.path("")); }), {"directory"}));
  EXPECT_TRUE(mentions(problems_in(""), {"it is empty"}));
  EXPECT_TRUE(mentions(problems_in("{\"format\": "), {"bad.json: parse error"}));
  EXPECT_TRUE(mentions(problems_in("{\"format\": 1e999}"), {"bad.json"}));
  for (const char *text : {"[]", "3", "{}", "{\"format\": 3}", "{\"format\": \"revitra stage replay 1\"}"})
    EXPECT_TRUE(mentions(problems_in(text), {"bad.json", "revitra stage replay 2"})) << text;
}

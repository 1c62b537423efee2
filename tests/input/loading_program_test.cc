#include "material/input/loading_program.h"
#include "tests/base/problems_of.h"

#include <gtest/gtest.h>

using namespace revitra;

namespace
{
  std::vector<std::string> problems_in(const std::string &program)
  {
    return problems_of([&program] { parse_program(program); });
  }
} // namespace

TEST(LoadingProgram, creep_test_is_read_segment_by_segment)
{
  const auto program = parse_program("rate 1e-2 until stress 12.5 ;  stress 12.5 until strain 0.4");
  ASSERT_EQ(program.segments.size(), 2u);
  EXPECT_EQ(program.text, "rate 1e-2 until stress 12.5 ; stress 12.5 until strain 0.4");

  const Segment &ramp = program.segments[0];
  EXPECT_EQ(ramp.control, Segment::Control::rate);
  EXPECT_EQ(ramp.value, 1e-2);
  EXPECT_EQ(ramp.end, Segment::End::stress);
  EXPECT_EQ(ramp.end_value, 12.5);
  EXPECT_FALSE(ramp.temperature_end);
  EXPECT_EQ(ramp.text, "rate 1e-2 until stress 12.5");

  const Segment &creep = program.segments[1];
  EXPECT_EQ(creep.control, Segment::Control::stress);
  EXPECT_EQ(creep.value, 12.5);
  EXPECT_EQ(creep.end, Segment::End::strain);
  EXPECT_EQ(creep.end_value, 0.4);
}

TEST(LoadingProgram, temperature_and_duration_are_read)
{
  const auto program = parse_program("rate -2e-3 for 50, temperature to 0.95; hold for 1e3");
  ASSERT_EQ(program.segments.size(), 2u);
  EXPECT_EQ(program.segments[0].value, -2e-3);
  EXPECT_EQ(program.segments[0].end, Segment::End::duration);
  EXPECT_EQ(program.segments[0].end_value, 50.);
  ASSERT_TRUE(program.segments[0].temperature_end);
  EXPECT_EQ(*program.segments[0].temperature_end, 0.95);
  EXPECT_EQ(program.segments[1].control, Segment::Control::hold);
  EXPECT_EQ(program.segments[1].value, 0.);
  EXPECT_EQ(program.segments[1].end_value, 1e3);
  EXPECT_FALSE(program.segments[1].temperature_end);
}

TEST(LoadingProgram, what_can_be_done_is_accepted)
{
  const char *const programs[] = {
    "rate 1e-4 until strain 1",
    "rate 1e-4 until strain 1;",
    "rate -1e-4 until strain -1",
    "rate -1e-30 until strain -1",
    "rate -1e-4 until stress -5; stress -5 for 3",
    "rate 1 until strain 0.5; rate -1 until strain 0; rate 1 until strain 0.5",
    "rate 1 until strain 0.5; rate -1 until stress 0; stress 0 for 100; rate 1 until strain 0.6",
    "stress 0 for 100, temperature to 1.1; rate 1e-4 until strain 0.1",
    "rate 1 until stress 9; stress 9 for 5; stress 9 until strain 0.3",
    "rate 1 until stress 9; stress 9 for 5; rate 1 until stress 12; stress 12 for 1",
    // Beyond the peak the stress falls under the same rate.
    "rate 1e-4 until stress 12; rate 1e-4 until stress 10",
    // After creep for a while the strain is not known, so neither direction can be refused.
    "rate 1 until stress 9; stress 9 for 5; rate 1 until strain 0.2",
    "rate 1 until stress 9; stress 9 for 5; rate -1 until strain 0.2",
    "rate 1 until stress 9; rate -1 until strain 0.01",
    "rate 1 for 0.5; hold for 10; rate 1 until strain 0.6",
    "hold for 3, temperature to 0.1; hold for 3, temperature to 2",
  };
  for (const char *const program : programs)
    {
      const auto problems = problems_in(program);
      EXPECT_TRUE(problems.empty()) << program << '\n' << (problems.empty() ? "" : problems[0]);
    }
}

TEST(LoadingProgram, what_cannot_be_done_is_refused_by_name)
{
  struct Case
  {
    std::string              program;
    std::vector<std::string> parts;
  };
  const Case cases[] = {
    // grammar
    {"", {"empty"}},
    {" ; ", {"empty"}},
    {"rate 1 for 1;; hold for 1", {"segment 2", "controlled"}},
    {"rat 1 for 1", {"segment 1", "'rat'", "'rate R'"}},
    {"Rate 1 for 1", {"segment 1", "'Rate'"}},
    {"rate for 1", {"segment 1", "'rate'", "needs one number"}},
    {"rate 1 2 for 1", {"segment 1", "'rate 1 2'"}},
    {"rate x for 1", {"segment 1", "'x' is not a number"}},
    {"rate nan for 1", {"segment 1", "'nan' is not a number"}},
    {"rate 1e999 for 1", {"segment 1", "'1e999' is not a number"}},
    {"rate 1", {"segment 1", "no end", "until strain X"}},
    {"stress 0", {"segment 1", "no end", "'until strain X' or 'for DURATION'"}},
    {"rate 1 until", {"segment 1", "'until' is not an end"}},
    {"rate 1 until time 3", {"segment 1", "'until time 3'", "until strain X"}},
    {"rate 1 until strain", {"segment 1", "'until strain'"}},
    {"rate 1 until strain one", {"segment 1", "'one' is not a number"}},
    {"rate 1 for 3 s", {"segment 1", "'for 3 s'"}},
    {"rate 1 for 3s", {"segment 1", "'3s' is not a number"}},
    {"hold 3 for 1", {"segment 1", "'3'", "hold for DURATION"}},
    {"hold until strain 1", {"segment 1", "hold for DURATION"}},
    {"rate 1 until stress 3; stress 3 until stress 4", {"segment 2", "until strain X"}},
    {"hold for 1, temperature 1", {"segment 1", "'temperature 1'", "'temperature to T'"}},
    {"hold for 1, temperature to hot", {"segment 1", "'hot' is not a number"}},
    {"hold for 1, temperature to 1, temperature to 1", {"segment 1", "comma too many"}},
    // what no state makes good
    {"rate 0 until strain 1", {"segment 1", "a rate of 0"}},
    {"rate 1e-300 until strain 1", {"segment 1", "a rate of 1e-300 is too slow", "1e-30 or more"}},
    {"rate -0.99e-30 until strain -1", {"segment 1", "a rate of -0.99e-30 is too slow"}},
    {"hold for 0", {"segment 1", "duration 0"}},
    {"rate 1 for -2", {"segment 1", "duration -2"}},
    {"hold for 1, temperature to 2.5", {"segment 1", "2.5", "0.1 <= value <= 2"}},
    {"hold for 1, temperature to 0.05", {"segment 1", "0.05", "0.1 <= value <= 2"}},
    {"rate 1 until strain 1, temperature to 1", {"segment 1", "for DURATION"}},
    // what the state at its start makes impossible
    {"rate -1e-4 until strain 1", {"segment 1", "strain is 0", "change the sign"}},
    {"rate 1 until strain 0", {"segment 1", "strain is 0"}},
    {"rate 1 until strain 1; rate 1 until strain 0.5", {"segment 2", "strain is 1"}},
    {"rate 1 until strain 1; rate 1 until strain 1", {"segment 2", "strain is 1"}},
    {"rate 1 for 0.5; rate 1 until strain 0.4", {"segment 2", "strain is 0.5"}},
    {"rate 1 for 0.5; hold for 1; rate 1 until strain 0.4", {"segment 3", "strain is 0.5"}},
    {"rate 1 until stress -5", {"segment 1", "stress is 0"}},
    {"rate -1 until stress 5", {"segment 1", "stress is 0"}},
    {"rate 1 until stress 0", {"segment 1", "stress is 0 already"}},
    {"rate 1 until stress 5; rate 1 until stress 5", {"segment 2", "stress is 5 already"}},
    {"stress 5 for 1", {"segment 1", "stress is 0", "rate R until stress 5"}},
    {"rate 1 until stress 5; stress 6 for 1", {"segment 2", "stress is 5", "rate R until stress 6"}},
    {"rate 1 until strain 0.1; stress 5 for 1", {"segment 2", "not known", "rate R until stress 5"}},
    {"rate 1 until stress 5; hold for 1; stress 5 for 1", {"segment 3", "not known"}},
    {"rate 1 until strain 0.5; stress 0 for 1", {"segment 2", "not known"}},
    {"rate 1 until stress 5; stress 5 until strain 1; stress 5 until strain 1", {"segment 3", "strain is 1 already"}},
  };
  for (const Case &one : cases)
    {
      const auto problems = problems_in(one.program);
      EXPECT_TRUE(mentions(problems, one.parts)) << one.program << '\n'
                                                 << (problems.empty() ? "accepted" : problems[0]);
      EXPECT_LE(problems.size(), 2u) << one.program;
    }
}

TEST(LoadingProgram, all_problems_come_at_once)
{
  const auto problems = problems_in("rate 0 until strain 1; stress x; hold for -1, temperature to 9");
  EXPECT_EQ(problems.size(), 5u);
  EXPECT_TRUE(mentions(problems, {"segment 1 'rate 0 until strain 1'", "rate of 0"}));
  EXPECT_TRUE(mentions(problems, {"segment 2 'stress x'", "'x' is not a number"}));
  EXPECT_TRUE(mentions(problems, {"segment 2", "no end"}));
  EXPECT_TRUE(mentions(problems, {"segment 3", "duration -1"}));
  EXPECT_TRUE(mentions(problems, {"segment 3", "temperature 9"}));
}

TEST(LoadingProgram, impossible_segments_are_all_found)
{
  const auto problems = problems_in("rate -1 until strain 1; rate 1 until strain 0.5; stress 3 for 1");
  EXPECT_EQ(problems.size(), 3u);
}

TEST(LoadingProgram, behind_a_misspelled_segment_nothing_is_held_against_the_rest)
{
  EXPECT_EQ(problems_in("rate 1 untl stress 5; stress 5 for 1").size(), problems_in("rate 1 untl stress 5").size());
}

TEST(LoadingProgram, grammar_names_every_control)
{
  for (const char *const form : {"rate R until strain X",
                                 "rate R until stress S",
                                 "rate R for DURATION",
                                 "stress S until strain X",
                                 "stress S for DURATION",
                                 "hold for DURATION",
                                 "temperature to T"})
    EXPECT_NE(program_grammar().find(form), std::string::npos) << form;
}

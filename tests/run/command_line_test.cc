#include "material/run/command_line.h"
#include "tests/base/problems_of.h"

#include <gtest/gtest.h>

using namespace revitra;

namespace
{
  using Texts = std::vector<std::string>;

  ToolInfo point()
  {
    ToolInfo tool;
    tool.name         = "revitra-point";
    tool.purpose      = "Deforms one point.";
    tool.invocation   = "revitra-point";
    tool.takes_times  = true;
    tool.takes_sweep  = true;
    tool.takes_replay = true;
    return tool;
  }

  ToolInfo fem()
  {
    ToolInfo tool;
    tool.name          = "revitra-fem";
    tool.purpose       = "Deforms a specimen.";
    tool.invocation    = "mpirun -np N revitra-fem";
    tool.takes_restart = true;
    return tool;
  }

  CommandLine parse(const Texts &arguments, const ToolInfo &tool = point())
  {
    std::vector<const char *> argv = {"tool"};
    for (const std::string &argument : arguments)
      argv.push_back(argument.c_str());
    return parse_command_line(static_cast<int>(argv.size()), argv.data(), tool);
  }

  Texts problems_in(const Texts &arguments, const ToolInfo &tool = point())
  {
    return problems_of([&] { parse(arguments, tool); });
  }
} // namespace

TEST(CommandLine, everything_at_once_in_any_order)
{
  const auto line =
    parse({"--set", "A/a=1", "--quiet", "deck.prm", "--output", "dir", "--set=B/b=c=d", "--times", "t.csv"});
  EXPECT_EQ(line.action, CommandLine::Action::run);
  EXPECT_EQ(line.deck, "deck.prm");
  EXPECT_EQ(line.overrides, (Texts{"A/a=1", "Output/Directory=dir", "B/b=c=d"}));
  EXPECT_EQ(line.times, "t.csv");
  EXPECT_TRUE(line.quiet);
}

TEST(CommandLine, sweep_with_its_options)
{
  const auto line = parse({"deck.prm", "--sweep", "runs.csv", "--jobs=3", "--histories"});
  EXPECT_EQ(line.sweep, "runs.csv");
  EXPECT_EQ(line.jobs, 3u);
  EXPECT_TRUE(line.histories);
  EXPECT_EQ(parse({"deck.prm", "--sweep", "runs.csv"}).jobs, 0u);

  EXPECT_TRUE(mentions(problems_in({"d", "--sweep", "a.csv", "--times", "b.csv"}), {"--times", "--sweep"}));
  EXPECT_TRUE(mentions(problems_in({"d", "--jobs", "2"}), {"--jobs", "goes with --sweep"}));
  EXPECT_TRUE(mentions(problems_in({"d", "--histories"}), {"--histories", "goes with --sweep"}));
  for (const char *jobs : {"0", "-1", "1.5", "two", "5000"})
    EXPECT_TRUE(mentions(problems_in({"d", "--sweep", "a.csv", "--jobs", jobs}), {jobs, "from 1 to 1024"})) << jobs;
  EXPECT_TRUE(mentions(problems_in({"d", "--sweep", "a.csv"}, fem()), {"--sweep", "no such option"}));
}

TEST(CommandLine, a_replay_needs_no_deck_and_takes_none)
{
  const auto line = parse({"--replay", "point.json", "--quiet"});
  EXPECT_EQ(line.replay, "point.json");
  EXPECT_EQ(line.deck, "");
  EXPECT_TRUE(line.quiet);

  const std::vector<Texts> others = {{"deck.prm"}, {"--set", "A/a=1"}, {"--output", "dir"}, {"--times", "t.csv"}};
  for (const Texts &other : others)
    {
      Texts arguments = {"--replay", "point.json"};
      arguments.insert(arguments.end(), other.begin(), other.end());
      EXPECT_TRUE(mentions(problems_in(arguments), {"--replay point.json", "no deck goes with it"})) << other[0];
    }
  EXPECT_TRUE(mentions(problems_in({"--replay"}), {"--replay", "FILE.json"}));
  EXPECT_TRUE(mentions(problems_in({"--replay", "point.json"}, fem()), {"--replay", "no such option"}));
}

TEST(CommandLine, deck_alone)
{
  const auto line = parse({"deck.prm"});
  EXPECT_EQ(line.deck, "deck.prm");
  EXPECT_TRUE(line.overrides.empty());
  EXPECT_EQ(line.times, "");
  EXPECT_FALSE(line.quiet);
}

TEST(CommandLine, questions_need_no_deck)
{
  EXPECT_EQ(parse({"--help"}).action, CommandLine::Action::help);
  EXPECT_EQ(parse({"--version"}).action, CommandLine::Action::version);
  EXPECT_EQ(parse({"--print-parameters"}).action, CommandLine::Action::print_parameters);
}

TEST(CommandLine, missing_deck_shows_the_usage)
{
  EXPECT_TRUE(mentions(problems_in({}), {"deck is missing", "usage: revitra-point DECK"}));
  EXPECT_TRUE(mentions(problems_in({"--quiet"}, fem()), {"usage: mpirun -np N revitra-fem DECK"}));
}

TEST(CommandLine, all_mistakes_come_at_once)
{
  const auto problems = problems_in({"a.prm", "b.prm", "--outptu", "--verbose=3", "--quiet=yes", "--set", "--output"});
  EXPECT_EQ(problems.size(), 6u);
  EXPECT_TRUE(mentions(problems, {"revitra-point: b.prm", "one deck only", "a.prm"}));
  EXPECT_TRUE(mentions(problems, {"revitra-point: --outptu", "did you mean --output?"}));
  EXPECT_TRUE(mentions(problems, {"revitra-point: --verbose", "no such option"}));
  EXPECT_TRUE(mentions(problems, {"--quiet=yes", "takes no value"}));
  EXPECT_TRUE(mentions(problems, {"--set", "'Section/Parameter=value'"}));
  EXPECT_TRUE(mentions(problems, {"--output", "--output DIR"}));
}

TEST(CommandLine, empty_value_is_no_value)
{
  EXPECT_EQ(problems_in({"a.prm", "--output="}).size(), 1u);
  EXPECT_EQ(problems_in({"a.prm", "--times", ""}).size(), 1u);
}

TEST(CommandLine, each_tool_has_its_own_options)
{
  EXPECT_TRUE(problems_in({"a.prm", "--restart", "--time-limit", "60"}, fem()).empty());
  EXPECT_TRUE(parse({"a.prm", "--resume"}, fem()).resume);
  EXPECT_TRUE(mentions(problems_in({"a.prm", "--resume", "--restart"}, fem()), {"--resume", "one of the two"}));
  EXPECT_TRUE(mentions(problems_in({"a.prm", "--resume"}, point()), {"--resume", "no such option"}));
  EXPECT_TRUE(mentions(problems_in({"a.prm", "--time-limit", "0"}, fem()), {"--time-limit 0", "seconds"}));
  EXPECT_TRUE(mentions(problems_in({"a.prm", "--restart"}, point()), {"--restart", "no such option"}));
  EXPECT_TRUE(mentions(problems_in({"a.prm", "--times", "t.csv"}, fem()), {"--times", "no such option"}));
}

TEST(CommandLine, help_teaches)
{
  for (const ToolInfo &tool : {point(), fem()})
    {
      const std::string help = help_text(tool);
      for (const std::string &part : {tool.purpose,
                                      "Usage: " + tool.invocation + " DECK",
                                      std::string("--set 'Section/Parameter=value'"),
                                      std::string("--output DIR"),
                                      std::string("--print-parameters"),
                                      std::string("--quiet"),
                                      std::string("--version"),
                                      std::string("stress S for DURATION"),
                                      std::string("Examples:"),
                                      std::string("Exit status: 0 done, or stopped on request; 2 bad input")})
        EXPECT_NE(help.find(part), std::string::npos) << part;
    }
  EXPECT_NE(help_text(point()).find("--times"), std::string::npos);
  EXPECT_EQ(help_text(fem()).find("--times"), std::string::npos);
  EXPECT_NE(help_text(point()).find("--replay FILE.json"), std::string::npos);
  EXPECT_EQ(help_text(fem()).find("--replay"), std::string::npos);
  EXPECT_NE(help_text(fem()).find("--restart"), std::string::npos);
}

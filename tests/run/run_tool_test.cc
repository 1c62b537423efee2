#include "material/base/version.h"
#include "material/results/output_directory.h"
#include "material/run/run_tool.h"
#include "tests/base/scratch_directory.h"

#include <gtest/gtest.h>

#include <algorithm>

using namespace revitra;

namespace
{
  struct Result
  {
    int         status;
    std::string out;
    std::string err;
  };

  ToolInfo tool(const bool is_root = true)
  {
    ToolInfo tool;
    tool.name       = "revitra-point";
    tool.purpose    = "Deforms one point.";
    tool.invocation = "revitra-point";
    tool.is_root    = is_root;
    return tool;
  }

  Result run(const std::vector<std::string> &arguments, const ToolBody &body, const ToolInfo &info = tool())
  {
    std::vector<const char *> argv = {"tool"};
    for (const std::string &argument : arguments)
      argv.push_back(argument.c_str());
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    const int status = run_tool(static_cast<int>(argv.size()), argv.data(), info, body);
    return {status, testing::internal::GetCapturedStdout(), testing::internal::GetCapturedStderr()};
  }

  int never(const CommandLine &, const Deck &)
  {
    ADD_FAILURE() << "the tool was run";
    return 0;
  }

  template <typename Error>
  ToolBody failing(const Error &error)
  {
    return [error](const CommandLine &, const Deck &) -> int { throw error; };
  }

  class RunToolTest : public testing::Test
  {
  protected:
    const ScratchDirectory scratch;
    const std::string      deck = scratch.write("deck.prm", "");
  };
} // namespace

TEST_F(RunToolTest, body_gets_command_line_and_deck)
{
  const auto result = run({deck, "--set", "Material/Temperature=0.8", "--output", "here", "--quiet"},
                          [](const CommandLine &line, const Deck &deck) {
                            EXPECT_TRUE(line.quiet);
                            EXPECT_EQ(deck.material.temperature, 0.8);
                            EXPECT_EQ(deck.output.directory, "here");
                            return 0;
                          });
  EXPECT_EQ(result.status, 0);
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(result.err, "");
}

TEST_F(RunToolTest, what_the_body_returns_is_the_status)
{
  EXPECT_EQ(run({deck}, [](const CommandLine &, const Deck &) { return 3; }).status, 3);
}

TEST_F(RunToolTest, bad_input_is_status_2_with_a_line_a_problem)
{
  const auto result = run({deck, "--set", "Material/Temperature=9", "--set", "Foo=1"}, never);
  EXPECT_EQ(result.status, 2);
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 2) << result.err;
  EXPECT_EQ(run({}, never).status, 2);
  EXPECT_EQ(run({"--foo", deck}, never).status, 2);
  EXPECT_EQ(run({scratch.path("none.prm")}, never).status, 2);
}

TEST_F(RunToolTest, problems_of_command_line_deck_and_times_come_at_once)
{
  ToolInfo with_times    = tool();
  with_times.takes_times = true;

  const std::vector<std::string> files = {deck, "--set", "Material/Temperature=9", "--times", scratch.path("none.csv")};
  auto                           all   = files;
  all.push_back("--foo");
  const auto result = run(all, never, with_times);
  EXPECT_EQ(result.status, 2);
  EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 3) << result.err;
  for (const std::string problem : {"--foo: ", "Material/Temperature = 9: ", "none.csv: "})
    EXPECT_NE(result.err.find(problem), std::string::npos) << result.err;

  const auto of_files = run(files, never, with_times);
  EXPECT_EQ(of_files.status, 2);
  EXPECT_EQ(std::count(of_files.err.begin(), of_files.err.end(), '\n'), 2) << of_files.err;
}

TEST_F(RunToolTest, output_given_twice_is_bad_input)
{
  EXPECT_EQ(run({deck, "--output", "a", "--set", "Output/Directory=b"}, never).status, 2);
}

TEST_F(RunToolTest, errors_of_the_body_have_their_status)
{
  const auto bad_input = run({deck}, failing(DeckError({"one", "two"})));
  EXPECT_EQ(bad_input.status, 2);
  EXPECT_EQ(bad_input.err, "one\ntwo\n");

  const auto gave_up = run({deck}, failing(NumericsError("at time 3")));
  EXPECT_EQ(gave_up.status, 3);
  EXPECT_EQ(gave_up.err, "at time 3\n");

  const auto not_stored = run({deck}, failing(WriteError("dir: full")));
  EXPECT_EQ(not_stored.status, 4);
  EXPECT_EQ(not_stored.err, "dir: full\n");

  const auto fault = run({deck}, failing(std::logic_error("oops")));
  EXPECT_EQ(fault.status, 1);
  EXPECT_NE(fault.err.find("oops"), std::string::npos);

  const auto no_memory = run({deck}, failing(std::bad_alloc()));
  EXPECT_EQ(no_memory.status, 1);
  EXPECT_NE(no_memory.err.find("not enough memory"), std::string::npos);
}

TEST_F(RunToolTest, directory_that_cannot_be_made_is_status_4)
{
  const auto result = run({deck, "--output", deck + "/below"}, [](const CommandLine &, const Deck &deck) {
    prepare_output_directory(deck.output.directory);
    return 0;
  });
  EXPECT_EQ(result.status, 4);
  EXPECT_NE(result.err.find(deck + "/below: "), std::string::npos);
}

TEST_F(RunToolTest, questions_are_answered_without_a_deck)
{
  const auto help = run({"--help"}, never);
  EXPECT_EQ(help.status, 0);
  EXPECT_EQ(help.out, help_text(tool()));

  const auto answer = run({"--version"}, never);
  EXPECT_EQ(answer.status, 0);
  EXPECT_EQ(answer.out.find("revitra-point " + std::string(version)), 0u) << answer.out;

  const auto parameters = run({"--print-parameters"}, never);
  EXPECT_EQ(parameters.status, 0);
  EXPECT_NO_THROW(read_deck(scratch.write("printed.prm", parameters.out)));
}

TEST_F(RunToolTest, ranks_other_than_the_root_print_nothing)
{
  EXPECT_EQ(run({"--help"}, never, tool(false)).out, "");
  const auto result = run({"--foo"}, never, tool(false));
  EXPECT_EQ(result.status, 2);
  EXPECT_EQ(result.err, "");
}

#include "material/base/csv.h"
#include "material/base/text.h"
#include "material/point/sweep.h"
#include "material/point/sweep_table.h"
#include "tests/base/problems_of.h"
#include "tests/point/point_runs.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>
#include <sstream>

using namespace revitra;

namespace
{
  using Texts = std::vector<std::string>;

  /// An empty deck, tables for it, and what their sweeps leave in the directory `out`.
  class SweepTest : public testing::Test
  {
  protected:
    SweepTest()
    {
      line.deck      = scratch.write("deck.prm", "");
      line.overrides = {"Output/Directory=" + scratch.path("out"), "Loading/Program=rate 1e-4 until strain 0.1"};
      line.sweep     = scratch.path("table.csv");
      line.quiet     = true;
    }

    /// Runs the sweep of `table`; returns the exit status.
    int sweep(const std::string &table)
    {
      scratch.write("table.csv", table);
      std::ostringstream    captured;
      std::streambuf *const terminal = std::cerr.rdbuf(captured.rdbuf());
      const auto            restore = std::shared_ptr<void>(nullptr, [terminal](void *) { std::cerr.rdbuf(terminal); });
      const int             status  = run_sweep(line, read_deck(line.deck, line.overrides));
      messages                      = captured.str();
      return status;
    }

    Texts problems_in(const std::string &table)
    {
      return problems_of([&] { sweep(table); });
    }

    std::string text() const { return scratch.read("out/summary.csv"); }

    /// The cell of summary.csv in row number `row`, from 1, and `column`.
    std::string cell(const std::size_t row, const std::string &column) const
    {
      Texts lines;
      for (std::istringstream stream(text()); std::getline(stream, lines.emplace_back());)
        ;
      const Texts names = csv_cells(lines.at(0));
      const auto  found = std::find(names.begin(), names.end(), column);
      if (found == names.end())
        throw std::out_of_range("no column " + column);
      return csv_cells(lines.at(row)).at(found - names.begin());
    }

    /// Puts `now` in the place of `was` in summary.csv.
    void edit(const std::string &was, const std::string &now) const
    {
      std::string edited = text();
      edited.replace(edited.find(was), was.size(), now);
      scratch.write("out/summary.csv", edited);
    }

    ScratchDirectory scratch;
    CommandLine      line;
    std::string      messages;
  };

  const std::string two_temperatures = "name,Material/Temperature\ncold,0.85\nwarm,0.95\n";
} // namespace

TEST_F(SweepTest, each_row_gives_what_a_run_of_its_own_gives)
{
  EXPECT_EQ(sweep("# of two\n\n" + two_temperatures + "\"hot, hot\",\n"), 0);
  for (const auto &[row, temperature] : {std::pair(1, "0.85"), std::pair(2, "0.95"), std::pair(3, "0.9")})
    {
      const PointRun alone = run_point_with({line.overrides[1], std::string("Material/Temperature=") + temperature});
      EXPECT_EQ(cell(row, "free_volume_final"), shortest(alone.last().free_volume));
      EXPECT_EQ(cell(row, "peak_stress"), shortest(alone.peak.stress()));
      EXPECT_EQ(cell(row, "eed"), shortest(alone.last().eed));
      EXPECT_EQ(cell(row, "status"), "done");
      EXPECT_EQ(cell(row, "row"), std::to_string(row));
    }
  EXPECT_EQ(cell(3, "name"), "hot, hot");
  EXPECT_EQ(cell(3, "Material/Temperature"), "");
}

TEST_F(SweepTest, the_order_of_rows_does_not_depend_on_the_number_of_jobs)
{
  std::string table = "Material/Initial free volume\n";
  for (int i = 0; i < 40; ++i)
    table += shortest(0.04 + 1e-3 * i) + "\n";
  Texts energies[2];
  for (unsigned int &jobs : std::vector<unsigned int>{1, 4})
    {
      line.jobs         = jobs;
      line.overrides[0] = "Output/Directory=" + scratch.path("out");
      std::filesystem::remove_all(scratch.path("out"));
      EXPECT_EQ(sweep(table), 0);
      for (int i = 0; i < 40; ++i)
        energies[jobs == 4].push_back(cell(i + 1, "Material/Initial free volume") + " " + cell(i + 1, "eed"));
    }
  EXPECT_EQ(energies[0], energies[1]);
}

TEST_F(SweepTest, a_row_that_fails_is_reported_and_stops_no_other)
{
  EXPECT_EQ(sweep("Material/Temperature,Loading/Program\n0.9,rate 1e-4 until stress 30\n0.9,\n"), 3);
  EXPECT_EQ(cell(1, "status"), "failed");
  EXPECT_NE(cell(1, "message").find("does not get there"), std::string::npos);
  EXPECT_NE(messages.find("table.csv: line 2: "), std::string::npos) << messages;
  EXPECT_EQ(cell(2, "status"), "done");
}

TEST_F(SweepTest, a_row_that_cannot_run_is_reported_with_all_its_problems_and_stops_no_other)
{
  EXPECT_EQ(sweep("Material/Temperature,EED/Threshold\n-1,flaw\n0.9,flow\n"), 2);
  EXPECT_EQ(cell(1, "status"), "bad input");
  for (const char *what : {"Material/Temperature = -1", "EED/Threshold = flaw", "table.csv: line 2"})
    {
      EXPECT_NE(messages.find(what), std::string::npos) << messages;
      EXPECT_NE(cell(1, "message").find(what), std::string::npos) << cell(1, "message");
    }
  EXPECT_EQ(cell(2, "status"), "done");
}

TEST_F(SweepTest, nothing_is_written_if_no_row_can_run)
{
  EXPECT_TRUE(mentions(problems_in("Material/Temperature\n-1\n"), {"line 2", "Material/Temperature = -1"}));
  EXPECT_FALSE(std::filesystem::exists(scratch.path("out")));
}

TEST_F(SweepTest, what_is_wrong_with_the_table_comes_at_once)
{
  const Texts problems = problems_in("Material/Temprature,Output/Units,name,name\n1,2\n\"a\n");
  EXPECT_TRUE(mentions(problems, {"Material/Temprature", "did you mean Material/Temperature?"}));
  EXPECT_TRUE(mentions(problems, {"Output/Units", "same for all"}));
  EXPECT_TRUE(mentions(problems, {"'name'", "twice"}));
  EXPECT_TRUE(mentions(problems, {"line 2", "2 cells for 4"}));
  EXPECT_TRUE(mentions(problems, {"line 3", "not closed"}));
  EXPECT_FALSE(std::filesystem::exists(scratch.path("out")));
  EXPECT_TRUE(mentions(problems_in("Material/Temperature\n"), {"no run in it"}));
  line.sweep = scratch.path("none.csv");
  EXPECT_TRUE(mentions(problems_of([&] { read_sweep_table(line.sweep); }), {"none.csv", "No such file"}));
}

TEST_F(SweepTest, what_is_done_is_not_done_again)
{
  EXPECT_EQ(sweep(two_temperatures), 0);
  const std::string first = cell(1, "eed");
  edit(first, "1.23456"); // a mark that another run would wipe out
  EXPECT_EQ(sweep("name,Material/Temperature\nnew,0.8\ncold,0.85\nwarm,0.95\n"), 0);
  EXPECT_EQ(cell(2, "eed"), "1.23456");
  EXPECT_EQ(cell(2, "row"), "2");
  EXPECT_EQ(cell(1, "name"), "new");
}

TEST_F(SweepTest, a_sweep_that_was_killed_goes_on)
{
  EXPECT_EQ(sweep(two_temperatures), 0);
  const std::string whole = cell(2, "eed");
  edit(cell(1, "eed"), "1.23456");
  scratch.write("out/summary.csv", text().substr(0, text().size() - 40)); // the second row is cut off
  EXPECT_EQ(sweep(two_temperatures), 0);
  EXPECT_EQ(cell(1, "eed"), "1.23456");
  EXPECT_EQ(cell(2, "eed"), whole);
}

TEST_F(SweepTest, failed_rows_and_those_of_another_version_are_run_again)
{
  EXPECT_EQ(sweep(two_temperatures), 0);
  edit(cell(1, "eed"), "1.23456");
  edit(",done,", ",failed,");
  edit(cell(2, "eed"), "2.34567");
  const std::size_t last = text().rfind(cell(2, "version"));
  scratch.write("out/summary.csv", text().substr(0, last) + "0.0.0" + text().substr(last + cell(2, "version").size()));
  EXPECT_EQ(sweep(two_temperatures), 0);
  EXPECT_NE(cell(1, "eed"), "1.23456");
  EXPECT_NE(cell(2, "eed"), "2.34567");
}

TEST_F(SweepTest, results_of_another_sweep_are_not_written_over)
{
  EXPECT_EQ(sweep(two_temperatures), 0);
  const std::string before = text();
  EXPECT_TRUE(mentions(problems_in("Material/Temperature\n0.85\n"), {"summary.csv", "other columns", "--output"}));
  EXPECT_TRUE(mentions(problems_in("name,Material/Temperature\ncold,0.85\n"), {"1 runs", "does not list"}));
  line.overrides.push_back("Material/Initial ST sum=0.7");
  EXPECT_TRUE(mentions(problems_in(two_temperatures), {"Material/Initial ST sum = 0.7", "another value", "--output"}));
  EXPECT_EQ(text(), before);
}

TEST_F(SweepTest, histories_are_those_of_the_rows)
{
  line.histories = true;
  EXPECT_EQ(sweep(two_temperatures), 0);
  const auto last_line_of = [this](const std::string &file) {
    const std::string history = scratch.read(file);
    return history.substr(history.rfind('\n', history.size() - 2) + 1);
  };
  EXPECT_EQ(csv_cells(last_line_of("out/histories/0002.csv")).at(9), cell(2, "eed"));
  std::filesystem::remove(scratch.path("out/histories/0001.csv"));
  EXPECT_EQ(sweep(two_temperatures), 0);
  EXPECT_EQ(csv_cells(last_line_of("out/histories/0001.csv")).at(9), cell(1, "eed"));
}

#include "material/base/table_reader.h"
#include "material/results/history.h"
#include "tests/base/problems_of.h"
#include "tests/base/scratch_directory.h"

#include <gtest/gtest.h>

using namespace revitra;
using namespace std::string_literals;
using Texts = std::vector<std::string>;

TEST(TableReader, what_spreadsheets_write_is_the_same_table)
{
  const ScratchDirectory scratch;
  for (const std::string &text : {"time,strain\n0,0\n# note\n\n1e-3,a b\n"s,
                                  "time,strain\r\n0,0\r\n# note\r\n\r\n1e-3,a b\r\n"s,
                                  "time,strain\r0,0\r# note\r\r1e-3,a b"s,
                                  "\xEF\xBB\xBF\"time\",\"strain\"\r\n\"0\",\"0\"\r\n\r\n\r\n\"1e-3\",\"a b\"\r\n"s})
    {
      TableReader reader(scratch.write("t.csv", text), "the table");
      EXPECT_EQ(reader.columns().cells, (Texts{"time", "strain"}));
      TableLine line;
      ASSERT_TRUE(reader.next(line));
      EXPECT_EQ(line.cells, (Texts{"0", "0"}));
      EXPECT_EQ(line.number, 2u);
      ASSERT_TRUE(reader.next(line));
      EXPECT_EQ(line.cells, (Texts{"1e-3", "a b"}));
      EXPECT_EQ(line.number, 5u);
      EXPECT_TRUE(line.closed);
      EXPECT_FALSE(reader.next(line));
    }
}

TEST(TableReader, empty_cells_behind_the_last_column_are_none)
{
  const ScratchDirectory scratch;
  TableReader reader(scratch.write("t.csv", ",,,\ntime,strain,,\n0,0,,\n1,,,\n,,,\n\"\",2,\"\",\n1,2,,3\n5"), "it");
  EXPECT_EQ(reader.columns().cells, (Texts{"time", "strain"}));
  std::vector<Texts> rows;
  std::vector<bool>  empty;
  for (TableLine line; reader.next(line);)
    {
      rows.push_back(line.cells);
      empty.push_back(line.is_empty());
    }
  const std::vector<Texts> expected = {{"0", "0"}, {"1", ""}, {"", ""}, {"", "2"}, {"1", "2", "", "3"}, {"5"}};
  EXPECT_EQ(rows, expected);
  EXPECT_EQ(empty, (std::vector<bool>{false, false, true, false, false, false}));
}

TEST(TableReader, quotes_hold_commas_and_quotes)
{
  const ScratchDirectory scratch;
  TableReader            reader(scratch.write("t.csv", "a,b\n\"hold for 1, x\",\"a \"\"b\"\"\"\n\"open,1\n"), "it");
  TableLine              line;
  ASSERT_TRUE(reader.next(line));
  EXPECT_EQ(line.cells, (Texts{"hold for 1, x", "a \"b\""}));
  ASSERT_TRUE(reader.next(line));
  EXPECT_FALSE(line.closed);
}

TEST(TableReader, semicolons_are_told_with_what_to_do)
{
  const ScratchDirectory scratch;
  const auto             problems = [&](const std::string &text) {
    return problems_of([&] { TableReader(scratch.write("t.csv", text), "the table"); });
  };
  EXPECT_TRUE(
    mentions(problems("time;strain\n0,5;0,1\n"),
             {scratch.path("t.csv") + ": line 1 'time;strain'", "semicolons", "decimal sign is a comma", "save"}));
  EXPECT_TRUE(mentions(problems("\"time\n"), {"line 1: a double quote is not closed"}));
  EXPECT_TRUE(mentions(problems("\xFF\xFEt\0"s), {"the table cannot be read: it is in UTF-16"}));
  EXPECT_TRUE(problems("").empty());
}

TEST(TableReader, times_saved_by_a_spreadsheet)
{
  const ScratchDirectory scratch;
  const std::string      saved = "\xEF\xBB\xBF\"strain\",\"time\"\r\n\"0\",\"0\"\r\n\"0.1\",\"1000\"\r\n";
  EXPECT_EQ(read_times(scratch.write("h.csv", saved), UnitScales()), (std::vector<double>{0., 1000.}));
  const std::string padded = "# note,,\nstrain,time,\n0,0,\n,,\n0.1,1000,\n,,";
  EXPECT_EQ(read_times(scratch.write("h.csv", padded), UnitScales()), (std::vector<double>{0., 1000.}));
}

TEST(TableReader, history_saved_by_a_spreadsheet_is_resumed)
{
  // The row that stays has the spreadsheet's digits, the one that follows ours; the file is as if it had never been
  // away.
  const ScratchDirectory scratch;
  const std::string      file = scratch.path("history.csv");
  HistoryRow             row;
  for (int i = 0; i < 2; ++i)
    {
      auto history = HistoryWriter::create(file, {}, UnitScales());
      history.append(row);
      history.append(row);
    }
  const std::string ours   = scratch.read("history.csv");
  std::string       theirs = "\xEF\xBB\xBF";
  for (const char letter : ours)
    theirs += letter == '\n' ? "\"\r\n\"" : letter == ',' ? "\",\"" : std::string(1, letter);
  theirs.insert(3, "\"");
  theirs.pop_back(); // the quote that the last line end opened
  scratch.write("history.csv", theirs);
  HistoryWriter::resume(file, {}, UnitScales(), {1, 0.}).append(row);
  EXPECT_EQ(scratch.read("history.csv"), ours);

  scratch.write("history.csv", theirs);
  EXPECT_THROW(HistoryWriter::resume(file, {}, UnitScales(), {3, 0.}), WriteError);
  EXPECT_EQ(scratch.read("history.csv"), theirs);
  scratch.write("history.csv", "\xFF\xFEt");
  EXPECT_THROW(HistoryWriter::resume(file, {}, UnitScales(), {1, 0.}), WriteError);
}

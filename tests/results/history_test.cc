#include "material/base/text.h"
#include "material/results/history.h"
#include "tests/base/problems_of.h"
#include "tests/base/scratch_directory.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>

using namespace revitra;

namespace
{
  const std::string common_header =
    "time,strain,stress,plastic_strain,temperature,free_volume,st_sum,st_bias,sigma_c,eed,"
    "eed_star,rejuvenation,work,elastic_energy,dissipation,free_volume_work,heat";

  /// A row in which column i is i + 1.
  HistoryRow numbered_row()
  {
    HistoryRow row;
    double     number = 0.;
    for (const CommonColumn &column : common_columns())
      row.*column.member = (number += 1.);
    return row;
  }

  HistoryRow row_at(const double time)
  {
    HistoryRow row;
    row.time = time;
    return row;
  }

  std::vector<std::string> lines_of(const ScratchDirectory &scratch)
  {
    auto lines = split(scratch.read("history.csv"), '\n');
    EXPECT_EQ(lines.back(), "") << "the last line has no end";
    lines.pop_back();
    return lines;
  }

  class HistoryTest : public testing::Test
  {
  protected:
    const ScratchDirectory scratch;
    const std::string      file = scratch.path("history.csv");

    /// Why `file` is none to go on with after `rows` rows, of which the last is of `time`; empty if it is.
    std::string why_not_resumed(const std::size_t rows, const double time) const
    {
      try
        {
          HistoryWriter::resume(file, {}, {}, {rows, time});
        }
      catch (const HistoryMismatch &mismatch)
        {
          return mismatch.what();
        }
      return "";
    }
  };
} // namespace

TEST_F(HistoryTest, columns_stand_in_the_promised_order)
{
  auto       writer = HistoryWriter::create(file, {{"eed_mean", Quantity::energy_density}, {"substeps"}}, {});
  HistoryRow row    = numbered_row();
  row.more          = {18., 19.};
  writer.append(row);
  const auto lines = lines_of(scratch);
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0], common_header + ",eed_mean,substeps");
  EXPECT_EQ(lines[1], "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19");
}

TEST_F(HistoryTest, physical_units_scale_each_column_by_what_it_measures)
{
  auto writer =
    HistoryWriter::create(file, {{"a", Quantity::stress}, {"b", Quantity::energy_density}, {"c"}}, {2., 3., 5., 7.});
  HistoryRow row;
  for (const CommonColumn &column : common_columns())
    row.*column.member = 1.;
  row.more = {1., 1., 1.};
  writer.append(row);
  // time, strain, stress, plastic_strain, temperature, free_volume, st_sum, st_bias, sigma_c, eed, eed_star,
  // rejuvenation, work, elastic_energy, dissipation, free_volume_work, heat
  EXPECT_EQ(lines_of(scratch)[1], "2,3,5,3,7,1,1,1,5,15,3,1,15,15,15,15,15,5,15,1");
}

TEST_F(HistoryTest, numbers_keep_all_their_digits)
{
  auto       writer = HistoryWriter::create(file, {}, {});
  HistoryRow row;
  row.time        = 1. / 3.;
  row.strain      = 0.1 + 0.2;
  row.stress      = -1e-300;
  row.free_volume = std::numeric_limits<double>::quiet_NaN();
  writer.append(row);
  const auto cells = split(lines_of(scratch)[1], ',');
  EXPECT_EQ(read_number(cells[0]), 1. / 3.);
  EXPECT_EQ(read_number(cells[1]), 0.1 + 0.2);
  EXPECT_EQ(read_number(cells[2]), -1e-300);
  EXPECT_EQ(cells[5], "nan");
}

TEST_F(HistoryTest, each_row_is_there_while_the_run_goes_on)
{
  auto writer = HistoryWriter::create(file, {}, {});
  EXPECT_EQ(lines_of(scratch).size(), 1u);
  for (std::size_t n = 1; n <= 3; ++n)
    {
      writer.append(row_at(double(n)));
      EXPECT_EQ(writer.rows(), n);
      EXPECT_EQ(lines_of(scratch).size(), n + 1);
    }
}

TEST_F(HistoryTest, row_of_another_length_is_refused)
{
  auto writer = HistoryWriter::create(file, {{"extra"}}, {});
  EXPECT_THROW(writer.append(HistoryRow()), std::invalid_argument);
  EXPECT_EQ(lines_of(scratch).size(), 1u);
}

TEST_F(HistoryTest, create_starts_afresh)
{
  scratch.write("history.csv", "old\n");
  HistoryWriter::create(file, {}, {});
  EXPECT_EQ(scratch.read("history.csv"), common_header + "\n");
}

TEST_F(HistoryTest, resumed_history_equals_an_uninterrupted_one)
{
  {
    auto writer = HistoryWriter::create(file, {}, {});
    for (const double time : {1., 2., 3., 4.})
      writer.append(row_at(time));
  }
  const std::string uninterrupted = scratch.read("history.csv");
  std::ofstream(file, std::ios::app) << "5,0.1"; // killed in the middle of a row

  {
    auto writer = HistoryWriter::resume(file, {}, {}, {2, 2.});
    EXPECT_EQ(writer.rows(), 2u);
    EXPECT_EQ(lines_of(scratch).size(), 3u);
    writer.append(row_at(3.));
    writer.append(row_at(4.));
    EXPECT_EQ(writer.rows(), 4u);
  }
  EXPECT_EQ(scratch.read("history.csv"), uninterrupted);
}

TEST_F(HistoryTest, lines_that_an_editor_adds_are_no_rows)
{
  {
    auto writer = HistoryWriter::create(file, {}, {});
    for (const double time : {1., 2., 3.})
      writer.append(row_at(time));
  }
  const std::string uninterrupted = scratch.read("history.csv");
  for (const char *more : {"\n", "# a remark\n", "\r\n"})
    {
      std::string edited;
      for (const char letter : uninterrupted)
        edited += letter == '\n' ? std::string("\n") + more : std::string(1, letter);
      scratch.write("history.csv", edited);
      HistoryWriter::resume(file, {}, {}, {3, 3.});
      EXPECT_EQ(scratch.read("history.csv"), uninterrupted) << more;
    }
}

TEST_F(HistoryTest, commas_at_the_end_and_a_missing_line_end_do_no_harm)
{
  {
    auto writer = HistoryWriter::create(file, {}, {});
    for (const double time : {1., 2., 3.})
      writer.append(row_at(time));
  }
  const std::string uninterrupted = scratch.read("history.csv");
  const auto        lines         = lines_of(scratch);
  const std::string commas_only   = std::string(lines[0].size(), ',') + '\n';
  for (const std::string &edited :
       {join(lines, ",,\n") + ",,\n",                                          // in every line
        lines[0] + '\n' + lines[1] + ",\n" + lines[2] + "\n" + lines[3] + ",", // in some
        join(lines, "\n"),                                                     // no last end
        lines[0] + '\n' + commas_only + lines[1] + '\n' + lines[2] + '\n' + commas_only + lines[3]})
    {
      scratch.write("history.csv", edited);
      EXPECT_EQ(why_not_resumed(3, 3.), "") << edited;
      EXPECT_EQ(scratch.read("history.csv"), uninterrupted) << edited;
    }
}

TEST_F(HistoryTest, of_another_run_is_refused)
{
  auto writer = HistoryWriter::create(file, {}, {});
  for (const double time : {1., 2., 3.})
    writer.append(row_at(time));
  EXPECT_NE(why_not_resumed(2, 2.1).find("its row 2 has the time '2', and the checkpoint has 2.1"), std::string::npos)
    << why_not_resumed(2, 2.1);
  EXPECT_EQ(why_not_resumed(2, 2. * (1. + 1e-9)), ""); // digits that a spreadsheet has dropped
  EXPECT_EQ(why_not_resumed(0, 2.), "");               // of no row there is no time
}

TEST_F(HistoryTest, time_of_the_last_row_counts_in_its_unit)
{
  const UnitScales scales{2., 1., 1., 1.};
  HistoryWriter::create(file, {}, scales).append(row_at(3.)); // the file has 6
  EXPECT_NO_THROW(HistoryWriter::resume(file, {}, scales, {1, 3.}));
  EXPECT_THROW(HistoryWriter::resume(file, {}, scales, {1, 6.}), HistoryMismatch);
}

TEST_F(HistoryTest, missing_rows_are_told_by_number)
{
  auto writer = HistoryWriter::create(file, {}, {});
  for (const double time : {1., 2., 3.})
    writer.append(row_at(time));
  const std::string start = file + ": the run cannot go on with this history: ";
  EXPECT_EQ(why_not_resumed(7, 7.),
            start + "it has 3 rows, and the checkpoint counts on 7: the last 4 of them are missing");
  std::ofstream(file, std::ios::app) << "4,0.1"; // cut short
  EXPECT_EQ(why_not_resumed(7, 7.),
            start + "line 5 has 2 cells for 17 columns, so that 3 rows can be read, and the checkpoint counts on 7");
  scratch.write("history.csv", "");
  EXPECT_EQ(why_not_resumed(7, 7.),
            start + "it has 0 rows, and the checkpoint counts on 7: the last 7 of them are missing");
  std::filesystem::remove(file);
  EXPECT_EQ(why_not_resumed(7, 7.), start + "there is no such file, and the checkpoint counts on its 7 rows");
}

TEST_F(HistoryTest, resume_refuses_what_does_not_fit)
{
  HistoryWriter::create(file, {}, {}).append(row_at(1.));
  const std::string before = scratch.read("history.csv");
  EXPECT_THROW(HistoryWriter::resume(file, {}, {}, {2, 2.}), HistoryMismatch);
  EXPECT_THROW(HistoryWriter::resume(file, {{"extra"}}, {}, {1, 1.}), HistoryMismatch);
  EXPECT_THROW(HistoryWriter::resume(file, {}, {}, {1, 2.}), HistoryMismatch);
  EXPECT_EQ(scratch.read("history.csv"), before);

  // Half a row is no row.
  scratch.write("history.csv", before + "2,0.1");
  EXPECT_THROW(HistoryWriter::resume(file, {}, {}, {2, 2.}), HistoryMismatch);
  EXPECT_NO_THROW(HistoryWriter::resume(file, {}, {}, {1, 1.}));
}

TEST_F(HistoryTest, failure_to_write_is_reported_with_file_and_reason)
{
  EXPECT_THROW(HistoryWriter::create(scratch.path("none/history.csv"), {}, {}), WriteError);
  try
    {
      HistoryWriter::create("/dev/full", {}, {});
      FAIL() << "nothing was thrown";
    }
  catch (const WriteError &error)
    {
      EXPECT_NE(std::string(error.what()).find("/dev/full: "), std::string::npos) << error.what();
      EXPECT_NE(std::string(error.what()).find("No space left"), std::string::npos) << error.what();
    }
}

TEST_F(HistoryTest, times_are_read_back)
{
  {
    auto writer = HistoryWriter::create(file, {}, {2., 1., 1., 1.});
    for (const double time : {0., 0.1, 1e4 / 3.})
      writer.append(row_at(time));
  }
  EXPECT_EQ(read_times(file, {2., 1., 1., 1.}), (std::vector<double>{0., 0.1, 1e4 / 3.}));
  const std::string other = scratch.write("other.csv", "# a comment\nstress,time\r\n5,1\n6,2\n");
  EXPECT_EQ(read_times(other, {}), (std::vector<double>{1., 2.}));
  const std::string short_steps = scratch.write("short.csv", "time\n0\n1\n1\n1\n2\n");
  EXPECT_EQ(read_times(short_steps, {}), (std::vector<double>{0., 1., 1., 1., 2.}));
}

TEST_F(HistoryTest, times_that_cannot_be_read_are_refused_by_name)
{
  const auto problems = [this](const std::string &text) {
    return problems_of([&] { read_times(scratch.write("t.csv", text), {}); });
  };
  EXPECT_TRUE(mentions(problems("stress,strain\n1,2\n"), {"t.csv: ", "no column 'time'"}));
  EXPECT_TRUE(mentions(problems("time\n1\n0.5\n"), {"t.csv: line 3, time = 0.5: ", "not less than the one before"}));
  EXPECT_TRUE(mentions(problems("time\n-1\n2\n"), {"t.csv: line 2, time = -1: ", "not less than 0"}));
  EXPECT_TRUE(mentions(problems("a,time\n1,2\n3\n"), {"t.csv: line 3"}));
  EXPECT_TRUE(mentions(problems("time\nsoon\n"), {"t.csv: line 2, time = soon"}));
  EXPECT_TRUE(mentions(problems("time\n"), {"t.csv: ", "no history"}));
  EXPECT_TRUE(mentions(problems_of([this] { read_times(scratch.path("none.csv"), {}); }),
                       {"none.csv: the times cannot be read: No such file"}));
  EXPECT_TRUE(mentions(problems_of([this] { read_times(scratch.path(""), {}); }), {"cannot be read: Is a directory"}));
}

#include "material/point/row_rule.h"
#include "tests/point/point_runs.h"

#include <gtest/gtest.h>

#include <limits>

using namespace revitra;

namespace
{
  constexpr double infinity = std::numeric_limits<double>::infinity();

  Stretch stretch(const double from, const double to, std::vector<double> landmarks = {})
  {
    return {{from, 1e-4 * from, 0.}, {to, 1e-4 * to, 0.}, to - from, 0., infinity, false, std::move(landmarks)};
  }

  using Times = std::vector<double>;
} // namespace

TEST(SpacedRows, start_with_the_first_state)
{
  SpacedRows rows(0.005);
  EXPECT_EQ(rows.rows_in(stretch(0., 0.)), Times{0.});
}

TEST(SpacedRows, short_steps_have_none_and_long_ones_several)
{
  SpacedRows rows(0.005);
  rows.rows_in(stretch(0., 0.));
  EXPECT_EQ(rows.rows_in(stretch(0., 1.)), Times{});
  EXPECT_EQ(rows.rows_in(stretch(1., 3.)), Times{2.}); // 3e-4 from the first, the least is 2.5e-4
  EXPECT_EQ(rows.rows_in(stretch(3., 43.)), Times{40.});
  EXPECT_EQ(rows.rows_in(stretch(43., 163.)), (Times{40., 80., 120.}));
  EXPECT_EQ(rows.rows_in(stretch(163., 164.)), Times{});
  EXPECT_EQ(rows.rows_in(stretch(164., 213.5)), (Times{0., 49.5})); // not 50.5 from the last
}

TEST(SpacedRows, landmarks_have_rows)
{
  SpacedRows rows(0.005);
  rows.rows_in(stretch(0., 0.));
  EXPECT_EQ(rows.rows_in(stretch(0., 1., {0.25, 1.})), (Times{0.25, 1.}));
}

TEST(SpacedRows, no_two_rows_of_a_run_are_farther_apart_than_allowed)
{
  for (const std::string limit : {"0.005", "0.02", "0.0004"})
    {
      const PointRun run = run_point_with({"Time stepping/Maximum strain step=" + limit,
                                           "Loading/Program=rate 1e-4 until strain 3; rate -1e-4 until stress 0"});
      for (std::size_t i = 1; i < run.rows.size(); ++i)
        {
          const double distance = std::abs(run.rows[i].strain - run.rows[i - 1].strain);
          EXPECT_LE(distance, std::stod(limit) * (1. + 1e-8));
          EXPECT_GT(run.rows[i].time, run.rows[i - 1].time);
        }
      EXPECT_LT(run.rows.size(), 20 * 3.1 / std::stod(limit));
    }
}

TEST(SpacedRows, follow_the_logarithm_of_time_while_the_strain_is_held)
{
  const PointRun run          = run_program("rate 1e-4 until strain 0.12; hold for 1e6");
  std::size_t    in_first_ten = 0, in_last_half = 0;
  for (std::size_t i = 0; i < run.rows.size(); ++i)
    if (run.segments[i] == 1)
      {
        in_first_ten += run.rows[i].time - 1200. < 10.;
        in_last_half += run.rows[i].time - 1200. > 5e5;
      }
  EXPECT_GE(in_first_ten, 5u);
  EXPECT_GT(in_last_half, 10u);
  EXPECT_LT(run.rows.size(), 1000u);
}

TEST(RowsAtTimes, are_at_those_times)
{
  RowsAtTimes rows({0., 1., 2.5, 10.});
  EXPECT_EQ(rows.rows_in(stretch(0., 0.)), Times{0.});
  EXPECT_EQ(rows.rows_in(stretch(0., 0.5)), Times{});
  EXPECT_EQ(rows.rows_in(stretch(0.5, 3., {0.1})), (Times{0.5, 2.}));
  EXPECT_EQ(rows.rows_in(stretch(3., 10. * (1. - 1e-14))).size(), 1u); // but for rounding
}

TEST(RowsAtTimes, go_on_with_the_program_for_a_time_that_is_a_little_late)
{
  RowsAtTimes rows({0., 10., 10.001, 20.});
  EXPECT_NEAR(rows.overtime(10.), 0.001, 1e-12);
  EXPECT_EQ(rows.overtime(30.), 0.);
  EXPECT_EQ(rows.overtime(5.), 0.);

  // The other tool reached the end of this creep 0.002 later.
  const std::string program = "Loading/Program=rate 1e-2 until stress 12.5; stress 12.5 until strain 0.4";
  const double      end     = run_point_with({program}).last().time;
  RowsAtTimes       late({100., end + 0.002});
  const PointRun    run = run_point_with({program}, late);
  ASSERT_EQ(run.rows.size(), 2u);
  EXPECT_NEAR(run.last().time, end + 0.002, 1e-9);
  EXPECT_GT(run.last().strain, 0.4);
  EXPECT_NEAR(run.last().strain, 0.4, 1e-5);
}

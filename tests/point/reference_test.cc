#include "material/base/text.h"
#include "tests/point/point_runs.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

using namespace revitra;

// tests/reference holds curves from an independent integration with another code, exact to about 2e-13 of the peak of
// each column. The driver at its default tolerance is held to 1e-8 of the peak, in every column and row.
namespace
{
  constexpr double tolerance = 1e-8;

  struct ReferenceCurve
  {
    std::string                      file;
    Settings                         settings;
    std::vector<std::string>         columns;
    std::vector<std::vector<double>> rows;
  };

  ReferenceCurve read_reference(const std::string &name)
  {
    ReferenceCurve curve;
    curve.file = std::string(REVITRA_SOURCE_DIR) + "/tests/reference/" + name + ".csv";
    std::ifstream stream(curve.file);
    std::string   line;
    while (std::getline(stream, line))
      if (line[0] == '#')
        curve.settings.push_back(squeeze(line.substr(1)));
      else if (curve.columns.empty())
        curve.columns = split(line, ',');
      else
        {
          curve.rows.emplace_back();
          for (const std::string &cell : split(line, ','))
            curve.rows.back().push_back(*read_number(cell));
        }
    return curve;
  }

  class Reference : public testing::TestWithParam<std::string>
  {
  };
} // namespace

TEST_P(Reference, every_column_agrees_at_every_row)
{
  const ReferenceCurve curve = read_reference(GetParam());
  ASSERT_GT(curve.rows.size(), 100u);
  RowsAtTimes    times(read_times(curve.file, UnitScales()));
  const PointRun run = run_point_with(curve.settings, times);
  ASSERT_EQ(run.problem, "");
  ASSERT_EQ(run.rows.size(), curve.rows.size());
  for (std::size_t column = 0; column < curve.columns.size(); ++column)
    {
      const CommonColumn &ours = common_columns()[column];
      ASSERT_EQ(ours.name, curve.columns[column]);
      double peak = 0.;
      for (const auto &row : curve.rows)
        peak = std::max(peak, std::abs(row[column]));
      // The floor is met by the dissipation of the annealing alone, 2e-14 at most, and by columns of zeros.
      const double allowed = std::max(tolerance * peak, 1e-21);
      for (std::size_t i = 0; i < curve.rows.size(); ++i)
        ASSERT_NEAR(run.rows[i].*ours.member, curve.rows[i][column], allowed) << ours.name << ", row " << i;
    }
}

INSTANTIATE_TEST_SUITE_P(Curves,
                         Reference,
                         testing::Values("monotone",
                                         "monotone_balance",
                                         "cyclic",
                                         "creep",
                                         "relaxation",
                                         "annealing",
                                         "recovery",
                                         "temperature_ramp",
                                         "slow",
                                         "fast"),
                         [](const auto &info) { return info.param; });

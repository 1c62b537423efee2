#include "material/base/text.h"
#include "material/results/curve_record.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <functional>

using namespace revitra;

namespace
{
  HistoryRow row(const double strain, const double stress, const double sigma_c = 1e9)
  {
    HistoryRow row;
    row.strain  = strain;
    row.stress  = stress;
    row.sigma_c = sigma_c;
    return row;
  }

  /// The strains and stresses of the paper's baseline, which an independent solver computed.
  std::vector<HistoryRow> reference_rows()
  {
    std::ifstream           stream(std::string(REVITRA_SOURCE_DIR) + "/tests/reference/monotone.csv");
    std::vector<HistoryRow> rows;
    for (std::string line; std::getline(stream, line);)
      if (const auto cells = split(line, ','); cells.size() > 8 && read_number(cells[0]))
        rows.push_back(row(*read_number(cells[1]), *read_number(cells[2]), *read_number(cells[8])));
    return rows;
  }

  /// Records every `stride`-th row from row number `start` on, and the very first.
  CurveRecord record_of(const std::vector<HistoryRow> &rows, const std::size_t start, const std::size_t stride)
  {
    CurveRecord record;
    record.add(rows[0], 0);
    for (std::size_t i = start; i < rows.size(); i += stride)
      record.add(rows[i], 0);
    return record;
  }

  /// Adds `n` steps from strain `from` to `to` along `stress`.
  void load(CurveRecord                         &record,
            const double                         from,
            const double                         to,
            const unsigned int                   n,
            const std::size_t                    segment,
            const std::function<double(double)> &stress)
  {
    for (unsigned int i = 1; i <= n; ++i)
      {
        const double strain = from + (to - from) * i / n;
        record.add(row(strain, stress(strain)), segment);
      }
  }
} // namespace

TEST(CurveRecord, peak_of_the_baseline_is_found_between_rows_0005_apart)
{
  const auto rows = reference_rows();
  ASSERT_GT(rows.size(), 100u);
  for (const std::size_t start : {1u, 2u})
    {
      const CurveRecord record = record_of(rows, start, 2);
      EXPECT_NEAR(record.peak_stress() / 16.887475, 1., 1e-4) << "start " << start;
      EXPECT_NEAR(record.peak_strain(), 0.088211, 1e-4) << "start " << start;
    }
}

TEST(CurveRecord, peak_of_the_baseline_is_sharper_with_denser_rows)
{
  const CurveRecord record = record_of(reference_rows(), 1, 1);
  EXPECT_NEAR(record.peak_stress() / 16.887475, 1., 1e-5);
  EXPECT_NEAR(record.peak_strain(), 0.088211, 1e-5);
}

TEST(CurveRecord, threshold_of_the_baseline_is_crossed_where_the_stress_says)
{
  // Almost elastic up to there: σ = με.
  EXPECT_NEAR(record_of(reference_rows(), 2, 2).strain_c(), 7.74682003 / 210., 1e-5);
}

TEST(CurveRecord, uneven_rows_give_the_peak_of_a_parabola)
{
  CurveRecord record;
  for (const double strain : {0., 0.1, 0.25, 0.32, 0.5, 0.9})
    record.add(row(strain, 1. - (strain - 0.3) * (strain - 0.3)), 0);
  EXPECT_NEAR(record.peak_stress(), 1., 1e-12);
  EXPECT_NEAR(record.peak_strain(), 0.3, 1e-6);
}

TEST(CurveRecord, loading_the_other_way_has_a_negative_peak)
{
  CurveRecord record;
  for (const double strain : {0., -0.1, -0.25, -0.32, -0.5})
    record.add(row(strain, -1. + (strain + 0.3) * (strain + 0.3)), 0);
  EXPECT_NEAR(record.peak_stress(), -1., 1e-12);
  EXPECT_NEAR(record.peak_strain(), -0.3, 1e-6);
}

TEST(CurveRecord, corners_between_segments_are_not_rounded)
{
  CurveRecord record;
  record.add(row(0., 0.), 0);
  load(record, 0., 0.1, 10, 0, [](const double strain) { return 100. * strain; });
  load(record, 0.1, 0.2, 10, 1, [](const double strain) { return 10. * std::exp(-10. * (strain - 0.1)); });
  EXPECT_EQ(record.peak_stress(), 10.);
  EXPECT_EQ(record.peak_strain(), 0.1);
}

TEST(CurveRecord, peak_right_behind_a_corner_is_found)
{
  const auto  parabola = [](const double strain) { return 1. - (strain - 0.112) * (strain - 0.112); };
  CurveRecord record;
  record.add(row(0., 0.), 0);
  load(record, 0., 0.1, 5, 0, [&](const double strain) { return strain * parabola(0.1) / 0.1; });
  load(record, 0.1, 0.2, 10, 1, parabola);
  EXPECT_NEAR(record.peak_stress(), 1., 1e-12);
  EXPECT_NEAR(record.peak_strain(), 0.112, 1e-6);
}

TEST(CurveRecord, rows_crowded_at_an_event_do_not_spoil_the_peak)
{
  CurveRecord record;
  record.add(row(0., 0.91), 0);
  record.add(row(0.1, 0.96), 0);
  record.add(row(0.2, 0.99), 0);
  record.add(row(0.29, 0.9999), 0);
  record.add(row(0.29 + 1e-9, 0.9999 + 1e-7), 0); // the last digits are noise, and their slope is 100
  record.add(row(0.35, 0.9975), 0);
  record.add(row(0.4, 0.99), 0);
  EXPECT_NEAR(record.peak_stress(), 1., 2e-4);
}

TEST(CurveRecord, only_the_first_loading_counts)
{
  CurveRecord record;
  record.add(row(0., 0.), 0);
  load(record, 0., 0.1, 10, 0, [](const double strain) { return 100. * strain; });
  load(record, 0.1, 0.05, 10, 1, [](const double strain) { return 100. * strain - 20.; });
  load(record, 0.05, 0.5, 10, 2, [](const double strain) { return 100. * strain; });
  EXPECT_EQ(record.peak_stress(), 10.);

  CurveRecord held;
  held.add(row(0., 0.), 0);
  load(held, 0., 0.1, 10, 0, [](const double strain) { return 100. * strain; });
  held.add(row(0.1, 8.), 1);
  load(held, 0.1, 0.5, 10, 2, [](const double strain) { return 100. * strain; });
  EXPECT_EQ(held.peak_stress(), 10.);
}

TEST(CurveRecord, rest_before_the_loading_does_not_end_it)
{
  CurveRecord record;
  record.add(row(0., 0.), 0);
  record.add(row(1e-6, 0.), 0); // annealed without stress
  record.add(row(2e-6, 1e-14), 0);
  record.add(row(2e-6, -1e-3), 1); // held
  load(record, 0., 0.1, 10, 2, [](const double strain) { return 100. * strain; });
  EXPECT_EQ(record.peak_stress(), 10.);
}

TEST(CurveRecord, what_the_tool_knows_better_wins)
{
  CurveRecord record = record_of(reference_rows(), 1, 1);
  record.set_peak(0.0882, 16.8);
  record.set_strain_c(0.037);
  EXPECT_EQ(record.peak_strain(), 0.0882);
  EXPECT_EQ(record.peak_stress(), 16.8);
  EXPECT_EQ(record.strain_c(), 0.037);
}

TEST(CurveRecord, what_did_not_happen_is_no_number)
{
  CurveRecord record;
  EXPECT_TRUE(std::isnan(record.peak_stress()));
  record.add(row(0., 0., 5.), 0);
  record.add(row(0.1, 4., 5.), 0);
  EXPECT_TRUE(std::isnan(record.strain_c()));
  record.add(row(0.3, 6., 5.), 0);
  EXPECT_NEAR(record.strain_c(), 0.2, 1e-15);
  record.add(row(0.4, 1., 5.), 0);
  record.add(row(0.6, 7., 5.), 0);
  EXPECT_NEAR(record.strain_c(), 0.2, 1e-15); // the first
}

TEST(CurveRecord, threshold_at_the_crossing_is_that_of_the_moment)
{
  // While it falls; rows that end a little short of it, as a step located with a tolerance does, are as good as any.
  CurveRecord record;
  record.add(row(0., 0., 5.), 0);
  EXPECT_TRUE(std::isnan(record.threshold_at_crossing()));
  record.add(row(0.2, 4. * (1. - 1e-5), 4.), 0);
  EXPECT_TRUE(std::isnan(record.threshold_at_crossing()));
  record.add(row(0.4, 8., 3.), 0);
  EXPECT_NEAR(record.threshold_at_crossing(), 4., 4e-5);
  EXPECT_NEAR(record.strain_c(), 0.2, 0.2 * 1e-5);
  record.add(row(0.5, 1., 3.), 0);
  record.add(row(0.6, 7., 2.), 0);
  EXPECT_NEAR(record.threshold_at_crossing(), 4., 4e-5); // the first
}

TEST(CurveRecord, first_and_last_row_are_kept)
{
  CurveRecord record;
  record.add(row(0., 1.), 0);
  record.add(row(1., 2.), 0);
  record.add(row(2., 3.), 1);
  EXPECT_EQ(record.first().stress, 1.);
  EXPECT_EQ(record.last().stress, 3.);
}

#include "material/law/stability.h"
#include "material/law/steady_state.h"
#include "material/point/point_simulation.h"
#include "tests/point/point_runs.h"

#include <gtest/gtest.h>

#include <algorithm>

using namespace revitra;

namespace
{
  PointRun run_at_times(const Settings &settings, const std::vector<double> &times)
  {
    RowsAtTimes rule(times);
    return run_point_with(settings, rule);
  }

  bool says(const PointRun &run, const std::vector<std::string> &parts)
  {
    return std::all_of(parts.begin(), parts.end(), [&run](const std::string &part) {
      return run.problem.find(part) != std::string::npos;
    });
  }

  /// The number that follows `name` in what `run` says about the last accepted state.
  double last_accepted(const PointRun &run, const std::string &name)
  {
    const auto accepted = run.problem.find("last accepted: ");
    const auto place    = run.problem.find(name + " ", accepted);
    return place == std::string::npos ? std::nan("") : std::stod(run.problem.substr(place + name.size()));
  }

  void expect_a_finite_glass(const PointRun &run)
  {
    for (const HistoryRow &row : run.rows)
      {
        for (const CommonColumn &column : common_columns())
          ASSERT_TRUE(std::isfinite(row.*column.member)) << column.name << " at time " << row.time;
        ASSERT_LE(std::abs(row.st_bias), row.st_sum);
        ASSERT_GT(row.free_volume, 0.);
      }
  }
} // namespace

// The numbers of the paper's baseline, from an independent integration (tests/reference/make_references.py --check).
TEST(PointSimulation, baseline_has_the_known_peak)
{
  const PointRun run = run_program("rate 1e-4 until strain 1");
  EXPECT_NEAR(run.peak.stress(), 16.887475, 1e-6);
  EXPECT_NEAR(run.peak.strain(), 0.088211, 1e-6);
  EXPECT_NEAR(run.strain_c, 0.0368897, 1e-6);
  EXPECT_NEAR(run.last().eed, 1.872776, 1e-6);
}

TEST(PointSimulation, baseline_has_the_known_free_volume)
{
  const PointRun run = run_at_times({"Loading/Program=rate 1e-4 until strain 1"}, {1000., 2000., 5000., 10000.});
  ASSERT_EQ(run.rows.size(), 4u);
  const std::vector<double> known = {0.05328, 0.06840, 0.09558, 0.10817};
  for (std::size_t i = 0; i < known.size(); ++i)
    EXPECT_NEAR(run.rows[i].free_volume, known[i], 5e-6);
}

TEST(PointSimulation, effective_energy_saturates_with_the_flow_threshold_alone)
{
  const auto eed_at = [](const Settings &threshold) {
    Settings settings = {"Loading/Program=rate 1e-4 until strain 4"};
    settings.insert(settings.end(), threshold.begin(), threshold.end());
    const PointRun      run = run_at_times(settings, {1e4, 2e4, 4e4});
    std::vector<double> eed;
    for (const HistoryRow &row : run.rows)
      eed.push_back(row.eed);
    return eed;
  };
  const auto flow    = eed_at({});
  const auto balance = eed_at({"EED/Threshold=balance"});
  ASSERT_EQ(flow.size(), 3u);
  EXPECT_NEAR(flow[0], 1.873, 5e-4);
  EXPECT_NEAR(flow[2], flow[0], 2e-3);
  EXPECT_NEAR(balance[0], 2.03, 5e-3);
  EXPECT_NEAR(balance[1], 2.19, 5e-3);
  EXPECT_NEAR(balance[2], 2.51, 5e-3);
}

TEST(PointSimulation, balance_threshold_is_the_stress_at_the_first_zero_of_the_free_volume_rate)
{
  const PointRun run = run_point_with({"EED/Threshold=balance", "Loading/Program=rate 1e-4 until strain 0.2"});
  EXPECT_NEAR(run.strain_c, 0.0361274, 1e-7);
  EXPECT_NEAR(run.sigma_c, 7.58674401, 1e-8);
  for (const HistoryRow &row : run.rows)
    EXPECT_EQ(row.sigma_c, row.strain <= run.strain_c ? 0. : run.sigma_c);
}

TEST(PointSimulation, creep_has_the_known_free_volume_and_effective_energy)
{
  const PointRun run = run_point_with({"Loading/Program=rate 1e-2 until stress 12.5; stress 12.5 until strain 0.4",
                                       "EED/Threshold=value",
                                       "EED/Threshold stress=7.78",
                                       "Time stepping/Maximum strain step=0.0001"});
  const std::vector<double> strains = {.1, .15, .2, .25, .3, .35, .4};
  const std::vector<double> known   = {.05454, .06015, .06576, .07138, .07699, .08260, .08821};
  for (std::size_t i = 0; i < strains.size(); ++i)
    {
      // Linear in strain to 1e-7 between rows that are so close.
      const auto after = std::find_if(
        run.rows.begin(), run.rows.end(), [&](const HistoryRow &row) { return row.strain >= strains[i] - 1e-12; });
      const auto   before = after - 1;
      const double part   = (strains[i] - before->strain) / (after->strain - before->strain);
      EXPECT_NEAR(before->free_volume + part * (after->free_volume - before->free_volume), known[i], 5.1e-6);
    }
  EXPECT_NEAR(run.last().eed, 1.660091, 1e-6);
}

TEST(PointSimulation, segments_end_where_they_are_told_to)
{
  const PointRun run = run_program("rate 1e-4 until strain 0.1; rate -1e-4 until stress 2.5; hold for 100; "
                                   "rate 1e-3 for 20; rate -1e-4 until stress -3; stress -3 for 1000");
  ASSERT_EQ(run.problem, "");
  EXPECT_EQ(run.end_of(0).strain, 0.1);
  EXPECT_EQ(run.end_of(1).stress, 2.5);
  EXPECT_NEAR(run.end_of(2).time - run.end_of(1).time, 100., 1e-9);
  EXPECT_EQ(run.end_of(2).strain, run.end_of(1).strain);
  EXPECT_NEAR(run.end_of(3).strain - run.end_of(2).strain, 0.02, 1e-14);
  EXPECT_EQ(run.end_of(4).stress, -3.);
  EXPECT_NEAR(run.end_of(5).time - run.end_of(4).time, 1000., 1e-9);
  EXPECT_EQ(run.end_of(5).stress, -3.);
  for (std::size_t i = 0; i < run.rows.size(); ++i)
    if (run.segments[i] == 1)
      {
        EXPECT_GE(run.rows[i].stress, 2.5); // not overshot
      }
}

TEST(PointSimulation, stress_just_below_the_peak_is_not_stepped_over)
{
  const PointRun run = run_program("rate 1e-4 until stress 16.88747542");
  EXPECT_EQ(run.problem, "");
  EXPECT_EQ(run.last().stress, 16.88747542);
  EXPECT_NEAR(run.last().strain, run.last().stress / 210. + run.last().plastic_strain, 1e-15);
  EXPECT_LT(run.last().strain, 0.0882110609);
}

TEST(PointSimulation, stress_can_be_reached_behind_the_peak)
{
  const PointRun run = run_program("rate 1e-4 until strain 0.1; rate 1e-4 until stress 10");
  EXPECT_EQ(run.last().stress, 10.);
  EXPECT_GT(run.last().strain, 0.1);
}

TEST(PointSimulation, peak_is_that_of_the_first_loading)
{
  // After the reversal the stress goes beyond the first peak, which ended at a corner.
  const PointRun run = run_program("hold for 100; rate 1e-4 until strain 0.05; rate -1e-4 until strain -0.2");
  EXPECT_NEAR(run.peak.strain(), 0.05, 1e-15);
  EXPECT_NEAR(run.peak.stress(), 10.5, 1e-3);
  EXPECT_TRUE(std::isnan(run_program("hold for 1000").peak.stress()));
  EXPECT_NEAR(run_program("stress 0 for 100; rate 1e-4 until strain 0.2").peak.stress(), 16.887, 1e-2);
}

TEST(PointSimulation, temperature_is_linear_over_its_segment_and_takes_the_flow_stress_along)
{
  const PointRun run = run_program("rate 1e-4 for 500; rate 1e-4 for 1000, temperature to 0.95; rate 1e-4 for 100");
  for (const HistoryRow &row : run.rows)
    {
      EXPECT_NEAR(row.temperature, 0.9 + 0.05 * std::clamp((row.time - 500.) / 1000., 0., 1.), 1e-12);
      EXPECT_NEAR(row.sigma_c, flow_stress(Kinetics(Parameters(), row.temperature)), 1e-10);
    }
  EXPECT_EQ(run.end_of(1).temperature, 0.95);
  EXPECT_EQ(run.last().temperature, 0.95);
}

TEST(PointSimulation, rows_have_the_growth_rate_of_a_perturbation)
{
  // From the row alone, and for a shear in another direction, so to the rounding of a few operations.
  const PointRun run =
    run_program("rate 1e-4 until strain 0.1; rate -1e-4 until strain 0.05; hold for 1000; "
                "rate 1e-4 for 1000, temperature to 0.95; rate -1e-4 until stress 0; stress 0 for 100");
  EXPECT_EQ(PointSimulation::columns().back().name, "instability"); // behind those that files had before
  double largest = 0.;
  for (const HistoryRow &row : run.rows)
    {
      State state;
      state.bias()        = row.st_bias * Deviator::Unit(0);
      state.st_sum()      = row.st_sum;
      state.free_volume() = row.free_volume;
      const double growth = growth_rate(Kinetics(Parameters(), row.temperature), state, row.stress * Deviator::Unit(0));
      EXPECT_NEAR(own_column(row, "instability"), growth, 1e-13 * std::abs(growth)) << row.time;
      largest = std::max(largest, growth);
    }
  EXPECT_GT(largest, 50e-4); // beyond the peak: 50 e-folds in a unit of strain
  EXPECT_EQ(own_column(run.last(), "instability"), 0.);
}

TEST(PointSimulation, tighter_tolerance_changes_nothing_that_matters)
{
  const std::string program = "Loading/Program=rate 1e-4 until strain 0.3";
  const PointRun    usual   = run_point_with({program});
  const PointRun    tight   = run_point_with({program, "Time stepping/Tolerance=1e-8"});
  EXPECT_GT(tight.steps, 2 * usual.steps);
  EXPECT_NEAR(usual.last().stress, tight.last().stress, 1e-9);
  EXPECT_NEAR(usual.last().eed, tight.last().eed, 1e-10);
}

TEST(PointSimulation, creep_above_the_flow_stress_runs_away_and_stops_at_its_strain)
{
  const PointRun run = run_program("rate 1e-2 until stress 12; stress 12 until strain 20");
  EXPECT_EQ(run.problem, "");
  EXPECT_EQ(run.last().strain, 20.);
  EXPECT_EQ(run.last().stress, 12.);
  EXPECT_GT(run.last().free_volume, 1.);
}

TEST(PointSimulation, creep_that_runs_away_for_a_given_time_is_an_error)
{
  const PointRun run = run_program("rate 1e-2 until stress 12; stress 12 for 1e7");
  EXPECT_TRUE(says(run, {"segment 2", "runs away", "until strain X"})) << run.problem;
}

TEST(PointSimulation, cold_creep_runs_away_in_less_time_than_a_clock_can_tell)
{
  const PointRun run = run_point_with({"Material/Temperature=0.5",
                                       "Material/Initial free volume=0.02",
                                       "Loading/Program=rate 1e-2 until stress 40; stress 40 until strain 1"});
  EXPECT_EQ(run.problem, "");
  EXPECT_EQ(run.last().strain, 1.);
  for (std::size_t i = 1; i < run.rows.size(); ++i)
    EXPECT_GE(run.rows[i].time, run.rows[i - 1].time);
}

TEST(PointSimulation, stress_out_of_reach_ends_in_steady_flow_and_an_error)
{
  const PointRun run = run_program("rate 1e-4 until strain 0.01; rate 1e-4 until stress 16.8875");
  EXPECT_TRUE(
    says(run, {"segment 2", "'rate 1e-4 until stress 16.8875'", "steadily", "time", "strain", "until strain X"}))
    << run.problem;
  EXPECT_LT(run.last().strain, 10.);
}

TEST(PointSimulation, strain_out_of_reach_of_a_creep_is_an_error)
{
  const PointRun arrested = run_program("rate 1e-2 until stress 3; stress 3 until strain 0.4");
  EXPECT_TRUE(says(arrested, {"segment 2", "all but stopped", "for DURATION"})) << arrested.problem;
  // where the creep begins: of a strain that is behind it, or ahead of a recovery
  for (const std::string program : {"rate 1e-2 until stress 12; stress 12 until strain 0.01",
                                    "rate 1e-4 until strain 0.2; rate -1e-4 until stress 0; stress 0 until strain 0.3"})
    {
      const PointRun away = run_program(program);
      EXPECT_TRUE(says(away, {"moves away", "change the strain"})) << away.problem;
      EXPECT_EQ(away.segments.back() + 2, parse_program(program).segments.size()); // no row of the creep
    }
  const PointRun wrong_way =
    run_program("rate 1e-4 until strain 0.1; rate -1e-4 until stress 0; rate 1e-4 until strain 0.01");
  EXPECT_TRUE(says(wrong_way, {"segment 3", "leads away"})) << wrong_way.problem;
}

TEST(PointSimulation, last_accepted_state_is_the_last_row_of_a_run_that_gives_up)
{
  const std::string still = "stress 0 until strain -0.1";
  const std::string creep = "rate 1e-2 until stress 3.9; stress 3.9 until strain 0.4";
  for (const PointRun &run :
       {run_program(still), run_program(creep), run_at_times({"Loading/Program=" + creep}, {0., 100.})})
    {
      EXPECT_TRUE(says(run, {"all but stopped"})) << run.problem;
      // The message has eight digits.
      EXPECT_NEAR(run.last().time, last_accepted(run, "time"), 1e-7 * run.last().time);
      EXPECT_NEAR(run.last().strain, last_accepted(run, "strain"), 1e-7 * std::abs(run.last().strain));
      EXPECT_GT(run.last().time, 1e20);
    }

  // A state that has its row does not get another.
  const PointRun twice =
    run_program("rate 1e-4 until strain 0.1; rate -1e-4 until stress 0; rate 1e-4 until strain 0.01");
  EXPECT_EQ(twice.last().stress, 0.);
  EXPECT_GT(twice.last().time, twice.rows[twice.rows.size() - 2].time);
}

// All shear transformations along the stress: the sign of plastic flow is lost in rounding. Peaks are from an
// integration of Λ − Δ, which has it. They grow with the logarithm of the Λ − Δ that there is in the beginning, and
// come out lower by 2 % from the least that is told from none.
TEST(PointSimulation, locked_glass_ends_in_an_avalanche)
{
  struct Case
  {
    Settings glass;
    double   peak;
  };
  const std::string       sum = "Material/Initial ST sum=", bias = "Material/Initial ST bias=";
  const std::string       free_volume = "Material/Initial free volume=";
  const std::vector<Case> cases       = {{{free_volume + "0.02", bias + "0.6"}, 49.391845},
                                         {{free_volume + "0.015", bias + "0.6"}, 64.408242},
                                         {{free_volume + "0.01", bias + "0.6"}, 94.424326},
                                         {{sum + "1", bias + "1", "Material/Temperature=0.5"}, 41.939322}};
  for (const Case &one : cases)
    {
      SCOPED_TRACE(one.glass.front());
      const PointRun run = run_point_with(one.glass);
      EXPECT_EQ(run.problem, "");
      EXPECT_NEAR(run.peak.stress(), one.peak, 0.025 * one.peak);
      EXPECT_LT(run.rows.size(), 2000u);
      expect_a_finite_glass(run);
    }

  const PointRun ahead = run_point_with({free_volume + "0.02", bias + "0.6"});
  const PointRun back =
    run_point_with({free_volume + "0.02", bias + "-0.6", "Loading/Program=rate -1e-4 until strain -1"});
  EXPECT_EQ(back.peak.stress(), -ahead.peak.stress());
}

TEST(PointSimulation, glass_without_shear_transformations_stays_elastic)
{
  const PointRun run = run_point_with({"Material/Initial ST sum=0", "Material/Initial ST bias=0"});
  EXPECT_EQ(run.problem, "");
  EXPECT_LT(run.steps, 1000);
  EXPECT_NEAR(run.last().stress, 210., 1e-10);
  for (const HistoryRow &row : run.rows)
    {
      EXPECT_EQ(row.plastic_strain, 0.);
      EXPECT_EQ(row.st_sum, 0.);
      EXPECT_EQ(row.st_bias, 0.);
    }
  expect_a_finite_glass(run);
}

// Free volume where it is out of proportion to anything else. What the specimen makes of it is for its own tests.
TEST(PointSimulation, comes_to_an_end_at_the_bounds_of_creation_annihilation_and_rate)
{
  for (const Settings &settings : {Settings{"Material/Annihilation coefficient=1e30"},
                                   Settings{"Material/Annihilation coefficient=1e30", "Material/Temperature=2"},
                                   Settings{"Material/Dilatancy factor=1e3"},
                                   Settings{"Material/Dilatancy factor=1e3", "Material/Temperature=2"},
                                   Settings{"Loading/Program=rate 1e-30 until strain 1"}})
    {
      SCOPED_TRACE(settings.back());
      const PointRun run = run_point_with(settings);
      EXPECT_EQ(run.problem, "");
      EXPECT_EQ(run.last().strain, 1.);
    }
}

// Invariants instead of a reference: they hold exactly, so they tell an integration that went astray.
TEST(PointSimulation, holds_its_own_anywhere)
{
  const Parameters material;
  for (const std::string T : {"0.5", "0.7", "0.9", "1.2"})
    for (const std::string free_volume : {"0.01", "0.02", "0.05", "0.1", "0.2"})
      for (const std::string rate : {"1e-10", "1e-7", "1e-4", "1e-1", "1e3"})
        {
          const PointRun run =
            run_point_with({"Material/Temperature=" + T,
                            "Material/Initial free volume=" + free_volume,
                            "Loading/Program=rate " + rate + " until strain 0.5; rate -" + rate +
                              " until strain 0.1; hold for 100; rate " + rate + " until strain 0.2"});
          SCOPED_TRACE("T " + T + ", free volume " + free_volume + ", rate " + rate);
          EXPECT_EQ(run.problem, "");
          EXPECT_EQ(run.last().strain, 0.2);
          const double scale = std::max(1., std::abs(run.last().work));
          for (const HistoryRow &row : run.rows)
            {
              ASSERT_TRUE(std::isfinite(row.stress) && std::isfinite(row.eed) && row.free_volume > 0.);
              ASSERT_LE(std::abs(row.st_bias), row.st_sum * (1. + 1e-9));
              ASSERT_NEAR(row.work, row.elastic_energy + row.dissipation, 1e-8 * scale);
              ASSERT_NEAR(row.strain, row.stress / material.shear_modulus + row.plastic_strain, 1e-10);
              ASSERT_NEAR(1. - row.st_sum, 0.4 * std::exp(-0.5 * accumulated_plastic_work(row, material)), 1e-8);
            }
        }
}

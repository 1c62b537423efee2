#include "material/results/summary.h"
#include "tests/base/scratch_directory.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cmath>

using namespace revitra;
using Json = nlohmann::ordered_json;

namespace
{
  HistoryRow row(const double strain, const double stress)
  {
    HistoryRow row;
    row.time         = 10. * strain;
    row.strain       = strain;
    row.stress       = stress;
    row.temperature  = 0.9;
    row.free_volume  = 0.05 + strain;
    row.sigma_c      = 5.;
    row.eed          = 2. * strain;
    row.eed_star     = 3. * strain;
    row.rejuvenation = 1. + strain;
    return row;
  }

  CurveRecord curve()
  {
    CurveRecord record;
    for (const double strain : {0., 0.1, 0.2, 0.3})
      record.add(row(strain, 100. * strain * (0.4 - strain)), 0); // 4 at 0.2
    record.set_strain_c(0.15);
    return record;
  }

  RunOutcome outcome()
  {
    RunOutcome outcome;
    outcome.tool           = "revitra-point";
    outcome.sigma_c        = 5.;
    outcome.sigma_flow     = 7.5;
    outcome.steps          = 12;
    outcome.rejected_steps = 3;
    outcome.wall_seconds   = 0.25;
    return outcome;
  }

  Json written(const Summary &summary)
  {
    const ScratchDirectory scratch;
    summary.write(scratch.path("summary.json"));
    return Json::parse(scratch.read("summary.json"));
  }
} // namespace

TEST(Summary, values_keep_their_type_and_order)
{
  Summary summary;
  summary.set_text("z", "text with \"quotes\"");
  summary.set("a", 0.1 + 0.2);
  summary.set_count("m", 9007199254740993);
  summary.set_group("seconds", {{"solve", 1.5}, {"assemble", std::nan("")}});
  const Json json = written(summary);
  EXPECT_EQ(json["z"], "text with \"quotes\"");
  EXPECT_EQ(json["a"].get<double>(), 0.1 + 0.2);
  EXPECT_EQ(json["m"].get<std::int64_t>(), 9007199254740993);
  EXPECT_EQ(json["seconds"]["solve"], 1.5);
  EXPECT_TRUE(json["seconds"]["assemble"].is_null());
  std::vector<std::string> names;
  for (const auto &item : json.items())
    names.push_back(item.key());
  EXPECT_EQ(names, (std::vector<std::string>{"z", "a", "m", "seconds"}));
}

TEST(Summary, a_name_set_again_keeps_its_place)
{
  Summary summary;
  summary.set("a", 1.);
  summary.set("b", 2.);
  summary.set("a", 3.);
  const Json json = written(summary);
  EXPECT_EQ(json.size(), 2u);
  EXPECT_EQ(json.begin().key(), "a");
  EXPECT_EQ(json["a"], 3.);
}

TEST(Summary, what_is_no_number_is_null)
{
  Summary summary;
  summary.set("nan", std::nan(""));
  summary.set("infinity", INFINITY);
  const Json json = written(summary);
  EXPECT_TRUE(json["nan"].is_null());
  EXPECT_TRUE(json["infinity"].is_null());
}

TEST(Summary, both_tools_say_what_was_promised)
{
  const Json json = written(summarize(Deck(), curve(), outcome()));
  EXPECT_EQ(json["status"], "done");
  EXPECT_TRUE(json["version"].is_string());
  EXPECT_EQ(json["tool"], "revitra-point");
  EXPECT_NE(json["reference"].get<std::string>().find("Ding, Jiang, Dai, Jiang"), std::string::npos);
  EXPECT_EQ(json["program"], "rate 1e-4 until strain 1");
  EXPECT_EQ(json["threshold"], "flow");
  EXPECT_EQ(json["units"], "dimensionless");
  EXPECT_EQ(json["sigma_c"], 5.);
  EXPECT_EQ(json["sigma_flow"], 7.5);
  EXPECT_EQ(json["strain_c"], 0.15);
  EXPECT_NEAR(json["peak_stress"].get<double>(), 4., 1e-12);
  EXPECT_NEAR(json["peak_strain"].get<double>(), 0.2, 1e-6);
  EXPECT_EQ(json["eed"].get<double>(), 2. * 0.3);
  EXPECT_EQ(json["eed_star"].get<double>(), 3. * 0.3);
  EXPECT_EQ(json["free_volume_initial"].get<double>(), 0.05);
  EXPECT_EQ(json["free_volume_final"].get<double>(), 0.05 + 0.3);
  EXPECT_EQ(json["rejuvenation"].get<double>(), 1.3);
  EXPECT_EQ(json["steps"], 12);
  EXPECT_EQ(json["rejected_steps"], 3);
  EXPECT_EQ(json["wall_seconds"], 0.25);
  EXPECT_FALSE(json.contains("message"));
}

TEST(Summary, a_failed_run_says_why_and_what_was_not_reached_is_null)
{
  CurveRecord record;
  record.add(row(0., 0.), 0);
  RunOutcome failed = outcome();
  failed.status     = "failed";
  failed.message    = "the step fell below 1e-12";
  failed.sigma_c    = std::nan("");
  const Json json   = written(summarize(Deck(), record, failed));
  EXPECT_EQ(json["status"], "failed");
  EXPECT_EQ(json["message"], "the step fell below 1e-12");
  EXPECT_TRUE(json["strain_c"].is_null());
  EXPECT_TRUE(json["sigma_c"].is_null());
}

TEST(Summary, physical_units_scale_results)
{
  Deck deck                                  = Deck();
  deck.output.units                          = Deck::Units::physical;
  deck.material.time_scale                   = 2.;
  deck.material.strain_scale                 = 3.;
  deck.material.stress_scale                 = 5.;
  deck.material.glass_transition_temperature = 700.;
  const Json plain                           = written(summarize(Deck(), curve(), outcome()));
  const Json json                            = written(summarize(deck, curve(), outcome()));
  const auto ratio = [&](const char *const name) { return json[name].get<double>() / plain[name].get<double>(); };
  EXPECT_EQ(json["units"], "physical");
  for (const char *const stress : {"sigma_c", "sigma_flow", "peak_stress", "stress_final"})
    EXPECT_NEAR(ratio(stress), 5., 1e-12) << stress;
  for (const char *const strain : {"strain_c", "peak_strain", "eed_star", "strain_final"})
    EXPECT_NEAR(ratio(strain), 3., 1e-12) << strain;
  EXPECT_NEAR(ratio("eed"), 15., 1e-12);
  EXPECT_NEAR(ratio("time_final"), 2., 1e-12);
  EXPECT_NEAR(ratio("temperature_final"), 700., 1e-9);
  for (const char *const number : {"free_volume_initial", "free_volume_final", "rejuvenation", "wall_seconds"})
    EXPECT_EQ(ratio(number), 1.) << number;
}

TEST(Summary, text_that_is_not_utf8_does_not_cost_the_summary)
{
  Summary summary;
  summary.set_text("directory", "a\xff");
  EXPECT_TRUE(written(summary)["directory"].is_string());
}

TEST(Summary, failure_to_write_is_reported)
{
  EXPECT_THROW(Summary().write("/dev/full"), WriteError);
  EXPECT_THROW(Summary().write("/no/such/directory/summary.json"), WriteError);
}

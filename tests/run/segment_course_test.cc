#include "material/input/program_bounds.h"
#include "material/input/segment_course.h"
#include "material/run/progress.h"
#include "tests/base/problems_of.h"
#include "tests/base/scratch_directory.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <sstream>

using namespace revitra;

namespace
{
  constexpr double flow = 7.75; // about that of the baseline

  Segment last_segment(const std::string &program)
  {
    return parse_program(program).segments.back();
  }

  /// Whether a segment with this program, begun at `stress`, is given up.
  bool is_hopeless(const std::string &program, const double stress, const double plastic_rate, const double flow_stress)
  {
    return !why_stress_is_out_of_reach(last_segment("rate 1 for 1; " + program), stress, plastic_rate, flow_stress)
              .empty();
  }

  std::vector<std::string> problems_with(const std::vector<std::string> &settings)
  {
    const ScratchDirectory scratch;
    return problems_of([&] { read_deck(scratch.write("deck.prm", ""), settings); });
  }
} // namespace

TEST(SegmentCourse, part_done_is_that_of_time_strain_or_stress)
{
  const SegmentPlace start{100., 0.1, 5.};
  EXPECT_EQ(part_done(last_segment("hold for 50"), start, {110., 0.1, 4.}), 0.2);
  EXPECT_EQ(part_done(last_segment("rate 1e-4 until strain 0.5"), start, {110., 0.2, 8.}), 0.25);
  EXPECT_EQ(part_done(last_segment("rate 1e-4 until stress 9"), start, {110., 0.2, 8.}), 0.75);
  EXPECT_EQ(part_done(last_segment("rate 1e-4 until stress 9"), start, {110., 0.2, 2.}), 0.);
  EXPECT_EQ(part_done(last_segment("rate 1e-4 until stress 5"), start, start), 1.);
}

TEST(SegmentCourse, a_rate_leads_away_from_a_stress_of_the_other_sign)
{
  for (const double plastic_rate : {0., 1.}) // flowing or not
    {
      EXPECT_TRUE(is_hopeless("rate 1e-4 until stress 0", 10., plastic_rate, 0.));
      EXPECT_TRUE(is_hopeless("rate 1e-4 until stress -5", 10., plastic_rate, flow));
      EXPECT_TRUE(is_hopeless("rate -1e-4 until stress 5", -10., plastic_rate, flow));
    }
  EXPECT_FALSE(is_hopeless("rate -1e-4 until stress 0", 10., 0., flow)); // unloading
  EXPECT_FALSE(is_hopeless("rate 1e-4 until stress -5", -10., 0., flow));
}

TEST(SegmentCourse, an_elastic_glass_does_not_come_below_the_flow_stress)
{
  EXPECT_TRUE(is_hopeless("rate 1e-4 until stress 5", 10., 1e-5, flow));
  EXPECT_TRUE(is_hopeless("rate -1e-4 until stress -5", -10., 1e-5, flow));
  EXPECT_FALSE(is_hopeless("rate 1e-4 until stress 9", 10., 1e-5, flow));  // behind the peak
  EXPECT_FALSE(is_hopeless("rate 1e-6 until stress 5", 7.75, 1e-4, flow)); // after a faster flow
  EXPECT_FALSE(is_hopeless("rate 1e-4 until stress 5", 10., 1e-5, 0.));    // nothing known
  EXPECT_FALSE(is_hopeless("rate 1e-4 until stress 5", 10., 1e-5, std::numeric_limits<double>::infinity()));
  EXPECT_FALSE(is_hopeless("rate 1e-4 until strain 5", 10., 1e-5, flow));
}

TEST(ProgramBounds, programs_without_end_are_refused)
{
  // 5000 is a million times the default of the largest strain step.
  EXPECT_TRUE(problems_with({"Loading/Program=rate 1 until strain 4999"}).empty());
  EXPECT_TRUE(mentions(problems_with({"Loading/Program=rate 1 until strain 2600; rate -1 until strain 0"}),
                       {"Loading/Program = ", "a strain of 5200", "allowed are 1000000 rows, a strain of 5000"}));
  EXPECT_TRUE(mentions(problems_with({"Loading/Program=rate 1e-4 for 1e300"}), {"a strain of 1e+296"}));
  EXPECT_TRUE(mentions(problems_with({"Loading/Program=rate 1e300 for 1e300"}), {"a strain of inf"}));
  EXPECT_TRUE(
    mentions(problems_with({"Time stepping/Maximum strain step=1e-7"}), {"a strain of 1,", "a strain of 0.1"}));
  EXPECT_TRUE(problems_with({"Loading/Program=hold for 1e300"}).empty());
}

TEST(ProgramBounds, offsets_keep_temperatures_within_bounds)
{
  const std::string ramp = "Loading/Program=hold for 1, temperature to 1.5";
  EXPECT_TRUE(mentions(problems_with({"Material/Temperature offset=-0.85"}),
                       {"Material/Temperature offset = -0.85", "0.05", "allowed is 0.1 <= value <= 2"}));
  EXPECT_TRUE(mentions(problems_with({"Material/Temperature offset=0.6", ramp}), {"Temperature offset = 0.6", "2.1"}));
  EXPECT_TRUE(problems_with({"Material/Temperature offset=0.4", ramp}).empty());
  EXPECT_TRUE(problems_with({"Material/Temperature offset=x"}).empty()); // that is seen in the specimen
}

TEST(Progress, tells_a_line_of_its_own_and_iterations_only_where_there_are_any)
{
  std::ostringstream out;
  Progress           progress(out, false);
  progress.tell({0.5, 1., 0.1, 5., 1e-3, 7, {}}); // too early in a log
  EXPECT_EQ(out.str(), "");
  progress.say("words");
  progress.end_line();
  EXPECT_EQ(out.str(), "words\n");
}

TEST(SegmentCourse, creep_goes_no_farther_back_than_it_can)
{
  const auto is_away = [](const double end, const double direction, const double recoverable) {
    Segment creep   = last_segment("rate 1 until stress 5; stress 5 until strain 0.4");
    creep.end_value = end;
    return !why_strain_is_out_of_reach(creep, 0.1, direction, recoverable).empty();
  };
  EXPECT_TRUE(is_away(0.09, 1e-4, 0.));
  EXPECT_FALSE(is_away(0.09, 1e-4, 0.011));
  EXPECT_FALSE(is_away(0.09, -1e-4, 0.));
  EXPECT_FALSE(is_away(0.11, 1e-4, 0.));
  EXPECT_TRUE(is_away(0.11, -1e-4, 0.));
  EXPECT_FALSE(is_away(-9., 0., 0.)); // which way is not known
  EXPECT_EQ(why_strain_is_out_of_reach(last_segment("rate 1 until strain 0.4"), 0.5, 1., 0.), ""); // no creep
}

TEST(SegmentCourse, bias_stores_the_work_against_it)
{
  // dψ = (T/2) artanh(Δ/Λ) dΔ, by Simpson's rule, exact to (step)⁴; ψ = (T/2) Λ ln 2 where all of Λ is along Δ
  const double temperature = 0.9, sum = 0.6, bias = 0.3;
  const int    steps = 1000;
  double       work  = 0.;
  for (int i = 0; i <= steps; ++i)
    work += (i % steps == 0 ? 1. : i % 2 == 1 ? 4. : 2.) / 3. * std::atanh(i * bias / steps / sum);
  work *= 0.5 * temperature * bias / steps;
  EXPECT_NEAR(stored_energy(temperature, sum, bias), work, 1e-10);
  EXPECT_EQ(stored_energy(temperature, sum, -bias), stored_energy(temperature, sum, bias));
  EXPECT_NEAR(stored_energy(temperature, sum, sum), 0.5 * temperature * sum * std::log(2.), 1e-15);
  EXPECT_EQ(stored_energy(temperature, 0., 0.), 0.);
  EXPECT_EQ(recoverable_strain(-2., 3.), 1.5);
  EXPECT_EQ(recoverable_strain(0., 3.), std::numeric_limits<double>::infinity());
}

TEST(ProgramBounds, first_creep_that_leads_away_is_refused)
{
  const auto is_refused = [](const std::string &program, std::vector<std::string> settings) {
    settings.push_back("Loading/Program=" + program);
    return mentions(problems_with(settings), {"Loading/Program", "moves away from the strain", "change the strain"});
  };
  EXPECT_TRUE(is_refused("rate 1e-2 until stress 1; stress 1 until strain -0.1", {}));
  EXPECT_TRUE(is_refused("rate -1e-2 until stress -1; stress -1 until strain 0.1", {}));
  EXPECT_TRUE(is_refused("rate 1e-2 until stress 1; rate 1 until stress 12; stress 12 until strain -0.1", {}));
  EXPECT_TRUE(is_refused("rate 1e-2 until stress 12; stress 12 until strain -0.1",
                         {"Material/Initial free volume=0.05+0.001*y"}));
  EXPECT_FALSE(is_refused("rate 1e-2 until stress 1; stress 1 until strain 0.1", {}));
  // what the bias has stored may bring it back so far
  const std::vector<std::string> biased = {"Material/Initial ST bias=0.6"};
  EXPECT_FALSE(is_refused("rate 1e-2 until stress 1; stress 1 until strain -0.1", biased));
  EXPECT_TRUE(is_refused("rate 1e-2 until stress 12; stress 12 until strain -0.1", biased));
  // and so may other loading before
  EXPECT_FALSE(is_refused("rate -1 until strain -1; rate 1 until stress 1; stress 1 until strain -0.1", {}));
  EXPECT_FALSE(is_refused("rate 1 until stress 12; rate -1 until stress 1; stress 1 until strain -0.1", {}));
}

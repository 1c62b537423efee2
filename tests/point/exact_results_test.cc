#include "material/law/steady_state.h"
#include "tests/point/point_runs.h"

#include <boost/math/special_functions/expint.hpp>
#include <gtest/gtest.h>

using namespace revitra;

// Results that follow from Eqs. (1)-(4) without integrating them, on programs of the point driver. Its local errors are
// 1e-10 at default settings; what is asked of it is stated with each test.
namespace
{
  const std::string cyclic = "rate 1e-4 until strain 0.15; rate -1e-4 until strain -0.15; rate 1e-4 until strain 0.15; "
                             "hold for 1e4; rate -1e-4 until stress 0; stress 0 for 1e4";

  /// F with F' = e^{1/ξ}: at constant stress in the saturated state and in annealing, F(ξ) is linear in time.
  double annealing_function(const double free_volume)
  {
    return free_volume * std::exp(1. / free_volume) - boost::math::expint(1. / free_volume);
  }

  const Parameters material;
  const Kinetics   kinetics(material, material.temperature);
} // namespace

TEST(ExactResults, st_sum_follows_from_the_plastic_work_on_any_path)
{
  const PointRun run = run_program(cyclic);
  for (const HistoryRow &row : run.rows)
    EXPECT_NEAR(1. - row.st_sum,
                (1. - material.initial_st_sum) *
                  std::exp(-material.transformation_coefficient * accumulated_plastic_work(row, material)),
                1e-10);
}

TEST(ExactResults, bias_stays_below_the_sum_which_stays_below_one)
{
  for (const std::string &program : {cyclic, std::string("rate 1 until strain 3; rate -1 until strain 0")})
    for (const HistoryRow &row : run_program(program).rows)
      {
        EXPECT_LT(std::abs(row.st_bias), row.st_sum);
        EXPECT_LE(row.st_sum, 1.); // which it is in double precision once 1 − Λ < 1e-16
      }
}

TEST(ExactResults, work_is_elastic_energy_and_dissipation)
{
  for (const HistoryRow &row : run_program(cyclic).rows)
    {
      EXPECT_NEAR(row.work, row.elastic_energy + row.dissipation, 1e-9);
      EXPECT_NEAR(row.dissipation, row.free_volume_work + row.heat, 1e-12);
      EXPECT_NEAR(row.strain, row.stress / material.shear_modulus + row.plastic_strain, 1e-12);
    }
}

TEST(ExactResults, late_flow_is_steady_whatever_came_before)
{
  const double sigma_f = flow_stress(kinetics);
  EXPECT_NEAR(sigma_f, 7.74682003, 1e-8);
  for (const double rate : {1e-6, 1e-4, 1e-2})
    for (const char *const free_volume : {"0.03", "0.05", "0.15"})
      for (const char *const modulus : {"100", "210"})
        {
          const PointRun    run = run_point_with({"Loading/Program=rate " + std::to_string(rate) + " until strain 20",
                                                  std::string("Material/Initial free volume=") + free_volume,
                                                  std::string("Material/Shear modulus=") + modulus});
          const HistoryRow &row = run.last();
          EXPECT_NEAR(row.stress, sigma_f, 1e-7);
          EXPECT_NEAR(row.st_sum, 1., 1e-9);
          EXPECT_NEAR(row.st_bias, 2. / (material.transformation_coefficient * sigma_f), 1e-8);
          EXPECT_NEAR(row.free_volume, steady_free_volume(kinetics, rate), 1e-8);
        }
  EXPECT_NEAR(steady_free_volume(kinetics, 1e-4), 0.108978, 1e-6);
}

TEST(ExactResults, creep_at_constant_stress_has_a_closed_form)
{
  const PointRun    run   = run_program("rate 1e-2 until stress 12.5; stress 12.5 until strain 0.4");
  const HistoryRow &start = run.end_of(0);
  EXPECT_EQ(start.stress, 12.5);
  const double s = 12.5, T = material.temperature, phi = material.transformation_coefficient;
  const double saturated = 2. / (phi * s);
  const double sinh = std::sinh(s / T), cosh = std::cosh(s / T);
  const double h     = sinh - saturated * cosh;
  const double c     = -(1. - start.st_sum) * sinh - (start.st_bias - saturated) * cosh;
  const double ratio = kinetics.annihilation(HUGE_VAL) / std::exp(kinetics.log_transformation_factor) / (phi * s * h);
  for (std::size_t i = 0; i < run.rows.size(); ++i)
    if (run.segments[i] == 1)
      {
        const HistoryRow &row    = run.rows[i];
        const double      strain = row.plastic_strain - start.plastic_strain;
        EXPECT_NEAR(row.st_bias, saturated + (start.st_bias - saturated) * std::exp(-phi * s * strain), 1e-9);
        EXPECT_NEAR(row.free_volume,
                    start.free_volume + material.dilatancy_factor * s * strain -
                      ratio * std::log((h * std::exp(phi * s * strain) + c) / (h + c)),
                    1e-10);
      }
  EXPECT_EQ(run.last().strain, 0.4);
}

TEST(ExactResults, stress_free_annealing_has_a_closed_form)
{
  for (const double T : {0.9, 1., 1.1})
    {
      const PointRun run = run_point_with({"Material/Temperature=" + std::to_string(T),
                                           "Material/Initial ST bias=0.3",
                                           "Loading/Program=stress 0 for 1e6"});
      const Kinetics hot(material, T);
      const double   ratio = 2. * std::exp(hot.log_transformation_factor) / hot.annihilation(HUGE_VAL);
      const double   start = annealing_function(material.initial_free_volume);
      ASSERT_GT(run.rows.size(), 10u);
      for (const HistoryRow &row : run.rows)
        {
          const double lost = hot.annihilation(HUGE_VAL) * row.time;
          EXPECT_NEAR(annealing_function(row.free_volume) - start, -lost, 1e-9 * (lost + std::abs(start)));
          const double bias = 0.3 * std::exp(ratio * (row.free_volume - material.initial_free_volume));
          EXPECT_NEAR(row.st_bias, bias, 1e-10);
          EXPECT_NEAR(row.plastic_strain, 0.5 * (bias - 0.3), 1e-10);
          EXPECT_EQ(row.stress, 0.);
          EXPECT_EQ(row.st_sum, material.initial_st_sum);
        }
      EXPECT_LT(run.last().free_volume, 0.9999 * material.initial_free_volume);
    }
}

TEST(ExactResults, relaxation_at_fixed_strain_ties_the_sum_to_the_stress)
{
  const PointRun    run   = run_program("rate 1e-4 until strain 0.12; hold for 1e5");
  const HistoryRow &start = run.end_of(0);
  const double      half  = 0.5 * material.transformation_coefficient / material.shear_modulus;
  EXPECT_LT(run.last().stress, start.stress - 3.);
  for (std::size_t i = 0; i < run.rows.size(); ++i)
    if (run.segments[i] == 1)
      {
        const HistoryRow &row   = run.rows[i];
        const double      spent = start.stress * start.stress - row.stress * row.stress;
        EXPECT_NEAR(1. - row.st_sum, (1. - start.st_sum) * std::exp(-half * spent), 1e-10);
        EXPECT_EQ(row.strain, 0.12);
      }
}

TEST(ExactResults, back_flow_agitates_as_forward_flow_does)
{
  // At fixed strain 0 the bias drives a stress, against which it works: ∫σ dε_pl = −σ²/2μ, ∫|σ dε_pl| = +σ²/2μ.
  const PointRun run = run_point_with({"Material/Temperature=1.1",
                                       "Material/Initial ST bias=0.5",
                                       "Material/Annihilation coefficient=0",
                                       "Loading/Program=hold for 1e6"});
  EXPECT_GT(run.last().stress, 0.4);
  for (const HistoryRow &row : run.rows)
    {
      EXPECT_NEAR(row.dissipation, -row.elastic_energy, 1e-10);
      EXPECT_NEAR(accumulated_plastic_work(row, material), row.elastic_energy, 1e-10);
      EXPECT_NEAR(1. - row.st_sum,
                  (1. - material.initial_st_sum) * std::exp(-material.transformation_coefficient * row.elastic_energy),
                  1e-10);
    }
}

TEST(ExactResults, plastic_rate_is_the_applied_one_at_the_peak)
{
  const PointRun run = run_program("rate 1e-4 until strain 0.2");
  const auto     top = std::max_element(
    run.rows.begin(), run.rows.end(), [](const auto &one, const auto &other) { return one.stress < other.stress; });
  EXPECT_NEAR(top->strain, run.peak.strain(), 1e-12);
  EXPECT_NEAR(top->stress, run.peak.stress(), 1e-12);
  const auto rates = kinetics.transformation_rates(top->stress, top->free_volume);
  EXPECT_NEAR(Kinetics::plastic_strain_rate(rates, top->st_sum, top->stress, top->st_bias), 1e-4, 1e-11);
}

TEST(ExactResults, initial_tangent_exceeds_the_modulus_by_the_back_flow_of_the_bias)
{
  RateEquations equations(material, ThresholdKind::flow, 0.);
  PointDrive    drive;
  drive.rate        = 1e-4;
  drive.temperature = material.temperature;
  equations.set_drive(drive);
  PointState x(PointComponent::count, 0.), rates(PointComponent::count);
  x[PointComponent::free_volume] = material.initial_free_volume;
  x[PointComponent::st_sum]      = material.initial_st_sum;
  x[PointComponent::st_bias]     = material.initial_st_bias;
  x[PointComponent::temperature] = material.temperature;
  equations.rates(x, rates);
  const double excess = std::exp(kinetics.log_transformation_factor - 1. / material.initial_free_volume) *
                        material.initial_st_bias / drive.rate;
  EXPECT_NEAR(excess, 1.5e-10, 1e-12);
  EXPECT_NEAR(-equations.plastic_strain_rate(x) / drive.rate, excess, 1e-12 * excess);
  EXPECT_NEAR(rates[PointComponent::stress] / (material.shear_modulus * drive.rate) - 1., excess, 5e-16);
}

TEST(ExactResults, reversed_signs_give_the_reversed_run)
{
  const PointRun run      = run_program(cyclic);
  const PointRun reversed = run_point_with(
    {"Loading/Program=rate -1e-4 until strain -0.15; rate 1e-4 until strain 0.15; rate -1e-4 until strain -0.15; "
     "hold for 1e4; rate 1e-4 until stress 0; stress 0 for 1e4",
     "Material/Initial ST bias=-0.01"});
  ASSERT_EQ(run.rows.size(), reversed.rows.size());
  for (std::size_t i = 0; i < run.rows.size(); ++i)
    {
      const HistoryRow &row = run.rows[i], &other = reversed.rows[i];
      EXPECT_NEAR(row.time, other.time, 1e-9);
      EXPECT_NEAR(row.strain, -other.strain, 1e-13);
      EXPECT_NEAR(row.stress, -other.stress, 1e-12);
      EXPECT_NEAR(row.plastic_strain, -other.plastic_strain, 1e-13);
      EXPECT_NEAR(row.st_bias, -other.st_bias, 1e-13);
      EXPECT_NEAR(row.st_sum, other.st_sum, 1e-13);
      EXPECT_NEAR(row.free_volume, other.free_volume, 1e-13);
      EXPECT_NEAR(row.eed, other.eed, 1e-12);
      EXPECT_NEAR(row.work, other.work, 1e-12);
    }
  EXPECT_NEAR(run.peak.stress(), -reversed.peak.stress(), 1e-12);
  EXPECT_NEAR(run.strain_c, -reversed.strain_c, 1e-13);
}

TEST(ExactResults, creep_in_a_frozen_structure_arrests_below_a_stress)
{
  EXPECT_NEAR(arrest_stress(kinetics), 4.00110, 1e-5);
  const auto creep = [](const std::string &stress) {
    return run_point_with(
      {"Material/Dilatancy factor=0",
       "Material/Annihilation coefficient=0",
       "EED/Threshold=value",
       "Loading/Program=rate 1e-2 until stress " + stress + "; stress " + stress + " until strain 3"});
  };
  const PointRun below = creep("3.9");
  EXPECT_NE(below.problem.find("all but stopped"), std::string::npos) << below.problem;
  EXPECT_NEAR(below.last().free_volume, material.initial_free_volume, 1e-15);
  EXPECT_NEAR(below.last().st_bias / below.last().st_sum, std::tanh(3.9 / material.temperature), 1e-4);

  const PointRun above = creep("4.1");
  EXPECT_EQ(above.problem, "");
  EXPECT_EQ(above.last().strain, 3.);
}

TEST(ExactResults, free_volume_of_saturated_creep_has_a_closed_form_and_so_has_the_growth_of_a_perturbation)
{
  const auto creep = [](const double free_volume) {
    return run_point_with({"Material/Initial ST sum=1",
                           "Material/Initial ST bias=0.444444444444444444", // 2/(φσ)
                           "Material/Initial free volume=" + std::to_string(free_volume),
                           "Loading/Program=rate 1e3 until stress 9; stress 9 for 1e4"});
  };
  const PointRun run = creep(0.07), less = creep(0.06999), more = creep(0.07001);
  // F(ξ) advances by the same amount from any ξ₀.
  const auto advance = [](const PointRun &one) {
    return annealing_function(one.last().free_volume) - annealing_function(one.end_of(0).free_volume);
  };
  EXPECT_NEAR(advance(less), advance(run), 1e-6 * advance(run));
  EXPECT_NEAR(advance(more), advance(run), 1e-6 * advance(run));
  const double before = run.end_of(0).free_volume, after = run.last().free_volume;
  EXPECT_GT(after, 1.02 * before);
  const double gain =
    (more.last().free_volume - less.last().free_volume) / (more.end_of(0).free_volume - less.end_of(0).free_volume);
  EXPECT_GT(gain, 1.);
  EXPECT_NEAR(gain, std::exp(1. / before - 1. / after), 1e-4 * gain); // finite perturbation, rounding over 2e-5
}

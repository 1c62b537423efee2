#include "material/law/parameters.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>
#include <stdexcept>

using namespace revitra;

namespace
{
  bool contains(const std::string &text, const std::string &part)
  {
    return text.find(part) != std::string::npos;
  }
} // namespace

TEST(Parameters, preset_is_the_published_glass)
{
  // Ding et al. (2022), and the three numbers inferred from their Table 1: E_A, E_a, mu.
  const Parameters p = preset("Zr55Cu30Ni5Al10");
  EXPECT_EQ(p.temperature, 0.9);
  EXPECT_EQ(p.shear_modulus, 210.);
  EXPECT_EQ(p.poisson_ratio, 0.36);
  EXPECT_EQ(p.transformation_activation_energy, 65.);
  EXPECT_EQ(p.annihilation_activation_energy, 45.);
  EXPECT_EQ(p.transformation_coefficient, 0.5);
  EXPECT_EQ(p.annihilation_coefficient, 10.);
  EXPECT_EQ(p.dilatancy_factor, 0.009);
  EXPECT_EQ(p.initial_free_volume, 0.05);
  EXPECT_EQ(p.initial_st_sum, 0.6);
  EXPECT_EQ(p.initial_st_bias, 0.01);
  EXPECT_EQ(p.constant_diffusivity, 0.); // the paper's law is local
  EXPECT_EQ(p.diffusion_length, 0.);
  EXPECT_EQ(p.stress_scale, 157.);
  EXPECT_EQ(p.strain_scale, 1.);
  EXPECT_EQ(p.time_scale, 1.);
  EXPECT_EQ(p.glass_transition_temperature, 679.);
  // 33 GPa over 157 MPa is 210.2: the printed modulus and the inferred one agree to three digits.
  EXPECT_NEAR(p.shear_modulus * p.stress_scale / p.strain_scale, 33e3, 50.);
}

TEST(Parameters, every_preset_is_valid_and_an_unknown_one_is_named)
{
  ASSERT_FALSE(preset_names().empty());
  for (const std::string &name : preset_names())
    EXPECT_TRUE(check(preset(name)).empty()) << name;
  try
    {
      preset("Vitreloy 1");
      FAIL() << "no exception";
    }
  catch (const std::invalid_argument &error)
    {
      EXPECT_TRUE(contains(error.what(), "Vitreloy 1"));
      for (const std::string &name : preset_names())
        EXPECT_TRUE(contains(error.what(), name));
    }
}

TEST(Parameters, bulk_modulus_is_lame_plus_two_thirds_of_the_shear_modulus)
{
  // K = lambda + 2/3 mu with lambda = 2 mu nu/(1 - 2 nu), to rounding.
  for (const double nu : {-0.5, 0., 0.25, 0.36, 0.49})
    {
      Parameters p;
      p.poisson_ratio   = nu;
      const double lame = 2. * p.shear_modulus * nu / (1. - 2. * nu);
      EXPECT_NEAR(p.bulk_modulus(), lame + 2. / 3. * p.shear_modulus, 1e-14 * std::abs(p.bulk_modulus()) + 1e-12);
    }
}

TEST(Parameters, table_has_each_member_once_with_all_that_the_manual_needs)
{
  std::set<std::string>    names;
  std::set<const double *> members;
  const Parameters         p;
  for (const ParameterInfo &info : parameter_table())
    {
      EXPECT_TRUE(names.insert(info.name).second) << info.name << " twice";
      EXPECT_TRUE(members.insert(&(p.*info.member)).second) << info.name << " shares its member";
      EXPECT_FALSE(info.symbol.empty()) << info.name;
      EXPECT_FALSE(info.unit.empty()) << info.name;
      EXPECT_FALSE(info.meaning.empty()) << info.name;
      EXPECT_LT(info.lower, info.upper) << info.name;
      EXPECT_TRUE(info.allows(p.*info.member)) << info.name;
    }
  EXPECT_EQ(members.size(), sizeof(Parameters) / sizeof(double));
}

TEST(Parameters, bounds_are_enforced_at_the_last_digit)
{
  constexpr double infinity = std::numeric_limits<double>::infinity();
  for (const ParameterInfo &info : parameter_table())
    {
      // Whether `value` is called out of the bounds of this parameter.
      const auto refused = [&](const double value) {
        Parameters p;
        p.initial_st_sum  = 1.; // so that any bias goes with it
        p.initial_st_bias = 0.; // and any sum with this
        p.*info.member    = value;
        unsigned own = 0, others = 0;
        for (const std::string &problem : check(p))
          ++(problem.rfind(info.name + " = ", 0) == 0 && contains(problem, info.allowed()) ? own : others);
        // A sum or bias out of its bounds also breaks |bias| <= sum.
        EXPECT_LE(others, contains(info.name, "Initial ST") ? own : 0u) << info.name << " = " << value;
        EXPECT_LE(own, 1u) << info.name << " = " << value;
        return own == 1u;
      };
      for (const double bad : {std::nan(""), infinity, -infinity})
        EXPECT_TRUE(refused(bad)) << info.name << " = " << bad;
      if (std::isfinite(info.lower))
        {
          EXPECT_EQ(refused(info.lower), info.open) << info.name;
          EXPECT_FALSE(refused(std::nextafter(info.lower, infinity))) << info.name;
          EXPECT_TRUE(refused(std::nextafter(info.lower, -infinity))) << info.name;
        }
      if (std::isfinite(info.upper))
        {
          EXPECT_EQ(refused(info.upper), info.open) << info.name;
          EXPECT_FALSE(refused(std::nextafter(info.upper, -infinity))) << info.name;
          EXPECT_TRUE(refused(std::nextafter(info.upper, infinity))) << info.name;
        }
    }
}

TEST(Parameters, what_steps_cannot_follow_is_out_of_bounds)
{
  EXPECT_FALSE(info_of(&Parameters::annihilation_coefficient).allows(1e100));
  EXPECT_FALSE(info_of(&Parameters::dilatancy_factor).allows(1e100));
}

TEST(Parameters, allowed_intervals_read_as_mathematics)
{
  ParameterInfo info{"", "", "", "", 0., 0.5, true, &Parameters::temperature};
  EXPECT_EQ(info.allowed(), "0 < value < 0.5");
  info.open = false;
  EXPECT_EQ(info.allowed(), "0 <= value <= 0.5");
  info.upper = std::numeric_limits<double>::infinity();
  EXPECT_EQ(info.allowed(), "0 <= value");
}

TEST(Parameters, all_problems_are_reported_at_once)
{
  Parameters p;
  p.temperature         = 0.;
  p.shear_modulus       = -1.;
  p.poisson_ratio       = 0.5;
  p.initial_free_volume = std::nan("");
  p.initial_st_sum      = 0.3;
  p.initial_st_bias     = -0.4; // allowed alone, not with this sum
  const auto problems   = check(p);
  ASSERT_EQ(problems.size(), 5u);
  EXPECT_TRUE(contains(problems[0], "Temperature = 0"));
  EXPECT_TRUE(contains(problems[1], "Shear modulus = -1"));
  EXPECT_TRUE(contains(problems[2], "Poisson ratio = 0.5"));
  EXPECT_TRUE(contains(problems[3], "Initial free volume = nan"));
  EXPECT_TRUE(contains(problems[4], "-0.4") && contains(problems[4], "0.3"));
}

TEST(Parameters, bias_may_be_as_large_as_the_sum)
{
  Parameters p;
  for (const double sign : {-1., 1.})
    {
      p.initial_st_bias = sign * p.initial_st_sum;
      EXPECT_TRUE(check(p).empty());
      p.initial_st_bias *= 1. + 1e-15;
      EXPECT_EQ(check(p).size(), 1u);
    }
}

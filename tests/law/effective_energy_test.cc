#include "material/law/effective_energy.h"
#include "material/law/stress_update.h"
#include "tests/law/support.h"

#include <gtest/gtest.h>

#include <functional>

using namespace revitra;
using test::Random;

namespace
{
  /// An update with its state, followed with a threshold, and the EED once more by quadrature of its definition,
  /// integral of (1 - sigma_c/s)_+ s:d(strain), with Simpson's rule: every increment is done in two halves.
  class Followed
  {
  public:
    Followed(const Parameters &parameters, const ThresholdKind kind, const double value)
      : kinetics(parameters, parameters.temperature)
      , updater(kinetics, 1e-10)
      , state(initial_state(parameters, parameters.initial_free_volume))
      , kind(kind)
    {
      threshold.stress = kind == ThresholdKind::value ? value : flow_stress(kinetics);
      if (kind == ThresholdKind::balance)
        follow();
    }

    void move(const Deviator &increment, const double time)
    {
      const double start = integrand(increment);
      half(0.5 * increment, 0.5 * time);
      const double middle = integrand(increment);
      half(0.5 * increment, 0.5 * time);
      quadrature += (start + 4. * middle + integrand(increment)) / 6.;
      if (kind == ThresholdKind::balance)
        follow();
    }

    double effective_energy() const
    {
      return revitra::effective_energy(state, stress.norm(), threshold.stress, kinetics.shear_modulus);
    }

    const Kinetics      kinetics;
    const StressUpdate  updater;
    State               state;
    const ThresholdKind kind;
    Threshold           threshold;
    Deviator            strain = Deviator::Zero(), stress = Deviator::Zero();
    double              quadrature = 0.;

  private:
    void half(const Deviator &increment, const double time)
    {
      const UpdateResult result = updater.update(strain, increment, time, {threshold.stress, 0.}, state);
      ASSERT_EQ(result.failure, StageFailure::none);
      strain += increment;
      stress = result.stress;
    }

    void follow()
    {
      const double equivalent = stress.norm();
      const double along      = equivalent > 0. ? stress.dot(state.bias()) / equivalent : 0.01;
      threshold.follow_balance(kinetics, equivalent, state.st_sum(), along);
    }

    double integrand(const Deviator &increment) const
    {
      const double equivalent = stress.norm();
      return equivalent > threshold.stress ? (1. - threshold.stress / equivalent) * stress.dot(increment) : 0.;
    }
  };

  struct ThresholdCase
  {
    ThresholdKind kind;
    double        value;
  };

  constexpr ThresholdCase thresholds[] = {
    {ThresholdKind::flow, 0.}, {ThresholdKind::balance, 0.}, {ThresholdKind::value, 7.78}};
} // namespace

TEST(EffectiveEnergy, is_the_integral_over_total_strain_for_every_threshold)
{
  // Loading, reversal into the opposite flow, and loading again. Quadrature over increments of 1e-4 misses the kinks at
  // sigma_c by less than 210 (1e-4)^2/8 = 3e-7 each, of which there are six.
  for (const ThresholdCase &c : thresholds)
    {
      Followed point(Parameters(), c.kind, c.value);
      for (unsigned i = 0; i < 6000; ++i)
        {
          const double direction = i / 1500 % 2 == 0 ? 1. : -1.;
          point.move(test::simple_shear(1e-4 * direction), 1.);
        }
      EXPECT_NEAR(point.effective_energy(), point.quadrature, 2e-6);
      EXPECT_GT(point.quadrature, 1.);
    }
}

TEST(EffectiveEnergy, is_the_integral_on_paths_that_turn)
{
  Random random(1);
  for (const ThresholdCase &c : thresholds)
    {
      Followed point(Parameters(), c.kind, c.value);
      Deviator direction = random.direction(1.);
      for (unsigned i = 0; i < 6000; ++i)
        {
          if (i % 500 == 499)
            direction = (direction + random.direction(1.)).normalized();
          point.move(1e-4 * direction, 1.);
        }
      EXPECT_NEAR(point.effective_energy(), point.quadrature, 5e-6); // up to a dozen kinks, see above
      EXPECT_GT(point.quadrature, 0.5);
    }
}

TEST(EffectiveEnergy, balance_threshold_is_kept_from_its_first_crossing)
{
  // Figures of the first crossing at rate 1e-4, quoted with 8 and 6 digits; strain to the increment of 1e-4.
  Followed point(Parameters(), ThresholdKind::balance, 0.);
  EXPECT_NEAR(point.threshold.stress, 7.58674394, 1e-6);
  while (!point.threshold.crossed)
    {
      point.move(test::simple_shear(1e-4), 1.);
      ASSERT_LT(point.strain[shear_xy], 0.1);
    }
  EXPECT_NEAR(point.strain[shear_xy], 0.0361274, 1e-4);
  EXPECT_NEAR(point.threshold.stress, 7.58674394, 1e-6); // sum and bias have hardly moved
  const double kept = point.threshold.stress;
  for (unsigned i = 0; i < 500; ++i)
    point.move(test::simple_shear(1e-4), 1.);
  EXPECT_EQ(point.threshold.stress, kept);
  for (unsigned i = 0; i < 800; ++i)
    point.move(test::simple_shear(-1e-4), 1.);
  EXPECT_EQ(point.threshold.stress, kept);
  EXPECT_NE(balance_stress(point.kinetics, point.state.st_sum(), point.state.bias()[shear_xy]), kept);
}

TEST(EffectiveEnergy, uncrossed_balance_threshold_follows_the_state)
{
  const Kinetics kinetics(Parameters(), 0.9);
  Threshold      threshold;
  threshold.follow_balance(kinetics, 5., 0.6, 0.01);
  EXPECT_FALSE(threshold.crossed);
  EXPECT_EQ(threshold.stress, balance_stress(kinetics, 0.6, 0.01));
  threshold.follow_balance(kinetics, 5., 0.8, 0.1);
  EXPECT_FALSE(threshold.crossed);
  EXPECT_EQ(threshold.stress, balance_stress(kinetics, 0.8, 0.1));
  threshold.follow_balance(kinetics, threshold.stress, 0.8, 0.1); // reaching it is crossing it
  EXPECT_TRUE(threshold.crossed);

  // a crossing between two states is kept as something between them
  Threshold between;
  between.follow_balance(kinetics, 5., 0.6, 0.01);
  between.follow_balance(kinetics, 9., 0.8, 0.1);
  EXPECT_TRUE(between.crossed);
  EXPECT_LE(between.stress, balance_stress(kinetics, 0.6, 0.01));
  EXPECT_GE(between.stress, balance_stress(kinetics, 0.8, 0.1));

  // with Sigma = Delta nothing balances: sigma_c is infinite until the next state, and kept as it is there
  Threshold unbalanced;
  unbalanced.follow_balance(kinetics, 5., 0.6, 0.6);
  EXPECT_EQ(unbalanced.stress, std::numeric_limits<double>::infinity());
  unbalanced.follow_balance(kinetics, 20., 0.6, 0.01);
  EXPECT_TRUE(unbalanced.crossed);
  EXPECT_EQ(unbalanced.stress, balance_stress(kinetics, 0.6, 0.01));
}

TEST(EffectiveEnergy, reference_curve_with_the_balance_threshold)
{
  // scipy locates the crossing; updates of 2e-4 see it up to one late, when sigma_c has moved by less than 1e-8.
  const test::Curve curve("monotone_balance");
  Followed          point(Parameters(), ThresholdKind::balance, 0.);
  for (std::size_t row = 1; row < curve.size(); ++row)
    {
      const double   step       = curve["strain"][row] - curve["strain"][row - 1];
      const unsigned increments = std::lround(step / 2.5e-4);
      for (unsigned i = 0; i < increments; ++i)
        point.move(test::simple_shear(step / increments), step / increments / 1e-4);
      EXPECT_NEAR(point.effective_energy(), curve["eed"][row], 1e-7);
      EXPECT_EQ(point.threshold.crossed, curve["sigma_c"][row] > 0.);
      EXPECT_NEAR(point.threshold.crossed ? point.threshold.stress : 0., curve["sigma_c"][row], 1e-8);
    }
}

TEST(EffectiveEnergy, rate_is_that_of_the_definition_while_the_threshold_moves)
{
  // d/dt [ (s - sigma_c)_+^2/2mu ] + effective_work_rate = (1 - sigma_c/s)_+ s:(total strain rate), at random states of
  // motion; the derivative of the elastic part by central differences, whose rounding 1e-16/1e-6 is the tolerance.
  Random       random(2);
  const double mu = 210., h = 1e-6;
  for (unsigned i = 0; i < 1000; ++i)
    {
      const Deviator stress = random.direction(random.uniform(1., 15.)), plastic_rate = random.direction(1.),
                     strain_rate = random.direction(1.), stress_rate = mu * (strain_rate - plastic_rate);
      const ThresholdStress threshold{random.uniform(0., 15.), random.uniform(-100., 100.)};
      if (std::abs(stress.norm() - threshold.stress) < 1e-2)
        continue; // on the kink
      const auto elastic = [&](const double t) {
        return effective_elastic_energy((stress + t * stress_rate).norm(), threshold.stress + t * threshold.rate, mu);
      };
      const double total = (elastic(h) - elastic(-h)) / (2. * h) +
                           effective_work_rate(stress.norm(), stress.dot(plastic_rate), threshold, mu);
      const double excess = std::max(1. - threshold.stress / stress.norm(), 0.);
      EXPECT_NEAR(total, excess * stress.dot(strain_rate), 1e-7);
    }
}

TEST(EffectiveEnergy, nothing_below_the_threshold)
{
  EXPECT_EQ(effective_elastic_energy(5., 7., 210.), 0.);
  EXPECT_EQ(effective_work_rate(5., 1., {7., 1.}, 210.), 0.);
  EXPECT_EQ(effective_work_rate(7., 1., {7., 1.}, 210.), 0.);
  EXPECT_EQ(effective_work_rate(0., 0., {0., 0.}, 210.), 0.);      // no division by the stress
  const double infinite = std::numeric_limits<double>::infinity(); // threshold of a glass without dilatancy
  EXPECT_EQ(effective_elastic_energy(5., infinite, 210.), 0.);
  EXPECT_EQ(effective_work_rate(5., 1., {infinite, 0.}, 210.), 0.);
}

TEST(EffectiveEnergy, no_threshold_makes_it_the_work)
{
  // With sigma_c = 0 the integrand is s:d(strain): the EED is elastic energy plus dissipation.
  Followed point(Parameters(), ThresholdKind::value, 0.);
  for (unsigned i = 0; i < 200; ++i)
    point.move(test::simple_shear(1e-3), 10.);
  const EnergyBudget budget = energy_budget(Parameters(), point.state, point.stress.norm(), 0.);
  EXPECT_NEAR(point.effective_energy(), budget.work, 1e-12 * budget.work);
}

TEST(EnergyBudget, parts_add_up)
{
  // By hand: s = 6, p = K tr eps; rounding only.
  Parameters p;
  p.shear_modulus = 200.;
  p.poisson_ratio = 0.25; // K = 5/3 mu
  State state;
  state.plastic_work()             = 0.7;
  state.accumulated_plastic_work() = 0.9;
  const EnergyBudget budget        = energy_budget(p, state, 6., 0.03);
  EXPECT_NEAR(budget.elastic, 36. / 400. + 0.5 * (200. * 5. / 3.) * 0.0009, 1e-15);
  EXPECT_EQ(budget.dissipation, 0.7);
  EXPECT_NEAR(budget.free_volume_work, 0.009 * 0.9, 1e-17);
  EXPECT_NEAR(budget.free_volume_work + budget.heat, budget.dissipation, 1e-15);
  EXPECT_NEAR(budget.work, budget.elastic + budget.dissipation, 1e-15);
}

TEST(EnergyBudget, free_volume_work_is_what_eq_4_creates)
{
  // Without annihilation xi - xi_0 is the free-volume work, to the rounding of a sum.
  Parameters p;
  p.annihilation_coefficient = 0.;
  Followed point(p, ThresholdKind::value, 7.78);
  for (unsigned i = 0; i < 100; ++i)
    point.move(test::simple_shear(1e-3), 10.);
  const EnergyBudget budget = energy_budget(p, point.state, point.stress.norm(), 0.);
  EXPECT_NEAR(budget.free_volume_work, point.state.free_volume() - p.initial_free_volume, 1e-14);
  EXPECT_GT(budget.free_volume_work, 1e-3);
}

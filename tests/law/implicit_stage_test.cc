#include "material/law/implicit_stage.h"
#include "tests/law/support.h"

#include <gtest/gtest.h>

#include <limits>
#include <set>

using namespace revitra;
using test::Random;

namespace
{
  constexpr ThresholdStress threshold{7., 0.};

  /// A stage of a step that the product has to master: T 0.5-1.2, xi 0.01-0.2, rates 1e-10-1e3, strain steps to 0.05,
  /// from zero stress and from flowing states, in any direction of the five-dimensional space.
  struct Case
  {
    explicit Case(Random &random)
      : kinetics(Parameters(), random.uniform(0.5, 1.2))
    {
      const double step = random.log_uniform(1e-6, 0.05), rate = random.log_uniform(1e-10, 1e3);
      k                     = 0.25 * step / rate;
      base.plastic_strain() = random.direction(random.uniform(0., 1.));
      base.st_sum()         = random.uniform(0.05, 1.);
      base.bias()           = random.direction(base.st_sum() * std::sqrt(random.uniform(0., 1.)));
      base.free_volume()    = random.log_uniform(0.01, 0.2);
      const double stress   = random.uniform(0., 1.) < 0.3 ? 0. : random.uniform(0., 20.);
      strain = base.plastic_strain() + random.direction(stress / kinetics.shear_modulus) + random.direction(step);
    }

    Kinetics kinetics;
    double   k;
    State    base;
    Deviator strain;
  };

  /// The result of a stage that must succeed.
  StageResult solved(const Kinetics      &kinetics,
                     const double         k,
                     const Deviator      &strain,
                     const State         &base,
                     const StageUnknowns &guess = {})
  {
    StageResult        result;
    const StageFailure failure = ImplicitStage(kinetics, k).solve(strain, base, threshold, guess, result);
    EXPECT_EQ(failure, StageFailure::none) << describe(failure);
    return result;
  }

  StageResult solved(const Case &c)
  {
    return solved(c.kinetics, c.k, c.strain, c.base);
  }

  State sum(const State &base, const State &increment)
  {
    State state;
    state.values = base.values + increment.values;
    return state;
  }
} // namespace

TEST(ImplicitStage, increment_is_k_times_the_rates_at_the_stage)
{
  // To rounding: of the stress (1e-14 of the trial stress), which enters Eq. (1) through x = s/T, of xi through 1/xi,
  // and of the plastic work, an unknown of its own that is known to 1e-14 of (trial stress)^2/mu. The last Newton step
  // is taken to first order; if q is so small that the step may have passed the kink of |q|, theta = 1 + phi|q| is as
  // wrong as that step is long.
  Random random(1);
  for (unsigned i = 0; i < 3000; ++i)
    {
      const Case        c(random);
      const double      T = c.kinetics.temperature, mu = c.kinetics.shear_modulus;
      const StageResult result = solved(c);
      const State       state  = sum(c.base, result.increment);
      const State       rate   = rates(c.kinetics, state, result.stress, threshold);
      const auto        st     = c.kinetics.transformation_rates(result.stress.norm(), state.free_volume());
      const double      stress = result.stress.norm(), trial = mu * (c.strain - c.base.plastic_strain()).norm();
      const double      term  = c.k * std::exp(st.exponent) * state.st_sum();
      const double      scale = (trial * trial + T * T) / mu;
      const double      kink  = std::abs(result.unknowns.work) < 3e-9 * scale ? 3e-9 * scale : 0.;
      const double      flow  = (1e-13 * (trial / T + 1. / state.free_volume()) + kink) * term +
                          1e-13 * result.increment.plastic_strain().norm();
      const double        work  = stress * flow + 1e-13 * scale;
      const State::Values error = result.increment.values - c.k * rate.values;
      EXPECT_LT(error.segment<5>(0).norm(), flow);
      EXPECT_LT(error.segment<5>(5).norm(), 2. * flow + work);
      EXPECT_LT(std::abs(error[10]), work);
      EXPECT_LT(std::abs(error[11]),
                0.009 * work + 1e-13 * (1. + 1. / state.free_volume()) *
                                 (state.free_volume() + c.k * c.kinetics.annihilation(state.free_volume())));
      EXPECT_LT(error.tail<3>().norm(), 2. * work);
      EXPECT_LT((result.stress - mu * (c.strain - state.plastic_strain())).norm(), 1e-13 * (trial + mu));
    }
}

TEST(ImplicitStage, three_scalar_equations_hold)
{
  Random random(2);
  for (unsigned i = 0; i < 3000; ++i)
    {
      const Case        c(random);
      const StageResult result = solved(c);
      const double      trial  = c.kinetics.shear_modulus * (c.strain - c.base.plastic_strain()).norm();
      const double      q = result.unknowns.work, xi = result.unknowns.free_volume;
      // (i) and (ii) to the rounding of what is subtracted, trial stress and its work; (iii) to that of its terms
      EXPECT_NEAR(result.unknowns.stress, result.stress.norm(), 1e-12 * (trial + 1.));
      EXPECT_NEAR(q, result.stress.dot(result.increment.plastic_strain()), 1e-12 * (trial * trial + 1.) / 210.);
      const double annihilated = c.k * 10. * std::exp(c.kinetics.log_annihilation_factor - 1. / xi);
      EXPECT_NEAR(
        xi, c.base.free_volume() + 0.009 * std::abs(q) - annihilated, 1e-13 * (annihilated * (1. + 1. / xi) + 1.));
      EXPECT_EQ(result.increment.plastic_work(), q);
      EXPECT_EQ(result.increment.accumulated_plastic_work(), std::abs(q));
    }
}

TEST(ImplicitStage, bias_and_sum_stay_in_their_cone)
{
  // Exact result 2 survives the discretization: the rates point inward everywhere outside |Delta| <= Lambda, and a
  // stage ends along them, so from a base inside it ends inside. Tolerance: rounding.
  Random random(3);
  for (unsigned i = 0; i < 10000; ++i)
    {
      const Case  c(random);
      const State state = sum(c.base, solved(c).increment);
      EXPECT_LE(state.bias().norm(), state.st_sum() * (1. + 1e-13));
      EXPECT_LE(state.st_sum(), 1. + 1e-15);
      EXPECT_GE(state.st_sum(), c.base.st_sum());
      EXPECT_GT(state.free_volume(), 0.);
    }
}

TEST(ImplicitStage, solves_all_that_steps_can_ask_for)
{
  Random   random(4);
  double   iterations = 0.;
  unsigned most       = 0;
  for (unsigned i = 0; i < 30000; ++i)
    {
      const Case         c(random);
      StageResult        result;
      const StageFailure failure = ImplicitStage(c.kinetics, c.k).solve(c.strain, c.base, threshold, {}, result);
      ASSERT_EQ(failure, StageFailure::none)
        << describe(failure) << " T " << c.kinetics.temperature << " xi " << c.base.free_volume() << " k " << c.k;
      ASSERT_TRUE(result.increment.values.allFinite());
      ASSERT_TRUE(result.stress.allFinite());
      ASSERT_TRUE(ImplicitStage(c.kinetics, c.k).tangent(result.sensitivity).allFinite());
      iterations += result.iterations;
      most = std::max(most, result.iterations);
    }
  RecordProperty("mean iterations from no guess", std::to_string(iterations / 30000.));
  RecordProperty("most iterations", static_cast<int>(most));
  EXPECT_LT(iterations / 30000., 2.); // 1.32 measured, most cases being elastic; a wrong Jacobian needs more
}

TEST(ImplicitStage, solution_does_not_depend_on_the_guess)
{
  // Good guesses, bad ones, and ones that Newton cannot use at all so that the brackets take over.
  Random random(5);
  for (unsigned i = 0; i < 2000; ++i)
    {
      const Case          c(random);
      const StageResult   expected  = solved(c);
      const double        scale     = 1. + c.kinetics.shear_modulus * (c.strain - c.base.plastic_strain()).norm();
      const StageUnknowns guesses[] = {expected.unknowns,
                                       {random.uniform(0., 100.), random.uniform(-10., 10.), random.uniform(1e-3, 1.)},
                                       {std::nan(""), 0., 0.05},
                                       {1e6, 1e6, 1e-3}};
      for (const StageUnknowns &guess : guesses)
        {
          const StageResult result = solved(c.kinetics, c.k, c.strain, c.base, guess);
          EXPECT_LT((result.stress - expected.stress).norm(), 1e-10 * scale);
          EXPECT_NEAR(result.unknowns.free_volume, expected.unknowns.free_volume, 1e-11);
        }
      EXPECT_LE(solved(c.kinetics, c.k, c.strain, c.base, expected.unknowns).iterations, 1u);
    }
}

TEST(ImplicitStage, brackets_master_more_plastic_work_than_free_volume)
{
  // The work of a trial stress of 63 can create more free volume than there is; that does not exhaust it.
  const Parameters  p;
  const Kinetics    kinetics(p, 0.9);
  const State       base     = initial_state(p, 0.05);
  const StageResult expected = solved(kinetics, 1e3, test::simple_shear(0.3), base);
  const StageResult result   = solved(kinetics, 1e3, test::simple_shear(0.3), base, {std::nan(""), 0., 0.05});
  EXPECT_LT((result.stress - expected.stress).norm(), 1e-10);
}

TEST(ImplicitStage, newton_converges_quadratically)
{
  // With an exact Jacobian a guess at relative distance 1e-4 is at rounding after one or two iterations: 1.68 on
  // average.
  Random random(6);
  double iterations = 0.;
  for (unsigned i = 0; i < 2000; ++i)
    {
      const Case    c(random);
      StageUnknowns guess = solved(c).unknowns;
      guess.stress *= 1. + 1e-4;
      guess.work *= 1. - 1e-4;
      guess.free_volume *= 1. + 1e-4;
      iterations += solved(c.kinetics, c.k, c.strain, c.base, guess).iterations / 2000.;
    }
  RecordProperty("mean iterations from a near guess", std::to_string(iterations));
  EXPECT_LT(iterations, 2.);
}

TEST(ImplicitStage, tangent_is_the_derivative_of_the_stress)
{
  Random   random(7);
  unsigned plastic = 0;
  for (unsigned i = 0; i < 3000; ++i)
    {
      const Case            c(random);
      const StageResult     at      = solved(c);
      const DeviatorTangent tangent = ImplicitStage(c.kinetics, c.k).tangent(at.sensitivity);
      DeviatorTangent       differences;
      for (int j = 0; j < 5; ++j)
        differences.col(j) = test::derivative(
          [&](const double h) { return solved(c.kinetics, c.k, c.strain + h * Deviator::Unit(j), c.base).stress; },
          test::strain_difference);
      // 1e-6 of the tangent's norm; where it is below 0.03, that is 1e-4 of elasticity, the rounding of the differences
      EXPECT_LT((tangent - differences).norm(), 1e-6 * tangent.norm() + 3e-8) << i << ' ' << tangent.norm();
      plastic += (tangent - 210. * DeviatorTangent::Identity()).norm() > 1.;
    }
  EXPECT_GT(plastic, 300u); // not a test of elasticity
}

TEST(ImplicitStage, tangent_is_defined_without_stress)
{
  // Where trial stress and bias cancel, the direction of the stress is rounding. The flow does not depend on it: the
  // tangent is that of small stresses nearby, up to the kink of |q|, which is 2 phi q' Delta = 1e-3 of it.
  Parameters p;
  p.initial_st_bias = 0.3;
  const Kinetics      kinetics(p, 1.1);
  const State         base = initial_state(p, 0.1);
  const double        k    = 1e-2;
  const ImplicitStage stage(kinetics, k);
  const auto          tangent_at = [&](const Deviator &strain) {
    return stage.tangent(solved(kinetics, k, strain, base).sensitivity);
  };
  Deviator strain = Deviator::Zero();
  for (unsigned i = 0; i < 10; ++i) // to where the stress vanishes; elasticity is near enough for a slope
    strain -= solved(kinetics, k, strain, base).stress / 200.;
  ASSERT_GT(strain.norm(), 1e-5);
  const DeviatorTangent near = tangent_at(strain + test::simple_shear(1e-5));
  for (const double offset :
       {0., 1e-18, 3e-16, 1e-14, 1e-12, 1e-10, 1e-8, 1e-7, 1e-6, -1e-18, -1e-16, -1e-13, -1e-9, -1e-6})
    EXPECT_LT((tangent_at(strain + test::simple_shear(offset)) - near).norm(), 3e-3 * near.norm()) << offset;
}

TEST(ImplicitStage, sensitivities_are_derivatives_by_the_base_state)
{
  // nu, rho, q and xi in a random direction of (strain, Delta_b, Lambda_b, xi_b), which moves all five invariants.
  Random   random(8);
  unsigned smooth = 0;
  for (unsigned i = 0; i < 1000; ++i)
    {
      const Case     c(random);
      const double   mu       = c.kinetics.shear_modulus;
      const Deviator d_strain = random.direction(1.), d_bias = random.direction(10.);
      const double   d_sum = random.uniform(-10., 10.), d_xi = 0.1 * random.uniform(-1., 1.);

      const auto along = [&](const double h) {
        State base = c.base;
        base.bias() += h * d_bias;
        base.st_sum() += h * d_sum;
        base.free_volume() += h * d_xi;
        const StageResult result = solved(c.kinetics, c.k, c.strain + h * d_strain, base);
        return Eigen::Vector4d(
          result.sensitivity.nu, result.sensitivity.rho, result.unknowns.work, result.unknowns.free_volume);
      };
      const StageResult       at = solved(c);
      const StageSensitivity &s  = at.sensitivity;
      const double            h  = test::strain_difference;
      if (along(2. * h)[2] * along(-2. * h)[2] <= 0.)
        continue; // |q| has a kink between
      ++smooth;
      const Deviator trial = mu * (c.strain - c.base.plastic_strain()), bias = c.base.bias();
      EXPECT_LT((s.trial_stress - trial).norm() + (s.base_bias - bias).norm(), 1e-12);

      StageSensitivity::Row::TransposeReturnType::PlainObject d_invariants;
      d_invariants << 2. * mu * trial.dot(d_strain), mu * d_strain.dot(bias) + trial.dot(d_bias), 2. * bias.dot(d_bias),
        d_sum, d_xi;
      const Eigen::Vector4d expected = test::derivative(along, h);
      const Eigen::Vector4d found(s.d_nu.dot(d_invariants),
                                  s.d_rho.dot(d_invariants),
                                  s.d_work.dot(d_invariants),
                                  s.d_free_volume.dot(d_invariants));
      // Unknowns of unlike size: each against its own and against the rounding of the differences (see there), in work
      // multiplied by stress over modulus.
      const Eigen::Vector4d floor(1e-9 * (at.sensitivity.nu + 1e-3),
                                  1e-9 * (at.sensitivity.rho + 1.),
                                  1e-9 * (1. + trial.squaredNorm() / mu),
                                  1e-10);
      for (int j = 0; j < 4; ++j)
        EXPECT_NEAR(found[j], expected[j], 1e-6 * std::abs(expected[j]) + 10. * floor[j]) << i << ", " << j;
    }
  EXPECT_GT(smooth, 400u);
}

TEST(ImplicitStage, plastic_strain_lies_in_the_plane_of_trial_stress_and_bias)
{
  Random random(9);
  for (unsigned i = 0; i < 500; ++i)
    {
      const Case              c(random);
      const StageResult       result  = solved(c);
      const StageSensitivity &s       = result.sensitivity;
      const Deviator          plastic = s.nu * s.trial_stress - s.rho * s.base_bias;
      EXPECT_LT((result.increment.plastic_strain() - plastic).norm(), 1e-15 * (1. + plastic.norm()));
      EXPECT_GE(s.nu, 0.);
      EXPECT_GE(s.rho, 0.);
      EXPECT_LT(s.nu * 210., 1.); // no overshoot: the stress keeps the sign of the trial stress
    }
}

TEST(ImplicitStage, reversal_and_rotation)
{
  // Odd to the last bit; objective to rounding (trial stress of rotated strains, 1e-12 of it).
  Random random(10);
  for (unsigned i = 0; i < 500; ++i)
    {
      const Case        c(random);
      const StageResult result = solved(c), reversed = solved(c.kinetics, c.k, -c.strain, test::mirrored(c.base));
      EXPECT_EQ(result.stress, -reversed.stress);
      EXPECT_EQ(test::mirrored(result.increment).values, reversed.increment.values);

      const Eigen::Matrix3d rotation = random.rotation();
      const StageResult     turned =
        solved(c.kinetics, c.k, test::rotated(c.strain, rotation), test::rotated(c.base, rotation));
      EXPECT_LT((test::rotated(result.stress, rotation) - turned.stress).norm(), 1e-10);
    }
}

TEST(ImplicitStage, short_stages_are_elastic_and_long_ones_flow)
{
  const Parameters p;
  const Kinetics   kinetics(p, 0.9);
  const State      base = initial_state(p, 0.05);
  // k rate = 1e-10 at this stress: elastic to that
  const StageResult elastic = solved(kinetics, 1e-6, test::simple_shear(0.01), base);
  EXPECT_LT((elastic.stress - test::simple_shear(2.1)).norm(), 1e-12);
  const DeviatorTangent tangent = ImplicitStage(kinetics, 1e-6).tangent(elastic.sensitivity);
  EXPECT_LT((tangent - 210. * DeviatorTangent::Identity()).norm(), 1e-10);
  // Without annihilation flow goes on to where Delta/Lambda = tanh(s/T). Eq. (1) leaves 1/(k e^{-1/xi} A) = 1e-18 of
  // it.
  Parameters frozen               = p;
  frozen.annihilation_coefficient = 0.;
  const StageResult relaxed       = solved(Kinetics(frozen, 0.9), 1e30, test::simple_shear(0.01), base);
  const State       state         = sum(base, relaxed.increment);
  EXPECT_NEAR(state.bias()[shear_xy] / state.st_sum(), std::tanh(relaxed.stress[shear_xy] / 0.9), 1e-13);
}

TEST(ImplicitStage, nothing_moves_without_stress_and_bias)
{
  Parameters p;
  p.initial_st_bias = 0.;
  const Kinetics    kinetics(p, 0.9);
  const StageResult result = solved(kinetics, 1e5, Deviator::Zero(), initial_state(p, 0.05));
  EXPECT_EQ(result.stress.norm(), 0.);
  EXPECT_EQ(result.increment.plastic_strain().norm(), 0.);
  EXPECT_EQ(result.increment.st_sum(), 0.);
  EXPECT_LT(result.increment.free_volume(), 0.); // but free volume anneals
}

TEST(ImplicitStage, small_stress_branch_of_the_jacobian_is_continuous)
{
  // The derivative of sinh(x)/x switches to its series at x = 0.03, where the series lacks 2 x^4/315 of 1 = 5e-9. At
  // high temperature the material flows at such stresses. Tangent on both sides of the switch, a millionth apart.
  const Parameters p;
  const Kinetics   kinetics(p, 1.1);
  State            base = initial_state(p, 0.2);
  base.bias()           = Deviator(0.001, 0., 0.005, -0.002, 0.);
  const auto at         = [&](const double factor) {
    const Deviator direction(0.3, -0.2, 0.8, 0.1, 0.4);
    return solved(kinetics, 0.01, factor * direction.normalized(), base);
  };
  // bisect for the strain at which the stress is 0.03 T
  double lower = 0., upper = 1.;
  for (unsigned i = 0; i < 60; ++i)
    (at(0.5 * (lower + upper)).unknowns.stress < 0.033 ? lower : upper) = 0.5 * (lower + upper);
  const StageResult below = at(lower * (1. - 1e-6)), above = at(upper * (1. + 1e-6));
  ASSERT_LT(below.unknowns.stress, 0.033);
  ASSERT_GT(above.unknowns.stress, 0.033);
  const ImplicitStage   stage(kinetics, 0.01);
  const DeviatorTangent tangent = stage.tangent(below.sensitivity);
  EXPECT_LT((tangent - stage.tangent(above.sensitivity)).norm(), 1e-5 * tangent.norm());
  EXPECT_LT(tangent.norm(), 0.9 * 210. * std::sqrt(5.)); // it does flow
}

TEST(ImplicitStage, effective_work_is_the_excess_over_the_threshold)
{
  // The stage's share is k times the integrand, with temperature-driven thresholds too.
  Random random(11);
  for (unsigned i = 0; i < 200; ++i)
    {
      const Case            c(random);
      const ThresholdStress moving{random.uniform(0., 15.), random.uniform(-1e-3, 1e-3)};
      StageResult           result;
      ASSERT_EQ(ImplicitStage(c.kinetics, c.k).solve(c.strain, c.base, moving, {}, result), StageFailure::none);
      const double stress = result.stress.norm(), excess = std::max(stress - moving.stress, 0.);
      const double expected =
        excess * (result.increment.plastic_work() / std::max(stress, 1e-9) + c.k * moving.rate / 210.);
      EXPECT_NEAR(result.increment.effective_work(), expected, 1e-10 * (std::abs(expected) + 1.));
    }
}

namespace
{
  /// Notes what it is told.
  struct Notes : StageObserver
  {
    struct Attempt
    {
      StageAttempt               how;
      std::vector<StageUnknowns> unknowns;
      std::vector<double>        residuals; ///< the largest each
      bool                       success;
    };

    void begin(const StageAttempt how) override { attempts.push_back({how, {}, {}, false}); }
    void iterate(const StageUnknowns &unknowns, const std::array<double, 3> &residuals) override
    {
      attempts.back().unknowns.push_back(unknowns);
      attempts.back().residuals.push_back(
        std::max({std::abs(residuals[0]), std::abs(residuals[1]), std::abs(residuals[2])}));
    }
    void end(const bool success) override { attempts.back().success = success; }

    std::vector<Attempt> attempts;
  };
} // namespace

TEST(ImplicitStage, observer_is_told_every_iteration_and_changes_nothing)
{
  Random random(13);
  for (unsigned i = 0; i < 1000; ++i)
    {
      const Case        c(random);
      const StageResult expected = solved(c);
      Notes             notes;
      StageResult       result;
      ASSERT_EQ(ImplicitStage(c.kinetics, c.k).solve(c.strain, c.base, threshold, {}, result, notes),
                StageFailure::none);
      EXPECT_EQ(result.increment.values, expected.increment.values);
      EXPECT_EQ(result.iterations, expected.iterations);
      ASSERT_FALSE(notes.attempts.empty());
      EXPECT_TRUE(notes.attempts.back().success);
      std::size_t iterations = 0;
      for (const Notes::Attempt &attempt : notes.attempts)
        iterations += attempt.unknowns.size();
      EXPECT_GE(iterations, result.iterations + 1u); // the last evaluation of each attempt is not counted
      // It converges quadratically to what the result has: the last step, not told any more, is below 3e-9.
      const StageUnknowns &last = notes.attempts.back().unknowns.back();
      EXPECT_NEAR(last.free_volume, result.unknowns.free_volume, 3e-9 * last.free_volume);
      EXPECT_NEAR(last.stress, result.unknowns.stress, 3e-9 * (last.stress + c.kinetics.temperature));
    }
}

TEST(ImplicitStage, observer_sees_brackets_take_over)
{
  const Parameters    p;
  const Kinetics      kinetics(p, 0.9);
  const State         base = initial_state(p, 0.05);
  const ImplicitStage stage(kinetics, 1e3);
  const Deviator      strain = test::simple_shear(0.3);
  const auto          how_of = [](const Notes &notes) {
    std::vector<StageAttempt> how;
    for (const Notes::Attempt &attempt : notes.attempts)
      how.push_back(attempt.how);
    return how;
  };

  Notes         notes;
  StageResult   result;
  StageUnknowns useless{std::nan(""), 0., 0.05};
  ASSERT_EQ(stage.solve(strain, base, threshold, useless, result, notes), StageFailure::none);
  EXPECT_EQ(
    how_of(notes),
    (std::vector<StageAttempt>{StageAttempt::newton, StageAttempt::brackets, StageAttempt::newton_from_brackets}));
  EXPECT_FALSE(notes.attempts[0].success);
  EXPECT_TRUE(notes.attempts[2].success);

  Notes failing;
  State exhausted         = base;
  exhausted.free_volume() = -1.;
  ASSERT_EQ(stage.solve(Deviator::Zero(), exhausted, threshold, {}, result, failing),
            StageFailure::free_volume_exhausted);
  EXPECT_EQ(how_of(failing), (std::vector<StageAttempt>{StageAttempt::newton}));
  EXPECT_FALSE(failing.attempts[0].success);
}

TEST(ImplicitStage, failures_have_a_reason)
{
  const Parameters    p;
  const Kinetics      kinetics(p, 0.9);
  const ImplicitStage stage(kinetics, 1.);
  const State         base = initial_state(p, 0.05);
  StageResult         result;
  for (const double bad : {std::nan(""), std::numeric_limits<double>::infinity()})
    {
      for (int i = 0; i < 5; ++i)
        {
          Deviator strain = Deviator::Zero();
          strain[i]       = bad;
          EXPECT_EQ(stage.solve(strain, base, threshold, {}, result), StageFailure::input_not_finite);
        }
      for (int i = 0; i < 12; ++i)
        {
          State state     = base;
          state.values[i] = bad;
          EXPECT_EQ(stage.solve(test::simple_shear(0.01), state, threshold, {}, result), StageFailure::input_not_finite)
            << i;
        }
    }
  for (const double exhausted : {0., -1e-3})
    {
      State state         = base;
      state.free_volume() = exhausted;
      EXPECT_EQ(stage.solve(Deviator::Zero(), state, threshold, {}, result), StageFailure::free_volume_exhausted);
    }
  std::set<std::string> reasons;
  for (const StageFailure failure : {StageFailure::none,
                                     StageFailure::input_not_finite,
                                     StageFailure::free_volume_exhausted,
                                     StageFailure::no_convergence,
                                     StageFailure::tolerance_not_met,
                                     StageFailure::time_step_negative,
                                     StageFailure::time_step_not_finite})
    reasons.insert(describe(failure));
  EXPECT_EQ(reasons.size(), 7u);
  EXPECT_EQ(reasons.count(""), 0u);
}

TEST(ImplicitStage, exhausted_free_volume_is_never_a_number)
{
  // Bases below zero, with and without enough work to refill them: either an honest solution or a reason.
  Random random(12);
  for (unsigned i = 0; i < 2000; ++i)
    {
      Case c(random);
      c.base.free_volume() = -random.log_uniform(1e-6, 1e-2);
      StageResult        result;
      const StageFailure failure = ImplicitStage(c.kinetics, c.k).solve(c.strain, c.base, threshold, {}, result);
      if (failure == StageFailure::none)
        {
          EXPECT_GT(result.unknowns.free_volume, 0.);
          EXPECT_TRUE(result.stress.allFinite());
        }
    }
}

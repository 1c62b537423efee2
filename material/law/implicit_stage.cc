#include "material/law/implicit_stage.h"

#include <boost/math/tools/roots.hpp>

#include <algorithm>
#include <limits>

namespace revitra
{
  namespace
  {
    constexpr double   tiny               = 1e-150; // below any stress whose square is representable
    constexpr double   last_step          = 3e-9;   // relative; the square of a Newton step that small is rounding
    constexpr unsigned maximum_iterations = 25;

    using boost::math::tools::toms748_solve;

    /// For the hot path: compiles to nothing.
    struct NoObserver
    {
      void begin(StageAttempt) {}
      void iterate(const StageUnknowns &, const std::array<double, 3> &) {}
      void end(bool) {}
    };

    /// ln `ratio`; close to 1, where Newton's method ends, by the quotient that agrees with it to second order there.
    double logarithm(const double ratio)
    {
      return std::abs(ratio - 1.) < 0.1 ? 2. * (ratio - 1.) / (ratio + 1.) : std::log(ratio);
    }

    /// The zero of a function on [lower, upper] where its sign changes, to rounding.
    template <typename Function>
    double bracketed_root(const Function &function, const double lower, const double upper)
    {
      const double at_lower = function(lower), at_upper = function(upper);
      if (at_lower == 0. || lower == upper)
        return lower;
      if (at_upper == 0.)
        return upper;
      if (!(at_lower * at_upper < 0.))
        return std::numeric_limits<double>::quiet_NaN();
      std::uintmax_t iterations = 100;
      const auto     bracket    = toms748_solve(
        function, lower, upper, at_lower, at_upper, boost::math::tools::eps_tolerance<double>(50), iterations);
      return 0.5 * (bracket.first + bracket.second);
    }
  } // namespace

  const char *describe(const StageFailure failure)
  {
    switch (failure)
      {
        case StageFailure::none:
          return "no failure";
        case StageFailure::input_not_finite:
          return "the strain or the state is not a finite number";
        case StageFailure::free_volume_exhausted:
          return "the step is too long for the annihilation of free volume: no positive free volume solves Eq. (4)";
        case StageFailure::no_convergence:
          return "stress, plastic work and free volume of the stage could not be found";
        case StageFailure::tolerance_not_met:
          return "the smallest substep still has too large an error";
        case StageFailure::time_step_negative:
          return "the time step is negative";
        case StageFailure::time_step_not_finite:
          return "the time step is not a finite number";
      }
    return "unknown failure";
  }

  State rates(const Kinetics &kinetics, const State &state, const Deviator &stress, const ThresholdStress &threshold)
  {
    const double   equivalent = stress.norm();
    const Deviator bias       = state.bias();
    const Deviator flow       = Kinetics::plastic_strain_rate(
      kinetics.transformation_rates(equivalent, state.free_volume()), state.st_sum(), stress, bias);
    const double power = stress.dot(flow), plastic_power = std::abs(power);

    State rate;
    rate.plastic_strain() = flow;
    rate.bias()           = kinetics.bias_rate(flow, plastic_power, bias);
    rate.st_sum()         = kinetics.st_sum_rate(plastic_power, state.st_sum());
    rate.free_volume()    = kinetics.free_volume_rate(plastic_power, state.free_volume());
    rate.dissipation()    = power;
    rate.agitation()      = plastic_power;
    rate.effective_work() = effective_work_rate(equivalent, power, threshold, kinetics.shear_modulus);
    return rate;
  }

  /// What the three scalar equations depend on.
  struct ImplicitStage::Invariants
  {
    double a, b, c;     ///< σ*·σ*, σ*·Δ_b, Δ_b·Δ_b
    double st_sum;      ///< Λ_b
    double free_volume; ///< ξ_b
  };

  /// Residuals of (i)-(iii), and the derivatives by the unknowns and by the invariants.
  struct ImplicitStage::Evaluation
  {
    double nu, rho;
    double nu_stress, nu_work, nu_xi, nu_sum;     // ∂ν/∂(s̄, q, ξ, Λ_b)
    double rho_stress, rho_work, rho_xi, rho_sum; // ∂ρ/∂(s̄, q, ξ, Λ_b)
    double norm;                                  // |σ|
    double norm_nu, norm_rho;                     // ∂ ln(|σ| + T)/∂(ν, ρ)
    double work_nu, work_rho;                     // ∂(σ·δγᵖ)/∂(ν, ρ)
    double annihilated;                           // kϕB e^{−1/ξ}
    double residual_stress, residual_work, residual_xi;
    // Jacobian of the residuals; ∂(i)/∂·, ∂(ii)/∂·, and (iii) = (0, xi_work, xi_xi)
    double stress_stress, stress_work, stress_xi;
    double work_stress, work_work, work_xi;
    double xi_work, xi_xi;
    // its inverse in parts
    double inverse_xi_xi, inverse_determinant, reduced_stress_work, reduced_work_work;

    /// Solve Jacobian·x = right-hand side; the third row has no s̄, so ξ is eliminated first.
    void solve(const double r1, const double r2, const double r3, double &x1, double &x2, double &x3) const
    {
      const double c3 = r3 * inverse_xi_xi;
      const double b1 = r1 - stress_xi * c3, b2 = r2 - work_xi * c3;
      x1 = (b1 * reduced_work_work - b2 * reduced_stress_work) * inverse_determinant;
      x2 = (stress_stress * b2 - work_stress * b1) * inverse_determinant;
      x3 = c3 - xi_work * x2 * inverse_xi_xi;
    }

    /// Prepare solve().
    void factorize()
    {
      inverse_xi_xi       = 1. / xi_xi;
      const double ratio  = xi_work * inverse_xi_xi;
      reduced_stress_work = stress_work - stress_xi * ratio;
      reduced_work_work   = work_work - work_xi * ratio;
      inverse_determinant = 1. / (stress_stress * reduced_work_work - work_stress * reduced_stress_work);
    }

    /// Take a last Newton step from `z`, small enough that what depends on the unknowns follows it to first order.
    void follow(StageUnknowns &z, const double d_stress, const double d_work, const double d_xi)
    {
      nu += nu_stress * d_stress + nu_work * d_work + nu_xi * d_xi;
      rho += rho_stress * d_stress + rho_work * d_work + rho_xi * d_xi;
      annihilated += (xi_xi - 1.) * d_xi;
      z.stress += d_stress;
      z.work += d_work;
      z.free_volume += d_xi;
    }
  };

  ImplicitStage::ImplicitStage(const Kinetics &kinetics, const double k)
    : kinetics(kinetics)
    , k(k)
    , log_k(std::log(k))
  {}

  ImplicitStage::Evaluation ImplicitStage::evaluate(const Invariants &in, const StageUnknowns &z) const
  {
    const double T = kinetics.temperature, inverse_T = kinetics.inverse_temperature;
    const double mu = kinetics.shear_modulus, phi = kinetics.transformation_coefficient;
    const double sign = z.work < 0. ? -1. : 1., agitation = phi * std::abs(z.work);

    // All of S, C and 1 are multiplied by one factor that keeps the largest of them near 1: d, ν, ρ never overflow.
    const auto   st       = kinetics.transformation_rates(z.stress, z.free_volume);
    const double exponent = st.exponent + log_k;
    const double shrunk   = std::exp(-std::abs(exponent));
    const double one      = exponent > 0. ? shrunk : 1.;
    const double grown    = exponent > 0. ? 1. : shrunk;
    const double S = grown * st.drive, C = grown * st.back;
    const double x        = z.stress * inverse_T;
    const double S_stress = x > 0.03 ? (C * inverse_T - S) / z.stress : S * x * (1. / 3. - x * x / 45.) * inverse_T;
    const double C_stress = S * x;

    const double theta = 1. + agitation, sum = in.st_sum + agitation;
    const double inverse_d = 1. / (theta * one + mu * sum * S + 2. * C);

    Evaluation at;
    at.nu  = sum * S * inverse_d;
    at.rho = C * inverse_d;

    const double d_stress   = mu * sum * S_stress + 2. * C_stress;
    at.nu_stress            = (sum * S_stress - at.nu * d_stress) * inverse_d;
    at.rho_stress           = (C_stress - at.rho * d_stress) * inverse_d;
    const double d_work     = sign * phi * (one + mu * S);
    at.nu_work              = (sign * phi * S - at.nu * d_work) * inverse_d;
    at.rho_work             = -at.rho * d_work * inverse_d;
    const double inverse_xi = 1. / z.free_volume;
    const double elastic    = theta * one * inverse_d * inverse_xi * inverse_xi;
    at.nu_xi                = at.nu * elastic;
    at.rho_xi               = at.rho * elastic;
    const double d_sum      = mu * S;
    at.nu_sum               = (S - at.nu * d_sum) * inverse_d;
    at.rho_sum              = -at.rho * d_sum * inverse_d;

    const double alpha = 1. - mu * at.nu, beta = mu * at.rho; // σ = α σ* + β Δ_b
    const double stress_trial = alpha * in.a + beta * in.b, stress_bias = alpha * in.b + beta * in.c;
    // Where trial stress and bias cancel, a square below this is rounding, whose root must not be divided by.
    const double rounded = 1e-15 * (alpha * alpha * in.a + beta * beta * in.c);
    at.norm              = std::sqrt(std::max({alpha * stress_trial + beta * stress_bias, rounded, tiny * tiny}));
    const double inverse = 1. / (at.norm * (at.norm + T));
    at.norm_nu           = -mu * stress_trial * inverse;
    at.norm_rho          = mu * stress_bias * inverse;
    const double work    = at.nu * stress_trial - at.rho * stress_bias;
    at.work_nu           = stress_trial - mu * (at.nu * in.a - at.rho * in.b);
    at.work_rho          = -stress_bias + mu * (at.nu * in.b - at.rho * in.c);
    at.annihilated       = k * kinetics.annihilation(z.free_volume);

    at.residual_stress = logarithm((z.stress + T) * at.norm * inverse);
    at.residual_work   = z.work - work;
    at.residual_xi     = z.free_volume - in.free_volume - kinetics.dilatancy_factor * std::abs(z.work) + at.annihilated;

    at.stress_stress = 1. / (z.stress + T) - (at.norm_nu * at.nu_stress + at.norm_rho * at.rho_stress);
    at.stress_work   = -(at.norm_nu * at.nu_work + at.norm_rho * at.rho_work);
    at.stress_xi     = -(at.norm_nu * at.nu_xi + at.norm_rho * at.rho_xi);
    at.work_stress   = -(at.work_nu * at.nu_stress + at.work_rho * at.rho_stress);
    at.work_work     = 1. - (at.work_nu * at.nu_work + at.work_rho * at.rho_work);
    at.work_xi       = -(at.work_nu * at.nu_xi + at.work_rho * at.rho_xi);
    at.xi_work       = -sign * kinetics.dilatancy_factor;
    at.xi_xi         = 1. + at.annihilated * inverse_xi * inverse_xi;
    at.factorize();
    return at;
  }

  template <typename Observer>
  bool ImplicitStage::newton(
    const Invariants &in, StageUnknowns &z, Evaluation &at, unsigned &iterations, Observer &observer) const
  {
    const double T          = kinetics.temperature;
    const double work_scale = (in.a + T * T) / kinetics.shear_modulus;
    for (unsigned iteration = 0; iteration <= maximum_iterations; ++iteration, ++iterations)
      {
        at = evaluate(in, z);
        observer.iterate(z, {at.residual_stress, at.residual_work, at.residual_xi});
        double d_stress, d_work, d_xi;
        at.solve(-at.residual_stress, -at.residual_work, -at.residual_xi, d_stress, d_work, d_xi);
        if (!std::isfinite(d_stress + d_work + d_xi))
          return false;
        if (std::abs(d_stress) <= last_step * (z.stress + T) && std::abs(d_work) <= last_step * work_scale &&
            std::abs(d_xi) <= last_step * z.free_volume)
          {
            at.follow(z, d_stress, d_work, d_xi);
            return true;
          }
        z.stress = std::max(z.stress + d_stress, 0.);
        z.work += d_work;
        z.free_volume = std::max(z.free_volume + d_xi, 0.3 * z.free_volume);
      }
    return false;
  }

  /// ξ > 0 of (iii) at plastic work `work`, or NaN if there is none. The left-hand side grows with ξ, so it is unique.
  double ImplicitStage::free_volume_at(const Invariants &in, const double work) const
  {
    const double created = in.free_volume + kinetics.dilatancy_factor * std::abs(work);
    if (!(created > 0.))
      return std::numeric_limits<double>::quiet_NaN();
    return bracketed_root(
      [&](const double xi) { return xi + k * kinetics.annihilation(xi) - created; }, 1e-4 * created, created);
  }

  /// s̄ of (i) at given plastic work and free volume. |σ| is bounded, so there is one.
  double ImplicitStage::stress_at(const Invariants &in, const double work, const double free_volume) const
  {
    const double bound = std::sqrt(in.a) + kinetics.shear_modulus * std::sqrt(in.c) + tiny;
    return bracketed_root(
      [&](const double stress) {
        return evaluate(in, {stress, work, free_volume}).residual_stress;
      },
      0.,
      bound);
  }

  /// Solve the three equations one inside the other by bisection-safe root finding. Slow, but sure.
  bool ImplicitStage::bracket(const Invariants &in, StageUnknowns &z) const
  {
    const double bound       = std::sqrt(in.a) + kinetics.shear_modulus * std::sqrt(in.c) + tiny;
    const double limit       = 2. * bound * bound / kinetics.shear_modulus;
    const auto   unknowns_at = [&](const double work) {
      StageUnknowns at;
      at.work        = work;
      at.free_volume = free_volume_at(in, work);
      at.stress      = stress_at(in, work, at.free_volume);
      return at;
    };
    const double work =
      bracketed_root([&](const double q) { return evaluate(in, unknowns_at(q)).residual_work; }, -limit, limit);
    z = unknowns_at(work);
    return std::isfinite(z.stress + z.work + z.free_volume);
  }

  /// The elastic answer, or the flowing one if the trial stress is beyond what the structure can bear.
  StageUnknowns ImplicitStage::first_guess(const Invariants &in) const
  {
    const double T = kinetics.temperature, xi = in.free_volume;
    const double trial = std::sqrt(in.a);
    // at this stress μS is about 1
    const double onset =
      T * (1. / xi - log_k - kinetics.log_transformation_factor - std::log(kinetics.shear_modulus * 0.5 / T));
    StageUnknowns guess;
    guess.stress      = std::max(0., std::min(trial, std::max(onset, 0.) + T));
    guess.work        = guess.stress * (trial - guess.stress) / kinetics.shear_modulus;
    guess.free_volume = xi;
    return guess;
  }

  StageFailure ImplicitStage::solve(const Deviator        &strain,
                                    const State           &base,
                                    const ThresholdStress &threshold,
                                    const StageUnknowns   &guess,
                                    StageResult           &result) const
  {
    NoObserver observer;
    return solve_observed(strain, base, threshold, guess, result, observer);
  }

  StageFailure ImplicitStage::solve(const Deviator        &strain,
                                    const State           &base,
                                    const ThresholdStress &threshold,
                                    const StageUnknowns   &guess,
                                    StageResult           &result,
                                    StageObserver         &observer) const
  {
    return solve_observed(strain, base, threshold, guess, result, observer);
  }

  template <typename Observer>
  StageFailure ImplicitStage::solve_observed(const Deviator        &strain,
                                             const State           &base,
                                             const ThresholdStress &threshold,
                                             const StageUnknowns   &guess,
                                             StageResult           &result,
                                             Observer              &observer) const
  {
    const Deviator   trial = kinetics.shear_modulus * (strain - base.plastic_strain());
    const Deviator   bias  = base.bias();
    const Invariants in{trial.squaredNorm(), trial.dot(bias), bias.squaredNorm(), base.st_sum(), base.free_volume()};
    if (!std::isfinite(in.a + in.c + in.st_sum + in.free_volume))
      return StageFailure::input_not_finite;

    Evaluation    at;
    StageUnknowns z    = guess.free_volume > 0. ? guess : first_guess(in);
    result.iterations  = 0;
    const auto attempt = [&observer](const StageAttempt how, const auto &try_it) {
      observer.begin(how);
      const bool success = try_it();
      observer.end(success);
      return success;
    };
    const auto by_newton   = [&] { return z.free_volume > 0. && newton(in, z, at, result.iterations, observer); };
    const auto by_brackets = [&] { return bracket(in, z); };
    if (!attempt(StageAttempt::newton, by_newton))
      {
        if (!(in.free_volume + 0.5 * kinetics.dilatancy_factor * in.a / kinetics.shear_modulus > 0.))
          return StageFailure::free_volume_exhausted;
        if (!attempt(StageAttempt::brackets, by_brackets) || !attempt(StageAttempt::newton_from_brackets, by_newton))
          return StageFailure::no_convergence;
      }

    const Deviator plastic   = at.nu * trial - at.rho * bias;
    const double   agitation = std::abs(z.work), theta = 1. + kinetics.transformation_coefficient * agitation;

    result.stress                     = trial - kinetics.shear_modulus * plastic;
    result.increment.plastic_strain() = plastic;
    result.increment.bias()           = (2. * plastic - (theta - 1.) * bias) / theta;
    result.increment.st_sum()         = (theta - 1.) * (1. - in.st_sum) / theta;
    result.increment.free_volume()    = kinetics.dilatancy_factor * agitation - at.annihilated;
    result.increment.dissipation()    = z.work;
    result.increment.agitation()      = agitation;
    result.increment.effective_work() =
      effective_work_rate(z.stress, z.work, {threshold.stress, k * threshold.rate}, kinetics.shear_modulus);
    result.unknowns                 = z;
    result.sensitivity.trial_stress = trial;
    result.sensitivity.base_bias    = bias;
    sensitivity(at, result.sensitivity);
    return StageFailure::none;
  }

  void ImplicitStage::sensitivity(const Evaluation &at, StageSensitivity &result) const
  {
    const double mu = kinetics.shear_modulus, T = kinetics.temperature;
    const double alpha = 1. - mu * at.nu, beta = mu * at.rho;
    const double half = 0.5 / (at.norm * (at.norm + T));

    // Minus the residuals' derivatives by a, b, c, Λ_b, ξ_b at fixed unknowns.
    const double by_stress[5] = {half * alpha * alpha,
                                 half * 2. * alpha * beta,
                                 half * beta * beta,
                                 at.norm_nu * at.nu_sum + at.norm_rho * at.rho_sum,
                                 0.};
    const double by_work[5]   = {at.nu * alpha,
                                 at.nu * beta - at.rho * alpha,
                                 -at.rho * beta,
                                 at.work_nu * at.nu_sum + at.work_rho * at.rho_sum,
                                 0.};
    const double by_xi[5]     = {0., 0., 0., 0., 1.};

    result.nu  = at.nu;
    result.rho = at.rho;
    for (int i = 0; i < 5; ++i)
      {
        double stress, work, xi;
        at.solve(by_stress[i], by_work[i], by_xi[i], stress, work, xi);
        result.d_nu[i]          = at.nu_stress * stress + at.nu_work * work + at.nu_xi * xi;
        result.d_rho[i]         = at.rho_stress * stress + at.rho_work * work + at.rho_xi * xi;
        result.d_work[i]        = work;
        result.d_free_volume[i] = xi;
      }
    result.d_nu[3] += at.nu_sum;
    result.d_rho[3] += at.rho_sum;
  }

  DeviatorTangent ImplicitStage::tangent(const StageSensitivity &s) const
  {
    // dσ = α dσ* − μ (σ* dν − Δ_b dρ) with dσ* = μ dγ, da = 2σ*·dσ*, db = Δ_b·dσ*
    const double    mu     = kinetics.shear_modulus;
    const Deviator  d_nu   = 2. * s.d_nu[0] * s.trial_stress + s.d_nu[1] * s.base_bias;
    const Deviator  d_rho  = 2. * s.d_rho[0] * s.trial_stress + s.d_rho[1] * s.base_bias;
    DeviatorTangent result = -mu * mu * (s.trial_stress * d_nu.transpose() - s.base_bias * d_rho.transpose());
    result.diagonal().array() += mu * (1. - mu * s.nu);
    return result;
  }

  StageCoupling ImplicitStage::coupling(const StageSensitivity &s) const
  {
    constexpr int free_volume = 4; // column of ξ_b
    const double  mu          = kinetics.shear_modulus;
    StageCoupling result;
    result.work_by_strain        = mu * (2. * s.d_work[0] * s.trial_stress + s.d_work[1] * s.base_bias);
    result.stress_by_free_volume = -mu * (s.d_nu[free_volume] * s.trial_stress - s.d_rho[free_volume] * s.base_bias);
    result.work_by_free_volume   = s.d_work[free_volume];
    return result;
  }
} // namespace revitra

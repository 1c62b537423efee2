#include "material/law/implicit_stage.h"

#include <boost/math/tools/roots.hpp>

#include <algorithm>
#include <limits>

namespace revitra
{
  namespace
  {
    constexpr double   tiny               = 1e-150; // a bound of the stress that is not zero
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
    rate.plastic_strain()           = flow;
    rate.bias()                     = kinetics.bias_rate(flow, plastic_power, bias);
    rate.st_sum()                   = kinetics.st_sum_rate(plastic_power, state.st_sum());
    rate.free_volume()              = kinetics.free_volume_rate(plastic_power, state.free_volume());
    rate.plastic_work()             = power;
    rate.accumulated_plastic_work() = plastic_power;
    rate.effective_work()           = effective_work_rate(equivalent, power, threshold, kinetics.shear_modulus);
    return rate;
  }

  ImplicitStage::ImplicitStage(const Kinetics &kinetics, const double k)
    : kinetics(kinetics)
    , k(k)
    , log_k(std::log(k))
  {}

  template <typename Observer>
  bool ImplicitStage::newton(
    const StageInput &in, StageUnknowns &z, StageEquations &at, unsigned &iterations, Observer &observer) const
  {
    const double T          = kinetics.temperature;
    const double work_scale = (in.trial_trial + T * T) / kinetics.shear_modulus;
    for (unsigned iteration = 0; iteration <= maximum_iterations; ++iteration, ++iterations)
      {
        set_equations(kinetics, k, log_k, in, z, at);
        observer.iterate(z, {at.residual_stress, at.residual_work, at.residual_free_volume});
        const StageUnknowns step = at.solve(-at.residual_stress, -at.residual_work, -at.residual_free_volume);
        if (!std::isfinite(step.stress + step.work + step.free_volume))
          return false;
        const bool is_last = std::abs(step.stress) <= last_step * (z.stress + T) &&
                             std::abs(step.work) <= last_step * work_scale &&
                             std::abs(step.free_volume) <= last_step * z.free_volume;
        if (is_last)
          {
            at.follow(step);
            z = {z.stress + step.stress, z.work + step.work, z.free_volume + step.free_volume};
            return true;
          }
        z.stress = std::max(z.stress + step.stress, 0.);
        z.work += step.work;
        z.free_volume = std::max(z.free_volume + step.free_volume, 0.3 * z.free_volume);
      }
    return false;
  }

  /// ξ > 0 of (iii) at plastic work `work`, or NaN if there is none. The left-hand side grows with ξ, so it is unique.
  double ImplicitStage::free_volume_at(const StageInput &in, const double work) const
  {
    const double created = in.free_volume + kinetics.dilatancy_factor * std::abs(work);
    if (!(created > 0.))
      return std::numeric_limits<double>::quiet_NaN();
    return bracketed_root(
      [&](const double xi) { return xi + k * kinetics.annihilation(xi) - created; }, 1e-4 * created, created);
  }

  /// s̄ of (i) at given plastic work and free volume. |σ| is bounded, so there is one.
  double ImplicitStage::stress_at(const StageInput &in, const double work, const double free_volume) const
  {
    const double bound = std::sqrt(in.trial_trial) + kinetics.shear_modulus * std::sqrt(in.bias_bias) + tiny;
    return bracketed_root(
      [&](const double stress) {
        return equations(in, {stress, work, free_volume}).residual_stress;
      },
      0.,
      bound);
  }

  /// Solve the three equations one inside the other by bisection-safe root finding. Slow, but sure.
  bool ImplicitStage::bracket(const StageInput &in, StageUnknowns &z) const
  {
    const double bound       = std::sqrt(in.trial_trial) + kinetics.shear_modulus * std::sqrt(in.bias_bias) + tiny;
    const double limit       = 2. * bound * bound / kinetics.shear_modulus;
    const auto   unknowns_at = [&](const double work) {
      StageUnknowns at;
      at.work        = work;
      at.free_volume = free_volume_at(in, work);
      at.stress      = stress_at(in, work, at.free_volume);
      return at;
    };
    const double work =
      bracketed_root([&](const double q) { return equations(in, unknowns_at(q)).residual_work; }, -limit, limit);
    z = unknowns_at(work);
    return std::isfinite(z.stress + z.work + z.free_volume);
  }

  /// The elastic answer, or the flowing one if the trial stress is beyond what the structure can bear.
  StageUnknowns ImplicitStage::first_guess(const StageInput &in) const
  {
    const double T = kinetics.temperature, xi = in.free_volume;
    const double trial = std::sqrt(in.trial_trial);
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
    const StageInput in{trial.squaredNorm(), trial.dot(bias), bias.squaredNorm(), base.st_sum(), base.free_volume()};
    if (!std::isfinite(in.trial_trial + in.bias_bias + in.st_sum + in.free_volume))
      return StageFailure::input_not_finite;

    StageEquations at;
    StageUnknowns  z   = guess.free_volume > 0. ? guess : first_guess(in);
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
        if (!(in.free_volume + 0.5 * kinetics.dilatancy_factor * in.trial_trial / kinetics.shear_modulus > 0.))
          return StageFailure::free_volume_exhausted;
        if (!attempt(StageAttempt::brackets, by_brackets) || !attempt(StageAttempt::newton_from_brackets, by_newton))
          return StageFailure::no_convergence;
      }

    const Deviator plastic    = at.nu.value * trial - at.rho.value * bias;
    const double   relaxation = kinetics.relaxation(z.work);

    result.stress                               = trial - kinetics.shear_modulus * plastic;
    result.increment.plastic_strain()           = plastic;
    result.increment.bias()                     = Kinetics::bias_increment(plastic, relaxation, bias);
    result.increment.st_sum()                   = Kinetics::st_sum_increment(relaxation, in.st_sum);
    result.increment.free_volume()              = kinetics.free_volume_increment(z.work, at.annihilated);
    result.increment.plastic_work()             = z.work;
    result.increment.accumulated_plastic_work() = std::abs(z.work);
    result.increment.effective_work() =
      effective_work_rate(z.stress, z.work, {threshold.stress, k * threshold.rate}, kinetics.shear_modulus);
    result.unknowns                 = z;
    result.sensitivity.trial_stress = trial;
    result.sensitivity.base_bias    = bias;
    set_sensitivity(at, kinetics.temperature, result.sensitivity);
    return StageFailure::none;
  }
} // namespace revitra

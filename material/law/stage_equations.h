#pragma once

#include "material/law/kinetics.h"
#include "material/law/state.h"

#include <algorithm>

namespace revitra
{
  /// The three scalars that determine a stage, kept to start its next solution.
  struct StageUnknowns
  {
    double stress      = 0.; ///< equivalent stress s̄
    double work        = 0.; ///< q = k s:Dᵖ, signed
    double free_volume = 0.; ///< ξ; 0: not known, the stage makes its own guess
  };

  /// The scalars that the equations of a stage depend on.
  struct StageInput
  {
    double trial_trial; ///< σ*·σ*
    double trial_bias;  ///< σ*·Δ_b
    double bias_bias;   ///< Δ_b·Δ_b
    double st_sum;      ///< Λ_b
    double free_volume; ///< ξ_b
  };

  /// The same as columns of derivatives.
  namespace stage_input
  {
    enum : int
    {
      trial_trial,
      trial_bias,
      bias_bias,
      st_sum,
      free_volume,
      count
    };
  }

  /// The equations (i)-(iii) of ImplicitStage at one set of unknowns: residuals r, and derivatives by the unknowns
  /// (s̄, q, ξ) and by the input. σ = α σ* + β Δ_b with α = 1 − μν, β = μρ.
  struct StageEquations
  {
    /// A number and its derivatives by s̄, q, ξ and Λ_b.
    struct Coefficient
    {
      double value;
      double by_stress, by_work, by_free_volume, by_st_sum;
    };

    Coefficient nu, rho;                         ///< of the plastic strain increment ν σ* − ρ Δ_b
    double      alpha, beta;                     ///< of the stress
    double      norm;                            ///< |σ|
    double      log_norm_by_nu, log_norm_by_rho; ///< of ln(|σ| + T)
    double      work_by_nu, work_by_rho;         ///< of σ·δγᵖ
    double      annihilated;                     ///< kϕB e^{−1/ξ}

    double residual_stress, residual_work, residual_free_volume; ///< (i), (ii), (iii)

    // Jacobian of (i), (ii), (iii), which has no ∂(iii)/∂s̄
    double stress_by_stress, stress_by_work, stress_by_free_volume;
    double work_by_stress, work_by_work, work_by_free_volume;
    double free_volume_by_work, free_volume_by_free_volume;

    /// Solve Jacobian·x = r for the changes x of the unknowns.
    StageUnknowns solve(const double r_stress, const double r_work, const double r_free_volume) const
    {
      const double xi = r_free_volume * inverse_xi_xi; // eliminated first
      const double b1 = r_stress - stress_by_free_volume * xi, b2 = r_work - work_by_free_volume * xi;
      const double work  = (stress_by_stress * b2 - work_by_stress * b1) * inverse_determinant;
      const double other = (b1 * reduced_work_work - b2 * reduced_stress_work) * inverse_determinant;
      return {other, work, xi - free_volume_by_work * work * inverse_xi_xi};
    }

    /// Prepare solve().
    void factorize()
    {
      inverse_xi_xi       = 1. / free_volume_by_free_volume;
      const double ratio  = free_volume_by_work * inverse_xi_xi;
      reduced_stress_work = stress_by_work - stress_by_free_volume * ratio;
      reduced_work_work   = work_by_work - work_by_free_volume * ratio;
      inverse_determinant = 1. / (stress_by_stress * reduced_work_work - work_by_stress * reduced_stress_work);
    }

    /// Follow a last Newton step, small enough that what depends on the unknowns changes to first order.
    void follow(const StageUnknowns &change)
    {
      nu.value += along(nu, change);
      rho.value += along(rho, change);
      annihilated += (free_volume_by_free_volume - 1.) * change.free_volume;
    }

    /// The change of `coefficient` with `change` of the unknowns.
    static double along(const Coefficient &coefficient, const StageUnknowns &change)
    {
      return coefficient.by_stress * change.stress + coefficient.by_work * change.work +
             coefficient.by_free_volume * change.free_volume;
    }

  private:
    double inverse_xi_xi, inverse_determinant, reduced_stress_work, reduced_work_work;
  };

  /// ln `ratio`; close to 1, where Newton's method ends, by the quotient that agrees with it to second order there.
  inline double logarithm(const double ratio)
  {
    return std::abs(ratio - 1.) < 0.1 ? 2. * (ratio - 1.) / (ratio + 1.) : std::log(ratio);
  }

  /// ν = (Λ_b + r) S/d, ρ = C/d, d = 1 + r + μ(Λ_b + r) S + 2C, with r = φ|q|: Eqs. (1)-(3) solved for the plastic
  /// strain increment.
  inline void set_coefficients(
    const Kinetics &kinetics, const double log_k, const StageInput &in, const StageUnknowns &z, StageEquations &at)
  {
    const double inverse_T = kinetics.inverse_temperature, mu = kinetics.shear_modulus;

    // All of S, C and 1 are multiplied by one factor that keeps the largest of them near 1: d, ν, ρ never overflow.
    const auto   st       = kinetics.transformation_rates(z.stress, z.free_volume);
    const double exponent = st.exponent + log_k;
    const double shrunk   = std::exp(-std::abs(exponent));
    const double one      = exponent > 0. ? shrunk : 1.;
    const double grown    = exponent > 0. ? 1. : shrunk;
    const double S = grown * st.drive, C = grown * st.back;
    const double x           = z.stress * inverse_T;
    const double S_by_stress = x > 0.03 ? (C * inverse_T - S) / z.stress : S * x * (1. / 3. - x * x / 45.) * inverse_T;
    const double C_by_stress = S * x;

    const double relaxation = kinetics.relaxation(z.work), sum = in.st_sum + relaxation;
    const double theta     = 1. + relaxation;
    const double inverse_d = 1. / (theta * one + mu * sum * S + 2. * C);
    at.nu.value            = sum * S * inverse_d;
    at.rho.value           = C * inverse_d;

    const double d_by_stress = mu * sum * S_by_stress + 2. * C_by_stress;
    at.nu.by_stress          = (sum * S_by_stress - at.nu.value * d_by_stress) * inverse_d;
    at.rho.by_stress         = (C_by_stress - at.rho.value * d_by_stress) * inverse_d;

    const double phi = kinetics.transformation_coefficient, signed_phi = z.work < 0. ? -phi : phi;
    const double d_by_work = signed_phi * (one + mu * S);
    at.nu.by_work          = (signed_phi * S - at.nu.value * d_by_work) * inverse_d;
    at.rho.by_work         = -at.rho.value * d_by_work * inverse_d;

    const double inverse_xi = 1. / z.free_volume;
    const double elastic    = theta * one * inverse_d * inverse_xi * inverse_xi;
    at.nu.by_free_volume    = at.nu.value * elastic;
    at.rho.by_free_volume   = at.rho.value * elastic;

    const double d_by_st_sum = mu * S;
    at.nu.by_st_sum          = (S - at.nu.value * d_by_st_sum) * inverse_d;
    at.rho.by_st_sum         = -at.rho.value * d_by_st_sum * inverse_d;
  }

  /// (i) ln[(s̄ + T)/(|σ| + T)] = 0 and (ii) q = σ·δγᵖ.
  inline void set_stress_and_work(const Kinetics      &kinetics,
                                  const StageInput    &in,
                                  const StageUnknowns &z,
                                  StageEquations      &at)
  {
    const double T = kinetics.temperature, mu = kinetics.shear_modulus;
    const double nu = at.nu.value, rho = at.rho.value;
    at.alpha = 1. - mu * nu;
    at.beta  = mu * rho;

    const double     stress_trial    = at.alpha * in.trial_trial + at.beta * in.trial_bias; // σ·σ*
    const double     stress_bias     = at.alpha * in.trial_bias + at.beta * in.bias_bias;   // σ·Δ_b
    constexpr double smallest_square = 1e-300;                                              // of a stress
    // Where trial stress and bias cancel, a square below this is rounding, whose root must not be divided by.
    const double rounded = 1e-15 * (at.alpha * at.alpha * in.trial_trial + at.beta * at.beta * in.bias_bias);
    at.norm = std::sqrt(std::max({at.alpha * stress_trial + at.beta * stress_bias, rounded, smallest_square}));

    const double inverse = 1. / (at.norm * (at.norm + T));
    at.log_norm_by_nu    = -mu * stress_trial * inverse;
    at.log_norm_by_rho   = mu * stress_bias * inverse;
    at.residual_stress   = logarithm((z.stress + T) * at.norm * inverse);

    at.work_by_nu    = stress_trial - mu * (nu * in.trial_trial - rho * in.trial_bias);
    at.work_by_rho   = -stress_bias + mu * (nu * in.trial_bias - rho * in.bias_bias);
    at.residual_work = z.work - (nu * stress_trial - rho * stress_bias);

    const auto by_log_norm = [&](const double of_nu, const double of_rho) {
      return at.log_norm_by_nu * of_nu + at.log_norm_by_rho * of_rho;
    };
    at.stress_by_stress      = 1. / (z.stress + T) - by_log_norm(at.nu.by_stress, at.rho.by_stress);
    at.stress_by_work        = -by_log_norm(at.nu.by_work, at.rho.by_work);
    at.stress_by_free_volume = -by_log_norm(at.nu.by_free_volume, at.rho.by_free_volume);

    const auto by_work = [&](const double of_nu, const double of_rho) {
      return at.work_by_nu * of_nu + at.work_by_rho * of_rho;
    };
    at.work_by_stress      = -by_work(at.nu.by_stress, at.rho.by_stress);
    at.work_by_work        = 1. - by_work(at.nu.by_work, at.rho.by_work);
    at.work_by_free_volume = -by_work(at.nu.by_free_volume, at.rho.by_free_volume);
  }

  /// (iii) ξ = ξ_b + D_ia|q| − kϕB e^{−1/ξ}: Eq. (4).
  inline void set_free_volume(
    const Kinetics &kinetics, const double k, const StageInput &in, const StageUnknowns &z, StageEquations &at)
  {
    at.annihilated          = k * kinetics.annihilation(z.free_volume);
    at.residual_free_volume = z.free_volume - in.free_volume - kinetics.free_volume_increment(z.work, at.annihilated);
    at.free_volume_by_work  = -kinetics.creation_by_work(z.work);
    at.free_volume_by_free_volume = 1. + Kinetics::annihilated_by_free_volume(at.annihilated, z.free_volume);
  }

  /// Evaluates (i)-(iii) for a stage of the length `k` (`log_k` = ln k) at the unknowns `z`. Overflows nowhere.
  inline void set_equations(const Kinetics      &kinetics,
                            const double         k,
                            const double         log_k,
                            const StageInput    &input,
                            const StageUnknowns &z,
                            StageEquations      &at)
  {
    set_coefficients(kinetics, log_k, input, z, at);
    set_stress_and_work(kinetics, input, z, at);
    set_free_volume(kinetics, k, input, z, at);
    at.factorize();
  }
} // namespace revitra

#pragma once

#include "material/law/parameters.h"

#include <cmath>

namespace revitra
{
  /// The rate equations (1)-(4) of the paper, each written once, as rates and as an implicit stage has them.
  ///
  /// The functions are templates on the number type, so that the point driver differentiates them automatically, and on
  /// the type of stress and bias: plain numbers in the scalar law of the paper, Deviator in the tensor law.
  /// An object belongs to one temperature and holds numbers only. The temperature stands inside exponents that are
  /// taken anyway, so that a point may have its own at no cost.
  class Kinetics
  {
  public:
    /// The law with `parameters` (valid, see check()) at `temperature` (in T_g).
    Kinetics(const Parameters &parameters, const double temperature)
      : temperature(temperature)
      , inverse_temperature(1. / temperature)
      , shear_modulus(parameters.shear_modulus)
      , transformation_coefficient(parameters.transformation_coefficient)
      , dilatancy_factor(parameters.dilatancy_factor)
      , log_transformation_factor(parameters.transformation_activation_energy * (1. - 1. / temperature))
      , log_annihilation_factor(parameters.annihilation_activation_energy * (1. - 1. / temperature))
      , annihilation_coefficient(parameters.annihilation_coefficient)
    {}

    /// e^{−1/ξ} A sinh(σ̄/T)/σ̄ = drive·e^{exponent} and e^{−1/ξ} A cosh(σ̄/T) = back·e^{exponent}.
    ///
    /// Mantissas and exponent are kept apart because the plain product overflows where an implicit stage still has to
    /// look; 0 < drive ≤ 1/T, ½ ≤ back ≤ 1.
    template <typename Number>
    struct TransformationRates
    {
      Number drive;
      Number back;
      Number exponent;
    };

    /// Rates of shear transformations at equivalent stress σ̄ ≥ 0 and free volume ξ > 0.
    template <typename Number>
    TransformationRates<Number> transformation_rates(const Number &stress, const Number &free_volume) const
    {
      using std::exp;
      const Number x        = stress * inverse_temperature;
      const Number backward = exp(-2. * x);
      // (1 − e^{−2x})/x; below the switch the series is exact to rounding while the quotient has lost digits.
      const Number quotient =
        x > 1e-3 ? Number((1. - backward) / x) : Number(2. - x * (2. - x * (4. / 3. - x * (2. / 3. - x * 4. / 15.))));
      return {
        0.5 * inverse_temperature * quotient, 0.5 * (1. + backward), log_transformation_factor + x - 1. / free_volume};
    }

    /// Eq. (1): the plastic shear rate γ̇ᵖ = e^{−1/ξ} A [Λ sinh(σ̄/T) σ/σ̄ − cosh(σ̄/T) Δ]; also `rates` without the factor
    /// e^{exponent} when that is taken out on both sides.
    template <typename Number, typename Vector>
    static Vector plastic_strain_rate(const TransformationRates<Number> &rates,
                                      const Number                      &st_sum,
                                      const Vector                      &stress,
                                      const Vector                      &bias)
    {
      using std::exp;
      const Number arrhenius = exp(rates.exponent);
      return Vector((arrhenius * rates.drive * st_sum) * stress - (arrhenius * rates.back) * bias);
    }

    /// Eq. (2): Δ̇ = 2 γ̇ᵖ − φ w Δ, with w = |σ·γ̇ᵖ|.
    template <typename Number, typename Vector>
    Vector bias_rate(const Vector &plastic_strain_rate, const Number &plastic_power, const Vector &bias) const
    {
      return Vector(2. * plastic_strain_rate - (transformation_coefficient * plastic_power) * bias);
    }

    /// Eq. (3): Λ̇ = φ w (1 − Λ).
    template <typename Number>
    Number st_sum_rate(const Number &plastic_power, const Number &st_sum) const
    {
      return Number(transformation_coefficient * plastic_power * (1. - st_sum));
    }

    /// Eq. (4): ξ̇ = D_ia w − ϕ e^{−1/ξ} B. Diffusion, if any, is the host's.
    template <typename Number>
    Number free_volume_rate(const Number &plastic_power, const Number &free_volume) const
    {
      return Number(dilatancy_factor * plastic_power - annihilation(free_volume));
    }

    /// The second term of Eq. (4): ϕ e^{−1/ξ} B.
    template <typename Number>
    Number annihilation(const Number &free_volume) const
    {
      using std::exp;
      return Number(annihilation_coefficient * exp(annihilation_exponent(free_volume)));
    }

    /// ln(e^{−1/ξ} B).
    template <typename Number>
    Number annihilation_exponent(const Number &free_volume) const
    {
      return Number(log_annihilation_factor - 1. / free_volume);
    }

    /// ln(B/A): what of the temperature is left in the balance of the two terms of Eq. (4).
    double log_barrier_ratio() const { return log_annihilation_factor - log_transformation_factor; }

    // Eqs. (2)-(4) over an implicit stage, y = y_b + k ẏ(y), solved for the increments; and their derivatives.

    /// r = φ|q|, with the plastic work q = k s:Dᵖ of the stage.
    double relaxation(const double work) const { return transformation_coefficient * std::abs(work); }

    /// Eq. (2): Δ − Δ_b = (2 δγᵖ − r Δ_b)/(1 + r).
    template <typename Plastic, typename Bias>
    static auto bias_increment(const Plastic &plastic_increment, const double relaxation, const Bias &base_bias)
    {
      return (2. * plastic_increment - relaxation * base_bias) / (1. + relaxation);
    }

    /// Its derivative, from those of δγᵖ, Δ_b and, by `of_relaxation` = Δ dr, of r.
    template <typename Plastic, typename Relaxation, typename Bias>
    static auto bias_increment_change(const Plastic    &plastic_change,
                                      const Relaxation &of_relaxation,
                                      const double      relaxation,
                                      const Bias       &base_bias_change)
    {
      return (2. * plastic_change - of_relaxation - relaxation * base_bias_change) / (1. + relaxation);
    }

    /// Eq. (3): Λ − Λ_b = r (1 − Λ_b)/(1 + r).
    static double st_sum_increment(const double relaxation, const double base_st_sum)
    {
      return relaxation * (1. - base_st_sum) / (1. + relaxation);
    }

    /// Its derivative, from those of r and Λ_b, where the stage ends with `st_sum`.
    template <typename Row>
    static auto st_sum_increment_change(const Row   &relaxation_change,
                                        const double st_sum,
                                        const double relaxation,
                                        const Row   &base_st_sum_change)
    {
      return (relaxation_change * (1. - st_sum) - relaxation * base_st_sum_change) / (1. + relaxation);
    }

    /// Eq. (4): ξ − ξ_b = D_ia|q| − k ϕ e^{−1/ξ} B, the last term being `annihilated`.
    double free_volume_increment(const double work, const double annihilated) const
    {
      return dilatancy_factor * std::abs(work) - annihilated;
    }

    /// ∂/∂q of that.
    double creation_by_work(const double work) const { return work < 0. ? -dilatancy_factor : dilatancy_factor; }

    /// −∂/∂ξ of that.
    static double annihilated_by_free_volume(const double annihilated, const double free_volume)
    {
      const double inverse = 1. / free_volume; // which the exponents have too
      return annihilated * inverse * inverse;
    }

    const double temperature;                ///< T
    const double inverse_temperature;        ///< 1/T
    const double shear_modulus;              ///< μ
    const double transformation_coefficient; ///< φ
    const double dilatancy_factor;           ///< D_ia
    const double log_transformation_factor;  ///< ln A = E_A (1 − 1/T)
    const double log_annihilation_factor;    ///< ln B = E_a (1 − 1/T)
    const double annihilation_coefficient;   ///< ϕ
  };
} // namespace revitra

#pragma once

#include <string>
#include <vector>

namespace revitra
{
  /// Material parameters of the shear-transformation/free-volume law.
  ///
  /// All quantities are dimensionless as in the paper (Ding, Jiang, Dai, Jiang 2022): stress in units of
  /// σ₀ = 2 k_B T_g / V_a, strain in units of ε₀ = n_∞ V_a, temperature in units of T_g, energies in units of
  /// k_B T_g, time in seconds divided by the time scale. The last four members are those units and serve output only.
  ///
  /// A default-constructed object is the preset `Zr55Cu30Ni5Al10`. Meaning, unit and bounds of each member stand in
  /// parameter_table(), the one place that the deck, the reference and check() read.
  struct Parameters
  {
    double temperature                      = 0.9;   ///< T
    double shear_modulus                    = 210.;  ///< μ
    double poisson_ratio                    = 0.36;  ///< ν
    double transformation_activation_energy = 65.;   ///< E_A
    double annihilation_activation_energy   = 45.;   ///< E_a
    double transformation_coefficient       = 0.5;   ///< φ of Eqs. (2), (3)
    double annihilation_coefficient         = 10.;   ///< ϕ of Eq. (4)
    double dilatancy_factor                 = 0.009; ///< D_ia
    double initial_free_volume              = 0.05;  ///< ξ₀
    double initial_st_sum                   = 0.6;   ///< Λ₀
    double initial_st_bias                  = 0.01;  ///< Δ₀, along the shear
    double constant_diffusivity             = 0.;    ///< D₀
    double diffusion_length                 = 0.;    ///< ℓ
    double stress_scale                     = 157.;  ///< σ₀
    double strain_scale                     = 1.;    ///< ε₀
    double time_scale                       = 1.;    ///< seconds in one unit of time
    double glass_transition_temperature     = 679.;  ///< T_g

    /// Bulk modulus K = 2 μ (1 + ν) / (3 (1 − 2 ν)), in σ₀/ε₀.
    double bulk_modulus() const;
  };

  /// `glass` where the free volume is given by a field: nothing of the law changes it.
  Parameters with_given_free_volume(Parameters glass);

  /// What one parameter means and may be: the declaration that the deck, the reference and check() share.
  struct ParameterInfo
  {
    std::string name;    ///< the deck's name, in section `Material`
    std::string symbol;  ///< the paper's symbol
    std::string unit;    ///< "1" if dimensionless
    std::string meaning; ///< one line for the reference
    double      lower;   ///< smallest value allowed
    double      upper;   ///< largest value allowed
    bool        open;    ///< true if `lower` and `upper` are themselves not allowed
    double Parameters::*member;

    /// Whether `value` is a number within the bounds.
    bool allows(double value) const;

    /// The allowed interval in words, e.g. "0 < value < 0.5".
    std::string allowed() const;
  };

  /// All parameters in the order of the reference.
  const std::vector<ParameterInfo> &parameter_table();

  /// That of `member`, which is in the table.
  const ParameterInfo &info_of(double Parameters::*member);

  /// Names of the presets that preset() knows.
  std::vector<std::string> preset_names();

  /// The parameters called `name`. Throws std::invalid_argument naming those there are if there is no such preset.
  Parameters preset(const std::string &name);

  /// All that is wrong with `parameters`, one sentence a problem with name, value and what is allowed; empty if nothing
  /// is.
  std::vector<std::string> check(const Parameters &parameters);
} // namespace revitra

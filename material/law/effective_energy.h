#pragma once

#include "material/law/state.h"
#include "material/law/steady_state.h"

namespace revitra
{
  /// Which stress is meant by σ_c, see model section of the theory manual.
  enum class ThresholdKind
  {
    flow,    ///< the steady flow stress σ_f at the current temperature
    balance, ///< the stress where ξ̇ = 0 at the current Λ and Δ, kept from its first crossing on
    value    ///< a prescribed number
  };

  /// The threshold stress σ_c of one point (or of a specimen as a whole).
  ///
  /// `flow` and `value` are the same at all points; `balance` follows the state until the stress first crosses it.
  struct Threshold
  {
    double stress  = 0.;    ///< σ_c
    bool   crossed = false; ///< whether the equivalent stress has been at or above σ_c
    double deficit = 0.;    ///< before that: by how much the equivalent stress was below σ_c

    /// To be called with each accepted state, before the next step: `st_bias` is Δ along the stress. A threshold of
    /// kind `balance` that is not crossed moves with the state; once `equivalent_stress` has passed it, it is kept as
    /// it was at the crossing, between the last two states.
    void follow_balance(const Kinetics &kinetics, double equivalent_stress, double st_sum, double st_bias)
    {
      if (crossed)
        return;
      const double balance = balance_stress(kinetics, st_sum, st_bias);
      const double excess  = equivalent_stress - balance;
      crossed              = excess >= 0.;
      const bool between =
        crossed && deficit > 0. && std::isfinite(deficit); // else σ_c did not exist at the last state
      stress  = between ? balance + (stress - balance) * excess / (excess + deficit) : balance;
      deficit = -excess;
    }
  };

  /// σ_c as the integrands of a step see it.
  struct ThresholdStress
  {
    double stress = 0.; ///< σ_c
    double rate   = 0.; ///< σ̇_c, not zero while the temperature changes and σ_c is the flow stress
  };

  /// The effective energy density (EED), Eqs. (5), (6): ∫ (1 − σ_c/s̄)₊ s:dε, which is ∫ (σ − σ_c)₊ dε in simple shear.
  ///
  /// With dε = ds/2μ + dεᵖ the elastic part integrates exactly, d[(s̄ − σ_c)₊²/2μ] + (s̄ − σ_c)₊/μ dσ_c, so that the kink
  /// at σ_c, which is passed almost elastically, costs no accuracy; what is left depends on the state alone.

  /// (s̄ − σ_c)₊²/2μ, the part of the EED that is a function of the present stress.
  inline double effective_elastic_energy(const double equivalent_stress,
                                         const double sigma_c,
                                         const double shear_modulus)
  {
    const double excess = equivalent_stress > sigma_c ? equivalent_stress - sigma_c : 0.;
    return 0.5 * excess * excess / shear_modulus;
  }

  /// Rate of the rest of the EED, with `plastic_power` = s:Dᵖ (signed).
  inline double effective_work_rate(const double           equivalent_stress,
                                    const double           plastic_power,
                                    const ThresholdStress &threshold,
                                    const double           shear_modulus)
  {
    if (!(equivalent_stress > threshold.stress))
      return 0.;
    const double excess = equivalent_stress - threshold.stress;
    return excess * (plastic_power / equivalent_stress + threshold.rate / shear_modulus);
  }

  /// The EED of a point in σ₀ε₀.
  inline double effective_energy(const State &state, double equivalent_stress, double sigma_c, double shear_modulus)
  {
    return state.effective_work() + effective_elastic_energy(equivalent_stress, sigma_c, shear_modulus);
  }

  /// The energy budget of a point, all in σ₀ε₀: work = elastic + dissipation, dissipation = free_volume_work + heat.
  struct EnergyBudget
  {
    double elastic;          ///< s̄²/2μ + p²/2K
    double dissipation;      ///< ∫ s:Dᵖ dt
    double free_volume_work; ///< D_ia W: the share of the plastic work that Eq. (4) turns into free volume
    double heat;             ///< the rest of the dissipation
    double work;             ///< elastic + dissipation
  };

  /// The budget of `state` under the equivalent stress s̄ and the volumetric strain tr ε.
  inline EnergyBudget energy_budget(const Parameters &parameters,
                                    const State      &state,
                                    const double      equivalent_stress,
                                    const double      volumetric_strain)
  {
    EnergyBudget budget;
    budget.elastic = 0.5 * equivalent_stress * equivalent_stress / parameters.shear_modulus +
                     0.5 * parameters.bulk_modulus() * volumetric_strain * volumetric_strain;
    budget.dissipation      = state.plastic_work();
    budget.free_volume_work = parameters.dilatancy_factor * state.accumulated_plastic_work();
    budget.heat             = budget.dissipation - budget.free_volume_work;
    budget.work             = budget.elastic + budget.dissipation;
    return budget;
  }
} // namespace revitra

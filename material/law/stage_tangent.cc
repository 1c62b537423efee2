#include "material/law/implicit_stage.h"

namespace revitra
{
  void set_sensitivity(const StageEquations &at, const double temperature, StageSensitivity &result)
  {
    const double half = 0.5 / (at.norm * (at.norm + temperature)); // d ln(|σ| + T) = half · d(σ·σ)

    // Minus the derivatives of (i)-(iii) by the input, in the order of stage_input, at fixed unknowns.
    const double by_stress[]      = {half * at.alpha * at.alpha,
                                     half * 2. * at.alpha * at.beta,
                                     half * at.beta * at.beta,
                                     at.log_norm_by_nu * at.nu.by_st_sum + at.log_norm_by_rho * at.rho.by_st_sum,
                                     0.};
    const double by_work[]        = {at.nu.value * at.alpha,
                                     at.nu.value * at.beta - at.rho.value * at.alpha,
                                     -at.rho.value * at.beta,
                                     at.work_by_nu * at.nu.by_st_sum + at.work_by_rho * at.rho.by_st_sum,
                                     0.};
    const double by_free_volume[] = {0., 0., 0., 0., 1.};

    result.nu  = at.nu.value;
    result.rho = at.rho.value;
    for (int i = 0; i < stage_input::count; ++i)
      {
        const StageUnknowns change = at.solve(by_stress[i], by_work[i], by_free_volume[i]);
        result.d_nu[i]             = StageEquations::along(at.nu, change);
        result.d_rho[i]            = StageEquations::along(at.rho, change);
        result.d_work[i]           = change.work;
        result.d_free_volume[i]    = change.free_volume;
      }
    result.d_nu[stage_input::st_sum] += at.nu.by_st_sum;
    result.d_rho[stage_input::st_sum] += at.rho.by_st_sum;
  }

  DeviatorTangent ImplicitStage::tangent(const StageSensitivity &s) const
  {
    // dσ = α dσ* − μ (σ* dν − Δ_b dρ) with dσ* = μ dγ, d(σ*·σ*) = 2σ*·dσ*, d(σ*·Δ_b) = Δ_b·dσ*
    using namespace stage_input;
    const double    mu     = kinetics.shear_modulus;
    const Deviator  d_nu   = 2. * s.d_nu[trial_trial] * s.trial_stress + s.d_nu[trial_bias] * s.base_bias;
    const Deviator  d_rho  = 2. * s.d_rho[trial_trial] * s.trial_stress + s.d_rho[trial_bias] * s.base_bias;
    DeviatorTangent result = -mu * mu * (s.trial_stress * d_nu.transpose() - s.base_bias * d_rho.transpose());
    result.diagonal().array() += mu * (1. - mu * s.nu);
    return result;
  }

  StageCoupling ImplicitStage::coupling(const StageSensitivity &s) const
  {
    using namespace stage_input;
    const double  mu = kinetics.shear_modulus;
    StageCoupling result;
    result.work_by_strain = mu * (2. * s.d_work[trial_trial] * s.trial_stress + s.d_work[trial_bias] * s.base_bias);
    result.stress_by_free_volume = -mu * (s.d_nu[free_volume] * s.trial_stress - s.d_rho[free_volume] * s.base_bias);
    result.work_by_free_volume   = s.d_work[free_volume];
    return result;
  }
} // namespace revitra

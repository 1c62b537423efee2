#pragma once

#include "material/law/kinetics.h"

namespace revitra
{
  /// Steady flow stress σ_f: the stress where creation and annihilation of free volume balance in saturated flow
  /// (Λ = 1, Δ = 2/(φσ)); independent of rate, ξ and μ. Infinite if no free volume is created (D_ia = 0).
  double flow_stress(const Kinetics &kinetics);

  /// A stress of the size of those in flow, for tolerances to be relative to: σ_f or, where that is infinite, 2/φ + T,
  /// which σ_f is a little above of otherwise (see flow_stress_approximation()).
  double stress_scale(const Kinetics &kinetics);

  /// dσ_f/dT at `temperature`, by implicit differentiation of the balance that defines σ_f; 0 where σ_f is infinite.
  double flow_stress_slope(const Parameters &parameters, double temperature);

  /// The closed form σ_f ≈ 2/φ + T W_L[(2ϕB/(D_ia A T)) e^{−2/(φT)}] with Lambert's W, exact up to terms e^{−2σ_f/T}.
  double flow_stress_approximation(const Kinetics &kinetics);

  /// Balance stress: where ξ̇ = 0 at the given ST sum Λ and ST bias Δ along the stress, whatever ξ. Infinite if there is
  /// none.
  double balance_stress(const Kinetics &kinetics, double st_sum, double st_bias);

  /// Steady free volume ξ_ss under the plastic shear rate `rate` > 0: 1/ξ_ss = ln[ϕB/(D_ia σ_f rate)].
  /// Infinite if creation outruns annihilation at any ξ.
  double steady_free_volume(const Kinetics &kinetics, double rate);

  /// The stress below which frozen-structure creep arrests: σ tanh(σ/T) = 2/φ.
  double arrest_stress(const Kinetics &kinetics);
} // namespace revitra

#pragma once

#include "material/law/kinetics.h"
#include "material/law/state.h"

namespace revitra
{
  /// How fast a small difference of a point's internal variables from those of its neighbors grows at the stress they
  /// share: the largest real part of the eigenvalues of ∂(Δ̇, Λ̇, ξ̇)/∂(Δ, Λ, ξ) at fixed stress. In 1/time; positive
  /// where flow can localize.
  ///
  /// All rates depend on the state through the power w = |σ·γ̇ᵖ| and, apart from it, each on its own variable: the
  /// Jacobian is diagonal but for one dyad. Its eigenvalues are −(2C + φw) for Δ across the stress, four times; −φw;
  /// and the roots λ of
  ///   (λ + φw − P)(λ + k − Q) = PQ,   P = ±φσ̄S − 2C − φw,   Q = D_ia w/ξ²,   k = ϕ e^{−1/ξ} B/ξ²,
  /// with S, C = e^{−1/ξ} A (sinh, cosh)(σ̄/T) and the sign of the power σ·γ̇ᵖ, + where that is zero. P is what a
  /// difference of Δ and Λ does to itself through w, Q what one of ξ does. In saturated flow, Λ = 1 and Δ = 2/(φσ),
  /// P = 0, and λ = ξ̇/ξ² (or −φw, which is negative). In forward flow above σ_f it is positive whatever the state.
  ///
  /// Any stress, Λ in [0, 1] and ξ > 0; 0 without stress. Infinite where the rates are.
  double growth_rate(const Kinetics &kinetics, const State &state, const Deviator &stress);
} // namespace revitra

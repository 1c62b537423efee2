#pragma once

#include "material/law/deviator.h"
#include "material/law/parameters.h"

namespace revitra
{
  /// What a point of the glass remembers, as one flat array; also the type of its rates of change.
  ///
  /// The first twelve numbers are the state of the law; the last three are integrals along its history that every user
  /// of the law wants and that no rate depends on. All are dimensionless (see Parameters); energies are in σ₀ε₀.
  struct State
  {
    static constexpr int size = 15;
    using Values              = Eigen::Matrix<double, size, 1>;

    Values values = Values::Zero();

    auto plastic_strain() { return values.template segment<5>(0); }       ///< γᵖ, strain-like
    auto plastic_strain() const { return values.template segment<5>(0); } ///< γᵖ, strain-like
    auto bias() { return values.template segment<5>(5); }                 ///< ST bias Δ, stress-like; |Δ| ≤ Λ
    auto bias() const { return values.template segment<5>(5); }           ///< ST bias Δ, stress-like; |Δ| ≤ Λ

    double &st_sum() { return values[10]; }               ///< ST sum Λ in [0, 1]
    double  st_sum() const { return values[10]; }         ///< ST sum Λ in [0, 1]
    double &free_volume() { return values[11]; }          ///< free volume ξ > 0
    double  free_volume() const { return values[11]; }    ///< free volume ξ > 0
    double &dissipation() { return values[12]; }          ///< ∫ s:Dᵖ dt, the signed plastic work
    double  dissipation() const { return values[12]; }    ///< ∫ s:Dᵖ dt, the signed plastic work
    double &agitation() { return values[13]; }            ///< W = ∫ |s:Dᵖ| dt
    double  agitation() const { return values[13]; }      ///< W = ∫ |s:Dᵖ| dt
    double &effective_work() { return values[14]; }       ///< plastic part of the EED, see effective_energy.h
    double  effective_work() const { return values[14]; } ///< plastic part of the EED, see effective_energy.h
  };

  /// The state at the start of a history: no plastic strain, Λ₀, Δ₀ along the x-y shear, and the given free volume ξ₀.
  inline State initial_state(const Parameters &parameters, const double free_volume)
  {
    State state;
    state.bias()[shear_xy] = parameters.initial_st_bias;
    state.st_sum()         = parameters.initial_st_sum;
    state.free_volume()    = free_volume;
    return state;
  }
} // namespace revitra

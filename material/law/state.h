#pragma once

#include "material/law/deviator.h"
#include "material/law/parameters.h"

#include <array>

namespace revitra
{
  /// One variable of State, for all that packs, writes or lists states.
  struct StateVariable
  {
    /// The kinds of numbers that a variable consists of, see deviator.h.
    enum class Kind
    {
      scalar,
      strain_like, ///< five components of a Deviator
      stress_like  ///< the same
    };

    const char *name;
    const char *symbol;
    const char *unit; ///< see Parameters
    Kind        kind;
    int         offset; ///< of its first number in State::values

    constexpr int size() const { return kind == Kind::scalar ? 1 : 5; }
  };

  /// The variables of State in the order of its numbers. The first four are the state of the law; the others are
  /// integrals along its history that every user of the law wants and that no rate depends on.
  inline constexpr std::array<StateVariable, 7> state_table = {
    {{"plastic strain", "γᵖ", "ε₀", StateVariable::Kind::strain_like, 0},
     {"ST bias", "Δ", "1", StateVariable::Kind::stress_like, 5},
     {"ST sum", "Λ", "1", StateVariable::Kind::scalar, 10},
     {"free volume", "ξ", "1", StateVariable::Kind::scalar, 11},
     {"plastic work", "∫ s:Dᵖ dt", "σ₀ε₀", StateVariable::Kind::scalar, 12},
     {"accumulated plastic work", "W", "σ₀ε₀", StateVariable::Kind::scalar, 13},
     {"effective work", "plastic part of the EED", "σ₀ε₀", StateVariable::Kind::scalar, 14}}};

  /// History variables of a point, as one flat array; also the type of their rates of change. See state_table.
  struct State
  {
    static constexpr int size = state_table.back().offset + state_table.back().size();
    using Values              = Eigen::Matrix<double, size, 1>;

    Values values = Values::Zero();

    auto plastic_strain() { return values.template segment<5>(0); }       ///< γᵖ, strain-like
    auto plastic_strain() const { return values.template segment<5>(0); } ///< γᵖ, strain-like
    auto bias() { return values.template segment<5>(5); }                 ///< ST bias Δ, stress-like; |Δ| ≤ Λ
    auto bias() const { return values.template segment<5>(5); }           ///< ST bias Δ, stress-like; |Δ| ≤ Λ

    double &st_sum() { return values[10]; }                         ///< ST sum Λ in [0, 1]
    double  st_sum() const { return values[10]; }                   ///< ST sum Λ in [0, 1]
    double &free_volume() { return values[11]; }                    ///< free volume ξ > 0
    double  free_volume() const { return values[11]; }              ///< free volume ξ > 0
    double &plastic_work() { return values[12]; }                   ///< ∫ s:Dᵖ dt, the signed plastic work
    double  plastic_work() const { return values[12]; }             ///< ∫ s:Dᵖ dt, the signed plastic work
    double &accumulated_plastic_work() { return values[13]; }       ///< W = ∫ |s:Dᵖ| dt
    double  accumulated_plastic_work() const { return values[13]; } ///< W = ∫ |s:Dᵖ| dt
    double &effective_work() { return values[14]; }                 ///< plastic part of the EED, see effective_energy.h
    double  effective_work() const { return values[14]; }           ///< plastic part of the EED, see effective_energy.h
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

#pragma once

#include "material/law/effective_energy.h"
#include "material/law/stage_equations.h"

#include <array>

namespace revitra
{
  /// Why a stage has no result.
  enum class StageFailure
  {
    none,
    input_not_finite,      ///< strain, state or threshold contain NaN, or infinity where it means nothing
    free_volume_exhausted, ///< earlier stages leave ξ ≤ 0, so that no ξ > 0 solves Eq. (4): the step is too long
    no_convergence,        ///< the three scalar equations have no solution that Newton or bisection finds
    tolerance_not_met,     ///< the smallest substep still has too large an error
    time_step_negative,    ///< the law has no answer backward in time
    time_step_not_finite   ///< the time step is NaN or infinite
  };

  /// One sentence on `failure` for messages.
  const char *describe(StageFailure failure);

  /// Rates of change of all of State at `state` under `stress`: Eqs. (1)-(4) and the integrands of the accumulators.
  State rates(const Kinetics &kinetics, const State &state, const Deviator &stress, const ThresholdStress &threshold);

  /// How a stage's result changes with what goes into it: the data of the consistent tangent.
  ///
  /// The plastic strain increment is ν σ* − ρ Δ_b with trial stress σ* and base bias Δ_b; ν and ρ depend on
  /// StageInput alone.
  struct StageSensitivity
  {
    /// Derivatives by StageInput, in columns with the names of namespace stage_input.
    using Row = Eigen::Matrix<double, 1, stage_input::count>;

    Deviator trial_stress;  ///< σ*
    Deviator base_bias;     ///< Δ_b
    double   nu;            ///< ν
    double   rho;           ///< ρ
    Row      d_nu;          ///< dν
    Row      d_rho;         ///< dρ
    Row      d_work;        ///< d(k s:Dᵖ)
    Row      d_free_volume; ///< dξ
  };

  /// Set all of `result` but the vectors, for a stage at `temperature` whose equations are solved `at` its unknowns.
  void set_sensitivity(const StageEquations &at, double temperature, StageSensitivity &result);

  /// How a stage's result changes with the strain and with ξ_b: what a field that ξ is given by needs for its tangent.
  struct StageCoupling
  {
    Deviator work_by_strain;        ///< ∂(k s:Dᵖ)/∂γ
    Deviator stress_by_free_volume; ///< ∂σ/∂ξ_b
    double   work_by_free_volume;   ///< ∂(k s:Dᵖ)/∂ξ_b
  };

  /// What a stage returns.
  struct StageResult
  {
    Deviator         stress;      ///< σ at the stage
    State            increment;   ///< k times the rates at the stage: state = base + increment
    StageUnknowns    unknowns;    ///< to be passed in again
    StageSensitivity sensitivity; ///< for tangents
    unsigned         iterations;  ///< Newton iterations
  };

  /// How the solution of a stage is sought, one after the other until one succeeds.
  enum class StageAttempt
  {
    newton,              ///< Newton's method from the guess or, without one, from the stage's own
    brackets,            ///< root finding, one equation inside the other
    newton_from_brackets ///< Newton's method from what that has found
  };

  /// Is told how a stage is solved, see ImplicitStage::solve().
  class StageObserver
  {
  public:
    virtual ~StageObserver() = default;

    virtual void begin(StageAttempt attempt) = 0;

    /// The residuals of (i), (ii), (iii) at `unknowns`.
    virtual void iterate(const StageUnknowns &unknowns, const std::array<double, 3> &residuals) = 0;

    virtual void end(bool success) = 0;
  };

  /// One implicit stage of a diagonally implicit Runge-Kutta method at a point: y = y_b + k f(y, γ).
  ///
  /// Given the strain γ at the stage and the base state y_b (old state plus what earlier stages contribute), stress and
  /// Δ lie in the plane of the trial stress σ* = μ(γ − γᵖ_b) and Δ_b, and Eqs. (2), (3) can be solved for Δ and Λ, so
  /// that three scalars remain: equivalent stress s̄, plastic work q = k s:Dᵖ and free volume ξ. With θ = 1 + φ|q|, S =
  /// k e^{−1/ξ}A sinh(s̄/T)/s̄, C = k e^{−1/ξ}A cosh(s̄/T):
  ///   ν = (Λ_b + φ|q|) S/d,  ρ = C/d,  d = θ + μ(Λ_b + φ|q|)S + 2C,
  ///   δγᵖ = ν σ* − ρ Δ_b,  σ = σ* − μ δγᵖ,  Δ = (Δ_b + 2δγᵖ)/θ,  Λ = (Λ_b + φ|q|)/θ,
  ///   (i) ln[(s̄ + T)/(|σ| + T)] = 0,  (ii) q = σ·δγᵖ,  (iii) ξ = ξ_b + D_ia|q| − kϕB e^{−1/ξ}.
  /// The logarithm makes (i) nearly linear whether the stage is elastic or flows.
  class ImplicitStage
  {
  public:
    /// `k` >= 0 is the diagonal coefficient times the step (in time); one object serves all points of a stage. A stage
    /// with k = 0 is elastic: the state stays as it is.
    ImplicitStage(const Kinetics &kinetics, double k);

    /// Solve the stage. `guess` may come from a neighboring solution; a bad one costs time, not the result.
    /// On failure `result` is not to be used.
    StageFailure solve(const Deviator        &strain,
                       const State           &base,
                       const ThresholdStress &threshold,
                       const StageUnknowns   &guess,
                       StageResult           &result) const;

    /// The same, with `observer` told how it goes.
    StageFailure solve(const Deviator        &strain,
                       const State           &base,
                       const ThresholdStress &threshold,
                       const StageUnknowns   &guess,
                       StageResult           &result,
                       StageObserver         &observer) const;

    /// Consistent tangent dσ/dγ of the stage at fixed base state.
    DeviatorTangent tangent(const StageSensitivity &sensitivity) const;

    /// Derivatives of plastic work and stress of the stage by strain and base free volume.
    StageCoupling coupling(const StageSensitivity &sensitivity) const;

    /// The law at the temperature of the stage.
    const Kinetics &law() const { return kinetics; }

  private:
    template <typename Observer>
    StageFailure solve_observed(const Deviator        &strain,
                                const State           &base,
                                const ThresholdStress &threshold,
                                const StageUnknowns   &guess,
                                StageResult           &result,
                                Observer              &observer) const;
    template <typename Observer>
    bool newton(const StageInput &input,
                StageUnknowns    &unknowns,
                StageEquations   &at,
                unsigned         &iterations,
                Observer         &observer) const;

    bool           bracket(const StageInput &input, StageUnknowns &unknowns) const;
    double         free_volume_at(const StageInput &input, double work) const;
    double         stress_at(const StageInput &input, double work, double free_volume) const;
    StageUnknowns  first_guess(const StageInput &input) const;
    StageEquations equations(const StageInput &input, const StageUnknowns &z) const
    {
      StageEquations at;
      set_equations(kinetics, k, log_k, input, z, at);
      return at;
    }

    const Kinetics kinetics;
    const double   k;
    const double   log_k;
  };
} // namespace revitra

#pragma once

#include "material/law/effective_energy.h"
#include "material/law/kinetics.h"

#include <boost/numeric/ublas/matrix.hpp>
#include <boost/numeric/ublas/vector.hpp>

#include <array>
#include <cstddef>
#include <optional>

namespace revitra
{
  /// The quantities that the point driver integrates, as Boost.Odeint wants them; see PointComponent.
  using PointState = boost::numeric::ublas::vector<double>;

  /// d(rates)/d(PointState).
  using PointJacobian = boost::numeric::ublas::matrix<double>;

  /// What stands where in a PointState. Rates depend on the first five alone; the others are integrals.
  ///
  /// The temperature is integrated with the rest, so that the system does not depend on time: with a system that does,
  /// rosenbrock4 of Boost 1.74 is of second order only (one of its coefficients of ∂f/∂t, d4, has the wrong sign).
  struct PointComponent
  {
    enum : std::size_t
    {
      stress,                   ///< σ
      free_volume,              ///< ξ
      st_sum,                   ///< Λ
      st_bias,                  ///< Δ
      temperature,              ///< T
      strain,                   ///< ε
      plastic_strain,           ///< ε_pl
      work,                     ///< ∫ σ dε
      dissipation,              ///< ∫ σ dε_pl
      accumulated_plastic_work, ///< W = ∫ |σ dε_pl|
      eed,                      ///< ∫ (1 − σ_c/|σ|)₊ σ dε, Eq. (5), even under reversal
      count
    };
  };

  /// What a segment of the program does to the point.
  struct PointDrive
  {
    enum class Control
    {
      strain, ///< the strain rate is `rate`
      stress  ///< the stress stays as it is
    };

    Control control          = Control::strain;
    double  rate             = 0.; ///< ε̇, under strain control
    double  temperature      = 0.; ///< T at the start
    double  temperature_rate = 0.; ///< Ṫ
  };

  /// Which smooth piece of the rate equations applies. |σ ε̇_pl| and (|σ| − σ_c)₊ have kinks; between two of them the
  /// equations are smooth, and stay so beyond a kink while the branch is kept. So a step across a kink is a good one up
  /// to it.
  struct PointBranch
  {
    double power_sign     = 1.; ///< |σ ε̇_pl| = power_sign σ ε̇_pl
    double effective_sign = 0.; ///< sign of σ where |σ| > σ_c, else 0
  };

  /// Eqs. (1)-(4) with σ̇ = μ(ε̇ − ε̇_pl) and the energy integrals as one system of ordinary differential equations, with
  /// its Jacobian. The integrals are formed directly over total strain, not as the stress update forms them.
  class RateEquations
  {
  public:
    /// `threshold_stress` is σ_c of ThresholdKind::value. σ_c of ThresholdKind::balance is 0, and adds nothing to the
    /// EED, until keep_threshold().
    RateEquations(const Parameters &parameters, ThresholdKind threshold, double threshold_stress);

    void set_drive(const PointDrive &drive);
    void set_branch(const PointBranch &branch) { this->branch = branch; }

    /// Fixes σ_c at `stress` from now on.
    void keep_threshold(double stress);

    /// dx/dt.
    void rates(const PointState &x, PointState &dxdt) const;

    /// d(dx/dt)/dx by automatic differentiation; with respect to a temperature that changes, by a difference.
    void jacobian(const PointState &x, PointJacobian &dfdx) const;

    /// ε̇_pl of Eq. (1).
    double plastic_strain_rate(const PointState &x) const;

    /// The strain rate, prescribed or following from the prescribed stress.
    double strain_rate(const PointState &x) const;

    /// (a − b)/(|a| + |b|) with a = Λ sinh(σ/T), b = Δ cosh(σ/T): has the sign of ε̇_pl, and no scale.
    double plastic_drive(const PointState &x) const;

    /// (c − l)/(|c| + l), with c the free volume that the plastic power creates (negative in back flow) and l that
    /// which annihilates: has the sign of ξ̇ in forward flow, and no scale.
    double free_volume_balance(const PointState &x) const;

    /// σ_c.
    double threshold_stress(const PointState &x) const { return conditions(x).sigma_c; }

    /// Eqs. (1)-(4) at the temperature of `x`.
    Kinetics kinetics(const PointState &x) const { return conditions(x).kinetics; }

  private:
    /// What depends on the temperature.
    struct Conditions
    {
      Kinetics kinetics;
      double   sigma_c;
    };

    template <typename Number>
    using Rates = std::array<Number, PointComponent::count>;

    Conditions conditions(const PointState &x) const
    {
      return fixed ? *fixed : conditions_at(x[PointComponent::temperature]);
    }
    Conditions conditions_at(double temperature) const;
    void       fix_conditions();

    /// The one place where the system is written.
    template <typename Number>
    Rates<Number> evaluate(const Conditions &conditions,
                           const Number     &stress,
                           const Number     &free_volume,
                           const Number     &st_sum,
                           const Number     &st_bias) const;
    Rates<double> evaluate(const Conditions &conditions, const PointState &x) const;
    Rates<double> temperature_derivatives(const PointState &x) const;

    const Parameters          parameters;
    const ThresholdKind       threshold;
    std::optional<double>     known_threshold; ///< σ_c, if that is a number for good
    PointDrive                drive;
    PointBranch               branch;
    std::optional<Conditions> fixed; ///< the conditions while the temperature is constant
  };
} // namespace revitra

#pragma once

#include "fem/mechanics/specimen_step.h"

namespace revitra
{
  /// Work and effective energy density of the specimen's own stress-strain curve, per volume, in σ₀ε₀.
  ///
  /// Work is ∫ σ dγ of the mean traction over the macroscopic shear; it knows nothing of the points, so that work =
  /// elastic energy + dissipation checks the whole computation. The EED is Eq. (5) of that curve, integrated as
  /// effective_energy.h explains, with γ − σ/μ for the plastic strain.
  class SpecimenEnergy
  {
  public:
    explicit SpecimenEnergy(const double shear_modulus)
      : shear_modulus(shear_modulus)
    {}

    /// Start from rest, with the given mean plastic shear rate.
    void initialize(const double plastic_rate) { inelastic_rate = plastic_rate; }

    /// Add an accepted step of length `h` over `curve`, with the threshold stress and its rate at each stage.
    void add(const StageCurve           &curve,
             double                      h,
             bool                        stress_controlled,
             const runge_kutta::Weights &sigma_c,
             const runge_kutta::Weights &sigma_c_rate);

    /// ∫ σ dγ.
    double work() const { return total_work; }

    /// EED of the curve at the mean stress `stress` and the threshold `sigma_c`.
    double effective_energy(const double stress, const double sigma_c) const
    {
      return effective_work + effective_elastic_energy(std::abs(stress), sigma_c, shear_modulus);
    }

  private:
    const double shear_modulus;
    double       inelastic_rate = 0.; ///< d(γ − σ/μ)/dt at the last accepted time
    double       total_work     = 0.;
    double       effective_work = 0.;
  };
} // namespace revitra

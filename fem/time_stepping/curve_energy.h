#pragma once

#include "fem/time_stepping/runge_kutta_step.h"

namespace revitra
{
  /// Work and effective energy density of the specimen's own stress-strain curve, per volume, in σ₀ε₀.
  ///
  /// Work is ∫ σ dε of the mean traction over the strain of the specimen; it knows nothing of the points, so that work
  /// = elastic energy + dissipation checks the whole computation. The EED is Eq. (5) of that curve, integrated as
  /// effective_energy.h explains, with ε − σ/modulus for the plastic strain (the sum does not depend on the modulus,
  /// only its error in time does).
  class CurveEnergy
  {
  public:
    /// `modulus` is about the elastic stiffness of the specimen, see LoadingDirection::modulus().
    explicit CurveEnergy(const double modulus)
      : modulus(modulus)
    {}

    /// Start from rest, with the given mean plastic strain rate.
    void initialize(const double plastic_rate) { inelastic_rate = plastic_rate; }

    /// Add an accepted step of length `h` over `curve`, with the threshold stress and its rate at each stage.
    void add(const StageCurve           &curve,
             double                      h,
             bool                        stress_controlled,
             const runge_kutta::Weights &sigma_c,
             const runge_kutta::Weights &sigma_c_rate);

    /// ∫ σ dε.
    double work() const { return total_work; }

    /// EED of the curve at the mean stress `stress` and the threshold `sigma_c`.
    double effective_energy(const double stress, const double sigma_c) const
    {
      return effective_work + effective_elastic_energy(std::abs(stress), sigma_c, modulus);
    }

    /// Writes or reads what a checkpoint has of this, with an archive of Boost.Serialization.
    template <typename Archive>
    void serialize(Archive &archive, unsigned int /* version */)
    {
      archive &inelastic_rate &total_work &effective_work;
    }

  private:
    const double modulus;
    double       inelastic_rate = 0.; ///< d(ε − σ/modulus)/dt at the last accepted time
    double       total_work     = 0.;
    double       effective_work = 0.;
  };
} // namespace revitra

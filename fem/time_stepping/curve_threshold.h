#pragma once

#include "fem/discretization/discrete_specimen.h"

namespace revitra
{
  /// The threshold stress σ_c of a specimen's points and of its own stress-strain curve.
  ///
  /// That of the curve is the average over the points or, if they follow the balance of the state, that of the average
  /// state; as a stress of the specimen, see LoadingDirection::strain_per_shear.
  template <int dim>
  class CurveThreshold
  {
  public:
    /// Arguments but the communicator are kept by reference. `deck` is that of `specimen`.
    CurveThreshold(const Deck             &deck,
                   const ThresholdOptions &rule,
                   DiscreteSpecimen<dim>  &specimen,
                   const MPI_Comm         &communicator);

    /// Bring the thresholds to the last accepted state, at `temperature` and the mean stress `stress`. Collective.
    void update(double temperature, double stress);

    /// σ_c of the curve at a time of a step. Collective.
    ThresholdStress at(const ProgramTemperature &temperature) const;

    /// σ_c of the curve at the last update().
    double stress() const { return stress_per_equivalent * own.stress; }

    /// Whether the stress has been at or above σ_c; always so if σ_c does not wait for that.
    bool is_known() const { return own.crossed; }

    /// Writes or reads what a checkpoint has of this, with an archive of Boost.Serialization.
    template <typename Archive>
    void serialize(Archive &archive, unsigned int /* version */)
    {
      archive &own.stress &own.crossed &own.deficit;
    }

  private:
    void follow_balance(StageMaterials &laws, double temperature, double stress);

    const Deck             &deck;
    const ThresholdOptions &rule;
    DiscreteSpecimen<dim>  &specimen;
    const MPI_Comm          communicator;
    const double            stress_per_equivalent; ///< stress of a homogeneous specimen per equivalent stress
    Threshold               own;                   ///< as an equivalent stress
  };
} // namespace revitra

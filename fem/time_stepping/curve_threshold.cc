#include "fem/time_stepping/curve_threshold.h"

namespace revitra
{
  namespace
  {
    constexpr double any_length = 1.; // of a stage, of no consequence for thresholds
  }

  template <int dim>
  CurveThreshold<dim>::CurveThreshold(const Deck             &deck,
                                      const ThresholdOptions &rule,
                                      DiscreteSpecimen<dim>  &specimen,
                                      const MPI_Comm         &communicator)
    : deck(deck)
    , rule(rule)
    , specimen(specimen)
    , communicator(communicator)
    , stress_per_equivalent(1. / specimen.direction.strain_per_shear)
  {}

  template <int dim>
  ThresholdStress CurveThreshold<dim>::at(const ProgramTemperature &temperature) const
  {
    if (rule.kind == ThresholdKind::balance || (own.crossed && temperature.rate == 0.))
      return {stress(), 0.};
    StageMaterials        laws(specimen.materials, rule, temperature, any_length);
    const ThresholdStress mean =
      average_threshold(specimen.materials, laws, specimen.equilibrium->weights(), communicator);
    return {stress_per_equivalent * mean.stress, stress_per_equivalent * mean.rate};
  }

  template <int dim>
  void CurveThreshold<dim>::update(const double temperature, const double stress)
  {
    StageMaterials laws(specimen.materials, rule, {temperature}, any_length);
    if (rule.kind == ThresholdKind::balance)
      return follow_balance(laws, temperature, stress);
    for (std::size_t p = 0; p < specimen.history.threshold.size(); ++p)
      specimen.history.threshold[p] = {laws.at(p).threshold.stress, true, 0.};
    own = {average_threshold(specimen.materials, laws, specimen.equilibrium->weights(), communicator).stress, true, 0.};
  }

  template <int dim>
  void CurveThreshold<dim>::follow_balance(StageMaterials &laws, const double temperature, const double stress)
  {
    QuadratureHistory &history = specimen.history;
    const auto         along   = [](const Deviator &bias, const Deviator &deviator) {
      const double norm = deviator.norm();
      return norm > 0. ? bias.dot(deviator) / norm : bias.norm();
    };
    for (std::size_t p = 0; p < history.state.size(); ++p)
      if (specimen.equilibrium->owns(p) && !history.threshold[p].crossed)
        history.threshold[p].follow_balance(laws.at(p).kinetics,
                                            history.stress[p].norm(),
                                            history.state[p].st_sum(),
                                            along(history.state[p].bias(), history.stress[p]));
    const VolumeAverages now  = specimen.averages();
    const double         sign = stress < 0. ? -1. : 1.;
    own.follow_balance(
      Kinetics(deck.material, temperature), std::abs(stress) / stress_per_equivalent, now.st_sum, sign * now.st_bias);
  }

  template class CurveThreshold<2>;
  template class CurveThreshold<3>;
} // namespace revitra

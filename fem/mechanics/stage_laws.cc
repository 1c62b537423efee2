#include "fem/mechanics/stage_laws.h"

#include "material/law/steady_state.h"

namespace revitra
{
  namespace
  {
    ThresholdStress threshold_stress(const ThresholdRule      &rule,
                                     const Parameters         &glass,
                                     const Kinetics           &kinetics,
                                     const ProgramTemperature &temperature)
    {
      if (rule.kind != ThresholdKind::flow)
        return {rule.value, 0.};
      const double slope = temperature.rate != 0. ? flow_stress_slope(glass, temperature.value) : 0.;
      return {flow_stress(kinetics), slope * temperature.rate};
    }
  } // namespace

  StageLaw::StageLaw(const Parameters         &glass,
                     const ProgramTemperature &temperature,
                     const ThresholdRule      &rule,
                     const double              length,
                     const bool                free_volume_is_given)
    : kinetics(glass, temperature.value)
    , stage_kinetics(free_volume_is_given ? with_given_free_volume(glass) : glass, temperature.value)
    , stage(stage_kinetics, length)
    , threshold(threshold_stress(rule, glass, kinetics, temperature))
    , bulk_modulus(glass.bulk_modulus())
  {}

  StageLaws::StageLaws(const Glasses            &glasses,
                       const ThresholdRule      &rule,
                       const ProgramTemperature &temperature,
                       const double              length)
    : glasses(glasses)
    , rule(rule)
    , temperature(temperature)
    , stage_length(length)
  {
    for (const Parameters &glass : glasses.all())
      of_glass.emplace_back(glass, temperature, rule, length, glasses.free_volume_diffuses());
  }

  const StageLaw &StageLaws::made_for(const std::size_t point)
  {
    const ProgramTemperature local{temperature.value + glasses.offset(point), temperature.rate};
    last.emplace(glasses.at(point), local, rule, stage_length, glasses.free_volume_diffuses());
    return *last;
  }
} // namespace revitra

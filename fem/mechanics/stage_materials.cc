#include "fem/mechanics/stage_materials.h"

#include "material/law/steady_state.h"

namespace revitra
{
  namespace
  {
    ThresholdStress threshold_stress(const ThresholdOptions   &rule,
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

  StageMaterial::StageMaterial(const Parameters         &glass,
                               const ProgramTemperature &temperature,
                               const ThresholdOptions   &rule,
                               const double              length,
                               const bool                free_volume_is_given)
    : kinetics(glass, temperature.value)
    , stage(Kinetics(free_volume_is_given ? with_given_free_volume(glass) : glass, temperature.value), length)
    , threshold(threshold_stress(rule, glass, kinetics, temperature))
    , bulk_modulus(glass.bulk_modulus())
  {}

  StageMaterials::StageMaterials(const MaterialMap        &materials,
                                 const ThresholdOptions   &rule,
                                 const ProgramTemperature &temperature,
                                 const double              length)
    : materials(materials)
    , rule(rule)
    , temperature(temperature)
    , stage_length(length)
  {
    for (const Parameters &glass : materials.all())
      of_material.emplace_back(glass, temperature, rule, length, materials.free_volume_diffuses());
  }

  const StageMaterial &StageMaterials::made_for(const std::size_t point)
  {
    const ProgramTemperature local{temperature.value + materials.offset(point), temperature.rate};
    last.emplace(materials.at(point), local, rule, stage_length, materials.free_volume_diffuses());
    return *last;
  }
} // namespace revitra

#pragma once

#include "fem/mechanics/material_map.h"
#include "material/law/effective_energy.h"
#include "material/law/implicit_stage.h"

#include <optional>
#include <vector>

namespace revitra
{
  /// What σ_c is.
  struct ThresholdOptions
  {
    ThresholdKind kind  = ThresholdKind::flow;
    double        value = 0.; ///< σ_c, for ThresholdKind::value
  };

  /// The temperature of the loading program at one time.
  struct ProgramTemperature
  {
    double value;     ///< T, in T_g
    double rate = 0.; ///< Ṫ
  };

  /// One glass at one temperature, in a stage of one length.
  struct StageMaterial
  {
    /// The stage changes free volume as Eq. (4) says or, with `free_volume_is_given`, leaves it as its base state has
    /// it.
    StageMaterial(const Parameters         &glass,
                  const ProgramTemperature &temperature,
                  const ThresholdOptions   &rule,
                  double                    length,
                  bool                      free_volume_is_given);

    const Kinetics      kinetics;
    const ImplicitStage stage; ///< its law is the same or, where free volume is given, has no creation and annihilation
    const ThresholdStress
                 threshold; ///< σ_c; for ThresholdKind::balance, where each point has its own, it means nothing
    const double bulk_modulus;
  };

  /// The law at all quadrature points in one stage.
  class StageMaterials
  {
  public:
    /// The stage has the `length` k (see ImplicitStage); `materials` is kept by reference.
    StageMaterials(const MaterialMap        &materials,
                   const ThresholdOptions   &rule,
                   const ProgramTemperature &temperature,
                   double                    length);

    /// The law at `point`, valid until the next call. With temperature offsets it is made anew at every call.
    const StageMaterial &at(const std::size_t point)
    {
      return materials.have_offsets() ? made_for(point) : of_material[materials.number(point)];
    }

    /// σ_c at the point with the law `law` and the threshold `own`.
    ThresholdStress threshold(const StageMaterial &law, const Threshold &own) const
    {
      return rule.kind == ThresholdKind::balance ? ThresholdStress{own.stress, 0.} : law.threshold;
    }

    /// The diagonal coefficient times the time step.
    double length() const { return stage_length; }

    /// The glass at `point`.
    const Parameters &glass(const std::size_t point) const { return materials.at(point); }

    /// Whether the free volume is given by a field.
    bool free_volume_is_given() const { return materials.free_volume_diffuses(); }

  private:
    const StageMaterial &made_for(std::size_t point);

    const MaterialMap           &materials;
    const ThresholdOptions       rule;
    const ProgramTemperature     temperature;
    const double                 stage_length;
    std::vector<StageMaterial>   of_material; ///< without offset
    std::optional<StageMaterial> last;        ///< of the last point asked for, with its offset
  };
} // namespace revitra

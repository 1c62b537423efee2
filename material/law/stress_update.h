#pragma once

#include "material/law/implicit_stage.h"
#include "material/law/runge_kutta.h"

namespace revitra
{
  /// What a stress update returns besides the new state.
  struct UpdateResult
  {
    Deviator        stress;   ///< deviatoric stress at the end, stress-like
    DeviatorTangent tangent;  ///< d(stress)/d(strain increment) of what was computed
    StageFailure    failure;  ///< why the update failed; `none` if it did not
    unsigned        substeps; ///< accepted substeps
    unsigned        stages;   ///< implicit stages solved, those of rejected substeps included
  };

  /// The law as a strain-driven stress update, for hosts that give increments: integrates State along the straight path
  /// from one strain to another in the given time, in as many substeps as the embedded error asks for.
  ///
  /// Substeps are the increment divided by powers of two. So their number does not change under a small change of the
  /// increment, and the tangent, which goes through the same substeps, is the exact derivative of the result.
  class StressUpdate
  {
  public:
    /// `tolerance` > 0 bounds the embedded error of a substep, see error_size(). The stress scale is σ_f.
    StressUpdate(const Kinetics &kinetics, double tolerance);

    /// Go from `strain` (deviatoric, strain-like) to `strain` + `increment` in `time_step` >= 0 at the temperature of
    /// the kinetics. `state` becomes the new one; it is left alone on failure. In no time the answer is elastic and the
    /// state stays: no substeps. A `time_step` that is negative or so long that Eq. (4) runs the free volume out, or
    /// numbers that are not finite, are failures, each of its kind; never a NaN, never a clamp. Only the threshold
    /// stress may be infinite.
    UpdateResult update(const Deviator        &strain,
                        const Deviator        &increment,
                        double                 time_step,
                        const ThresholdStress &threshold,
                        State                 &state) const;

  private:
    const Kinetics kinetics;
    const double   tolerance;
    const double   stress_scale;
  };
} // namespace revitra

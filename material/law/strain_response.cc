#include "material/law/strain_response.h"

namespace revitra
{
  PathSpan::PathSpan(const Deviator &stress, const Deviator &bias, const Deviator &increment)
    : basis(Eigen::Matrix<double, 5, 3>::Zero())
  {
    // Gram-Schmidt, twice for orthogonality to rounding; what is left below 1e-14 of a vector is rounding.
    constexpr double dependent = 1e-14;
    int              column    = 0;
    for (const Deviator *vector : {&stress, &bias, &increment})
      {
        Deviator rest = *vector;
        for (int pass = 0; pass < 2; ++pass)
          rest -= basis * (basis.transpose() * rest);
        const double norm = rest.norm();
        if (norm > dependent * vector->norm())
          basis.col(column++) = rest / norm;
      }
  }

  DeviatorTangent PathSpan::expand(const Eigen::Matrix3d &within, const double across) const
  {
    return across * DeviatorTangent::Identity() +
           basis * (within - across * Eigen::Matrix3d::Identity()) * basis.transpose();
  }

  StrainResponse stage_response(const Kinetics       &kinetics,
                                const PathSpan       &span,
                                const StageResult    &stage,
                                const State          &base_state,
                                const double          position,
                                const StrainResponse &base)
  {
    const StageSensitivity &s          = stage.sensitivity;
    const double            mu         = kinetics.shear_modulus;
    const double            relaxation = kinetics.relaxation(stage.unknowns.work);
    const Eigen::Vector3d   trial = span.components(s.trial_stress), base_bias = span.components(s.base_bias);
    const Eigen::Vector3d   bias   = base_bias + span.components(stage.increment.bias());
    const double            st_sum = base_state.st_sum() + stage.increment.st_sum();

    const Eigen::Matrix3d       d_trial = mu * (position * Eigen::Matrix3d::Identity() - base.plastic_strain());
    Eigen::Matrix<double, 5, 3> d_invariants;
    d_invariants.row(stage_input::trial_trial) = 2. * trial.transpose() * d_trial;
    d_invariants.row(stage_input::trial_bias)  = base_bias.transpose() * d_trial + trial.transpose() * base.bias();
    d_invariants.row(stage_input::bias_bias)   = 2. * base_bias.transpose() * base.bias();
    d_invariants.row(stage_input::st_sum)      = base.st_sum();
    d_invariants.row(stage_input::free_volume) = base.free_volume();

    const Eigen::RowVector3d d_nu = s.d_nu * d_invariants, d_rho = s.d_rho * d_invariants;
    const double             phi          = kinetics.transformation_coefficient;
    const Eigen::RowVector3d d_relaxation = (stage.unknowns.work < 0. ? -phi : phi) * (s.d_work * d_invariants);
    const Eigen::RowVector3d d_base_sum   = base.st_sum();

    StrainResponse response;
    response.plastic_strain() = s.nu * d_trial - s.rho * base.bias() + trial * d_nu - base_bias * d_rho;
    response.bias() =
      Kinetics::bias_increment_change(response.plastic_strain(), bias * d_relaxation, relaxation, base.bias());
    response.st_sum()      = Kinetics::st_sum_increment_change(d_relaxation, st_sum, relaxation, d_base_sum);
    response.free_volume() = s.d_free_volume * d_invariants - base.free_volume();
    response.plastic_strain_across() =
      s.nu * mu * (position - base.plastic_strain_across()) - s.rho * base.bias_across();
    response.bias_across() =
      Kinetics::bias_increment_change(response.plastic_strain_across(), 0., relaxation, base.bias_across());
    return response;
  }
} // namespace revitra

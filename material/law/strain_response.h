#pragma once

#include "material/law/implicit_stage.h"

namespace revitra
{
  /// The space in which a stress update along a straight strain path happens: the span of the stress at the start, the
  /// ST bias at the start and the strain increment. Stress and bias never leave it, and strains across it are answered
  /// by one number, so derivatives by the strain increment need 3×3 numbers and one instead of 5×5.
  class PathSpan
  {
  public:
    PathSpan(const Deviator &stress, const Deviator &bias, const Deviator &increment);

    /// Components of `deviator`, which lies in the span.
    Eigen::Vector3d components(const Deviator &deviator) const { return basis.transpose() * deviator; }

    /// The isotropic-plus-span tensor `across` (1 − P) + `within`, P projecting on the span.
    DeviatorTangent expand(const Eigen::Matrix3d &within, double across) const;

  private:
    /// Orthonormal columns; zero where the three vectors are dependent.
    Eigen::Matrix<double, 5, 3> basis;
  };

  /// The derivative of a State (its twelve dynamic numbers) by the strain increment of a path, in the components of the
  /// path's span; also of rates and increments of a State. Flat, so that Runge-Kutta sums apply.
  struct StrainResponse
  {
    Eigen::Matrix<double, 26, 1> values = Eigen::Matrix<double, 26, 1>::Zero();

    auto    plastic_strain() { return Eigen::Map<Eigen::Matrix3d>(values.data()); }             ///< ∂γᵖ/∂Δγ
    auto    plastic_strain() const { return Eigen::Map<const Eigen::Matrix3d>(values.data()); } ///< ∂γᵖ/∂Δγ
    auto    bias() { return Eigen::Map<Eigen::Matrix3d>(values.data() + 9); }                   ///< ∂Δ/∂Δγ
    auto    bias() const { return Eigen::Map<const Eigen::Matrix3d>(values.data() + 9); }       ///< ∂Δ/∂Δγ
    auto    st_sum() { return Eigen::Map<Eigen::RowVector3d>(values.data() + 18); }             ///< ∂Λ/∂Δγ
    auto    st_sum() const { return Eigen::Map<const Eigen::RowVector3d>(values.data() + 18); } ///< ∂Λ/∂Δγ
    auto    free_volume() { return Eigen::Map<Eigen::RowVector3d>(values.data() + 21); }        ///< ∂ξ/∂Δγ
    auto    free_volume() const { return Eigen::Map<const Eigen::RowVector3d>(values.data() + 21); } ///< ∂ξ/∂Δγ
    double &plastic_strain_across() { return values[24]; }       ///< ∂γᵖ/∂Δγ across the span
    double  plastic_strain_across() const { return values[24]; } ///< ∂γᵖ/∂Δγ across the span
    double &bias_across() { return values[25]; }                 ///< ∂Δ/∂Δγ across the span
    double  bias_across() const { return values[25]; }           ///< ∂Δ/∂Δγ across the span
  };

  /// How the increment of a solved stage answers the strain increment of the path, when the stage's strain contains the
  /// part `position` of it and `base` is the response of the stage's base state (`base_state`).
  StrainResponse stage_response(const Kinetics       &kinetics,
                                const PathSpan       &span,
                                const StageResult    &stage,
                                const State          &base_state,
                                double                position,
                                const StrainResponse &base);
} // namespace revitra

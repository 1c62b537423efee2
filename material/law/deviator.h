#pragma once

#include <Eigen/Core>

#include <cmath>

namespace revitra
{
  /// A symmetric traceless tensor as five components, scaled so that simple shear reads like the scalar law of the
  /// paper.
  ///
  /// A *stress-like* deviator s (also the ST bias Δ) has the components
  ///   ½(s_xx − s_yy), ½√3 s_zz, s_xy, s_xz, s_yz,        with Euclidean norm √(½ s:s) = s̄;
  /// a *strain-like* deviator e has the components
  ///   e_xx − e_yy, √3 e_zz, 2e_xy, 2e_xz, 2e_yz,          with Euclidean norm √(2 e:e) = γ.
  /// The dot product of the two is s:e. With these, the tensor law is the scalar law (1)-(4), each scalar replaced by a
  /// five-vector: σ̇ = μ(γ̇ − γ̇ᵖ), Δ̇ = 2γ̇ᵖ − φwΔ, w = |σ·γ̇ᵖ|. In plane strain the last two components vanish.
  using Deviator = Eigen::Matrix<double, 5, 1>;

  /// d(stress-like deviator)/d(strain-like deviator), in σ₀/ε₀.
  using DeviatorTangent = Eigen::Matrix<double, 5, 5>;

  /// Which component of a Deviator is the engineering shear in the x-y plane.
  constexpr int shear_xy = 2;

  /// Stress-like components of the deviator of the symmetric tensor `stress`.
  inline Deviator stress_deviator(const Eigen::Matrix3d &stress)
  {
    const double mean = stress.trace() / 3.;
    return {0.5 * (stress(0, 0) - stress(1, 1)),
            0.5 * std::sqrt(3.) * (stress(2, 2) - mean),
            stress(0, 1),
            stress(0, 2),
            stress(1, 2)};
  }

  /// Strain-like components of the deviator of the symmetric tensor `strain`.
  inline Deviator strain_deviator(const Eigen::Matrix3d &strain)
  {
    return 2. * stress_deviator(strain);
  }

  /// The symmetric traceless tensor with the stress-like components `deviator`.
  inline Eigen::Matrix3d stress_tensor(const Deviator &deviator)
  {
    const double    zz = 2. / std::sqrt(3.) * deviator[1];
    Eigen::Matrix3d tensor;
    tensor << deviator[0] - 0.5 * zz, deviator[2], deviator[3], //
      deviator[2], -deviator[0] - 0.5 * zz, deviator[4],        //
      deviator[3], deviator[4], zz;
    return tensor;
  }

  /// The symmetric traceless tensor with the strain-like components `deviator`.
  inline Eigen::Matrix3d strain_tensor(const Deviator &deviator)
  {
    return 0.5 * stress_tensor(deviator);
  }
} // namespace revitra

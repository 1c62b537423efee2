#pragma once

#include "material/law/deviator.h"

namespace revitra
{
  /// Six components of a symmetric tensor in the order xx, yy, zz, xy, xz, yz.
  ///
  /// In *Mandel* notation the last three are √2 times the tensor's, for stress and strain alike: dot products are those
  /// of the tensors. In *Voigt* notation those of stress are the tensor's, and those of strain twice the tensor's.
  using Vector6 = Eigen::Matrix<double, 6, 1>;

  /// d(stress)/d(strain) between two of these.
  using Tangent6 = Eigen::Matrix<double, 6, 6>;

  /// Orthonormal basis of the deviators in Mandel notation, a column for each component of a Deviator: a stress-like
  /// one is √2 times the sum, a strain-like one 1/√2 times.
  inline Eigen::Matrix<double, 6, 5> deviator_basis()
  {
    const double half = std::sqrt(0.5), sixth = std::sqrt(1. / 6.);

    Eigen::Matrix<double, 6, 5> basis = Eigen::Matrix<double, 6, 5>::Zero();
    basis.col(0).head<3>() << half, -half, 0.;
    basis.col(1).head<3>() << -sixth, -sixth, 2. * sixth;
    basis.bottomRightCorner<3, 3>().setIdentity();
    return basis;
  }

  /// Strain-like components of the deviator of the `strain` in Mandel notation.
  inline Deviator strain_deviator_of_mandel(const Vector6 &strain)
  {
    return std::sqrt(2.) * (deviator_basis().transpose() * strain);
  }

  /// The stress in Mandel notation with the deviator `stress` (stress-like) and the mean `mean_stress`.
  inline Vector6 mandel_stress(const Deviator &stress, const double mean_stress)
  {
    Vector6 result = std::sqrt(2.) * (deviator_basis() * stress);
    result.head<3>().array() += mean_stress;
    return result;
  }

  /// d(stress)/d(strain) in Mandel notation of a law with the deviatoric `tangent` and the bulk modulus K.
  inline Tangent6 mandel_tangent(const DeviatorTangent &tangent, const double bulk_modulus)
  {
    const auto basis  = deviator_basis();
    Tangent6   result = 2. * basis * tangent * basis.transpose();
    result.topLeftCorner<3, 3>().array() += bulk_modulus;
    return result;
  }

  /// `strain` from Voigt to Mandel notation.
  inline Vector6 mandel_of_voigt_strain(Vector6 strain)
  {
    strain.tail<3>() *= std::sqrt(0.5);
    return strain;
  }

  /// `stress` from Mandel to Voigt notation.
  inline Vector6 voigt_of_mandel_stress(Vector6 stress)
  {
    stress.tail<3>() *= std::sqrt(0.5);
    return stress;
  }

  /// `tangent` from Mandel to Voigt notation.
  inline Tangent6 voigt_of_mandel_tangent(Tangent6 tangent)
  {
    tangent.bottomRows<3>() *= std::sqrt(0.5);
    tangent.rightCols<3>() *= std::sqrt(0.5);
    return tangent;
  }
} // namespace revitra

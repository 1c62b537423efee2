#pragma once

#include <deal.II/lac/full_matrix.h>
#include <deal.II/lac/vector.h>

#include <Eigen/Core>

namespace revitra
{
  /// The entries of deal.II's small matrices and vectors, to compute with Eigen in place.
  inline auto view(dealii::FullMatrix<double> &matrix)
  {
    using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    return Eigen::Map<RowMajor>(&matrix(0, 0), matrix.m(), matrix.n());
  }

  inline auto view(dealii::Vector<double> &vector)
  {
    return Eigen::Map<Eigen::VectorXd>(vector.data(), vector.size());
  }
} // namespace revitra

#pragma once

#include <deal.II/base/quadrature_lib.h>
#include <deal.II/fe/fe_dgq.h>

#include <Eigen/Core>

#include <vector>

namespace revitra
{
  /// Carries what is known at the quadrature points of a cell over to those of its children when it is split, and back
  /// when they are joined.
  ///
  /// Values are those of the polynomial through the parent's points or, back, of its L2 projection, so that what is
  /// joined again is what was split. A quantity that would leave the range of the values it comes from, by more than a
  /// linear field does, is drawn towards their mean until it does not (Zhang and Shu, J. Comput. Phys. 229, 2010); what
  /// is positive stays so. On parallelograms and parallelepipeds integrals are kept to rounding.
  template <int dim>
  class CellInterpolation
  {
  public:
    /// A row a point, a column a quantity.
    using Values = Eigen::MatrixXd;

    explicit CellInterpolation(const dealii::QGauss<dim> &quadrature);

    /// Of each child, from the values of their parent.
    std::vector<Values> to_children(const Values &parent) const;

    /// Of a parent, from the values of all of its children.
    Values to_parent(const std::vector<Values> &children) const;

  private:
    struct Range;
    Range allowed(double mean, double lower, double upper) const;

    std::vector<Eigen::MatrixXd> child_from_parent; ///< the parent's polynomials at the points of each child
    Eigen::RowVectorXd           weights;           ///< of the quadrature; they add up to 1
    double                       margin;            ///< by which part of its range a linear field leaves it in a child
  };
} // namespace revitra

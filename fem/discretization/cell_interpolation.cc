#include "fem/discretization/cell_interpolation.h"

#include <deal.II/base/geometry_info.h>

namespace revitra
{
  using namespace dealii;

  /// What values a quantity of a given mean may take.
  template <int dim>
  struct CellInterpolation<dim>::Range
  {
    double mean, lower, upper;

    /// Draws `values` towards the mean until none is outside.
    void limit(std::vector<Eigen::MatrixXd::ColXpr> &values) const
    {
      double factor = 1.;
      for (const auto &column : values)
        {
          if (column.maxCoeff() > upper)
            factor = std::min(factor, (upper - mean) / (column.maxCoeff() - mean));
          if (column.minCoeff() < lower)
            factor = std::min(factor, (lower - mean) / (column.minCoeff() - mean));
        }
      if (factor < 1.)
        for (auto &column : values)
          column = (mean + factor * (column.array() - mean)).matrix();
    }
  };

  /// The range of values that come from others between `lower` and `upper`.
  template <int dim>
  typename CellInterpolation<dim>::Range CellInterpolation<dim>::allowed(const double mean,
                                                                         const double lower,
                                                                         const double upper) const
  {
    const double beyond = margin * (upper - lower);
    return {mean, lower > 0. ? std::max(lower - beyond, 0.5 * lower) : lower - beyond, upper + beyond};
  }

  template <int dim>
  CellInterpolation<dim>::CellInterpolation(const QGauss<dim> &quadrature)
    : weights(Eigen::Map<const Eigen::RowVectorXd>(quadrature.get_weights().data(), quadrature.size()))
  {
    const double outermost                        = quadrature.point(0)[0]; // and half as far from the end in a child
    margin                                        = 0.5 * outermost / (1. - 2. * outermost);
    const unsigned int              per_direction = std::lround(std::pow(quadrature.size(), 1. / dim));
    const FE_DGQArbitraryNodes<dim> polynomials{QGauss<1>(per_direction)};
    for (unsigned int child = 0; child < GeometryInfo<dim>::max_children_per_cell; ++child)
      {
        Eigen::MatrixXd matrix(quadrature.size(), quadrature.size());
        for (unsigned int q = 0; q < quadrature.size(); ++q)
          for (unsigned int i = 0; i < quadrature.size(); ++i)
            matrix(q, i) =
              polynomials.shape_value(i, GeometryInfo<dim>::child_to_cell_coordinates(quadrature.point(q), child));
        child_from_parent.push_back(matrix);
      }
  }

  template <int dim>
  std::vector<typename CellInterpolation<dim>::Values> CellInterpolation<dim>::to_children(const Values &parent) const
  {
    std::vector<Values> children;
    for (const Eigen::MatrixXd &matrix : child_from_parent)
      children.emplace_back(matrix * parent);
    for (Eigen::Index quantity = 0; quantity < parent.cols(); ++quantity)
      {
        std::vector<Eigen::MatrixXd::ColXpr> columns;
        for (Values &child : children)
          columns.push_back(child.col(quantity));
        const auto from = parent.col(quantity);
        allowed(weights * from, from.minCoeff(), from.maxCoeff()).limit(columns);
      }
    return children;
  }

  template <int dim>
  typename CellInterpolation<dim>::Values CellInterpolation<dim>::to_parent(const std::vector<Values> &children) const
  {
    const double share  = 1. / children.size();
    Values       parent = Values::Zero(children.front().rows(), children.front().cols());
    for (std::size_t child = 0; child < children.size(); ++child)
      parent += share * child_from_parent[child].transpose() * weights.asDiagonal() * children[child];
    parent = weights.cwiseInverse().asDiagonal() * parent; // these polynomials are orthogonal
    for (Eigen::Index quantity = 0; quantity < parent.cols(); ++quantity)
      {
        double mean = 0., lower = children.front()(0, quantity), upper = lower;
        for (const Values &child : children)
          {
            mean += share * (weights * child.col(quantity)).value();
            lower = std::min(lower, child.col(quantity).minCoeff());
            upper = std::max(upper, child.col(quantity).maxCoeff());
          }
        std::vector<Eigen::MatrixXd::ColXpr> columns{parent.col(quantity)};
        allowed(mean, lower, upper).limit(columns);
      }
    return parent;
  }

  template class CellInterpolation<2>;
  template class CellInterpolation<3>;
} // namespace revitra

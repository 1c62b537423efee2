#include "fem/discretization/cell_interpolation.h"

#include <deal.II/base/geometry_info.h>

#include <gtest/gtest.h>

#include <random>

namespace revitra
{
  using dealii::GeometryInfo;
  using dealii::Point;
  using dealii::QGauss;

  namespace
  {
    template <int dim>
    struct Dimension
    {
      static constexpr int value = dim;
    };

    template <typename D>
    class CellInterpolationIn : public testing::Test
    {
    protected:
      static constexpr int dim = D::value;

      /// One column of a function at the points of the parent.
      template <typename Function>
      static Eigen::MatrixXd at_parent(const QGauss<dim> &quadrature, const Function &function)
      {
        Eigen::MatrixXd values(quadrature.size(), 1);
        for (unsigned int q = 0; q < quadrature.size(); ++q)
          values(q, 0) = function(quadrature.point(q));
        return values;
      }

      template <typename Function>
      static std::vector<Eigen::MatrixXd> at_children(const QGauss<dim> &quadrature, const Function &function)
      {
        std::vector<Eigen::MatrixXd> children;
        for (unsigned int child = 0; child < GeometryInfo<dim>::max_children_per_cell; ++child)
          children.push_back(at_parent(quadrature, [&](const Point<dim> &point) {
            return function(GeometryInfo<dim>::child_to_cell_coordinates(point, child));
          }));
        return children;
      }

      static Eigen::MatrixXd random_values(const unsigned int points, const unsigned int seed)
      {
        std::mt19937                           generator(seed);
        std::uniform_real_distribution<double> number(-1., 1.);
        Eigen::MatrixXd                        values(points, 3);
        for (Eigen::Index i = 0; i < values.size(); ++i)
          values.data()[i] = number(generator);
        return values;
      }

      static Eigen::RowVectorXd mean(const QGauss<dim> &quadrature, const Eigen::MatrixXd &values)
      {
        return Eigen::Map<const Eigen::RowVectorXd>(quadrature.get_weights().data(), quadrature.size()) * values;
      }

      static Eigen::RowVectorXd mean(const QGauss<dim> &quadrature, const std::vector<Eigen::MatrixXd> &children)
      {
        Eigen::RowVectorXd sum = Eigen::RowVectorXd::Zero(children.front().cols());
        for (const Eigen::MatrixXd &child : children)
          sum += mean(quadrature, child) / children.size();
        return sum;
      }
    };

    using Dimensions = testing::Types<Dimension<2>, Dimension<3>>;
    TYPED_TEST_SUITE(CellInterpolationIn, Dimensions, );
  } // namespace

  TYPED_TEST(CellInterpolationIn, IsExactForLinearFields)
  {
    constexpr int dim      = TypeParam::value;
    const auto    function = [](const Point<dim> &p) { return 2. + p[0] - 2. * p[1] + 0.5 * p[dim - 1]; };
    for (unsigned int points = 2; points <= 4; ++points)
      {
        const QGauss<dim>            quadrature(points);
        const CellInterpolation<dim> interpolation(quadrature);
        const auto                   parent   = this->at_parent(quadrature, function);
        const auto                   children = this->at_children(quadrature, function);
        const auto                   split    = interpolation.to_children(parent);
        for (std::size_t child = 0; child < children.size(); ++child)
          {
            EXPECT_LE((split[child] - children[child]).cwiseAbs().maxCoeff(), 1e-13);
          }
        EXPECT_LE((interpolation.to_parent(children) - parent).cwiseAbs().maxCoeff(), 1e-13);
      }
  }

  TYPED_TEST(CellInterpolationIn, KeepsIntegralsAndBounds)
  {
    constexpr int dim = TypeParam::value;
    for (unsigned int points = 2; points <= 4; ++points)
      {
        const QGauss<dim>            quadrature(points);
        const CellInterpolation<dim> interpolation(quadrature);
        for (unsigned int seed = 0; seed < 20; ++seed)
          {
            const auto parent   = this->random_values(quadrature.size(), seed);
            const auto children = interpolation.to_children(parent);
            EXPECT_LE((this->mean(quadrature, children) - this->mean(quadrature, parent)).cwiseAbs().maxCoeff(), 1e-14);
            std::vector<Eigen::MatrixXd> others;
            for (std::size_t child = 0; child < children.size(); ++child)
              {
                for (Eigen::Index column = 0; column < parent.cols(); ++column)
                  {
                    // the outermost point of 2 is at 0.2113: linear fields leave its range by 0.1057/0.5774 of it
                    const double upper = parent.col(column).maxCoeff(), lower = parent.col(column).minCoeff();
                    EXPECT_LE(children[child].col(column).maxCoeff(), upper + 0.1831 * (upper - lower));
                    EXPECT_GE(children[child].col(column).minCoeff(), lower - 0.1831 * (upper - lower));
                  }
                others.push_back(this->random_values(quadrature.size(), 100 + 10 * seed + child));
              }
            const auto joined = interpolation.to_parent(others);
            EXPECT_LE((this->mean(quadrature, joined) - this->mean(quadrature, others)).cwiseAbs().maxCoeff(), 1e-14);
            EXPECT_LE(joined.cwiseAbs().maxCoeff(), 1. + 2. * 0.1831);
          }
      }
  }

  TYPED_TEST(CellInterpolationIn, KeepsWhatIsPositivePositive)
  {
    constexpr int                dim = TypeParam::value;
    const QGauss<dim>            quadrature(3);
    const CellInterpolation<dim> interpolation(quadrature);
    Eigen::MatrixXd              steep = Eigen::MatrixXd::Constant(quadrature.size(), 1, 1e-3);
    steep(quadrature.size() - 1, 0)    = 1.;
    for (const Eigen::MatrixXd &child : interpolation.to_children(steep))
      {
        EXPECT_GE(child.minCoeff(), 0.5e-3 * (1. - 1e-12));
      }
  }

  TYPED_TEST(CellInterpolationIn, JoinsWhatItSplitWithoutLoss)
  {
    // less steep towards its extremes, so that nothing is limited
    constexpr int                dim = TypeParam::value;
    const QGauss<dim>            quadrature(3);
    const CellInterpolation<dim> interpolation(quadrature);
    const auto                   parent = this->at_parent(quadrature, [](const Point<dim> &p) {
      return std::sin(2. * (p[0] - 0.5)) - std::sin(p[1] - 0.5) + std::sin(2. * (p[dim - 1] - 0.5));
    });
    EXPECT_LE((interpolation.to_parent(interpolation.to_children(parent)) - parent).cwiseAbs().maxCoeff(), 1e-14);
  }
} // namespace revitra

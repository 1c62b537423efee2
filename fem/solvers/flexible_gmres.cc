#include "fem/solvers/flexible_gmres.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

namespace revitra
{
  using namespace dealii;

  namespace
  {
    /// Iterations between restarts, each of which stores two vectors.
    constexpr unsigned int cycle_length = 60;

    /// Share of the residual above which what a cycle leaves counts as no progress: the next one would do no better.
    constexpr double stagnation = 0.999;

    /// Small least-squares problem of GMRES: a Hessenberg matrix that grows by columns and is triangularized by
    /// rotations.
    class ProjectedProblem
    {
    public:
      explicit ProjectedProblem(const double residual)
        : right_side{residual}
      {}

      /// Appends a column, with one entry more than the last; returns false if it does not extend the space.
      bool add(std::vector<double> column)
      {
        const std::size_t n = rotations.size();
        for (std::size_t i = 0; i < n; ++i)
          rotate(rotations[i], column[i], column[i + 1]);
        const double length = std::hypot(column[n], column[n + 1]);
        if (!(length > 0.) || !std::isfinite(length))
          return false;
        rotations.push_back({column[n] / length, column[n + 1] / length});
        right_side.push_back(0.);
        rotate(rotations[n], right_side[n], right_side[n + 1]);
        column[n] = length;
        column.pop_back();
        columns.push_back(std::move(column));
        return true;
      }

      /// Norm of the residual of the least-squares problem.
      double residual() const { return std::abs(right_side.back()); }

      /// Coefficients of the columns that minimize the residual.
      std::vector<double> solution() const
      {
        std::vector<double> y(right_side.begin(), right_side.end() - 1);
        for (std::size_t j = y.size(); j-- > 0;)
          {
            y[j] /= columns[j][j];
            for (std::size_t i = 0; i < j; ++i)
              y[i] -= columns[j][i] * y[j];
          }
        return y;
      }

    private:
      using Rotation = std::array<double, 2>;

      static void rotate(const Rotation &rotation, double &a, double &b)
      {
        const double old_a = a;
        a                  = rotation[0] * old_a + rotation[1] * b;
        b                  = rotation[0] * b - rotation[1] * old_a;
      }

      std::vector<std::vector<double>> columns;
      std::vector<Rotation>            rotations;
      std::vector<double>              right_side;
    };

    /// Makes `vector` orthogonal to the orthonormal `basis`, and returns the components removed and the remaining norm.
    /// A vector whose norm is not finite is not changed.
    template <typename Vector>
    std::vector<double> orthogonalize(Vector &vector, const std::vector<Vector> &basis)
    {
      constexpr double    cancellation = 0.1; // below which rounding shows and one more pass is worth it
      std::vector<double> components(basis.size() + 1, 0.);
      double              before = 0., after = vector.l2_norm();
      for (unsigned int pass = 0; pass < 2 && std::isfinite(after); ++pass)
        {
          if (pass > 0 && after >= cancellation * before)
            break;
          before = after;
          for (std::size_t i = 0; i < basis.size(); ++i)
            {
              const double component = vector * basis[i];
              vector.add(-component, basis[i]);
              components[i] += component;
            }
          after = vector.l2_norm();
        }
      components.back() = after;
      return components;
    }

    /// Performs one cycle from the `residual` of x and its `norm`: adds to `x` and returns the number of iterations.
    template <typename Matrix, typename Vector>
    unsigned int cycle(const Matrix                              &matrix,
                       const BasicPreconditioner<Matrix, Vector> &preconditioner,
                       Vector                                    &x,
                       const Vector                              &residual,
                       const double                               norm,
                       const KrylovLimits                        &limits)
    {
      // What is believed here may drift from the true residual by rounding.
      const double        tolerance = 0.99 * limits.tolerance;
      std::vector<Vector> basis, preconditioned;
      ProjectedProblem    projected(norm);
      Vector              next(residual);
      double              length     = norm;
      unsigned int        iterations = 0;
      while (iterations < std::min(cycle_length, limits.max_iterations) && projected.residual() > tolerance)
        {
          basis.push_back(next);
          basis.back() /= length;
          preconditioned.emplace_back().reinit(residual);
          preconditioner.vmult(preconditioned.back(), basis.back());
          matrix.vmult(next, preconditioned.back());
          ++iterations;
          std::vector<double> column = orthogonalize(next, basis);
          length                     = column.back();
          if (!projected.add(std::move(column)) || !(length > std::numeric_limits<double>::min()))
            break;
        }
      const std::vector<double> factors = projected.solution();
      for (std::size_t i = 0; i < factors.size(); ++i)
        x.add(factors[i], preconditioned[i]);
      return iterations;
    }
  } // namespace

  template <typename Matrix, typename Vector>
  KrylovOutcome flexible_gmres(const Matrix                              &matrix,
                               const BasicPreconditioner<Matrix, Vector> &preconditioner,
                               Vector                                    &x,
                               const Vector                              &rhs,
                               const KrylovLimits                        &limits)
  {
    Vector        residual(rhs);
    KrylovOutcome outcome{false, 0, matrix.residual(residual, x, rhs)};
    outcome.converged = outcome.residual <= limits.tolerance;
    while (!outcome.converged && outcome.iterations < limits.max_iterations)
      {
        const Vector start(x);
        const double before = outcome.residual;
        outcome.iterations += cycle(
          matrix, preconditioner, x, residual, before, {limits.tolerance, limits.max_iterations - outcome.iterations});
        outcome.residual = matrix.residual(residual, x, rhs);
        if (!(outcome.residual < before))
          {
            x                = start;
            outcome.residual = before;
          }
        outcome.converged = outcome.residual <= limits.tolerance;
        if (outcome.residual > stagnation * before)
          break;
      }
    return outcome;
  }

  template KrylovOutcome flexible_gmres(const linear_algebra::SparseMatrix &,
                                        const Preconditioner &,
                                        linear_algebra::Vector &,
                                        const linear_algebra::Vector &,
                                        const KrylovLimits &);
  template KrylovOutcome flexible_gmres(const BlockMatrix &,
                                        const CoupledPreconditioner &,
                                        linear_algebra::BlockVector &,
                                        const linear_algebra::BlockVector &,
                                        const KrylovLimits &);
} // namespace revitra

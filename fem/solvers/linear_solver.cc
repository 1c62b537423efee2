#include "fem/solvers/linear_solver.h"

#include <deal.II/base/timer.h>

#include <algorithm>
#include <cmath>
#include <sstream>

namespace revitra
{
  using namespace dealii;

  namespace
  {
    /// Iterations that take as long as making a preconditioner. Measured for MUMPS and ML, in 2-D and 3-D, degree 2,
    /// from 10⁴ to 10⁵ degrees of freedom, on one and two ranks: between 8 and 23, MUMPS on one rank the lowest.
    constexpr double setup_cost = 10.;

    /// Number of iterations after which a new preconditioner counts as failed.
    constexpr unsigned int max_iterations = 1000;

    template <typename Matrix, typename Vector>
    double residual_norm(const Matrix &matrix, const Vector &x, const Vector &rhs)
    {
      Vector residual(rhs);
      return matrix.residual(residual, x, rhs);
    }

    /// Decimal digits gained between two residuals, limited to those of a double.
    double digits_between(const double before, const double after)
    {
      return std::min(16., std::log10(before / after));
    }

    std::string message(const std::string &reason,
                        const unsigned int iterations,
                        const double       residual,
                        const double       tolerance)
    {
      std::ostringstream text;
      text << "Linear solver: " << reason << " (" << iterations << " iterations, residual " << residual
           << ", tolerance " << tolerance << ")";
      return text.str();
    }
  } // namespace

  LinearSolverError::LinearSolverError(const std::string &reason,
                                       const unsigned int iterations,
                                       const double       residual,
                                       const double       tolerance)
    : std::runtime_error(message(reason, iterations, residual, tolerance))
    , iterations(iterations)
    , residual(residual)
    , tolerance(tolerance)
  {}

  template <typename Matrix, typename Vector>
  BasicLinearSolver<Matrix, Vector>::BasicLinearSolver(
    std::unique_ptr<BasicPreconditioner<Matrix, Vector>> preconditioner)
    : preconditioner(std::move(preconditioner))
  {}

  template <typename Matrix, typename Vector>
  unsigned int BasicLinearSolver<Matrix, Vector>::solve(const Matrix &matrix,
                                                        Vector       &x,
                                                        const Vector &rhs,
                                                        const double  relative_tolerance)
  {
    ++totals.solves;
    const double tolerance = relative_tolerance * rhs.l2_norm();
    if (tolerance == 0.)
      {
        x = 0.;
        return 0;
      }
    double residual = residual_norm(matrix, x, rhs);
    if (residual <= tolerance)
      return 0;
    if (!std::isfinite(residual) || !std::isfinite(tolerance))
      throw LinearSolverError("matrix or right-hand side is not finite", 0, residual, tolerance);

    unsigned int iterations = 0;
    if (is_set_up && digits_per_iteration > 0. && extra_iterations < setup_cost)
      {
        const double        expected = digits_between(residual, tolerance) / digits_per_iteration;
        const KrylovOutcome outcome =
          iterate(matrix, x, rhs, {tolerance, static_cast<unsigned int>(std::ceil(expected + setup_cost))});
        if (outcome.converged)
          {
            extra_iterations += std::max(0., outcome.iterations - expected);
            return outcome.iterations;
          }
        iterations = outcome.iterations;
        residual   = outcome.residual;
      }

    try
      {
        set_up(matrix);
      }
    catch (const PreconditionerError &error)
      {
        throw LinearSolverError(error.what(), iterations, residual, tolerance);
      }
    const KrylovOutcome outcome = iterate(matrix, x, rhs, {tolerance, max_iterations});
    iterations += outcome.iterations;
    if (!outcome.converged)
      throw LinearSolverError("no convergence", iterations, outcome.residual, tolerance);
    digits_per_iteration = digits_between(residual, outcome.residual) / std::max(1u, outcome.iterations);
    return iterations;
  }

  template <typename Matrix, typename Vector>
  void BasicLinearSolver<Matrix, Vector>::set_up(const Matrix &matrix)
  {
    const Timer timer;
    is_set_up = false;
    preconditioner->set_up(matrix);
    is_set_up            = true;
    digits_per_iteration = 0.;
    extra_iterations     = 0.;
    ++totals.rebuilds;
    totals.setup_seconds += timer.wall_time();
  }

  template <typename Matrix, typename Vector>
  KrylovOutcome BasicLinearSolver<Matrix, Vector>::iterate(const Matrix       &matrix,
                                                           Vector             &x,
                                                           const Vector       &rhs,
                                                           const KrylovLimits &limits)
  {
    const Timer         timer;
    const KrylovOutcome outcome = flexible_gmres(matrix, *preconditioner, x, rhs, limits);
    totals.iterations += outcome.iterations;
    totals.solve_seconds += timer.wall_time();
    return outcome;
  }

  template class BasicLinearSolver<linear_algebra::SparseMatrix, linear_algebra::Vector>;
  template class BasicLinearSolver<BlockMatrix, BlockMatrix::Vector>;
} // namespace revitra

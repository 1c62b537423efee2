#pragma once

#include "fem/solvers/flexible_gmres.h"
#include "fem/solvers/linear_algebra.h"
#include "fem/solvers/preconditioner.h"

#include <deal.II/base/timer.h>
#include <deal.II/dofs/dof_handler.h>

#include <memory>
#include <stdexcept>
#include <string>

namespace revitra
{
  /// Failure to solve a linear system to its tolerance.
  class LinearSolverError : public std::runtime_error
  {
  public:
    /// Reports that ‖rhs − matrix x‖ was `residual` after `iterations` iterations, instead of at most `tolerance`.
    LinearSolverError(const std::string &reason, unsigned int iterations, double residual, double tolerance);

    const unsigned int iterations; ///< Krylov iterations spent on the system
    const double       residual;   ///< ‖rhs − matrix x‖ when it gave up
    const double       tolerance;  ///< largest ‖rhs − matrix x‖ allowed
  };

  /// Cost of linear systems; seconds are those of this rank.
  struct LinearStatistics
  {
    unsigned int solves        = 0;  ///< systems solved
    unsigned int iterations    = 0;  ///< Krylov iterations in all solves, failed ones included
    unsigned int rebuilds      = 0;  ///< preconditioners made, the first included
    double       setup_seconds = 0.; ///< spent on making preconditioners
    double       solve_seconds = 0.; ///< spent on iterations

    /// Writes or reads the part that is stored in checkpoints, with an archive of Boost.Serialization.
    template <typename Archive>
    void serialize(Archive &archive, unsigned int /* version */)
    {
      archive &solves &iterations &rebuilds &setup_seconds &solve_seconds;
    }

    /// Sum of two statistics.
    friend LinearStatistics operator+(const LinearStatistics &one, const LinearStatistics &other)
    {
      return {one.solves + other.solves,
              one.iterations + other.iterations,
              one.rebuilds + other.rebuilds,
              one.setup_seconds + other.setup_seconds,
              one.solve_seconds + other.solve_seconds};
    }
  };

  /// Solver of the linearized equations of a specimen: flexible GMRES for the non-symmetric tangent.
  ///
  /// The preconditioner is reused for successive matrices: a new one is made when the iterations in excess of those
  /// that the last one needed when it was new have cost as much as making it. Costs are counted in iterations, not
  /// measured by a clock, so that runs are reproducible.
  template <typename Matrix, typename Vector>
  class BasicLinearSolver
  {
  public:
    /// Creates a solver with the given preconditioner, for one mesh.
    explicit BasicLinearSolver(std::unique_ptr<BasicPreconditioner<Matrix, Vector>> preconditioner);

    /// Solves matrix · x = rhs to ‖rhs − matrix x‖ ≤ relative_tolerance ‖rhs‖ (Euclidean norms) from the initial guess
    /// `x`, and returns the number of iterations. Rows of constrained degrees of freedom contain only their diagonal.
    /// Collective.
    ///
    /// `matrix` should be the same object in all calls, with new values: its sparsity pattern is then analyzed only
    /// once. If a reused preconditioner does not achieve the tolerance, a new one is made to complete the solution; if
    /// that fails, throws LinearSolverError on all ranks, with `x` the best approximation found.
    unsigned int solve(const Matrix &matrix, Vector &x, const Vector &rhs, double relative_tolerance);

    /// Requests a new preconditioner for the next solve(), after a large change of the matrix.
    void request_rebuild() { is_set_up = false; }

    /// Cost so far.
    const LinearStatistics &statistics() const { return totals; }

  private:
    void          set_up(const Matrix &matrix);
    KrylovOutcome iterate(const Matrix &matrix, Vector &x, const Vector &rhs, const KrylovLimits &limits);

    std::unique_ptr<BasicPreconditioner<Matrix, Vector>> preconditioner;
    bool                                                 is_set_up = false;
    double           digits_per_iteration = 0.; ///< when the preconditioner was new; 0: not known yet
    double           extra_iterations     = 0.; ///< spent since then because it was not
    LinearStatistics totals;
  };

  /// Solver of systems of one field.
  using LinearSolver = BasicLinearSolver<linear_algebra::SparseMatrix, linear_algebra::Vector>;

  /// Solver of systems of several fields.
  using BlockSolver = BasicLinearSolver<BlockMatrix, BlockMatrix::Vector>;
} // namespace revitra

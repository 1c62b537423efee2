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
  /// A linear system was not solved to its tolerance.
  class LinearSolverError : public std::runtime_error
  {
  public:
    /// After `iterations` iterations ‖rhs − matrix x‖ was `residual`, not `tolerance`.
    LinearSolverError(const std::string &reason, unsigned int iterations, double residual, double tolerance);

    const unsigned int iterations; ///< Krylov iterations spent on the system
    const double       residual;   ///< ‖rhs − matrix x‖ when it gave up
    const double       tolerance;  ///< what ‖rhs − matrix x‖ should have been
  };

  /// What linear systems cost; seconds are those of this rank.
  struct LinearStatistics
  {
    unsigned int solves        = 0;  ///< systems solved
    unsigned int iterations    = 0;  ///< Krylov iterations in all solves, failed ones included
    unsigned int rebuilds      = 0;  ///< preconditioners made, the first included
    double       setup_seconds = 0.; ///< spent on making preconditioners
    double       solve_seconds = 0.; ///< spent on iterations

    /// Writes or reads what a checkpoint has of this, with an archive of Boost.Serialization.
    template <typename Archive>
    void serialize(Archive &archive, unsigned int /* version */)
    {
      archive &solves &iterations &rebuilds &setup_seconds &solve_seconds;
    }

    /// What was spent on the one and on the other.
    friend LinearStatistics operator+(const LinearStatistics &one, const LinearStatistics &other)
    {
      return {one.solves + other.solves,
              one.iterations + other.iterations,
              one.rebuilds + other.rebuilds,
              one.setup_seconds + other.setup_seconds,
              one.solve_seconds + other.solve_seconds};
    }
  };

  /// Solves the linearized equations of a specimen: flexible GMRES for the non-symmetric tangent.
  ///
  /// The preconditioner is kept from matrix to matrix: a new one is made when the iterations spent beyond what the last
  /// one needed when it was new have cost as much as making it. Costs are counted in iterations, not measured by a
  /// clock, so that a run can be repeated exactly.
  template <typename Matrix, typename Vector>
  class BasicLinearSolver
  {
  public:
    /// A solver with the given preconditioner. To be constructed anew when the mesh changes.
    explicit BasicLinearSolver(std::unique_ptr<BasicPreconditioner<Matrix, Vector>> preconditioner);

    /// Solves matrix · x = rhs to ‖rhs − matrix x‖ ≤ relative_tolerance ‖rhs‖ (Euclidean norms) from the initial guess
    /// `x`, and returns the number of iterations. Rows of constrained degrees of freedom hold nothing but their
    /// diagonal. Collective.
    ///
    /// `matrix` should be the same object in all calls, with new values: its sparsity pattern is then analyzed only
    /// once. If a preconditioner that was kept does not lead there, a new one does the rest; if that fails, throws
    /// LinearSolverError on all ranks, with `x` as near as it got.
    unsigned int solve(const Matrix &matrix, Vector &x, const Vector &rhs, double relative_tolerance);

    /// Has the preconditioner made anew at the next solve(): the matrix has changed a lot.
    void request_rebuild() { is_set_up = false; }

    /// What was spent so far.
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

  /// For a system of one field.
  using LinearSolver = BasicLinearSolver<linear_algebra::SparseMatrix, linear_algebra::Vector>;

  /// For a system of several fields.
  using BlockSolver = BasicLinearSolver<BlockMatrix, BlockMatrix::Vector>;
} // namespace revitra

#pragma once

#include "fem/solvers/block_matrix.h"
#include "fem/solvers/preconditioner.h"

namespace revitra
{
  /// Stopping criteria of a Krylov method.
  struct KrylovLimits
  {
    double       tolerance;      ///< on ‖rhs − matrix x‖ (Euclidean norm), > 0
    unsigned int max_iterations; ///< applications of the preconditioner
  };

  /// Result of a Krylov method.
  struct KrylovOutcome
  {
    bool         converged;  ///< true if the tolerance is met
    unsigned int iterations; ///< applications of the preconditioner
    double       residual;   ///< ‖rhs − matrix x‖, computed from x, never more than at the start
  };

  /// Solves matrix · x = rhs from the initial guess `x` by restarted GMRES with right preconditioning, storing the
  /// preconditioned vectors (flexible GMRES, Saad 1993).
  ///
  /// In contrast to deal.II's, it applies the preconditioner only to vectors that the solution is composed of, which
  /// matters where a factorization needs few iterations; and it handles an exhausted Krylov space. Stops early if a
  /// cycle makes no progress; `x` is then the best approximation found. Collective.
  template <typename Matrix, typename Vector>
  KrylovOutcome flexible_gmres(const Matrix                              &matrix,
                               const BasicPreconditioner<Matrix, Vector> &preconditioner,
                               Vector                                    &x,
                               const Vector                              &rhs,
                               const KrylovLimits                        &limits);
} // namespace revitra

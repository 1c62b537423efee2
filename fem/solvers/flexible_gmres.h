#pragma once

#include "fem/solvers/block_matrix.h"
#include "fem/solvers/preconditioner.h"

namespace revitra
{
  /// When a Krylov method stops.
  struct KrylovLimits
  {
    double       tolerance;      ///< on ‖rhs − matrix x‖ (Euclidean norm), > 0
    unsigned int max_iterations; ///< applications of the preconditioner
  };

  /// How far a Krylov method came.
  struct KrylovOutcome
  {
    bool         converged;  ///< whether the tolerance is met
    unsigned int iterations; ///< applications of the preconditioner
    double       residual;   ///< ‖rhs − matrix x‖, computed from x, never more than at the start
  };

  /// Solves matrix · x = rhs from the initial guess `x` by restarted GMRES, preconditioned from the right, keeping the
  /// preconditioned vectors (flexible GMRES, Saad 1993).
  ///
  /// Unlike deal.II's it spends no preconditioning beyond those that the solution is made of, which counts where a
  /// factorization leads there in a few; and it is at peace with a Krylov space that is exhausted. Stops early if a
  /// cycle makes no progress; `x` is then the best there was. Collective.
  template <typename Matrix, typename Vector>
  KrylovOutcome flexible_gmres(const Matrix                              &matrix,
                               const BasicPreconditioner<Matrix, Vector> &preconditioner,
                               Vector                                    &x,
                               const Vector                              &rhs,
                               const KrylovLimits                        &limits);
} // namespace revitra

#pragma once

#include "fem/mechanics/preconditioner.h"

#include <deal.II/lac/trilinos_sparse_matrix.h>
#include <deal.II/lac/trilinos_vector.h>

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
  KrylovOutcome flexible_gmres(const dealii::TrilinosWrappers::SparseMatrix &matrix,
                               const Preconditioner                         &preconditioner,
                               dealii::TrilinosWrappers::MPI::Vector        &x,
                               const dealii::TrilinosWrappers::MPI::Vector  &rhs,
                               const KrylovLimits                           &limits);
} // namespace revitra

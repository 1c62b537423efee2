#pragma once

#include "fem/solvers/linear_algebra.h"

#include <deal.II/dofs/dof_handler.h>

#include <memory>
#include <stdexcept>

namespace revitra
{
  /// Failure to set up a preconditioner: the matrix is singular.
  class PreconditionerError : public std::runtime_error
  {
  public:
    using std::runtime_error::runtime_error;
  };

  /// Approximate inverse of a distributed matrix, which can be used further, with less effect, while the matrix
  /// changes.
  template <typename Matrix, typename Vector>
  class BasicPreconditioner
  {
  public:
    virtual ~BasicPreconditioner() = default;

    /// Adapts the preconditioner to the present values of `matrix`, which must exist, with the same sparsity pattern,
    /// until the next set_up() or the end of this object. Throws PreconditionerError on all ranks. Collective.
    virtual void set_up(const Matrix &matrix) = 0;

    /// Sets dst ≈ matrix⁻¹ src, with the matrix of the last set_up(). Collective.
    virtual void vmult(Vector &dst, const Vector &src) const = 0;
  };

  using Preconditioner = BasicPreconditioner<linear_algebra::SparseMatrix, linear_algebra::Vector>;

  /// Smoothed-aggregation multigrid (ML) for elasticity, with the rigid-body modes of the specimen as near null space,
  /// or for a scalar field.
  ///
  /// `dof_handler` carries a vector element with dim components, or a scalar one, with support points, all of its
  /// degrees of freedom in the matrix. Cost and memory are proportional to their number; the iterations it needs grow
  /// with the contrast of stiffness: about 30 for an elastic specimen, 70 (200) with a band whose shear stiffness is
  /// 1/10 (1/100) at the same bulk modulus.
  template <int dim>
  std::unique_ptr<Preconditioner> make_multigrid(const dealii::DoFHandler<dim> &dof_handler);

  /// Sparse LU factorization (MUMPS): exact for the matrix it was made of, whatever the contrast of stiffness.
  ///
  /// In 2-D as cheap as multigrid up to some 10⁵ degrees of freedom; in 3-D cost grows with their square.
  std::unique_ptr<Preconditioner> make_factorization();

  /// Returns true if this Trilinos has MUMPS, which make_factorization() requires.
  bool has_factorization();

  /// Creates the preconditioner that suits the number of degrees of freedom of `dof_handler` (see make_multigrid()): a
  /// factorization where that is cheap (2-D, and small 3-D specimens), else multigrid.
  template <int dim>
  std::unique_ptr<Preconditioner> make_preconditioner(const dealii::DoFHandler<dim> &dof_handler);
} // namespace revitra

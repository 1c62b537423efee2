#pragma once

#include <deal.II/dofs/dof_handler.h>
#include <deal.II/dofs/dof_tools.h>
#include <deal.II/lac/affine_constraints.h>
#include <deal.II/lac/trilinos_parallel_block_vector.h>
#include <deal.II/lac/trilinos_precondition.h>
#include <deal.II/lac/trilinos_sparse_matrix.h>
#include <deal.II/lac/trilinos_sparsity_pattern.h>
#include <deal.II/lac/trilinos_vector.h>

namespace revitra
{
  /// Vectors and matrices of the parallel linear algebra library. Trilinos is named in this folder alone.
  namespace linear_algebra
  {
    using Vector               = dealii::TrilinosWrappers::MPI::Vector;
    using BlockVector          = dealii::TrilinosWrappers::MPI::BlockVector;
    using SparseMatrix         = dealii::TrilinosWrappers::SparseMatrix;
    using SparsityPattern      = dealii::TrilinosWrappers::SparsityPattern;
    using JacobiPreconditioner = dealii::TrilinosWrappers::PreconditionJacobi;

    /// The locally owned values of `vector`, one after the other.
    inline const double *owned_values(const Vector &vector)
    {
      return vector.trilinos_vector()[0];
    }

    /// The structure of matrices that couple the degrees of freedom of `dof_handler` under `constraints`. Collective.
    template <int dim>
    void make_sparsity_pattern(const dealii::DoFHandler<dim>           &dof_handler,
                               const dealii::AffineConstraints<double> &constraints,
                               SparsityPattern                         &pattern)
    {
      const MPI_Comm          communicator = dof_handler.get_communicator();
      const dealii::IndexSet &owned        = dof_handler.locally_owned_dofs();
      dealii::IndexSet        relevant;
      dealii::DoFTools::extract_locally_relevant_dofs(dof_handler, relevant);
      pattern.reinit(owned, owned, relevant, communicator);
      dealii::DoFTools::make_sparsity_pattern(
        dof_handler, pattern, constraints, false, dealii::Utilities::MPI::this_mpi_process(communicator));
      pattern.compress();
    }
  } // namespace linear_algebra
} // namespace revitra

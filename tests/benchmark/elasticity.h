#pragma once

#include "fem/solvers/preconditioner.h"

#include <deal.II/base/quadrature_lib.h>
#include <deal.II/dofs/dof_tools.h>
#include <deal.II/fe/fe_values.h>
#include <deal.II/lac/affine_constraints.h>
#include <deal.II/lac/full_matrix.h>
#include <deal.II/lac/solver_cg.h>
#include <deal.II/lac/trilinos_sparsity_pattern.h>

#include <cmath>

namespace revitra::benchmark
{
  /// A linear-elastic body on the mesh, with the constraints and the elastic moduli of a specimen, under a body force
  /// in its middle: what the Newton iterations of the specimen are measured by.
  ///
  /// As deal.II's step-8 and step-40 would do it, but with a hand-optimized cell loop, rigid-body modes for ML and its
  /// settings as good as we know them. Pattern, rigid-body modes and vectors are made once, as in the solver.
  template <int dim>
  class Elasticity
  {
  public:
    /// All arguments are kept by reference; `dof_handler` carries a vector of dim equal Lagrange elements.
    Elasticity(const dealii::DoFHandler<dim>           &dof_handler,
               const dealii::AffineConstraints<double> &constraints,
               const double                             bulk_modulus,
               const double                             shear_modulus)
      : dof_handler(dof_handler)
      , constraints(constraints)
      , lambda(bulk_modulus - 2. / 3. * shear_modulus)
      , mu(shear_modulus)
      , preconditioner(make_multigrid(dof_handler))
    {
      const MPI_Comm          communicator = dof_handler.get_communicator();
      const dealii::IndexSet &owned        = dof_handler.locally_owned_dofs();
      dealii::IndexSet        relevant;
      dealii::DoFTools::extract_locally_relevant_dofs(dof_handler, relevant);
      dealii::TrilinosWrappers::SparsityPattern pattern(owned, owned, relevant, communicator);
      dealii::DoFTools::make_sparsity_pattern(
        dof_handler, pattern, constraints, false, dealii::Utilities::MPI::this_mpi_process(communicator));
      pattern.compress();
      matrix.reinit(pattern);
      rhs.reinit(owned, communicator);
      solution.reinit(owned, communicator);
    }

    /// Assembles, sets up multigrid and solves by conjugate gradients to 1e-8. Returns the number of iterations.
    unsigned int assemble_and_solve()
    {
      assemble();
      preconditioner->set_up(matrix);
      solution = 0.;
      dealii::SolverControl                                   control(1000, 1e-8 * rhs.l2_norm());
      dealii::SolverCG<dealii::TrilinosWrappers::MPI::Vector> cg(control);
      cg.solve(matrix, solution, rhs, *preconditioner);
      constraints.distribute(solution);
      return control.last_step();
    }

  private:
    /// ∫ λ ∂ᵢφ ∂ⱼψ + μ (∂ⱼφ ∂ᵢψ + δᵢⱼ ∇φ·∇ψ), the integrals over products of derivatives being those of the scalar
    /// element.
    void assemble()
    {
      const dealii::FiniteElement<dim>            &fe = dof_handler.get_fe(), &scalar_fe = fe.base_element(0);
      const dealii::QGauss<dim>                    quadrature(fe.degree + 1);
      dealii::FEValues<dim>                        fe_values(scalar_fe,
                                      quadrature,
                                      dealii::update_values | dealii::update_gradients | dealii::update_JxW_values |
                                        dealii::update_quadrature_points);
      const unsigned int                           n = scalar_fe.n_dofs_per_cell();
      std::vector<dealii::Tensor<1, dim>>          gradients(n);
      dealii::Table<2, dealii::Tensor<2, dim>>     products(n, n); // ∫ ∇φ ⊗ ∇ψ
      dealii::FullMatrix<double>                   cell_matrix(dim * n, dim * n);
      dealii::Vector<double>                       cell_rhs(dim * n);
      std::vector<dealii::types::global_dof_index> dofs(dim * n);

      matrix = 0.;
      rhs    = 0.;
      for (const auto &cell : dof_handler.active_cell_iterators())
        {
          if (!cell->is_locally_owned())
            continue;
          fe_values.reinit(static_cast<typename dealii::Triangulation<dim>::cell_iterator>(cell));
          products.reset_values();
          cell_rhs = 0.;
          for (unsigned int q = 0; q < quadrature.size(); ++q)
            {
              const double JxW   = fe_values.JxW(q);
              const double force = JxW * body_force(fe_values.quadrature_point(q));
              for (unsigned int i = 0; i < n; ++i)
                {
                  gradients[i] = fe_values.shape_grad(i, q);
                  cell_rhs[fe.component_to_system_index(0, i)] += force * fe_values.shape_value(i, q);
                }
              for (unsigned int i = 0; i < n; ++i)
                {
                  const dealii::Tensor<1, dim> weighted = JxW * gradients[i];
                  for (unsigned int j = 0; j <= i; ++j)
                    for (unsigned int a = 0; a < dim; ++a)
                      for (unsigned int b = 0; b < dim; ++b)
                        products(i, j)[a][b] += weighted[a] * gradients[j][b];
                }
            }
          for (unsigned int i = 0; i < n; ++i)
            for (unsigned int j = 0; j <= i; ++j)
              {
                const dealii::Tensor<2, dim> &product   = products(i, j);
                const double                  laplacian = mu * trace(product);
                for (unsigned int a = 0; a < dim; ++a)
                  for (unsigned int b = 0; b < dim; ++b)
                    {
                      const unsigned int row = fe.component_to_system_index(a, i);
                      const unsigned int col = fe.component_to_system_index(b, j);
                      const double value     = lambda * product[a][b] + mu * product[b][a] + (a == b ? laplacian : 0.);
                      cell_matrix(row, col)  = value;
                      cell_matrix(col, row)  = value;
                    }
              }
          cell->get_dof_indices(dofs);
          constraints.distribute_local_to_global(cell_matrix, cell_rhs, dofs, matrix, rhs);
        }
      matrix.compress(dealii::VectorOperation::add);
      rhs.compress(dealii::VectorOperation::add);
    }

    static double body_force(const dealii::Point<dim> &point)
    {
      double square = 0.;
      for (unsigned int d = 0; d < dim; ++d)
        square += (point[d] - 0.5) * (point[d] - 0.5);
      return std::exp(-square / 0.02);
    }

    const dealii::DoFHandler<dim>           &dof_handler;
    const dealii::AffineConstraints<double> &constraints;
    const double                             lambda, mu;
    dealii::TrilinosWrappers::SparseMatrix   matrix;
    dealii::TrilinosWrappers::MPI::Vector    rhs, solution;
    const std::unique_ptr<Preconditioner>    preconditioner; ///< after the matrix, which it refers to
  };
} // namespace revitra::benchmark

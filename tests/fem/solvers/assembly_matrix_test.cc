#include "fem/mesh/constraints.h"
#include "fem/solvers/assembly_matrix.h"
#include "tests/fem/mechanics/mechanics_fixture.h"

#include <deal.II/dofs/dof_tools.h>
#include <deal.II/lac/trilinos_sparsity_pattern.h>

#include <gtest/gtest.h>

namespace revitra
{
  using namespace dealii;
  using test::Mechanics;
  using test::unit_box;

  namespace
  {
    const auto left_half = [](const auto &center) { return center[0] < 0.5; };

    /// A cell's contribution: no two entries of the specimen alike.
    void fill(FullMatrix<double> &contribution, const unsigned int cell, const double factor)
    {
      for (unsigned int i = 0; i < contribution.m(); ++i)
        for (unsigned int j = 0; j < contribution.n(); ++j)
          contribution(i, j) = factor * std::sin(1. + cell + 0.37 * i + 11.3 * j);
    }
  } // namespace

  // The library's way to assemble: the same sums in another order, so that entries of about one differ by rounding.
  TEST(AssemblyMatrix, HoldsWhatTheLibraryAssembles)
  {
    Mechanics<2>         mechanics(unit_box<2>({4, 6}), "0.05", {}, test::tight_newton(), left_half);
    const DoFHandler<2> &dofs        = mechanics.specimen->dof_handler;
    const auto          &constraints = mechanics.equilibrium.displacement_constraints();
    const unsigned int   n           = dofs.get_fe().n_dofs_per_cell();
    FullMatrix<double>   contribution(n, n);
    AssemblyMatrix::Dofs indices(n);
    IndexSet             relevant;
    DoFTools::extract_locally_relevant_dofs(dofs, relevant);
    TrilinosWrappers::SparsityPattern pattern(
      dofs.locally_owned_dofs(), dofs.locally_owned_dofs(), relevant, MPI_COMM_WORLD);
    DoFTools::make_sparsity_pattern(
      dofs, pattern, constraints, false, Utilities::MPI::this_mpi_process(MPI_COMM_WORLD));
    pattern.compress();

    AssemblyMatrix                 matrix;
    TrilinosWrappers::SparseMatrix expected;
    matrix.reinit(pattern, constraints, constraints, dofs.get_triangulation().n_active_cells());
    expected.reinit(pattern);
    for (const double factor : {1., -0.3}) // the second time by the places of the first
      {
        matrix   = 0.;
        expected = 0.;
        for (const auto &cell : dofs.active_cell_iterators())
          if (cell->is_locally_owned())
            {
              cell->get_dof_indices(indices);
              fill(contribution, cell->active_cell_index(), factor);
              matrix.add_cell(cell->active_cell_index(), contribution, indices, indices);
              constraints.distribute_local_to_global(contribution, indices, expected);
            }
        matrix.compress(VectorOperation::add);
        expected.compress(VectorOperation::add);
        const double size = expected.frobenius_norm();
        ASSERT_GT(size, 1.);
        expected.add(-1., matrix);
        EXPECT_LT(expected.frobenius_norm(), 1e-14 * size) << "factor " << factor;
      }
  }
} // namespace revitra

#include "fem/solvers/flexible_gmres.h"

#include <deal.II/base/index_set.h>
#include <deal.II/base/mpi.h>
#include <deal.II/lac/trilinos_sparsity_pattern.h>

#include <gtest/gtest.h>

#include <cmath>

namespace revitra
{
  using namespace dealii;

  namespace
  {
    using Matrix = TrilinosWrappers::SparseMatrix;
    using Vector = TrilinosWrappers::MPI::Vector;

    /// dst = factor · src, and counts how often.
    class Scaling : public Preconditioner
    {
    public:
      explicit Scaling(const double factor = 1.)
        : factor(factor)
      {}

      void set_up(const Matrix &) override {}

      void vmult(Vector &dst, const Vector &src) const override
      {
        // not by deal.II's operations, which refuse what is not finite in debug mode
        dst.trilinos_vector().Update(factor, src.trilinos_vector(), 0.);
        ++applications;
      }

      mutable unsigned int applications = 0;

    private:
      const double factor;
    };

    /// The convection-diffusion matrix with rows (−1 − convection, 2 + shift, −1 + convection), and a right-hand side
    /// of ones.
    class System
    {
    public:
      System(const unsigned int n, const double convection, const double shift)
        : rows(n)
      {
        const unsigned int rank = Utilities::MPI::this_mpi_process(MPI_COMM_WORLD);
        const unsigned int size = Utilities::MPI::n_mpi_processes(MPI_COMM_WORLD);
        rows.add_range(n * rank / size, n * (rank + 1) / size);
        TrilinosWrappers::SparsityPattern pattern(rows, MPI_COMM_WORLD, 3);
        for (const auto row : rows)
          for (unsigned int column = row == 0 ? 0 : row - 1; column <= std::min<unsigned int>(row + 1, n - 1); ++column)
            pattern.add(row, column);
        pattern.compress();
        matrix.reinit(pattern);
        for (const auto row : rows)
          {
            matrix.set(row, row, 2. + shift);
            if (row > 0)
              matrix.set(row, row - 1, -1. - convection);
            if (row + 1 < n)
              matrix.set(row, row + 1, -1. + convection);
          }
        matrix.compress(VectorOperation::insert);
        x.reinit(rows, MPI_COMM_WORLD);
        rhs.reinit(rows, MPI_COMM_WORLD);
        rhs = 1.;
      }

      double residual() const
      {
        Vector r(rhs);
        return matrix.residual(r, x, rhs);
      }

      IndexSet rows;
      Matrix   matrix;
      Vector   x, rhs;
    };
  } // namespace

  TEST(FlexibleGmres, NonSymmetricMatrix)
  {
    System        system(100, 0.5, 0.1);
    const Scaling none;
    const auto    outcome = flexible_gmres(system.matrix, none, system.x, system.rhs, {1e-9, 500});
    EXPECT_TRUE(outcome.converged);
    EXPECT_LE(outcome.residual, 1e-9);
    EXPECT_DOUBLE_EQ(outcome.residual, system.residual());
    EXPECT_EQ(outcome.iterations, none.applications);
  }

  TEST(FlexibleGmres, GoesOnAfterARestart)
  {
    System     system(400, 0.3, 0.01);
    const auto outcome = flexible_gmres(system.matrix, Scaling(), system.x, system.rhs, {1e-8, 2000});
    EXPECT_TRUE(outcome.converged);
    EXPECT_GT(outcome.iterations, 60u);
    EXPECT_LE(system.residual(), 1e-8);
  }

  TEST(FlexibleGmres, ExactInverseTakesOneApplication)
  {
    System system(30, 0., 0.);
    for (const auto row : system.rows)
      for (unsigned int column = row == 0 ? 0 : row - 1; column <= std::min<unsigned int>(row + 1, 29); ++column)
        system.matrix.set(row, column, row == column ? 4. : 0.);
    system.matrix.compress(VectorOperation::insert);
    const Scaling inverse(0.25);
    const auto    outcome = flexible_gmres(system.matrix, inverse, system.x, system.rhs, {1e-14, 100});
    EXPECT_TRUE(outcome.converged);
    EXPECT_EQ(inverse.applications, 1u);
    EXPECT_NEAR(system.x.l2_norm(), 0.25 * std::sqrt(30.), 1e-14);
  }

  TEST(FlexibleGmres, StartsFromTheGuess)
  {
    System system(50, 0.2, 0.5);
    flexible_gmres(system.matrix, Scaling(), system.x, system.rhs, {1e-10, 500});
    const Scaling none;
    const auto    outcome = flexible_gmres(system.matrix, none, system.x, system.rhs, {1e-9, 500});
    EXPECT_TRUE(outcome.converged);
    EXPECT_EQ(outcome.iterations, 0u);
    EXPECT_EQ(none.applications, 0u);
  }

  TEST(FlexibleGmres, KeepsToItsLimit)
  {
    System     system(400, 0.3, 0.);
    const auto start   = system.residual();
    const auto outcome = flexible_gmres(system.matrix, Scaling(), system.x, system.rhs, {1e-12, 7});
    EXPECT_FALSE(outcome.converged);
    EXPECT_EQ(outcome.iterations, 7u);
    EXPECT_LT(outcome.residual, start);
  }

  TEST(FlexibleGmres, StopsAtRounding)
  {
    System     system(50, 0.2, 0.5);
    const auto outcome = flexible_gmres(system.matrix, Scaling(), system.x, system.rhs, {1e-40, 5000});
    EXPECT_FALSE(outcome.converged);
    EXPECT_LT(outcome.iterations, 1000u);
    EXPECT_LT(outcome.residual, 1e-12);
    EXPECT_DOUBLE_EQ(outcome.residual, system.residual());
  }

  TEST(FlexibleGmres, SurvivesAUselessPreconditioner)
  {
    for (const double factor : {0., 1e200, std::nan("")})
      {
        System     system(50, 0.2, 0.5);
        const auto outcome = flexible_gmres(system.matrix, Scaling(factor), system.x, system.rhs, {1e-9, 100});
        if (!outcome.converged)
          {
            EXPECT_EQ(system.x.l2_norm(), 0.) << factor;
            EXPECT_DOUBLE_EQ(outcome.residual, std::sqrt(50.)) << factor;
          }
        EXPECT_TRUE(std::isfinite(system.x.l2_norm())) << factor;
      }
  }
} // namespace revitra

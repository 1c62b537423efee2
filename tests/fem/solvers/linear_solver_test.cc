#include "fem/solvers/linear_solver.h"
#include "tests/fem/discretization/test_specimen.h"

#include <deal.II/base/quadrature_lib.h>
#include <deal.II/fe/fe_values.h>
#include <deal.II/lac/full_matrix.h>
#include <deal.II/lac/trilinos_sparsity_pattern.h>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace revitra
{
  using namespace dealii;
  using test::small_box;
  using test::TestSpecimen;

  namespace
  {
    using Matrix = TrilinosWrappers::SparseMatrix;
    using Vector = TrilinosWrappers::MPI::Vector;

    /// Moduli of a linear elastic specimen with a band of another shear modulus, and a non-symmetric part like that of
    /// the tangent of a flowing material.
    struct Moduli
    {
      double shear     = 210.;
      double bulk      = 680.;
      double band      = 1.; ///< factor on the shear modulus where 0.75 < y < 1.25
      double asymmetry = 0.; ///< stress s_xy by normal strains, as a share of the shear modulus
    };

    template <int dim>
    class System
    {
    public:
      explicit System(const Deck::Specimen &box)
        : specimen(box)
      {
        set_up();
      }

      template <typename Predicate>
      void refine_where(const Predicate &marked)
      {
        specimen.refine_where(marked);
        set_up();
      }

      /// Makes the matrix, and a right-hand side to which `exact` is the solution.
      void assemble(const Moduli &moduli)
      {
        matrix = 0.;
        const QGauss<dim> quadrature(specimen.element.degree + 1);
        FEValues<dim>     fe_values(
          specimen.element, quadrature, update_gradients | update_JxW_values | update_quadrature_points);
        const unsigned int                   n = specimen.element.n_dofs_per_cell();
        FullMatrix<double>                   cell_matrix(n, n);
        std::vector<types::global_dof_index> dofs(n);
        for (const auto &cell : specimen.dof_handler.active_cell_iterators())
          if (cell->is_locally_owned())
            {
              fe_values.reinit(cell);
              assemble_cell(fe_values, moduli, cell_matrix);
              cell->get_dof_indices(dofs);
              specimen.constraints.distribute_local_to_global(cell_matrix, dofs, matrix);
            }
        matrix.compress(VectorOperation::add);
        matrix.vmult(rhs, exact);
        solution = 0.;
      }

      double relative_residual() const
      {
        Vector residual(rhs);
        return matrix.residual(residual, solution, rhs) / rhs.l2_norm();
      }

      double relative_error() const
      {
        Vector error(solution);
        error -= exact;
        return error.l2_norm() / exact.l2_norm();
      }

      TestSpecimen<dim> specimen;
      Matrix            matrix;
      Vector            rhs, solution, exact;

    private:
      void set_up()
      {
        for (Vector *vector : {&rhs, &solution, &exact})
          vector->reinit(specimen.owned(), MPI_COMM_WORLD);
        TrilinosWrappers::SparsityPattern pattern(
          specimen.owned(), specimen.owned(), specimen.relevant, MPI_COMM_WORLD);
        DoFTools::make_sparsity_pattern(specimen.dof_handler,
                                        pattern,
                                        specimen.constraints,
                                        /* keep_constrained_dofs = */ false,
                                        Utilities::MPI::this_mpi_process(MPI_COMM_WORLD));
        pattern.compress();
        matrix.reinit(pattern);
        for (const auto dof : specimen.owned())
          if (!specimen.constraints.is_constrained(dof))
            exact[dof] = std::sin(0.37 * dof) + 0.01 * dof / specimen.dof_handler.n_dofs();
        exact.compress(VectorOperation::insert);
      }

      static void assemble_cell(const FEValues<dim> &fe_values, const Moduli &moduli, FullMatrix<double> &cell_matrix)
      {
        const auto                          &element = fe_values.get_fe();
        const unsigned int                   n       = element.n_dofs_per_cell();
        std::vector<SymmetricTensor<2, dim>> strain(n);
        cell_matrix = 0.;
        for (const unsigned int q : fe_values.quadrature_point_indices())
          {
            const double y     = fe_values.quadrature_point(q)[1];
            const double shear = std::abs(y - 1.) < 0.25 ? moduli.band * moduli.shear : moduli.shear;
            for (unsigned int i = 0; i < n; ++i)
              {
                Tensor<2, dim> gradient;
                gradient[element.system_to_component_index(i).first] = fe_values.shape_grad(i, q);
                strain[i]                                            = symmetrize(gradient);
              }
            for (unsigned int i = 0; i < n; ++i)
              for (unsigned int j = 0; j < n; ++j)
                cell_matrix(i, j) +=
                  (2. * shear * (strain[i] * strain[j]) +
                   (moduli.bulk - 2. / 3. * shear) * trace(strain[i]) * trace(strain[j]) +
                   4. * moduli.asymmetry * shear * strain[i][0][1] * (strain[j][0][0] - strain[j][1][1])) *
                  fe_values.JxW(q);
          }
      }
    };

    template <int dim>
    Deck::Specimen refined_box(const unsigned int refinements, const unsigned int degree = 2)
    {
      Deck::Specimen box = small_box<dim>(Deck::LateralBoundary::periodic);
      box.refinements    = refinements;
      box.degree         = degree;
      return box;
    }

    const Moduli non_symmetric{210., 680., 0.3, 0.2};

    /// Solves a non-symmetric system and checks residual and error; returns the number of iterations.
    template <int dim>
    unsigned int solve_manufactured(System<dim> &system, LinearSolver &solver)
    {
      system.assemble(non_symmetric);
      const unsigned int iterations = solver.solve(system.matrix, system.solution, system.rhs, 1e-10);
      EXPECT_LE(system.relative_residual(), 1.01e-10);
      EXPECT_LE(system.relative_error(), 1e-7);
      EXPECT_EQ(solver.statistics().solves, 1u);
      EXPECT_EQ(solver.statistics().rebuilds, 1u);
      EXPECT_EQ(solver.statistics().iterations, iterations);
      return iterations;
    }
  } // namespace

  TEST(LinearSolver, FactorizationIn2D)
  {
    System<2>    system(refined_box<2>(3));
    LinearSolver solver(make_factorization());
    EXPECT_LE(solve_manufactured(system, solver), 2u);
  }

  TEST(LinearSolver, FactorizationIn3D)
  {
    System<3>    system(refined_box<3>(0));
    LinearSolver solver(make_factorization());
    EXPECT_LE(solve_manufactured(system, solver), 2u);
  }

  TEST(LinearSolver, MultigridIn2D)
  {
    System<2>    system(refined_box<2>(4));
    LinearSolver solver(make_multigrid(system.specimen.dof_handler));
    EXPECT_LE(solve_manufactured(system, solver), 70u);
  }

  TEST(LinearSolver, MultigridIn3D)
  {
    System<3>    system(refined_box<3>(1));
    LinearSolver solver(make_multigrid(system.specimen.dof_handler));
    EXPECT_LE(solve_manufactured(system, solver), 60u);
  }

  TEST(LinearSolver, MultigridWhereComponentsAreNotNumberedByNode)
  {
    System<2>    system(refined_box<2>(3, 3));
    LinearSolver solver(make_multigrid(system.specimen.dof_handler));
    EXPECT_LE(solve_manufactured(system, solver), 100u);
  }

  TEST(LinearSolver, MultigridOnLocallyRefinedMesh)
  {
    System<2> system(refined_box<2>(3));
    system.refine_where([](const Point<2> &center) { return std::abs(center[1] - 1.) < 0.25 && center[0] < 0.6; });
    LinearSolver solver(make_multigrid(system.specimen.dof_handler));
    EXPECT_LE(solve_manufactured(system, solver), 100u);
  }

  TEST(LinearSolver, DefaultPreconditionerServesBothDimensions)
  {
    System<2>    plane(refined_box<2>(2));
    LinearSolver plane_solver(make_preconditioner(plane.specimen.dof_handler));
    solve_manufactured(plane, plane_solver);
    System<3>    solid(refined_box<3>(1));
    LinearSolver solid_solver(make_preconditioner(solid.specimen.dof_handler));
    solve_manufactured(solid, solid_solver);
  }

  TEST(LinearSolver, KeepsThePreconditionerWhileItServes)
  {
    System<2>    system(refined_box<2>(3));
    LinearSolver solver(make_multigrid(system.specimen.dof_handler));
    for (unsigned int i = 0; i < 10; ++i)
      {
        system.assemble({210. * (1. + 0.01 * i), 680., 1., 0.});
        solver.solve(system.matrix, system.solution, system.rhs, i % 2 == 0 ? 1e-10 : 1e-3);
        EXPECT_LE(system.relative_residual(), i % 2 == 0 ? 1.01e-10 : 1.01e-3);
      }
    EXPECT_EQ(solver.statistics().rebuilds, 1u);
    EXPECT_EQ(solver.statistics().solves, 10u);
  }

  TEST(LinearSolver, RenewsThePreconditionerWhenThatIsCheaper)
  {
    System<2>    system(refined_box<2>(3));
    LinearSolver solver(make_factorization());
    double       band = 1.;
    for (unsigned int i = 0; i < 20; ++i, band *= 0.7)
      {
        system.assemble({210., 680., band, 0.2});
        // Never much more than the allowance for an old preconditioner.
        EXPECT_LE(solver.solve(system.matrix, system.solution, system.rhs, 1e-8), 16u);
        EXPECT_LE(system.relative_residual(), 1.01e-8);
      }
    EXPECT_GE(solver.statistics().rebuilds, 3u);
    EXPECT_LE(solver.statistics().rebuilds, 15u);
  }

  TEST(LinearSolver, GivesUpAnOldPreconditionerThatIsOfNoUse)
  {
    System<2>    system(refined_box<2>(3));
    LinearSolver solver(make_factorization());
    system.assemble({210., 680., 1., 0.});
    solver.solve(system.matrix, system.solution, system.rhs, 1e-10);
    system.assemble({210., 680., -3., 2.});
    EXPECT_LE(solver.solve(system.matrix, system.solution, system.rhs, 1e-10), 16u);
    EXPECT_LE(system.relative_residual(), 1.01e-10);
    EXPECT_EQ(solver.statistics().rebuilds, 2u);
  }

  TEST(LinearSolver, RebuildsOnRequest)
  {
    System<2>    system(refined_box<2>(2));
    LinearSolver solver(make_preconditioner(system.specimen.dof_handler));
    for (unsigned int i = 0; i < 3; ++i)
      {
        solver.request_rebuild();
        system.assemble({});
        solver.solve(system.matrix, system.solution, system.rhs, 1e-8);
      }
    EXPECT_EQ(solver.statistics().rebuilds, 3u);
  }

  TEST(LinearSolver, NothingToDo)
  {
    System<2>    system(refined_box<2>(1));
    LinearSolver solver(make_preconditioner(system.specimen.dof_handler));
    system.assemble({});
    system.solution = system.exact;
    EXPECT_EQ(solver.solve(system.matrix, system.solution, system.rhs, 1e-8), 0u);
    system.rhs = 0.;
    EXPECT_EQ(solver.solve(system.matrix, system.solution, system.rhs, 1e-8), 0u);
    EXPECT_EQ(system.solution.linfty_norm(), 0.);
    EXPECT_EQ(solver.statistics().rebuilds, 0u);
  }

  TEST(LinearSolver, RefusesWhatIsNotFinite)
  {
    System<2>    system(refined_box<2>(1));
    LinearSolver solver(make_preconditioner(system.specimen.dof_handler));
    system.assemble({});
    // deal.II's own operations refuse such numbers in debug mode
    system.rhs.trilinos_vector().PutScalar(std::numeric_limits<double>::quiet_NaN());
    EXPECT_THROW(solver.solve(system.matrix, system.solution, system.rhs, 1e-8), LinearSolverError);
  }

  TEST(LinearSolver, ReportsFailure)
  {
    System<2>    system(refined_box<2>(2));
    LinearSolver solver(make_multigrid(system.specimen.dof_handler));
    system.assemble({});
    try
      {
        solver.solve(system.matrix, system.solution, system.rhs, 1e-30);
        ADD_FAILURE() << "solved beyond rounding";
      }
    catch (const LinearSolverError &error)
      {
        EXPECT_GT(error.iterations, 0u);
        EXPECT_GT(error.residual, error.tolerance);
        EXPECT_NE(std::string(error.what()).find("iterations"), std::string::npos);
      }
    // and is as good as new afterwards
    system.solution = 0.;
    solver.solve(system.matrix, system.solution, system.rhs, 1e-10);
    EXPECT_LE(system.relative_residual(), 1.01e-10);
  }

  TEST(LinearSolver, SingularMatrix)
  {
    System<2> system(refined_box<2>(1));
    system.assemble({});
    const Vector rhs(system.rhs);
    system.assemble({0., 0., 1., 0.});
    LinearSolver solver(make_factorization());
    EXPECT_THROW(solver.solve(system.matrix, system.solution, rhs, 1e-8), LinearSolverError);
  }
} // namespace revitra

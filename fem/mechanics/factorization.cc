#include "fem/mechanics/preconditioner.h"

#include <Amesos.h>
#include <Amesos_BaseSolver.h>
#include <Epetra_LinearProblem.h>
#include <Teuchos_ParameterList.hpp>
#include <string>

namespace revitra
{
  using namespace dealii;

  namespace
  {
    constexpr char solver_name[] = "Amesos_Mumps";

    class Factorization : public Preconditioner
    {
    public:
      void set_up(const TrilinosWrappers::SparseMatrix &matrix) override;

      void vmult(TrilinosWrappers::MPI::Vector &dst, const TrilinosWrappers::MPI::Vector &src) const override;

    private:
      void analyze(const TrilinosWrappers::SparseMatrix &matrix);

      const Epetra_CrsMatrix               *analyzed = nullptr;
      int                                   room     = 50; ///< for pivoting, in percent of the memory foreseen
      std::unique_ptr<Epetra_LinearProblem> problem;
      std::unique_ptr<Amesos_BaseSolver>    solver;
    };

    void check(const int status, const std::string &step)
    {
      if (status != 0)
        throw PreconditionerError("The factorization of the tangent failed (" + step + ", status " +
                                  std::to_string(status) + "): the matrix is singular or memory ran out.");
    }

    void Factorization::set_up(const TrilinosWrappers::SparseMatrix &matrix)
    {
      // Pivoting may need more memory than the analysis foresees, which MUMPS treats as an error: try again with more.
      // That the matrix is singular looks the same from here.
      constexpr int max_room = 400;
      if (&matrix.trilinos_matrix() != analyzed)
        analyze(matrix);
      int status = solver->NumericFactorization();
      while (status != 0 && room < max_room)
        {
          room *= 2;
          analyze(matrix);
          status = solver->NumericFactorization();
        }
      check(status, "numbers");
    }

    /// Orders the unknowns, which depends on the pattern only.
    void Factorization::analyze(const TrilinosWrappers::SparseMatrix &matrix)
    {
      analyzed = nullptr;
      solver.reset();
      problem = std::make_unique<Epetra_LinearProblem>();
      // Amesos does not change the matrix, but takes it as if it did.
      problem->SetOperator(const_cast<Epetra_CrsMatrix *>(&matrix.trilinos_matrix()));
      solver.reset(Amesos().Create(solver_name, *problem));
      Teuchos::ParameterList parameters;
      parameters.sublist("mumps").set("ICNTL(14)", room);
      solver->SetParameters(parameters);
      check(solver->SymbolicFactorization(), "pattern");
      analyzed = &matrix.trilinos_matrix();
    }

    void Factorization::vmult(TrilinosWrappers::MPI::Vector &dst, const TrilinosWrappers::MPI::Vector &src) const
    {
      problem->SetLHS(&dst.trilinos_vector());
      problem->SetRHS(
        const_cast<Epetra_MultiVector *>(static_cast<const Epetra_MultiVector *>(&src.trilinos_vector())));
      const int status = solver->Solve();
      AssertThrow(status == 0, ExcMessage("MUMPS could not solve with its own factors."));
    }
  } // namespace

  std::unique_ptr<Preconditioner> make_factorization()
  {
    return std::make_unique<Factorization>();
  }

  bool has_factorization()
  {
    return Amesos().Query(solver_name);
  }
} // namespace revitra

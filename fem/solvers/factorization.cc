#include "fem/solvers/preconditioner.h"
#include "material/base/errors.h"

#include <Amesos.h>
#include <Amesos_Mumps.h>
#include <Epetra_LinearProblem.h>
#include <Teuchos_ParameterList.hpp>
#include <algorithm>
#include <initializer_list>
#include <string>

namespace revitra
{
  using namespace dealii;

  namespace
  {
    constexpr char solver_name[] = "Amesos_Mumps";

    bool is_one_of(const int number, const std::initializer_list<int> numbers)
    {
      return std::find(numbers.begin(), numbers.end(), number) != numbers.end();
    }

    class Factorization : public Preconditioner
    {
    public:
      void set_up(const TrilinosWrappers::SparseMatrix &matrix) override;

      void vmult(TrilinosWrappers::MPI::Vector &dst, const TrilinosWrappers::MPI::Vector &src) const override;

    private:
      void analyze(const TrilinosWrappers::SparseMatrix &matrix);
      int  reason() const;
      void check(int status) const;

      const Epetra_CrsMatrix               *analyzed = nullptr;
      int                                   room     = 50; ///< for pivoting, in percent of the memory foreseen
      std::unique_ptr<Epetra_LinearProblem> problem;
      std::unique_ptr<Amesos_BaseSolver>    solver;
    };

    /// Status of MUMPS's last action, INFOG(1).
    int Factorization::reason() const
    {
      return dynamic_cast<Amesos_Mumps &>(*solver).GetINFOG()[0];
    }

    /// Throws if `status` is a failure. Lack of memory ends the run, since a shorter step, the remedy for other
    /// failures, would need as much.
    void Factorization::check(const int status) const
    {
      if (status == 0)
        return;
      const std::string text = " (MUMPS " + std::to_string(reason()) + ")";
      if (is_one_of(reason(), {-5, -7, -13}))
        throw NumericsError("there is not enough memory to factorize the tangent" + text +
                            ": take processes on more machines, or fewer cells");
      throw PreconditionerError("The factorization of the tangent failed" + text + ": the matrix is singular");
    }

    void Factorization::set_up(const TrilinosWrappers::SparseMatrix &matrix)
    {
      // Pivoting may need more room than the analysis foresees, which MUMPS treats as an error: try again with more.
      constexpr int max_room = 400;
      if (&matrix.trilinos_matrix() != analyzed)
        analyze(matrix);
      int status = solver->NumericFactorization();
      while (status != 0 && is_one_of(reason(), {-8, -9}) && room < max_room)
        {
          room *= 2;
          analyze(matrix);
          status = solver->NumericFactorization();
        }
      check(status);
    }

    /// Orders the unknowns, which depends on the sparsity pattern only.
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
      check(solver->SymbolicFactorization());
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

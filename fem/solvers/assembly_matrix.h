#pragma once

#include "fem/solvers/linear_algebra.h"

#include <deal.II/lac/affine_constraints.h>
#include <deal.II/lac/full_matrix.h>

#include <vector>

namespace revitra
{
  /// Matrix that is assembled repeatedly on one mesh. The positions of the entries of a cell are looked up the first
  /// time and stored, with 4 bytes each; cells with constraints, or with rows of other ranks, use the library's
  /// assembly.
  class AssemblyMatrix : public linear_algebra::SparseMatrix
  {
  public:
    using Constraints = dealii::AffineConstraints<double>;
    using Dofs        = std::vector<dealii::types::global_dof_index>;

    using SparseMatrix::operator=; // of zero

    /// Initializes the matrix with the entries of `pattern` (compressed), for `n_cells` active cells. Both constraints
    /// are kept by reference; if they are the same object, constrained rows get a diagonal. Collective.
    void reinit(const linear_algebra::SparsityPattern &pattern,
                const Constraints                     &row_constraints,
                const Constraints                     &column_constraints,
                unsigned int                           n_cells);

    /// Adds the contribution of the active cell `cell`, rows × columns, which must be the same every time.
    void add_cell(unsigned int                      cell,
                  const dealii::FullMatrix<double> &contribution,
                  const Dofs                       &rows,
                  const Dofs                       &columns);

  private:
    enum class Way : char
    {
      unknown,
      by_place,
      by_library
    };

    Way  look_up(std::vector<int> &places, const Dofs &rows, const Dofs &columns) const;
    void distribute(const dealii::FullMatrix<double> &contribution, const Dofs &rows, const Dofs &columns);

    const Constraints *row_constraints    = nullptr;
    const Constraints *column_constraints = nullptr;

    std::vector<Way>              ways;   ///< by cell
    std::vector<std::vector<int>> places; ///< by cell, in all values of the rank, as the contribution is stored
  };
} // namespace revitra

#pragma once

#include "fem/solvers/linear_algebra.h"

#include <deal.II/lac/affine_constraints.h>
#include <deal.II/lac/full_matrix.h>

#include <vector>

namespace revitra
{
  /// A matrix that is assembled again and again on one mesh. Where the entries of a cell go is looked up the first time
  /// and remembered, 4 bytes for each; cells with constraints, or with rows of other ranks, go the library's way.
  class AssemblyMatrix : public linear_algebra::SparseMatrix
  {
  public:
    using Constraints = dealii::AffineConstraints<double>;
    using Dofs        = std::vector<dealii::types::global_dof_index>;

    using SparseMatrix::operator=; // of zero

    /// Begin anew with the entries of `pattern` (compressed), for `n_cells` active cells. Both constraints are kept by
    /// reference; are they the same object, constrained rows get a diagonal. Collective.
    void reinit(const linear_algebra::SparsityPattern &pattern,
                const Constraints                     &row_constraints,
                const Constraints                     &column_constraints,
                unsigned int                           n_cells);

    /// Add what the active cell `cell` contributes, rows × columns. These must be the same every time.
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

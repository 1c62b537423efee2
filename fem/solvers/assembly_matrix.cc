#include "fem/solvers/assembly_matrix.h"

#include <deal.II/lac/trilinos_sparsity_pattern.h>

#include <Epetra_CrsMatrix.h>
#include <algorithm>

namespace revitra
{
  using namespace dealii;

  namespace
  {
    /// Rows of a matrix one after the other, as Epetra stores them once the structure is fixed.
    struct CompressedRows
    {
      explicit CompressedRows(const Epetra_CrsMatrix &matrix)
      {
        const int error = matrix.ExtractCrsDataPointers(starts, columns, values);
        AssertThrow(error == 0, ExcMessage("the structure of the matrix is not fixed"));
      }

      int    *starts  = nullptr;
      int    *columns = nullptr;
      double *values  = nullptr;
    };

    bool any_constrained(const AssemblyMatrix::Constraints &constraints, const AssemblyMatrix::Dofs &dofs)
    {
      return std::any_of(
        dofs.begin(), dofs.end(), [&](const types::global_dof_index dof) { return constraints.is_constrained(dof); });
    }
  } // namespace

  void AssemblyMatrix::reinit(const TrilinosWrappers::SparsityPattern &pattern,
                              const Constraints                       &new_row_constraints,
                              const Constraints                       &new_column_constraints,
                              const unsigned int                       n_cells)
  {
    SparseMatrix::reinit(pattern);
    row_constraints    = &new_row_constraints;
    column_constraints = &new_column_constraints;
    ways.assign(n_cells, Way::unknown);
    places.assign(n_cells, {});
  }

  void AssemblyMatrix::add_cell(const unsigned int        cell,
                                const FullMatrix<double> &contribution,
                                const Dofs               &rows,
                                const Dofs               &columns)
  {
    if (ways[cell] == Way::unknown)
      ways[cell] = look_up(places[cell], rows, columns);
    if (ways[cell] == Way::by_library)
      return distribute(contribution, rows, columns);
    double       *values = CompressedRows(trilinos_matrix()).values;
    const double *entry  = &contribution(0, 0);
    for (const int place : places[cell])
      values[place] += *entry++;
  }

  AssemblyMatrix::Way AssemblyMatrix::look_up(std::vector<int> &places, const Dofs &rows, const Dofs &columns) const
  {
    if (any_constrained(*row_constraints, rows) || any_constrained(*column_constraints, columns))
      return Way::by_library;
    const Epetra_CrsMatrix &matrix = trilinos_matrix();
    const CompressedRows    compressed(matrix);
    std::vector<int>        found;
    found.reserve(rows.size() * columns.size());
    for (const types::global_dof_index row : rows)
      {
        const int local_row = matrix.LRID(static_cast<int>(row));
        if (local_row < 0) // of another rank
          return Way::by_library;
        const int *const begin = compressed.columns + compressed.starts[local_row];
        const int *const end   = compressed.columns + compressed.starts[local_row + 1];
        for (const types::global_dof_index column : columns)
          {
            const int *const entry = std::find(begin, end, matrix.LCID(static_cast<int>(column)));
            AssertThrow(entry != end, ExcInternalError());
            found.push_back(entry - compressed.columns);
          }
      }
    places = std::move(found);
    return Way::by_place;
  }

  void AssemblyMatrix::distribute(const FullMatrix<double> &contribution, const Dofs &rows, const Dofs &columns)
  {
    SparseMatrix &matrix = *this;
    if (row_constraints == column_constraints)
      row_constraints->distribute_local_to_global(contribution, rows, matrix);
    else
      row_constraints->distribute_local_to_global(contribution, rows, *column_constraints, columns, matrix);
  }
} // namespace revitra

#pragma once

#include "fem/solvers/linear_algebra.h"

#include <deal.II/base/mpi.h>
#include <deal.II/dofs/dof_handler.h>
#include <deal.II/lac/vector.h>

#include <array>
#include <string>
#include <utility>
#include <vector>

namespace revitra
{
  /// Removes the field files of an earlier run from `directory`: `fields.pvd` and `fields/fields_*`. On one rank only;
  /// throws WriteError.
  void remove_fields(const std::string &directory);

  /// A quantity with one value a cell: its name in the files, and its values by active_cell_index (only those of
  /// locally owned cells are used).
  using CellField = std::pair<std::string, dealii::Vector<double>>;

  /// A tensor a cell: its name in the files, and its nine components, row by row, as those of a CellField.
  using CellTensor = std::pair<std::string, std::array<dealii::Vector<double>, 9>>;

  /// Quantities with one value a cell.
  struct CellFields
  {
    std::vector<CellField>  scalars;
    std::vector<CellTensor> tensors;
  };

  /// The displacement of a homogeneous specimen: ε times the height above the bottom platen, along x (shear) or y
  /// (tension).
  struct HomogeneousStrain
  {
    double       value;     ///< ε
    unsigned int component; ///< of the displacement
  };

  /// Writes what ParaView opens: `fields.pvd` and, one a record, `fields/fields_NNNN.pvtu` with its .vtu pieces.
  ///
  /// Ranks without cells write no piece. Files hold seven digits: of a specimen far from the origin, points are counted
  /// from its lower corner, and a comment at the end of the .pvtu file says so.
  ///
  /// To be called for accepted steps only. Before going on from a checkpoint, restore_records() must be given the
  /// records of that time, so that neither entries are lost nor those of an abandoned continuation kept.
  template <int dim>
  class FieldsWriter
  {
  public:
    /// Time and name of the .pvtu file, relative to the output directory.
    using Record = std::pair<double, std::string>;

    /// Files a record is split into at most; with more ranks than that, several share one file.
    static constexpr unsigned int max_files_per_record = 16;

    /// A writer to the existing folder `directory`. Writes nothing yet.
    FieldsWriter(const std::string &directory, const MPI_Comm &communicator);

    /// Writes the next record, then `fields.pvd` anew.
    ///
    /// The displacement written is the total one, a vector in the deck's unit of length: `fluctuation` ũ (ghosted, with
    /// constraints distributed) and what the `strain` of the specimen adds. `time` is what the PVD file calls
    /// timestep. Beside `cell_fields` the rank of each cell is written as `subdomain`. Collective; throws WriteError on
    /// all ranks if any of them cannot write, and then leaves the list of records as it was.
    void write(double                         time,
               const dealii::DoFHandler<dim> &dof_handler,
               const linear_algebra::Vector  &fluctuation,
               const HomogeneousStrain       &strain,
               const CellFields              &cell_fields);

    /// What was written so far, in order.
    const std::vector<Record> &records() const { return written; }

    /// Takes `records` for what was written so far, and writes `fields.pvd` with them; the next record gets the number
    /// that follows. Collective; throws WriteError.
    void restore_records(const std::vector<Record> &records);

  private:
    std::string         directory;
    MPI_Comm            communicator;
    std::vector<Record> written;
  };
} // namespace revitra

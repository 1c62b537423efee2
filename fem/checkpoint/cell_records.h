#pragma once

#include "fem/checkpoint/checkpoint_store.h"
#include "fem/mechanics/quadrature_history.h"
#include "fem/solvers/linear_algebra.h"

#include <deal.II/distributed/tria.h>
#include <deal.II/dofs/dof_handler.h>
#include <deal.II/grid/cell_id.h>

#include <utility>
#include <vector>

namespace revitra
{
  /// State and threshold of each quadrature point of a specimen, and the values of the fields at each degree of
  /// freedom, as stored in a checkpoint.
  ///
  /// Cells are identified by their CellId, so that m ranks can read what n ranks have written: the mesh is recreated
  /// from them, by refinement of the initial one. Files are read when a cell is requested.
  template <int dim>
  class CellRecords
  {
  public:
    /// Opens the records in `checkpoint`. Throws NumericsError, on all ranks or none, if they cannot be read.
    /// Collective.
    CellRecords(const CheckpointFolder &checkpoint, const MPI_Comm &communicator);

    /// Refines `triangulation`, the initial mesh of the specimen, to that of the checkpoint. Throws NumericsError if
    /// this is impossible. Collective.
    void refine(dealii::parallel::distributed::Triangulation<dim> &triangulation) const;

    /// Field of the specimen: its degrees of freedom and its values, owned by the ranks.
    using Field = std::pair<const dealii::DoFHandler<dim> *, linear_algebra::Vector *>;

    /// Reads states and thresholds of the rank's cells into `history`, and the values into `fields`. Throws
    /// NumericsError on all ranks if something is missing. Collective.
    void read(QuadratureHistory &history, std::size_t points_per_cell, const std::vector<Field> &fields) const;

  private:
    using Id = dealii::CellId::binary_type;

    struct Entry
    {
      Id            id;
      unsigned int  file;  ///< the rank that wrote it
      std::uint64_t place; ///< in the file, in bytes
    };

    const MPI_Comm           communicator;
    std::vector<std::string> files;
    std::vector<Entry>       entries;         ///< by id
    std::size_t              record_size = 0; ///< doubles of a cell
  };

  /// Writes the locally owned cells in the form that CellRecords reads. `fields` hold the values that the rank's cells
  /// need.
  template <int dim>
  void write_cells(CheckedFile                                         &file,
                   const QuadratureHistory                             &history,
                   std::size_t                                          points_per_cell,
                   const std::vector<typename CellRecords<dim>::Field> &fields);
} // namespace revitra

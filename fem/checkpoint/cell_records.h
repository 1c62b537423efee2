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
  /// What the cells of a specimen remember, as a checkpoint has it: state and threshold of each point, and the values
  /// of the fields at each degree of freedom.
  ///
  /// Cells are known by their CellId, so that what n ranks have written m can read: the mesh is made anew from them, by
  /// refinement of the initial one. Files are read where and when a cell is asked for.
  template <int dim>
  class CellRecords
  {
  public:
    /// Those in `checkpoint`. Throws NumericsError, on all ranks or none, if they cannot be read. Collective.
    CellRecords(const CheckpointFolder &checkpoint, const MPI_Comm &communicator);

    /// Refine `triangulation`, the initial mesh of the specimen, to that of the checkpoint. Throws NumericsError if
    /// that is not possible. Collective.
    void refine(dealii::parallel::distributed::Triangulation<dim> &triangulation) const;

    /// A field of the specimen: its degrees of freedom and its values, owned by the ranks.
    using Field = std::pair<const dealii::DoFHandler<dim> *, linear_algebra::Vector *>;

    /// Take states and thresholds of the rank's cells to `history`, and the `fields` that there are. Throws
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

  /// Writes what CellRecords reads: the locally owned cells. `fields` hold the values that the rank's cells need.
  template <int dim>
  void write_cells(CheckedFile                                         &file,
                   const QuadratureHistory                             &history,
                   std::size_t                                          points_per_cell,
                   const std::vector<typename CellRecords<dim>::Field> &fields);
} // namespace revitra

#pragma once

#include "fem/mechanics/equilibrium.h"

#include <string>

namespace revitra
{
  /// Where an update of the law that a run fails of is kept, in its output directory.
  inline constexpr char failed_stage_file[] = "/replay/point.json";

  /// What the run was doing.
  struct RunPlace
  {
    double      time;   ///< last accepted
    double      strain; ///< of the specimen at that time
    std::string program;
  };

  /// Writes the update that failed in the last residual of `equilibrium` to `file`, for revitra-point --replay, with
  /// the directory if there is none. `fluctuation` (ghosted) is the displacement at the last accepted time, when
  /// the states of `history` are. Throws WriteError on all ranks. Collective.
  template <int dim>
  void write_failed_stage(const std::string                       &file,
                          const RunPlace                          &place,
                          const typename Equilibrium<dim>::Vector &fluctuation,
                          const QuadratureHistory                 &history,
                          const Equilibrium<dim>                  &equilibrium,
                          const MPI_Comm                          &communicator);
} // namespace revitra

#pragma once

#include <deal.II/base/mpi.h>

namespace revitra::test
{
  /// On how many ranks the suite runs.
  inline unsigned int number_of_ranks()
  {
    return dealii::Utilities::MPI::n_mpi_processes(MPI_COMM_WORLD);
  }
} // namespace revitra::test

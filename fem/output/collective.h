#pragma once

#include "material/run/errors.h"

#include <deal.II/base/mpi.h>

#include <string>

namespace revitra
{
  /// Do `work` on the first rank only; if it throws WriteError there, throw the same on all ranks. Collective.
  template <typename Work>
  void write_on_root(const MPI_Comm &communicator, const Work &work)
  {
    std::string problem;
    if (dealii::Utilities::MPI::this_mpi_process(communicator) == 0)
      try
        {
          work();
        }
      catch (const WriteError &error)
        {
          problem = error.what();
        }
    problem = dealii::Utilities::MPI::broadcast(communicator, problem);
    if (!problem.empty())
      throw WriteError(problem);
  }
} // namespace revitra

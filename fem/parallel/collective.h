#pragma once

#include "material/base/errors.h"

#include <deal.II/base/mpi.h>

#include <exception>
#include <fstream>
#include <sstream>
#include <string>

namespace revitra
{
  /// Does `work` on the first rank only; if that fails there, throws WriteError on all ranks. Collective.
  template <typename Work>
  void write_on_root(const MPI_Comm &communicator, const Work &work)
  {
    std::string problem;
    if (dealii::Utilities::MPI::this_mpi_process(communicator) == 0)
      try
        {
          work();
        }
      catch (const std::exception &error) // whatever it is, the other ranks must not wait
        {
          problem = error.what();
        }
    problem = dealii::Utilities::MPI::broadcast(communicator, problem);
    if (!problem.empty())
      throw WriteError(problem);
  }

  /// Does `work` on all ranks; if it fails on any, throws the WriteError of the first of these on all. Collective.
  template <typename Work>
  void write_on_all(const MPI_Comm &communicator, const Work &work)
  {
    std::string problem;
    try
      {
        work();
      }
    catch (const std::exception &error) // whatever it is, the other ranks must not wait
      {
        problem = error.what();
      }
    for (const std::string &text : dealii::Utilities::MPI::all_gather(communicator, problem))
      if (!text.empty())
        throw WriteError(text);
  }

  /// Contents of `file`, read by the first rank. Throws NumericsError on all ranks if it cannot be read. Collective.
  inline std::string contents_on_all(const MPI_Comm &communicator, const std::string &file)
  {
    std::string text;
    bool        is_read = true;
    if (dealii::Utilities::MPI::this_mpi_process(communicator) == 0)
      {
        std::ifstream      stream(file, std::ios::binary);
        std::ostringstream copy;
        copy << stream.rdbuf();
        is_read = stream.good() && copy.good();
        text    = copy.str();
      }
    if (!dealii::Utilities::MPI::broadcast(communicator, is_read))
      throw NumericsError(file + ": cannot be read");
    return dealii::Utilities::MPI::broadcast(communicator, text);
  }
} // namespace revitra

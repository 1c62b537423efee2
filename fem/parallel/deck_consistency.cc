#include "fem/parallel/deck_consistency.h"

#include "material/base/errors.h"

#include <sstream>

namespace revitra
{
  using namespace dealii;

  void check_same_deck(const Deck *const deck, const MPI_Comm &communicator)
  {
    std::ostringstream own;
    if (deck)
      write_parameters(*deck, own);
    const bool         differs = own.str() != Utilities::MPI::broadcast(communicator, own.str());
    const unsigned int ranks   = Utilities::MPI::n_mpi_processes(communicator);
    const unsigned int rank    = Utilities::MPI::this_mpi_process(communicator);
    const unsigned int first   = Utilities::MPI::min(differs ? rank : ranks, communicator);
    if (first < ranks)
      throw DeckError({"rank " + std::to_string(first) + " of " + std::to_string(ranks) +
                       " has not read the same deck as rank 0: allowed is a file that all nodes see at the same path "
                       "before the run begins (standard input only rank 0 sees)"});
  }
} // namespace revitra

#include "fem/same_input.h"

#include "fem/checkpoint/same_problem.h"
#include "material/run/errors.h"

#include <sstream>

namespace revitra
{
  using namespace dealii;

  namespace
  {
    std::string text_of(const Deck &deck)
    {
      std::ostringstream text;
      write_parameters(deck, text);
      for (const auto &[parameter, seal] : input_files(deck))
        text << parameter << ' ' << seal.size << ' ' << seal.crc << '\n';
      return text.str();
    }
  } // namespace

  void check_same_input(const Deck *const deck, const MPI_Comm &communicator)
  {
    const std::string own   = deck ? text_of(*deck) : "";
    const bool        other = own != Utilities::MPI::broadcast(communicator, own);
    const auto        ranks = Utilities::MPI::n_mpi_processes(communicator);
    const auto        rank  = Utilities::MPI::this_mpi_process(communicator);
    const auto        first = Utilities::MPI::min(other ? rank : ranks, communicator);
    if (first < ranks)
      throw DeckError(
        {"rank " + std::to_string(first) + " of " + std::to_string(ranks) +
         " has not read the same as rank 0 from the deck, or from a file that it names: allowed are files "
         "that all nodes see, at the same path, before the run begins (standard input only rank 0 does)"});
  }
} // namespace revitra

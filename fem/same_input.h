#pragma once

#include "material/run/deck.h"

#include <deal.II/base/mpi.h>

namespace revitra
{
  /// Throws DeckError on all ranks unless all have read the same `deck`, and the same files that it names: each reads
  /// them for itself, and with others than the rest would wait for them for ever. nullptr stands for a deck that the
  /// rank could not read. Collective.
  void check_same_input(const Deck *deck, const MPI_Comm &communicator);
} // namespace revitra

#pragma once

#include "material/input/deck.h"

#include <deal.II/base/mpi.h>

namespace revitra
{
  /// Throws DeckError on all ranks unless all have read the same `deck`: each reads it for itself, and with another one
  /// than the rest would wait for them for ever. nullptr stands for one that the rank could not read. Collective.
  void check_same_deck(const Deck *deck, const MPI_Comm &communicator);
} // namespace revitra

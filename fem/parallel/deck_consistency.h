#pragma once

#include "material/input/deck.h"

#include <deal.II/base/mpi.h>

namespace revitra
{
  /// Throws DeckError on all ranks unless all have read the same `deck`. Every rank reads the deck itself; ranks with
  /// different decks would deadlock. nullptr stands for a deck that the rank could not read. Collective.
  void check_same_deck(const Deck *deck, const MPI_Comm &communicator);
} // namespace revitra

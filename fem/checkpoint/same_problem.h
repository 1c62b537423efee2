#pragma once

#include "material/run/deck.h"

namespace revitra
{
  /// Why a run of the deck `before` cannot go on with the deck `now`: a line for each parameter that differs and must
  /// not. How results are written (but for their units), how accurate steps are, checkpoints and adaptivity may change,
  /// and the loading program may become longer.
  std::vector<std::string> differences(const Deck &before, const Deck &now);
} // namespace revitra

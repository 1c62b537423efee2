#pragma once

#include "fem/checkpoint/checked_file.h"
#include "material/input/deck.h"

namespace revitra
{
  /// Why a run of the deck `before` cannot go on with the deck `now`: a line for each parameter that differs and must
  /// not. How results are written (but for their units), how accurate steps are, checkpoints and adaptivity may change,
  /// and the loading program may become longer.
  std::vector<std::string> differences(const Deck &before, const Deck &now);

  /// The files that `deck` names as they are now, by parameter.
  FileChecksums input_files(const Deck &deck);

  /// A line for each of them that was another one `before`.
  std::vector<std::string> changed_files(const Deck &deck, const FileChecksums &before);
} // namespace revitra

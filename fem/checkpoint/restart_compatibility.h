#pragma once

#include "fem/checkpoint/checked_file.h"
#include "material/input/deck.h"

namespace revitra
{
  /// Reasons why a run of the deck `before` cannot be resumed with the deck `now`: a line for each parameter that
  /// differs and must not. Output (except for its units), accuracy of steps, checkpoints and adaptivity may change, and
  /// the loading program may become longer.
  std::vector<std::string> differences(const Deck &before, const Deck &now);

  /// Checksums of the files that `deck` names as they are now, by parameter.
  FileChecksums input_files(const Deck &deck);

  /// Lines on the files that were different `before`.
  std::vector<std::string> changed_files(const Deck &deck, const FileChecksums &before);
} // namespace revitra

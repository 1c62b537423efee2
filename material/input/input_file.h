#pragma once

#include "material/input/deck.h"

#include <string>

namespace revitra
{
  /// The full path of the file `name` that a deck names: beside `deck_file` or else in the present directory. `name`
  /// itself if it is in neither, or empty.
  std::string find_input_file(const std::string &name, const std::string &deck_file);

  /// Throws a DeckError that names both places if `name`, the value of `parameter`, was found in neither.
  void require_input_file(const Deck &deck, const std::string &parameter, const std::string &name);
} // namespace revitra

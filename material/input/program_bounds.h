#pragma once

#include "material/input/deck.h"

#include <array>
#include <string>
#include <vector>

namespace revitra
{
  /// Rows that a run may ask for, at the largest strain between two of them.
  constexpr double most_rows = 1e6;

  /// The lowest and the highest temperature of the loading program, without offsets.
  std::array<double, 2> extreme_temperatures(const Deck &deck);

  /// What is wrong with the loading program of `deck` that shows only together with its other parameters, a line each:
  /// strain without end, a first creep that leads away from its end, or a temperature that, with the offset, is out of
  /// bounds. Offsets that depend on the place are for InitialFields to see.
  std::vector<std::string> wrong_with_program(const Deck &deck);
} // namespace revitra

#pragma once

#include "material/input/deck.h"
#include "material/results/history.h"

#include <vector>

namespace revitra
{
  /// A point under uniaxial stress is one in simple shear: with s̄ = σ/√3 and γᵖ = √3 εᵖ, Eqs. (1) to (4) are the same,
  /// and the elastic answer is that of the shear strain √3 ε with a third of Young's modulus. Energies are the same.

  /// The deck in shear that goes with `deck`, one in tension.
  Deck sheared_deck(const Deck &deck);

  /// Stress and strain of a row of that deck, and those of its own `columns` that are stresses, as they are in tension.
  HistoryRow row_in_tension(HistoryRow row, const std::vector<HistoryColumn> &columns);
} // namespace revitra

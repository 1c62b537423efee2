#pragma once

#include "material/input/deck.h"
#include "material/run/command_line.h"

namespace revitra
{
  /// Runs `deck` once for each row of the table `line.sweep`, several at once, and gathers their summaries in
  /// summary.csv of its output directory, see SweepStore; rows that are done there are not run again.
  ///
  /// A row that cannot run or whose numerics give up is reported on stderr and stops no other. Returns the exit status:
  /// 0, 2 if there was a row of the first kind, or else 3 if there was one of the second. Throws DeckError before
  /// anything is written if no row can run, and WriteError.
  int run_sweep(const CommandLine &line, const Deck &deck);
} // namespace revitra

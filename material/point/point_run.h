#pragma once

#include "material/input/deck.h"
#include "material/run/command_line.h"

namespace revitra
{
  /// What revitra-point is and takes.
  ToolInfo point_tool();

  /// Runs `deck` and writes history.csv, summary.json and parameters.prm into its output directory; prints a short
  /// report unless `line` asks for quiet. Returns the exit status 0. Throws DeckError before anything is written,
  /// WriteError, and NumericsError after the files tell how far the run got.
  int run_point(const CommandLine &line, const Deck &deck);
} // namespace revitra

#pragma once

#include "material/results/stage_replay.h"

#include <ostream>
#include <string>

namespace revitra
{
  /// How a repeated update went.
  struct ReplayOutcome
  {
    StageFailure failure;
    std::string  advice; ///< one line
  };

  /// Repeats the update of `replay`: `out` gets what goes in, how it is solved, what comes out or why nothing does, and
  /// whether shorter stages can be solved.
  ReplayOutcome repeat(const StageReplay &replay, std::ostream &out);

  /// Repeats that of `file`. Returns the exit status 0 if it succeeds; throws NumericsError if it fails, DeckError if
  /// the file is no replay. Prints only what fails if `quiet`.
  int run_replay(const std::string &file, bool quiet);
} // namespace revitra

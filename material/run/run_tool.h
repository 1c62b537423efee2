#pragma once

#include "material/input/deck.h"
#include "material/run/command_line.h"

#include <exception>
#include <functional>
#include <string>
#include <vector>

namespace revitra
{
  /// The exit status of a fault of the program.
  constexpr int fault_status = 1;

  /// What is said of an `error` that is none of the user's input, of the numerics or of the disk.
  std::string fault_text(const std::exception &error);

  /// What an executable does with valid input. Returns the exit status; throws DeckError, NumericsError or WriteError.
  using ToolBody = std::function<int(const CommandLine &, const Deck &)>;

  /// Does `read` and adds the problems that it reports by a DeckError to `problems`, so that those of what comes after
  /// are found too.
  template <typename Read>
  void collect_problems(std::vector<std::string> &problems, const Read &read)
  {
    try
      {
        read();
      }
    catch (const DeckError &error)
      {
        problems.insert(problems.end(), error.problems().begin(), error.problems().end());
      }
  }

  /// The main() of both executables: reads command line and deck, answers --help and the like itself, runs `body`, and
  /// turns what it throws into lines on stderr and an exit status: 0 done, 2 bad input, 3 the numerics gave up, 4 could
  /// not write, 1 anything else (a fault of the program). Prints only if ToolInfo::is_root, but for a fault; the status
  /// is returned on every rank, so under MPI `body` must throw on all ranks or on none. A fault may be that of one
  /// rank: the others are then to be ended.
  int run_tool(int argc, const char *const *argv, const ToolInfo &tool, const ToolBody &body);
} // namespace revitra

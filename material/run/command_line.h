#pragma once

#include "material/base/errors.h"

#include <string>
#include <utility>
#include <vector>

namespace revitra
{
  /// What distinguishes one executable from the other before it runs.
  struct ToolInfo
  {
    std::string name;                  ///< revitra-point or revitra-fem
    std::string purpose;               ///< what it does, a few lines for --help
    std::string invocation;            ///< how it is started, e.g. "mpirun -np N revitra-fem"
    bool        takes_times   = false; ///< whether there is --times
    bool        takes_sweep   = false; ///< whether there is --sweep, with --jobs and --histories
    bool        takes_replay  = false; ///< whether there is --replay
    bool        takes_restart = false; ///< whether there are --restart, --resume and --time-limit
    bool        is_root       = true;  ///< whether this process is the one that prints
  };

  /// What the user typed.
  struct CommandLine
  {
    enum class Action
    {
      run,
      help,
      version,
      print_parameters
    };

    Action                   action = Action::run;
    std::string              deck;               ///< file name; empty unless `action` is `run`, and with `replay`
    std::vector<std::string> overrides;          ///< "Section/Parameter=value" each; --output DIR is one of them
    std::string              times;              ///< a history whose times are to be written; empty if not asked for
    std::string              sweep;              ///< a table of runs; empty if it is one run
    std::string              replay;             ///< an update to be repeated instead of a run; empty if it is a run
    unsigned int             jobs       = 0;     ///< runs of the sweep at once; 0: as many as there are cores
    bool                     histories  = false; ///< whether the runs of the sweep keep their histories
    bool                     restart    = false; ///< whether to go on from the last checkpoint
    bool                     resume     = false; ///< whether to do so if there is one
    double                   time_limit = 0.;    ///< seconds within which to leave; 0: none
    bool                     quiet      = false; ///< whether to print nothing but problems
  };

  /// A command line with problems, and what can be understood of it nonetheless.
  class CommandLineError : public DeckError
  {
  public:
    CommandLineError(std::vector<std::string> problems, CommandLine line)
      : DeckError(std::move(problems))
      , understood(std::move(line))
    {}

    const CommandLine &line() const { return understood; }

  private:
    CommandLine understood;
  };

  /// Reads the arguments that main() got. Throws CommandLineError with every problem at once.
  CommandLine parse_command_line(int argc, const char *const *argv, const ToolInfo &tool);

  /// The text of --help: what the tool does, options, the grammar of loading programs, examples and exit statuses.
  std::string help_text(const ToolInfo &tool);
} // namespace revitra

#include "material/run/run_tool.h"

#include "material/results/history.h"
#include "material/results/stage_replay.h"

#include <exception>
#include <iostream>
#include <new>

namespace revitra
{
  namespace
  {
    enum Status
    {
      done       = 0,
      fault      = fault_status,
      bad_input  = 2,
      gave_up    = 3,
      not_stored = 4
    };

    /// Answers what needs no deck.
    void answer(const CommandLine::Action action, const ToolInfo &tool)
    {
      if (action == CommandLine::Action::help)
        std::cout << help_text(tool);
      else if (action == CommandLine::Action::version)
        std::cout << tool.name << ' ' << program_version() << '\n';
      else if (action == CommandLine::Action::print_parameters)
        print_parameters(std::cout);
      if (!std::cout.flush())
        throw WriteError("standard output: the answer could not be written");
    }

    /// Takes the problems of a bad command line to `problems`.
    CommandLine read_command_line(const int                 argc,
                                  const char *const        *argv,
                                  const ToolInfo           &tool,
                                  std::vector<std::string> &problems)
    {
      try
        {
          return parse_command_line(argc, argv, tool);
        }
      catch (const CommandLineError &error)
        {
          problems = error.problems();
          return error.line();
        }
    }

    int run(const int argc, const char *const *argv, const ToolInfo &tool, const ToolBody &body)
    {
      std::vector<std::string> problems;
      const CommandLine        line = read_command_line(argc, argv, tool, problems);
      Deck                     deck;
      if (line.action == CommandLine::Action::run && !line.deck.empty())
        collect_problems(problems, [&] { deck = read_deck(line.deck, line.overrides); });
      if (!problems.empty() && !line.times.empty()) // else the body reads them, which knows their unit
        collect_problems(problems, [&] { read_times(line.times, UnitScales()); });
      if (!problems.empty() && !line.replay.empty()) // else the body does
        collect_problems(problems, [&] { read_stage_replay(line.replay); });
      if (!problems.empty())
        throw DeckError(problems);
      if (line.action == CommandLine::Action::run)
        return body(line, deck);
      if (tool.is_root)
        answer(line.action, tool);
      return done;
    }
  } // namespace

  std::string fault_text(const std::exception &error)
  {
    if (dynamic_cast<const std::bad_alloc *>(&error))
      return "there is not enough memory: take fewer cells, or processes on more machines";
    return std::string("this should not have happened, please report it: ") + error.what();
  }

  int run_tool(const int argc, const char *const *argv, const ToolInfo &tool, const ToolBody &body)
  {
    const auto report = [&tool](const std::string &problem, const Status status) {
      if (tool.is_root)
        std::cerr << problem << std::endl;
      return status;
    };
    try
      {
        return run(argc, argv, tool, body);
      }
    catch (const DeckError &error)
      {
        return report(error.what(), bad_input);
      }
    catch (const NumericsError &error)
      {
        return report(error.what(), gave_up);
      }
    catch (const WriteError &error)
      {
        return report(error.what(), not_stored);
      }
    catch (const std::exception &error)
      {
        std::cerr << tool.name + ": " + fault_text(error) << std::endl;
        return fault; // said by whatever rank it is of
      }
  }
} // namespace revitra

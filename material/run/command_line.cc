#include "material/run/command_line.h"

#include "material/base/text.h"
#include "material/input/deck_text.h"
#include "material/input/loading_program.h"

#include <cmath>
#include <optional>
#include <utility>

namespace revitra
{
  namespace
  {
    /// Takes the arguments one by one.
    class Arguments
    {
    public:
      Arguments(const int argc, const char *const *argv)
        : words(argv + (argc > 0 ? 1 : 0), argv + argc)
      {}

      bool done() const { return next == words.size(); }

      /// The next argument, an option such as --set=VALUE without its value.
      std::string take()
      {
        std::string word   = words[next++];
        const auto  equals = word.find('=');
        attached.reset();
        if (word.compare(0, 2, "--") == 0 && equals != std::string::npos)
          {
            attached = word.substr(equals + 1);
            word.erase(equals);
          }
        return word;
      }

      /// The value of the option just taken, if there is one.
      std::optional<std::string> value()
      {
        if (attached)
          return take_attached();
        if (done() || words[next].compare(0, 2, "--") == 0)
          return std::nullopt;
        return words[next++];
      }

      /// The value that the option just taken was written with and that nobody has asked for.
      std::optional<std::string> take_attached() { return std::exchange(attached, std::nullopt); }

    private:
      std::vector<std::string>   words;
      std::size_t                next = 0;
      std::optional<std::string> attached;
    };

    std::vector<std::string> option_names(const ToolInfo &tool)
    {
      std::vector<std::string> names = {"--set", "--output", "--help", "--version", "--print-parameters", "--quiet"};
      if (tool.takes_times)
        names.push_back("--times");
      if (tool.takes_sweep)
        names.insert(names.end(), {"--sweep", "--jobs", "--histories"});
      if (tool.takes_replay)
        names.push_back("--replay");
      if (tool.takes_restart)
        names.insert(names.end(), {"--restart", "--resume", "--time-limit"});
      return names;
    }

    /// Reads one command line.
    class Reader
    {
    public:
      Reader(const int argc, const char *const *argv, const ToolInfo &tool)
        : arguments(argc, argv)
        , tool(tool)
      {}

      CommandLine read()
      {
        while (!arguments.done())
          {
            const std::string word = arguments.take();
            if (word.size() > 1 && word[0] == '-')
              option(word);
            else if (line.deck.empty())
              line.deck = word;
            else
              problem(word, "one deck only; '" + line.deck + "' is the deck already");
            if (const auto value = arguments.take_attached())
              problem(word + "=" + *value, "it takes no value");
          }
        check_sweep();
        check_replay();
        if (line.restart && line.resume)
          problem(
            "--resume",
            "it is --restart where there is a checkpoint, and else a run from the start: allowed is one of the two");
        if (line.action == CommandLine::Action::run && line.deck.empty() && line.replay.empty())
          problems.push_back(tool.name + ": the deck is missing; usage: " + tool.invocation +
                             " DECK [--set 'Section/Parameter=value']... [--output DIR], see --help (an empty file is "
                             "a deck, the paper's baseline)");
        if (!problems.empty())
          throw CommandLineError(problems, line);
        return line;
      }

    private:
      void problem(const std::string &word, const std::string &what)
      {
        problems.push_back(tool.name + ": " + word + ": " + what);
      }

      void option(const std::string &name)
      {
        if (name == "--help")
          line.action = CommandLine::Action::help;
        else if (name == "--version")
          line.action = CommandLine::Action::version;
        else if (name == "--print-parameters")
          line.action = CommandLine::Action::print_parameters;
        else if (name == "--quiet")
          line.quiet = true;
        else if (name == "--histories" && tool.takes_sweep)
          line.histories = true;
        else if (name == "--restart" && tool.takes_restart)
          line.restart = true;
        else if (name == "--resume" && tool.takes_restart)
          line.resume = true;
        else if (!option_with_value(name))
          unknown_option(name);
      }

      /// Whether there was such an option.
      bool option_with_value(const std::string &name)
      {
        std::string what;
        if (name == "--set")
          what = "'Section/Parameter=value'";
        else if (name == "--output")
          what = "DIR";
        else if (name == "--times" && tool.takes_times)
          what = "FILE.csv";
        else if (name == "--sweep" && tool.takes_sweep)
          what = "FILE.csv";
        else if (name == "--jobs" && tool.takes_sweep)
          what = "N";
        else if (name == "--time-limit" && tool.takes_restart)
          what = "SECONDS";
        else if (name == "--replay" && tool.takes_replay)
          what = "FILE.json";
        else
          return false;

        const auto value = arguments.value();
        if (!value || value->empty())
          problem(name, "it needs a value; allowed is " + name + " " + what);
        else if (name == "--set")
          line.overrides.push_back(*value);
        else if (name == "--output")
          line.overrides.push_back("Output/Directory=" + quoted_if_needed(*value));
        else if (name == "--sweep")
          line.sweep = *value;
        else if (name == "--replay")
          line.replay = *value;
        else if (name == "--jobs")
          set_jobs(*value);
        else if (name == "--time-limit")
          set_time_limit(*value);
        else
          line.times = *value;
        return true;
      }

      void set_jobs(const std::string &value)
      {
        const auto number = read_number(value);
        if (number && *number >= 1. && *number <= 1024. && *number == std::floor(*number))
          line.jobs = static_cast<unsigned int>(*number);
        else
          problem("--jobs " + value, "allowed is a whole number from 1 to 1024");
      }

      void set_time_limit(const std::string &value)
      {
        const auto number = read_number(value);
        if (number && *number > 0.)
          line.time_limit = *number;
        else
          problem("--time-limit " + value, "allowed is a number of seconds, > 0");
      }

      /// What goes together with --sweep and what does not.
      void check_sweep()
      {
        if (!line.sweep.empty() && !line.times.empty())
          problem("--times", "it goes with one run, not with --sweep");
        if (line.sweep.empty() && line.jobs > 0)
          problem("--jobs", "it goes with --sweep");
        if (line.sweep.empty() && line.histories)
          problem("--histories", "it goes with --sweep");
      }

      void check_replay()
      {
        if (!line.replay.empty() &&
            !(line.deck.empty() && line.overrides.empty() && line.times.empty() && line.sweep.empty()))
          problem("--replay " + line.replay, "all that is needed stands in that file; no deck goes with it, nor --set");
      }

      void unknown_option(const std::string &name)
      {
        const auto names = option_names(tool);
        const auto meant = nearest(name, names);
        problem(name,
                "there is no such option; " +
                  (meant ? "did you mean " + *meant + "?" : "allowed is " + alternatives(names)));
        arguments.take_attached();
      }

      Arguments                arguments;
      const ToolInfo          &tool;
      CommandLine              line;
      std::vector<std::string> problems;
    };
  } // namespace

  CommandLine parse_command_line(const int argc, const char *const *argv, const ToolInfo &tool)
  {
    return Reader(argc, argv, tool).read();
  }

  std::string help_text(const ToolInfo &tool)
  {
    std::string text = tool.purpose + "\n\nUsage: " + tool.invocation + " DECK [OPTION]...\n\n" +
                       "DECK is a deal.II parameter file (.prm, or JSON with the same names). An empty file is the\n"
                       "paper's baseline; see --print-parameters for all that may stand there. The same deck runs in\n"
                       "revitra-point and in revitra-fem.\n\n"
                       "Options:\n"
                       "  --set 'Section/Parameter=value'  sets a parameter over the deck; may be repeated\n"
                       "  --output DIR                     where the results go: Output/Directory\n";
    if (tool.takes_times)
      text += "  --times FILE.csv                 writes rows at the times of that history\n";
    if (tool.takes_sweep)
      text += "  --sweep FILE.csv                 runs the deck once for each row of that table, whose columns are\n"
              "                                   parameters (Section/Parameter), and puts the results into one\n"
              "                                   summary.csv; a failed run does not stop the others, and started\n"
              "                                   again a sweep runs only what is not done\n"
              "  --jobs N                         runs that many of them at once (default: the cores there are)\n"
              "  --histories                      keeps the history of each as histories/ROW.csv\n";
    if (tool.takes_replay)
      text +=
        "  --replay FILE.json               repeats, in place of a run, the update of a point that made revitra-fem\n"
        "                                   give up (its DIR/replay/point.json): what goes in, every iteration,\n"
        "                                   and whether a shorter step would do. Status 3 if it fails again\n";
    if (tool.takes_restart)
      text +=
        "  --restart                        goes on from the last checkpoint in DIR, on any number of ranks;\n"
        "                                   Output (but Units), Time stepping, Adaptivity, Checkpoint and the end\n"
        "                                   of the last segment may differ, and more segments may follow it\n"
        "  --resume                         the same if DIR has an undamaged checkpoint of this problem, else runs\n"
        "                                   from the start: the one command of a batch job, however often it runs\n"
        "  --time-limit SECONDS             stops in time, with a checkpoint; so does SIGUSR1, also to mpirun, and\n"
        "                                   SIGTERM or SIGINT (Ctrl-C) to revitra-fem itself\n";
    text += "  --print-parameters               prints all parameters with their meaning, itself a deck\n"
            "  --quiet                          prints nothing but problems\n"
            "  --help, --version\n\n" +
            program_grammar() +
            "\nExamples:\n"
            "  " +
            tool.invocation +
            " deck.prm --output baseline\n"
            "  " +
            tool.invocation +
            " deck.prm --set 'Material/Temperature=0.95' --set 'EED/Threshold=balance'\n"
            "  " +
            tool.invocation +
            " deck.prm --output creep \\\n"
            "      --set 'Loading/Program=rate 1e-2 until stress 12.5; stress 12.5 until strain 0.4'\n"
            "\nResults in DIR: history.csv, summary.json and parameters.prm, the deck as understood" +
            (tool.takes_restart
               ? ";\nfields.pvd for ParaView, rejuvenation.csv, and checkpoint/, which --restart goes on from.\n"
               : ".\n") +
            "Those of the run before it move to DIR/previous.\n"
            "\nExit status: 0 done, or stopped on request; 2 bad input (every problem is named, and\n"
            "nothing written); 3 the numerics gave up; 4 results could not be written; 1 a fault of the\n"
            "program itself, please report it.\n";
    return text;
  }
} // namespace revitra

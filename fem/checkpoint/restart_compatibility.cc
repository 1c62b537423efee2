#include "fem/checkpoint/restart_compatibility.h"

#include <algorithm>
#include <set>

namespace revitra
{
  namespace
  {
    const std::set<std::string> sections_that_may_change = {"Output", "Time stepping", "Checkpoint", "Adaptivity"};
    const std::set<std::string> parameters_that_must_not = {"Output/Units"}; // or rows of one history were in two

    /// Whether `now` begins as `before` does; the last segment of `before` may end elsewhere, unless the temperature
    /// changes over it.
    bool goes_on(const LoadingProgram &before, const LoadingProgram &now)
    {
      const std::size_t n = before.segments.size();
      if (now.segments.size() < n)
        return false;
      for (std::size_t i = 0; i + 1 < n; ++i)
        if (before.segments[i].text != now.segments[i].text)
          return false;
      const Segment &last = before.segments[n - 1], &same = now.segments[n - 1];
      return last.text == same.text || (last.control == same.control && last.value == same.value &&
                                        !last.temperature_end && !same.temperature_end);
    }

    /// Whether `parameter` is a file in both decks: what is in it counts, see changed_files(), not where it is.
    bool is_named_in_both(const Deck &before, const Deck &now, const std::string &parameter)
    {
      const bool is_file = parameter == "Specimen/Mesh file" || parameter == "Grid field/File";
      return is_file && !parameter_text(before, parameter).empty() && !parameter_text(now, parameter).empty();
    }
  } // namespace

  std::vector<std::string> differences(const Deck &before, const Deck &now)
  {
    std::vector<std::string> problems;
    for (const std::string &parameter : differing_parameters(before, now))
      {
        if (is_named_in_both(before, now, parameter))
          continue;
        const std::string section = parameter.substr(0, parameter.find('/'));
        if ((sections_that_may_change.count(section) > 0 && parameters_that_must_not.count(parameter) == 0) ||
            (parameter == "Loading/Program" && goes_on(before.program, now.program)))
          continue;
        const std::string was = parameter_text(before, parameter);
        problems.push_back(problem_line(
          now,
          parameter,
          "the checkpoint is of a run with '" + was + "'; allowed with --restart is that" +
            (parameter == "Loading/Program" ? ", with more segments after it or another end of the last" : "") +
            "; for another problem take another --output"));
      }
    return problems;
  }

  FileChecksums input_files(const Deck &deck)
  {
    FileChecksums files;
    if (!deck.specimen.mesh_file.empty())
      files["Specimen/Mesh file"] = seal_of(deck.specimen.mesh_file);
    if (!deck.grid_field.file.empty())
      files["Grid field/File"] = seal_of(deck.grid_field.file);
    return files;
  }

  std::vector<std::string> changed_files(const Deck &deck, const FileChecksums &before)
  {
    std::vector<std::string> problems;
    for (const auto &[parameter, seal] : input_files(deck))
      if (const auto was = before.find(parameter); was == before.end() || !(was->second == seal))
        problems.push_back(problem_line(
          deck,
          parameter,
          std::string(seal.size == 0 ? "the file cannot be read" : "the file has changed since the run began") +
            "; put back the one it began with, and go on with --restart"));
    return problems;
  }
} // namespace revitra

#pragma once

#include <string>
#include <vector>

namespace revitra
{
  /// A value as the user gave it.
  struct Assignment
  {
    std::string origin;  ///< the file, or --set
    std::string section; ///< empty if it stands outside of any; "A/B" if sections are nested
    std::string name;
    std::string value; ///< as it stands there, without quotes around all of it

    std::string path() const { return section.empty() ? name : section + "/" + name; }
  };

  /// All that a file or a command line assigns, in order, whether or not there are such parameters.
  struct DeckSource
  {
    std::vector<Assignment>  assignments;
    std::vector<std::string> sections; ///< those that were opened, each once
    std::vector<std::string> problems; ///< what is not understood, one line a problem
  };

  /// The assignments in `file`, in deal.II's .prm format or, if it ends in .json or starts with '{', JSON: an object of
  /// sections, each an object of names with values (a string, number, list of them, or deal.II's {"value": ...}).
  /// Values may stand in double quotes, see deck_text.h.
  DeckSource read_source(const std::string &file);

  /// "Section/Parameter=value", which stands in `origin`, taken apart. Without '/' all of the name is Assignment::name.
  Assignment read_assignment(const std::string &text, const std::string &origin);

  /// The assignments of "Section/Parameter=value" each, which stand in `origin`.
  DeckSource read_settings(const std::vector<std::string> &settings, const std::string &origin);

  /// The text of a .prm deck; `origin` is its name.
  DeckSource scan_prm(const std::string &text, const std::string &origin);

  /// The text of a JSON deck; `origin` is its name.
  DeckSource scan_json(const std::string &text, const std::string &origin);
} // namespace revitra

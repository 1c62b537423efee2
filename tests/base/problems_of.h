#pragma once

#include "material/base/errors.h"

#include <algorithm>
#include <string>
#include <vector>

namespace revitra
{
  /// The problems that `action` reports by a DeckError; none if it does not.
  template <typename Action>
  std::vector<std::string> problems_of(const Action &action)
  {
    try
      {
        action();
      }
    catch (const DeckError &error)
      {
        return error.problems();
      }
    return {};
  }

  /// Whether one of `problems` contains all of `parts`.
  inline bool mentions(const std::vector<std::string> &problems, const std::vector<std::string> &parts)
  {
    return std::any_of(problems.begin(), problems.end(), [&parts](const std::string &problem) {
      return std::all_of(parts.begin(), parts.end(), [&problem](const std::string &part) {
        return problem.find(part) != std::string::npos;
      });
    });
  }
} // namespace revitra

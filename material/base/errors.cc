#include "material/base/errors.h"

#include "material/base/text.h"

#include <cerrno>
#include <cstring>

namespace revitra
{
  namespace
  {
    std::vector<std::string> all_printable(std::vector<std::string> lines)
    {
      for (std::string &line : lines)
        line = printable(line);
      return lines;
    }
  } // namespace

  DeckError::DeckError(const std::vector<std::string> &problems)
    : std::runtime_error(join(all_printable(problems), "\n"))
    , lines(all_printable(problems))
  {}

  void throw_if_any(const std::vector<std::string> &problems)
  {
    if (!problems.empty())
      throw DeckError(problems);
  }

  WriteError not_written(const std::string &file, const std::string &what)
  {
    return WriteError(file + ": " + what + " could not be written: " + std::strerror(errno));
  }
} // namespace revitra

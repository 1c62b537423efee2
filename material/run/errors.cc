#include "material/run/errors.h"

#include "material/run/text.h"

#include <cerrno>
#include <cstring>
#include <utility>

namespace revitra
{
  DeckError::DeckError(std::vector<std::string> problems)
    : std::runtime_error(join(problems, "\n"))
    , lines(std::move(problems))
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

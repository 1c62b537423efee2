#include "material/run/errors.h"

#include "material/run/text.h"

#include <utility>

namespace revitra
{
  DeckError::DeckError(std::vector<std::string> problems)
    : std::runtime_error(join(problems, "\n"))
    , lines(std::move(problems))
  {}
} // namespace revitra

#include "material/input/expression.h"

#include "tests/fuzz/reader.h"

using namespace revitra;

/// Expressions of decks, such as initial values.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, const std::size_t size)
{
  const std::string text(reinterpret_cast<const char *>(data), size);
  if (!expression_problem(text, 3).empty())
    return 0;
  const Expression expression(text);
  expression({0.1, 0.2, 0.3, -0.4, 0.5});
  if (is_uniform(text))
    uniform_value(text);
  return 0;
}

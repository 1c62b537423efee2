#include "material/input/deck_entries.h"
#include "tests/fuzz/reader.h"

#include <deal.II/base/patterns.h>

using namespace revitra;

/// A value of a deck, of the parameter that the first byte chooses: many more inputs in the same time than by deck.cc.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, const std::size_t size)
{
  if (size == 0)
    return 0;
  const DeckEntry  &entry = deck_entries()[data[0] % deck_entries().size()];
  const std::string value(reinterpret_cast<const char *>(data + 1), size - 1);
  Deck              deck, again;
  if (!entry.pattern->match(value) || !fuzz::reads([&] { entry.assign(deck, value); }))
    return 0;
  const std::string text = entry.text(deck);
  if (!entry.pattern->match(text) || !fuzz::reads([&] { entry.assign(again, text); }) || entry.text(again) != text)
    fuzz::fault(entry.path() + " cannot be read as it is written: " + text);
  return 0;
}

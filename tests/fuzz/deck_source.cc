#include "material/input/deck_source.h"

#include "tests/fuzz/reader.h"

using namespace revitra;

/// The text of decks, .prm or JSON, whatever the names in it: a hundred times as many inputs in the same time as
/// deck.cc.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, const std::size_t size)
{
  const std::string text(reinterpret_cast<const char *>(data), size);
  for (const auto &scan : {scan_prm, scan_json})
    if (const DeckSource source = scan(text, "deck"); !source.problems.empty())
      fuzz::check_problems(source.problems);
  return 0;
}

#include "material/input/deck.h"

#include "tests/fuzz/reader.h"

using namespace revitra;

/// Decks, .prm or JSON. What is read is written, too, and must be the same when it is read again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, const std::size_t size)
{
  static const fuzz::MemoryFile file, written;
  Deck                          deck;
  if (!fuzz::reads([&] { deck = read_deck(file.with(data, size)); }))
    return 0;
  write_parameters(deck, written.name());
  try
    {
      const std::vector<std::string> differing = differing_parameters(deck, read_deck(written.name()));
      if (!differing.empty())
        fuzz::fault(differing.front() + " is another when it is written and read");
    }
  catch (const DeckError &error)
    {
      fuzz::fault(std::string("what is written cannot be read: ") + error.what());
    }
  return 0;
}

#pragma once

#include "material/base/text.h"
#include "material/input/deck.h"

#include <deal.II/base/patterns.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace revitra
{
  /// One parameter of the deck: the declaration from which the reader, the writer, --print-parameters and the reference
  /// are made. Its default is what a default-constructed Deck has.
  struct DeckEntry
  {
    std::string section;
    std::string name;
    std::string unit; ///< "1" if dimensionless, empty if there is nothing to measure
    std::string meaning;
    std::string allowed; ///< what may stand there, as an error message says it

    std::shared_ptr<const dealii::Patterns::PatternBase> pattern; ///< accepts more than is allowed, at most

    /// The value in `deck`, as a deck gives it.
    std::function<std::string(const Deck &deck)> text;

    /// What a value means as it stands in a deck: blanks count in names only.
    std::function<std::string(const std::string &text)> tidy = squeeze;

    /// Sets the value in `deck` to what `text` says, which matches the pattern. Throws DeckError saying what is
    /// allowed.
    std::function<void(Deck &deck, const std::string &text)> assign;

    std::string path() const { return section + "/" + name; }
  };

  /// The regions in a text "NAME: PARAMETER = VALUE, ...; NAME: ..." with their names and texts only. Throws DeckError.
  std::vector<Deck::Region> parse_regions(const std::string &text);

  /// The values in a text "SIDE: VALUE; ..." that are allowed; adds to `problems` what is wrong with the others.
  std::map<std::string, double> parse_boundary_values(const std::string &text, std::vector<std::string> &problems);

  /// All parameters in the order of the reference, section by section.
  const std::vector<DeckEntry> &deck_entries();
} // namespace revitra

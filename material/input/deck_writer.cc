#include "material/base/version.h"
#include "material/input/deck.h"
#include "material/input/deck_entries.h"
#include "material/input/deck_text.h"

#include <deal.II/base/parameter_handler.h>

#include <cerrno>
#include <fstream>
#include <sstream>

namespace revitra
{
  namespace
  {
    std::string documentation(const DeckEntry &entry)
    {
      const std::string unit = entry.unit.empty() ? "" : entry.unit == "1" ? "; dimensionless" : "; in " + entry.unit;
      return entry.meaning + unit + "; allowed: " + entry.allowed;
    }

    /// The values of `deck`, with the defaults and meanings as comments, as deal.II writes them.
    void print(const Deck &deck, std::ostream &out)
    {
      const Deck               defaults;
      dealii::ParameterHandler handler;
      for (const DeckEntry &entry : deck_entries())
        {
          handler.enter_subsection(entry.section);
          handler.declare_entry(entry.name, entry.text(defaults), *entry.pattern, documentation(entry));
          handler.set(entry.name, quoted_if_needed(entry.text(deck)));
          handler.leave_subsection();
        }
      std::ostringstream text; // deal.II would throw an error of its own at a stream that fails
      handler.print_parameters(text, dealii::ParameterHandler::PRM | dealii::ParameterHandler::KeepDeclarationOrder);
      out << text.str();
    }

    /// `text` as it must stand in a cell of a table.
    std::string cell(const std::string &text)
    {
      std::string safe;
      for (const char letter : text)
        safe += (letter == '|' ? "\\|" : std::string(1, letter));
      return safe;
    }
  } // namespace

  void write_parameters(const Deck &deck, std::ostream &out)
  {
    out << "# The deck as revitra " << version << " understood it; running it again gives the same results.\n";
    print(deck, out);
  }

  void write_parameters(const Deck &deck, const std::string &file)
  {
    errno = 0;
    std::ofstream out(file);
    write_parameters(deck, out);
    out.close();
    if (!out)
      throw not_written(file, "the deck");
  }

  void print_parameters(std::ostream &out)
  {
    out << "# All parameters of revitra " << version << " with their defaults: a deck. An empty deck means the same.\n";
    print(Deck(), out);
  }

  void write_manual_parameters(std::ostream &out)
  {
    std::string section;
    for (const DeckEntry &entry : deck_entries())
      {
        if (entry.section != section)
          {
            section = entry.section;
            out << "\n### " << section << "\n\n"
                << "| Parameter | Default | Unit | Meaning | Allowed |\n|---|---|---|---|---|\n";
          }
        const std::string text = entry.text(Deck());
        out << "| " << entry.name << " | " << (text.empty() ? "" : "`" + cell(text) + "`") << " | " << cell(entry.unit)
            << " | " << cell(entry.meaning) << " | " << cell(entry.allowed) << " |\n";
      }
  }
} // namespace revitra

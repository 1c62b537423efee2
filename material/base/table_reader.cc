#include "material/base/table_reader.h"

#include "material/base/csv.h"
#include "material/base/errors.h"
#include "material/base/text.h"
#include "material/base/text_file.h"

#include <algorithm>
#include <utility>

namespace revitra
{
  namespace
  {
    /// Takes empty cells off the end of `cells`, as long as there are more than `least`.
    void drop_empty_end(std::vector<std::string> &cells, const std::size_t least)
    {
      while (cells.size() > least && cells.back().empty())
        cells.pop_back();
    }
  } // namespace

  bool TableLine::is_empty() const
  {
    return std::all_of(cells.begin(), cells.end(), [](const std::string &cell) { return cell.empty(); });
  }

  TableReader::TableReader(const std::string &file, const std::string &what)
    : stream(read_text_file(file, what))
  {
    while (next(names) && names.is_empty()) // as a spreadsheet may have it above its table
      names.cells.clear();
    if (names.cells.empty())
      return;
    drop_empty_end(names.cells, 1);
    if (!names.closed)
      throw DeckError({file + ": line " + std::to_string(names.number) + ": a double quote is not closed"});
    for (std::string &name : names.cells)
      name = squeeze(name);
    refuse_other_separators(file);
  }

  bool TableReader::next(TableLine &line)
  {
    for (std::string text; std::getline(stream, text);)
      {
        number += 1;
        const auto first = text.find_first_not_of(" \t");
        if (first == std::string::npos || text[first] == '#')
          continue;
        line.number = number;
        auto cells  = csv_cells(text);
        if (!names.cells.empty()) // else these are the names, maybe
          drop_empty_end(cells, names.cells.size());
        line.cells  = std::move(cells);
        line.closed = std::count(text.begin(), text.end(), '"') % 2 == 0;
        return true;
      }
    return false;
  }

  void TableReader::refuse_other_separators(const std::string &file) const
  {
    if (names.cells.size() > 1 || names.cells[0].find(';') == std::string::npos)
      return;
    throw DeckError({file + ": line " + std::to_string(names.number) + " '" + names.cells[0] +
                     "': semicolons stand between its cells, as a spreadsheet writes them where the decimal sign is a "
                     "comma; allowed are commas between cells and points in numbers: save it again with English (US) "
                     "as the language of the numbers and ',' as the separator"});
  }
} // namespace revitra

#include "material/base/csv.h"

#include "material/base/text.h"

namespace revitra
{
  std::vector<std::string> csv_cells(const std::string &line)
  {
    std::vector<std::string> cells(1);
    bool                     in_quotes = false;
    for (std::size_t i = 0; i < line.size(); ++i)
      if (line[i] == '"' && in_quotes && i + 1 < line.size() && line[i + 1] == '"')
        cells.back() += line[i++];
      else if (line[i] == '"')
        in_quotes = !in_quotes;
      else if (line[i] == ',' && !in_quotes)
        cells.emplace_back();
      else
        cells.back() += line[i];
    for (std::string &cell : cells)
      cell = trim(cell);
    return cells;
  }

  std::string csv_cell(const std::string &text)
  {
    std::string plain;
    for (const char letter : text) // a quote within quotes would end them for some readers, a new line for all
      plain += letter == '"' ? '\'' : letter == '\n' ? ' ' : letter;
    return plain.find(',') == std::string::npos ? plain : '"' + plain + '"';
  }

  std::string csv_line(const std::vector<std::string> &texts)
  {
    std::vector<std::string> cells;
    cells.reserve(texts.size());
    for (const std::string &text : texts)
      cells.push_back(csv_cell(text));
    return join(cells, ",");
  }
} // namespace revitra

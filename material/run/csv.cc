#include "material/run/csv.h"

#include "material/run/text.h"

#include <boost/tokenizer.hpp>

namespace revitra
{
  std::vector<std::string> csv_cells(const std::string &line)
  {
    using Separator = boost::escaped_list_separator<char>;
    std::vector<std::string> cells;
    for (const std::string &cell : boost::tokenizer<Separator>(line, Separator("", ",", "\"")))
      cells.push_back(squeeze(cell));
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

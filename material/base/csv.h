#pragma once

#include <string>
#include <vector>

namespace revitra
{
  /// The cells of a line of comma-separated values, each without white
  /// space at its ends. A cell with a comma in it stands in double quotes,
  /// where a double quote is doubled.
  std::vector<std::string> csv_cells(const std::string &line);

  /// `text` as a cell: in double quotes where it needs them.
  std::string csv_cell(const std::string &text);

  /// A line, without its end, of the cells with `texts`.
  std::string csv_line(const std::vector<std::string> &texts);
} // namespace revitra

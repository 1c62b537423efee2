#pragma once

#include <string>
#include <vector>

namespace revitra
{
  /// Cells of a line of comma-separated values, without white space at their ends. A cell that contains a comma stands
  /// in double quotes, within which a double quote is doubled.
  std::vector<std::string> csv_cells(const std::string &line);

  /// Cell with the contents `text`, in double quotes if necessary.
  std::string csv_cell(const std::string &text);

  /// Line, without its end, of cells with `texts`.
  std::string csv_line(const std::vector<std::string> &texts);
} // namespace revitra

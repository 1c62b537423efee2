#pragma once

#include <cstddef>
#include <sstream>
#include <string>
#include <vector>

namespace revitra
{
  /// Line of a table.
  struct TableLine
  {
    std::size_t              number = 0; ///< in the file, from 1
    std::vector<std::string> cells;
    bool                     closed = true; ///< false if a double quote is not closed: then the cells mean nothing

    /// Returns true if all cells are empty, as in a line of commas only.
    bool is_empty() const;
  };

  /// Reader of a table of comma-separated values supplied by the user, written by hand, by a program or by a
  /// spreadsheet: with any line ends, with or without a byte order mark, cells in double quotes or not (a quote within
  /// is doubled). The first line names the columns; blank lines and those that start with '#' are skipped.
  /// Empty cells behind the last column (commas at the end of a line) are ignored, and the last line may lack its end.
  class TableReader
  {
  public:
    /// Reads the first line. `what` names the table in messages, as for read_text_file(). Throws DeckError if the file
    /// cannot be read or is not text, or if its cells are separated by anything but commas.
    TableReader(const std::string &file, const std::string &what);

    /// Names of the columns; none in a table without a line.
    const TableLine &columns() const { return names; }

    /// Reads the next line into `line`; returns false if there is none.
    bool next(TableLine &line);

  private:
    void refuse_other_separators(const std::string &file) const;

    std::istringstream stream;
    std::size_t        number = 0; ///< lines read
    TableLine          names;
  };
} // namespace revitra

#pragma once

#include "material/input/deck.h"

#include <cstddef>
#include <string>
#include <vector>

namespace revitra
{
  /// The runs of a sweep, as a file of comma-separated values lists them: a column a parameter, a row a run.
  struct SweepTable
  {
    struct Row
    {
      std::size_t              number; ///< from 1
      std::size_t              line;   ///< of the file
      std::vector<std::string> cells;  ///< one for each column; empty where the deck's own value is to be taken
    };

    std::string              file;
    std::vector<std::string> columns; ///< "Section/Parameter", or `name`, which is for the reader
    std::vector<Row>         rows;

    /// Where `row` stands, for messages: "FILE: line N".
    std::string place(const Row &row) const;

    /// What `row` sets over the deck.
    SettingsLayer settings(const Row &row) const;
  };

  /// Reads the table in `file`; blank lines and those that start with '#' are skipped. Throws DeckError with every
  /// problem of its form at once: columns that are no parameters, rows of another length. Values are not looked at.
  SweepTable read_sweep_table(const std::string &file);
} // namespace revitra

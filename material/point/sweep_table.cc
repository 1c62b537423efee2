#include "material/point/sweep_table.h"

#include "material/base/table_reader.h"

#include <algorithm>

namespace revitra
{
  namespace
  {
    /// What is wrong with the column `name`; empty if nothing is.
    std::string column_problem(const std::vector<std::string> &columns, const std::string &name)
    {
      if (std::count(columns.begin(), columns.end(), name) > 1)
        return "the column is there twice; drop one of them";
      if (name == "name")
        return "";
      if (name.compare(0, 7, "Output/") == 0)
        return "it is the same for all runs of a sweep; set it in the deck or with --set";
      const std::string unknown = why_unknown(name);
      return unknown.empty() ? "" : unknown + " A column is named Section/Parameter, or name for a label";
    }

    /// What is wrong with the cells of `line`; empty if nothing is.
    std::string line_problem(const SweepTable &table, const TableLine &line)
    {
      if (!line.closed)
        return "a double quote is not closed";
      if (line.cells.size() != table.columns.size())
        return std::to_string(line.cells.size()) + " cells for " + std::to_string(table.columns.size()) +
               " columns; a cell with a comma in it must stand in double quotes";
      return "";
    }
  } // namespace

  std::string SweepTable::place(const Row &row) const
  {
    return file + ": line " + std::to_string(row.line);
  }

  SettingsLayer SweepTable::settings(const Row &row) const
  {
    SettingsLayer layer;
    layer.origin = place(row);
    for (std::size_t i = 0; i < columns.size(); ++i)
      if (columns[i] != "name" && !row.cells[i].empty())
        layer.settings.push_back(columns[i] + "=" + row.cells[i]);
    return layer;
  }

  SweepTable read_sweep_table(const std::string &file)
  {
    TableReader              reader(file, "the table");
    std::vector<std::string> problems;
    SweepTable               table;
    table.file    = file;
    table.columns = reader.columns().cells;
    for (const std::string &name : table.columns)
      if (const std::string what = column_problem(table.columns, name); !what.empty())
        problems.push_back(file + ": column '" + name + "': " + what);
    for (TableLine line; reader.next(line);)
      if (const std::string what = line_problem(table, line); what.empty())
        table.rows.push_back({table.rows.size() + 1, line.number, line.cells});
      else
        problems.push_back(file + ": line " + std::to_string(line.number) + ": " + what);
    if (table.rows.empty() && problems.empty())
      problems.push_back(file + ": there is no run in it; allowed is a line that names the columns, "
                                "Section/Parameter each, and a line for each run");
    if (!problems.empty())
      throw DeckError(problems);
    return table;
  }
} // namespace revitra

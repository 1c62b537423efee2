#include "material/point/sweep_table.h"

#include "material/run/csv.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

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

    /// Reads a table line by line.
    class TableReader
    {
    public:
      explicit TableReader(const std::string &file) { table.file = file; }

      SweepTable read()
      {
        errno = 0;
        std::ifstream stream(table.file);
        if (!stream)
          throw DeckError({table.file + ": the table cannot be read: " + std::strerror(errno)});
        std::size_t number = 0;
        for (std::string line; std::getline(stream, line);)
          take(line, ++number);
        if (table.rows.empty() && problems.empty())
          problems.push_back(table.file + ": there is no run in it; allowed is a line that names the columns, "
                                          "Section/Parameter each, and a line for each run");
        if (!problems.empty())
          throw DeckError(problems);
        return std::move(table);
      }

    private:
      void take(const std::string &line, const std::size_t number)
      {
        const auto first = line.find_first_not_of(" \t\r");
        if (first == std::string::npos || line[first] == '#')
          return;
        const auto cells = csv_cells(line);
        if (std::count(line.begin(), line.end(), '"') % 2 != 0)
          problem(number, "a double quote is not closed");
        else if (table.columns.empty())
          take_columns(cells);
        else if (cells.size() != table.columns.size())
          problem(number,
                  std::to_string(cells.size()) + " cells for " + std::to_string(table.columns.size()) +
                    " columns; a cell with a comma in it must stand in double quotes");
        else
          table.rows.push_back({table.rows.size() + 1, number, cells});
      }

      void take_columns(const std::vector<std::string> &names)
      {
        table.columns = names;
        for (const std::string &name : names)
          {
            const std::string what = column_problem(names, name);
            if (!what.empty())
              problems.push_back(table.file + ": column '" + name + "': " + what);
          }
      }

      void problem(const std::size_t line, const std::string &what)
      {
        problems.push_back(table.file + ": line " + std::to_string(line) + ": " + what);
      }

      SweepTable               table;
      std::vector<std::string> problems;
    };
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
    return TableReader(file).read();
  }
} // namespace revitra

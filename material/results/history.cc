#include "material/results/history.h"

#include "material/base/csv.h"
#include "material/base/errors.h"
#include "material/base/table_reader.h"
#include "material/base/text.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <utility>

namespace revitra
{
  namespace
  {
    WriteError write_error(const std::string &file, const std::string &reason)
    {
      return WriteError(file + ": the history could not be written: " + reason);
    }

    std::string rows_text(const std::size_t number)
    {
      return std::to_string(number) + (number == 1 ? " row" : " rows");
    }

    HistoryMismatch too_few_rows(const std::string &file, const std::size_t rows, const std::size_t expected)
    {
      return {file,
              "it has " + rows_text(rows) + ", and the checkpoint counts on " + std::to_string(expected) +
                ": the last " + std::to_string(expected - rows) + " of them are missing",
              rows};
    }

    /// What there is of the rows that a checkpoint counts on.
    struct FoundRows
    {
      bool        as_written = true; ///< line by line; if not, another program has saved the file, or cut it short
      std::size_t number     = 0;
      std::size_t size       = 0; ///< of header and rows, in bytes
      std::string last;           ///< line of the last row
    };

    /// Goes once through the first `rows` rows of `file`, or as far as they are as written.
    FoundRows find_rows(const std::string &file, const std::string &header, const std::size_t rows)
    {
      errno = 0;
      std::ifstream stream(file, std::ios::binary);
      if (!stream && errno == ENOENT)
        throw HistoryMismatch(file, "there is no such file, and the checkpoint counts on its " + rows_text(rows), 0);
      if (!stream)
        throw WriteError(file + ": the history cannot be read: " + std::strerror(errno));
      const auto commas = std::count(header.begin(), header.end(), ',');
      FoundRows  found;
      found.as_written = false; // until the header is there
      for (std::string line; found.number < rows + 1 && std::getline(stream, line); ++found.number)
        {
          found.as_written = !stream.eof() && std::count(line.begin(), line.end(), ',') == commas &&
                             line.find_first_of("\"\r#") == std::string::npos && (found.number > 0 || line == header);
          if (!found.as_written)
            break;
          found.size += line.size() + 1;
          std::swap(found.last, line);
        }
      found.number -= found.number > 0 ? 1 : 0; // the header is no row
      return found;
    }

    /// Throws HistoryMismatch unless the row number `rows.number` has the time that it was counted with, in the unit of
    /// the file; `cell` is what stands there.
    void require_time(const std::string &file, const std::string &cell, const std::size_t row, const double time)
    {
      constexpr double digits_of_a_spreadsheet = 1e-6;
      const auto       found                   = read_number(cell);
      if (row > 0 && !(found && std::abs(*found - time) <= digits_of_a_spreadsheet * std::abs(time)))
        throw HistoryMismatch(file,
                              "its row " + std::to_string(row) + " has the time '" + cell +
                                "', and the checkpoint has " + brief(time) + ": it is of another run",
                              0);
    }

    /// The lines, as they were written, of rows in a file that another program has saved.
    struct SavedRows
    {
      std::string text;
      std::string time; ///< of the last one
    };

    /// Whether there is a further line with something in it, which goes to `line`.
    bool next_row(TableReader &reader, TableLine &line)
    {
      while (reader.next(line))
        if (!line.is_empty())
          return true;
      return false;
    }

    SavedRows read_saved_rows(const std::string &file, const std::string &header, const std::size_t rows)
    {
      TableReader reader(file, "the history");
      const auto &names = reader.columns().cells;
      if (names.empty())
        throw too_few_rows(file, 0, rows);
      if (csv_line(names) != header)
        throw HistoryMismatch(file, "its columns are others: " + csv_line(names), 0);
      SavedRows saved{header + '\n', ""};
      TableLine line;
      for (std::size_t i = 0; i < rows; ++i)
        {
          if (!next_row(reader, line))
            throw too_few_rows(file, i, rows);
          if (line.cells.size() != names.size())
            throw HistoryMismatch(file,
                                  "line " + std::to_string(line.number) + " has " + std::to_string(line.cells.size()) +
                                    " cells for " + std::to_string(names.size()) + " columns, so that " + rows_text(i) +
                                    " can be read, and the checkpoint counts on " + std::to_string(rows),
                                  i);
          saved.text += csv_line(line.cells) + '\n';
          saved.time = line.cells[0];
        }
      return saved;
    }

    SavedRows saved_rows(const std::string &file, const std::string &header, const std::size_t rows)
    {
      try
        {
          return read_saved_rows(file, header, rows);
        }
      catch (const DeckError &error)
        {
          throw WriteError(error.what());
        }
    }

    /// Puts `text` in the place of `file`.
    void replace(const std::string &file, const std::string &text)
    {
      const std::string next = file + ".next";
      errno                  = 0;
      std::ofstream out(next, std::ios::binary);
      out << text;
      out.close();
      if (!out)
        throw not_written(next, "the history");
      std::error_code error;
      std::filesystem::rename(next, file, error);
      if (error)
        throw write_error(file, error.message());
    }

    /// Leaves the first `size` bytes of `file`.
    void shorten(const std::string &file, const std::size_t size)
    {
      std::error_code error;
      std::filesystem::resize_file(file, size, error);
      if (error)
        throw write_error(file, error.message());
    }
  } // namespace

  const std::vector<CommonColumn> &common_columns()
  {
    using Row                                      = HistoryRow;
    static const std::vector<CommonColumn> columns = {
      {"time", "t", Quantity::time, &Row::time},
      {"strain", "eps", Quantity::strain, &Row::strain},
      {"stress", "sigma", Quantity::stress, &Row::stress},
      {"plastic_strain", "eps_pl", Quantity::strain, &Row::plastic_strain},
      {"temperature", "T", Quantity::temperature, &Row::temperature},
      {"free_volume", "xi", Quantity::number, &Row::free_volume},
      {"st_sum", "Lambda", Quantity::number, &Row::st_sum},
      {"st_bias", "Delta", Quantity::number, &Row::st_bias},
      {"sigma_c", "sigma_c", Quantity::stress, &Row::sigma_c},
      {"eed", "EED", Quantity::energy_density, &Row::eed},
      {"eed_star", "EED*", Quantity::strain, &Row::eed_star},
      {"rejuvenation", "RD", Quantity::number, &Row::rejuvenation},
      {"work", "int sigma deps", Quantity::energy_density, &Row::work},
      {"elastic_energy", "sigma^2/2mu", Quantity::energy_density, &Row::elastic_energy},
      {"dissipation", "int sigma deps_pl", Quantity::energy_density, &Row::dissipation},
      {"free_volume_work", "D_ia int |sigma deps_pl|", Quantity::energy_density, &Row::free_volume_work},
      {"heat", "dissipation - free_volume_work", Quantity::energy_density, &Row::heat},
    };
    return columns;
  }

  HistoryMismatch::HistoryMismatch(const std::string &file, const std::string &reason, const std::size_t rows)
    : WriteError(file + ": the run cannot go on with this history: " + reason)
    , rows(rows)
  {}

  HistoryWriter::HistoryWriter(std::string file, std::vector<HistoryColumn> more, const UnitScales &scales)
    : file(std::move(file))
    , more(std::move(more))
    , scales(scales)
  {}

  HistoryWriter HistoryWriter::create(const std::string         &file,
                                      std::vector<HistoryColumn> more,
                                      const UnitScales          &scales)
  {
    HistoryWriter writer(file, std::move(more), scales);
    errno = 0;
    writer.stream.open(file, std::ios::binary | std::ios::trunc);
    writer.write_line(writer.header());
    return writer;
  }

  HistoryWriter HistoryWriter::resume(const std::string         &file,
                                      std::vector<HistoryColumn> more,
                                      const UnitScales          &scales,
                                      const CountedRows         &counted)
  {
    HistoryWriter     writer(file, std::move(more), scales);
    const std::string header = writer.header();
    const double      time   = counted.time * scales.time;
    const FoundRows   found  = find_rows(file, header, counted.number);
    if (!found.as_written)
      {
        const SavedRows saved = saved_rows(file, header, counted.number);
        require_time(file, saved.time, counted.number, time);
        replace(file, saved.text);
      }
    else if (found.number < counted.number)
      throw too_few_rows(file, found.number, counted.number);
    else
      {
        require_time(file, found.last.substr(0, found.last.find(',')), counted.number, time);
        shorten(file, found.size);
      }
    errno = 0;
    writer.stream.open(file, std::ios::binary | std::ios::app);
    if (!writer.stream)
      throw not_written(file, "the history");
    writer.n_rows = counted.number;
    return writer;
  }

  void HistoryWriter::append(const HistoryRow &row)
  {
    if (row.more.size() != more.size())
      throw std::invalid_argument("a row of history.csv has " + std::to_string(row.more.size()) +
                                  " values of the tool's own, and there are " + std::to_string(more.size()) +
                                  " columns");
    std::vector<std::string> cells;
    for (const CommonColumn &column : common_columns())
      cells.push_back(shortest(row.*column.member * scales.factor(column.quantity)));
    for (std::size_t i = 0; i < more.size(); ++i)
      cells.push_back(shortest(row.more[i] * scales.factor(more[i].quantity)));
    write_line(join(cells, ","));
    n_rows += 1;
  }

  std::string HistoryWriter::header() const
  {
    std::vector<std::string> names;
    for (const CommonColumn &column : common_columns())
      names.push_back(column.name);
    for (const HistoryColumn &column : more)
      names.push_back(column.name);
    return join(names, ",");
  }

  void HistoryWriter::write_line(const std::string &line)
  {
    stream << line << '\n' << std::flush;
    if (!stream)
      throw not_written(file, "the history");
  }

  std::vector<double> read_times(const std::string &file, const UnitScales &scales)
  {
    TableReader reader(file, "the times");
    const auto &names  = reader.columns().cells;
    const auto  column = static_cast<std::size_t>(std::find(names.begin(), names.end(), "time") - names.begin());
    if (!names.empty() && column == names.size())
      throw DeckError({file + ": there is no column 'time'; its first line must name the columns"});
    std::vector<double> times;
    for (TableLine line; next_row(reader, line);)
      {
        const std::string cell  = column < line.cells.size() ? line.cells[column] : "";
        const auto        value = line.closed ? read_number(cell) : std::nullopt;
        // Steps may be shorter than the rounding of time, so times may be equal.
        if (!value || *value / scales.time < (times.empty() ? 0. : times.back()))
          throw DeckError({file + ": line " + std::to_string(line.number) + ", time = " + cell +
                           ": allowed is a number not less than " +
                           (times.empty() ? "0, when the run starts" : "the one before")});
        times.push_back(*value / scales.time);
      }
    if (times.empty())
      throw DeckError({file + ": there is no history to read in it"});
    return times;
  }
} // namespace revitra

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

    WriteError too_few_rows(const std::string &file, const std::size_t rows, const std::size_t expected)
    {
      return write_error(file,
                         "it has " + std::to_string(rows) + " rows, and the checkpoint counts on " +
                           std::to_string(expected) + ": put back the history of that run, or run without --restart");
    }

    /// Whether another program has saved the first `n_lines` lines of `file`: our `header` otherwise, blank lines, or
    /// comments. Lines that are missing are for size_of_lines().
    bool is_saved_by_another(const std::string &file, const std::string &header, const std::size_t n_lines)
    {
      std::ifstream stream(file, std::ios::binary);
      std::string   line;
      if (!std::getline(stream, line) || line.empty())
        return false;
      if (line != header)
        return true;
      for (std::size_t i = 1; i < n_lines && std::getline(stream, line); ++i)
        if (line.empty() || line[0] == '#' || line[0] == '\r')
          return true;
      return false;
    }

    /// The size in bytes of the first `n_lines` lines of `file`.
    std::size_t size_of_lines(const std::string &file, const std::size_t n_lines)
    {
      std::ifstream stream(file, std::ios::binary);
      std::size_t   size = 0;
      std::string   line;
      for (std::size_t i = 0; i < n_lines; ++i)
        {
          // A line without its end was cut short, and does not count.
          if (!std::getline(stream, line) || stream.eof())
            throw too_few_rows(file, i > 0 ? i - 1 : 0, n_lines - 1);
          size += line.size() + 1;
        }
      return size;
    }

    /// The first `n_rows` rows of a history that another program has saved, as the lines of ours.
    std::string text_of_rows(const std::string &file, const std::string &header, const std::size_t n_rows)
    {
      TableReader reader(file, "the history");
      if (csv_line(reader.columns().cells) != header)
        throw write_error(file, "it has other columns: " + csv_line(reader.columns().cells));
      std::string text = header + '\n';
      TableLine   line;
      for (std::size_t i = 0; i < n_rows; ++i)
        {
          if (!reader.next(line))
            throw too_few_rows(file, i, n_rows);
          if (line.cells.size() != reader.columns().cells.size())
            throw write_error(file, "line " + std::to_string(line.number) + " has another number of cells");
          text += csv_line(line.cells) + '\n';
        }
      return text;
    }

    /// Makes such a history ours again, so that rows may follow.
    void rewrite(const std::string &file, const std::string &header, const std::size_t n_rows)
    {
      std::string text;
      try
        {
          text = text_of_rows(file, header, n_rows);
        }
      catch (const DeckError &error)
        {
          throw WriteError(error.what());
        }
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

  void require_row_at(const std::string &file, const std::size_t row, const double time)
  {
    constexpr double digits_of_a_spreadsheet = 1e-6;
    TableReader      reader(file, "the history");
    TableLine        line;
    for (std::size_t i = 0; i < row; ++i)
      if (!reader.next(line))
        throw too_few_rows(file, i, row);
    const auto found = line.cells.empty() ? std::nullopt : read_number(line.cells[0]);
    if (row > 0 && !(found && std::abs(*found - time) <= digits_of_a_spreadsheet * std::abs(time)))
      throw write_error(file,
                        "its row " + std::to_string(row) + " has the time " +
                          (line.cells.empty() ? "" : line.cells[0]) + ", and the checkpoint " + brief(time) +
                          ": put back the history of that run, or run without --restart");
  }

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
                                      const std::size_t          rows)
  {
    HistoryWriter writer(file, std::move(more), scales);
    if (is_saved_by_another(file, writer.header(), rows + 1))
      rewrite(file, writer.header(), rows);
    const std::size_t size = size_of_lines(file, rows + 1);
    std::error_code   error;
    std::filesystem::resize_file(file, size, error);
    if (error)
      throw write_error(file, error.message());
    errno = 0;
    writer.stream.open(file, std::ios::binary | std::ios::app);
    if (!writer.stream)
      throw not_written(file, "the history");
    writer.n_rows = rows;
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
    for (TableLine line; reader.next(line);)
      {
        if (line.is_empty())
          continue;
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

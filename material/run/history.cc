#include "material/run/history.h"

#include "material/run/errors.h"
#include "material/run/text.h"

#include <algorithm>
#include <cerrno>
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

    /// The size in bytes of the first `n_lines` lines of `file`, which starts with `header`.
    std::size_t size_of_lines(const std::string &file, const std::string &header, const std::size_t n_lines)
    {
      std::ifstream stream(file, std::ios::binary);
      std::size_t   size = 0;
      std::string   line;
      for (std::size_t i = 0; i < n_lines; ++i)
        {
          // A line without its end was cut short, and does not count.
          if (!std::getline(stream, line) || stream.eof())
            throw write_error(file,
                              "it has " + std::to_string(i > 0 ? i - 1 : 0) + " rows, and the checkpoint counts on " +
                                std::to_string(n_lines - 1) +
                                ": put back the history of that run, or run without --restart");
          if (i == 0 && line != header)
            throw write_error(file, "it has other columns: " + line);
          size += line.size() + 1;
        }
      return size;
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
    HistoryWriter     writer(file, std::move(more), scales);
    const std::size_t size = size_of_lines(file, writer.header(), rows + 1);
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
    errno = 0;
    std::ifstream       stream(file);
    std::size_t         column     = 0;
    bool                has_header = false;
    std::vector<double> times;
    std::string         line;
    for (std::size_t number = 1; std::getline(stream, line); ++number)
      {
        if (line.empty() || line[0] == '#')
          continue;
        const auto cells = split(line, ',');
        if (!has_header)
          {
            column     = static_cast<std::size_t>(std::find(cells.begin(), cells.end(), "time") - cells.begin());
            has_header = true;
            if (column == cells.size())
              throw DeckError({file + ": there is no column 'time'; its first line must name the columns"});
            continue;
          }
        const std::string cell  = column < cells.size() ? cells[column] : "";
        const auto        value = read_number(cell);
        // Steps may be shorter than the rounding of time, so times may be equal.
        if (!value || *value / scales.time < (times.empty() ? 0. : times.back()))
          throw DeckError({file + ": line " + std::to_string(number) + ", time = " + cell +
                           ": allowed is a number not less than " +
                           (times.empty() ? "0, when the run starts" : "the one before")});
        times.push_back(*value / scales.time);
      }
    if (!stream.eof()) // a file that cannot be opened, or a directory
      throw DeckError({file + ": the times cannot be read: " + std::strerror(errno)});
    if (times.empty())
      throw DeckError({file + ": there is no history to read in it"});
    return times;
  }
} // namespace revitra

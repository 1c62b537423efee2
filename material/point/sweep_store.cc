#include "material/point/sweep_store.h"

#include "material/base/csv.h"
#include "material/base/table_reader.h"
#include "material/base/version.h"
#include "material/results/earlier_results.h"
#include "material/results/output_directory.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <set>

namespace revitra
{
  namespace
  {
    namespace fs = std::filesystem;

    std::string this_version()
    {
      return std::string(version) + (*commit ? "+" + std::string(commit) : "");
    }

    /// The names of the numbers of a summary.
    std::vector<std::string> number_names(const Deck &deck)
    {
      CurveRecord curve;
      curve.add(HistoryRow(), 0);
      return summarize(deck, curve, RunOutcome()).number_names();
    }

    std::vector<std::string> columns_of(const Deck &deck, const SweepTable &table)
    {
      std::vector<std::string> columns = {"row"};
      columns.insert(columns.end(), table.columns.begin(), table.columns.end());
      columns.push_back("status");
      const auto numbers = number_names(deck);
      columns.insert(columns.end(), numbers.begin(), numbers.end());
      columns.insert(columns.end(), {"version", "message"});
      return columns;
    }

  } // namespace

  SweepStore::SweepStore(const Deck &deck, const SweepTable &table, const bool histories)
    : deck(deck)
    , table(table)
    , histories(histories)
    , header(columns_of(deck, table))
  {
    if (!is_there())
      return;
    refuse_another_deck();
    take_over(done_by_this_version());
  }

  bool SweepStore::is_there() const
  {
    return fs::exists(file());
  }

  std::string SweepStore::path_of(const std::string &name) const
  {
    return (fs::path(deck.output.directory) / name).string();
  }

  std::string SweepStore::history_file(const SweepTable::Row &row) const
  {
    const std::string number = std::to_string(row.number);
    const std::string zeros(number.size() < 4 ? 4 - number.size() : 0, '0');
    return path_of("histories/" + zeros + number + ".csv");
  }

  void SweepStore::refuse_another_deck() const
  {
    std::vector<std::string> problems;
    for (const std::string &parameter : differing_parameters(deck, read_deck(path_of("parameters.prm"))))
      if (parameter != "Output/Directory")
        problems.push_back(problem_line(deck,
                                        parameter,
                                        "the sweep in " + deck.output.directory +
                                          " has another value; choose another directory with --output"));
    if (!problems.empty())
      throw DeckError(problems);
  }

  std::map<SweepStore::Cells, SweepStore::Cells> SweepStore::done_by_this_version() const
  {
    TableReader in(file(), "the sweep");
    if (in.columns().cells != header)
      throw DeckError({file() + ": it holds a sweep with other columns; choose another directory with --output"});

    const std::size_t      n = table.columns.size();
    std::map<Cells, Cells> done;
    for (TableLine line; in.next(line);) // one that was cut off has too few cells, or not all of its version
      {
        const Cells &cells = line.cells;
        if (cells.size() == header.size() && cells[n + 1] == "done" && cells[cells.size() - 2] == this_version())
          done[{cells.begin() + 1, cells.begin() + 1 + n}] = cells;
      }
    return done;
  }

  void SweepStore::take_over(const std::map<Cells, Cells> &done)
  {
    const auto      as_stored = [](const Cells &cells) { return csv_cells(csv_line(cells)); };
    std::set<Cells> listed;
    for (const SweepTable::Row &row : table.rows)
      {
        const Cells own = as_stored(row.cells);
        listed.insert(own);
        const auto found = done.find(own);
        if (found == done.end())
          continue;
        Cells             cells  = found->second;
        const std::string number = std::to_string(row.number);
        if (histories && (cells[0] != number || !fs::exists(history_file(row))))
          continue;
        cells[0]          = number;
        lines[row.number] = csv_line(cells);
      }
    const auto unlisted =
      std::count_if(done.begin(), done.end(), [&listed](const auto &one) { return listed.count(one.first) == 0; });
    if (unlisted > 0)
      throw DeckError({file() + ": it holds " + std::to_string(unlisted) + " runs that " + table.file +
                       " does not list and that would be lost; choose another directory with --output"});
  }

  void SweepStore::open()
  {
    prepare_output_directory(histories ? path_of("histories") : deck.output.directory);
    if (!is_there()) // else they are there, and the same
      write_own_parameters(deck);
    write_all();
    stream.open(file(), std::ios::app);
    if (!stream)
      throw not_written(file(), "the results");
  }

  void SweepStore::write_all()
  {
    const std::string next = file() + ".next";
    errno                  = 0;
    std::ofstream out(next);
    out << csv_line(header) << '\n';
    for (const auto &[number, line] : lines)
      out << line << '\n';
    out.close();
    if (!out)
      throw not_written(next, "the results");
    fs::rename(next, file());
  }

  void SweepStore::append(const SweepTable::Row &row, const std::vector<std::string> &results)
  {
    std::vector<std::string> cells = {std::to_string(row.number)};
    cells.insert(cells.end(), row.cells.begin(), row.cells.end());
    cells.insert(cells.end(), results.begin(), results.end());
    lines[row.number] = csv_line(cells);
    stream << lines[row.number] << '\n' << std::flush;
    if (!stream)
      throw not_written(file(), "the results");
  }

  void SweepStore::add(const SweepTable::Row &row,
                       const Summary         &summary,
                       const std::string     &status,
                       const std::string     &message)
  {
    std::vector<std::string> results = {status};
    const auto               numbers = summary.number_texts();
    results.insert(results.end(), numbers.begin(), numbers.end());
    results.insert(results.end(), {this_version(), message});
    append(row, results);
  }

  void SweepStore::add_bad_input(const SweepTable::Row &row, const std::string &message)
  {
    std::vector<std::string> results(header.size() - 1 - table.columns.size());
    results.front()         = "bad input";
    *(results.rbegin() + 1) = this_version();
    results.back()          = message;
    append(row, results);
  }

  void SweepStore::close()
  {
    stream.close();
    write_all();
  }
} // namespace revitra

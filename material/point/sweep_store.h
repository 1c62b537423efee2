#pragma once

#include "material/point/sweep_table.h"
#include "material/results/summary.h"

#include <fstream>
#include <map>
#include <string>
#include <vector>

namespace revitra
{
  /// The results of a sweep in the output directory of its deck: summary.csv, a row a run, each on disk before add()
  /// returns, and parameters.prm, the deck. A sweep that was stopped finds here what it has done.
  ///
  /// Columns: row, those of the table, status (done, failed or bad input), the numbers of summary.json, version,
  /// message.
  class SweepStore
  {
  public:
    /// Looks at what is in the directory; writes nothing. With `histories`, only runs that have theirs count as done.
    /// Throws DeckError if results of another deck or of runs that `table` does not list are in there.
    SweepStore(const Deck &deck, const SweepTable &table, bool histories);

    /// Whether this version of the program has done `row`.
    bool has(const SweepTable::Row &row) const { return lines.count(row.number) > 0; }

    /// Whether the directory holds a sweep already.
    bool is_there() const;

    /// The file for the history of `row`.
    std::string history_file(const SweepTable::Row &row) const;

    /// Starts summary.csv with what is done. Throws WriteError, as do the following.
    void open();

    /// Adds a run that gave `summary` and `message`, which is empty if nothing is to be said.
    void add(const SweepTable::Row &row, const Summary &summary, const std::string &status, const std::string &message);

    /// Adds a run that could not start because of `message`.
    void add_bad_input(const SweepTable::Row &row, const std::string &message);

    /// Puts the rows into the order of the table.
    void close();

    std::string file() const { return path_of("summary.csv"); }

  private:
    using Cells = std::vector<std::string>;

    std::string            path_of(const std::string &name) const;
    void                   refuse_another_deck() const;
    std::map<Cells, Cells> done_by_this_version() const; ///< cells of the table to those of summary.csv
    void                   take_over(const std::map<Cells, Cells> &done);
    void                   write_all();
    void                   append(const SweepTable::Row &row, const Cells &results);

    const Deck                        &deck;
    const SweepTable                  &table;
    const bool                         histories;
    const Cells                        header;
    std::map<std::size_t, std::string> lines; ///< of summary.csv, by number of row
    std::ofstream                      stream;
  };
} // namespace revitra

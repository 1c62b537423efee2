#pragma once

#include "material/input/deck.h"

#include <optional>
#include <ostream>
#include <string>
#include <vector>

namespace revitra
{
  /// What writes results into a directory.
  enum class Producer
  {
    point,   ///< a run of revitra-point
    sweep,   ///< revitra-point --sweep
    specimen ///< a run of revitra-fem
  };

  /// Whose results are in `directory`; none if there are none, or a run that never wrote a row.
  std::optional<Producer> producer_of_results(const std::string &directory);

  /// Why the run of `deck` must not write into its output directory: results of another producer are there, or one of
  /// the files that the run reads (its deck and `inputs`; links count as what they lead to) is in the place of a
  /// result. A line each. The deck may be the directory's own parameters.prm, if that says all that `deck` does.
  std::vector<std::string> wrong_with_output(const Deck                     &deck,
                                             Producer                        producer,
                                             const std::vector<std::string> &inputs);

  /// Moves all results of an earlier run in the output directory of `deck`, with pictures of them, to a directory in it
  /// which then is as that directory was: `previous` or, if there is one already, `previous_2` and so on. Tells `out`
  /// if there were any. If a file cannot be moved, all stay; throws WriteError.
  void archive_results(const Deck &deck, std::ostream &out);

  /// Puts back what archive_results() has moved if it was interrupted. Throws WriteError.
  void undo_unfinished_archive(const std::string &output_directory);

  /// Writes the deck as understood to parameters.prm in its output directory, unless it was read from that very file.
  /// Throws WriteError.
  void write_own_parameters(const Deck &deck);
} // namespace revitra

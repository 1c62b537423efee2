#pragma once

#include "material/point/point_simulation.h"
#include "tests/base/scratch_directory.h"

#include <cmath>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace revitra
{
  using Settings = std::vector<std::string>;

  /// The deck that is empty but for `settings`, each "Section/Parameter=value".
  inline Deck deck_with(const Settings &settings)
  {
    const ScratchDirectory scratch;
    return read_deck(scratch.write("deck.prm", ""), settings);
  }

  /// What a run of the point driver leaves behind.
  struct PointRun
  {
    std::vector<HistoryRow>  rows;
    std::vector<std::size_t> segments; ///< the number of the segment of each row, from 0
    std::string              problem;  ///< why it gave up; empty if it did not
    PeakRecord               peak;
    double                   strain_c;
    double                   sigma_c;
    std::int64_t             steps;

    const HistoryRow &last() const { return rows.back(); }

    /// The row at the end of segment number `segment`, from 0.
    const HistoryRow &end_of(const std::size_t segment) const
    {
      std::size_t found = 0;
      for (std::size_t i = 0; i < rows.size(); ++i)
        if (segments[i] <= segment)
          found = i;
      return rows[found];
    }
  };

  /// Runs the deck with `settings`, with the rows that `rule` wants.
  inline PointRun run_point_with(const Settings &settings, RowRule &rule)
  {
    PointRun        run;
    const Deck      deck = deck_with(settings);
    PointSimulation simulation(deck, rule, [&run](const HistoryRow &row, const std::size_t segment) {
      run.rows.push_back(row);
      run.segments.push_back(segment);
    });
    try
      {
        simulation.run();
        simulation.run_overtime();
      }
    catch (const NumericsError &error)
      {
        run.problem = error.what();
      }
    run.peak     = simulation.peak();
    run.strain_c = simulation.strain_c();
    run.sigma_c  = simulation.sigma_c();
    run.steps    = simulation.accepted_steps();
    return run;
  }

  /// The same with the rows of history.csv.
  inline PointRun run_point_with(const Settings &settings)
  {
    SpacedRows rule(deck_with(settings).time_stepping.maximum_strain_step);
    return run_point_with(settings, rule);
  }

  /// The same, of the baseline with another program.
  inline PointRun run_program(const std::string &program)
  {
    return run_point_with({"Loading/Program=" + program});
  }

  /// The column `name` of the point's own in `row`.
  inline double own_column(const HistoryRow &row, const std::string &name)
  {
    const auto columns = PointSimulation::columns();
    for (std::size_t i = 0; i < columns.size(); ++i)
      if (columns[i].name == name)
        return row.more.at(i);
    throw std::out_of_range("no column " + name);
  }

  /// ∫ |σ dε_pl|, which a row has as the free volume that it created.
  inline double accumulated_plastic_work(const HistoryRow &row, const Parameters &material)
  {
    return row.free_volume_work / material.dilatancy_factor;
  }
} // namespace revitra

#include "material/point/point_run.h"

#include "material/point/point_result.h"
#include "material/point/point_simulation.h"
#include "material/point/replay.h"
#include "material/point/sweep.h"
#include "material/results/directory_lock.h"
#include "material/results/earlier_results.h"
#include "material/results/output_directory.h"
#include "material/run/run_tool.h"

#include <filesystem>
#include <iomanip>
#include <iostream>
#include <memory>
#include <sstream>
#include <unistd.h>

namespace revitra
{
  namespace
  {
    std::string path_in(const Deck &deck, const std::string &file)
    {
      return (std::filesystem::path(deck.output.directory) / file).string();
    }

    std::unique_ptr<RowRule> make_row_rule(const CommandLine &line, const Deck &deck)
    {
      if (line.times.empty())
        return std::make_unique<SpacedRows>(deck.time_stepping.maximum_strain_step);
      return std::make_unique<RowsAtTimes>(read_times(line.times, unit_scales(deck)));
    }

    void report(const Deck &deck, const CurveRecord &curve, const RunOutcome &outcome, const std::size_t n_rows)
    {
      const UnitScales   scales      = unit_scales(deck);
      const HistoryRow  &last        = curve.last();
      const bool         is_physical = deck.output.units == Deck::Units::physical;
      std::ostringstream text;
      text << std::setprecision(8);
      text << deck.preset << " at T = " << deck.material.temperature * scales.temperature
           << (is_physical ? " K" : " T_g") << ": " << deck.program.text << '\n'
           << "  peak stress    " << curve.peak_stress() * scales.stress << (is_physical ? " MPa" : "") << " at strain "
           << curve.peak_strain() * scales.strain << '\n'
           << "  EED            " << last.eed * scales.factor(Quantity::energy_density)
           << (is_physical ? " MJ/m^3" : "") << " (sigma_c = " << outcome.sigma_c * scales.stress
           << "), EED* = " << last.eed_star * scales.strain << '\n'
           << "  rejuvenation   " << last.rejuvenation << " (free volume " << curve.first().free_volume << " -> "
           << last.free_volume << ")\n"
           << "  " << outcome.steps << " steps in " << std::setprecision(2) << outcome.wall_seconds << " s; " << n_rows
           << " rows in " << path_in(deck, "history.csv") << ", all in " << path_in(deck, "summary.json") << '\n';
      std::cout << text.str() << std::flush;
    }
  } // namespace

  ToolInfo point_tool()
  {
    ToolInfo tool;
    tool.name       = "revitra-point";
    tool.purpose    = "revitra-point takes one point of a metallic glass through a loading program. It integrates the\n"
                      "rate equations of the shear-transformation/free-volume law (Ding, Jiang, Dai, Jiang 2022) far\n"
                      "more tightly than revitra-fem, which it is the check of for homogeneous deformation.";
    tool.invocation = tool.name;
    tool.takes_times  = true;
    tool.takes_sweep  = true;
    tool.takes_replay = true;
    return tool;
  }

  int run_point(const CommandLine &line, const Deck &deck)
  {
    if (!line.replay.empty())
      return run_replay(line.replay, line.quiet);
    if (!line.sweep.empty())
      return run_sweep(line, deck);
    Deck                     point;
    std::unique_ptr<RowRule> rows;
    std::vector<std::string> problems;
    collect_problems(problems, [&] { point = deck_of_point(deck); });
    collect_problems(problems, [&] { rows = make_row_rule(line, deck); });
    const auto look_at_output = [&] { throw_if_any(wrong_with_output(deck, Producer::point, {line.times})); };
    collect_problems(problems, look_at_output);
    throw_if_any(problems);

    std::ostream  nowhere(nullptr);
    std::ostream &talk = line.quiet ? nowhere : std::cout;
    prepare_output_directory(deck.output.directory);
    const DirectoryLock lock(deck.output.directory);
    look_at_output(); // another run may have written there since
    archive_results(deck, talk);
    write_own_parameters(deck);
    auto history = HistoryWriter::create(path_in(deck, "history.csv"), PointSimulation::columns(), unit_scales(deck));
    Progress          progress(talk, isatty(STDOUT_FILENO) != 0);
    const PointResult result = run_program(
      point, *rows, [&](const HistoryRow &row) { history.append(row); }, &progress);
    progress.end_line();
    summarize(deck, result.curve, result.outcome).write(path_in(deck, "summary.json"));
    if (!result.outcome.message.empty())
      throw NumericsError(result.outcome.message + "; the rows up to there are in " + path_in(deck, "history.csv") +
                          ", and revitra-point " + path_in(deck, "parameters.prm") + " does the same again");
    if (!line.quiet)
      report(deck, result.curve, result.outcome, history.rows());
    if (const std::size_t left = rows->rows_left(); left > 0) // a problem, so that --quiet does not hide it
      std::cerr << line.times << ": " << left
                << (left == 1 ? " of its times has no row: it comes" : " of its times have no row: they come")
                << " after the end of the program" << std::endl;
    return 0;
  }
} // namespace revitra

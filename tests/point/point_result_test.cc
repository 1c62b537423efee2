#include "material/point/point_result.h"
#include "material/results/summary.h"
#include "tests/point/point_runs.h"

#include <gtest/gtest.h>

#include <map>

using namespace revitra;

namespace
{
  using Numbers = std::map<std::string, std::string>;

  /// The numbers of summary.json but the time that the run took, as they are written there.
  Numbers summary_of(const Deck &deck, RowRule &rows)
  {
    const PointResult              result  = run_program(deck, rows, [](const HistoryRow &) {});
    const Summary                  summary = summarize(deck, result.curve, result.outcome);
    const std::vector<std::string> names = summary.number_names(), texts = summary.number_texts();

    Numbers numbers;
    for (std::size_t i = 0; i < names.size(); ++i)
      numbers[names[i]] = texts[i];
    numbers.erase("wall_seconds");
    return numbers;
  }
} // namespace

TEST(PointResult, is_the_same_whatever_rows_are_written)
{
  for (const Settings &settings :
       {Settings{"Loading/Program=rate 1e-4 until strain 0.5"},
        Settings{
          "Loading/Program=rate 1e-4 until strain 0.2", "Loading/Mode=tension", "Specimen/Lateral boundary=free"},
        Settings{"Loading/Program=rate 1e-4 until strain 0.3; rate -1e-4 until strain 0.1"},
        Settings{"Loading/Program=rate 1e-2 until stress 12.5; stress 12.5 until strain 0.4", "EED/Threshold=balance"},
        Settings{"Loading/Program=stress 0 for 100; hold for 1000"},
        // gives up
        Settings{"Loading/Program=rate 1e-2 until stress 3; stress 3 until strain 0.4"}})
    {
      SCOPED_TRACE(settings.front());
      const Deck    deck = deck_with(settings);
      SpacedRows    as_usual(deck.time_stepping.maximum_strain_step);
      const Numbers usual = summary_of(deck, as_usual);
      const double  end   = std::stod(usual.at("time_final"));
      EXPECT_EQ(usual.at("free_volume_initial"), "0.05");
      for (const std::vector<double> &times : {std::vector<double>{}, {0.3 * end}, {0., end, 1.0005 * end, 2. * end}})
        {
          RowsAtTimes at_times(times);
          EXPECT_EQ(summary_of(deck, at_times), usual) << times.size() << " times";
        }
    }
}

#include "material/point/point_result.h"

#include "material/law/steady_state.h"
#include "material/point/point_simulation.h"
#include "material/point/uniaxial.h"

#include <chrono>
#include <cmath>

namespace revitra
{
  namespace
  {
    using Clock = std::chrono::steady_clock;

    /// σ_c where it was first crossed or, if it was not, where it would have been.
    double reported_threshold(const Deck &deck, const PointSimulation &simulation, const double sigma_flow)
    {
      if (!std::isnan(simulation.sigma_c()) || deck.eed.threshold == ThresholdKind::balance)
        return simulation.sigma_c();
      return deck.eed.threshold == ThresholdKind::flow ? sigma_flow : deck.eed.threshold_stress;
    }

    /// Takes `step` and notes in `outcome` what went wrong; returns whether nothing did.
    template <typename Step>
    bool succeeds(const Step &step, RunOutcome &outcome)
    {
      try
        {
          step();
        }
      catch (const NumericsError &error)
        {
          outcome.status  = "failed";
          outcome.message = error.what();
        }
      return outcome.message.empty();
    }

    /// Notes what the program has come to, at `last`. What the simulation has located is better than what states say.
    void note_results(const Deck            &deck,
                      const PointSimulation &simulation,
                      const HistoryRow      &last,
                      const double           strain_per_shear,
                      PointResult           &result)
    {
      const double sigma_flow = flow_stress(Kinetics(deck.material, deck.material.temperature));
      result.curve.add(last, deck.program.segments.size() - 1);
      result.curve.set_strain_c(strain_per_shear * simulation.strain_c());
      const PeakRecord &peak = simulation.peak();
      if (!std::isnan(peak.stress()))
        result.curve.set_peak(strain_per_shear * peak.strain(), peak.stress() / strain_per_shear);
      result.outcome.tool           = "revitra-point";
      result.outcome.sigma_flow     = sigma_flow / strain_per_shear;
      result.outcome.sigma_c        = reported_threshold(deck, simulation, sigma_flow) / strain_per_shear;
      result.outcome.steps          = simulation.accepted_steps();
      result.outcome.rejected_steps = simulation.rejected_steps();
    }
  } // namespace

  PointResult run_program(const Deck                                    &deck,
                          RowRule                                       &rows,
                          const std::function<void(const HistoryRow &)> &sink,
                          Progress *const                                progress)
  {
    const bool   in_tension = deck.loading_mode == LoadingMode::tension;
    const double per_shear  = in_tension ? loading_direction(LoadingMode::tension, 3).strain_per_shear : 1.;
    const auto   told       = [in_tension](const HistoryRow &row) {
      return in_tension ? row_in_tension(row, PointSimulation::columns()) : row;
    };
    PointResult     result;
    PointSimulation simulation(
      in_tension ? sheared_deck(deck) : deck, rows, [&](const HistoryRow &row, std::size_t) { sink(told(row)); });
    if (progress)
      simulation.observe(
        [&](const double done, const SegmentPlace &place, const double step, const std::int64_t steps) {
          progress->tell({done, place.time, place.strain * per_shear, place.stress / per_shear, step, steps, {}});
        });

    const auto start = Clock::now();
    result.curve.add(told(simulation.present()), 0);
    const bool is_done = succeeds([&] { simulation.run(); }, result.outcome);
    note_results(deck, simulation, told(simulation.present()), per_shear, result); // whatever rows are written later
    if (is_done)
      succeeds([&] { simulation.run_overtime(); }, result.outcome);
    result.outcome.wall_seconds = std::chrono::duration<double>(Clock::now() - start).count();
    if (in_tension && !result.outcome.message.empty())
      result.outcome.message += " (in terms of the shear that goes with this tension: strain √3 times, stress 1/√3)";
    return result;
  }
} // namespace revitra

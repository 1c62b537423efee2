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

    void run(PointSimulation &simulation, RunOutcome &outcome)
    {
      const auto start = Clock::now();
      try
        {
          simulation.run();
        }
      catch (const NumericsError &error)
        {
          outcome.status  = "failed";
          outcome.message = error.what();
        }
      outcome.wall_seconds   = std::chrono::duration<double>(Clock::now() - start).count();
      outcome.steps          = simulation.accepted_steps();
      outcome.rejected_steps = simulation.rejected_steps();
    }
  } // namespace

  PointResult run_program(const Deck                                    &deck,
                          RowRule                                       &rows,
                          const std::function<void(const HistoryRow &)> &sink,
                          Progress *const                                progress)
  {
    const bool      in_tension = deck.loading_mode == LoadingMode::tension;
    const double    per_shear  = in_tension ? loading_direction(LoadingMode::tension, 3).strain_per_shear : 1.;
    PointResult     result;
    PointSimulation simulation(
      in_tension ? sheared_deck(deck) : deck, rows, [&](const HistoryRow &row, const std::size_t segment) {
        const HistoryRow told = in_tension ? row_in_tension(row, PointSimulation::columns()) : row;
        sink(told);
        result.curve.add(told, segment);
      });
    if (progress)
      simulation.observe(
        [&](const double done, const SegmentPlace &place, const double step, const std::int64_t steps) {
          progress->tell({done, place.time, place.strain * per_shear, place.stress / per_shear, step, steps, {}});
        });
    result.outcome.tool = "revitra-point";
    run(simulation, result.outcome);
    if (in_tension && !result.outcome.message.empty())
      result.outcome.message += " (in terms of the shear that goes with this tension: strain √3 times, stress 1/√3)";
    const double sigma_flow   = flow_stress(Kinetics(deck.material, deck.material.temperature));
    result.outcome.sigma_flow = sigma_flow / per_shear;
    result.outcome.sigma_c    = reported_threshold(deck, simulation, sigma_flow) / per_shear;

    // What the simulation has located is better than what the rows say.
    result.curve.set_strain_c(per_shear * simulation.strain_c());
    if (!std::isnan(simulation.peak().stress()))
      result.curve.set_peak(per_shear * simulation.peak().strain(), simulation.peak().stress() / per_shear);
    return result;
  }
} // namespace revitra

#include "material/point/point_result.h"

#include "material/law/steady_state.h"
#include "material/point/point_simulation.h"

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

  PointResult run_program(const Deck &deck, RowRule &rows, const std::function<void(const HistoryRow &)> &sink)
  {
    PointResult     result;
    PointSimulation simulation(deck, rows, [&](const HistoryRow &row, const std::size_t segment) {
      sink(row);
      result.curve.add(row, segment);
    });
    result.outcome.tool = "revitra-point";
    run(simulation, result.outcome);
    result.outcome.sigma_flow = flow_stress(Kinetics(deck.material, deck.material.temperature));
    result.outcome.sigma_c    = reported_threshold(deck, simulation, result.outcome.sigma_flow);

    // What the simulation has located is better than what the rows say.
    result.curve.set_strain_c(simulation.strain_c());
    if (!std::isnan(simulation.peak().stress()))
      result.curve.set_peak(simulation.peak().strain(), simulation.peak().stress());
    return result;
  }
} // namespace revitra

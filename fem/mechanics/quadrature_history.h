#pragma once

#include "material/law/effective_energy.h"
#include "material/law/implicit_stage.h"
#include "material/law/runge_kutta.h"

#include <array>
#include <vector>

namespace revitra
{
  /// What the quadrature points remember, in flat arrays: entry active_cell_index · (points a cell) + q, used for the
  /// locally owned cells.
  ///
  /// A step writes `rate`, `base`, `unknowns`, `stress` and `volumetric_strain` only. `state`, `threshold` and the
  /// rates of the first stage change when it is accepted, so a rejected step leaves nothing behind.
  struct QuadratureHistory
  {
    /// Points that start from the states `initial`.
    explicit QuadratureHistory(std::vector<State> initial)
      : state(std::move(initial))
      , threshold(state.size())
      , base(state)
      , unknowns(state.size())
      , stress(state.size(), Deviator::Zero())
      , volumetric_strain(state.size(), 0.)
      , iterations(state.size(), 0)
    {
      initial_free_volume.reserve(state.size());
      for (const State &start : state)
        initial_free_volume.push_back(start.free_volume());
      for (auto &stage_rate : rate)
        stage_rate.resize(state.size());
    }

    /// Compute the base states of stage `i` of a step of length `h`: the state plus what the earlier stages contribute.
    void begin_stage(const unsigned int i, const double h)
    {
      for (std::size_t p = 0; p < state.size(); ++p)
        {
          base[p].values = state[p].values;
          for (unsigned int j = 0; j < i; ++j)
            base[p].values += h * runge_kutta::a[i][j] * rate[j][p].values;
        }
    }

    /// Make the end of a step of length `h`, whose stages are all solved, the state.
    void accept(const double h)
    {
      for (std::size_t p = 0; p < state.size(); ++p)
        for (unsigned int j = 0; j < runge_kutta::stages; ++j)
          state[p].values += h * runge_kutta::a.back()[j] * rate[j][p].values;
      std::swap(rate.front(), rate.back());
    }

    std::vector<double>    initial_free_volume; ///< ξ₀
    std::vector<State>     state;               ///< at the last accepted time
    std::vector<Threshold> threshold;           ///< σ_c

    std::array<std::vector<State>, runge_kutta::stages> rate; ///< rates at the stages of the step in hand
    std::vector<State>                                  base; ///< base states of the stage in hand

    std::vector<StageUnknowns> unknowns;          ///< of the last solved stage, to start the next
    std::vector<Deviator>      stress;            ///< deviatoric stress at the last solved stage
    std::vector<double>        volumetric_strain; ///< tr ε there
    std::vector<unsigned int>  iterations;        ///< that the law took in all stages so far
  };
} // namespace revitra

/// @file
/// What the law costs at a point, beside a scalar exp of the C library: `revitra_benchmark_law [--benchmark_...]`.
///
/// Every item of a benchmark is one evaluation of what it is named after; figures.py takes the medians over repetitions
/// that are interleaved at random.

#include "material/law/steady_state.h"
#include "material/law/stress_update.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <stdexcept>
#include <vector>

namespace
{
  using namespace revitra;

  constexpr double final_strain = 1.5, strain_rate = 1e-4;

  Deviator simple_shear(const double gamma)
  {
    Deviator strain  = Deviator::Zero();
    strain[shear_xy] = gamma;
    return strain;
  }

  /// The paper's baseline, simple shear at a constant rate, as a curve of equal steps.
  struct Baseline
  {
    Parameters      parameters;
    Kinetics        kinetics{parameters, parameters.temperature};
    ThresholdStress threshold{flow_stress(kinetics), 0.};

    State start() const { return initial_state(parameters, parameters.initial_free_volume); }

    /// Calls `after_update(result, state)` with each of `steps` updates.
    template <typename Function>
    void updates(const double tolerance, const unsigned steps, const Function &after_update) const
    {
      const StressUpdate update(kinetics, tolerance);
      const double       step      = final_strain / steps;
      const Deviator     increment = simple_shear(step);
      State              state     = start();
      for (unsigned i = 0; i < steps; ++i)
        {
          UpdateResult result = update.update(simple_shear(i * step), increment, step / strain_rate, threshold, state);
          if (result.failure != StageFailure::none)
            throw std::runtime_error(describe(result.failure));
          after_update(result, state);
        }
    }

    /// The same with one implicit stage a step, which is backward Euler: `after_stage(law, result, state)`.
    template <typename Function>
    void backward_euler(const unsigned steps, const Function &after_stage) const
    {
      const double        step = final_strain / steps;
      const ImplicitStage law(kinetics, step / strain_rate);
      State               state = start();
      StageResult         result{};
      for (unsigned i = 1; i <= steps; ++i)
        {
          const StageFailure failure = law.solve(simple_shear(i * step), state, threshold, result.unknowns, result);
          if (failure != StageFailure::none)
            throw std::runtime_error(describe(failure));
          state.values += result.increment.values;
          after_stage(law, result, state);
        }
    }
  };

  /// Shear stress after each of `steps` updates.
  std::vector<double> update_curve(const Baseline &baseline, const double tolerance, const unsigned steps)
  {
    std::vector<double> curve;
    baseline.updates(
      tolerance, steps, [&](const UpdateResult &result, const State &) { curve.push_back(result.stress[shear_xy]); });
    return curve;
  }

  std::vector<double> backward_euler_curve(const Baseline &baseline, const unsigned steps)
  {
    std::vector<double> curve;
    baseline.backward_euler(steps, [&](const ImplicitStage &, const StageResult &result, const State &) {
      curve.push_back(result.stress[shear_xy]);
    });
    return curve;
  }

  /// Largest difference of `curve` from a solution with ten times the steps and a tolerance of 1e-10, over the peak.
  double curve_error(const Baseline &baseline, const std::vector<double> &curve)
  {
    constexpr unsigned        refinement = 10;
    const std::vector<double> accurate   = update_curve(baseline, 1e-10, refinement * curve.size());
    double                    difference = 0.;
    for (std::size_t i = 0; i < curve.size(); ++i)
      difference = std::max(difference, std::abs(curve[i] - accurate[refinement * (i + 1) - 1]));
    return difference / *std::max_element(accurate.begin(), accurate.end());
  }

  void set_items(benchmark::State &state, const std::size_t items_an_iteration)
  {
    state.SetItemsProcessed(state.iterations() * items_an_iteration);
  }

  /// The unit that the others are counted in: throughput of std::exp over 1024 arguments between −30 and 0, as e^{−1/ξ}
  /// has them, in no order and out of the first-level cache; their sum is used.
  void scalar_exp(benchmark::State &state)
  {
    std::vector<double>              arguments(1024);
    std::mt19937                     generator(1);
    std::uniform_real_distribution<> distribution(-30., 0.);
    for (double &argument : arguments)
      argument = distribution(generator);
    for (auto _ : state)
      {
        double sum = 0.;
        for (const double argument : arguments)
          sum += std::exp(argument);
        benchmark::DoNotOptimize(sum);
        benchmark::ClobberMemory();
      }
    set_items(state, arguments.size());
  }

  /// Stress update with its tangent along the baseline curve in range(0) steps, local tolerance 1e-4.
  void update_and_tangent(benchmark::State &state)
  {
    constexpr double tolerance = 1e-4;
    const Baseline   baseline;
    const unsigned   steps = state.range(0);
    for (auto _ : state)
      baseline.updates(tolerance, steps, [](UpdateResult &result, const State &) { benchmark::DoNotOptimize(result); });
    set_items(state, steps);
    std::size_t stages = 0;
    baseline.updates(tolerance, steps, [&](const UpdateResult &result, const State &) { stages += result.stages; });
    state.counters["stages"] = double(stages) / steps;
    state.counters["error"]  = curve_error(baseline, update_curve(baseline, tolerance, steps));
  }

  /// One implicit stage with its tangent along the same curve.
  void stage_and_tangent(benchmark::State &state)
  {
    const Baseline baseline;
    const unsigned steps = state.range(0);
    for (auto _ : state)
      baseline.backward_euler(steps, [](const ImplicitStage &law, StageResult &result, const State &) {
        DeviatorTangent tangent = law.tangent(result.sensitivity);
        benchmark::DoNotOptimize(result);
        benchmark::DoNotOptimize(tangent);
      });
    set_items(state, steps);
    state.counters["error"] = curve_error(baseline, backward_euler_curve(baseline, steps));
  }

  /// Right-hand sides of the rate equations at the states of the same curve.
  void rates_evaluation(benchmark::State &state)
  {
    const Baseline        baseline;
    std::vector<State>    states;
    std::vector<Deviator> stresses;
    baseline.updates(1e-4, 300, [&](const UpdateResult &result, const State &at) {
      states.push_back(at);
      stresses.push_back(result.stress);
    });
    for (auto _ : state)
      for (std::size_t i = 0; i < states.size(); ++i)
        {
          State rate = rates(baseline.kinetics, states[i], stresses[i], baseline.threshold);
          benchmark::DoNotOptimize(rate);
        }
    set_items(state, states.size());
  }

  BENCHMARK(scalar_exp);
  BENCHMARK(update_and_tangent)->Arg(300)->Arg(1000)->Arg(3000);
  BENCHMARK(stage_and_tangent)->Arg(300);
  BENCHMARK(rates_evaluation);
} // namespace

BENCHMARK_MAIN();

// Layers in series under simple shear, every stage of the step in equilibrium: what an FE run does with the law,
// without the FE. Also a point under prescribed stress, which is one layer.

#include "material/law/implicit_stage.h"
#include "material/law/runge_kutta.h"
#include "tests/law/support.h"

#include <boost/math/special_functions/expint.hpp>
#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <memory>
#include <optional>

using namespace revitra;
namespace rk = revitra::runge_kutta;

namespace
{
  /// Layers of some weights with one common shear stress, under a mean rate of shear or a prescribed stress.
  class LayeredBar
  {
  public:
    struct Layer
    {
      double        weight;
      State         state;
      double        strain      = 0.;
      State         rate        = {}; ///< at the end of the last step: the next one's first stage
      double        strain_rate = 0.;
      StageUnknowns guess       = {};
    };

    explicit LayeredBar(const Parameters &parameters)
      : parameters(parameters)
    {}

    void add_layer(const double weight, const State &state) { layers.push_back({weight, state}); }

    /// The temperature from here on, smooth until the next call.
    void prescribe_temperature(std::function<double(double)> of_time) { temperature = std::move(of_time); }

    /// From here on the mean shear rate is `value`, or else the stress is.
    void prescribe_rate(const double value) { start_segment(value, std::nullopt); }
    void prescribe_stress(const double value)
    {
      for (Layer &layer : layers)
        layer.strain = layer.state.plastic_strain()[shear_xy] + value / parameters.shear_modulus; // elastic jump
      stress = value;
      start_segment(0., value);
    }

    /// One step over `h` of time. False if a stage was not solved; the bar is then as before. Sets error().
    bool step(const double h)
    {
      const LayeredBar                  before = *this;
      std::vector<std::array<State, 6>> rates(layers.size());
      const double                      mean = strain();
      for (std::size_t j = 0; j < layers.size(); ++j)
        rates[j][0] = layers[j].rate;
      for (unsigned i = 1; i < rk::stages; ++i)
        {
          std::vector<State> bases;
          for (std::size_t j = 0; j < layers.size(); ++j)
            {
              State base = before.layers[j].state;
              for (unsigned l = 0; l < i; ++l)
                base.values += h * rk::a[i][l] * rates[j][l].values;
              bases.push_back(base);
            }
          if (!solve_stage(h, time + rk::c[i] * h, mean + rk::c[i] * h * mean_rate, bases))
            {
              const unsigned solves = stages_solved;
              *this                 = before;
              stages_solved         = solves;
              return false;
            }
          for (std::size_t j = 0; j < layers.size(); ++j)
            {
              rates[j][i].values     = results[j].increment.values / (rk::diagonal * h);
              layers[j].state.values = bases[j].values + results[j].increment.values; // stiffly accurate
            }
        }
      largest_error = 0.;
      for (std::size_t j = 0; j < layers.size(); ++j)
        {
          State error;
          for (unsigned i = 0; i < rk::stages; ++i)
            error.values += h * rk::error_weights[i] * rates[j][i].values;
          layers[j].rate = rates[j].back();
          largest_error  = std::max(
            largest_error, error_size(error, layers[j].state, parameters.shear_modulus, flow_stress(*before.law())));
        }
      time += h;
      return true;
    }

    double strain() const
    {
      double mean = 0.;
      for (const Layer &layer : layers)
        mean += layer.weight * layer.strain;
      return mean;
    }

    double          error() const { return largest_error; }
    const Kinetics *law() const { return kinetics.get(); }

    std::vector<Layer> layers;
    double             time = 0., stress = 0.;
    unsigned           stages_solved = 0;

  private:
    void start_segment(const double rate, const std::optional<double> held_stress)
    {
      mean_rate         = rate;
      prescribed_stress = held_stress;
      kinetics          = std::make_shared<Kinetics>(parameters, temperature(time));
      for (Layer &layer : layers)
        layer.rate = revitra::rates(*kinetics, layer.state, test::simple_shear(stress), threshold_at(time));
    }

    /// sigma_f at `t` and its rate, by differences over a time that is short for any temperature program.
    ThresholdStress threshold_at(const double t) const
    {
      const double dt = 1e-3 * std::max(1., t);
      const auto   at = [&](const double when) { return flow_stress(Kinetics(parameters, temperature(when))); };
      return {at(t), (at(t + dt) - at(t - dt)) / (2. * dt)};
    }

    /// Newton's method on the stress and the layers' strains at once, with the tangents of the stages.
    bool solve_stage(const double h, const double t, const double mean, const std::vector<State> &bases)
    {
      ++stages_solved;
      kinetics = std::make_shared<Kinetics>(parameters, temperature(t));
      const ImplicitStage   implicit(*kinetics, rk::diagonal * h);
      const ThresholdStress threshold = threshold_at(t);
      results.resize(layers.size());
      for (unsigned iteration = 0; iteration < 30; ++iteration)
        {
          double              compliance = 0., relaxed = 0., worst = 0., misfit = -mean;
          std::vector<double> stiffness;
          for (std::size_t j = 0; j < layers.size(); ++j)
            {
              Layer &layer = layers[j];
              if (implicit.solve(test::simple_shear(layer.strain), bases[j], threshold, layer.guess, results[j]) !=
                  StageFailure::none)
                return false;
              layer.guess = results[j].unknowns;
              stiffness.push_back(implicit.tangent(results[j].sensitivity)(shear_xy, shear_xy));
              compliance += layer.weight / stiffness[j];
              relaxed += layer.weight * (layer.strain - results[j].stress[shear_xy] / stiffness[j]);
              misfit += layer.weight * layer.strain;
            }
          stress = prescribed_stress ? *prescribed_stress : (mean - relaxed) / compliance;
          for (std::size_t j = 0; j < layers.size(); ++j)
            {
              const double unbalanced = stress - results[j].stress[shear_xy];
              worst                   = std::max(worst, std::abs(unbalanced));
              layers[j].strain += unbalanced / stiffness[j];
            }
          if (!std::isfinite(stress) || worst > 1e6)
            return false;
          if (worst < 1e-11 && (prescribed_stress || std::abs(misfit) < 1e-13))
            return true;
        }
      return false;
    }

    Parameters                      parameters;
    std::function<double(double)>   temperature;
    std::shared_ptr<const Kinetics> kinetics;
    double                          mean_rate = 0., largest_error = 0.;
    std::optional<double>           prescribed_stress;
    std::vector<StageResult>        results;
  };

  LayeredBar bar_at(const Parameters &parameters, const double temperature)
  {
    LayeredBar bar(parameters);
    bar.prescribe_temperature([temperature](double) { return temperature; });
    return bar;
  }

  /// The bar of the reference: free volume 0.05 on 0.9 of the height, 0.055 on the rest, rate 1e-4.
  LayeredBar two_layers()
  {
    const Parameters p;
    LayeredBar       bar = bar_at(p, p.temperature);
    bar.add_layer(0.9, initial_state(p, 0.05));
    bar.add_layer(0.1, initial_state(p, 0.055));
    bar.prescribe_rate(1e-4);
    return bar;
  }

  /// Steps of controlled error through `time`; `visit` gets the bar before each accepted step and the step's size.
  void run(
    LayeredBar                                            &bar,
    const double                                           end,
    const double                                           tolerance,
    double                                                 step,
    const double                                           longest,
    const std::function<void(const LayeredBar &, double)> &visit = [](const LayeredBar &, double) {})
  {
    const auto factor = [](const double error) { return std::clamp(0.8 * std::pow(error, -0.25), 0.2, 2.); };
    while (bar.time < end * (1. - 1e-12))
      {
        // land on the end without a last step of rounding
        const double     h      = bar.time + step > end * (1. - 1e-9) ? end - bar.time : step;
        const LayeredBar before = bar;
        if (!bar.step(h))
          step = 0.25 * h;
        else if (const double error = bar.error() / tolerance; error > 1.)
          {
            const unsigned solved = bar.stages_solved;
            bar                   = before;
            bar.stages_solved     = solved;
            step                  = h * std::min(factor(error), 0.9);
          }
        else
          {
            visit(before, h);
            step = std::min(h * factor(std::max(error, 1e-4)), longest);
          }
        ASSERT_GT(step, 1e-12 * end);
      }
  }

  /// F of exact result 7: dF/dxi = e^{1/xi}.
  double annealing_function(const double xi)
  {
    return xi * std::exp(1. / xi) - boost::math::expint(1. / xi);
  }
} // namespace

TEST(Layered, two_layers_against_the_reference)
{
  // Accuracy that the specimen solver promises at its default settings: 1e-4 of the peak of 16.2 all along, at
  // tolerance 2e-4 and steps up to 0.005 of strain. Rows of the reference lie within steps: there the step is done
  // again, shorter.
  const test::Curve curve("two_layers");
  LayeredBar        bar   = two_layers();
  double            worst = 0., worst_free_volume = 0.;
  std::size_t       row = 1, compared = 0;
  run(bar, 3000., 2e-4, 10., 50., [&](const LayeredBar &before, const double h) {
    for (; row < curve.size() && curve["time"][row] <= (before.time + h) * (1. + 1e-12); ++row, ++compared)
      {
        LayeredBar there = before;
        ASSERT_TRUE(there.step(curve["time"][row] - before.time));
        worst             = std::max(worst, std::abs(there.stress - curve["stress"][row]));
        worst_free_volume = std::max(
          {worst_free_volume,
           std::abs(there.layers[0].state.free_volume() - curve["free_volume_1"][row]) / curve.peak("free_volume_1"),
           std::abs(there.layers[1].state.free_volume() - curve["free_volume_2"][row]) / curve.peak("free_volume_2")});
      }
  });
  RecordProperty("largest stress error", std::to_string(worst));
  RecordProperty("equilibrium solves", static_cast<int>(bar.stages_solved));
  EXPECT_EQ(compared, curve.size() - 1);
  EXPECT_LT(worst, 1e-4 * 16.2);
  EXPECT_LT(worst_free_volume, 1e-4);
  EXPECT_LE(bar.stages_solved, 420u); // 370 is usual, see time_integration.md
  EXPECT_GE(bar.stages_solved, 300u); // five a step of at most 0.005
}

TEST(Layered, tighter_tolerance_is_more_accurate)
{
  const test::Curve curve("two_layers");
  LayeredBar        bar = two_layers();
  run(bar, 3000., 1e-8, 1., 50.);
  EXPECT_NEAR(bar.stress, curve["stress"].back(), 1e-6 * 16.2);
  EXPECT_NEAR(bar.layers[1].state.free_volume(), curve["free_volume_2"].back(), 1e-7);
}

TEST(Layered, order_in_time_with_fixed_steps)
{
  // Largest error in stress at multiples of 0.005 in strain, steps of 0.005/4, /8, /16. Order 4 in theory; on this
  // differential-algebraic problem errors of 1.5e-4, 1.2e-5, 7.5e-7 were measured before, in another language.
  const test::Curve   curve("two_layers");
  std::vector<double> errors;
  for (const unsigned substeps : {4u, 8u, 16u})
    {
      LayeredBar  bar   = two_layers();
      double      worst = 0.;
      std::size_t row   = 1;
      for (unsigned i = 1; i <= 60 * substeps; ++i)
        {
          ASSERT_TRUE(bar.step(50. / substeps));
          if (i % substeps == 0)
            {
              while (std::abs(curve["time"][row] - bar.time) > 1e-6)
                ++row;
              worst = std::max(worst, std::abs(bar.stress - curve["stress"].at(row)));
            }
        }
      errors.push_back(worst);
    }
  EXPECT_GT(0.5 * std::log2(errors[0] / errors[2]), 3.5) << errors[0] << ", " << errors[1] << ", " << errors[2];
  EXPECT_LT(errors[2], 1.5e-6);
}

TEST(Layered, equal_layers_are_one)
{
  // However divided, a homogeneous bar is a point: to the tolerance of equilibrium, amplified by softening.
  const Parameters p;
  LayeredBar       point = bar_at(p, 0.9), divided = bar_at(p, 0.9);
  point.add_layer(1., initial_state(p, 0.05));
  divided.add_layer(0.3, initial_state(p, 0.05));
  divided.add_layer(0.7, initial_state(p, 0.05));
  point.prescribe_rate(1e-4);
  divided.prescribe_rate(1e-4);
  for (unsigned i = 0; i < 40; ++i)
    {
      ASSERT_TRUE(point.step(50.));
      ASSERT_TRUE(divided.step(50.));
      EXPECT_NEAR(point.stress, divided.stress, 1e-7);
    }
}

TEST(Layered, temperature_ramp)
{
  // One layer against the reference whose temperature and sigma_f change during the first 1000: stress, internal state
  // and EED with its term for the moving threshold. Reference to 1e-13; ours at tolerance 1e-8.
  const test::Curve curve("temperature_ramp");
  const Parameters  p;
  LayeredBar        bar(p);
  bar.add_layer(1., initial_state(p, 0.05));
  bar.prescribe_temperature([](const double t) { return 0.9 + 5e-5 * t; });
  bar.prescribe_rate(1e-4);
  for (std::size_t row = 1; row < curve.size(); ++row)
    {
      run(bar, curve["time"][row], 1e-8, 0.1, 5.);
      if (std::abs(bar.time - 1000.) < 1e-6)
        {
          bar.prescribe_temperature([](double) { return 0.95; });
          bar.prescribe_rate(1e-4);
        }
      const State &state = bar.layers[0].state;
      EXPECT_NEAR(bar.stress, curve["stress"][row], 1e-6 * curve.peak("stress"));
      EXPECT_NEAR(state.free_volume(), curve["free_volume"][row], 1e-6 * curve.peak("free_volume"));
      EXPECT_NEAR(state.plastic_work(), curve["dissipation"][row], 1e-6 * curve.peak("dissipation"));
      EXPECT_NEAR(
        effective_energy(state, bar.stress, curve["sigma_c"][row], 210.), curve["eed"][row], 1e-6 * curve.peak("eed"));
    }
}

TEST(Layered, creep_has_its_closed_form)
{
  // Exact result 6, in plastic strain since the stress was applied; tolerance 1e-9 of the run gives 1e-7.
  const Parameters p;
  const double     sigma = 12.5, T = 0.9, phi = 0.5;
  LayeredBar       bar = bar_at(p, T);
  bar.add_layer(1., initial_state(p, 0.05));
  bar.prescribe_stress(sigma);
  const double sinh = std::sinh(sigma / T), cosh = std::cosh(sigma / T), saturated = 2. / (phi * sigma);
  const double h = sinh - saturated * cosh, c = -0.4 * sinh - (0.01 - saturated) * cosh;
  const double ratio = 10. * std::exp(-5.) / std::exp(-65. / 9.); // varphi B/A
  double       step  = 1e-3 / bar.layers[0].rate.plastic_strain()[shear_xy];
  while (bar.layers[0].state.plastic_strain()[shear_xy] < 0.4)
    {
      run(bar, bar.time + step, 1e-9, 0.1 * step, step);
      const State &state  = bar.layers[0].state;
      const double strain = state.plastic_strain()[shear_xy];
      const double grown  = std::exp(phi * sigma * strain);
      EXPECT_NEAR(state.st_sum(), 1. - 0.4 / grown, 1e-7);
      EXPECT_NEAR(state.bias()[shear_xy], saturated + (0.01 - saturated) / grown, 1e-7);
      EXPECT_NEAR(state.free_volume(),
                  0.05 + 0.009 * sigma * strain - ratio * std::log((h * grown + c) / (h + c)) / (phi * sigma * h),
                  1e-8);
      EXPECT_EQ(bar.stress, sigma);
      step = 1e-2 / bar.layers[0].rate.plastic_strain()[shear_xy]; // creep accelerates
    }
  EXPECT_NEAR(bar.strain(), bar.layers[0].state.plastic_strain()[shear_xy] + sigma / 210., 1e-12);
}

TEST(Layered, stress_free_annealing_with_bias)
{
  // Exact result 7: F falls linearly in time, Delta = Delta_0 e^{(2A/varphi B)(xi - xi_0)}, strain changes by half of
  // Delta. At T = 1.1, where A is large enough for Delta to move.
  Parameters p;
  p.initial_st_bias = 0.3;
  const double   T  = 1.1;
  const Kinetics kinetics(p, T);
  LayeredBar     bar = bar_at(p, T);
  bar.add_layer(1., initial_state(p, 0.1));
  bar.prescribe_stress(0.);
  double step = 1e-2 * std::exp(10.) / kinetics.annihilation(HUGE_VAL);
  for (unsigned i = 0; i < 20; ++i, step *= 1.5)
    {
      run(bar, bar.time + step, 1e-10, 0.1 * step, step);
      const State &state = bar.layers[0].state;
      const double xi = state.free_volume(), bias = state.bias()[shear_xy];
      const double late =
        annealing_function(xi) - annealing_function(0.1) + kinetics.annihilation(HUGE_VAL) * bar.time; // times dxi/dF:
      EXPECT_LT(std::abs(late * std::exp(-1. / xi)), 1e-9);
      const double A = std::exp(kinetics.log_transformation_factor);
      EXPECT_NEAR(bias, 0.3 * std::exp(2. * A / kinetics.annihilation(HUGE_VAL) * (xi - 0.1)), 1e-9);
      EXPECT_NEAR(state.plastic_strain()[shear_xy], 0.5 * (bias - 0.3), 1e-12);
      EXPECT_LT(state.accumulated_plastic_work(), 1e-12); // no stress but that of rounding
    }
  EXPECT_LT(bar.layers[0].state.bias()[shear_xy], 0.297);
}

TEST(Layered, creep_arrests_only_below_the_arrest_stress)
{
  // Exact result 12 with xi frozen: arrest where Delta/Lambda = tanh(sigma/T) at 3.9, flow for good at 4.1.
  Parameters p;
  p.dilatancy_factor         = 0.;
  p.annihilation_coefficient = 0.;
  for (const double sigma : {3.9, 4.1})
    {
      LayeredBar bar = bar_at(p, 0.9);
      bar.add_layer(1., initial_state(p, 0.2));
      bar.prescribe_stress(sigma);
      const double first = bar.layers[0].rate.plastic_strain()[shear_xy];
      run(bar, 300. / first, 1e-7, 1e-3 / first, 10. / first);
      const State &state = bar.layers[0].state;
      const double last  = std::abs(bar.layers[0].rate.plastic_strain()[shear_xy]) / first;
      if (sigma < 4.)
        {
          EXPECT_NEAR(state.bias()[shear_xy] / state.st_sum(), std::tanh(sigma / 0.9), 1e-6);
          EXPECT_LT(last, 1e-6);
        }
      else
        EXPECT_GT(last, 1e-3);
    }
}

TEST(Layered, saturated_layers_share_an_invariant)
{
  // Exact results 13 and 14: under constant stress with Lambda = 1 and Delta = 2/(phi sigma), F(xi_j) grows by the same
  // in every layer, at the rate D_ia sigma (sinh - Delta cosh) A - varphi B, and a small difference between two layers
  // by e^{1/xi_0 - 1/xi}. Below and above sigma_f = 7.75.
  for (const double sigma : {7., 9.})
    {
      Parameters     p;
      const double   T = 0.9, xi = 0.06, difference = 1e-7;
      const double   xis[] = {xi, xi + difference, 0.065, 0.09};
      const Kinetics kinetics(p, T);
      LayeredBar     bar = bar_at(p, T);
      for (const double free_volume : xis)
        {
          State state    = initial_state(p, free_volume);
          state.st_sum() = 1.;
          state.bias()   = test::simple_shear(2. / (0.5 * sigma));
          bar.add_layer(0.25, state);
        }
      bar.prescribe_stress(sigma);
      const double slope =
        0.009 * sigma * (std::sinh(sigma / T) - 4. / sigma * std::cosh(sigma / T)) * std::exp(-65. / 9.) -
        10. * std::exp(-5.);
      // the layer at 0.09 changes by about 0.01
      const double end = std::abs(0.01 * std::exp(1. / 0.09) / slope);
      run(bar, end, 1e-9, 1e-3 * end, 0.05 * end);
      for (unsigned j = 0; j < 4; ++j)
        {
          const State &state = bar.layers[j].state;
          const double now   = state.free_volume();
          const double late  = annealing_function(now) - annealing_function(xis[j]) - slope * end;
          EXPECT_LT(std::abs(late * std::exp(-1. / now)), 1e-9) << sigma << ", layer " << j;
          EXPECT_NEAR(state.bias()[shear_xy], 4. / sigma, 1e-13);
          EXPECT_NEAR(state.st_sum(), 1., 1e-15);
        }
      // the difference itself, to the part difference/xi^2 by which it is not small
      const double now  = bar.layers[0].state.free_volume();
      const double gain = (bar.layers[1].state.free_volume() - now) / difference;
      EXPECT_NEAR(gain / std::exp(1. / xi - 1. / now), 1., 1e-4);
      EXPECT_EQ(gain > 1., sigma > 8.);
    }
}

#include "tests/fem/simulation/layered_reference.h"

#include <boost/numeric/odeint.hpp>

#include <cmath>
#include <stdexcept>

namespace revitra::test
{
  namespace
  {
    /// Entries of the state: three for the bar, then seven a layer.
    enum Entry
    {
      strain,
      work,
      effective_energy,
      bar_size
    };
    enum LayerEntry
    {
      plastic_strain,
      bias,
      st_sum,
      free_volume,
      dissipation,
      accumulated_plastic_work, ///< W
      layer_effective_energy,
      layer_size
    };

    /// By bisection of its definition: D_ia σ A [sinh(σ/T) − 2/(φσ) cosh(σ/T)] = ϕ B, in logarithms.
    double flow_stress(const Parameters &glass, const double T)
    {
      const double log_ratio =
        std::log(glass.annihilation_coefficient / glass.dilatancy_factor) +
        (glass.annihilation_activation_energy - glass.transformation_activation_energy) * (1. - 1. / T);
      double lower = 2. / glass.transformation_coefficient, upper = 100. * lower;
      for (unsigned int i = 0; i < 100; ++i)
        {
          const double sigma = 0.5 * (lower + upper);
          const double drive = sigma - 2. / glass.transformation_coefficient +
                               (-sigma - 2. / glass.transformation_coefficient) * std::exp(-2. * sigma / T);
          const bool below        = drive <= 0. || std::log(0.5 * drive) + sigma / T < log_ratio;
          (below ? lower : upper) = sigma;
        }
      return 0.5 * (lower + upper);
    }
  } // namespace

  LayeredReference::LayeredReference(const Deck &deck, const std::vector<Layer> &layers)
    : material(deck.material)
    , eed(deck.eed)
    , segments(deck.program.segments)
    , layers(layers)
    , state(bar_size + layer_size * layers.size(), 0.)
    , known_thresholds(layers.size())
    , temperature_start(deck.material.temperature)
  {
    if (eed.threshold == ThresholdKind::balance)
      throw std::invalid_argument("no balance threshold here");
    for (std::size_t j = 0; j < layers.size(); ++j)
      {
        materials.push_back(layers[j].glass.value_or(material));
        double *layer      = &state[bar_size + layer_size * j];
        layer[bias]        = materials[j].initial_st_bias;
        layer[st_sum]      = materials[j].initial_st_sum;
        layer[free_volume] = layers[j].free_volume;
      }
    begin_segment(0);
  }

  void LayeredReference::begin_segment(const std::size_t next)
  {
    const double T         = temperature(now);
    number                 = next;
    segment_start          = now;
    temperature_start      = T;
    const Segment &segment = segments[number];
    temperature_slope      = segment.temperature_end ? (*segment.temperature_end - T) / segment.end_value : 0.;
    start_distance         = distance_to_event(state);
  }

  double LayeredReference::temperature(const double time) const
  {
    return temperature_start + temperature_slope * (time - segment_start);
  }

  double LayeredReference::stress(const Values &values) const
  {
    if (segments[number].control == Segment::Control::stress)
      return segments[number].value;
    double elastic = values[strain];
    for (std::size_t j = 0; j < layers.size(); ++j)
      elastic -= layers[j].weight * values[bar_size + layer_size * j + plastic_strain];
    return elastic / compliance();
  }

  /// Elastic strain of the bar per stress.
  double LayeredReference::compliance() const
  {
    double sum = 0.;
    for (std::size_t j = 0; j < layers.size(); ++j)
      sum += layers[j].weight / materials[j].shear_modulus;
    return sum;
  }

  /// The average over the bar.
  double LayeredReference::threshold(const double temperature) const
  {
    double average = 0.;
    for (std::size_t j = 0; j < layers.size(); ++j)
      average += layers[j].weight * layer_threshold(j, temperature);
    return average;
  }

  double LayeredReference::layer_threshold(const std::size_t j, const double temperature) const
  {
    if (eed.threshold == ThresholdKind::value)
      return eed.threshold_stress;
    const double T          = temperature + layers[j].temperature_offset;
    auto &[known_at, known] = known_thresholds[j];
    if (known_at != T)
      known = flow_stress(materials[j], T);
    known_at = T;
    return known;
  }

  void LayeredReference::rates(const Values &values, Values &rate, const double time) const
  {
    const Segment &segment = segments[number];
    const double   sigma = stress(values), sign = sigma < 0. ? -1. : 1.;
    double         mean = 0.;
    for (std::size_t j = 0; j < layers.size(); ++j)
      {
        const Parameters &glass = materials[j];
        const double     *layer = &values[bar_size + layer_size * j];
        double           *out   = &rate[bar_size + layer_size * j];
        const double      T     = temperature(time) + layers[j].temperature_offset;
        const double      log_A = glass.transformation_activation_energy * (1. - 1. / T);
        const double      log_B = glass.annihilation_activation_energy * (1. - 1. / T);
        const double      xi    = layer[free_volume];
        const double      up = std::exp(log_A - 1. / xi + sigma / T), down = std::exp(log_A - 1. / xi - sigma / T);
        const double      flow  = 0.5 * (layer[st_sum] * (up - down) - layer[bias] * (up + down));
        const double      power = std::abs(sigma * flow);
        out[plastic_strain]     = flow;
        out[bias]               = 2. * flow - glass.transformation_coefficient * power * layer[bias];
        out[st_sum]             = glass.transformation_coefficient * power * (1. - layer[st_sum]);
        out[free_volume] = glass.dilatancy_factor * power - glass.annihilation_coefficient * std::exp(log_B - 1. / xi);
        out[dissipation] = sigma * flow;
        out[accumulated_plastic_work] = power;
        mean += layers[j].weight * flow;
      }
    const bool   under_stress = segment.control == Segment::Control::stress;
    const double stress_rate  = under_stress ? 0. : (segment.value - mean) / compliance();
    rate[strain]              = under_stress ? mean : segment.value;
    rate[work]                = sigma * rate[strain];
    rate[effective_energy]    = std::max(std::abs(sigma) - threshold(temperature(time)), 0.) * sign * rate[strain];
    for (std::size_t j = 0; j < layers.size(); ++j)
      {
        double      *out            = &rate[bar_size + layer_size * j];
        const double sigma_c        = layer_threshold(j, temperature(time));
        out[layer_effective_energy] = std::max(std::abs(sigma) - sigma_c, 0.) * sign *
                                      (out[plastic_strain] + stress_rate / materials[j].shear_modulus);
      }
  }

  LayeredReference::Values LayeredReference::integrated(const double time) const
  {
    namespace odeint = boost::numeric::odeint;
    Values result    = state;
    if (time > now)
      odeint::integrate_adaptive(
        odeint::make_controlled<odeint::runge_kutta_fehlberg78<Values>>(1e-14, 1e-12),
        [this](const Values &values, Values &rate, const double t) { rates(values, rate, t); },
        result,
        now,
        time,
        0.1 * (time - now));
    return result;
  }

  double LayeredReference::distance_to_event(const Values &values) const
  {
    const Segment &segment = segments[number];
    return (segment.end == Segment::End::stress ? stress(values) : values[strain]) - segment.end_value;
  }

  /// |σ| − σ_c.
  double LayeredReference::excess(const Values &values, const double time) const
  {
    return std::abs(stress(values)) - threshold(temperature(time));
  }

  /// The time from now to `last` from which on is_past(state, time) is true, by bisection.
  double LayeredReference::first_time(const double                                       last,
                                      const std::function<bool(const Values &, double)> &is_past) const
  {
    double lower = now, upper = last;
    for (unsigned int i = 0; i < 60 && upper - lower > 1e-15 * upper; ++i)
      {
        const double middle                                   = 0.5 * (lower + upper);
        (is_past(integrated(middle), middle) ? upper : lower) = middle;
      }
    return upper;
  }

  /// Goes to `time` within the segment, with a stop where the integrand of the effective energy has its kink.
  void LayeredReference::advance(const double time)
  {
    const double before = excess(state, now), after = excess(integrated(time), time);
    if ((before > 0.) != (after > 0.))
      {
        const double crossing = first_time(
          time, [&](const Values &values, const double t) { return (excess(values, t) > 0.) != (before > 0.); });
        state = integrated(crossing);
        now   = crossing;
      }
    state = integrated(time);
    now   = time;
  }

  /// Whether the segment ends before or at `time`; then at `end`.
  bool LayeredReference::segment_ends_by(const double time, double &end) const
  {
    const Segment &segment = segments[number];
    if (number + 1 == segments.size())
      return false;
    if (segment.end == Segment::End::duration)
      {
        end = segment_start + segment.end_value;
        return end <= time;
      }
    const auto is_past = [this](const Values &values, double) {
      return (distance_to_event(values) < 0.) != (start_distance < 0.);
    };
    if (!is_past(integrated(time), time))
      return false;
    end = first_time(time, is_past);
    return true;
  }

  std::map<std::string, double> LayeredReference::at(const double time)
  {
    for (double end = 0.; segment_ends_by(time, end);)
      {
        advance(end);
        begin_segment(number + 1);
      }
    advance(time);

    const double                   sigma = stress(state);
    std::map<std::string, double>  row   = {{"strain", state[strain]},
                                            {"stress", sigma},
                                            {"temperature", temperature(time)},
                                            {"sigma_c", threshold(temperature(time))},
                                            {"eed", state[effective_energy]},
                                            {"work", state[work]},
                                            {"elastic_energy", 0.5 * sigma * sigma * compliance()}};
    const std::vector<std::string> names = {"plastic_strain", "st_bias", "st_sum", "free_volume", "dissipation"};
    for (std::size_t j = 0; j < layers.size(); ++j)
      for (std::size_t i = 0; i < names.size(); ++i)
        row[names[i]] += layers[j].weight * state[bar_size + layer_size * j + i];
    return row;
  }

  std::map<std::string, double> LayeredReference::specimen_at(const double time)
  {
    std::map<std::string, double> row = at(time);
    for (std::size_t j = 0; j < layers.size(); ++j)
      {
        const double *layer = &state[bar_size + layer_size * j];
        const double  xi = layer[free_volume], energy = layer[layer_effective_energy];
        row["eed_mean"] += layers[j].weight * energy;
        row["eed_max"]         = std::max(row["eed_max"], energy);
        row["free_volume_min"] = j == 0 ? xi : std::min(row["free_volume_min"], xi);
        row["free_volume_max"] = std::max(row["free_volume_max"], xi);
        row["rejuvenation"] += layers[j].weight * xi / layers[j].free_volume;
        row["free_volume_work"] += layers[j].weight * materials[j].dilatancy_factor * layer[accumulated_plastic_work];
      }
    row["heat"] = row["dissipation"] - row["free_volume_work"];
    return row;
  }
} // namespace revitra::test

#pragma once

#include "material/input/deck.h"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace revitra::test
{
  /// The law written out once more: layers in series under one common stress, which a homogeneous (one layer) or
  /// layered specimen has to follow, as ordinary differential equations of Eqs. (1) to (4) through the loading program
  /// of a deck. An explicit method of order 8 integrates them, with a relative tolerance of 1e-12. Layers may be of
  /// different materials and temperatures.
  ///
  /// Shares nothing with the library but the deck. The threshold must not be `balance`.
  class LayeredReference
  {
  public:
    struct Layer
    {
      double                    weight; ///< share of the height; they add up to 1
      double                    free_volume;
      std::optional<Parameters> glass = std::nullopt;    ///< with its own Λ₀ and Δ₀; if none, the deck's
      double                    temperature_offset = 0.; ///< added to the temperature of the program
    };

    LayeredReference(const Deck &deck, const std::vector<Layer> &layers);

    /// The columns of history.csv at `time`, not before that of the last call. Ends of segments are located; the end of
    /// the last one is skipped.
    std::map<std::string, double> at(double time);

    /// The same, and those that revitra-fem alone has, and what there is of D_ia W: eed_mean, eed_max, free_volume_min,
    /// free_volume_max, rejuvenation, free_volume_work, heat.
    std::map<std::string, double> specimen_at(double time);

  private:
    using Values = std::vector<double>;

    bool   segment_ends_by(double time, double &end) const;
    double distance_to_event(const Values &values) const;
    void   begin_segment(std::size_t number);
    void   advance(double time);
    double excess(const Values &values, double time) const;
    double first_time(double last, const std::function<bool(const Values &, double)> &is_past) const;
    Values integrated(double time) const;
    void   rates(const Values &values, Values &rate, double time) const;
    double stress(const Values &values) const;
    double compliance() const;
    double temperature(double time) const;
    double threshold(double temperature) const;
    double layer_threshold(std::size_t j, double temperature) const;

    const Parameters        material;
    const Deck::EED         eed;
    std::vector<Segment>    segments;
    std::vector<Layer>      layers;
    std::vector<Parameters> materials; ///< of the layers
    Values                  state;

    mutable std::vector<std::pair<double, double>> known_thresholds; ///< of each layer: temperature, flow stress

    std::size_t number = 0;
    double      now = 0., segment_start = 0., temperature_start, temperature_slope = 0.;
    double      start_distance = 0.;
  };
} // namespace revitra::test

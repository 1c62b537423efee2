#pragma once

#include "material/results/history.h"

#include <cstddef>
#include <limits>
#include <vector>

namespace revitra
{
  /// What the summary says about the stress-strain curve, gathered row by row. Dimensionless; NaN for what did not
  /// happen.
  class CurveRecord
  {
  public:
    /// A row's place on the curve.
    struct Point
    {
      double      strain;
      double      stress;
      std::size_t segment;

      template <typename Archive>
      void serialize(Archive &archive, unsigned int /* version */)
      {
        archive &strain &stress &segment;
      }
    };

    /// Takes note of the state at the start (first call) or at the end of an accepted step of segment number `segment`.
    void add(const HistoryRow &row, std::size_t segment);

    /// The stress of largest magnitude, signed, over the first loading: up to where the strain first stands still or
    /// turns. Between rows the curve is interpolated, except across the corner between two segments.
    double peak_stress() const;

    /// Where peak_stress() is.
    double peak_strain() const;

    /// The strain at which |stress| first exceeds σ_c, interpolated between rows.
    double strain_c() const { return crossing; }

    /// σ_c there, as the rows have it.
    double threshold_at_crossing() const { return crossing_threshold; }

    /// The first row. There must have been one.
    const HistoryRow &first() const { return first_row; }

    /// The last row. There must have been one.
    const HistoryRow &last() const { return last_row; }

    /// Replaces what the rows say about the peak by what the tool knows better.
    void set_peak(double strain, double stress);

    /// Replaces what the rows say about the first crossing of σ_c by what the tool knows better.
    void set_strain_c(double strain) { crossing = strain; }

    /// Writes or reads what a checkpoint has of this, with an archive of Boost.Serialization.
    template <typename Archive>
    void serialize(Archive &archive, unsigned int /* version */)
    {
      archive &loading &loading_ended &peak_is_set &known_peak &crossing &crossing_threshold &n_rows &first_row
        &last_row;
    }

  private:
    void note_loading(const Point &point);
    void note_crossing(const HistoryRow &row);

    /// The highest of the rows or, where they allow, of the curve through them.
    Point peak() const;

    /// Some points around loading[`top`] on one smooth curve; none if the top is at an end or a corner.
    std::vector<Point> smooth_neighborhood(std::size_t top) const;

    std::vector<Point> loading; ///< the first loading
    bool               loading_ended      = false;
    bool               peak_is_set        = false;
    Point              known_peak         = {};
    double             crossing           = std::numeric_limits<double>::quiet_NaN();
    double             crossing_threshold = std::numeric_limits<double>::quiet_NaN();
    std::size_t        n_rows             = 0;
    HistoryRow         first_row;
    HistoryRow         last_row;
  };
} // namespace revitra

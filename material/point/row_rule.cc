#include "material/point/row_rule.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace revitra
{
  namespace
  {
    /// Rows are this part of the largest distance apart at least.
    constexpr double smallest_distance = 1. / 20.;

    /// While the strain is held: the ratio of two times since the start of the segment.
    constexpr double time_ratio = 1.1;

    /// The first of these times, in parts of the duration.
    constexpr double smallest_time = 1e-6;

    /// In segments of given duration: rows in equal parts of it.
    constexpr double rows_in_duration = 50.;

    /// What counts as rounding in a time, relative, and in a ratio of strains.
    constexpr double rounding        = 1e-12;
    constexpr double strain_rounding = 1e-9;
  } // namespace

  SpacedRows::SpacedRows(const double maximum_strain_step)
    : maximum_strain_step(maximum_strain_step)
  {}

  double SpacedRows::distance(const Stretch::End &from, const Stretch::End &to, const Stretch &stretch) const
  {
    const double strain  = stretch.strain_held ? to.plastic_strain - from.plastic_strain : to.strain - from.strain;
    const double by_time = rows_in_duration * (to.time - from.time) / stretch.segment_duration;
    return std::max(std::abs(strain) / maximum_strain_step, by_time);
  }

  bool SpacedRows::is_due(const Stretch &stretch) const
  {
    const double elapsed = stretch.end.time - stretch.segment_start;
    const double before  = std::max(last.time - stretch.segment_start, smallest_time * stretch.segment_duration);
    return distance(last, stretch.end, stretch) >= smallest_distance * (1. - strain_rounding) ||
           (stretch.strain_held && elapsed > time_ratio * before);
  }

  std::vector<double> SpacedRows::rows_in(const Stretch &stretch)
  {
    const double        length = stretch.length;
    std::vector<double> rows   = stretch.landmarks;
    if (last.time >= 0. && distance(last, stretch.end, stretch) > 1. + strain_rounding)
      {
        if (distance(last, stretch.start, stretch) > strain_rounding)
          rows.push_back(0.);
        // More than that no history has, and whoever asks for them is told so.
        const double parts = std::min(std::ceil(distance(stretch.start, stretch.end, stretch) - strain_rounding), 3e6);
        for (double part = 1.; part < parts; part += 1.)
          rows.push_back(part / parts * length);
      }
    if (last.time < 0. || is_due(stretch))
      rows.push_back(length);
    std::sort(rows.begin(), rows.end());
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    if (!rows.empty())
      {
        const double part = length > 0. ? rows.back() / length : 1.;
        const auto   at   = [part](const double from, const double to) { return from + part * (to - from); };
        last              = {at(stretch.start.time, stretch.end.time),
                             at(stretch.start.strain, stretch.end.strain),
                             at(stretch.start.plastic_strain, stretch.end.plastic_strain)};
      }
    return rows;
  }

  RowsAtTimes::RowsAtTimes(std::vector<double> times)
    : times(std::move(times))
  {}

  std::vector<double> RowsAtTimes::rows_in(const Stretch &stretch)
  {
    const double        end = stretch.end.time * (1. + rounding);
    std::vector<double> rows;
    for (; next < times.size() && times[next] <= end; ++next)
      rows.push_back(std::clamp(times[next] - stretch.start.time, 0., stretch.length));
    return rows;
  }

  double RowsAtTimes::overtime(const double time) const
  {
    const double farthest = time * (1. + 1e-3);
    const auto   last     = std::upper_bound(times.begin(), times.end(), farthest);
    return last == times.begin() ? 0. : std::max(0., *(last - 1) - time);
  }
} // namespace revitra

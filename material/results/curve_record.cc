#include "material/results/curve_record.h"

#include <algorithm>
#include <cmath>

namespace revitra
{
  namespace
  {
    using Points = std::vector<CurveRecord::Point>;

    /// Stresses below are what a solver makes of 0, in σ₀.
    constexpr double no_stress = 1e-9;

    /// So many rows to either side of the highest are interpolated. With rows 0.005 apart the peak of the baseline,
    /// which is about 0.02 wide, comes out to within 1e-4; with two rows it would not.
    constexpr unsigned int reach = 3;

    /// The polynomial through `points`, in Newton's form.
    class Interpolant
    {
    public:
      explicit Interpolant(const Points &points)
      {
        for (const auto &point : points)
          {
            nodes.push_back(point.strain);
            coefficients.push_back(point.stress);
          }
        for (std::size_t order = 1; order < nodes.size(); ++order)
          for (std::size_t i = nodes.size() - 1; i >= order; --i)
            coefficients[i] = (coefficients[i] - coefficients[i - 1]) / (nodes[i] - nodes[i - order]);
      }

      double operator()(const double strain) const
      {
        double value = coefficients.back();
        for (std::size_t i = nodes.size() - 1; i-- > 0;)
          value = value * (strain - nodes[i]) + coefficients[i];
        return value;
      }

    private:
      std::vector<double> nodes;
      std::vector<double> coefficients;
    };

    /// Where between `lower` and `upper` `function` is greatest in magnitude, if it is so only once.
    double place_of_maximum(const Interpolant &function, double lower, double upper)
    {
      const double golden = 0.5 * (std::sqrt(5.) - 1.);
      for (unsigned int i = 0; i < 60; ++i)
        {
          const double left  = upper - golden * (upper - lower);
          const double right = lower + golden * (upper - lower);
          if (std::abs(function(left)) < std::abs(function(right)))
            lower = left;
          else
            upper = right;
        }
      return 0.5 * (lower + upper);
    }

    bool is_smaller(const CurveRecord::Point &one, const CurveRecord::Point &other)
    {
      return std::abs(one.stress) < std::abs(other.stress);
    }
  } // namespace

  void CurveRecord::add(const HistoryRow &row, const std::size_t segment)
  {
    note_crossing(row);
    note_loading({row.strain, row.stress, segment});
    if (n_rows == 0)
      first_row = row;
    last_row = row;
    n_rows += 1;
  }

  void CurveRecord::note_crossing(const HistoryRow &row)
  {
    const double excess = std::abs(row.stress) - row.sigma_c;
    if (!std::isnan(crossing) || !(row.sigma_c > 0.) || !(excess >= 0.)) // a balance threshold is 0 until it is crossed
      return;
    if (n_rows == 0)
      {
        crossing           = row.strain;
        crossing_threshold = row.sigma_c;
        return;
      }
    const double before        = last_row.sigma_c > 0. ? last_row.sigma_c : row.sigma_c;
    const double excess_before = std::abs(last_row.stress) - before;
    const double part          = excess_before / (excess_before - excess);
    crossing                   = last_row.strain + part * (row.strain - last_row.strain);
    crossing_threshold         = before + part * (row.sigma_c - before);
  }

  void CurveRecord::note_loading(const Point &point)
  {
    const bool has_begun = loading.size() > 1;
    if (loading_ended)
      return;
    if (loading.empty())
      loading.push_back(point);
    else if (!has_begun && (std::abs(point.stress) < no_stress || point.strain == loading[0].strain))
      loading[0] = point; // at rest before the loading, or annealed without stress
    else if (has_begun && (point.strain - loading.back().strain) * (loading.back().strain - loading[0].strain) <= 0.)
      loading_ended = true;
    else
      loading.push_back(point);
  }

  std::vector<CurveRecord::Point> CurveRecord::smooth_neighborhood(const std::size_t top) const
  {
    const auto in_segment = [&](const std::size_t i) { return loading[i].segment == loading[top].segment; };
    if (top == 0 || top + 1 == loading.size() || !in_segment(top + 1))
      return {};
    std::size_t begin = top;
    std::size_t end   = top + 1;
    for (unsigned int i = 0; i < reach && end < loading.size() && in_segment(end); ++i)
      ++end;
    // The point before the first of a segment is where the segment starts, and so part of it.
    for (unsigned int i = 0; i < reach && begin > 0 && in_segment(begin); ++i)
      --begin;
    return {loading.begin() + static_cast<std::ptrdiff_t>(begin), loading.begin() + static_cast<std::ptrdiff_t>(end)};
  }

  CurveRecord::Point CurveRecord::peak() const
  {
    if (peak_is_set)
      return known_peak;
    const double nan = std::numeric_limits<double>::quiet_NaN();
    if (loading.empty())
      return {nan, nan, 0};
    // the first of the rows on a plateau, which differ by rounding
    const double most = std::abs(std::max_element(loading.begin(), loading.end(), is_smaller)->stress);
    const auto   top  = std::find_if(
      loading.begin(), loading.end(), [&](const Point &point) { return std::abs(point.stress) >= most - no_stress; });
    const auto neighbors = smooth_neighborhood(static_cast<std::size_t>(top - loading.begin()));
    if (neighbors.empty())
      return *top;

    const Interpolant curve(neighbors);
    const double      strain = place_of_maximum(curve, (top - 1)->strain, (top + 1)->strain);
    const double      stress = curve(strain);
    // A smooth curve rises between rows by less than it falls from the highest to the next. Where the polynomial does
    // otherwise, the rows are no samples of one.
    const double rise = std::abs(stress) - std::abs(top->stress);
    const double fall = std::abs(top->stress) - std::min(std::abs((top - 1)->stress), std::abs((top + 1)->stress));
    return rise >= 0. && rise <= fall ? Point{strain, stress, top->segment} : *top;
  }

  double CurveRecord::peak_stress() const
  {
    return peak().stress;
  }

  double CurveRecord::peak_strain() const
  {
    return peak().strain;
  }

  void CurveRecord::set_peak(const double strain, const double stress)
  {
    known_peak  = {strain, stress, 0};
    peak_is_set = true;
  }
} // namespace revitra

#include "fem/analysis/volume_distribution.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>
#include <numeric>

namespace revitra
{
  using dealii::Utilities::MPI::max;
  using dealii::Utilities::MPI::min;
  using dealii::Utilities::MPI::sum;

  namespace
  {
    constexpr std::uint64_t sign = std::uint64_t(1) << 63;

    /// Where a number stands in the order of all numbers.
    std::uint64_t rank_of(const double number)
    {
      std::uint64_t bits;
      std::memcpy(&bits, &number, sizeof bits);
      return (bits & sign) != 0 ? ~bits : bits | sign;
    }

    /// The number that stands there.
    double number_at(const std::uint64_t rank)
    {
      const std::uint64_t bits = (rank & sign) != 0 ? rank & ~sign : ~rank;
      double              number;
      std::memcpy(&number, &bits, sizeof number);
      return number;
    }
  } // namespace

  VolumeDistribution::VolumeDistribution(const std::vector<double> &unsorted,
                                         const std::vector<double> &volumes,
                                         const MPI_Comm            &communicator)
    : part_of(1)
    , communicator(communicator)
  {
    std::vector<std::size_t> order(unsorted.size());
    std::iota(order.begin(), order.end(), 0);
    std::sort(
      order.begin(), order.end(), [&](const std::size_t p, const std::size_t q) { return unsorted[p] > unsorted[q]; });
    values.reserve(order.size());
    part_of.reserve(order.size() + 1);
    for (const std::size_t p : order)
      {
        const Part before = part_of.back();
        values.push_back(unsorted[p]);
        part_of.push_back({before.volume + volumes[p], before.integral + volumes[p] * unsorted[p]});
      }
    constexpr double infinity = std::numeric_limits<double>::infinity();
    smallest                  = min(values.empty() ? infinity : values.back(), communicator);
    largest                   = max(values.empty() ? -infinity : values.front(), communicator);
    whole.volume              = sum(part_of.back().volume, communicator);
    whole.integral            = sum(part_of.back().integral, communicator);
  }

  double VolumeDistribution::share_of_largest(const double fraction) const
  {
    if (!(whole.integral > 0.))
      return std::numeric_limits<double>::quiet_NaN();
    const double volume = fraction * whole.volume;
    const double level  = level_above(volume);
    const Part   above  = part_above(level);
    return (above.integral + level * (volume - above.volume)) / whole.integral;
  }

  double VolumeDistribution::quantile(const double fraction) const
  {
    constexpr double rounding = 1e-9; // of sums over ranks, and more
    const double     above    = 1. - fraction;
    return 0.5 * (level_above((above + rounding) * whole.volume) + level_above((above - rounding) * whole.volume));
  }

  double VolumeDistribution::level_above(const double volume) const
  {
    std::uint64_t below = rank_of(smallest), beyond = rank_of(largest) + 1;
    while (beyond - below > 1)
      {
        const std::uint64_t middle                                  = below + (beyond - below) / 2;
        (volume_from(number_at(middle)) >= volume ? below : beyond) = middle;
      }
    return number_at(below);
  }

  double VolumeDistribution::volume_from(const double level) const
  {
    const auto end = std::partition_point(values.begin(), values.end(), [&](const double v) { return v >= level; });
    return sum(part_of[end - values.begin()].volume, communicator);
  }

  VolumeDistribution::Part VolumeDistribution::part_above(const double level) const
  {
    const auto end  = std::partition_point(values.begin(), values.end(), [&](const double v) { return v > level; });
    const Part part = part_of[end - values.begin()];
    return {sum(part.volume, communicator), sum(part.integral, communicator)};
  }
} // namespace revitra

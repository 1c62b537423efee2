#include "fem/analysis/rejuvenation_analysis.h"

#include "fem/analysis/volume_distribution.h"
#include "material/base/errors.h"
#include "material/base/text.h"
#include "material/law/effective_energy.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <fstream>
#include <limits>
#include <utility>

namespace revitra
{
  using dealii::ArrayView;
  using dealii::Utilities::MPI::max;
  using dealii::Utilities::MPI::min;
  using dealii::Utilities::MPI::sum;

  namespace
  {
    constexpr double       nan    = std::numeric_limits<double>::quiet_NaN();
    constexpr unsigned int n_bins = 50;

    /// The points of locally owned cells, in arrays of the same order.
    struct OwnPoints
    {
      std::vector<double> volume;
      std::vector<double> rejuvenation; ///< RD
      std::vector<double> eed;
      std::vector<double> eed_star; ///< EED/σ_c, zero where no σ_c is known yet
      std::vector<double> rate;     ///< |γ̇ᵖ|
      std::vector<double> work;     ///< W
    };

    OwnPoints own_points(const MaterialMap         &materials,
                         const QuadratureHistory   &history,
                         const std::vector<double> &weights)
    {
      OwnPoints points;
      for (std::size_t p = 0; p < weights.size(); ++p)
        if (weights[p] > 0.)
          {
            const State &state   = history.state[p];
            const double sigma_c = history.threshold[p].stress;
            const double eed =
              effective_energy(state, history.stress[p].norm(), sigma_c, materials.at(p).shear_modulus);
            points.volume.push_back(weights[p]);
            points.rejuvenation.push_back(state.free_volume() / history.initial_free_volume[p]);
            points.eed.push_back(eed);
            points.eed_star.push_back(sigma_c > 0. ? eed / sigma_c : 0.);
            points.rate.push_back(history.rate.front()[p].plastic_strain().norm());
            points.work.push_back(state.accumulated_plastic_work());
          }
      return points;
    }

    double quotient(const double numerator, const double denominator)
    {
      return denominator > 0. ? numerator / denominator : nan;
    }

    /// Replaces the numbers by their sums over the ranks.
    template <std::size_t n>
    void sum_up(std::array<double, n> &numbers, const MPI_Comm &communicator)
    {
      sum(ArrayView<const double>(numbers.data(), n), communicator, ArrayView<double>(numbers.data(), n));
    }

    /// (∫g dV)²/(V ∫g² dV)
    double participation(const std::vector<double> &g, const std::vector<double> &volume, const MPI_Comm &communicator)
    {
      std::array<double, 3> integrals{}; // of 1, g and g²
      for (std::size_t p = 0; p < g.size(); ++p)
        {
          integrals[0] += volume[p];
          integrals[1] += volume[p] * g[p];
          integrals[2] += volume[p] * g[p] * g[p];
        }
      sum_up(integrals, communicator);
      return quotient(integrals[1] * integrals[1], integrals[0] * integrals[2]);
    }

    double mean(const std::vector<double> &values, const std::vector<double> &volume, const MPI_Comm &communicator)
    {
      std::array<double, 2> integrals{};
      for (std::size_t p = 0; p < values.size(); ++p)
        {
          integrals[0] += volume[p];
          integrals[1] += volume[p] * values[p];
        }
      sum_up(integrals, communicator);
      return integrals[1] / integrals[0];
    }

    /// Pearson's correlation of `a` and `b`; NaN if either does not vary, or by no more than rounding does.
    double correlation(const std::vector<double> &a,
                       const std::vector<double> &b,
                       const std::vector<double> &volume,
                       const MPI_Comm            &communicator)
    {
      constexpr double      noise  = 1e-6; // of the mean
      const double          mean_a = mean(a, volume, communicator), mean_b = mean(b, volume, communicator);
      std::array<double, 4> integrals{};
      for (std::size_t p = 0; p < volume.size(); ++p)
        {
          const double from_a = a[p] - mean_a, from_b = b[p] - mean_b;
          integrals[0] += volume[p];
          integrals[1] += volume[p] * from_a * from_a;
          integrals[2] += volume[p] * from_b * from_b;
          integrals[3] += volume[p] * from_a * from_b;
        }
      sum_up(integrals, communicator);
      const double deviation_a = std::sqrt(integrals[1] / integrals[0]);
      const double deviation_b = std::sqrt(integrals[2] / integrals[0]);
      if (!(deviation_a > noise * std::abs(mean_a)) || !(deviation_b > noise * std::abs(mean_b)))
        return nan;
      return integrals[3] / integrals[0] / (deviation_a * deviation_b);
    }

    /// The fraction of the volume whose RD is further from 1 than rejuvenation_tolerance, times `direction` = ±1.
    double changed_fraction(const OwnPoints &points, const double direction, const MPI_Comm &communicator)
    {
      std::array<double, 2> volumes{};
      for (std::size_t p = 0; p < points.volume.size(); ++p)
        {
          volumes[0] += points.volume[p];
          if (direction * (points.rejuvenation[p] - 1.) > rejuvenation_tolerance)
            volumes[1] += points.volume[p];
        }
      sum_up(volumes, communicator);
      return volumes[1] / volumes[0];
    }

    /// The smallest and the largest number of all ranks.
    std::pair<double, double> range(const std::vector<double> &values, const MPI_Comm &communicator)
    {
      double smallest = std::numeric_limits<double>::infinity(), largest = -smallest;
      for (const double value : values)
        {
          smallest = std::min(smallest, value);
          largest  = std::max(largest, value);
        }
      return {min(smallest, communicator), max(largest, communicator)};
    }
  } // namespace

  RejuvenationMeasures rejuvenation_measures(const MaterialMap         &materials,
                                             const QuadratureHistory   &history,
                                             const std::vector<double> &weights,
                                             const MPI_Comm            &communicator)
  {
    const OwnPoints          points = own_points(materials, history, weights);
    const VolumeDistribution rates(points.rate, points.volume, communicator);
    const VolumeDistribution works(points.work, points.volume, communicator);
    RejuvenationMeasures     result;
    result.rejuvenated_fraction = changed_fraction(points, 1., communicator);
    result.aged_fraction        = changed_fraction(points, -1., communicator);
    result.strain_share         = rates.share_of_largest(most_active_fraction);
    result.strain_participation = participation(points.rate, points.volume, communicator);
    result.work_share           = works.share_of_largest(most_active_fraction);
    result.work_participation   = participation(points.work, points.volume, communicator);
    result.correlation          = correlation(points.rejuvenation, points.eed_star, points.volume, communicator);
    return result;
  }

  LocalEnergy local_energy(const MaterialMap         &materials,
                           const QuadratureHistory   &history,
                           const std::vector<double> &weights,
                           const double               curve_eed,
                           const MPI_Comm            &communicator)
  {
    const OwnPoints          points = own_points(materials, history, weights);
    const VolumeDistribution distribution(points.eed, points.volume, communicator);
    const double             mean_eed = mean(points.eed, points.volume, communicator);
    return {mean_eed,
            quotient(mean_eed, curve_eed),
            distribution.quantile(0.05),
            distribution.quantile(0.5),
            distribution.quantile(0.95)};
  }

  std::vector<RejuvenationBin> rejuvenation_histogram(const MaterialMap         &materials,
                                                      const QuadratureHistory   &history,
                                                      const std::vector<double> &weights,
                                                      const MPI_Comm            &communicator)
  {
    const OwnPoints points               = own_points(materials, history, weights);
    const auto [smallest, largest]       = range(points.rejuvenation, communicator);
    const double                   width = std::max(largest - smallest, rejuvenation_tolerance) / n_bins;
    std::array<double, 2 * n_bins> sums{}; // volume and integral of EED*, bin by bin
    for (std::size_t p = 0; p < points.volume.size(); ++p)
      {
        const auto bin = std::min(static_cast<unsigned int>((points.rejuvenation[p] - smallest) / width), n_bins - 1);
        sums[2 * bin] += points.volume[p];
        sums[2 * bin + 1] += points.volume[p] * points.eed_star[p];
      }
    sum_up(sums, communicator);

    double volume = 0.;
    for (unsigned int bin = 0; bin < n_bins; ++bin)
      volume += sums[2 * bin];
    std::vector<RejuvenationBin> bins;
    for (unsigned int bin = 0; bin < n_bins; ++bin)
      bins.push_back({smallest + bin * width,
                      smallest + (bin + 1) * width,
                      sums[2 * bin] / volume,
                      quotient(sums[2 * bin + 1], sums[2 * bin])});
    return bins;
  }

  void write_histogram(const std::string &file, const std::vector<RejuvenationBin> &bins, const UnitScales &scales)
  {
    errno = 0;
    std::ofstream stream(file, std::ios::binary);
    stream << "rejuvenation_low,rejuvenation_high,volume_fraction,eed_star_mean\n";
    for (const RejuvenationBin &bin : bins)
      stream << join({shortest(bin.from),
                      shortest(bin.to),
                      shortest(bin.volume_fraction),
                      shortest(bin.eed_star * scales.factor(Quantity::strain))},
                     ",")
             << '\n';
    if (!stream.flush())
      throw not_written(file, "the histogram");
  }
} // namespace revitra

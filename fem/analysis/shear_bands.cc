#include "fem/analysis/shear_bands.h"

#include "fem/analysis/connected_regions.h"

#include <deal.II/base/mpi.h>
#include <deal.II/base/numbers.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <tuple>
#include <utility>

namespace revitra
{
  using namespace dealii;

  namespace
  {
    constexpr double no_value       = std::numeric_limits<double>::quiet_NaN();
    constexpr double least_contrast = 2.; // of W in bands to that in the matrix
    constexpr double least_slender  = 2.; // of the next largest extent of a band to that across

    /// What bands are found by, for the locally owned cells, by active_cell_index. Zero for all others.
    struct CellIntegrals
    {
      explicit CellIntegrals(const std::size_t n_cells)
        : volume(n_cells)
        , work(n_cells)
        , plastic_strain(n_cells)
        , rejuvenation(n_cells)
      {}

      std::vector<double> volume;
      std::vector<double> work;            ///< ∫W dV
      std::vector<double> plastic_strain;  ///< ∫|γᵖ| dV
      std::vector<double> rejuvenation;    ///< ∫ξ/ξ₀ dV
      double              yield_work = 0.; ///< ∫σ_c²/μ dV over all of them
    };

    CellIntegrals integrate(const std::size_t          n_cells,
                            const MaterialMap         &materials,
                            const QuadratureHistory   &history,
                            const std::vector<double> &weights)
    {
      CellIntegrals     integrals(n_cells);
      const std::size_t n_points = weights.size() / n_cells;
      for (std::size_t p = 0; p < weights.size(); ++p)
        if (weights[p] > 0.)
          {
            const std::size_t cell    = p / n_points;
            const State      &state   = history.state[p];
            const double      sigma_c = history.threshold[p].stress;
            integrals.volume[cell] += weights[p];
            integrals.work[cell] += weights[p] * state.accumulated_plastic_work();
            integrals.plastic_strain[cell] += weights[p] * state.plastic_strain().norm();
            integrals.rejuvenation[cell] += weights[p] * state.free_volume() / history.initial_free_volume[p];
            integrals.yield_work += weights[p] * sigma_c * sigma_c / materials.at(p).shear_modulus;
          }
      return integrals;
    }

    /// Two parts of a specimen: its cells above and below a level of W.
    struct Classes
    {
      double volume_above, work_above, volume_below, work_below;

      double mean_above() const { return work_above / volume_above; }
      double mean_below() const { return work_below / volume_below; }
    };

    Classes classes_at(const double level, const CellIntegrals &cells, const MPI_Comm &communicator)
    {
      std::array<double, 4> sums{};
      for (std::size_t cell = 0; cell < cells.volume.size(); ++cell)
        {
          const unsigned int first = cells.work[cell] > level * cells.volume[cell] ? 0 : 2;
          sums[first] += cells.volume[cell];
          sums[first + 1] += cells.work[cell];
        }
      Utilities::MPI::sum(ArrayView<const double>(sums.data(), 4), communicator, ArrayView<double>(sums.data(), 4));
      return {sums[0], sums[1], sums[2], sums[3]};
    }

    /// A level of W and the parts above and below it.
    struct Separation
    {
      double  level;
      Classes classes;

      /// The variance of W between the two parts, but for a factor that is the same for all levels.
      double variance() const
      {
        const double apart = classes.mean_above() - classes.mean_below();
        return classes.volume_above * classes.volume_below * apart * apart;
      }
    };

    /// The level half-way between the means of cells above and below it, as reached from `level`; nothing if no cells
    /// are left on one side.
    std::optional<Separation> settle(double level, const CellIntegrals &cells, const MPI_Comm &communicator)
    {
      constexpr unsigned int most_iterations = 100; // few are needed; rounding might go on for ever
      Classes                classes         = classes_at(level, cells, communicator);
      for (unsigned int i = 0; i < most_iterations; ++i)
        {
          if (!(classes.volume_above > 0.) || !(classes.volume_below > 0.))
            return {};
          const double last = std::exchange(level, 0.5 * (classes.mean_above() + classes.mean_below()));
          classes           = classes_at(level, cells, communicator);
          if (std::abs(level - last) <= 1e-12 * last)
            break;
        }
      return Separation{level, classes};
    }

    /// Of all levels half-way between means the one that separates best. A search from the mean alone would stop at one
    /// that halves an uneven matrix; that of a thin and intense band is found from levels in its range.
    std::optional<Separation> best_separation(const double         mean_work,
                                              const CellIntegrals &cells,
                                              const MPI_Comm      &communicator)
    {
      double highest = 0.;
      for (std::size_t cell = 0; cell < cells.volume.size(); ++cell)
        if (cells.volume[cell] > 0.)
          highest = std::max(highest, cells.work[cell] / cells.volume[cell]);
      highest = Utilities::MPI::max(highest, communicator);

      auto         best = settle(mean_work, cells, communicator);
      const double lowest =
        std::max(mean_work, 0.); // work may be negative: a bias that the glass starts with gives it back
      for (double start = 0.5 * highest; start > lowest; start *= 0.5)
        if (const auto found = settle(start, cells, communicator); found)
          if (!best || found->variance() > best->variance())
            best = found;
      return best;
    }

    /// The level of W that cells of bands are above, if there are bands.
    std::optional<double> band_level(const CellIntegrals &cells, const MPI_Comm &communicator)
    {
      const Classes all        = classes_at(-1., cells, communicator);
      const double  yield_work = Utilities::MPI::sum(cells.yield_work, communicator) / all.volume_above;
      const auto    best       = best_separation(all.mean_above(), cells, communicator);
      if (best && best->classes.mean_above() >= least_contrast * best->classes.mean_below() &&
          best->classes.mean_above() > yield_work)
        return best->level;
      return {};
    }

    /// Unit vectors along the directions in which `region` closes on itself, normal to each other.
    template <int dim>
    std::vector<Tensor<1, dim>> closed_directions(const Region<dim> &region, const Tensor<1, dim> &periods)
    {
      std::vector<Tensor<1, dim>> directions;
      for (const Image<dim> &winding : region.windings)
        {
          Tensor<1, dim> direction;
          for (unsigned int d = 0; d < dim; ++d)
            direction[d] = winding[d] * periods[d];
          for (const Tensor<1, dim> &other : directions)
            direction -= (direction * other) * other;
          directions.push_back(direction / direction.norm());
        }
      return directions;
    }

    /// Second moments of `region` about its center, a volume. In the directions in which it closes on itself it has no
    /// end, and where it was cut open is chance: their moments are replaced by larger ones than all others.
    template <int dim>
    SymmetricTensor<2, dim> spread_of(const Region<dim> &region, const Tensor<1, dim> &periods)
    {
      const Tensor<1, dim>    center = region.sums.first / region.sums.volume;
      SymmetricTensor<2, dim> spread =
        region.sums.second / region.sums.volume - symmetrize(outer_product(center, center));
      const double larger = 100. * periods.norm_square();
      for (const Tensor<1, dim> &direction : closed_directions(region, periods))
        {
          const Tensor<1, dim> along = spread * direction;
          spread -= 2. * symmetrize(outer_product(direction, along));
          spread += (direction * along + larger) * symmetrize(outer_product(direction, direction));
        }
      return spread;
    }

    /// How far it is along a region that closes on itself, once around.
    template <int dim>
    double length_around(const Image<dim> &winding, const Tensor<1, dim> &periods)
    {
      int            times = 0;
      Tensor<1, dim> path;
      for (unsigned int d = 0; d < dim; ++d)
        {
          times   = std::gcd(times, winding[d]);
          path[d] = winding[d] * periods[d];
        }
      return path.norm() / times;
    }

    /// Area (in 2-D: length) of the middle surface; `axes` are the eigenvectors of spread_of(), the normal last.
    template <int dim, typename Axes>
    double middle_area(const Region<dim> &region, const Axes &axes, const Tensor<1, dim> &periods)
    {
      const unsigned int n_closed = region.windings.size();
      double             area     = 1.;
      if (n_closed == 1)
        area = length_around(region.windings.front(), periods);
      else if (n_closed == 2)
        area = periods[0] * periods[dim - 1];
      for (unsigned int i = n_closed; i < dim - 1; ++i)
        area *= std::sqrt(12. * axes[i].first); // of a box
      return area;
    }

    /// The angle of the trace of the plane with `normal` in the x-y plane, in (−90, 90] degrees; NaN if it has none.
    template <int dim>
    double orientation_of(const Tensor<1, dim> &normal)
    {
      constexpr double rounding = 1e-6;
      if (std::hypot(normal[0], normal[1]) < rounding)
        return no_value;
      double angle = std::atan2(-normal[0], normal[1]) * 180. / numbers::PI;
      if (angle > 90. + rounding)
        angle -= 180.;
      if (angle <= -90. + rounding)
        angle += 180.;
      return angle + 0.; // of which -0 makes 0
    }

    template <int dim>
    ShearBand describe(const Region<dim> &region, const double volume, const Tensor<1, dim> &periods)
    {
      const RegionSums<dim> &sums   = region.sums;
      const auto             axes   = eigenvectors(spread_of(region, periods)); // the longest first
      const Tensor<1, dim>   normal = axes[dim - 1].second;

      ShearBand band;
      band.volume_fraction = sums.volume / volume;
      band.width           = sums.volume / middle_area(region, axes, periods);
      band.height          = sums.first[1] / sums.volume;
      band.plastic_strain  = sums.plastic_strain / sums.volume;
      band.rejuvenation    = sums.rejuvenation / sums.volume;
      band.cells_across = band.orientation = band.tilt = no_value;
      if (axes[dim - 2].first >= least_slender * least_slender * axes[dim - 1].first)
        {
          band.cells_across = band.width * std::sqrt(normal * (sums.cells / sums.volume * normal));
          band.orientation  = orientation_of(normal);
          band.tilt         = dim == 3 ? std::asin(std::min(std::abs(normal[dim - 1]), 1.)) * 180. / numbers::PI : 0.;
        }
      return band;
    }

    /// The largest first; of equally large ones the lower. Numbers are taken as equal if they differ by rounding only,
    /// as they do between numbers of ranks.
    void sort_by_size(std::vector<ShearBand> &bands)
    {
      const auto key = [](const ShearBand &band) {
        constexpr double digits = 1e9;
        return std::make_tuple(-std::llround(digits * band.volume_fraction), band.height);
      };
      std::sort(bands.begin(), bands.end(), [&](const ShearBand &one, const ShearBand &other) {
        return key(one) < key(other);
      });
    }
  } // namespace

  double ShearBands::volume_fraction() const
  {
    double sum = 0.;
    for (const ShearBand &band : bands)
      sum += band.volume_fraction;
    return sum;
  }

  double ShearBands::least_cells_across() const
  {
    double least = no_value;
    for (const ShearBand &band : bands)
      least = std::fmin(least, band.cells_across); // of a number and none, the number
    return least;
  }

  template <int dim>
  ShearBands find_shear_bands(const Triangulation<dim>  &triangulation,
                              const MaterialMap         &materials,
                              const QuadratureHistory   &history,
                              const std::vector<double> &weights)
  {
    const MPI_Comm              communicator = triangulation.get_communicator();
    const CellIntegrals         cells        = integrate(triangulation.n_active_cells(), materials, history, weights);
    const std::optional<double> level        = band_level(cells, communicator);
    if (!level)
      return {no_value, {}};

    std::vector<bool> in_band(cells.volume.size());
    for (std::size_t cell = 0; cell < in_band.size(); ++cell)
      in_band[cell] = cells.work[cell] > *level * cells.volume[cell];
    const auto regions = connected_regions<dim>(triangulation, in_band, [&](const auto &cell) {
      const unsigned int index = cell->active_cell_index();
      RegionSums<dim>    sums  = sums_of_cell<dim>(cell, cells.volume[index]);
      sums.plastic_strain      = cells.plastic_strain[index];
      sums.rejuvenation        = cells.rejuvenation[index];
      return sums;
    });

    const double volume =
      Utilities::MPI::sum(std::accumulate(cells.volume.begin(), cells.volume.end(), 0.), communicator);
    const Tensor<1, dim> periods = box_edges(triangulation);
    ShearBands           result  = {*level, {}};
    for (const Region<dim> &region : regions)
      if (region.sums.volume >= least_band_fraction * volume)
        result.bands.push_back(describe(region, volume, periods));
    sort_by_size(result.bands);
    return result;
  }

  template ShearBands find_shear_bands<2>(const Triangulation<2> &,
                                          const MaterialMap &,
                                          const QuadratureHistory &,
                                          const std::vector<double> &);
  template ShearBands find_shear_bands<3>(const Triangulation<3> &,
                                          const MaterialMap &,
                                          const QuadratureHistory &,
                                          const std::vector<double> &);
} // namespace revitra

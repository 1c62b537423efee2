#pragma once

#include "fem/mechanics/material_map.h"
#include "fem/mechanics/quadrature_history.h"
#include "material/results/units.h"

#include <deal.II/base/mpi.h>

#include <string>
#include <vector>

namespace revitra
{
  /// How far the rejuvenation degree RD = ξ/ξ₀ of a point has to be from 1 for the point to count as rejuvenated or
  /// aged: far more than errors of integration (below 1e-4 at default settings), far less than what can be measured.
  constexpr double rejuvenation_tolerance = 1e-3;

  /// The part of the volume that strain_share and work_share are about.
  constexpr double most_active_fraction = 0.05;

  /// Who rejuvenates and who ages in a specimen, and how localized its plastic flow is. All are plain numbers, of the
  /// volume of the glass (holes are no part of it); NaN where there is nothing to tell.
  ///
  /// A participation ratio is (∫g dV)²/(V ∫g² dV), in (0, 1]: 1 if g is the same everywhere, f if it is in a fraction f
  /// of the volume and zero elsewhere.
  struct RejuvenationMeasures
  {
    double rejuvenated_fraction; ///< volume fraction with RD > 1 + rejuvenation_tolerance
    double aged_fraction;        ///< volume fraction with RD < 1 − rejuvenation_tolerance

    double strain_share; ///< part of ∫|γ̇ᵖ| dV in the most_active_fraction of the volume, in [0.05, 1]; 0.05 if uniform
    double strain_participation; ///< participation ratio of |γ̇ᵖ|
    double work_share;         ///< as strain_share, of W = ∫|s:Dᵖ| dt, what was worked plastically since the start
    double work_participation; ///< participation ratio of W

    double
      correlation; ///< Pearson's, by volume, of RD with EED* = EED/σ_c; NaN unless both vary by 1e-6 of their means
  };

  /// The measures at the last accepted time. `weights` are the points' quadrature weights, zero where they are not
  /// locally owned, in the order of `history`. Costs a sort of the rank's points and some hundred reductions of one
  /// number: of no account beside a step. Collective.
  RejuvenationMeasures rejuvenation_measures(const MaterialMap         &materials,
                                             const QuadratureHistory   &history,
                                             const std::vector<double> &weights,
                                             const MPI_Comm            &communicator);

  /// The points' EED in σ₀ε₀ against that of the specimen's own curve. Quantiles are by volume.
  struct LocalEnergy
  {
    double mean;
    double mean_over_curve; ///< mean/(EED of the curve), 1 if deformation is homogeneous; NaN if the curve's is zero
    double quantile_05;     ///< not exceeded in 5 % of the volume
    double median;
    double quantile_95;
  };

  /// The distribution of the local EED; `curve_eed` is the EED of the specimen's stress-strain curve. Collective.
  LocalEnergy local_energy(const MaterialMap         &materials,
                           const QuadratureHistory   &history,
                           const std::vector<double> &weights,
                           double                     curve_eed,
                           const MPI_Comm            &communicator);

  /// The part of the volume whose RD is in one of the ranges of a histogram.
  struct RejuvenationBin
  {
    double from;            ///< RD, included
    double to;              ///< RD, included in the last bin only
    double volume_fraction; ///< in [0, 1]; all bins together have 1
    double eed_star;        ///< mean EED* of this part; NaN if it is empty
  };

  /// The histogram of RD over the volume: 50 bins of equal width from the smallest to the largest RD, which are rarely
  /// apart by more than a factor of two or three; over the rejuvenation_tolerance if they are not even that far apart
  /// (all volume is then in the first bin, or the first few). Collective.
  std::vector<RejuvenationBin> rejuvenation_histogram(const MaterialMap         &materials,
                                                      const QuadratureHistory   &history,
                                                      const std::vector<double> &weights,
                                                      const MPI_Comm            &communicator);

  /// Writes `bins` as comma-separated values with a header line, EED* in the unit of `scales`. Throws WriteError. On
  /// one rank only.
  void write_histogram(const std::string &file, const std::vector<RejuvenationBin> &bins, const UnitScales &scales);
} // namespace revitra

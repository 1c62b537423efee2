#pragma once

#include "fem/mechanics/equilibrium.h"

namespace revitra
{
  /// Volume averages and extremes over a specimen at the last accepted time. Energies are densities in σ₀ε₀.
  struct VolumeAverages
  {
    double plastic_strain   = 0.; ///< mean plastic strain along the loading
    double free_volume      = 0.; ///< mean ξ
    double st_sum           = 0.; ///< mean Λ
    double st_bias          = 0.; ///< mean Δ along the loading
    double sigma_c          = 0.; ///< mean threshold
    double eed              = 0.; ///< mean EED of the points
    double rejuvenation     = 0.; ///< mean ξ/ξ₀
    double elastic_energy   = 0.; ///< mean s̄²/2μ + p²/2K
    double dissipation      = 0.; ///< mean plastic work
    double free_volume_work = 0.; ///< mean D_ia W
    double eed_max          = 0.;
    double free_volume_min  = 0.;
    double free_volume_max  = 0.;
    double plastic_rate     = 0.; ///< mean plastic strain rate along the loading
  };

  /// The averages of `history`, that of `equilibrium`, over all ranks; energies, as the work of the platens, over the
  /// gross volume that holes and notches are part of. Collective.
  template <int dim>
  VolumeAverages average(const MaterialMap       &materials,
                         const QuadratureHistory &history,
                         const Equilibrium<dim>  &equilibrium,
                         const MPI_Comm          &communicator);

  /// The average of σ_c and σ̇_c over the points where `laws`, those of `materials`, know it (all but
  /// ThresholdKind::balance). Collective.
  ThresholdStress average_threshold(const MaterialMap         &materials,
                                    StageMaterials            &laws,
                                    const std::vector<double> &weights,
                                    const MPI_Comm            &communicator);
} // namespace revitra

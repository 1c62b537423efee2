#include "fem/analysis/volume_averages.h"

#include <deal.II/base/mpi.h>

#include <limits>

namespace revitra
{
  using dealii::Utilities::MPI::max;
  using dealii::Utilities::MPI::min;
  using dealii::Utilities::MPI::sum;

  template <int dim>
  VolumeAverages average(const MaterialMap       &materials,
                         const QuadratureHistory &history,
                         const Equilibrium<dim>  &equilibrium,
                         const MPI_Comm          &communicator)
  {
    const std::vector<double> &weights      = equilibrium.weights();
    const double               gross_volume = equilibrium.volume();
    const Deviator             bias_along   = equilibrium.loading().flow;
    const Deviator             strain_along = equilibrium.loading().strain_per_shear * equilibrium.loading().flow;
    enum
    {
      volume,
      plastic_strain,
      free_volume,
      st_sum,
      st_bias,
      sigma_c,
      eed,
      rejuvenation,
      elastic_energy,
      dissipation,
      free_volume_work,
      plastic_rate,
      size
    };
    std::array<double, size> sums{};
    double                   eed_max = 0., free_volume_max = 0.;
    double                   free_volume_min = std::numeric_limits<double>::infinity();
    for (std::size_t p = 0; p < weights.size(); ++p)
      if (weights[p] > 0.) // a point of a locally owned cell
        {
          const Parameters  &glass      = materials.at(p);
          const State       &state      = history.state[p];
          const double       equivalent = history.stress[p].norm();
          const EnergyBudget budget     = energy_budget(glass, state, equivalent, history.volumetric_strain[p]);
          const double       point_eed =
            effective_energy(state, equivalent, history.threshold[p].stress, glass.shear_modulus);

          const std::array<double, size> values = {1.,
                                                   state.plastic_strain().dot(strain_along),
                                                   state.free_volume(),
                                                   state.st_sum(),
                                                   state.bias().dot(bias_along),
                                                   history.threshold[p].stress,
                                                   point_eed,
                                                   state.free_volume() / history.initial_free_volume[p],
                                                   budget.elastic,
                                                   budget.dissipation,
                                                   budget.free_volume_work,
                                                   history.rate.front()[p].plastic_strain().dot(strain_along)};
          for (unsigned int i = 0; i < size; ++i)
            sums[i] += weights[p] * values[i];
          eed_max         = std::max(eed_max, point_eed);
          free_volume_min = std::min(free_volume_min, state.free_volume());
          free_volume_max = std::max(free_volume_max, state.free_volume());
        }
    for (double &value : sums)
      value = sum(value, communicator);

    VolumeAverages result;
    result.plastic_strain   = sums[plastic_strain] / sums[volume];
    result.free_volume      = sums[free_volume] / sums[volume];
    result.st_sum           = sums[st_sum] / sums[volume];
    result.st_bias          = sums[st_bias] / sums[volume];
    result.sigma_c          = sums[sigma_c] / sums[volume];
    result.eed              = sums[eed] / sums[volume];
    result.rejuvenation     = sums[rejuvenation] / sums[volume];
    result.elastic_energy   = sums[elastic_energy] / gross_volume;
    result.dissipation      = sums[dissipation] / gross_volume;
    result.free_volume_work = sums[free_volume_work] / gross_volume;
    result.plastic_rate     = sums[plastic_rate] / sums[volume];
    result.eed_max          = max(eed_max, communicator);
    result.free_volume_min  = min(free_volume_min, communicator);
    result.free_volume_max  = max(free_volume_max, communicator);
    return result;
  }

  template VolumeAverages average<2>(const MaterialMap &,
                                     const QuadratureHistory &,
                                     const Equilibrium<2> &,
                                     const MPI_Comm &);
  template VolumeAverages average<3>(const MaterialMap &,
                                     const QuadratureHistory &,
                                     const Equilibrium<3> &,
                                     const MPI_Comm &);

  ThresholdStress average_threshold(const MaterialMap         &materials,
                                    StageMaterials            &laws,
                                    const std::vector<double> &weights,
                                    const MPI_Comm            &communicator)
  {
    if (materials.all().size() == 1 && !materials.have_offsets())
      return laws.at(0).threshold;
    std::array<double, 3> sums{};
    for (std::size_t p = 0; p < weights.size(); ++p)
      if (weights[p] > 0.)
        {
          const ThresholdStress &threshold = laws.at(p).threshold;
          sums[0] += weights[p];
          sums[1] += weights[p] * threshold.stress;
          sums[2] += weights[p] * threshold.rate;
        }
    for (double &value : sums)
      value = sum(value, communicator);
    return {sums[1] / sums[0], sums[2] / sums[0]};
  }
} // namespace revitra

#include "fem/output/rejuvenation_summary.h"

#include <limits>

namespace revitra
{
  const std::vector<HistoryColumn> &rejuvenation_columns()
  {
    static const std::vector<HistoryColumn> columns = {{"rejuvenated_fraction"},
                                                       {"aged_fraction"},
                                                       {"strain_share"},
                                                       {"strain_participation"},
                                                       {"work_share"},
                                                       {"work_participation"},
                                                       {"rejuvenation_eed_correlation"}};
    return columns;
  }

  std::vector<double> values_of(const RejuvenationMeasures &measures)
  {
    return {measures.rejuvenated_fraction,
            measures.aged_fraction,
            measures.strain_share,
            measures.strain_participation,
            measures.work_share,
            measures.work_participation,
            measures.correlation};
  }

  void add_rejuvenation(Summary                    &summary,
                        const RejuvenationMeasures &measures,
                        const LocalEnergy          &energy,
                        const ShearBands           &bands,
                        const UnitScales           &scales)
  {
    const std::vector<double> values = values_of(measures);
    for (std::size_t i = 0; i < values.size(); ++i)
      summary.set(rejuvenation_columns()[i].name, values[i]);

    const double energy_unit = scales.factor(Quantity::energy_density);
    summary.set("eed_mean", energy_unit * energy.mean);
    summary.set("eed_mean_over_curve", energy.mean_over_curve);
    summary.set("eed_quantile_05", energy_unit * energy.quantile_05);
    summary.set("eed_median", energy_unit * energy.median);
    summary.set("eed_quantile_95", energy_unit * energy.quantile_95);

    constexpr double none     = std::numeric_limits<double>::quiet_NaN();
    const ShearBand *largest  = bands.bands.empty() ? nullptr : &bands.bands.front();
    const auto       of_first = [largest](double ShearBand::*member) { return largest ? largest->*member : none; };
    summary.set_count("band_count", bands.bands.size());
    summary.set("band_volume_fraction", bands.volume_fraction());
    summary.set("band_width", of_first(&ShearBand::width));
    summary.set("band_cells_across", of_first(&ShearBand::cells_across));
    summary.set("band_orientation", of_first(&ShearBand::orientation));
    summary.set("band_tilt", of_first(&ShearBand::tilt));
    summary.set("band_height", of_first(&ShearBand::height));
    summary.set("band_plastic_strain", scales.factor(Quantity::strain) * of_first(&ShearBand::plastic_strain));
    summary.set("band_rejuvenation", of_first(&ShearBand::rejuvenation));
  }
} // namespace revitra

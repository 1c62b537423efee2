#include "fem/output/cell_fields.h"

namespace revitra
{
  namespace
  {
    const std::vector<std::string> names = {"stress",
                                            "equivalent_stress",
                                            "pressure",
                                            "free_volume",
                                            "st_sum",
                                            "st_bias",
                                            "plastic_strain",
                                            "eed",
                                            "eed_star",
                                            "rejuvenation",
                                            "plastic_rate",
                                            "substeps"};

    /// The values of point `p`, in the order of `names`.
    std::vector<double> point_values(const Parameters        &glass,
                                     const QuadratureHistory &history,
                                     const LoadingDirection  &direction,
                                     const std::size_t        p)
    {
      const State &state      = history.state[p];
      const double equivalent = history.stress[p].norm(), sigma_c = history.threshold[p].stress;
      const double eed         = effective_energy(state, equivalent, sigma_c, glass.shear_modulus);
      const double mean_stress = glass.bulk_modulus() * history.volumetric_strain[p];
      return {history.stress[p].dot(direction.strain) + mean_stress * direction.volumetric,
              equivalent,
              -mean_stress,
              state.free_volume(),
              state.st_sum(),
              state.bias().dot(direction.flow),
              direction.strain_per_shear * state.plastic_strain().dot(direction.flow),
              eed,
              eed / sigma_c,
              state.free_volume() / history.initial_free_volume[p],
              history.rate.front()[p].plastic_strain().norm(),
              1.}; // a point takes each stage of a global step in one
    }
  } // namespace

  template <int dim>
  std::vector<CellField> cell_fields(const dealii::Triangulation<dim> &triangulation,
                                     const Glasses                    &glasses,
                                     const QuadratureHistory          &history,
                                     const std::vector<double>        &weights,
                                     const LoadingDirection           &direction)
  {
    std::vector<CellField> fields;
    for (const std::string &name : names)
      fields.emplace_back(name, dealii::Vector<double>(triangulation.n_active_cells()));

    const std::size_t n_points = weights.size() / triangulation.n_active_cells();
    for (const auto &cell : triangulation.active_cell_iterators())
      if (cell->is_locally_owned())
        {
          const unsigned int index  = cell->active_cell_index();
          double             volume = 0.;
          for (std::size_t p = index * n_points; p < (index + 1) * n_points; ++p)
            {
              const std::vector<double> values = point_values(glasses.at(p), history, direction, p);
              volume += weights[p];
              for (std::size_t i = 0; i < fields.size(); ++i)
                fields[i].second[index] += weights[p] * values[i];
            }
          for (CellField &field : fields)
            field.second[index] /= volume;
        }
    fields.emplace_back("region", dealii::Vector<double>(triangulation.n_active_cells()));
    for (const auto &cell : triangulation.active_cell_iterators())
      fields.back().second[cell->active_cell_index()] = cell->material_id();
    return fields;
  }

  template std::vector<CellField> cell_fields(const dealii::Triangulation<2> &,
                                              const Glasses &,
                                              const QuadratureHistory &,
                                              const std::vector<double> &,
                                              const LoadingDirection &);
  template std::vector<CellField> cell_fields(const dealii::Triangulation<3> &,
                                              const Glasses &,
                                              const QuadratureHistory &,
                                              const std::vector<double> &,
                                              const LoadingDirection &);
} // namespace revitra

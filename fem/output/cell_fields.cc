#include "fem/output/cell_fields.h"

#include "material/law/stability.h"

#include <algorithm>
#include <limits>

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

    /// The largest growth rate at the points from `begin` to before `end`.
    double largest_growth_rate(const MaterialMap       &materials,
                               const QuadratureHistory &history,
                               const double             temperature,
                               const std::size_t        begin,
                               const std::size_t        end)
    {
      double largest = -std::numeric_limits<double>::infinity();
      for (std::size_t p = begin; p < end; ++p)
        {
          const Kinetics kinetics(materials.at(p), temperature + materials.offset(p));
          largest = std::max(largest, growth_rate(kinetics, history.state[p], history.stress[p]));
        }
      return largest;
    }

    /// The field `name` with `value_of` each of the locally owned cells.
    template <int dim, typename Value>
    CellField field(const dealii::Triangulation<dim> &triangulation, const std::string &name, const Value &value_of)
    {
      CellField result(name, dealii::Vector<double>(triangulation.n_active_cells()));
      for (const auto &cell : triangulation.active_cell_iterators())
        if (cell->is_locally_owned())
          result.second[cell->active_cell_index()] = value_of(cell);
      return result;
    }

    /// The stress averaged over the volume of each of the locally owned cells.
    template <int dim>
    CellTensor mean_stress_tensor(const dealii::Triangulation<dim> &triangulation,
                                  const MaterialMap                &materials,
                                  const QuadratureHistory          &history,
                                  const std::vector<double>        &weights)
    {
      CellTensor result;
      result.first = "stress_tensor";
      result.second.fill(dealii::Vector<double>(triangulation.n_active_cells()));
      const std::size_t n_points = weights.size() / triangulation.n_active_cells();
      for (const auto &cell : triangulation.active_cell_iterators())
        if (cell->is_locally_owned())
          {
            const std::size_t begin  = cell->active_cell_index() * n_points;
            double            volume = 0.;
            Eigen::Matrix3d   sum    = Eigen::Matrix3d::Zero();
            for (std::size_t p = begin; p < begin + n_points; ++p)
              {
                const double mean_stress = materials.at(p).bulk_modulus() * history.volumetric_strain[p];
                sum += weights[p] * (stress_tensor(history.stress[p]) + mean_stress * Eigen::Matrix3d::Identity());
                volume += weights[p];
              }
            for (unsigned int i = 0; i < 9; ++i)
              result.second[i][cell->active_cell_index()] = sum(i / 3, i % 3) / volume;
          }
      return result;
    }
  } // namespace

  template <int dim>
  CellFields cell_fields(const dealii::Triangulation<dim> &triangulation,
                         const MaterialMap                &materials,
                         const QuadratureHistory          &history,
                         const double                      temperature,
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
              const std::vector<double> values = point_values(materials.at(p), history, direction, p);
              volume += weights[p];
              for (std::size_t i = 0; i < fields.size(); ++i)
                fields[i].second[index] += weights[p] * values[i];
            }
          for (CellField &field : fields)
            field.second[index] /= volume;
        }
    fields.push_back(field(triangulation, "instability", [&](const auto &cell) {
      const std::size_t begin = cell->active_cell_index() * n_points;
      return largest_growth_rate(materials, history, temperature, begin, begin + n_points);
    }));
    fields.push_back(field(triangulation, "region", [](const auto &cell) { return cell->material_id(); }));
    return {fields, {mean_stress_tensor(triangulation, materials, history, weights)}};
  }

  template CellFields cell_fields(const dealii::Triangulation<2> &,
                                  const MaterialMap &,
                                  const QuadratureHistory &,
                                  double,
                                  const std::vector<double> &,
                                  const LoadingDirection &);
  template CellFields cell_fields(const dealii::Triangulation<3> &,
                                  const MaterialMap &,
                                  const QuadratureHistory &,
                                  double,
                                  const std::vector<double> &,
                                  const LoadingDirection &);
} // namespace revitra

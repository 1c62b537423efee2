#include "fem/discretization/history_transfer.h"

#include <deal.II/distributed/cell_data_transfer.templates.h>

namespace revitra
{
  using namespace dealii;

  namespace
  {
    /// The columns of what is carried over.
    enum Column : Eigen::Index
    {
      stress                   = 0,
      bias                     = 5,
      st_deficit               = 10, // 1 − Λ, which is positive
      rejuvenation             = 11,
      dissipation              = 12,
      accumulated_plastic_work = 13,
      effective_work           = 14,
      threshold                = 15,
      threshold_crossed        = 16,
      threshold_deficit        = 17,
      n_columns                = 18
    };

    using PointValues = Eigen::Matrix<double, n_columns, 1>;

    PointValues packed_point(const QuadratureHistory &history, const std::size_t p)
    {
      const State     &state = history.state[p];
      const Threshold &own   = history.threshold[p];
      PointValues      point;
      point.segment<5>(stress)        = history.stress[p];
      point.segment<5>(bias)          = state.bias();
      point[st_deficit]               = 1. - state.st_sum();
      point[rejuvenation]             = state.free_volume() / history.initial_free_volume[p];
      point[dissipation]              = state.plastic_work();
      point[accumulated_plastic_work] = state.accumulated_plastic_work();
      point[effective_work]           = state.effective_work();
      point[threshold]                = own.stress;
      point[threshold_crossed]        = own.crossed ? 1. : 0.;
      point[threshold_deficit]        = own.deficit;
      return point;
    }

    void unpack_point(const PointValues &point,
                      const Parameters  &glass,
                      const Deviator    &strain,
                      QuadratureHistory &history,
                      const std::size_t  p)
    {
      State &state                     = history.state[p];
      history.stress[p]                = point.segment<5>(stress);
      state.plastic_strain()           = strain - history.stress[p] / glass.shear_modulus;
      state.bias()                     = point.segment<5>(bias);
      state.st_sum()                   = 1. - point[st_deficit];
      state.free_volume()              = point[rejuvenation] * history.initial_free_volume[p];
      state.plastic_work()             = point[dissipation];
      state.accumulated_plastic_work() = point[accumulated_plastic_work];
      state.effective_work()           = point[effective_work];
      history.threshold[p]             = {point[threshold], point[threshold_crossed] > 0.5, point[threshold_deficit]};
      // |Δ| ≤ Λ holds at each point that the values come from, but not for each component on its own
      if (const double length = state.bias().norm(); length > state.st_sum())
        state.bias() *= state.st_sum() / length;
    }

    std::vector<double> flat(const Eigen::MatrixXd &values)
    {
      return {values.data(), values.data() + values.size()};
    }

    Eigen::MatrixXd shaped(const std::vector<double> &values)
    {
      return Eigen::Map<const Eigen::MatrixXd>(values.data(), values.size() / n_columns, n_columns);
    }
  } // namespace

  template <int dim>
  HistoryTransfer<dim>::HistoryTransfer(parallel::distributed::Triangulation<dim> &triangulation,
                                        const QGauss<dim>                         &quadrature)
    : triangulation(triangulation)
    , n_points(quadrature.size())
    , interpolation(quadrature)
    , transfer(
        triangulation,
        /* transfer_variable_size_data = */ false,
        [this](const typename Triangulation<dim>::cell_iterator &, const std::vector<double> &parent) {
          std::vector<std::vector<double>> children;
          for (const Eigen::MatrixXd &child : interpolation.to_children(shaped(parent)))
            children.push_back(flat(child));
          return children;
        },
        [this](const typename Triangulation<dim>::cell_iterator &, const std::vector<std::vector<double>> &children) {
          std::vector<Eigen::MatrixXd> values;
          values.reserve(children.size());
          for (const std::vector<double> &child : children)
            values.push_back(shaped(child));
          return flat(interpolation.to_parent(values));
        })
  {}

  template <int dim>
  void HistoryTransfer<dim>::prepare(const QuadratureHistory &history)
  {
    packed.assign(triangulation.n_active_cells(), std::vector<double>(n_points * n_columns));
    for (const auto &cell : triangulation.active_cell_iterators())
      if (cell->is_locally_owned())
        {
          Eigen::MatrixXd values(n_points, Eigen::Index(n_columns));
          for (std::size_t q = 0; q < n_points; ++q)
            values.row(q) = packed_point(history, cell->active_cell_index() * n_points + q);
          packed[cell->active_cell_index()] = flat(values);
        }
    transfer.prepare_for_coarsening_and_refinement(packed);
  }

  template <int dim>
  void HistoryTransfer<dim>::unpack(const MaterialMap           &materials,
                                    const std::vector<Deviator> &strain,
                                    QuadratureHistory           &history)
  {
    packed.assign(triangulation.n_active_cells(), {});
    transfer.unpack(packed);
    for (const auto &cell : triangulation.active_cell_iterators())
      if (cell->is_locally_owned())
        {
          const Eigen::MatrixXd values = shaped(packed[cell->active_cell_index()]);
          for (std::size_t q = 0; q < n_points; ++q)
            {
              const std::size_t p = cell->active_cell_index() * n_points + q;
              unpack_point(values.row(q), materials.at(p), strain[p], history, p);
            }
        }
  }

  template class HistoryTransfer<2>;
  template class HistoryTransfer<3>;
} // namespace revitra

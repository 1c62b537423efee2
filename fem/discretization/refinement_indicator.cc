#include "fem/discretization/refinement_indicator.h"

#include <deal.II/grid/grid_tools.h>

#include <optional>
#include <utility>

namespace revitra
{
  using namespace dealii;

  namespace
  {
    using CellValues = std::vector<double>; // by active_cell_index

    /// Means over the cells of `value` at their points, and that over the specimen.
    template <int dim, typename Value>
    std::pair<CellValues, double> means_of(const parallel::distributed::Triangulation<dim> &triangulation,
                                           const std::vector<double>                       &weights,
                                           const Value                                     &value)
    {
      const std::size_t n_points = weights.size() / triangulation.n_active_cells();
      CellValues        means(triangulation.n_active_cells());
      double            sum = 0., volume = 0.;
      for (const auto &cell : triangulation.active_cell_iterators())
        if (cell->is_locally_owned())
          {
            double cell_sum = 0., cell_volume = 0.;
            for (std::size_t p = cell->active_cell_index() * n_points; p < (cell->active_cell_index() + 1) * n_points;
                 ++p)
              {
                cell_sum += weights[p] * value(p);
                cell_volume += weights[p];
              }
            means[cell->active_cell_index()] = cell_sum / cell_volume;
            sum += cell_sum;
            volume += cell_volume;
          }
      const MPI_Comm &communicator = triangulation.get_communicator();
      const double    mean         = Utilities::MPI::sum(sum, communicator) / Utilities::MPI::sum(volume, communicator);
      GridTools::exchange_cell_data_to_ghosts<double>(
        triangulation,
        [&means](const auto &cell) { return std::optional<double>(means[cell->active_cell_index()]); },
        [&means](const auto &ghost, const double mean_there) { means[ghost->active_cell_index()] = mean_there; });
      return {means, mean};
    }

    /// Calls visit(neighbor) for each active cell behind a face of `cell`, hanging and periodic ones too.
    template <typename Cell, typename Visit>
    void for_each_neighbor(const Cell &cell, const Visit &visit)
    {
      for (const unsigned int f : cell->face_indices())
        {
          const bool is_periodic = cell->has_periodic_neighbor(f);
          if (cell->at_boundary(f) && !is_periodic)
            continue;
          const auto neighbor = is_periodic ? cell->periodic_neighbor(f) : cell->neighbor(f);
          if (neighbor->is_active())
            visit(neighbor);
          else
            for (unsigned int child = 0; child < neighbor->face(0)->n_children();
                 ++child) // isotropic: all have as many
              visit(is_periodic ? cell->periodic_neighbor_child_on_subface(f, child)
                                : cell->neighbor_child_on_subface(f, child));
        }
    }
  } // namespace

  template <int dim>
  Vector<double> refinement_indicator(const parallel::distributed::Triangulation<dim> &triangulation,
                                      const QuadratureHistory                         &history,
                                      const Equilibrium<dim>                          &equilibrium)
  {
    const auto [rate, mean_rate] = means_of(triangulation, equilibrium.weights(), [&history](const std::size_t p) {
      return history.rate.front()[p].plastic_strain().norm();
    });
    const auto [exponent, mean_exponent] =
      means_of(triangulation, equilibrium.weights(), [&history](const std::size_t p) {
        return 1. / history.state[p].free_volume();
      });
    const double   to_relative = mean_rate > 0. ? 1. / mean_rate : 0.; // at rest there is no rate
    Vector<double> indicator(triangulation.n_active_cells());
    for (const auto &cell : triangulation.active_cell_iterators())
      if (cell->is_locally_owned())
        {
          double    &largest = indicator[cell->active_cell_index()];
          const auto own     = cell->active_cell_index();
          for_each_neighbor(cell, [&, &rate = rate, &exponent = exponent](const auto &neighbor) {
            const auto other = neighbor->active_cell_index();
            largest          = std::max(
              {largest, to_relative * std::abs(rate[own] - rate[other]), std::abs(exponent[own] - exponent[other])});
          });
        }
    return indicator;
  }

  template Vector<double> refinement_indicator<2>(const parallel::distributed::Triangulation<2> &,
                                                  const QuadratureHistory &,
                                                  const Equilibrium<2> &);
  template Vector<double> refinement_indicator<3>(const parallel::distributed::Triangulation<3> &,
                                                  const QuadratureHistory &,
                                                  const Equilibrium<3> &);
} // namespace revitra

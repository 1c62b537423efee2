#include "fem/initial_fields/grid_field.h"

#include "fem/initial_fields/grid_file.h"
#include "material/base/errors.h"
#include "material/base/text.h"

#include <deal.II/base/mpi.h>
#include <deal.II/base/table.h>
#include <deal.II/base/utilities.h>

#include <exception>
#include <utility>

namespace revitra
{
  using namespace dealii;

  namespace
  {
    /// Adds to `problems` if `grid` does not cover `box`, in the directions in which the grid is known.
    template <int dim>
    void check_covers(const GridData<dim> &grid, const BoundingBox<dim> &box, FileProblems &problems)
    {
      for (unsigned int d = 0; d < dim; ++d)
        {
          if (grid.n_points[d] == 0)
            continue;
          const double lower     = box.lower_bound(d);
          const double upper     = box.upper_bound(d);
          const double tolerance = grid_tolerance * grid.spacing[d];
          if (grid.origin[d] > lower + tolerance || grid.end(d) < upper - tolerance)
            problems.add("along " + axis_name(d) + ": the grid is from " + shortest(grid.origin[d]) + " to " +
                         shortest(grid.end(d)) + "; allowed is one that covers the specimen, from " + shortest(lower) +
                         " to " + shortest(upper));
        }
    }

    template <int dim>
    GridData<dim> read_on_root(const std::string &file, const BoundingBox<dim> &box, FileProblems &problems)
    {
      try
        {
          GridData<dim> grid = read_grid_file<dim>(file, problems);
          check_covers(grid, box, problems);
          return grid;
        }
      catch (const std::exception &error) // no memory, say: the other ranks must know
        {
          problems.add(std::string("the grid cannot be read: ") + error.what());
          return {};
        }
    }

    /// Reads `file` on the first rank and distributes its grid. Collective.
    template <int dim>
    GridData<dim> read_and_broadcast(const std::string &file, const BoundingBox<dim> &box, const MPI_Comm &communicator)
    {
      GridData<dim> grid;
      FileProblems  problems(file);
      if (Utilities::MPI::this_mpi_process(communicator) == 0)
        grid = read_on_root(file, box, problems);
      const auto lines = Utilities::MPI::broadcast(communicator, problems.lines());
      if (!lines.empty())
        throw DeckError(lines);

      grid.n_points = Utilities::MPI::broadcast(communicator, grid.n_points);
      grid.origin   = Utilities::MPI::broadcast(communicator, grid.origin);
      grid.spacing  = Utilities::MPI::broadcast(communicator, grid.spacing);
      grid.values.resize(Utilities::MPI::broadcast(communicator, grid.values.size()));
      Utilities::MPI::broadcast(grid.values.data(), grid.values.size(), 0, communicator);
      return grid;
    }

    template <int dim>
    std::array<std::pair<double, double>, dim> ends(const GridData<dim> &grid)
    {
      std::array<std::pair<double, double>, dim> ends;
      for (unsigned int d = 0; d < dim; ++d)
        ends[d] = {grid.origin[d], grid.end(d)};
      return ends;
    }

    template <int dim>
    std::array<unsigned int, dim> n_intervals(const GridData<dim> &grid)
    {
      std::array<unsigned int, dim> n;
      for (unsigned int d = 0; d < dim; ++d)
        n[d] = static_cast<unsigned int>(grid.n_points[d] - 1);
      return n;
    }

    template <int dim>
    Table<dim, double> table(const GridData<dim> &grid)
    {
      TableIndices<dim> size;
      for (unsigned int d = 0; d < dim; ++d)
        size[d] = grid.n_points[d];
      Table<dim, double> table;
      table.reinit(size);
      table.fill(grid.values.begin(), /* C_style_indexing = */ true);
      return table;
    }
  } // namespace

  template <int dim>
  GridField<dim>::GridField(const std::string &file, const BoundingBox<dim> &box, const MPI_Comm &communicator)
    : GridField(read_and_broadcast(file, box, communicator))
  {}

  template <int dim>
  GridField<dim>::GridField(const GridData<dim> &grid)
    : interpolation(ends(grid), n_intervals(grid), table(grid))
  {}

  template <int dim>
  double GridField<dim>::value(const Point<dim> &point, const unsigned int component) const
  {
    return interpolation.value(point, component);
  }

  template class GridField<2>;
  template class GridField<3>;
} // namespace revitra

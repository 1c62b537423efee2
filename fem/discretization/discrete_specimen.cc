#include "fem/discretization/discrete_specimen.h"

#include "fem/discretization/refinement_indicator.h"
#include "fem/mesh/constraints.h"

#include <deal.II/base/mpi.templates.h>
#include <deal.II/distributed/solution_transfer.h>
#include <deal.II/dofs/dof_tools.h>
#include <deal.II/fe/fe_q.h>
#include <deal.II/fe/mapping_q1.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <sstream>

namespace revitra
{
  using namespace dealii;

  namespace
  {
    constexpr double worth_coarsening = 0.1; // the part of the cells from which on it pays to coarsen them
    constexpr double share_of_law     = 0.2; // of the time of a Newton iteration, see doc/performance.md
    constexpr double unit_weight      = 1000.;

    /// The parameters of `deck` beside Material/Initial free volume that say what the free volume is at the start.
    std::vector<std::string> others_of_initial_free_volume(const Deck &deck)
    {
      std::vector<std::string> parameters;
      if (!deck.specimen.boundary_free_volume.empty())
        parameters.push_back("Specimen/Boundary free volume");
      if (std::any_of(deck.regions.begin(), deck.regions.end(), [&deck](const Deck::Region &region) {
            return region.initially.free_volume != deck.initially.free_volume;
          }))
        parameters.push_back("Material/Regions");
      return parameters;
    }
  } // namespace

  template <int dim>
  DiscreteSpecimen<dim>::DiscreteSpecimen(const Deck             &deck,
                                          const MPI_Comm         &communicator,
                                          const double            stress_scale,
                                          TimerOutput            &timer,
                                          const CellRecords<dim> *stored)
    : direction(loading_direction(deck.loading_mode, dim))
    , triangulation(communicator)
    , shape(make_specimen_mesh(triangulation, deck.specimen))
    , fe(FE_Q<dim>(deck.specimen.degree), dim)
    , quadrature(deck.specimen.degree + 1)
    , dof_handler(triangulation)
    , materials(deck.material)
    , history({})
    , deck(deck)
    , communicator(communicator)
    , fields(deck, triangulation, shape.regions)
  {
    check_held_sides(triangulation, deck);
    if (stored)
      stored->refine(triangulation);
    distribute_dofs();
    start();
    equilibrium.emplace(dof_handler, constraints, quadrature, history, direction, shape.gross_volume);
    for (unsigned int level = 0; !stored && level < deck.adaptivity.levels && mark(); ++level)
      {
        triangulation.execute_coarsening_and_refinement();
        distribute_dofs();
        start();
        equilibrium->reinit();
      }
    if (materials.free_volume_diffuses())
      free_volume.emplace(triangulation,
                          deck.specimen.degree,
                          free_volume_boundary(deck.specimen),
                          quadrature,
                          materials,
                          history,
                          *equilibrium);
    problem.emplace(*equilibrium, free_volume ? &*free_volume : nullptr, stress_scale, timer);
    triangulation.signals.weight.connect(
      [this](const auto &cell, const auto status) { return cell_weight(cell, status); });
  }

  template <int dim>
  void DiscreteSpecimen<dim>::distribute_dofs()
  {
    dof_handler.distribute_dofs(fe);
    IndexSet relevant;
    DoFTools::extract_locally_relevant_dofs(dof_handler, relevant);
    constraints.copy_from(
      make_specimen_constraints(dof_handler, relevant, deck.specimen.lateral_boundary, deck.platens));
  }

  /// Glass and history at rest on the present mesh.
  template <int dim>
  void DiscreteSpecimen<dim>::start()
  {
    InitialSpecimen initial = fields.at_points(triangulation, quadrature);
    materials               = MaterialMap(
      std::move(initial.materials), std::move(initial.material_of_point), std::move(initial.temperature_offset));
    history = QuadratureHistory(std::move(initial.states));
  }

  template <int dim>
  VolumeAverages DiscreteSpecimen<dim>::averages() const
  {
    return average(materials, history, *equilibrium, communicator);
  }

  /// Flag cells by their indicators. Returns whether the mesh is worth changing, and takes the flags back if not.
  template <int dim>
  bool DiscreteSpecimen<dim>::mark()
  {
    const Deck::Adaptivity &rule      = deck.adaptivity;
    const Vector<double>    indicator = refinement_indicator(triangulation, history, *equilibrium);
    const int               coarsest = deck.specimen.refinements, finest = coarsest + rule.levels;
    for (const auto &cell : triangulation.active_cell_iterators())
      if (cell->is_locally_owned())
        {
          const double value = indicator[cell->active_cell_index()];
          if (value > rule.refine_above && cell->level() < finest)
            cell->set_refine_flag();
          else if (value < rule.coarsen_below && cell->level() > coarsest)
            cell->set_coarsen_flag();
        }
    triangulation.prepare_coarsening_and_refinement();

    double to_refine = 0., to_coarsen = 0.;
    for (const auto &cell : triangulation.active_cell_iterators())
      if (cell->is_locally_owned())
        {
          to_refine += cell->refine_flag_set() ? 1. : 0.;
          to_coarsen += cell->coarsen_flag_set() ? 1. : 0.;
        }
    const double cells     = triangulation.n_global_active_cells();
    const double refined   = Utilities::MPI::sum(to_refine, communicator);
    const double coarsened = Utilities::MPI::sum(to_coarsen, communicator);
    const double added     = refined * (GeometryInfo<dim>::max_children_per_cell - 1.);
    const bool is_worth_it = refined > 0. ? cells + added <= rule.maximum_cells : coarsened > worth_coarsening * cells;
    if (!is_worth_it)
      for (const auto &cell : triangulation.active_cell_iterators())
        {
          cell->clear_refine_flag();
          cell->clear_coarsen_flag();
        }
    return is_worth_it;
  }

  template <int dim>
  typename Equilibrium<dim>::Vector DiscreteSpecimen<dim>::ghosted(
    const typename Equilibrium<dim>::Vector &displacement) const
  {
    IndexSet relevant;
    DoFTools::extract_locally_relevant_dofs(dof_handler, relevant);
    typename Equilibrium<dim>::Vector result(dof_handler.locally_owned_dofs(), relevant, communicator);
    result = displacement;
    return result;
  }

  template <int dim>
  bool DiscreteSpecimen<dim>::adapt(Unknown &x)
  {
    using Vector = typename Equilibrium<dim>::Vector;
    if (!mark())
      return false;

    const double own_iterations = std::accumulate(history.iterations.begin(), history.iterations.end(), 0.);
    mean_iterations             = Utilities::MPI::sum(own_iterations, communicator) /
                      (double(triangulation.n_global_active_cells()) * quadrature.size());
    const Vector                                         before = ghosted(x.fluctuation());
    parallel::distributed::SolutionTransfer<dim, Vector> displacement_transfer(dof_handler);
    HistoryTransfer<dim>                                 history_transfer(triangulation, quadrature);
    displacement_transfer.prepare_for_coarsening_and_refinement(before);
    history_transfer.prepare(history);
    triangulation.execute_coarsening_and_refinement();

    distribute_dofs();
    try
      {
        start();
      }
    catch (const DeckError &error)
      {
        throw NumericsError(std::string("the initial fields are not defined at a point of the refined mesh: ") +
                            error.what());
      }
    equilibrium->reinit();
    if (free_volume)
      free_volume->reinit();
    problem->reinit();
    x.fields = problem->zero().fields;
    displacement_transfer.interpolate(x.fluctuation());
    constraints.distribute(x.fluctuation());
    history_transfer.unpack(materials, equilibrium->strain_deviators(ghosted(x.fluctuation()), x.strain), history);
    problem->project_free_volume(x);
    return true;
  }

  template <int dim>
  void DiscreteSpecimen<dim>::check_initial_free_volume() const
  {
    if (!free_volume)
      return;
    const auto least = least_free_volume();
    if (least[0] > 0.)
      return;
    std::ostringstream text;
    for (const std::string &parameter : others_of_initial_free_volume(deck))
      text << "with " << parameter << " = " << parameter_text(deck, parameter) << ", ";
    text << "as a field of finite elements it is " << least[0] << " at (";
    for (unsigned int d = 0; d < dim; ++d)
      text << (d == 0 ? "" : ", ") << least[1 + d];
    text << "); allowed is what stays positive: take a smoother transition, and cells small enough for it";
    throw DeckError({problem_line(deck, "Material/Initial free volume", text.str())});
  }

  /// The least free volume of all points, and the coordinates of the first of the points that have it.
  template <int dim>
  std::array<double, 1 + dim> DiscreteSpecimen<dim>::least_free_volume() const
  {
    using Place = std::array<double, 1 + dim>;
    Place least;
    least.fill(std::numeric_limits<double>::infinity());
    for (const auto &cell : triangulation.active_cell_iterators())
      if (cell->is_locally_owned())
        for (unsigned int q = 0; q < quadrature.size(); ++q)
          {
            const Point<dim> point =
              StaticMappingQ1<dim>::mapping.transform_unit_to_real_cell(cell, quadrature.point(q));
            Place here{{history.state[cell->active_cell_index() * quadrature.size() + q].free_volume()}};
            point.unroll(here.begin() + 1, here.end());
            least = std::min(least, here);
          }
    return Utilities::MPI::all_reduce<Place>(
      least, communicator, [](const Place &a, const Place &b) { return std::min(a, b); });
  }

  template <int dim>
  void DiscreteSpecimen<dim>::restore(const CellRecords<dim> &stored, Unknown &x)
  {
    std::vector<StoredField> stored_fields{{&dof_handler, &x.fluctuation()}};
    if (free_volume)
      stored_fields.emplace_back(&free_volume->dofs(), &x.free_volume());
    stored.read(history, quadrature.size(), stored_fields);
  }

  template <int dim>
  void DiscreteSpecimen<dim>::store(CheckedFile &file, const Unknown &x) const
  {
    auto                              displacement = ghosted(x.fluctuation());
    std::vector<StoredField>          stored_fields{{&dof_handler, &displacement}};
    typename Equilibrium<dim>::Vector field;
    if (free_volume)
      {
        field = free_volume->ghosted_copy(x.free_volume());
        stored_fields.emplace_back(&free_volume->dofs(), &field);
      }
    write_cells<dim>(file, history, quadrature.size(), stored_fields);
  }

  /// How long a cell takes, in units that do not matter: by what the law took there so far.
  template <int dim>
  unsigned int DiscreteSpecimen<dim>::cell_weight(const typename Triangulation<dim>::cell_iterator &cell,
                                                  const typename Triangulation<dim>::CellStatus     status) const
  {
    double     iterations = 0., points = 0.;
    const auto add = [&](const auto &active) {
      for (std::size_t p = active->active_cell_index() * quadrature.size(), end = p + quadrature.size(); p < end; ++p)
        iterations += history.iterations[p];
      points += quadrature.size();
    };
    if (status == Triangulation<dim>::CELL_COARSEN)
      for (unsigned int child = 0; child < cell->n_children(); ++child)
        add(cell->child(child));
    else
      add(cell);
    const double relative = mean_iterations > 0. ? iterations / (points * mean_iterations) : 1.;
    return std::lround(unit_weight * (1. - share_of_law + share_of_law * relative));
  }

  template class DiscreteSpecimen<2>;
  template class DiscreteSpecimen<3>;
} // namespace revitra

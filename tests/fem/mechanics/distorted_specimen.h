#pragma once

#include "fem/mesh/box.h"
#include "fem/mesh/constraints.h"
#include "fem/time_stepping/runge_kutta_step.h"
#include "tests/fem/mesh/support_points.h"
#include "tests/fem/parallel/ranks.h"

#include <deal.II/base/function.h>
#include <deal.II/base/quadrature_lib.h>
#include <deal.II/base/timer.h>
#include <deal.II/distributed/tria.h>
#include <deal.II/dofs/dof_tools.h>
#include <deal.II/fe/fe_q.h>
#include <deal.II/fe/fe_system.h>
#include <deal.II/fe/mapping_q1.h>
#include <deal.II/grid/grid_tools.h>
#include <deal.II/numerics/vector_tools.h>

#include <iostream>
#include <limits>
#include <memory>

namespace revitra::test
{
  /// How a DistortedSpecimen is held.
  enum class Held
  {
    periodically, ///< platens that grip and periodic sides
    by_platens,   ///< frictionless platens and free sides
    all_around    ///< the displacement of the whole boundary is prescribed
  };

  /// What cells a DistortedSpecimen has.
  enum class Cells
  {
    irregular, ///< no two alike
    trapezoids ///< of the shape of one another, their heights left and right 0.6 and 1.4 in turn
  };

  /// What a DistortedSpecimen is like.
  template <int dim>
  struct Distorted
  {
    unsigned int     degree;
    unsigned int     cells; ///< along each edge, before refinement
    Held             held        = Held::periodically;
    Cells            shape       = Cells::irregular;
    unsigned int     refinements = 0;     ///< global
    bool             hanging     = false; ///< whether one corner is refined once more
    LoadingDirection direction   = loading_direction(LoadingMode::shear, dim);
    Parameters       glass       = Parameters();
    State            initial     = initial_state(Parameters(), 0.05); ///< of all points
  };

  /// A homogeneous unit box whose cells are no boxes, with all of its mechanics, on all ranks.
  template <int dim>
  class DistortedSpecimen
  {
  public:
    using Vector  = typename Equilibrium<dim>::Vector;
    using Unknown = typename StageProblem<dim>::Unknown;

    explicit DistortedSpecimen(const Distorted<dim> &like)
      : glass(like.glass)
      , triangulation(make_mesh(like))
      , element(dealii::FE_Q<dim>(like.degree), dim)
      , dof_handler(*triangulation)
      , constraints(distribute(like.held))
      , quadrature(like.degree + 1)
      , materials(glass)
      , history(std::vector<State>(triangulation->n_active_cells() * quadrature.size(), like.initial))
      , equilibrium(dof_handler, constraints, quadrature, history, like.direction, /* gross_volume = */ 1.)
      , timer(std::cout, dealii::TimerOutput::never, dealii::TimerOutput::wall_times)
      , problem(equilibrium, nullptr, stress_scale, timer)
      , step(materials,
             threshold_options,
             problem,
             equilibrium,
             history,
             MPI_COMM_WORLD,
             1.,
             stress_scale,
             newton_settings())
    {
      step.begin_segment({glass.temperature});
    }

    /// Residuals below 1e-12 of σ_f are as near to zero as stresses of the size of σ_f let them come.
    static NewtonSettings newton_settings()
    {
      NewtonSettings settings;
      settings.tolerance = 1e-12;
      return settings;
    }

    const dealii::IndexSet &owned() const { return dof_handler.locally_owned_dofs(); }

    Vector ghosted(const Vector &field) const
    {
      Vector result(owned(), relevant(), MPI_COMM_WORLD);
      result = field;
      return result;
    }

    /// The displacement gradient · x.
    Vector linear_field(const dealii::Tensor<2, dim> &gradient) const
    {
      const auto nodes = support_points(dof_handler);
      Vector     field(owned(), MPI_COMM_WORLD);
      for (unsigned int component = 0; component < dim; ++component)
        {
          dealii::ComponentMask mask(dim, false);
          mask.set(component, true);
          const dealii::IndexSet dofs = dealii::DoFTools::extract_dofs(dof_handler, mask);
          for (const auto dof : dofs)
            field[dof] = (gradient * nodes.at(dof))[component];
        }
      field.compress(dealii::VectorOperation::insert);
      return field;
    }

    /// A field of no regularity that fulfills the constraints, of values up to `amplitude`.
    Vector rough_field(const double amplitude) const
    {
      Vector field(owned(), MPI_COMM_WORLD);
      for (const auto dof : owned())
        field[dof] = amplitude * std::sin(2.3 * dof + 0.4);
      field.compress(dealii::VectorOperation::insert);
      constraints.distribute(field);
      return field;
    }

    /// The largest of `of_point(entry of the history)` over all ranks.
    template <typename Function>
    double largest(const Function &of_point) const
    {
      double result = std::numeric_limits<double>::lowest();
      for (std::size_t p = 0; p < history.state.size(); ++p)
        if (equilibrium.owns(p))
          result = std::max(result, of_point(p));
      return dealii::Utilities::MPI::max(result, MPI_COMM_WORLD);
    }

    static constexpr double stress_scale = 7.74682;

    const Parameters                                                   glass;
    std::unique_ptr<dealii::parallel::distributed::Triangulation<dim>> triangulation;
    const dealii::FESystem<dim>                                        element;
    dealii::DoFHandler<dim>                                            dof_handler;
    const dealii::AffineConstraints<double>                            constraints;
    const dealii::QGauss<dim>                                          quadrature;
    const MaterialMap                                                  materials;
    const ThresholdOptions                                             threshold_options{ThresholdKind::flow, 0.};
    QuadratureHistory                                                  history;
    Equilibrium<dim>                                                   equilibrium;
    dealii::TimerOutput                                                timer;
    StageProblem<dim>                                                  problem;
    RungeKuttaStep<dim>                                                step;

  private:
    /// Vertices inside of the box are moved, those on its boundary are not. Vertices that refinement adds are in the
    /// middles of edges, sides and cells, so that cells come nearer to parallelograms then.
    static std::unique_ptr<dealii::parallel::distributed::Triangulation<dim>> make_mesh(const Distorted<dim> &like)
    {
      Deck::Specimen box;
      box.dimension    = dim;
      box.size         = std::vector<double>(dim, 1.);
      box.subdivisions = std::vector<unsigned int>(dim, like.cells);
      box.lateral_boundary =
        like.held == Held::periodically ? Deck::LateralBoundary::periodic : Deck::LateralBoundary::free;
      auto mesh = std::make_unique<dealii::parallel::distributed::Triangulation<dim>>(MPI_COMM_WORLD);
      make_specimen(*mesh, box);
      dealii::GridTools::transform([&](const dealii::Point<dim> &x) { return moved(x, like); }, *mesh);
      mesh->refine_global(like.refinements);
      if (like.hanging)
        refine_corner(*mesh);
      return mesh;
    }

    static dealii::Point<dim> moved(dealii::Point<dim> x, const Distorted<dim> &like)
    {
      unsigned int number = 0;
      for (unsigned int d = 0; d < dim; ++d)
        {
          if (x[d] < 1e-10 || x[d] > 1. - 1e-10)
            return x;
          number += std::lround(x[d] * like.cells);
        }
      const double amount = 0.2 / like.cells, phase = 17. * x[0] + 31. * x[1] + 23. * x[dim - 1];
      if (like.shape == Cells::trapezoids)
        x[1] += number % 2 == 0 ? amount : -amount;
      else
        for (unsigned int d = 0; d < dim; ++d)
          x[d] += amount * std::sin(phase + 2. * d);
      return x;
    }

    static void refine_corner(dealii::parallel::distributed::Triangulation<dim> &mesh)
    {
      for (const auto &cell : mesh.active_cell_iterators())
        if (cell->is_locally_owned() && cell->center()[0] < 0.6 && cell->center()[1] > 0.4)
          cell->set_refine_flag();
      mesh.execute_coarsening_and_refinement();
    }

    dealii::AffineConstraints<double> distribute(const Held held)
    {
      dof_handler.distribute_dofs(element);
      if (held != Held::all_around)
        return make_specimen_constraints(
          dof_handler,
          relevant(),
          held == Held::periodically ? Deck::LateralBoundary::periodic : Deck::LateralBoundary::free,
          held == Held::periodically ? Deck::Platens::gripped : Deck::Platens::frictionless);
      dealii::AffineConstraints<double>          all_around(relevant());
      const dealii::Functions::ZeroFunction<dim> zero(dim);
      dealii::DoFTools::make_hanging_node_constraints(dof_handler, all_around);
      for (dealii::types::boundary_id side = 0; side < 2 * dim; ++side)
        dealii::VectorTools::interpolate_boundary_values(dof_handler, side, zero, all_around);
      all_around.close();
      return all_around;
    }

    dealii::IndexSet relevant() const
    {
      dealii::IndexSet relevant;
      dealii::DoFTools::extract_locally_relevant_dofs(dof_handler, relevant);
      return relevant;
    }
  };
} // namespace revitra::test

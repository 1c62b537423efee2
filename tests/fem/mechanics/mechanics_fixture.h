#pragma once

#include "fem/initial_fields/initial_fields.h"
#include "fem/time_stepping/runge_kutta_step.h"
#include "material/base/text.h"
#include "tests/fem/discretization/test_specimen.h"
#include "tests/fem/parallel/ranks.h"

#include <deal.II/base/mpi.h>
#include <deal.II/base/quadrature_lib.h>
#include <deal.II/base/timer.h>

#include <iostream>

namespace revitra::test
{
  /// The unit box of `dim` dimensions.
  template <int dim>
  Deck::Specimen unit_box(const std::vector<unsigned int> &subdivisions,
                          const unsigned int               degree           = 2,
                          const Deck::LateralBoundary      lateral_boundary = Deck::LateralBoundary::periodic)
  {
    Deck::Specimen box;
    box.dimension        = dim;
    box.size             = std::vector<double>(dim, 1.);
    box.subdivisions     = subdivisions;
    box.degree           = degree;
    box.lateral_boundary = lateral_boundary;
    return box;
  }

  /// Newton's method as a run at a tolerance of 1e-4 has it or tighter.
  inline NewtonSettings tight_newton()
  {
    NewtonSettings settings;
    settings.tolerance = 1e-12;
    return settings;
  }

  /// A specimen with all of its mechanics, on all ranks.
  template <int dim>
  struct Mechanics
  {
    using Vector  = typename Equilibrium<dim>::Vector;
    using Unknown = typename StageProblem<dim>::Unknown;

    /// `free_volume` is an expression; a cell of `box` is refined once if `marked` is true at its center.
    Mechanics(
      const Deck::Specimen                                  &box,
      const std::string                                     &free_volume,
      const Parameters                                      &material = Parameters(),
      const NewtonSettings                                  &newton   = tight_newton(),
      const std::function<bool(const dealii::Point<dim> &)> &marked = [](const dealii::Point<dim> &) { return false; },
      const ThresholdOptions                                &threshold_options = {ThresholdKind::value, threshold})
      : parameters(material)
      , specimen(refined(box, marked))
      , quadrature(box.degree + 1)
      , materials(parameters)
      , history(start(free_volume).states)
      , equilibrium(specimen->dof_handler,
                    specimen->constraints,
                    quadrature,
                    history,
                    loading_direction(LoadingMode::shear, dim),
                    volume_of(box))
      , timer(std::cout, dealii::TimerOutput::never, dealii::TimerOutput::wall_times)
      , field(field_of(box))
      , problem(equilibrium, field.get(), stress_scale, timer)
      , step(
          materials, threshold_options, problem, equilibrium, history, MPI_COMM_WORLD, tolerance, stress_scale, newton)
    {
      step.begin_segment({parameters.temperature});
    }

    /// A shear at the rate `rate` since strain and time 0.
    SegmentControl shearing(const double rate) const
    {
      SegmentControl control;
      control.load        = [rate](const double time) { return LoadControl{false, rate * time}; };
      control.temperature = [T = parameters.temperature](double) { return ProgramTemperature{T}; };
      return control;
    }

    /// A constant mean stress.
    SegmentControl under_stress(const double stress) const
    {
      SegmentControl control = shearing(0.);
      control.load           = [stress](double) { return LoadControl{true, stress}; };
      return control;
    }

    /// Steps of length `h` from the present time; how many were taken before the first that could not be solved.
    unsigned int take_steps(const SegmentControl &control, const double h, const unsigned int number)
    {
      for (unsigned int i = 0; i < number; ++i)
        {
          const StepOutcome outcome = step.attempt(control, h);
          if (!outcome.solved)
            {
              reason = outcome.reason;
              return i;
            }
          step.accept();
        }
      return number;
    }

    /// A field of no regularity that fulfills the constraints: every strain is about `amplitude` over the cells' size.
    Vector rough_field(const double amplitude, const double phase) const
    {
      Vector field(specimen->owned(), MPI_COMM_WORLD);
      for (const auto dof : specimen->owned())
        field[dof] = amplitude * std::sin(2.3 * dof + phase);
      field.compress(dealii::VectorOperation::insert);
      specimen->constraints.distribute(field);
      return field;
    }

    /// `field` with the values that the rank's cells need.
    Vector ghosted(const Vector &field) const
    {
      Vector result(specimen->owned(), specimen->relevant, MPI_COMM_WORLD);
      result = field;
      return result;
    }

    /// Calls visit(entry of the history, place) for every quadrature point of the rank's own cells.
    template <typename Visit>
    void for_each_point(const Visit &visit) const
    {
      dealii::FEValues<dim> fe_values(specimen->element, quadrature, dealii::update_quadrature_points);
      for (const auto &cell : specimen->dof_handler.active_cell_iterators())
        if (cell->is_locally_owned())
          {
            fe_values.reinit(cell);
            for (unsigned int q = 0; q < quadrature.size(); ++q)
              visit(cell->active_cell_index() * quadrature.size() + q, fe_values.quadrature_point(q));
          }
    }

    static constexpr double stress_scale = 7.74682, threshold = 7.74682, tolerance = 5e-5;

    const Parameters                      parameters;
    std::unique_ptr<TestSpecimen<dim>>    specimen;
    const dealii::QGauss<dim>             quadrature;
    const MaterialMap                     materials;
    QuadratureHistory                     history;
    Equilibrium<dim>                      equilibrium;
    dealii::TimerOutput                   timer;
    std::unique_ptr<FreeVolumeField<dim>> field; ///< if it diffuses
    StageProblem<dim>                     problem;
    RungeKuttaStep<dim>                   step;
    std::string                           reason; ///< why take_steps() took no more

  private:
    InitialSpecimen start(const std::string &free_volume) const
    {
      Deck deck;
      deck.material              = parameters;
      deck.initially.free_volume = free_volume;
      deck.initially.st_sum      = shortest(parameters.initial_st_sum);
      deck.initially.st_bias     = shortest(parameters.initial_st_bias);
      return initial_specimen(deck, specimen->triangulation, quadrature);
    }

    std::unique_ptr<FreeVolumeField<dim>> field_of(const Deck::Specimen &box)
    {
      if (!materials.free_volume_diffuses())
        return nullptr;
      return std::make_unique<FreeVolumeField<dim>>(
        specimen->triangulation, box.degree, free_volume_boundary(box), quadrature, materials, history, equilibrium);
    }

    static double volume_of(const Deck::Specimen &box)
    {
      double volume = 1.;
      for (const double edge : box.size)
        volume *= edge;
      return volume;
    }

    template <typename Predicate>
    static std::unique_ptr<TestSpecimen<dim>> refined(const Deck::Specimen &box, const Predicate &marked)
    {
      auto result = std::make_unique<TestSpecimen<dim>>(box);
      result->refine_where(marked);
      return result;
    }
  };
} // namespace revitra::test

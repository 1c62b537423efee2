#pragma once

#include "fem/mesh/box.h"
#include "fem/mesh/constraints.h"

#include <deal.II/distributed/tria.h>
#include <deal.II/dofs/dof_handler.h>
#include <deal.II/dofs/dof_tools.h>
#include <deal.II/fe/fe_q.h>
#include <deal.II/fe/fe_system.h>
#include <deal.II/lac/affine_constraints.h>

namespace revitra::test
{
  constexpr auto periodic = Deck::LateralBoundary::periodic;
  constexpr auto open     = Deck::LateralBoundary::free;

  /// A valid box of `dim` dimensions with edges 1, 2 (and 3) and 2 (4, 2) cells along them.
  template <int dim>
  Deck::Specimen small_box(const Deck::LateralBoundary lateral_boundary)
  {
    Deck::Specimen box;
    box.dimension        = dim;
    box.size             = dim == 2 ? std::vector<double>{1., 2.} : std::vector<double>{1., 2., 3.};
    box.subdivisions     = dim == 2 ? std::vector<unsigned int>{2, 4} : std::vector<unsigned int>{2, 4, 2};
    box.lateral_boundary = lateral_boundary;
    return box;
  }

  /// A specimen's mesh with its displacement's degrees of freedom and constraints.
  template <int dim>
  struct TestSpecimen
  {
    explicit TestSpecimen(const Deck::Specimen &specimen)
      : specimen(specimen)
      , triangulation(MPI_COMM_WORLD)
      , element(dealii::FE_Q<dim>(specimen.degree), dim)
      , dof_handler(triangulation)
    {
      make_specimen(triangulation, specimen);
      distribute();
    }

    /// Has the cells for which `marked` is true at their center refined once.
    template <typename Predicate>
    void refine_where(const Predicate &marked)
    {
      for (const auto &cell : triangulation.active_cell_iterators())
        if (cell->is_locally_owned() && marked(cell->center()))
          cell->set_refine_flag();
      triangulation.execute_coarsening_and_refinement();
      distribute();
    }

    void distribute()
    {
      dof_handler.distribute_dofs(element);
      dealii::DoFTools::extract_locally_relevant_dofs(dof_handler, relevant);
      constraints.copy_from(make_specimen_constraints(dof_handler, relevant, specimen.lateral_boundary));
    }

    const dealii::IndexSet &owned() const { return dof_handler.locally_owned_dofs(); }

    Deck::Specimen                                    specimen;
    dealii::parallel::distributed::Triangulation<dim> triangulation;
    dealii::FESystem<dim>                             element;
    dealii::DoFHandler<dim>                           dof_handler;
    dealii::IndexSet                                  relevant;
    dealii::AffineConstraints<double>                 constraints;
  };
} // namespace revitra::test

#include "fem/specimen/shear_boundary.h"

#include "fem/specimen/geometry.h"

#include <deal.II/base/exceptions.h>
#include <deal.II/base/function.h>
#include <deal.II/dofs/dof_tools.h>
#include <deal.II/numerics/vector_tools.h>

namespace revitra
{
  using namespace dealii;

  namespace
  {
    template <int dim>
    void fix_platens(const DoFHandler<dim> &dof_handler, AffineConstraints<double> &constraints)
    {
      const Functions::ZeroFunction<dim> zero(dim);
      VectorTools::interpolate_boundary_values(
        dof_handler, {{SpecimenBoundary::bottom, &zero}, {SpecimenBoundary::top, &zero}}, constraints);
    }

    template <int dim>
    void tie_lateral_sides(const DoFHandler<dim> &dof_handler, AffineConstraints<double> &constraints)
    {
      DoFTools::make_periodicity_constraints(
        dof_handler, SpecimenBoundary::left, SpecimenBoundary::right, 0, constraints);
      if (dim == 3)
        DoFTools::make_periodicity_constraints(
          dof_handler, SpecimenBoundary::back, SpecimenBoundary::front, 2, constraints);
    }
  } // namespace

  template <int dim>
  AffineConstraints<double> make_shear_constraints(const DoFHandler<dim>      &dof_handler,
                                                   const IndexSet             &locally_relevant_dofs,
                                                   const Deck::LateralBoundary lateral_boundary)
  {
    AssertDimension(dof_handler.get_fe().n_components(), dim);
    AffineConstraints<double> constraints(locally_relevant_dofs);
    // Each of these leaves alone what is constrained already. The platens come before the lateral sides, so that a
    // corner is zero on both sides whatever ranks see of it.
    DoFTools::make_hanging_node_constraints(dof_handler, constraints);
    fix_platens(dof_handler, constraints);
    if (lateral_boundary == Deck::LateralBoundary::periodic)
      tie_lateral_sides(dof_handler, constraints);
    constraints.close();
#ifdef DEBUG
    const auto owned = Utilities::MPI::all_gather(dof_handler.get_communicator(), dof_handler.locally_owned_dofs());
    Assert(constraints.is_consistent_in_parallel(
             owned, DoFTools::extract_locally_active_dofs(dof_handler), dof_handler.get_communicator()),
           ExcInternalError("The ranks disagree on the constraints of shear."));
#endif
    return constraints;
  }

  template AffineConstraints<double> make_shear_constraints<2>(const DoFHandler<2> &,
                                                               const IndexSet &,
                                                               Deck::LateralBoundary);
  template AffineConstraints<double> make_shear_constraints<3>(const DoFHandler<3> &,
                                                               const IndexSet &,
                                                               Deck::LateralBoundary);
} // namespace revitra

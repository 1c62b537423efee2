#include "fem/mesh/constraints.h"

#include "fem/mesh/box.h"

#include <deal.II/base/exceptions.h>
#include <deal.II/base/function.h>
#include <deal.II/dofs/dof_tools.h>
#include <deal.II/numerics/vector_tools.h>

#include <optional>
#include <utility>

namespace revitra
{
  using namespace dealii;

  namespace
  {
    template <int dim>
    void fix_platens(const DoFHandler<dim>     &dof_handler,
                     const ComponentMask       &held,
                     AffineConstraints<double> &constraints)
    {
      const Functions::ZeroFunction<dim> zero(dim);
      VectorTools::interpolate_boundary_values(
        dof_handler, {{SpecimenBoundary::bottom, &zero}, {SpecimenBoundary::top, &zero}}, constraints, held);
    }

    /// Vertex of the bottom platen with the least `rank_of`, over all ranks.
    template <int dim, typename Rank>
    Point<dim> first_vertex(const DoFHandler<dim> &dof_handler, const Rank &rank_of)
    {
      std::optional<Point<dim>> first;
      const auto                take = [&](const Point<dim> &vertex) {
        if (!first || rank_of(vertex) < rank_of(*first))
          first = vertex;
      };
      for (const auto &cell : dof_handler.active_cell_iterators())
        if (cell->is_locally_owned())
          for (const auto &face : cell->face_iterators())
            if (face->at_boundary() && face->boundary_id() == SpecimenBoundary::bottom)
              for (const unsigned int v : face->vertex_indices())
                take(face->vertex(v));
      std::vector<double> coordinates;
      if (first)
        coordinates.assign(first->begin_raw(), first->end_raw());
      for (const std::vector<double> &other : Utilities::MPI::all_gather(dof_handler.get_communicator(), coordinates))
        if (!other.empty())
          {
            Point<dim> vertex;
            std::copy(other.begin(), other.end(), vertex.begin_raw());
            take(vertex);
          }
      AssertThrow(first, ExcInternalError("The specimen has no bottom."));
      return *first;
    }

    /// Fixes `component` of the displacement at the vertex `place` on the ranks that have this vertex.
    template <int dim>
    void pin(const DoFHandler<dim>     &dof_handler,
             const Point<dim>          &place,
             const unsigned int         component,
             AffineConstraints<double> &constraints)
    {
      for (const auto &cell : dof_handler.active_cell_iterators())
        if (!cell->is_artificial())
          for (const unsigned int v : cell->vertex_indices())
            if (cell->vertex(v).distance(place) < 1e-10 * cell->diameter())
              constraints.add_line(cell->vertex_dof_index(v, component));
    }

    /// Prevents rigid-body motion of a specimen that slides along its platens, without causing forces: along x and z at
    /// one end of the bottom and, against rotation about y, along z at the other end.
    template <int dim>
    void hold_in_place(const DoFHandler<dim> &dof_handler, AffineConstraints<double> &constraints)
    {
      const auto from_left  = [](const Point<dim> &p) { return std::make_pair(p[0], p[dim - 1]); };
      const auto from_right = [](const Point<dim> &p) { return std::make_pair(-p[0], p[dim - 1]); };
      const auto left       = first_vertex(dof_handler, from_left);
      pin(dof_handler, left, 0, constraints);
      if (dim == 3)
        {
          pin(dof_handler, left, 2, constraints);
          pin(dof_handler, first_vertex(dof_handler, from_right), 2, constraints);
        }
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
  AffineConstraints<double> make_specimen_constraints(const DoFHandler<dim>      &dof_handler,
                                                      const IndexSet             &locally_relevant_dofs,
                                                      const Deck::LateralBoundary lateral_boundary,
                                                      const Deck::Platens         platens)
  {
    AssertDimension(dof_handler.get_fe().n_components(), dim);
    AffineConstraints<double> constraints(locally_relevant_dofs);
    // Each of these leaves alone what is constrained already. The platens come before the lateral sides, so that a
    // corner is zero on both sides whatever ranks see of it.
    DoFTools::make_hanging_node_constraints(dof_handler, constraints);
    ComponentMask held(dim, true);
    if (platens == Deck::Platens::frictionless)
      for (unsigned int component = 0; component < dim; ++component)
        held.set(component, component == 1);
    fix_platens(dof_handler, held, constraints);
    if (platens == Deck::Platens::frictionless)
      hold_in_place(dof_handler, constraints);
    if (lateral_boundary == Deck::LateralBoundary::periodic)
      tie_lateral_sides(dof_handler, constraints);
    constraints.close();
#ifdef DEBUG
    const auto owned = Utilities::MPI::all_gather(dof_handler.get_communicator(), dof_handler.locally_owned_dofs());
    Assert(constraints.is_consistent_in_parallel(
             owned, DoFTools::extract_locally_active_dofs(dof_handler), dof_handler.get_communicator()),
           ExcInternalError("The ranks disagree on the constraints of the specimen."));
#endif
    return constraints;
  }

  template <int dim>
  AffineConstraints<double> make_free_volume_constraints(const DoFHandler<dim>                      &dof_handler,
                                                         const IndexSet                             &relevant,
                                                         const Deck::LateralBoundary                 lateral_boundary,
                                                         const std::map<types::boundary_id, double> &boundary_values)
  {
    AffineConstraints<double> constraints(relevant);
    DoFTools::make_hanging_node_constraints(dof_handler, constraints);
    for (const auto &[side, value] : boundary_values)
      VectorTools::interpolate_boundary_values(dof_handler, side, Functions::ConstantFunction<dim>(value), constraints);
    if (lateral_boundary == Deck::LateralBoundary::periodic)
      tie_lateral_sides(dof_handler, constraints);
    constraints.close();
    return constraints;
  }

  template AffineConstraints<double> make_free_volume_constraints<2>(const DoFHandler<2> &,
                                                                     const IndexSet &,
                                                                     Deck::LateralBoundary,
                                                                     const std::map<types::boundary_id, double> &);
  template AffineConstraints<double> make_free_volume_constraints<3>(const DoFHandler<3> &,
                                                                     const IndexSet &,
                                                                     Deck::LateralBoundary,
                                                                     const std::map<types::boundary_id, double> &);
  template AffineConstraints<double> make_specimen_constraints<2>(const DoFHandler<2> &,
                                                                  const IndexSet &,
                                                                  Deck::LateralBoundary,
                                                                  Deck::Platens);
  template AffineConstraints<double> make_specimen_constraints<3>(const DoFHandler<3> &,
                                                                  const IndexSet &,
                                                                  Deck::LateralBoundary,
                                                                  Deck::Platens);
} // namespace revitra

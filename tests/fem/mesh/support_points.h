#pragma once

#include <deal.II/base/config.h>
#include <deal.II/dofs/dof_handler.h>
#include <deal.II/dofs/dof_tools.h>
#include <deal.II/fe/mapping_q1.h>

#include <map>

namespace revitra::test
{
  /// The support points of the degrees of freedom that the rank knows of, by a function that has changed with
  /// deal.II 9.6.
  template <int dim>
  std::map<dealii::types::global_dof_index, dealii::Point<dim>> support_points(
    const dealii::DoFHandler<dim> &dof_handler)
  {
    const dealii::MappingQ1<dim> mapping;
#if DEAL_II_VERSION_GTE(9, 6, 0)
    return dealii::DoFTools::map_dofs_to_support_points(mapping, dof_handler);
#else
    std::map<dealii::types::global_dof_index, dealii::Point<dim>> points;
    dealii::DoFTools::map_dofs_to_support_points(mapping, dof_handler, points);
    return points;
#endif
  }
} // namespace revitra::test

#pragma once

#include "fem/analysis/periodic_groups.h"

#include <deal.II/base/symmetric_tensor.h>
#include <deal.II/grid/tria.h>

#include <functional>
#include <vector>

namespace revitra
{
  /// What is summed over the cells of a region, to know its place and shape and what it is like.
  template <int dim>
  struct RegionSums
  {
    double                          volume = 0.;
    dealii::Tensor<1, dim>          first;  ///< ∫ x dV
    dealii::SymmetricTensor<2, dim> second; ///< ∫ x ⊗ x dV
    dealii::SymmetricTensor<2, dim> cells;  ///< ∫ M dV; a path along the unit vector n meets √(n·M·n) cells
                                            ///< a length
    double plastic_strain = 0.;             ///< ∫|γᵖ| dV
    double rejuvenation   = 0.;             ///< ∫ξ/ξ₀ dV

    RegionSums &operator+=(const RegionSums &other);

    /// The same for the region moved by `distance`.
    RegionSums moved(const dealii::Tensor<1, dim> &distance) const;

    template <typename Archive>
    void serialize(Archive &archive, unsigned int /* version */)
    {
      archive &volume &first &second &cells &plastic_strain &rejuvenation;
    }
  };

  /// Place and shape of a cell with `volume`: a parallelepiped. Leaves the other sums zero.
  template <int dim>
  RegionSums<dim> sums_of_cell(const typename dealii::Triangulation<dim>::active_cell_iterator &cell, double volume);

  /// A region, put together across periodic boundaries.
  template <int dim>
  struct Region
  {
    RegionSums<dim>         sums;
    std::vector<Image<dim>> windings; ///< see PeriodicGroups; empty unless the region closes on itself

    template <typename Archive>
    void serialize(Archive &archive, unsigned int /* version */)
    {
      archive &sums &windings;
    }
  };

  /// The edges of the box around a specimen, those between lateral sides being the periods.
  template <int dim>
  dealii::Tensor<1, dim> box_edges(const dealii::Triangulation<dim> &triangulation);

  /// The connected regions of `marked` cells (by active_cell_index; that of locally owned cells counts), with the sums
  /// of `sums_of` their cells. Cells are connected that touch, if only in a vertex, as those of a thin oblique band do;
  /// also at hanging nodes, through periodic sides, and across ranks.
  ///
  /// Each rank puts its own cells together; only what it knows of the pieces, and which touch, goes to the others. The
  /// same on all ranks, in an order that depends on the partition. Collective.
  template <int dim>
  std::vector<Region<dim>> connected_regions(
    const dealii::Triangulation<dim> &triangulation,
    const std::vector<bool>          &marked,
    const std::function<RegionSums<dim>(const typename dealii::Triangulation<dim>::active_cell_iterator &)> &sums_of);
} // namespace revitra

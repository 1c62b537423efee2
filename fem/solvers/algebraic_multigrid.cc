#include "fem/solvers/preconditioner.h"

#include <deal.II/base/mpi.h>
#include <deal.II/base/point.h>
#include <deal.II/fe/mapping_q1.h>
#include <deal.II/lac/trilinos_precondition.h>

#include <Epetra_MultiVector.h>
#include <Teuchos_ParameterList.hpp>
#include <vector>

namespace revitra
{
  using namespace dealii;

  namespace
  {
    /// Location of a degree of freedom: one component of the field at one point.
    template <int dim>
    struct Site
    {
      unsigned int component = 0;
      Point<dim>   point;
    };

    /// Sites of all locally owned degrees of freedom, in their order.
    template <int dim>
    std::vector<Site<dim>> locally_owned_sites(const DoFHandler<dim> &dof_handler)
    {
      const auto &fe    = dof_handler.get_fe();
      const auto &owned = dof_handler.locally_owned_dofs();
      Assert(fe.has_support_points(), ExcMessage("Rigid-body modes need support points."));

      std::vector<Site<dim>>               sites(owned.n_elements());
      std::vector<types::global_dof_index> dofs(fe.n_dofs_per_cell());
      // A rank may own degrees of freedom that none of its own cells carries, on the far side of a periodic boundary.
      for (const auto &cell : dof_handler.active_cell_iterators())
        if (!cell->is_artificial())
          {
            cell->get_dof_indices(dofs);
            for (unsigned int i = 0; i < dofs.size(); ++i)
              if (owned.is_element(dofs[i]))
                sites[owned.index_within_set(dofs[i])] = {
                  fe.system_to_component_index(i).first,
                  StaticMappingQ1<dim>::mapping.transform_unit_to_real_cell(cell, fe.unit_support_point(i))};
          }
      return sites;
    }

    /// Returns true if, on all ranks, the `n_components` of the field at a point have consecutive numbers, x first.
    template <int dim>
    bool is_numbered_by_node(const std::vector<Site<dim>> &sites,
                             const unsigned int            n_components,
                             const MPI_Comm               &communicator)
    {
      bool by_node = sites.size() % n_components == 0;
      for (unsigned int i = 0; by_node && i < sites.size(); ++i)
        by_node = sites[i].component == i % n_components &&
                  sites[i].point.distance(sites[i - i % n_components].point) <= 1e-12 * sites[i].point.norm();
      return Utilities::MPI::min(int(by_node), communicator) == 1;
    }

    /// Displacement at `site` in rigid-body mode `mode`: first the dim translations, then the rotations about `center`.
    template <int dim>
    double rigid_body_displacement(const unsigned int mode, const Site<dim> &site, const Point<dim> &center)
    {
      if (mode < dim)
        return site.component == mode ? 1. : 0.;
      // The rotation in the plane of directions a and b takes (a, b) to (−b, a).
      const unsigned int a = dim == 2 ? 0 : (mode - dim + 1) % dim;
      const unsigned int b = (a + 1) % dim;
      if (site.component == a)
        return -(site.point[b] - center[b]);
      if (site.component == b)
        return site.point[a] - center[a];
      return 0.;
    }

    template <int dim>
    Point<dim> mean_point(const std::vector<Site<dim>> &sites, const MPI_Comm &communicator)
    {
      Tensor<1, dim> sum;
      for (const auto &site : sites)
        sum += site.point;
      return Point<dim>(Utilities::MPI::sum(sum, communicator) /
                        double(Utilities::MPI::sum(types::global_dof_index(sites.size()), communicator)));
    }

    template <int dim>
    class Multigrid : public Preconditioner
    {
    public:
      explicit Multigrid(const DoFHandler<dim> &dof_handler)
        : sites(locally_owned_sites(dof_handler))
        , center(mean_point(sites, dof_handler.get_communicator()))
        , n_components(dof_handler.get_fe().n_components())
        , equations_per_node(is_numbered_by_node(sites, n_components, dof_handler.get_communicator()) ? n_components
                                                                                                      : 1)
      {}

      void set_up(const TrilinosWrappers::SparseMatrix &matrix) override;

      void vmult(TrilinosWrappers::MPI::Vector &dst, const TrilinosWrappers::MPI::Vector &src) const override
      {
        amg.vmult(dst, src);
      }

    private:
      void fill_modes(const Epetra_Map &map);

      const std::vector<Site<dim>>        sites;
      const Point<dim>                    center;
      const unsigned int                  n_components;
      const int                           equations_per_node;
      std::unique_ptr<Epetra_MultiVector> modes; ///< which ML reads at each set_up()
      TrilinosWrappers::PreconditionAMG   amg;
    };

    template <int dim>
    void Multigrid<dim>::fill_modes(const Epetra_Map &map)
    {
      const unsigned int n_modes = n_components == 1 ? 1 : dim * (dim + 1) / 2; // a constant, or rigid bodies
      AssertDimension(map.NumMyElements(), sites.size());
      modes = std::make_unique<Epetra_MultiVector>(map, n_modes);
      for (unsigned int mode = 0; mode < n_modes; ++mode)
        for (unsigned int i = 0; i < sites.size(); ++i)
          (*modes)[mode][i] = rigid_body_displacement(mode, sites[i], center);
    }

    template <int dim>
    void Multigrid<dim>::set_up(const TrilinosWrappers::SparseMatrix &matrix)
    {
      fill_modes(matrix.trilinos_matrix().DomainMap());

      // Settings of symmetric problems serve the tangent best, which is nearly that: twice as fast as ML's for
      // non-symmetric ones. Chebyshev is ahead of Gauss-Seidel, and two sweeps of one and of three.
      TrilinosWrappers::PreconditionAMG::AdditionalData settings;
      settings.elliptic              = true;
      settings.higher_order_elements = false;
      settings.smoother_type         = "Chebyshev";
      settings.smoother_sweeps       = 2;
      settings.aggregation_threshold = 1e-4;

      Teuchos::ParameterList              parameters;
      std::unique_ptr<Epetra_MultiVector> no_modes;
      settings.set_parameters(parameters, no_modes, matrix);
      parameters.set("PDE equations", equations_per_node);
      parameters.set("null space: type", "pre-computed");
      parameters.set("null space: dimension", modes->NumVectors());
      parameters.set("null space: vectors", modes->Values());
      amg.initialize(matrix, parameters);
    }
  } // namespace

  template <int dim>
  std::unique_ptr<Preconditioner> make_multigrid(const DoFHandler<dim> &dof_handler)
  {
    return std::make_unique<Multigrid<dim>>(dof_handler);
  }

  template std::unique_ptr<Preconditioner> make_multigrid<2>(const DoFHandler<2> &);
  template std::unique_ptr<Preconditioner> make_multigrid<3>(const DoFHandler<3> &);
} // namespace revitra

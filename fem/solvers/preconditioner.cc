#include "fem/solvers/preconditioner.h"

namespace revitra
{
  using namespace dealii;

  namespace
  {
    /// Degrees of freedom up to which a factorization is preferred to multigrid.
    constexpr types::global_dof_index max_factorized_dofs(const int dim)
    {
      return dim == 2 ? 1000000 : 20000;
    }
  } // namespace

  template <int dim>
  std::unique_ptr<Preconditioner> make_preconditioner(const DoFHandler<dim> &dof_handler)
  {
    if (has_factorization() && dof_handler.n_dofs() <= max_factorized_dofs(dim))
      return make_factorization();
    return make_multigrid(dof_handler);
  }

  template std::unique_ptr<Preconditioner> make_preconditioner<2>(const DoFHandler<2> &);
  template std::unique_ptr<Preconditioner> make_preconditioner<3>(const DoFHandler<3> &);
} // namespace revitra

#pragma once

#include "fem/mechanics/equilibrium.h"
#include "fem/mechanics/linear_solver.h"

#include <deal.II/base/timer.h>

#include <optional>

namespace revitra
{
  /// What is prescribed at one time of a test: either the strain of the specimen or its mean stress.
  struct LoadControl
  {
    bool   controls_stress; ///< whether `value` is a stress (σ₀) or a strain (ε₀)
    double value;
  };

  /// Equilibrium of one stage under a LoadControl, in the form that newton() wants.
  ///
  /// Under stress control the system is bordered by one row and one column for the strain and solved by block
  /// elimination, so that the matrix stays that of the displacements.
  template <int dim>
  class StageProblem
  {
  public:
    using Vector = typename Equilibrium<dim>::Vector;

    /// The fluctuation ũ (locally owned) and the strain of the specimen.
    struct Unknown
    {
      Vector fluctuation;
      double strain = 0.;
    };

    /// All arguments are kept by reference. Residual norms are in units of `stress_scale` and of the residual that a
    /// random stress of that size has.
    StageProblem(const dealii::DoFHandler<dim>           &dof_handler,
                 const dealii::AffineConstraints<double> &constraints,
                 Equilibrium<dim>                        &equilibrium,
                 double                                   stress_scale,
                 dealii::TimerOutput                     &timer);

    /// Take note that the mesh and all that goes with it have changed; the equilibrium knows already. Collective.
    void reinit();

    /// The stage and the control that the following calls are for.
    void set_stage(const StageSetting &stage, const LoadControl &control);

    /// Zero, of the right layout.
    Unknown zero() const;

    /// See newton().
    double  residual(const Unknown &x);
    void    linearize(const Unknown &x);
    Unknown step(double relative_tolerance);
    void    add(Unknown &x, double factor, const Unknown &step) const;

    /// What the linear systems cost.
    LinearSolver::Statistics linear_statistics() const { return earlier_meshes + linear_solver->statistics(); }

    /// Mean stress at the last residual().
    double mean_stress() const { return stress; }

  private:
    /// x = stiffness⁻¹ rhs for a `rhs` that stems from a stress or modulus of the size `stress`.
    void solve(Vector &x, const Vector &rhs, double stress, double relative_tolerance);

    const dealii::DoFHandler<dim>           &dof_handler;
    const dealii::AffineConstraints<double> &constraints;
    Equilibrium<dim>                        &equilibrium;
    const double                             stress_scale;
    dealii::TimerOutput                     &timer;

    StageSetting                       stage{};
    LoadControl                        control{};
    Vector                             ghosted;
    Vector                             residual_vector;
    typename Equilibrium<dim>::Tangent tangent;
    std::optional<LinearSolver>        linear_solver; ///< after the matrix, which it may refer to until its end
    LinearSolver::Statistics           earlier_meshes;
    double                             stress = 0.;
  };
} // namespace revitra

#pragma once

#include "fem/mechanics/equilibrium.h"
#include "fem/mechanics/free_volume_field.h"
#include "fem/solvers/linear_solver.h"

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

  /// Equilibrium of one stage under a LoadControl and, where free volume is a field, its balance, in the form that
  /// newton() wants.
  ///
  /// The linear systems are those of the fields, with the fluctuation ũ first. Under stress control they are bordered
  /// by one row and one column for the strain and solved by block elimination.
  template <int dim>
  class StageProblem
  {
  public:
    using Vector = typename Equilibrium<dim>::Vector;
    using Fields = BlockMatrix::Vector;

    /// The fields (locally owned) and the strain of the specimen.
    struct Unknown
    {
      Vector       &fluctuation() { return fields.block(0); }       ///< ũ
      const Vector &fluctuation() const { return fields.block(0); } ///< ũ
      Vector       &free_volume() { return fields.block(1); }       ///< ξ, where that is a field
      const Vector &free_volume() const { return fields.block(1); } ///< ξ, where that is a field

      Fields fields;
      double strain = 0.;
    };

    /// All arguments are kept by reference; `free_volume` is null where that is no field. Residual norms are in units
    /// of `stress_scale` and of the residual that a random stress of that size has.
    StageProblem(Equilibrium<dim>     &equilibrium,
                 FreeVolumeField<dim> *free_volume,
                 double                stress_scale,
                 dealii::TimerOutput  &timer);

    /// Take note that the mesh and all that goes with it have changed; equilibrium and field know already. Collective.
    void reinit();

    /// The stage and the control that the following calls are for. The base states of the stage are in the history.
    void set_stage(const StageSetting &stage, const LoadControl &control);

    /// Zero, of the right layout.
    Unknown zero() const;

    /// Set what constraints determine in `x`.
    void constrain(Unknown &x) const;

    /// Take the free volume of the points, where that is a field, into `x`. Collective.
    void project_free_volume(Unknown &x);

    /// Put what fields contribute to the rates at the accepted state `x` into those of the history's first stage.
    void complete_rates(const Unknown &x);

    /// See newton().
    double  residual(const Unknown &x);
    void    linearize(const Unknown &x);
    Unknown step(double relative_tolerance);
    void    add(Unknown &x, double factor, const Unknown &step) const;

    /// Where and why residual() does not exist. The same on all ranks.
    const std::string &failure() const;

    /// Whether that is so because the law failed, see Equilibrium::failed_stage(). The same on all ranks.
    bool law_failed() const { return &failure() == &equilibrium.failure() && !failure().empty(); }

    /// What the linear systems cost.
    LinearStatistics linear_statistics() const { return earlier_meshes + linear_solver->statistics(); }

    /// Mean stress at the last residual().
    double mean_stress() const { return stress; }

  private:
    double mean_stress_change(const Fields &change) const;

    /// x = tangent⁻¹ rhs for a `rhs` that stems from a stress or modulus of the size `stress`.
    void solve(Fields &x, const Fields &rhs, double stress, double relative_tolerance);

    Equilibrium<dim>     &equilibrium;
    FreeVolumeField<dim> *free_volume;
    const double          stress_scale;
    dealii::TimerOutput  &timer;

    StageSetting                           stage{};
    LoadControl                            control{};
    Vector                                 ghosted;
    Fields                                 residuals;
    typename Equilibrium<dim>::Tangent     tangent;
    typename FreeVolumeField<dim>::Tangent field_tangent;
    std::optional<BlockMatrix>             matrix;
    std::optional<BlockSolver>             linear_solver; ///< after the matrices, which it may refer to until its end
    LinearStatistics                       earlier_meshes;
    double                                 stress = 0.;
  };
} // namespace revitra

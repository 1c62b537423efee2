#pragma once

#include "fem/mechanics/quadrature_history.h"
#include "fem/mechanics/stage_materials.h"
#include "fem/mechanics/strain_operator.h"
#include "fem/solvers/assembly_matrix.h"
#include "fem/solvers/linear_algebra.h"
#include "material/input/loading_direction.h"
#include "material/results/stage_replay.h"

#include <deal.II/dofs/dof_handler.h>
#include <deal.II/lac/affine_constraints.h>

#include <functional>
#include <optional>
#include <string>

namespace revitra
{
  /// The stage of a time step that equilibrium is sought for.
  struct StageSetting
  {
    StageMaterials *laws;  ///< the law at the points, at the stage's temperature and length
    unsigned int    index; ///< of the Runge-Kutta stage
  };

  /// How the law at a point answers in a stage.
  struct LinearizedPoint
  {
    DeviatorTangent tangent; ///< ∂σ/∂γ
    StageCoupling   coupling;
  };

  /// A cell at whose points the law has been linearized.
  template <int dim>
  struct LinearizedCell
  {
    const typename dealii::DoFHandler<dim>::active_cell_iterator &cell;
    const std::vector<dealii::types::global_dof_index>           &dofs; ///< of the displacement
    const StrainOperator<dim>                                    &strains;
    const std::vector<LinearizedPoint>                           &points;
  };

  /// Where the law failed.
  struct FailedStage
  {
    std::size_t  point; ///< of the history
    StageFailure reason;
    StageReplay  replay; ///< but for what only the run knows: the last accepted state, time and program
  };

  /// Residual and tangent of equilibrium of a specimen in the fluctuation form u = H·X + ũ; H = ε e_x ⊗ e_y in shear,
  /// ε e_y ⊗ e_y in tension, with the strain ε of the specimen.
  ///
  /// Unknowns are ũ and, under stress control, ε; the equation that goes with ε is the mean stress: ∫ σ : H/ε over the
  /// gross volume of the specimen (see the constructor), which is the mean traction on the platens. Small strains;
  /// plane strain in 2-D.
  template <int dim>
  class Equilibrium
  {
  public:
    using Vector = linear_algebra::Vector;

    /// Derivative of residual and mean stress.
    struct Tangent
    {
      AssemblyMatrix stiffness; ///< ∂R/∂ũ
      Vector         by_strain; ///< ∂R/∂ε
      Vector         of_stress; ///< ∂(mean stress)/∂ũ
      double         modulus;   ///< ∂(mean stress)/∂ε
    };

    /// All arguments but the last two are kept by reference. `history` holds quadrature.size() points a cell.
    /// `gross_volume` is that of the platens times the height, holes and notches included: what stress is a mean over.
    Equilibrium(const dealii::DoFHandler<dim>           &dof_handler,
                const dealii::AffineConstraints<double> &constraints,
                const dealii::Quadrature<dim>           &quadrature,
                QuadratureHistory                       &history,
                const LoadingDirection                  &direction,
                double                                   gross_volume);

    /// Solve the law at all points for the stage `setting` under the displacement `fluctuation` (ghosted, constraints
    /// distributed) and `strain`, and assemble the `residual` ∫ σ : ∇φ. Returns the mean stress; nothing if the
    /// law failed at some point of any rank, see failure(). Fills the stage's rates in the history. Collective.
    std::optional<double> residual(const StageSetting &setting,
                                   const Vector       &fluctuation,
                                   double              strain,
                                   Vector             &residual);

    /// Assemble the tangent where residual() was last evaluated; `of_stress` and `by_strain` too. `visit`, if any, is
    /// called for each cell, for what else depends on the law there. Collective.
    void tangent(const StageSetting                                     &setting,
                 const Vector                                           &fluctuation,
                 double                                                  strain,
                 Tangent                                                &tangent,
                 const std::function<void(const LinearizedCell<dim> &)> &visit = {});

    /// Take note that mesh, degrees of freedom, constraints and history have changed. Collective.
    void reinit();

    /// The strain deviators at the points of the history, where a point is owned. Arguments as of residual().
    std::vector<Deviator> strain_deviators(const Vector &fluctuation, double strain) const;

    /// Make `tangent` fit the mesh.
    void initialize(Tangent &tangent) const;

    /// ‖∫ |∇φ|‖₂: what the norm of a residual is for a random stress of size one; scale of the norm of residuals. 1 if
    /// all displacements are prescribed, so that there are none.
    double residual_scale() const { return scale; }

    /// What the strain of the specimen is.
    const LoadingDirection &loading() const { return direction; }

    /// The degrees of freedom and the constraints of the displacement.
    const dealii::DoFHandler<dim>           &displacement() const { return dof_handler; }
    const dealii::AffineConstraints<double> &displacement_constraints() const { return constraints; }

    /// Volume of the specimen, holes and notches included.
    double volume() const { return gross_volume; }

    /// Quadrature weights JxW in the order of the history; zero for points that are not locally owned.
    const std::vector<double> &weights() const { return point_weights; }

    /// Whether `point` of the history is of a locally owned cell. The others are of no consequence.
    bool owns(const std::size_t point) const { return point_weights[point] > 0.; }

    /// Where and why the law failed when residual() last returned nothing. The same on all ranks.
    const std::string &failure() const { return failure_text; }

    /// The update that failed there; on the rank that has the point, and nothing on the others.
    const std::optional<FailedStage> &failed_stage() const { return failed; }

  private:
    using Cell = typename dealii::DoFHandler<dim>::active_cell_iterator;
    struct CellStrains;

    CellStrains cell_strains() const;
    void        evaluate(const Cell &cell, const Vector &fluctuation, CellStrains &strains) const;
    Deviator    deviator_at(unsigned int q, const CellStrains &strains, double strain) const;

    FailedStage describe_failure(const StageSetting &setting,
                                 unsigned int        q,
                                 std::size_t         point,
                                 StageFailure        reason,
                                 const Deviator     &strain) const;
    void        agree_on_failure();

    const dealii::DoFHandler<dim>           &dof_handler;
    const dealii::AffineConstraints<double> &constraints;
    const dealii::Quadrature<dim>           &quadrature;
    QuadratureHistory                       &history;
    const LoadingDirection                   direction;
    const double                             gross_volume;
    const MPI_Comm                           communicator;

    mutable dealii::FEValues<dim> fe_values;       ///< at the cell last given to evaluate()
    mutable StrainOperator<dim>   strain_operator; ///< there
    std::vector<double>           point_weights;
    double                        scale;

    std::string                failure_text;
    std::optional<FailedStage> failed;
  };
} // namespace revitra

#pragma once

#include "fem/mechanics/equilibrium.h"
#include "material/input/deck.h"

#include <deal.II/distributed/tria.h>
#include <deal.II/fe/fe_q.h>
#include <deal.II/fe/fe_values.h>

#include <map>
#include <memory>

namespace revitra
{
  /// Where the free volume is a field, and what it is held at on sides of the specimen; no flux through the others.
  struct FreeVolumeBoundary
  {
    Deck::LateralBoundary                        lateral = Deck::LateralBoundary::periodic;
    std::map<dealii::types::boundary_id, double> values; ///< ξ by side, see SpecimenBoundary
  };

  /// What `specimen` says of it.
  FreeVolumeBoundary free_volume_boundary(const Deck::Specimen &specimen);

  /// The free volume ξ as a field of the specimen, where it diffuses:
  ///   ξ̇ = D_ia w − ϕ e^{−1/ξ} B + ∇·(D∇ξ),  D = D₀ + ℓ² |γ̇ᵖ|,
  /// in weak form, with w and γ̇ᵖ those of the law at the quadrature points.
  ///
  /// The points of the history hold the values of the field: their ξ is no variable of their own. Sums over the stages
  /// of a step are formed at the points, so that the field itself has no history. The mass matrix is consistent, so
  /// that diffusion keeps ∫ξ.
  template <int dim>
  class FreeVolumeField
  {
  public:
    using Vector = typename Equilibrium<dim>::Vector;

    /// Derivatives by the field and of its residual.
    struct Tangent
    {
      AssemblyMatrix force_by_field;        ///< ∂(residual of equilibrium)/∂ξ
      AssemblyMatrix field_by_displacement; ///< ∂(residual of the field)/∂ũ
      AssemblyMatrix field_by_field;        ///< ∂(residual of the field)/∂ξ
      Vector         by_strain;             ///< ∂(residual of the field)/∂ε
      Vector         of_stress;             ///< ∂(mean stress)/∂ξ
    };

    /// The field in continuous elements of `degree` on the mesh of `equilibrium`, which is kept by reference as
    /// `triangulation`, `quadrature`, `materials` and `history` are. Residuals are in units of forces of equilibrium:
    /// of a stress that would change the logarithm of all rates as much, at T = 1. Collective.
    FreeVolumeField(const dealii::parallel::distributed::Triangulation<dim> &triangulation,
                    unsigned int                                             degree,
                    const FreeVolumeBoundary                                &boundary,
                    const dealii::Quadrature<dim>                           &quadrature,
                    const MaterialMap                                       &materials,
                    QuadratureHistory                                       &history,
                    const Equilibrium<dim>                                  &equilibrium);

    ~FreeVolumeField();

    /// Take note that mesh and history have changed; the equilibrium knows already. Collective.
    void reinit();

    /// The degrees of freedom of the field, and the constraints on changes of it.
    const dealii::DoFHandler<dim>           &dofs() const { return dof_handler; }
    const dealii::AffineConstraints<double> &constraints() const { return change_constraints; }

    /// `field` with the values that the rank's cells need.
    Vector ghosted_copy(const Vector &field) const;

    /// Set what is held or hangs in `field`.
    void constrain(Vector &field) const { field_constraints.distribute(field); }

    /// The L2 projection of the free volume of the points, which take their values from it. Collective.
    Vector project();

    /// Begin a stage, whose base states are in the history.
    void begin_stage();

    /// Give the points of the stage the free volume `field` (owned entries). Returns whether that is positive at all of
    /// them; failure() says where not. Collective.
    bool impose(const Vector &field);

    /// Assemble the `residual` of the field where impose() and the residual of equilibrium were evaluated last, and put
    /// the rates of free volume into the history. Returns a norm of what is beyond rounding, which fast diffusion makes
    /// large. Collective.
    double residual(const StageSetting &setting, Vector &residual);

    /// Make `tangent` fit the mesh. Collective.
    void initialize(Tangent &tangent) const;

    /// What linearized cells add to `tangent`: begin; one call a cell, for Equilibrium::tangent(); end. Collective.
    void begin(Tangent &tangent) const;
    void add(const StageSetting &setting, const LinearizedCell<dim> &cell, Tangent &tangent);
    void end(Tangent &tangent) const;

    /// Replace the rates of free volume in the history's first stage, those of the law alone, by those of `field` at
    /// the accepted state. Collective.
    void complete_rates(const Vector &field);

    /// Where impose() last found no positive free volume. The same on all ranks.
    const std::string &failure() const { return failure_text; }

  private:
    using Cell = typename dealii::DoFHandler<dim>::active_cell_iterator;
    struct CellTangent;

    void   reinit_cell(const Cell &cell);
    double norm(const Vector &residual, const Vector &rounding) const;
    void   gather();
    double diffusivity(std::size_t point, const State &rate) const;
    void   add_point(unsigned int               q,
                     std::size_t                point,
                     const StageSetting        &setting,
                     const LinearizedCell<dim> &cell,
                     const Eigen::VectorXd     &gradient);

    template <typename Take>
    void for_each_cell_of(const Vector &field, const Take &take);
    template <typename RightSide>
    Vector solve_mass(const dealii::AffineConstraints<double> &constraints, const RightSide &right_side);

    const dealii::Quadrature<dim> &quadrature;
    const FreeVolumeBoundary       boundary;
    const MaterialMap             &materials;
    QuadratureHistory             &history;
    const Equilibrium<dim>        &equilibrium;
    const MPI_Comm                 communicator;

    const dealii::FE_Q<dim>           fe;
    dealii::DoFHandler<dim>           dof_handler;
    dealii::AffineConstraints<double> change_constraints; ///< on changes of the field
    dealii::AffineConstraints<double> field_constraints;  ///< on the field itself
    dealii::FEValues<dim>             fe_values;

    // of the cell in hand
    std::vector<dealii::types::global_dof_index> cell_dofs;
    std::vector<double>                          buffer;
    Eigen::VectorXd                              cell_field;
    Eigen::VectorXd                              weights;   ///< JxW
    Eigen::MatrixXd                              gradients; ///< rows: components within points
    std::unique_ptr<CellTangent>                 cell_tangent;

    Eigen::MatrixXd     shapes; ///< of the unit cell: points × functions
    Vector              ghosted;
    std::vector<double> base_free_volume; ///< ξ_b of the stage
    double              row_scale  = 1.;  ///< residuals are multiplied by
    double              mean_scale = 0.;  ///< norm of a residual that is the same everywhere, over the sum of its rows
    std::string         failure_text;
  };
} // namespace revitra

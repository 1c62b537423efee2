#include "fem/mechanics/free_volume_field.h"

#include "fem/mechanics/eigen_view.h"
#include "fem/mesh/constraints.h"

#include <deal.II/base/mpi.h>
#include <deal.II/base/tensor.h>
#include <deal.II/dofs/dof_tools.h>
#include <deal.II/lac/solver_cg.h>

#include <limits>
#include <sstream>

namespace revitra
{
  using namespace dealii;

  namespace
  {
    /// Of a flux, beside the largest ξ of the cell over its size.
    constexpr double relative_rounding = 16. * std::numeric_limits<double>::epsilon();

    std::map<types::boundary_id, double> zeroed(std::map<types::boundary_id, double> values)
    {
      for (auto &[side, value] : values)
        value = 0.;
      return values;
    }
  } // namespace

  FreeVolumeBoundary free_volume_boundary(const Deck::Specimen &specimen)
  {
    FreeVolumeBoundary boundary{specimen.lateral_boundary, {}};
    for (unsigned int side = 0; side < side_names.size(); ++side) // in the order of SpecimenBoundary
      if (const auto held = specimen.boundary_free_volume.find(side_names[side]);
          held != specimen.boundary_free_volume.end())
        boundary.values[side] = held->second;
    return boundary;
  }

  template <int dim>
  FreeVolumeField<dim>::FreeVolumeField(const parallel::distributed::Triangulation<dim> &triangulation,
                                        const unsigned int                               degree,
                                        const FreeVolumeBoundary                        &boundary,
                                        const Quadrature<dim>                           &quadrature,
                                        const MaterialMap                               &materials,
                                        QuadratureHistory                               &history,
                                        const Equilibrium<dim>                          &equilibrium)
    : quadrature(quadrature)
    , boundary(boundary)
    , materials(materials)
    , history(history)
    , equilibrium(equilibrium)
    , communicator(triangulation.get_communicator())
    , fe(degree)
    , dof_handler(triangulation)
    , fe_values(fe, quadrature, update_gradients | update_JxW_values | update_quadrature_points)
    , cell_dofs(fe.n_dofs_per_cell())
    , buffer(fe.n_dofs_per_cell())
    , cell_field(fe.n_dofs_per_cell())
    , weights(quadrature.size())
    , gradients(dim * quadrature.size(), fe.n_dofs_per_cell())
    , shapes(quadrature.size(), fe.n_dofs_per_cell())
  {
    for (unsigned int q = 0; q < quadrature.size(); ++q)
      for (unsigned int i = 0; i < fe.n_dofs_per_cell(); ++i)
        shapes(q, i) = fe.shape_value(i, quadrature.point(q));
    reinit();
  }

  template <int dim>
  FreeVolumeField<dim>::~FreeVolumeField() = default;

  template <int dim>
  void FreeVolumeField<dim>::reinit()
  {
    dof_handler.distribute_dofs(fe);
    IndexSet relevant;
    DoFTools::extract_locally_relevant_dofs(dof_handler, relevant);
    field_constraints.copy_from(make_free_volume_constraints(dof_handler, relevant, boundary.lateral, boundary.values));
    change_constraints.copy_from(
      make_free_volume_constraints(dof_handler, relevant, boundary.lateral, zeroed(boundary.values)));
    ghosted.reinit(dof_handler.locally_owned_dofs(), relevant, communicator);
    base_free_volume.assign(history.state.size(), 0.);

    // An error δξ changes the logarithm of all rates by δξ/ξ², the most where ξ is least, and one of δσ by δσ/T.
    double                 least              = std::numeric_limits<double>::infinity();
    bool                   flow_makes_it_fast = false; // at any point of the rank
    Vector                 sizes(dof_handler.locally_owned_dofs(), communicator);
    double                 volume = 0.;
    dealii::Vector<double> cell_sizes(fe.n_dofs_per_cell());
    for (const auto &cell : dof_handler.active_cell_iterators())
      if (cell->is_locally_owned())
        {
          reinit_cell(cell);
          cell_sizes = 0.;
          for (unsigned int q = 0; q < quadrature.size(); ++q)
            {
              const std::size_t point = cell->active_cell_index() * quadrature.size() + q;
              least                   = std::min(least, history.state[point].free_volume());
              flow_makes_it_fast      = flow_makes_it_fast || materials.at(point).diffusion_length > 0.;
              for (unsigned int i = 0; i < fe.n_dofs_per_cell(); ++i)
                cell_sizes[i] += std::abs(shapes(q, i)) * weights[q];
            }
          volume += weights.sum();
          change_constraints.distribute_local_to_global(cell_sizes, cell_dofs, sizes);
        }
    sizes.compress(VectorOperation::add);
    least = Utilities::MPI::min(least, communicator);
    cell_tangent =
      std::make_unique<CellTangent>(shapes, equilibrium.displacement().get_fe().n_dofs_per_cell(), flow_makes_it_fast);
    row_scale = equilibrium.residual_scale() / (sizes.l2_norm() * least * least);
    // What is held on sides makes up for any change of the mean.
    mean_scale = boundary.values.empty() ? sizes.l2_norm() / Utilities::MPI::sum(volume, communicator) : 0.;
  }

  template <int dim>
  void FreeVolumeField<dim>::reinit_cell(const Cell &cell)
  {
    fe_values.reinit(cell);
    cell->get_dof_indices(cell_dofs);
    if (weights[0] > 0. && fe_values.get_cell_similarity() == CellSimilarity::translation)
      return;
    for (unsigned int q = 0; q < quadrature.size(); ++q)
      {
        weights[q] = fe_values.JxW(q);
        for (unsigned int i = 0; i < fe.n_dofs_per_cell(); ++i)
          for (unsigned int d = 0; d < dim; ++d)
            gradients(q * dim + d, i) = fe_values.shape_grad(i, q)[d];
      }
  }

  template <int dim>
  void FreeVolumeField<dim>::gather()
  {
    ghosted.extract_subvector_to(cell_dofs, buffer);
    cell_field = Eigen::Map<const Eigen::VectorXd>(buffer.data(), buffer.size());
  }

  template <int dim>
  typename FreeVolumeField<dim>::Vector FreeVolumeField<dim>::ghosted_copy(const Vector &field) const
  {
    Vector result(ghosted);
    result = field;
    return result;
  }

  /// Calls take(first point of the cell, values at its points) for the cells of the rank.
  template <int dim>
  template <typename Take>
  void FreeVolumeField<dim>::for_each_cell_of(const Vector &field, const Take &take)
  {
    ghosted = field;
    Eigen::VectorXd values(quadrature.size());
    for (const auto &cell : dof_handler.active_cell_iterators())
      if (cell->is_locally_owned())
        {
          cell->get_dof_indices(cell_dofs);
          gather();
          values.noalias() = shapes * cell_field;
          take(cell->active_cell_index() * quadrature.size(), values);
        }
  }

  template <int dim>
  void FreeVolumeField<dim>::begin_stage()
  {
    for (std::size_t p = 0; p < base_free_volume.size(); ++p)
      base_free_volume[p] = history.base[p].free_volume();
  }

  template <int dim>
  bool FreeVolumeField<dim>::impose(const Vector &field)
  {
    double least = std::numeric_limits<double>::infinity();
    for_each_cell_of(field, [&](const std::size_t first, const Eigen::VectorXd &values) {
      least = std::min(least, values.minCoeff());
      for (Eigen::Index q = 0; q < values.size(); ++q)
        {
          history.base[first + q].free_volume()   = values[q];
          history.unknowns[first + q].free_volume = values[q];
        }
    });
    least = Utilities::MPI::min(least, communicator);
    std::ostringstream text;
    if (!(least > 0.))
      text << "the free volume is not positive everywhere, its least value is " << least
           << ": the step is too long for it, or the mesh too coarse";
    failure_text = text.str();
    return failure_text.empty();
  }

  /// D at `point`, of which `rate` holds the plastic strain rate.
  template <int dim>
  double FreeVolumeField<dim>::diffusivity(const std::size_t point, const State &rate) const
  {
    const Parameters &glass = materials.at(point);
    return glass.constant_diffusivity + glass.diffusion_length * glass.diffusion_length * rate.plastic_strain().norm();
  }

  template <int dim>
  double FreeVolumeField<dim>::residual(const StageSetting &setting, Vector &residual)
  {
    const double           k = setting.laws->length(), to_rate = k > 0. ? 1. / k : 0.;
    const unsigned int     n_points = quadrature.size();
    Eigen::VectorXd        excess(n_points), gradient(dim * n_points), conductance(dim * n_points);
    dealii::Vector<double> cell_residual(fe.n_dofs_per_cell()), cell_rounding(fe.n_dofs_per_cell());
    Vector rounding(residual.locally_owned_elements(), communicator); // about that of ξ · ∫ kD |∇N|²
    residual = 0.;
    for (const auto &cell : dof_handler.active_cell_iterators())
      if (cell->is_locally_owned())
        {
          reinit_cell(cell);
          gather();
          gradient.noalias() = gradients * cell_field;
          for (unsigned int q = 0; q < n_points; ++q)
            {
              const std::size_t point       = cell->active_cell_index() * n_points + q;
              const Kinetics   &law         = setting.laws->at(point).kinetics;
              State            &rate        = history.rate[setting.index][point];
              const double      free_volume = history.base[point].free_volume();
              const double      change      = free_volume - base_free_volume[point];
              rate.free_volume()            = to_rate * change;
              excess[q] = weights[q] * (change - k * law.free_volume_rate(std::abs(rate.plastic_work()), free_volume));
              conductance.segment<dim>(q * dim).setConstant(weights[q] * k * diffusivity(point, rate));
            }
          view(cell_residual) =
            row_scale * (shapes.transpose() * excess + gradients.transpose() * conductance.cwiseProduct(gradient));
          view(cell_rounding) = row_scale * relative_rounding * cell_field.cwiseAbs().maxCoeff() *
                                (gradients.cwiseAbs2().transpose() * conductance);
          change_constraints.distribute_local_to_global(cell_residual, cell_dofs, residual);
          change_constraints.distribute_local_to_global(cell_rounding, cell_dofs, rounding);
        }
    residual.compress(VectorOperation::add);
    rounding.compress(VectorOperation::add);
    return norm(residual, rounding);
  }

  /// That of the `residual` beyond the `rounding` of its fluxes, but not less than that of its mean, to which fluxes
  /// sum up to nothing however fast they are: what rounding hides is what they level out.
  template <int dim>
  double FreeVolumeField<dim>::norm(const Vector &residual, const Vector &rounding) const
  {
    Tensor<1, 2>        sums; // of squares, and of the rows
    const double *const residuals = linear_algebra::owned_values(residual);
    const double *const roundings = linear_algebra::owned_values(rounding);
    for (unsigned int i = 0; i < residual.locally_owned_size(); ++i)
      {
        const double row    = residuals[i];
        const double beyond = std::max(0., std::abs(row) - roundings[i]);
        sums[0] += beyond * beyond;
        sums[1] += row;
      }
    sums = Utilities::MPI::sum(sums, communicator);
    if (!std::isfinite(sums[1])) // a maximum would lose what is not a number
      return std::numeric_limits<double>::infinity();
    return std::max(std::sqrt(sums[0]), mean_scale * std::abs(sums[1]));
  }

  template <int dim>
  void FreeVolumeField<dim>::initialize(Tangent &tangent) const
  {
    const DoFHandler<dim>           &displacement             = equilibrium.displacement();
    const AffineConstraints<double> &displacement_constraints = equilibrium.displacement_constraints();
    IndexSet                         relevant, displacement_relevant;
    DoFTools::extract_locally_relevant_dofs(dof_handler, relevant);
    DoFTools::extract_locally_relevant_dofs(displacement, displacement_relevant);
    const IndexSet &owned = dof_handler.locally_owned_dofs(), &displacement_owned = displacement.locally_owned_dofs();

    linear_algebra::SparsityPattern own;
    linear_algebra::make_sparsity_pattern(dof_handler, change_constraints, own);
    linear_algebra::SparsityPattern      force(displacement_owned, owned, displacement_relevant, communicator);
    linear_algebra::SparsityPattern      by_displacement(owned, displacement_owned, relevant, communicator);
    std::vector<types::global_dof_index> rows(displacement.get_fe().n_dofs_per_cell()), columns(fe.n_dofs_per_cell());
    for (const auto &cell : dof_handler.active_cell_iterators())
      if (cell->is_locally_owned())
        {
          cell->get_dof_indices(columns);
          Cell(&dof_handler.get_triangulation(), cell->level(), cell->index(), &displacement)->get_dof_indices(rows);
          displacement_constraints.add_entries_local_to_global(rows, change_constraints, columns, force, false);
          change_constraints.add_entries_local_to_global(
            columns, displacement_constraints, rows, by_displacement, false);
        }
    for (auto *pattern : {&force, &by_displacement})
      pattern->compress();
    const unsigned int n_cells = dof_handler.get_triangulation().n_active_cells();
    tangent.field_by_field.reinit(own, change_constraints, change_constraints, n_cells);
    tangent.force_by_field.reinit(force, displacement_constraints, change_constraints, n_cells);
    tangent.field_by_displacement.reinit(by_displacement, change_constraints, displacement_constraints, n_cells);
    tangent.by_strain.reinit(owned, communicator);
    tangent.of_stress.reinit(owned, communicator);
  }

  template <int dim>
  void FreeVolumeField<dim>::begin(Tangent &tangent) const
  {
    tangent.force_by_field        = 0.;
    tangent.field_by_displacement = 0.;
    tangent.field_by_field        = 0.;
    tangent.by_strain             = 0.;
    tangent.of_stress             = 0.;
  }

  /// What a cell contributes to the tangent. The rows of the field's equation are the product of a left side, the
  /// values of the functions at the points and beside them ∂(kD)/∂|δγᵖ| ∇ξ against their gradients, and a right side,
  /// for each point the row of −∂creation and for each the row of ∂|δγᵖ|; the second halves only if D depends on the
  /// flow. One object serves all cells.
  template <int dim>
  struct FreeVolumeField<dim>::CellTangent
  {
    using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

    CellTangent(const Eigen::MatrixXd &shapes, const unsigned int n_displacements, const bool flow_makes_it_fast)
      : flow_makes_it_fast(flow_makes_it_fast)
      , left(shapes.cols(), (flow_makes_it_fast ? 2 : 1) * shapes.rows())
      , by_displacement(left.cols(), n_displacements)
      , by_field(left.cols(), shapes.cols())
      , by_strain(left.cols())
      , conducted(dim * shapes.rows(), shapes.cols())
      , force_by_field(n_displacements, shapes.rows())
      , stress_by_field(shapes.rows())
      , force_matrix(n_displacements, shapes.cols())
      , displacement_matrix(shapes.cols(), n_displacements)
      , field_matrix(shapes.cols(), shapes.cols())
      , strain_vector(shapes.cols())
      , stress_vector(shapes.cols())
    {
      left.leftCols(shapes.rows()) = shapes.transpose();
    }

    const bool      flow_makes_it_fast; ///< whether D depends on the flow
    Eigen::MatrixXd left;
    RowMajor        by_displacement; ///< of ũ
    RowMajor        by_field;        ///< of ξ
    Eigen::VectorXd by_strain;       ///< of ε
    RowMajor        conducted;       ///< kD ∇N
    Eigen::MatrixXd force_by_field;  ///< Bᵀ ∂σ/∂ξ
    Eigen::VectorXd stress_by_field; ///< ∂σ/∂ξ along the loading

    FullMatrix<double>     force_matrix, displacement_matrix, field_matrix;
    dealii::Vector<double> strain_vector, stress_vector;
  };

  template <int dim>
  void FreeVolumeField<dim>::add_point(const unsigned int         q,
                                       const std::size_t          point,
                                       const StageSetting        &setting,
                                       const LinearizedCell<dim> &cell,
                                       const Eigen::VectorXd     &gradient)
  {
    CellTangent  &local  = *cell_tangent;
    constexpr int rows   = StrainOperator<dim>::deviator_rows;
    using DeviatorPart   = Eigen::Matrix<double, rows, 1>;
    const auto         B = cell.strains.matrix().template middleRows<rows>(q * StrainOperator<dim>::rows_per_point);
    const DeviatorPart unit_strain = equilibrium.loading().strain.template head<rows>();
    const double       k = setting.laws->length(), JxW = weights[q], row = row_scale * JxW;
    const Kinetics    &law         = setting.laws->at(point).kinetics;
    const State       &rate        = history.rate[setting.index][point];
    const double       free_volume = history.base[point].free_volume();
    const double       creation    = law.creation_by_work(rate.plastic_work());

    const StageCoupling &coupling = cell.points[q].coupling;
    const DeviatorPart   created  = -row * creation * coupling.work_by_strain.template head<rows>();
    const DeviatorPart   stress   = JxW * coupling.stress_by_free_volume.template head<rows>();
    const double reaction = 1. + Kinetics::annihilated_by_free_volume(k * law.annihilation(free_volume), free_volume) -
                            creation * coupling.work_by_free_volume;
    const auto gradients_here = gradients.template middleRows<dim>(q * dim);

    local.by_displacement.row(q)                      = created.transpose().lazyProduct(B);
    local.by_field.row(q)                             = row * reaction * shapes.row(q);
    local.by_strain[q]                                = created.dot(unit_strain);
    local.conducted.template middleRows<dim>(q * dim) = row * k * diffusivity(point, rate) * gradients_here;
    local.force_by_field.col(q)                       = B.transpose().lazyProduct(stress);
    local.stress_by_field[q]                          = stress.dot(unit_strain);
    if (!local.flow_makes_it_fast)
      return;

    // D grows with the length of the plastic strain of the stage, which is γ − γᵖ_b − σ/μ.
    const double   length = materials.at(point).diffusion_length, plastic_rate = rate.plastic_strain().norm();
    const Deviator along =
      plastic_rate > 0. ? Deviator(rate.plastic_strain() / plastic_rate) : Deviator(Deviator::Zero());
    const DeviatorPart plastic =
      Deviator(along - cell.points[q].tangent.transpose() * along / law.shear_modulus).template head<rows>();
    const double       plastic_by_field = -along.dot(coupling.stress_by_free_volume) / law.shear_modulus;
    const unsigned int flow             = quadrature.size() + q; // the row of ∂|δγᵖ|
    local.left.col(flow).noalias() =
      gradients_here.transpose().lazyProduct(row * length * length * gradient.segment<dim>(q * dim));
    local.by_displacement.row(flow) = plastic.transpose().lazyProduct(B);
    local.by_field.row(flow)        = plastic_by_field * shapes.row(q);
    local.by_strain[flow]           = plastic.dot(unit_strain);
  }

  template <int dim>
  void FreeVolumeField<dim>::add(const StageSetting &setting, const LinearizedCell<dim> &cell, Tangent &tangent)
  {
    const unsigned int n_points = quadrature.size();
    reinit_cell(Cell(&dof_handler.get_triangulation(), cell.cell->level(), cell.cell->index(), &dof_handler));
    gather();
    const Eigen::VectorXd gradient = gradients * cell_field;
    CellTangent          &local    = *cell_tangent;
    for (unsigned int q = 0; q < n_points; ++q)
      add_point(q, cell.cell->active_cell_index() * n_points + q, setting, cell, gradient);

    view(local.force_matrix).noalias()        = local.force_by_field * shapes;
    view(local.displacement_matrix).noalias() = local.left * local.by_displacement;
    view(local.field_matrix).noalias()        = local.left * local.by_field;
    view(local.field_matrix).noalias() += gradients.transpose() * local.conducted;
    view(local.strain_vector).noalias() = local.left * local.by_strain;
    view(local.stress_vector).noalias() = shapes.transpose() * local.stress_by_field;

    const unsigned int index = cell.cell->active_cell_index();
    tangent.force_by_field.add_cell(index, local.force_matrix, cell.dofs, cell_dofs);
    tangent.field_by_displacement.add_cell(index, local.displacement_matrix, cell_dofs, cell.dofs);
    tangent.field_by_field.add_cell(index, local.field_matrix, cell_dofs, cell_dofs);
    change_constraints.distribute_local_to_global(local.strain_vector, cell_dofs, tangent.by_strain);
    change_constraints.distribute_local_to_global(local.stress_vector, cell_dofs, tangent.of_stress);
  }

  template <int dim>
  void FreeVolumeField<dim>::end(Tangent &tangent) const
  {
    for (AssemblyMatrix *matrix : {&tangent.force_by_field, &tangent.field_by_displacement, &tangent.field_by_field})
      matrix->compress(VectorOperation::add);
    tangent.by_strain.compress(VectorOperation::add);
    tangent.of_stress.compress(VectorOperation::add);
    tangent.of_stress /= equilibrium.volume();
  }

  /// The field under `constraints` whose products with all functions are those of the values and the fluxes (against
  /// the gradients), times JxW, that right_side(first point of the cell, values, fluxes) gives.
  template <int dim>
  template <typename RightSide>
  typename FreeVolumeField<dim>::Vector FreeVolumeField<dim>::solve_mass(const AffineConstraints<double> &constraints,
                                                                         const RightSide                 &right_side)
  {
    const IndexSet                 &owned = dof_handler.locally_owned_dofs();
    linear_algebra::SparsityPattern pattern;
    linear_algebra::make_sparsity_pattern(dof_handler, constraints, pattern);
    linear_algebra::SparseMatrix mass;
    mass.reinit(pattern);
    Vector                 rhs(owned, communicator), solution(owned, communicator);
    Eigen::VectorXd        values(quadrature.size()), fluxes(dim * quadrature.size());
    FullMatrix<double>     cell_mass(fe.n_dofs_per_cell());
    dealii::Vector<double> cell_rhs(fe.n_dofs_per_cell());
    for (const auto &cell : dof_handler.active_cell_iterators())
      if (cell->is_locally_owned())
        {
          reinit_cell(cell);
          gather();
          values.setZero();
          fluxes.setZero();
          right_side(cell->active_cell_index() * quadrature.size(), values, fluxes);
          view(cell_mass) = shapes.transpose() * weights.asDiagonal() * shapes;
          view(cell_rhs)  = shapes.transpose() * values + gradients.transpose() * fluxes;
          constraints.distribute_local_to_global(cell_mass, cell_rhs, cell_dofs, mass, rhs);
        }
    mass.compress(VectorOperation::add);
    rhs.compress(VectorOperation::add);

    linear_algebra::JacobiPreconditioner preconditioner;
    preconditioner.initialize(mass);
    SolverControl    control(1000, 1e-15 * rhs.l2_norm());
    SolverCG<Vector> solver(control);
    solver.solve(mass, solution, rhs, preconditioner);
    constraints.distribute(solution);
    return solution;
  }

  template <int dim>
  typename FreeVolumeField<dim>::Vector FreeVolumeField<dim>::project()
  {
    const Vector field =
      solve_mass(field_constraints, [&](const std::size_t first, Eigen::VectorXd &values, Eigen::VectorXd &) {
        for (Eigen::Index q = 0; q < values.size(); ++q)
          values[q] = weights[q] * history.state[first + q].free_volume();
      });
    for_each_cell_of(field, [&](const std::size_t first, const Eigen::VectorXd &values) {
      for (Eigen::Index q = 0; q < values.size(); ++q)
        history.state[first + q].free_volume() = values[q];
    });
    return field;
  }

  template <int dim>
  void FreeVolumeField<dim>::complete_rates(const Vector &field)
  {
    ghosted = field;
    const Vector rates =
      solve_mass(change_constraints, [&](const std::size_t first, Eigen::VectorXd &values, Eigen::VectorXd &fluxes) {
        fluxes = -gradients * cell_field;
        for (Eigen::Index q = 0; q < values.size(); ++q)
          {
            const State &rate = history.rate.front()[first + q];
            values[q]         = weights[q] * rate.free_volume();
            fluxes.segment<dim>(q * dim) *= weights[q] * diffusivity(first + q, rate);
          }
      });
    for_each_cell_of(rates, [&](const std::size_t first, const Eigen::VectorXd &values) {
      for (Eigen::Index q = 0; q < values.size(); ++q)
        history.rate.front()[first + q].free_volume() = values[q];
    });
  }

  template class FreeVolumeField<2>;
  template class FreeVolumeField<3>;
} // namespace revitra

#include "fem/mechanics/equilibrium.h"

#include "fem/mechanics/eigen_view.h"

#include <deal.II/base/mpi.h>
#include <deal.II/dofs/dof_tools.h>

#include <sstream>

namespace revitra
{
  using namespace dealii;

  namespace
  {
    /// The displacements of a cell out of a ghosted vector.
    void gather(const linear_algebra::Vector               &vector,
                const std::vector<types::global_dof_index> &dofs,
                std::vector<double>                        &buffer,
                Eigen::VectorXd                            &values)
    {
      vector.extract_subvector_to(dofs, buffer);
      values = Eigen::Map<const Eigen::VectorXd>(buffer.data(), buffer.size());
    }
  } // namespace

  template <int dim>
  Equilibrium<dim>::Equilibrium(const DoFHandler<dim>           &dof_handler,
                                const AffineConstraints<double> &constraints,
                                const Quadrature<dim>           &quadrature,
                                QuadratureHistory               &history,
                                const LoadingDirection          &direction,
                                const double                     gross_volume)
    : dof_handler(dof_handler)
    , constraints(constraints)
    , quadrature(quadrature)
    , history(history)
    , direction(direction)
    , gross_volume(gross_volume)
    , communicator(dof_handler.get_communicator())
    , fe_values(dof_handler.get_fe(), quadrature, update_gradients | update_JxW_values | update_quadrature_points)
    , strain_operator(dof_handler.get_fe(), quadrature)
  {
    reinit();
  }

  template <int dim>
  void Equilibrium<dim>::reinit()
  {
    const FiniteElement<dim> &fe = dof_handler.get_fe();
    point_weights.assign(history.state.size(), 0.);
    Vector                               gradients(dof_handler.locally_owned_dofs(), communicator);
    std::vector<types::global_dof_index> dofs(fe.n_dofs_per_cell());
    dealii::Vector<double>               cell_gradients(fe.n_dofs_per_cell());
    for (const auto &cell : dof_handler.active_cell_iterators())
      if (cell->is_locally_owned())
        {
          fe_values.reinit(cell);
          strain_operator.reinit(fe_values); // which sees no cell but through fe_values, and must see each
          cell_gradients = 0.;
          for (unsigned int q = 0; q < quadrature.size(); ++q)
            {
              const double JxW                                                 = fe_values.JxW(q);
              point_weights[cell->active_cell_index() * quadrature.size() + q] = JxW;
              for (unsigned int i = 0; i < fe.n_dofs_per_cell(); ++i)
                cell_gradients[i] += fe_values.shape_grad(i, q).norm() * JxW;
            }
          cell->get_dof_indices(dofs);
          constraints.distribute_local_to_global(cell_gradients, dofs, gradients);
        }
    gradients.compress(VectorOperation::add);
    const double norm = gradients.l2_norm();
    scale             = norm > 0. ? norm : 1.;
  }

  template <int dim>
  void Equilibrium<dim>::initialize(Tangent &tangent) const
  {
    const IndexSet                 &owned = dof_handler.locally_owned_dofs();
    linear_algebra::SparsityPattern pattern;
    linear_algebra::make_sparsity_pattern(dof_handler, constraints, pattern);
    tangent.stiffness.reinit(pattern, constraints, constraints, dof_handler.get_triangulation().n_active_cells());
    tangent.by_strain.reinit(owned, communicator);
    tangent.of_stress.reinit(owned, communicator);
  }

  /// The update of `point`, q of the cell in hand.
  template <int dim>
  FailedStage Equilibrium<dim>::describe_failure(const StageSetting &setting,
                                                 const unsigned int  q,
                                                 const std::size_t   point,
                                                 const StageFailure  reason,
                                                 const Deviator     &strain) const
  {
    StageMaterials      &laws = *setting.laws;
    const StageMaterial &law  = laws.at(point);
    const Point<dim>     x    = fe_values.quadrature_point(q);
    StageReplay          replay;
    replay.glass                = laws.glass(point);
    replay.temperature          = law.kinetics.temperature;
    replay.free_volume_is_given = laws.free_volume_is_given();
    replay.length               = laws.length();
    replay.strain               = strain;
    replay.base                 = history.base[point];
    replay.threshold            = laws.threshold(law, history.threshold[point]);
    replay.guess                = history.unknowns[point];
    replay.location             = {x.begin_raw(), x.end_raw()};
    replay.failure              = describe(reason);
    return {point, reason, replay};
  }

  /// If the law failed on several ranks, the first of them counts.
  template <int dim>
  void Equilibrium<dim>::agree_on_failure()
  {
    std::ostringstream text;
    if (failed)
      {
        text << describe(failed->reason) << ", at the point (";
        for (const double &coordinate : failed->replay.location)
          text << (&coordinate == &failed->replay.location.front() ? "" : " ") << coordinate;
        text << ")";
      }
    failure_text.clear();
    const std::vector<std::string> texts = Utilities::MPI::all_gather(communicator, text.str());
    for (unsigned int rank = 0; rank < texts.size() && failure_text.empty(); ++rank)
      {
        failure_text = texts[rank];
        if (!failure_text.empty() && rank != Utilities::MPI::this_mpi_process(communicator))
          failed.reset();
      }
  }

  /// What the strains of a cell are computed from and in, kept from cell to cell.
  template <int dim>
  struct Equilibrium<dim>::CellStrains
  {
    CellStrains(const unsigned int n_dofs, const unsigned int n_points)
      : dofs(n_dofs)
      , buffer(n_dofs)
      , displacement(n_dofs)
      , fluctuation(StrainOperator<dim>::rows_per_point * n_points)
    {}

    std::vector<types::global_dof_index> dofs;
    std::vector<double>                  buffer;
    Eigen::VectorXd                      displacement;
    Eigen::VectorXd                      fluctuation; ///< strains of ũ, see StrainOperator
  };

  template <int dim>
  typename Equilibrium<dim>::CellStrains Equilibrium<dim>::cell_strains() const
  {
    return {dof_handler.get_fe().n_dofs_per_cell(), quadrature.size()};
  }

  template <int dim>
  void Equilibrium<dim>::evaluate(const Cell &cell, const Vector &fluctuation, CellStrains &strains) const
  {
    fe_values.reinit(cell);
    strain_operator.reinit(fe_values);
    cell->get_dof_indices(strains.dofs);
    gather(fluctuation, strains.dofs, strains.buffer, strains.displacement);
    strains.fluctuation.noalias() = strain_operator.matrix() * strains.displacement;
  }

  template <int dim>
  Deviator Equilibrium<dim>::deviator_at(const unsigned int q, const CellStrains &strains, const double strain) const
  {
    constexpr int rows     = StrainOperator<dim>::deviator_rows;
    Deviator      deviator = strain * direction.strain;
    deviator.template head<rows>() +=
      strains.fluctuation.template segment<rows>(q * StrainOperator<dim>::rows_per_point);
    return deviator;
  }

  template <int dim>
  std::vector<Deviator> Equilibrium<dim>::strain_deviators(const Vector &fluctuation, const double strain) const
  {
    CellStrains           strains = cell_strains();
    std::vector<Deviator> deviators(history.state.size(), Deviator::Zero());
    for (const auto &cell : dof_handler.active_cell_iterators())
      if (cell->is_locally_owned())
        {
          evaluate(cell, fluctuation, strains);
          for (unsigned int q = 0; q < quadrature.size(); ++q)
            deviators[cell->active_cell_index() * quadrature.size() + q] = deviator_at(q, strains, strain);
        }
    return deviators;
  }

  template <int dim>
  std::optional<double> Equilibrium<dim>::residual(const StageSetting &setting,
                                                   const Vector       &fluctuation,
                                                   const double        strain,
                                                   Vector             &residual)
  {
    constexpr int      deviator_rows = StrainOperator<dim>::deviator_rows, rows = StrainOperator<dim>::rows_per_point;
    const unsigned int n_points = quadrature.size(), n_dofs = dof_handler.get_fe().n_dofs_per_cell();
    CellStrains        strains = cell_strains();
    Eigen::VectorXd    stress(rows * n_points);
    dealii::Vector<double> cell_residual(n_dofs);
    StageResult            result;
    double                 work_rate = 0.; // per rate of strain
    // an elastic stage has no rates
    const double to_rate = setting.laws->length() > 0. ? 1. / setting.laws->length() : 0.;

    residual = 0.;
    failed.reset();
    for (const auto &cell : dof_handler.active_cell_iterators())
      {
        if (!cell->is_locally_owned())
          continue;
        if (failed)
          break;
        evaluate(cell, fluctuation, strains);
        for (unsigned int q = 0; q < n_points; ++q)
          {
            const std::size_t    point    = cell->active_cell_index() * n_points + q;
            const StageMaterial &law      = setting.laws->at(point);
            const Deviator       deviator = deviator_at(q, strains, strain);
            const StageFailure   outcome  = law.stage.solve(deviator,
                                                         history.base[point],
                                                         setting.laws->threshold(law, history.threshold[point]),
                                                         history.unknowns[point],
                                                         result);
            if (outcome != StageFailure::none)
              {
                failed = describe_failure(setting, q, point, outcome, deviator);
                break;
              }
            history.rate[setting.index][point].values = to_rate * result.increment.values;
            history.unknowns[point]                   = result.unknowns;
            history.stress[point]                     = result.stress;
            history.iterations[point] += result.iterations;
            history.volumetric_strain[point] =
              strains.fluctuation[q * rows + StrainOperator<dim>::volumetric_row] + strain * direction.volumetric;

            const double JxW                        = strain_operator.weights()[q];
            stress.segment<deviator_rows>(q * rows) = JxW * result.stress.head<deviator_rows>();
            const double mean_stress                = law.bulk_modulus * history.volumetric_strain[point];
            stress[q * rows + StrainOperator<dim>::volumetric_row] = JxW * mean_stress;
            work_rate += JxW * (result.stress.dot(direction.strain) + mean_stress * direction.volumetric);
          }
        view(cell_residual).noalias() = strain_operator.matrix().transpose() * stress;
        constraints.distribute_local_to_global(cell_residual, strains.dofs, residual);
      }
    residual.compress(VectorOperation::add);
    agree_on_failure();
    if (!failure_text.empty())
      return std::nullopt;
    return Utilities::MPI::sum(work_rate, communicator) / gross_volume;
  }

  template <int dim>
  void Equilibrium<dim>::tangent(const StageSetting                                     &setting,
                                 const Vector                                           &fluctuation,
                                 const double                                            strain,
                                 Tangent                                                &tangent,
                                 const std::function<void(const LinearizedCell<dim> &)> &visit)
  {
    constexpr int      deviator_rows = StrainOperator<dim>::deviator_rows, rows = StrainOperator<dim>::rows_per_point;
    constexpr int      volumetric_row = StrainOperator<dim>::volumetric_row;
    const unsigned int n_points = quadrature.size(), n_dofs = dof_handler.get_fe().n_dofs_per_cell();
    CellStrains        strains = cell_strains();
    Eigen::MatrixXd    weighted(rows * n_points, n_dofs); // JxW · material tangent · B
    FullMatrix<double> cell_stiffness(n_dofs, n_dofs);
    dealii::Vector<double>      cell_by_strain(n_dofs), cell_of_stress(n_dofs);
    Eigen::Map<Eigen::VectorXd> by_strain(cell_by_strain.data(), n_dofs), of_stress(cell_of_stress.data(), n_dofs);
    const Eigen::Matrix<double, deviator_rows, 1> unit_strain = direction.strain.head<deviator_rows>();
    StageResult                                   result;
    std::vector<LinearizedPoint>                  points(n_points);
    double                                        modulus = 0.;

    tangent.stiffness = 0.;
    tangent.by_strain = 0.;
    tangent.of_stress = 0.;
    for (const auto &cell : dof_handler.active_cell_iterators())
      {
        if (!cell->is_locally_owned())
          continue;
        evaluate(cell, fluctuation, strains);
        const Eigen::MatrixXd &B = strain_operator.matrix();
        by_strain.setZero();
        of_stress.setZero();
        for (unsigned int q = 0; q < n_points; ++q)
          {
            const std::size_t    point = cell->active_cell_index() * n_points + q;
            const double         JxW   = strain_operator.weights()[q];
            const StageMaterial &law   = setting.laws->at(point);
            law.stage.solve(deviator_at(q, strains, strain),
                            history.base[point],
                            setting.laws->threshold(law, history.threshold[point]),
                            history.unknowns[point],
                            result);
            points[q].tangent = law.stage.tangent(result.sensitivity);
            if (visit)
              points[q].coupling = law.stage.coupling(result.sensitivity);
            const Eigen::Matrix<double, deviator_rows, deviator_rows> material =
              JxW * points[q].tangent.template topLeftCorner<deviator_rows, deviator_rows>();
            const auto B_deviator                                  = B.middleRows<deviator_rows>(q * rows);
            weighted.middleRows<deviator_rows>(q * rows).noalias() = material * B_deviator;
            weighted.row(q * rows + volumetric_row) = JxW * law.bulk_modulus * B.row(q * rows + volumetric_row);
            const double bulk                       = JxW * law.bulk_modulus * direction.volumetric;
            by_strain.noalias() += B_deviator.transpose() * (material * unit_strain);
            by_strain += bulk * B.row(q * rows + volumetric_row).transpose();
            of_stress.noalias() += weighted.middleRows<deviator_rows>(q * rows).transpose() * unit_strain;
            of_stress += direction.volumetric * weighted.row(q * rows + volumetric_row).transpose();
            modulus += unit_strain.dot(material * unit_strain) + bulk * direction.volumetric;
          }
        view(cell_stiffness).noalias() = B.transpose() * weighted;
        tangent.stiffness.add_cell(cell->active_cell_index(), cell_stiffness, strains.dofs, strains.dofs);
        constraints.distribute_local_to_global(cell_by_strain, strains.dofs, tangent.by_strain);
        constraints.distribute_local_to_global(cell_of_stress, strains.dofs, tangent.of_stress);
        if (visit)
          visit({cell, strains.dofs, strain_operator, points});
      }
    tangent.stiffness.compress(VectorOperation::add);
    tangent.by_strain.compress(VectorOperation::add);
    tangent.of_stress.compress(VectorOperation::add);
    tangent.of_stress /= gross_volume;
    tangent.modulus = Utilities::MPI::sum(modulus, communicator) / gross_volume;
  }

  template class Equilibrium<2>;
  template class Equilibrium<3>;
} // namespace revitra

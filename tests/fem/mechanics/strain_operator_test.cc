#include "fem/mechanics/strain_operator.h"

#include <deal.II/base/quadrature_lib.h>
#include <deal.II/dofs/dof_handler.h>
#include <deal.II/dofs/dof_tools.h>
#include <deal.II/fe/fe_q.h>
#include <deal.II/fe/fe_system.h>
#include <deal.II/fe/mapping_q1.h>
#include <deal.II/grid/grid_generator.h>
#include <deal.II/grid/grid_tools.h>
#include <deal.II/grid/tria.h>

#include <gtest/gtest.h>

namespace revitra
{
  using namespace dealii;

  namespace
  {
    // Gradients of shape functions are of size 10 on these cells, and as many as 54 of them are summed: a few hundred
    // times the rounding of a double.
    constexpr double rounding = 1e-12;

    /// A few cells with displacements; every rank has all of it.
    template <int dim>
    struct Cells
    {
      explicit Cells(const unsigned int degree)
        : element(FE_Q<dim>(degree), dim)
        , quadrature(degree + 1)
        , dof_handler(triangulation)
        , fe_values(element, quadrature, update_gradients | update_JxW_values | update_quadrature_points)
      {}

      /// A box of edges 1, 2, 3 with cells that are no parallelograms.
      void distort()
      {
        Point<dim> corner;
        for (unsigned int d = 0; d < dim; ++d)
          corner[d] = d + 1.;
        GridGenerator::subdivided_hyper_rectangle(
          triangulation, std::vector<unsigned int>(dim, 3), Point<dim>(), corner);
        GridTools::distort_random(0.25, triangulation, false);
        distribute();
      }

      /// A row of boxes with the widths `widths`.
      void line_up(const std::vector<double> &widths)
      {
        std::vector<std::vector<double>> steps(dim, {0.5});
        steps[0] = widths;
        Point<dim> corner;
        for (const double width : widths)
          corner[0] += width;
        for (unsigned int d = 1; d < dim; ++d)
          corner[d] = 0.5;
        GridGenerator::subdivided_hyper_rectangle(triangulation, steps, Point<dim>(), corner);
        distribute();
      }

      void distribute()
      {
        dof_handler.distribute_dofs(element);
        displacement.resize(dof_handler.n_dofs());
      }

      /// Displaces every node at x by gradient · x + offset.
      void displace(const Tensor<2, dim> &gradient, const Tensor<1, dim> &offset)
      {
        std::vector<Point<dim>> nodes(dof_handler.n_dofs());
        DoFTools::map_dofs_to_support_points(MappingQ1<dim>(), dof_handler, nodes);
        std::vector<types::global_dof_index> dofs(element.n_dofs_per_cell());
        for (const auto &cell : dof_handler.active_cell_iterators())
          {
            cell->get_dof_indices(dofs);
            for (unsigned int i = 0; i < dofs.size(); ++i)
              displacement[dofs[i]] = (gradient * nodes[dofs[i]] + offset)[element.system_to_component_index(i).first];
          }
      }

      Eigen::VectorXd displacement_of(const typename DoFHandler<dim>::active_cell_iterator &cell) const
      {
        std::vector<types::global_dof_index> dofs(element.n_dofs_per_cell());
        cell->get_dof_indices(dofs);
        Eigen::VectorXd values(dofs.size());
        for (unsigned int i = 0; i < dofs.size(); ++i)
          values[i] = displacement[dofs[i]];
        return values;
      }

      Triangulation<dim>  triangulation;
      FESystem<dim>       element;
      QGauss<dim>         quadrature;
      DoFHandler<dim>     dof_handler;
      FEValues<dim>       fe_values;
      std::vector<double> displacement;
    };

    /// A gradient whose components are all different.
    template <int dim>
    Tensor<2, dim> general_gradient()
    {
      Tensor<2, dim> gradient;
      for (unsigned int i = 0; i < dim; ++i)
        for (unsigned int j = 0; j < dim; ++j)
          gradient[i][j] = std::sin(1. + 3. * i + 7. * j);
      return gradient;
    }

    /// The rows that a point should have: e_xx − e_yy, √3 (e_zz − tr ε/3), 2e_xy (, 2e_xz, 2e_yz), tr ε.
    template <int dim>
    Eigen::VectorXd expected_rows(const Tensor<2, dim> &gradient)
    {
      Tensor<2, 3> e;
      for (unsigned int i = 0; i < dim; ++i)
        for (unsigned int j = 0; j < dim; ++j)
          e[i][j] = 0.5 * (gradient[i][j] + gradient[j][i]);
      const double    volumetric = trace(e);
      Eigen::VectorXd rows(StrainOperator<dim>::rows_per_point);
      rows[0] = e[0][0] - e[1][1];
      rows[1] = std::sqrt(3.) * (e[2][2] - volumetric / 3.);
      rows[2] = 2. * e[0][1];
      if (dim == 3)
        {
          rows[3] = 2. * e[0][2];
          rows[4] = 2. * e[1][2];
        }
      rows[rows.size() - 1] = volumetric;
      return rows;
    }

    /// The largest difference of the strain at any point of any cell from that of `gradient`.
    template <int dim>
    double largest_deviation(Cells<dim> &cells, const Tensor<2, dim> &gradient)
    {
      const Eigen::VectorXd expected = expected_rows(gradient);
      StrainOperator<dim>   strain_operator(cells.element, cells.quadrature);
      double                largest = 0.;
      for (const auto &cell : cells.dof_handler.active_cell_iterators())
        {
          cells.fe_values.reinit(cell);
          strain_operator.reinit(cells.fe_values);
          const Eigen::VectorXd strain = strain_operator.matrix() * cells.displacement_of(cell);
          for (unsigned int q = 0; q < cells.quadrature.size(); ++q)
            largest = std::max(largest,
                               (strain.segment(q * expected.size(), expected.size()) - expected).cwiseAbs().maxCoeff());
        }
      return largest;
    }

    template <int dim>
    void linear_displacement_has_its_strain(const unsigned int degree)
    {
      Cells<dim> cells(degree);
      cells.distort();
      Tensor<1, dim> offset;
      offset[0] = 0.7;
      cells.displace(general_gradient<dim>(), offset);
      EXPECT_LT(largest_deviation(cells, general_gradient<dim>()), rounding);
    }

    template <int dim>
    void rigid_motion_has_no_strain(const unsigned int degree)
    {
      Cells<dim> cells(degree);
      cells.distort();
      const Tensor<2, dim> gradient = general_gradient<dim>(), rotation = gradient - transpose(gradient);
      Tensor<1, dim>       offset;
      offset[dim - 1] = -1.3;
      cells.displace(rotation, offset);
      EXPECT_GT(rotation.norm(), 1.);
      EXPECT_LT(largest_deviation(cells, Tensor<2, dim>()), rounding);
    }

    /// For any displacement the volumetric strain lies in the space of one degree less and differs from tr ε by
    /// something orthogonal to that space: tested by the moments with 1 and, for degree 2, the coordinates.
    template <int dim>
    void volumetric_strain_is_the_projection(const unsigned int degree)
    {
      Cells<dim> cells(degree);
      cells.distort();
      for (unsigned int i = 0; i < cells.displacement.size(); ++i)
        cells.displacement[i] = std::sin(2.3 * i);

      const unsigned int  n_points = cells.quadrature.size(), n_moments = degree == 1 ? 1 : dim + 1;
      const int           rows = StrainOperator<dim>::rows_per_point;
      StrainOperator<dim> strain_operator(cells.element, cells.quadrature);
      Eigen::MatrixXd     moments(n_points, n_moments);
      double              largest_change = 0.;
      for (const auto &cell : cells.dof_handler.active_cell_iterators())
        {
          cells.fe_values.reinit(cell);
          strain_operator.reinit(cells.fe_values);
          const Eigen::VectorXd displacement = cells.displacement_of(cell);
          const Eigen::VectorXd strain       = strain_operator.matrix() * displacement;
          Eigen::VectorXd       projected(n_points), divergence = Eigen::VectorXd::Zero(n_points), weights(n_points);
          for (unsigned int q = 0; q < n_points; ++q)
            {
              for (unsigned int k = 0; k < n_moments; ++k)
                moments(q, k) = k == 0 ? 1. : (cells.fe_values.quadrature_point(q) - cell->center())[k - 1];
              projected[q] = strain[q * rows + StrainOperator<dim>::volumetric_row];
              weights[q]   = cells.fe_values.JxW(q);
              for (unsigned int i = 0; i < displacement.size(); ++i)
                divergence[q] +=
                  displacement[i] * cells.fe_values.shape_grad(i, q)[cells.element.system_to_component_index(i).first];
            }
          const Eigen::VectorXd difference = divergence - projected;
          largest_change                   = std::max(largest_change, difference.cwiseAbs().maxCoeff());
          EXPECT_LT((moments.transpose() * weights.asDiagonal() * difference).cwiseAbs().maxCoeff(), 10. * rounding);
          const Eigen::VectorXd fitted = moments * moments.colPivHouseholderQr().solve(projected);
          EXPECT_LT((fitted - projected).cwiseAbs().maxCoeff(), 100. * rounding); // strains are of size 10 here
        }
      EXPECT_GT(largest_change, 1.); // there was something to project
    }

    /// The operator that is kept from cell to cell agrees with one that is made for the cell, whatever came before.
    template <int dim>
    void translated_cells_agree(const unsigned int degree)
    {
      Cells<dim> cells(degree);
      cells.line_up({0.25, 0.25, 0.5, 0.5, 0.5, 0.25});
      StrainOperator<dim> kept(cells.element, cells.quadrature);
      unsigned int        translations = 0;
      for (const auto &cell : cells.dof_handler.active_cell_iterators())
        {
          cells.fe_values.reinit(cell);
          kept.reinit(cells.fe_values);
          translations += cells.fe_values.get_cell_similarity() == CellSimilarity::translation;
          StrainOperator<dim> fresh(cells.element, cells.quadrature);
          fresh.reinit(cells.fe_values);
          EXPECT_LT((kept.matrix() - fresh.matrix()).cwiseAbs().maxCoeff(), rounding);
          EXPECT_LT((kept.weights() - fresh.weights()).cwiseAbs().maxCoeff(), 1e-15);
        }
      EXPECT_EQ(translations, 3u);
    }

    template <typename Test2, typename Test3>
    void for_all_elements(const Test2 &in_2d, const Test3 &in_3d)
    {
      for (const unsigned int degree : {1u, 2u})
        {
          SCOPED_TRACE("degree " + std::to_string(degree));
          in_2d(degree);
          in_3d(degree);
        }
    }
  } // namespace

  TEST(StrainOperator, LinearDisplacementHasItsStrain)
  {
    for_all_elements(linear_displacement_has_its_strain<2>, linear_displacement_has_its_strain<3>);
  }

  TEST(StrainOperator, RigidMotionHasNoStrain)
  {
    for_all_elements(rigid_motion_has_no_strain<2>, rigid_motion_has_no_strain<3>);
  }

  TEST(StrainOperator, VolumetricStrainIsTheProjection)
  {
    for_all_elements(volumetric_strain_is_the_projection<2>, volumetric_strain_is_the_projection<3>);
  }

  TEST(StrainOperator, TranslatedCellsAgree)
  {
    for_all_elements(translated_cells_agree<2>, translated_cells_agree<3>);
  }
} // namespace revitra

#include "fem/mechanics/strain_operator.h"

#include <cmath>

namespace revitra
{
  using namespace dealii;

  template <int dim>
  StrainOperator<dim>::StrainOperator(const FiniteElement<dim> &fe, const Quadrature<dim> &quadrature)
    : fe(fe)
    , B(rows_per_point * quadrature.size(), fe.n_dofs_per_cell())
    , JxW(quadrature.size())
    , volumetric_element(fe.degree - 1)
    , volumetric_basis(quadrature.size(), volumetric_element.n_dofs_per_cell())
  {}

  /// The polynomials at the quadrature points, in coordinates of the specimen: in those of the unit cell they would not
  /// contain the linear functions on a general quadrilateral, and an order of accuracy would be lost (Arnold, Boffi and
  /// Falk, Math. Comp. 71, 2002).
  template <int dim>
  void StrainOperator<dim>::evaluate_volumetric_basis(const FEValues<dim> &fe_values)
  {
    const auto       cell   = fe_values.get_cell();
    const Point<dim> center = cell->center();
    const double     size   = cell->diameter();
    for (unsigned int q = 0; q < fe_values.n_quadrature_points; ++q)
      {
        const Point<dim> scaled((fe_values.quadrature_point(q) - center) / size);
        for (unsigned int k = 0; k < volumetric_element.n_dofs_per_cell(); ++k)
          volumetric_basis(q, k) = volumetric_element.shape_value(k, scaled);
      }
  }

  template <int dim>
  void StrainOperator<dim>::reinit(const FEValues<dim> &fe_values)
  {
    if (ready && fe_values.get_cell_similarity() == CellSimilarity::translation)
      return;
    ready = true;

    const unsigned int n_points = fe_values.n_quadrature_points;
    Eigen::MatrixXd    divergence(n_points, fe.n_dofs_per_cell());
    B.setZero();
    for (unsigned int q = 0; q < n_points; ++q)
      {
        JxW[q] = fe_values.JxW(q);
        for (unsigned int i = 0; i < fe.n_dofs_per_cell(); ++i)
          {
            const unsigned int   component = fe.system_to_component_index(i).first;
            const Tensor<1, dim> gradient  = fe_values.shape_grad(i, q);
            auto                 column    = B.col(i).segment(q * rows_per_point, rows_per_point);
            divergence(q, i)               = gradient[component];

            // e_xx − e_yy, √3 (e_zz − tr ε/3), 2e_xy, 2e_xz, 2e_yz
            column[1] = -gradient[component] / std::sqrt(3.);
            if (component == 0)
              {
                column[0] = gradient[0];
                column[2] = gradient[1];
              }
            else if (component == 1)
              {
                column[0] = -gradient[1];
                column[2] = gradient[0];
              }
            if constexpr (dim == 3)
              {
                if (component == 2)
                  {
                    column[1] = 2. * gradient[2] / std::sqrt(3.);
                    column[3] = gradient[0];
                    column[4] = gradient[1];
                  }
                else
                  column[3 + component] = gradient[2];
              }
          }
      }

    evaluate_volumetric_basis(fe_values);
    const Eigen::MatrixXd weighted = volumetric_basis.transpose() * JxW.asDiagonal();
    const Eigen::MatrixXd projected =
      volumetric_basis * (weighted * volumetric_basis).llt().solve(weighted * divergence);
    for (unsigned int q = 0; q < n_points; ++q)
      B.row(q * rows_per_point + volumetric_row) = projected.row(q);
  }

  template class StrainOperator<2>;
  template class StrainOperator<3>;
} // namespace revitra

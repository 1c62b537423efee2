#pragma once

#include <deal.II/fe/fe_dgp.h>
#include <deal.II/fe/fe_values.h>

#include <Eigen/Dense>

namespace revitra
{
  /// The matrix B of a cell: strains at its quadrature points from its displacements.
  ///
  /// Each quadrature point has `rows_per_point` rows: the strain-like components of the strain deviator (see
  /// material/law/deviator.h; the first three in plane strain, where the others vanish), then the volumetric strain.
  /// The latter is the L2 projection of tr ε on the polynomials of one degree less in x (B-bar), so that plastic
  /// flow, which is isochoric, does not lock the element.
  template <int dim>
  class StrainOperator
  {
  public:
    static constexpr int deviator_rows  = dim == 2 ? 3 : 5;
    static constexpr int rows_per_point = deviator_rows + 1;
    static constexpr int volumetric_row = deviator_rows;

    StrainOperator(const dealii::FiniteElement<dim> &fe, const dealii::Quadrature<dim> &quadrature);

    /// Set up for the cell of `fe_values`, which provides gradients, JxW values and quadrature points. Costs nothing if
    /// that cell is a translate of the one before, for which reinit() must have been called too.
    void reinit(const dealii::FEValues<dim> &fe_values);

    /// (rows_per_point · quadrature points) × (dofs of the cell)
    const Eigen::MatrixXd &matrix() const { return B; }

    /// Quadrature weights JxW.
    const Eigen::VectorXd &weights() const { return JxW; }

  private:
    void evaluate_volumetric_basis(const dealii::FEValues<dim> &fe_values);

    const dealii::FiniteElement<dim> &fe;
    Eigen::MatrixXd                   B;
    Eigen::VectorXd                   JxW;
    const dealii::FE_DGP<dim>         volumetric_element; ///< the polynomials of the projection
    Eigen::MatrixXd                   volumetric_basis;   ///< at the quadrature points
    bool                              ready = false;
  };
} // namespace revitra

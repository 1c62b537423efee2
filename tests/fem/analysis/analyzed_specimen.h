#pragma once

#include "fem/mechanics/material_map.h"
#include "fem/mechanics/quadrature_history.h"
#include "tests/fem/discretization/test_specimen.h"

#include <deal.II/base/quadrature_lib.h>
#include <deal.II/fe/fe_values.h>

#include <functional>
#include <limits>

namespace revitra::test
{
  /// What a test wants a point to have gone through.
  struct PointHistory
  {
    double rejuvenation   = 1.; ///< ξ/ξ₀
    double eed            = 0.;
    double rate           = 1.; ///< |γ̇ᵖ|
    double work           = 1.; ///< W
    double plastic_strain = 1.; ///< |γᵖ|
  };

  /// A specimen whose points have whatever history a test wants. What its points would be that the rank does not own is
  /// no number.
  template <int dim>
  struct AnalyzedSpecimen
  {
    using Place = std::function<bool(const dealii::Point<dim> &)>;

    static constexpr double sigma_c = 2.;

    /// The cells of `box` for which `marked` is true at the center are refined once.
    explicit AnalyzedSpecimen(
      const Deck::Specimen &box, const Place &marked = [](const dealii::Point<dim> &) { return false; })
      : specimen(box)
      , materials(Parameters())
      , history({})
    {
      specimen.refine_where(marked);
      const std::size_t n_points = specimen.triangulation.n_active_cells() * quadrature.size();
      State             unknown;
      unknown.values.setConstant(std::numeric_limits<double>::quiet_NaN());
      history = QuadratureHistory(std::vector<State>(n_points, unknown));
      weights.assign(n_points, 0.);
    }

    /// Gives each point the history that `of_point` says.
    void set(const std::function<PointHistory(const dealii::Point<dim> &)> &of_point)
    {
      dealii::FEValues<dim> fe_values(
        specimen.element, quadrature, dealii::update_quadrature_points | dealii::update_JxW_values);
      for (const auto &cell : specimen.dof_handler.active_cell_iterators())
        if (cell->is_locally_owned())
          {
            fe_values.reinit(cell);
            for (unsigned int q = 0; q < quadrature.size(); ++q)
              {
                const std::size_t p = cell->active_cell_index() * quadrature.size() + q;
                weights[p]          = fe_values.JxW(q);
                set(p, of_point(fe_values.quadrature_point(q)));
              }
          }
    }

    TestSpecimen<dim>         specimen;
    const dealii::QGauss<dim> quadrature{2};
    const MaterialMap         materials;
    QuadratureHistory         history;
    std::vector<double>       weights;

  private:
    void set(const std::size_t p, const PointHistory &wanted)
    {
      constexpr double initial_free_volume = 0.05;
      State            state, rate;
      state.free_volume()              = initial_free_volume * wanted.rejuvenation;
      state.effective_work()           = wanted.eed;
      state.accumulated_plastic_work() = wanted.work;
      state.plastic_strain()[shear_xy] = -wanted.plastic_strain;
      rate.plastic_strain()[shear_xy]  = -wanted.rate;
      history.initial_free_volume[p]   = initial_free_volume;
      history.state[p]                 = state;
      history.rate.front()[p]          = rate;
      history.threshold[p].stress      = sigma_c;
    }
  };
} // namespace revitra::test

#pragma once

#include "material/law/kinetics.h"
#include "material/law/state.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace revitra
{
  /// The Runge-Kutta method ESDIRK4(3I)6L[2]SA, used by the stress update at a point and by the FE solver for a
  /// specimen.
  ///
  /// Six stages, the first explicit, five implicit with one diagonal coefficient; order 4, embedded order 3, stage
  /// order 2, L-stable, stiffly accurate: the last stage is the new state, and its rates are the next step's first
  /// stage. No stage lies beyond the step. Coefficients: C. A. Kennedy, M. H. Carpenter, NASA/TM-2016-219173 (2016).
  /// doc/time_integration.md says why this one.
  namespace runge_kutta
  {
    constexpr unsigned stages         = 6;
    constexpr unsigned order          = 4;
    constexpr unsigned embedded_order = 3;
    constexpr double   diagonal       = 0.25; ///< a_ii of the implicit stages

    using Weights = std::array<double, stages>;

    constexpr double sqrt_2 = 1.41421356237309504880;

    /// Times of the stages in units of the step.
    constexpr Weights c = {0., 0.5, (2. - sqrt_2) / 4., 2012122486997. / 3467029789466., 1., 1.};

    constexpr double a_32 = (1. - sqrt_2) / 8.;
    constexpr double a_42 = -1778551891173. / 14697912885533., a_43 = 7325038566068. / 12797657924939.;
    constexpr double a_52 = -24076725932807. / 39344244018142., a_53 = 9344023789330. / 6876721947151.,
                     a_54 = 11302510524611. / 18374767399840.;

    /// a_ij; the last row is also the weights b_j of the step. Each row's first entry makes its sum c_i.
    constexpr std::array<Weights, stages> a = {{{0., 0., 0., 0., 0., 0.},
                                                {c[1] - diagonal, diagonal, 0., 0., 0., 0.},
                                                {c[2] - a_32 - diagonal, a_32, diagonal, 0., 0., 0.},
                                                {c[3] - a_42 - a_43 - diagonal, a_42, a_43, diagonal, 0., 0.},
                                                {c[4] - a_52 - a_53 - a_54 - diagonal, a_52, a_53, a_54, diagonal, 0.},
                                                {657241292721. / 9909463049845.,
                                                 657241292721. / 9909463049845.,
                                                 1290772910128. / 5804808736437.,
                                                 1103522341516. / 2197678446715.,
                                                 -3. / 28.,
                                                 diagonal}}};

    /// Weights of the embedded third-order result.
    constexpr Weights embedded = {-71925161075. / 3900939759889.,
                                  -71925161075. / 3900939759889.,
                                  2973346383745. / 8160025745289.,
                                  3972464885073. / 7694851252693.,
                                  -263368882881. / 4213126269514.,
                                  3295468053953. / 15064441987965.};

    /// Weights of the error estimate: those of the step minus the embedded ones.
    constexpr Weights error_weights = {a[5][0] - embedded[0],
                                       a[5][1] - embedded[1],
                                       a[5][2] - embedded[2],
                                       a[5][3] - embedded[3],
                                       a[5][4] - embedded[4],
                                       a[5][5] - embedded[5]};

    /// Weights that extrapolate the values at the stages before stage i to it: the polynomial through them, or the
    /// value at the same time if there is one.
    constexpr std::array<Weights, stages> prediction_weights()
    {
      std::array<Weights, stages> weights{};
      for (unsigned i = 1; i < stages; ++i)
        for (unsigned j = 0; j < i; ++j)
          {
            weights[i][j] = 1.;
            for (unsigned l = 0; l < i; ++l)
              if (l != j)
                weights[i][j] *= (c[i] - c[l]) / (c[j] - c[l]);
          }
      return weights;
    }
    constexpr std::array<Weights, stages> prediction = prediction_weights();
  } // namespace runge_kutta

  /// The size of a step's embedded error at a point, in units in which 1 is a change of the order of the state itself:
  /// the largest of μ|δγᵖ|/`stress_scale`, |δΔ|, |δΛ| and |δξ|/ξ², which is the error of the logarithm of all rates.
  inline double error_size(const State &error,
                           const State &state,
                           const double shear_modulus,
                           const double stress_scale)
  {
    return std::max({shear_modulus / stress_scale * error.plastic_strain().norm(),
                     error.bias().norm(),
                     std::abs(error.st_sum()),
                     std::abs(error.free_volume()) / (state.free_volume() * state.free_volume())});
  }
} // namespace revitra

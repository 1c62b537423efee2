#pragma once

#include "material/law/kinetics.h"
#include "material/law/state.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace revitra
{
  /// The Runge-Kutta method ESDIRK4(3)6L[2]SA, used by the stress update at a point and by the FE solver for a
  /// specimen.
  ///
  /// Six stages, the first explicit, five implicit with one diagonal coefficient; order 4, embedded order 3, stage
  /// order 2, L-stable, stiffly accurate: the last stage is the new state, and its rates are the next step's first
  /// stage. Coefficients: C. A. Kennedy, M. H. Carpenter, Appl. Numer. Math. 44 (2003) 139-181, the implicit half of
  /// ARK4(3)6L[2]SA. doc/time_integration.md says why this one.
  namespace runge_kutta
  {
    constexpr unsigned stages         = 6;
    constexpr unsigned order          = 4;
    constexpr unsigned embedded_order = 3;
    constexpr double   diagonal       = 0.25; ///< a_ii of the implicit stages

    using Weights = std::array<double, stages>;

    /// Times of the stages in units of the step.
    constexpr Weights c = {0., 1. / 2., 83. / 250., 31. / 50., 17. / 20., 1.};

    /// a_ij; the last row is also the weights b_j of the step.
    constexpr std::array<Weights, stages> a = {
      {{0., 0., 0., 0., 0., 0.},
       {1. / 4., diagonal, 0., 0., 0., 0.},
       {8611. / 62500., -1743. / 31250., diagonal, 0., 0., 0.},
       {5012029. / 34652500., -654441. / 2922500., 174375. / 388108., diagonal, 0., 0.},
       {15267082809. / 155376265600.,
        -71443401. / 120774400.,
        730878875. / 902184768.,
        2285395. / 8070912.,
        diagonal,
        0.},
       {82889. / 524892., 0., 15625. / 83664., 69875. / 102672., -2260. / 8211., diagonal}}};

    /// Weights of the embedded third-order result.
    constexpr Weights embedded = {4586570599. / 29645900160.,
                                  0.,
                                  178811875. / 945068544.,
                                  814220225. / 1159782912.,
                                  -3700637. / 11593932.,
                                  61727. / 225920.};

    /// Weights of the error estimate: those of the step minus the embedded ones.
    constexpr Weights error_weights = {a[5][0] - embedded[0],
                                       a[5][1] - embedded[1],
                                       a[5][2] - embedded[2],
                                       a[5][3] - embedded[3],
                                       a[5][4] - embedded[4],
                                       a[5][5] - embedded[5]};
  } // namespace runge_kutta

  /// The size of a step's embedded error at a point, in units in which 1 is a change of the order of the state itself:
  /// the largest of μ|δγᵖ|/`stress_scale`, |δΔ|, |δΛ| and |δξ|/ξ.
  inline double error_size(const State &error,
                           const State &state,
                           const double shear_modulus,
                           const double stress_scale)
  {
    return std::max({shear_modulus / stress_scale * error.plastic_strain().norm(),
                     error.bias().norm(),
                     std::abs(error.st_sum()),
                     std::abs(error.free_volume()) / state.free_volume()});
  }
} // namespace revitra

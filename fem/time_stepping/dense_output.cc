#include "fem/time_stepping/dense_output.h"

#include <boost/math/tools/roots.hpp>

namespace revitra
{
  namespace rk = runge_kutta;

  double stage_polynomial(const rk::Weights &values, const double fraction)
  {
    constexpr unsigned int nodes = rk::stages - 1; // the last two stages are at the same time; the last one counts
    const auto             stage = [](const unsigned int node) { return node + 1 == nodes ? rk::stages - 1 : node; };
    double                 sum   = 0.;
    for (unsigned int i = 0; i < nodes; ++i)
      {
        double weight = 1.;
        for (unsigned int j = 0; j < nodes; ++j)
          if (j != i)
            weight *= (fraction - rk::c[j]) / (rk::c[i] - rk::c[j]);
        sum += weight * values[stage(i)];
      }
    return sum;
  }

  std::optional<double> first_zero(const rk::Weights &values)
  {
    constexpr unsigned int places   = 32;
    const auto             at       = [&values](const double fraction) { return stage_polynomial(values, fraction); };
    const double           start    = values.front();
    double                 previous = 0.;
    if (start == 0.)
      return std::nullopt;
    for (unsigned int i = 1; i <= places; ++i)
      {
        const double fraction = double(i) / places;
        if ((at(fraction) < 0.) != (start < 0.))
          {
            std::uintmax_t iterations = 60;
            const auto     bracket    = boost::math::tools::toms748_solve(
              at, previous, fraction, boost::math::tools::eps_tolerance<double>(48), iterations);
            return 0.5 * (bracket.first + bracket.second);
          }
        previous = fraction;
      }
    return std::nullopt;
  }
} // namespace revitra

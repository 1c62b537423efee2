#include "material/law/steady_state.h"

#include <boost/math/special_functions/lambert_w.hpp>
#include <boost/math/tools/roots.hpp>

#include <limits>

namespace revitra
{
  namespace
  {
    constexpr double infinity = std::numeric_limits<double>::infinity();

    /// The positive zero of a function that is negative at 0 and crosses zero once; infinite if it does not below 1e6.
    template <typename Function>
    double positive_root(const Function &function, const double guess)
    {
      double upper = guess;
      while (!(function(upper) > 0.))
        if ((upper *= 2.) > 1e6)
          return infinity;
      std::uintmax_t iterations = 200;
      const auto     bracket    = boost::math::tools::toms748_solve(
        function, 0., upper, boost::math::tools::eps_tolerance<double>(52), iterations);
      return 0.5 * (bracket.first + bracket.second);
    }

    /// ξ̇ of Eq. (4) at stress σ over the factor A e^{σ/T − 1/ξ}, which never overflows.
    double free_volume_growth(const Kinetics &kinetics,
                              const double    stress,
                              const double    st_sum,
                              const double    bias_work)
    {
      const double backward = std::exp(-2. * stress / kinetics.temperature);
      const double power    = 0.5 * (stress * st_sum * (1. - backward) - bias_work * (1. + backward));
      const double loss =
        std::exp(kinetics.log_annihilation_factor - kinetics.log_transformation_factor - stress / kinetics.temperature);
      return kinetics.dilatancy_factor * power - kinetics.annihilation_coefficient * loss;
    }
  } // namespace

  double flow_stress(const Kinetics &kinetics)
  {
    const double bias_work = 2. / kinetics.transformation_coefficient;
    return positive_root([&](const double stress) { return free_volume_growth(kinetics, stress, 1., bias_work); },
                         bias_work);
  }

  double stress_scale(const Kinetics &kinetics)
  {
    const double flow = flow_stress(kinetics);
    return flow < infinity ? flow : 2. / kinetics.transformation_coefficient + kinetics.temperature;
  }

  double flow_stress_slope(const Parameters &parameters, const double temperature)
  {
    // of ln[D_ia w A/(ϕB)] = 0 with w = σ sinh(x) − (2/φ) cosh(x), x = σ/T, over cosh(x)
    const double offset = 2. / parameters.transformation_coefficient;
    const double stress = flow_stress(Kinetics(parameters, temperature));
    if (stress == infinity)
      return 0.;
    const double x = stress / temperature, tanh_x = std::tanh(x);
    const double barriers  = parameters.transformation_activation_energy - parameters.annihilation_activation_energy;
    const double power     = stress * tanh_x - offset;
    const double by_stress = (tanh_x + x - offset / temperature * tanh_x) / power;
    const double by_temperature =
      x * (offset / temperature * tanh_x - x) / power + barriers / (temperature * temperature);
    return -by_temperature / by_stress;
  }

  double flow_stress_approximation(const Kinetics &kinetics)
  {
    const double T      = kinetics.temperature;
    const double offset = 2. / kinetics.transformation_coefficient;
    const double argument =
      2. * kinetics.annihilation_coefficient / (kinetics.dilatancy_factor * T) *
      std::exp(kinetics.log_annihilation_factor - kinetics.log_transformation_factor - offset / T);
    return offset + T * boost::math::lambert_w0(argument);
  }

  double balance_stress(const Kinetics &kinetics, const double st_sum, const double st_bias)
  {
    return positive_root(
      [&](const double stress) { return free_volume_growth(kinetics, stress, st_sum, st_bias * stress); },
      kinetics.temperature);
  }

  double steady_free_volume(const Kinetics &kinetics, const double rate)
  {
    const double ratio = kinetics.annihilation_rate / (kinetics.dilatancy_factor * flow_stress(kinetics) * rate);
    return ratio > 1. ? 1. / std::log(ratio) : infinity;
  }

  double arrest_stress(const Kinetics &kinetics)
  {
    return positive_root(
      [&](const double stress) {
        return stress * std::tanh(stress / kinetics.temperature) - 2. / kinetics.transformation_coefficient;
      },
      kinetics.temperature);
  }
} // namespace revitra

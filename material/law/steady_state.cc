#include "material/law/steady_state.h"

#include <boost/math/special_functions/lambert_w.hpp>
#include <boost/math/tools/roots.hpp>

#include <algorithm>
#include <limits>
#include <optional>

namespace revitra
{
  namespace
  {
    constexpr double infinity = std::numeric_limits<double>::infinity();

    // Products beyond these are compared by their logarithms.
    constexpr double largest = 1e290, smallest = 1e-290;

    /// The positive zero of a function that is negative at 0 and crosses zero once; infinite if it does not.
    template <typename Function>
    double positive_root(const Function &function, const double guess)
    {
      double upper = guess;
      while (!(function(upper) > 0.))
        if ((upper *= 2.) == infinity)
          return infinity;
      // The solver multiplies distances: they are in a unit of their size, a power of two, which costs no digit.
      const double   unit       = std::ldexp(1., std::ilogb(upper));
      std::uintmax_t iterations = 200;
      const auto     bracket    = boost::math::tools::toms748_solve([&](const double x) { return function(unit * x); },
                                                             0.,
                                                             upper / unit,
                                                             boost::math::tools::eps_tolerance<double>(52),
                                                             iterations);
      return unit * (0.5 * (bracket.first + bracket.second));
    }

    /// A number of the sign of ξ̇ of Eq. (4) at stress σ, finite for any parameters: ξ̇ over the factor A e^{σ/T − 1/ξ}
    /// or, where one of its terms is too large or too small a number, the difference of their logarithms.
    double free_volume_growth(const Kinetics &kinetics,
                              const double    stress,
                              const double    st_sum,
                              const double    bias_work)
    {
      const double x        = stress / kinetics.temperature;
      const double backward = std::exp(-2. * x);
      const double forward  = x < 1e-3 ? -std::expm1(-2. * x) : 1. - backward; // the difference would lose digits
      // that of Kinetics::transformation_rates(), finite also where σ/T is too large a number
      const double power    = 0.5 * (stress * st_sum * forward - bias_work * (1. + backward));
      const double log_loss = kinetics.log_barrier_ratio() - x;
      const double gain     = kinetics.dilatancy_factor * power;
      const double loss =
        kinetics.annihilation_coefficient > 0. ? kinetics.annihilation_coefficient * std::exp(log_loss) : 0.;
      if (!(power > 0.) && kinetics.annihilation_coefficient == 0.)
        return gain <= -smallest ? std::max(gain, -largest) : power;
      if (!(power > 0.)) // no zero while there is a loss, however small
        return std::max(gain - std::max(loss, smallest), -largest);
      if (gain >= smallest && gain <= largest && loss <= largest)
        return gain - loss;
      const double log_ratio =
        std::log(kinetics.dilatancy_factor) + std::log(power) - std::log(kinetics.annihilation_coefficient) - log_loss;
      return std::min(log_ratio, largest);
    }

    /// Lambert's W of e^`exponent`, which itself may be too large for a number.
    double lambert_of_exponential(const double exponent)
    {
      if (exponent < 700.)
        return boost::math::lambert_w0(std::exp(exponent));
      double w = exponent;
      for (unsigned int i = 0; i < 4; ++i) // Newton's method for w + ln w = exponent: 1e-2, 1e-6, 1e-14
        w *= (1. + exponent - std::log(w)) / (1. + w);
      return w;
    }

    /// σ_f by Newton's method for the logarithm of the balance of Eq. (4), which is nearly linear in σ, from the closed
    /// form; nothing where that is not close enough, or numbers are too large, for a few iterations to do.
    std::optional<double> polished_flow_stress(const Kinetics &kinetics)
    {
      constexpr unsigned most_iterations = 4;
      const double       T = kinetics.temperature, offset = 2. / kinetics.transformation_coefficient;
      const double       log_loss = std::log(kinetics.annihilation_coefficient) - std::log(kinetics.dilatancy_factor) +
                              kinetics.log_barrier_ratio();
      double stress = flow_stress_approximation(kinetics);
      for (unsigned i = 0; i < most_iterations; ++i)
        {
          const double x = stress / T, backward = std::exp(-2. * x);
          const double power  = 0.5 * (stress * (1. - backward) - offset * (1. + backward)); // over e^x
          const double growth = 0.5 * ((1. - offset / T) * (1. - backward) + x * (1. + backward));
          const double step   = -(x + std::log(power) - log_loss) * power / growth;
          if (!(x > 1.) || !std::isfinite(step))
            return std::nullopt;
          stress += step;
          if (std::abs(step) < 1e-9 * stress) // the next one would be of the order of its square
            return stress;
        }
      return std::nullopt;
    }
  } // namespace

  double flow_stress(const Kinetics &kinetics)
  {
    if (kinetics.dilatancy_factor == 0.)
      return infinity;
    if (const auto near = polished_flow_stress(kinetics))
      return *near;
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
    // of ln[D_ia w A/(ϕB)] = 0 with w = σ sinh(x) − (2/φ) cosh(x), x = σ/T, over cosh(x); times w, which vanishes
    // without annihilation
    const double offset = 2. / parameters.transformation_coefficient;
    const double stress = flow_stress(Kinetics(parameters, temperature));
    if (stress == infinity)
      return 0.;
    const double x = stress / temperature, tanh_x = std::tanh(x);
    const double barriers  = parameters.transformation_activation_energy - parameters.annihilation_activation_energy;
    const double power     = stress * tanh_x - offset;
    const double by_stress = tanh_x + x - offset / temperature * tanh_x;
    const double by_temperature =
      x * (offset / temperature * tanh_x - x) + power * barriers / (temperature * temperature);
    return -by_temperature / by_stress;
  }

  double flow_stress_approximation(const Kinetics &kinetics)
  {
    const double T        = kinetics.temperature;
    const double offset   = 2. / kinetics.transformation_coefficient;
    const double exponent = std::log(2. / T) + std::log(kinetics.annihilation_coefficient) -
                            std::log(kinetics.dilatancy_factor) + kinetics.log_barrier_ratio() - offset / T;
    return offset + T * lambert_of_exponential(exponent);
  }

  double balance_stress(const Kinetics &kinetics, const double st_sum, const double st_bias)
  {
    if (kinetics.dilatancy_factor == 0. || st_sum <= st_bias)
      return infinity;
    if (kinetics.annihilation_coefficient == 0.) // the plastic power vanishes
      return kinetics.temperature * std::atanh(std::max(st_bias, 0.) / st_sum);
    return positive_root(
      [&](const double stress) { return free_volume_growth(kinetics, stress, st_sum, st_bias * stress); },
      kinetics.temperature);
  }

  double steady_free_volume(const Kinetics &kinetics, const double rate)
  {
    const double log_ratio = std::log(kinetics.annihilation_coefficient) + kinetics.log_annihilation_factor -
                             std::log(kinetics.dilatancy_factor) - std::log(flow_stress(kinetics)) - std::log(rate);
    return log_ratio > 0. ? 1. / log_ratio : infinity;
  }

  double arrest_stress(const Kinetics &kinetics)
  {
    const double offset = 2. / kinetics.transformation_coefficient;
    return positive_root(
      [&](const double stress) { return stress * std::tanh(stress / kinetics.temperature) - offset; }, offset);
  }
} // namespace revitra

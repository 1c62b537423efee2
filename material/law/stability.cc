#include "material/law/stability.h"

#include <algorithm>

namespace revitra
{
  namespace
  {
    /// The largest real part of the roots λ of (λ + damping − P)(λ + k − Q) = PQ, damping, k and Q not negative.
    double largest_root(const double P, const double Q, const double damping, const double k)
    {
      const double first = P - damping, second = Q - k;
      const double mean = 0.5 * (first + second), half = 0.5 * (first - second);
      const double discriminant = half * half + P * Q;
      if (discriminant < 0.)
        return mean;
      const double root = std::sqrt(discriminant);
      // The product of the roots, in which PQ has canceled, over the other one: mean + root would lose digits.
      return mean < 0. ? (-P * k - damping * second) / (mean - root) : mean + root;
    }
  } // namespace

  double growth_rate(const Kinetics &kinetics, const State &state, const Deviator &stress)
  {
    const double inverse_xi = 1. / state.free_volume();
    const double phi        = kinetics.transformation_coefficient;

    // All rates in units of e^{exponent}, the faster of transformation and annihilation: none of them overflows.
    auto         st                    = kinetics.transformation_rates(stress.norm(), state.free_volume());
    const double annihilation_exponent = kinetics.annihilation_exponent(state.free_volume());
    const double exponent              = std::max(st.exponent, annihilation_exponent);
    st.exponent -= exponent;

    const Deviator bias      = state.bias();
    const double   power     = stress.dot(Kinetics::plastic_strain_rate(st, state.st_sum(), stress, bias));
    const double   sign      = power < 0. ? -1. : 1.;
    const double   damping   = phi * std::abs(power);
    const double   arrhenius = std::exp(st.exponent);

    const double P = arrhenius * (sign * phi * st.drive * stress.squaredNorm() - 2. * st.back) - damping;
    const double Q = kinetics.dilatancy_factor * std::abs(power) * inverse_xi * inverse_xi;
    const double k =
      kinetics.annihilation_coefficient * std::exp(annihilation_exponent - exponent) * inverse_xi * inverse_xi;
    return std::max(0. - damping, largest_root(P, Q, damping, k)) * std::exp(exponent); // 0, not −0, without stress
  }
} // namespace revitra

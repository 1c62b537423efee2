#include "fem/time_stepping/curve_energy.h"

namespace revitra
{
  namespace rk = runge_kutta;

  namespace
  {
    /// Derivatives at the stages of a step of length `h` of the quantity with the stage values `value`, when it is
    /// `first` at the first: the Runge-Kutta method read backwards.
    rk::Weights stage_rates(const rk::Weights &value, const double first, const double h)
    {
      rk::Weights rate{};
      rate[0] = first;
      for (unsigned int i = 1; i < rk::stages; ++i)
        {
          double base = value[0];
          for (unsigned int j = 0; j < i; ++j)
            base += h * rk::a[i][j] * rate[j];
          rate[i] = (value[i] - base) / (rk::diagonal * h);
        }
      return rate;
    }
  } // namespace

  void CurveEnergy::add(const StageCurve  &curve,
                        const double       h,
                        const bool         stress_controlled,
                        const rk::Weights &sigma_c,
                        const rk::Weights &sigma_c_rate)
  {
    rk::Weights inelastic;
    for (unsigned int i = 0; i < rk::stages; ++i)
      inelastic[i] = curve.strain[i] - curve.stress[i] / modulus;
    const rk::Weights rate = stage_rates(inelastic, inelastic_rate, h);
    inelastic_rate         = rate.back();

    double mean_stress = 0.;
    for (unsigned int i = 0; i < rk::stages; ++i)
      {
        mean_stress += rk::a.back()[i] * curve.stress[i];
        effective_work +=
          h * rk::a.back()[i] *
          effective_work_rate(
            std::abs(curve.stress[i]), curve.stress[i] * rate[i], {sigma_c[i], sigma_c_rate[i]}, modulus);
      }
    // under stress control the stress is one number, else the strain is linear in time
    total_work +=
      (stress_controlled ? curve.stress.back() : mean_stress) * (curve.strain.back() - curve.strain.front());
  }
} // namespace revitra

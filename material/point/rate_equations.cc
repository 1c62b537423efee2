#include "material/point/rate_equations.h"

#include "material/law/steady_state.h"

#include <Sacado.hpp>

namespace revitra
{
  namespace
  {
    using C = PointComponent;

    /// The components that the rates depend on, but for the temperature.
    constexpr std::size_t n_active = 4;

    /// A number that carries its derivatives with respect to them.
    using Dual = Sacado::Fad::SFad<double, n_active>;

    Dual independent(const PointState &x, const std::size_t component)
    {
      return Dual(n_active, static_cast<int>(component), x[component]);
    }
  } // namespace

  RateEquations::RateEquations(const Parameters   &parameters,
                               const ThresholdKind threshold,
                               const double        threshold_stress)
    : parameters(parameters)
    , threshold(threshold)
  {
    if (threshold == ThresholdKind::value)
      known_threshold = threshold_stress;
    drive.temperature = parameters.temperature;
    fix_conditions();
  }

  void RateEquations::set_drive(const PointDrive &new_drive)
  {
    drive = new_drive;
    fix_conditions();
  }

  void RateEquations::keep_threshold(const double stress)
  {
    known_threshold = stress;
    fix_conditions();
  }

  void RateEquations::fix_conditions()
  {
    fixed.reset();
    if (drive.temperature_rate == 0.)
      fixed.emplace(conditions_at(drive.temperature));
  }

  RateEquations::Conditions RateEquations::conditions_at(const double temperature) const
  {
    const Kinetics kinetics(parameters, temperature);
    if (known_threshold)
      return {kinetics, *known_threshold};
    return {kinetics, threshold == ThresholdKind::flow ? flow_stress(kinetics) : 0.};
  }

  template <typename Number>
  RateEquations::Rates<Number> RateEquations::evaluate(const Conditions &conditions,
                                                       const Number     &stress,
                                                       const Number     &free_volume,
                                                       const Number     &st_sum,
                                                       const Number     &st_bias) const
  {
    const Kinetics &kinetics     = conditions.kinetics;
    const Number    equivalent   = stress < 0. ? Number(-stress) : stress;
    const auto      transforming = kinetics.transformation_rates(equivalent, free_volume);
    // A glass without shear transformations never has any. Its derivatives with respect to them are of no use, and at a
    // high stress so large that the linear systems of the steps would make some out of rounding.
    const bool   is_inert = st_sum == 0. && st_bias == 0.;
    const Number plastic_rate =
      is_inert ? Number(0.) : Kinetics::plastic_strain_rate(transforming, st_sum, stress, st_bias);
    const Number plastic_power            = stress * plastic_rate;
    const Number accumulated_plastic_work = branch.power_sign * plastic_power;
    const Number strain_rate = drive.control == PointDrive::Control::stress ? plastic_rate : Number(drive.rate);

    Rates<Number> rates;
    rates[C::stress]                   = kinetics.shear_modulus * (strain_rate - plastic_rate);
    rates[C::free_volume]              = kinetics.free_volume_rate(accumulated_plastic_work, free_volume);
    rates[C::st_sum]                   = kinetics.st_sum_rate(accumulated_plastic_work, st_sum);
    rates[C::st_bias]                  = kinetics.bias_rate(plastic_rate, accumulated_plastic_work, st_bias);
    rates[C::temperature]              = drive.temperature_rate;
    rates[C::strain]                   = strain_rate;
    rates[C::plastic_strain]           = plastic_rate;
    rates[C::work]                     = stress * strain_rate;
    rates[C::dissipation]              = plastic_power;
    rates[C::accumulated_plastic_work] = accumulated_plastic_work;
    rates[C::eed]                      = branch.effective_sign == 0.
                                           ? Number(0.)
                                           : Number((stress - branch.effective_sign * conditions.sigma_c) * strain_rate);
    return rates;
  }

  RateEquations::Rates<double> RateEquations::evaluate(const Conditions &conditions, const PointState &x) const
  {
    return evaluate<double>(conditions, x[C::stress], x[C::free_volume], x[C::st_sum], x[C::st_bias]);
  }

  void RateEquations::rates(const PointState &x, PointState &dxdt) const
  {
    const Rates<double> rates = evaluate(conditions(x), x);
    std::copy(rates.begin(), rates.end(), dxdt.begin());
  }

  void RateEquations::jacobian(const PointState &x, PointJacobian &dfdx) const
  {
    const Rates<Dual> rates = evaluate(conditions(x),
                                       independent(x, C::stress),
                                       independent(x, C::free_volume),
                                       independent(x, C::st_sum),
                                       independent(x, C::st_bias));
    dfdx.clear();
    for (std::size_t i = 0; i < C::count; ++i)
      for (std::size_t j = 0; j < n_active; ++j)
        dfdx(i, j) = rates[i].dx(static_cast<int>(j));
    if (drive.temperature_rate == 0.)
      return;
    const Rates<double> by_temperature = temperature_derivatives(x);
    for (std::size_t i = 0; i < C::count; ++i)
      dfdx(i, C::temperature) = by_temperature[i];
  }

  RateEquations::Rates<double> RateEquations::temperature_derivatives(const PointState &x) const
  {
    // The central difference of fourth order: its relative error is 1e-10 for activation energies of the size of E_A,
    // far below what the error estimate of a step sees. It takes the flow stress, σ_c, along.
    const double  T         = x[C::temperature];
    const double  step      = 1e-4 * T;
    const auto    rates_at  = [&](const double temperature) { return evaluate(conditions_at(temperature), x); };
    const auto    far_below = rates_at(T - 2. * step), below = rates_at(T - step);
    const auto    above = rates_at(T + step), far_above = rates_at(T + 2. * step);
    Rates<double> derivatives;
    for (std::size_t i = 0; i < C::count; ++i)
      derivatives[i] = (8. * (above[i] - below[i]) - (far_above[i] - far_below[i])) / (12. * step);
    return derivatives;
  }

  double RateEquations::plastic_strain_rate(const PointState &x) const
  {
    return evaluate(conditions(x), x)[C::plastic_strain];
  }

  double RateEquations::strain_rate(const PointState &x) const
  {
    return evaluate(conditions(x), x)[C::strain];
  }

  double RateEquations::plastic_drive(const PointState &x) const
  {
    const auto   rates = conditions(x).kinetics.transformation_rates(std::abs(x[C::stress]), x[C::free_volume]);
    const double ahead = rates.drive * x[C::st_sum] * x[C::stress];
    const double back  = rates.back * x[C::st_bias];
    const double scale = std::abs(ahead) + std::abs(back);
    return scale > 0. ? (ahead - back) / scale : 0.;
  }

  double RateEquations::free_volume_balance(const PointState &x) const
  {
    const Conditions now      = conditions(x);
    const double     creation = now.kinetics.dilatancy_factor * evaluate(now, x)[C::dissipation];
    const double     loss     = now.kinetics.annihilation(x[C::free_volume]);
    const double     scale    = std::abs(creation) + loss;
    return scale > 0. ? (creation - loss) / scale : -1.;
  }
} // namespace revitra

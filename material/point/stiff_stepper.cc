// uBLAS proves its own results in debug builds, and takes the rounding of a stiff system for a fault.
#define BOOST_UBLAS_NDEBUG

#include "material/point/stiff_stepper.h"

#include <boost/numeric/odeint/stepper/rosenbrock4.hpp>
#include <boost/numeric/odeint/stepper/rosenbrock4_controller.hpp>
#include <boost/numeric/odeint/stepper/rosenbrock4_dense_output.hpp>

#include <algorithm>
#include <utility>

namespace revitra
{
  namespace
  {
    namespace odeint = boost::numeric::odeint;

    using Rosenbrock = odeint::rosenbrock4<double>;
    using Controlled = odeint::rosenbrock4_controller<Rosenbrock>;
    using Dense      = odeint::rosenbrock4_dense_output<Controlled>;

    /// The size from which on errors are relative.
    constexpr double small = 1e-3;
  } // namespace

  struct StiffStepper::Implementation
  {
    Implementation(const RateEquations &equations, const double tolerance)
      : equations(equations)
      , control(small * tolerance, tolerance)
      , dense(control)
    {}

    /// The equations as Odeint wants them.
    auto system()
    {
      return std::make_pair([this](const PointState &x, PointState &dxdt, double) { equations.rates(x, dxdt); },
                            [this](const PointState &x, PointJacobian &dfdx, double, PointState &dfdt) {
                              equations.jacobian(x, dfdx);
                              dfdt.clear();
                              ++factorizations;
                            });
    }

    const RateEquations &equations;
    Controlled           control;
    Dense                dense;
    Rosenbrock           lander; ///< on its own, since dense output lives in the stages of the step taken
    double               length         = 0.;
    std::int64_t         factorizations = 0;
    std::int64_t         accepted       = 0;
    std::int64_t         rejected       = 0;
  };

  StiffStepper::StiffStepper(const RateEquations &equations, const double tolerance)
    : implementation(std::make_unique<Implementation>(equations, tolerance))
  {}

  StiffStepper::~StiffStepper() = default;

  void StiffStepper::start(const PointState &x, const double length)
  {
    implementation->length = length;
    implementation->dense.initialize(x, 0., length);
  }

  double StiffStepper::step(const double limit)
  {
    Implementation &my = *implementation;
    my.dense.initialize(PointState(my.dense.current_state()), 0., std::min(my.length, limit));
    const std::int64_t before = my.factorizations;
    my.dense.do_step(my.system());
    my.length = my.dense.current_time_step();
    my.accepted += 1;
    my.rejected += my.factorizations - before - 1;
    return my.dense.current_time();
  }

  double StiffStepper::length() const
  {
    return implementation->dense.current_time();
  }

  double StiffStepper::next_length() const
  {
    return implementation->length;
  }

  const PointState &StiffStepper::before() const
  {
    return implementation->dense.previous_state();
  }

  const PointState &StiffStepper::after() const
  {
    return implementation->dense.current_state();
  }

  PointState StiffStepper::interpolate(const double t) const
  {
    PointState x(PointComponent::count);
    implementation->dense.calc_state(t, x);
    return x;
  }

  PointState StiffStepper::land(const double t) const
  {
    if (!(t > 0.))
      return before();
    Implementation &my = *implementation;
    PointState      x(PointComponent::count), error(PointComponent::count);
    my.lander.do_step(my.system(), before(), 0., x, t, error);
    // Where the equations are unstable the step taken may be good and a shorter one not.
    return my.control.error(x, before(), error) <= 1. ? x : interpolate(t);
  }

  std::int64_t StiffStepper::accepted_steps() const
  {
    return implementation->accepted;
  }

  std::int64_t StiffStepper::rejected_steps() const
  {
    return implementation->rejected;
  }
} // namespace revitra

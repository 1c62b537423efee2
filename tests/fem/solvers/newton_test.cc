#include "fem/solvers/newton.h"
#include "tests/fem/mechanics/mechanics_fixture.h"

#include <gtest/gtest.h>

#include <array>
#include <numeric>

namespace revitra
{
  using test::Mechanics;
  using test::unit_box;

  namespace
  {
    /// Two equations in two unknowns: x² + y² = 4, e^x + y = 1.
    struct CircleAndExponential
    {
      using Unknown = std::array<double, 2>;

      double residual(const Unknown &x)
      {
        last = {x[0] * x[0] + x[1] * x[1] - 4., std::exp(x[0]) + x[1] - 1.};
        return std::hypot(last[0], last[1]);
      }

      void linearize(const Unknown &x) { jacobian = {2. * x[0], 2. * x[1], std::exp(x[0]), 1.}; }

      Unknown step(double) const
      {
        const double determinant = jacobian[0] * jacobian[3] - jacobian[1] * jacobian[2];
        return {-(jacobian[3] * last[0] - jacobian[1] * last[1]) / determinant,
                -(jacobian[0] * last[1] - jacobian[2] * last[0]) / determinant};
      }

      static void add(Unknown &x, const double factor, const Unknown &step)
      {
        x[0] += factor * step[0];
        x[1] += factor * step[1];
      }

      Unknown               last{};
      std::array<double, 4> jacobian{};
    };

    /// One equation f(x) = 0; `counted` counts evaluations, `linear_error` spoils the linear solves.
    struct OneEquation
    {
      using Unknown = double;

      double residual(const double x)
      {
        ++counted;
        last = f(x);
        return std::abs(last);
      }

      void linearize(const double x) { slope = derivative(x); }

      double step(const double relative_tolerance)
      {
        forcing.push_back(relative_tolerance);
        return -last / slope * (1. + linear_error * relative_tolerance);
      }

      static void add(double &x, const double factor, const double step) { x += factor * step; }

      std::function<double(double)> f, derivative;
      double                        linear_error = 0., last = 0., slope = 0.;
      unsigned int                  counted = 0;
      std::vector<double>           forcing;
    };

    /// The orders ln(r_{k+1}/r_k)/ln(r_k/r_{k−1}) of a history of residuals, of iterations that ended above rounding.
    std::vector<double> orders(const std::vector<double> &residuals)
    {
      constexpr double    rounding = 1e-14;
      std::vector<double> result;
      for (std::size_t k = 1; k + 1 < residuals.size() && residuals[k + 1] > rounding; ++k)
        result.push_back(std::log(residuals[k + 1] / residuals[k]) / std::log(residuals[k] / residuals[k - 1]));
      return result;
    }

    NewtonSettings to(const double tolerance)
    {
      NewtonSettings settings;
      settings.tolerance = tolerance;
      return settings;
    }
  } // namespace

  TEST(Newton, SolvesTwoEquationsQuadratically)
  {
    CircleAndExponential  problem;
    std::array<double, 2> x      = {-1., 1.};
    const NewtonReport    report = newton(problem, x, to(1e-14));
    EXPECT_TRUE(report.converged);
    EXPECT_NEAR(x[0], -1.8162640688251506, 1e-14); // Ostrowski's example, a root to 16 digits
    EXPECT_NEAR(x[1], 0.8373677998912477, 1e-14);
    const std::vector<double> observed = orders(report.residuals);
    ASSERT_FALSE(observed.empty());
    EXPECT_GE(observed.back(), 1.8);
  }

  TEST(Newton, KeepsItsOrderWithInexactLinearSolves)
  {
    // Linear solves as bad as they are allowed to be: the tolerance follows the residuals, and the order stays
    // above 1.8.
    OneEquation problem;
    problem.f                 = [](const double x) { return x * x * x - 8.; };
    problem.derivative        = [](const double x) { return 3. * x * x; };
    problem.linear_error      = 1.;
    double             x      = 3.;
    const NewtonReport report = newton(problem, x, to(1e-13));
    EXPECT_TRUE(report.converged);
    EXPECT_NEAR(x, 2., 1e-14);
    EXPECT_GE(orders(report.residuals).back(), 1.8);
    EXPECT_EQ(problem.forcing.front(), 1e-3);
    EXPECT_LT(*std::min_element(problem.forcing.begin(), problem.forcing.end()), 1e-4);
  }

  TEST(Newton, LineSearchWhereFullStepsDiverge)
  {
    // From |x| > 1.3917 full steps on arctan x = 0 go further and further out.
    OneEquation problem;
    problem.f          = [](const double x) { return std::atan(x); };
    problem.derivative = [](const double x) { return 1. / (1. + x * x); };
    for (const double start : {1.5, 3., 10.})
      {
        double             x      = start;
        const NewtonReport report = newton(problem, x, to(1e-13));
        EXPECT_TRUE(report.converged) << start;
        EXPECT_NEAR(x, 0., 1e-13);
        for (std::size_t k = 1; k < report.residuals.size(); ++k)
          EXPECT_LT(report.residuals[k], report.residuals[k - 1]);
      }
    NewtonSettings no_search   = to(1e-13);
    no_search.maximum_halvings = 0;
    double x                   = 3.;
    EXPECT_FALSE(newton(problem, x, no_search).converged);
    EXPECT_EQ(x, 3.); // a step that makes things worse is not taken
  }

  TEST(Newton, StepsBackFromWhereTheResidualDoesNotExist)
  {
    // The full step on ln x = 0 from 10 ends at −13.
    OneEquation problem;
    problem.f                 = [](const double x) { return std::log(x); };
    problem.derivative        = [](const double x) { return 1. / x; };
    double             x      = 10.;
    const NewtonReport report = newton(problem, x, to(1e-13));
    EXPECT_TRUE(report.converged);
    EXPECT_NEAR(x, 1., 1e-13);
    for (const double residual : report.residuals)
      EXPECT_TRUE(std::isfinite(residual));
  }

  TEST(Newton, StartsNowhereButWhereTheResidualExists)
  {
    OneEquation problem;
    for (const double nonsense : {std::nan(""), std::numeric_limits<double>::infinity()})
      {
        problem.f                 = [nonsense](double) { return nonsense; };
        problem.counted           = 0;
        double             x      = 1.;
        const NewtonReport report = newton(problem, x, to(1e-13));
        EXPECT_FALSE(report.converged);
        EXPECT_EQ(report.iterations(), 0u);
        EXPECT_EQ(problem.counted, 1u);
        EXPECT_EQ(x, 1.);
      }
  }

  TEST(Newton, GivesUpWhereNoStepHelps)
  {
    // x² + 1 has no zero: the iterations end, by their number or by the line search, and nothing is said to be solved.
    OneEquation problem;
    problem.f                 = [](const double x) { return x * x + 1.; };
    problem.derivative        = [](const double x) { return 2. * x; };
    double             x      = 3.;
    const NewtonReport report = newton(problem, x, to(1e-13));
    EXPECT_FALSE(report.converged);
    EXPECT_LE(report.iterations(), NewtonSettings().maximum_iterations);
    EXPECT_TRUE(std::isfinite(x));
  }

  TEST(Newton, NothingToDo)
  {
    OneEquation problem;
    problem.f                 = [](const double x) { return x; };
    double             x      = 0.;
    const NewtonReport report = newton(problem, x, to(1e-13));
    EXPECT_TRUE(report.converged);
    EXPECT_EQ(report.iterations(), 0u);
    EXPECT_TRUE(problem.forcing.empty());
  }

  namespace
  {
    /// A stage whose linear systems are solved much further than Newton's method asks for.
    template <int dim>
    struct TightlySolved
    {
      using Unknown = typename StageProblem<dim>::Unknown;

      double  residual(const Unknown &x) { return problem.residual(x); }
      void    linearize(const Unknown &x) { problem.linearize(x); }
      Unknown step(double) { return problem.step(1e-10); }
      void    add(Unknown &x, const double factor, const Unknown &step) { problem.add(x, factor, step); }

      StageProblem<dim> &problem;
    };

    /// Residuals of one stage, of length 100 in time, that takes a specimen with a weak blob from rest to the shear
    /// 0.08, where the blob flows and the rest is elastic, or to the stress 12.
    template <int dim>
    std::vector<double> residuals_of_large_stage(const std::vector<unsigned int> &subdivisions,
                                                 const unsigned int               degree,
                                                 const LoadControl               &control)
    {
      Mechanics<dim> mechanics(unit_box<dim>(subdivisions, degree), "0.06 + 0.02*exp(-((x-0.4)^2+(y-0.5)^2)/0.05)");
      StageMaterials laws(mechanics.materials, {ThresholdKind::value, 7.7}, {mechanics.parameters.temperature}, 100.);
      mechanics.history.begin_stage(1, 0.);
      mechanics.problem.set_stage({&laws, 1}, control);

      TightlySolved<dim> problem{mechanics.problem};
      auto               x      = mechanics.problem.zero();
      x.strain                  = control.controls_stress ? 0.04 : control.value;
      const NewtonReport report = newton(problem, x, to(1e-13));
      EXPECT_TRUE(report.converged);
      return report.residuals;
    }

    /// The order of the last iteration that ended above rounding is meant.
    template <int dim>
    void is_quadratic(const std::vector<unsigned int> &subdivisions, const unsigned int degree)
    {
      for (const LoadControl control : {LoadControl{false, 0.08}, LoadControl{true, 12.}})
        {
          const std::vector<double> residuals = residuals_of_large_stage<dim>(subdivisions, degree, control);
          std::string               text;
          for (const double residual : residuals)
            text += std::to_string(std::log10(residual)) + ' ';
          testing::Test::RecordProperty("logarithms of residuals", text);
          const std::vector<double> observed = orders(residuals);
          ASSERT_GE(observed.size(), 2u) << text;
          EXPECT_GE(observed.back(), 1.8) << text;
        }
    }
  } // namespace

  TEST(Newton, IsQuadraticOnALargeStageOfASpecimen)
  {
    is_quadratic<2>({6, 6}, 2);
    is_quadratic<3>({3, 4, 2}, 1);
  }
} // namespace revitra

#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

namespace revitra
{
  /// Stopping criteria of Newton's method.
  struct NewtonSettings
  {
    double       tolerance          = 1e-11; ///< on the residual norm of the problem
    unsigned int maximum_iterations = 25;
    unsigned int maximum_halvings   = 6; ///< of a Newton step by the line search
  };

  /// Convergence history of Newton's method.
  struct NewtonReport
  {
    bool                converged = false;
    std::vector<double> residuals; ///< norm at the start and after each iteration

    unsigned int iterations() const { return residuals.empty() ? 0 : residuals.size() - 1; }
  };

  /// Solves a nonlinear problem by Newton's method with line search and inexact linear solves (Eisenstat & Walker 1996,
  /// choice 2), from and into `x`.
  ///
  /// `Problem` provides
  ///   Unknown;                                        copyable
  ///   double  residual(const Unknown &x);             norm of the residual at x, not finite where it does not exist
  ///   void    linearize(const Unknown &x);            the tangent at x
  ///   Unknown step(double relative_tolerance);        minus tangent⁻¹ · (last residual), solved to that tolerance
  ///   void    add(Unknown &x, double factor, const Unknown &step);
  template <typename Problem>
  NewtonReport newton(Problem &problem, typename Problem::Unknown &x, const NewtonSettings &settings)
  {
    constexpr double loosest = 1e-3, tightest = 1e-10, sufficient_decrease = 1e-4;

    NewtonReport report;
    double       norm = problem.residual(x);
    report.residuals.push_back(norm);
    double forcing = loosest;
    while (std::isfinite(norm))
      {
        if (norm <= settings.tolerance)
          {
            report.converged = true;
            return report;
          }
        if (report.iterations() >= settings.maximum_iterations)
          return report;

        problem.linearize(x);
        // no need to solve beyond a tenth of what Newton's method is asked for
        const auto step =
          problem.step(std::clamp(std::max(forcing, 0.1 * settings.tolerance / norm), tightest, loosest));

        const double old_norm = norm;
        auto         trial    = x;
        double       factor   = 1.;
        for (unsigned int halvings = 0;; ++halvings, factor *= 0.5)
          {
            trial = x;
            problem.add(trial, factor, step);
            norm = problem.residual(trial);
            if (norm <= (1. - sufficient_decrease * factor) * old_norm || norm <= settings.tolerance)
              break;
            if (halvings == settings.maximum_halvings)
              return report;
          }
        x = trial;
        report.residuals.push_back(norm);
        forcing = 0.9 * (norm / old_norm) * (norm / old_norm);
      }
    return report;
  }
} // namespace revitra

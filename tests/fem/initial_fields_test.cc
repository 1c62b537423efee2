#include "fem/specimen/initial_fields.h"
#include "material/run/errors.h"
#include "tests/fem/test_specimen.h"

#include <deal.II/base/quadrature_lib.h>
#include <deal.II/fe/fe_nothing.h>
#include <deal.II/fe/fe_values.h>

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

namespace revitra
{
  using namespace dealii;
  using test::small_box;
  using test::TestSpecimen;

  namespace
  {
    template <int dim>
    void expect_values(const std::string &expression, const std::function<double(const Point<dim> &)> &exact)
    {
      const TestSpecimen<dim>   specimen(small_box<dim>(Deck::LateralBoundary::periodic));
      const QGauss<dim>         quadrature(3);
      const std::vector<double> values = initial_free_volume<dim>(expression, specimen.triangulation, quadrature);
      ASSERT_EQ(values.size(), specimen.triangulation.n_active_cells() * quadrature.size());

      const FE_Nothing<dim> nothing;
      FEValues<dim>         fe_values(nothing, quadrature, update_quadrature_points);
      for (const auto &cell : specimen.triangulation.active_cell_iterators())
        {
          if (cell->is_locally_owned())
            fe_values.reinit(cell);
          for (unsigned int q = 0; q < quadrature.size(); ++q)
            EXPECT_NEAR(values[cell->active_cell_index() * quadrature.size() + q],
                        cell->is_locally_owned() ? exact(fe_values.quadrature_point(q)) : 0.,
                        1e-14);
        }
    }

    /// The single problem that `expression` is refused with; the same on all ranks.
    std::string problem_of(const std::string &expression)
    {
      const TestSpecimen<2> specimen(small_box<2>(Deck::LateralBoundary::periodic));
      std::string           problem;
      try
        {
          initial_free_volume<2>(expression, specimen.triangulation, QGauss<2>(2));
        }
      catch (const DeckError &error)
        {
          EXPECT_EQ(error.problems().size(), 1u);
          problem = error.problems().front();
        }
      for (const std::string &other : Utilities::MPI::all_gather(MPI_COMM_WORLD, problem))
        EXPECT_EQ(other, problem);
      return problem;
    }

    bool contains(const std::string &text, const std::string &part)
    {
      return text.find(part) != std::string::npos;
    }
  } // namespace

  TEST(InitialFreeVolume, Number)
  {
    expect_values<2>("0.05", [](const Point<2> &) { return 0.05; });
    expect_values<3>("0.05", [](const Point<3> &) { return 0.05; });
  }

  TEST(InitialFreeVolume, Layers)
  {
    expect_values<2>("y<0.9 ? 0.05 : 0.055", [](const Point<2> &p) { return p[1] < 0.9 ? 0.05 : 0.055; });
  }

  TEST(InitialFreeVolume, Blob)
  {
    expect_values<2>("0.05 + 0.005*exp(-((x-0.5)^2+(y-0.5)^2)/(2*0.1^2))", [](const Point<2> &p) {
      return 0.05 + 0.005 * std::exp(-p.distance_square(Point<2>(0.5, 0.5)) / 0.02);
    });
  }

  TEST(InitialFreeVolume, WaveInAllDirections)
  {
    expect_values<3>("0.05 + 0.01*sin(2*pi*x)*cos(pi*y)*z", [](const Point<3> &p) {
      return 0.05 + 0.01 * std::sin(2. * numbers::PI * p[0]) * std::cos(numbers::PI * p[1]) * p[2];
    });
  }

  TEST(InitialFreeVolume, WorstValueIsReportedWhicheverRankHasIt)
  {
    // In the uppermost quadrature points only, (2 − 0.5(1/2 − 1/√12)) = 1.894…, and worst at the right.
    const std::string problem = problem_of("y>1.85 ? 1.5+x : 0.05");
    EXPECT_TRUE(contains(problem, "Material/Initial free volume = y>1.85 ? 1.5+x : 0.05")) << problem;
    EXPECT_TRUE(contains(problem, "is 2.39434 at (0.894338, 1.89434)")) << problem;
    EXPECT_TRUE(contains(problem, "allowed is 0.002 <= value <= 1")) << problem;
  }

  TEST(InitialFreeVolume, EquallyBadValuesGiveOneMessage)
  {
    EXPECT_TRUE(contains(problem_of("0"), "is 0 at (0.105662, 0.105662)")) << problem_of("0");
  }

  TEST(InitialFreeVolume, NotANumber)
  {
    EXPECT_TRUE(contains(problem_of("y>1.85 ? sqrt(-1) : 0.05"), "nan at"));
    EXPECT_TRUE(contains(problem_of("y<0.2 ? 0.05/0 : 0.05"), "inf at"));
  }

  TEST(InitialFreeVolume, NotAnExpression)
  {
    EXPECT_TRUE(contains(problem_of("0.05 +* y"), "Material/Initial free volume = 0.05 +* y: "));
    EXPECT_TRUE(contains(problem_of("0.05 + 0.01*z"), "Material/Initial free volume = 0.05 + 0.01*z: "));
  }
} // namespace revitra

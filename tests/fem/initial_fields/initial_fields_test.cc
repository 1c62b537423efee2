#include "fem/initial_fields/initial_fields.h"
#include "fem/initial_fields/random_field.h"
#include "material/base/errors.h"
#include "tests/base/scratch_directory.h"
#include "tests/fem/discretization/test_specimen.h"

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
    Deck deck_with(const std::string &free_volume)
    {
      Deck deck;
      deck.initially.free_volume = free_volume;
      return deck;
    }

    template <int dim>
    void expect_values(
      const Deck                                      &deck,
      const std::function<double(const Point<dim> &)> &exact,
      const std::function<double(const State &)>      &value = [](const State &state) { return state.free_volume(); })
    {
      const TestSpecimen<dim> specimen(small_box<dim>(Deck::LateralBoundary::periodic));
      const QGauss<dim>       quadrature(3);
      const auto              states = initial_specimen<dim>(deck, specimen.triangulation, quadrature).states;
      ASSERT_EQ(states.size(), specimen.triangulation.n_active_cells() * quadrature.size());

      const FE_Nothing<dim> nothing;
      FEValues<dim>         fe_values(nothing, quadrature, update_quadrature_points);
      for (const auto &cell : specimen.triangulation.active_cell_iterators())
        if (cell->is_locally_owned())
          {
            fe_values.reinit(cell);
            for (unsigned int q = 0; q < quadrature.size(); ++q)
              EXPECT_NEAR(value(states[cell->active_cell_index() * quadrature.size() + q]),
                          exact(fe_values.quadrature_point(q)),
                          1e-14);
          }
    }

    /// The single problem that `deck` is refused with; the same on all ranks.
    std::string problem_of(const Deck &deck)
    {
      const TestSpecimen<2> specimen(small_box<2>(Deck::LateralBoundary::periodic));
      std::string           problem;
      try
        {
          initial_specimen<2>(deck, specimen.triangulation, QGauss<2>(2));
        }
      catch (const DeckError &error)
        {
          EXPECT_EQ(error.problems().size(), 1u) << error.what();
          problem = error.problems().front();
        }
      for (const std::string &other : Utilities::MPI::all_gather(MPI_COMM_WORLD, problem))
        EXPECT_EQ(other, problem);
      return problem;
    }

    std::string problem_of(const std::string &free_volume)
    {
      return problem_of(deck_with(free_volume));
    }

    bool contains(const std::string &text, const std::string &part)
    {
      return text.find(part) != std::string::npos;
    }
  } // namespace

  TEST(InitialSpecimen, Number)
  {
    expect_values<2>(deck_with("0.05"), [](const Point<2> &) { return 0.05; });
    expect_values<3>(deck_with("0.05"), [](const Point<3> &) { return 0.05; });
  }

  TEST(InitialSpecimen, Layers)
  {
    expect_values<2>(deck_with("y<0.9 ? 0.05 : 0.055"), [](const Point<2> &p) { return p[1] < 0.9 ? 0.05 : 0.055; });
  }

  TEST(InitialSpecimen, Blob)
  {
    expect_values<2>(deck_with("0.05 + 0.005*exp(-((x-0.5)^2+(y-0.5)^2)/(2*0.1^2))"), [](const Point<2> &p) {
      return 0.05 + 0.005 * std::exp(-p.distance_square(Point<2>(0.5, 0.5)) / 0.02);
    });
  }

  TEST(InitialSpecimen, WaveInAllDirections)
  {
    expect_values<3>(deck_with("0.05 + 0.01*sin(2*pi*x)*cos(pi*y)*z"), [](const Point<3> &p) {
      return 0.05 + 0.01 * std::sin(2. * numbers::PI * p[0]) * std::cos(numbers::PI * p[1]) * p[2];
    });
  }

  TEST(InitialSpecimen, WorstValueIsReportedWhicheverRankHasIt)
  {
    // In the uppermost quadrature points only, (2 − 0.5(1/2 − 1/√12)) = 1.894…, and worst at the right.
    const std::string problem = problem_of("y>1.85 ? 1.5+x : 0.05");
    EXPECT_TRUE(contains(problem, "Material/Initial free volume = y>1.85 ? 1.5+x : 0.05")) << problem;
    EXPECT_TRUE(contains(problem, "is 2.39434 at (0.894338, 1.89434)")) << problem;
    EXPECT_TRUE(contains(problem, "allowed is 0.002 <= value <= 1")) << problem;
  }

  TEST(InitialSpecimen, EquallyBadValuesGiveOneMessage)
  {
    EXPECT_TRUE(contains(problem_of("0"), "is 0 at (0.105662, 0.105662)")) << problem_of("0");
  }

  TEST(InitialSpecimen, NotANumber)
  {
    EXPECT_TRUE(contains(problem_of("y>1.85 ? sqrt(-1) : 0.05"), "nan at"));
    EXPECT_TRUE(contains(problem_of("y<0.2 ? 0.05/0 : 0.05"), "inf at"));
  }

  TEST(InitialSpecimen, FieldsOfTheStateAndOfTheTemperature)
  {
    Deck deck;
    deck.initially.st_sum  = "0.6 + 0.1*x";
    deck.initially.st_bias = "-0.05*y";
    expect_values<2>(
      deck, [](const Point<2> &p) { return 0.6 + 0.1 * p[0]; }, [](const State &state) { return state.st_sum(); });
    expect_values<2>(
      deck, [](const Point<2> &p) { return -0.05 * p[1]; }, [](const State &state) { return state.bias()[shear_xy]; });

    const TestSpecimen<2> specimen(small_box<2>(Deck::LateralBoundary::periodic));
    EXPECT_TRUE(initial_specimen<2>(deck, specimen.triangulation, QGauss<2>(2)).temperature_offset.empty());
    deck.initially.temperature_offset = "x<0.5 ? 0.05 : 0";
    const InitialSpecimen warmer      = initial_specimen<2>(deck, specimen.triangulation, QGauss<2>(2));
    for (const auto &cell : specimen.triangulation.active_cell_iterators())
      {
        const double expected = cell->is_locally_owned() && cell->center()[0] < 0.5 ? 0.05 : 0.;
        EXPECT_EQ(warmer.temperature_offset[4 * cell->active_cell_index()], expected);
      }
  }

  TEST(InitialSpecimen, RandomFieldIsThatOfTheSeed)
  {
    Deck deck                            = deck_with("0.05 + 0.002*random");
    deck.random_field.correlation_length = 0.2;
    RandomField<2>::Settings settings;
    settings.seed               = 1;
    settings.correlation_length = 0.2;
    settings.cut_off            = 3.;
    settings.period[0]          = 1.;
    const RandomField<2> field(settings, BoundingBox<2>({Point<2>(0., 0.), Point<2>(1., 2.)}));
    expect_values<2>(deck, [&field](const Point<2> &p) { return 0.05 + 0.002 * field.value(p); });
  }

  TEST(InitialSpecimen, GridIsInterpolated)
  {
    const ScratchDirectory scratch; // one for each rank; the first one's is read
    Deck                   deck = deck_with("0.05 + 0.01*grid");
    deck.grid_field.file        = scratch.write("grid.csv", "x,y,value\n0,0,0\n1,0,1\n0,2,2\n1,2,5\n");
    expect_values<2>(deck, [](const Point<2> &p) { return 0.05 + 0.01 * (p[0] + p[1] + p[0] * p[1]); });
    deck.grid_field.file = scratch.write("small.csv", "x,y,value\n0,0,0\n1,0,1\n0,1,2\n1,1,5\n");
    EXPECT_TRUE(contains(problem_of(deck), "small.csv")) << problem_of(deck);
  }

  TEST(InitialSpecimen, ImpossibleStatesAreRefused)
  {
    Deck deck;
    deck.initially.st_bias = "x";
    EXPECT_TRUE(contains(problem_of(deck), "Material/Initial ST bias = x: is 0.894338 at")) << problem_of(deck);
    EXPECT_TRUE(contains(problem_of(deck), "|Initial ST bias| <= Initial ST sum")) << problem_of(deck);
    deck.initially.st_bias            = "0.01";
    deck.initially.temperature_offset = "y";
    EXPECT_TRUE(contains(problem_of(deck), "makes the temperature 2.7943")) << problem_of(deck);
    deck.initially.temperature_offset = "0";
    deck.regions.push_back({"grains", "", {}, {}});
    EXPECT_TRUE(contains(problem_of(deck), "Material/Regions: grains: the mesh has no such group"));
  }
} // namespace revitra

#include "fem/discretization/discrete_specimen.h"
#include "tests/fem/simulation/simulation_runs.h"

#include <gtest/gtest.h>

namespace revitra
{
  using test::run_with;
  using test::Settings;
  using test::SpecimenRun;
  using test::operator+;

  namespace
  {
    /// A soft layer in the middle, which becomes a band: eight cells up, 2^levels times as many where it is.
    Settings band(const std::string &levels, const std::string &refinements)
    {
      return {"Material/Initial free volume=0.05 + 0.005*exp(-((y-0.5)/0.03)^2)",
              "Specimen/Size=0.125, 1",
              "Specimen/Subdivisions=1, 8",
              "Specimen/Degree=1",
              "Specimen/Refinements=" + refinements,
              "Adaptivity/Levels=" + levels,
              "Loading/Program=rate 1e-4 until strain 0.15",
              "Output/Fields interval=0"};
    }

    const Settings random_glass = {"Material/Initial free volume=0.05+0.001*random",
                                   "Random field/Correlation length=0.2",
                                   "Specimen/Subdivisions=4",
                                   "Specimen/Degree=1",
                                   "Adaptivity/Levels=2",
                                   "Adaptivity/Refine above=0.3",
                                   "Adaptivity/Coarsen below=0.05",
                                   "Loading/Program=rate 1e-4 until strain 0.12",
                                   "Output/Fields interval=0"};

    /// Largest difference of two curves in stress, at the strains of the first.
    double difference(const SpecimenRun &run, const SpecimenRun &other)
    {
      double      largest = 0.;
      std::size_t after   = 1;
      for (std::size_t row = 0; row < run.size(); ++row)
        {
          const double strain = run["strain"][row];
          while (after + 1 < other.size() && other["strain"][after] < strain)
            ++after;
          const double part =
            (strain - other["strain"][after - 1]) / (other["strain"][after] - other["strain"][after - 1]);
          const double stress = (1. - part) * other["stress"][after - 1] + part * other["stress"][after];
          largest             = std::max(largest, std::abs(run["stress"][row] - stress));
        }
      return largest;
    }

    void expect_alike(const SpecimenRun &run, const SpecimenRun &other, const double tolerance)
    {
      ASSERT_EQ(run.size(), other.size());
      for (const char *column : {"stress", "free_volume", "free_volume_max", "eed_mean", "plastic_strain", "cells"})
        for (std::size_t row = 0; row < run.size(); ++row)
          {
            ASSERT_NEAR(run[column][row], other[column][row], tolerance * run.peak(column)) << column << ' ' << row;
          }
    }
  } // namespace

  TEST(Adaptivity, GivesTheCurveOfTheUniformFineMeshWithAQuarterOfItsCells)
  {
    const SpecimenRun fine = run_with(band("0", "3")), adapted = run_with(band("3", "0"));
    EXPECT_EQ(adapted.problem, "");
    EXPECT_LE(4. * adapted.number("cells"), fine.number("cells"));
    EXPECT_LE(difference(adapted, fine), 0.01 * fine.peak("stress"));
    EXPECT_LT(fine.last("stress"), 0.6 * fine.peak("stress")); // or there is no band
  }

  TEST(Adaptivity, KeepsAveragesAndEnergy)
  {
    const SpecimenRun run = run_with(random_glass);
    EXPECT_EQ(run.problem, "");
    EXPECT_GE(run.number("mesh_changes"), 2.);
    EXPECT_LE(run.number("mesh_drift"), 1e-3);
    // what a change of the mesh loses of the energy is what it loses of its parts
    EXPECT_LE(test::energy_error(run), 1e-3);
  }

  TEST(Adaptivity, IsTheSameOnAnyNumberOfRanks)
  {
    expect_alike(run_with(random_glass), run_with(random_glass, MPI_COMM_SELF), 1e-6);
    const Settings tight = {"Time stepping/Tolerance=1e-8", "Loading/Program=rate 1e-4 until strain 0.1"};
    Settings       glass = random_glass;
    glass.erase(glass.end() - 2);
    expect_alike(run_with(glass + tight), run_with(glass + tight, MPI_COMM_SELF), 1e-8);
  }

  TEST(Adaptivity, WorksInThreeDimensionsAndUnderStress)
  {
    const Settings    box     = {"Material/Initial free volume=0.05 + 0.005*exp(-((y-0.5)/0.1)^2)",
                                 "Specimen/Dimension=3",
                                 "Specimen/Size=0.125, 1, 0.125",
                                 "Specimen/Subdivisions=1, 8, 1",
                                 "Specimen/Degree=1",
                                 "Loading/Program=rate 1e-4 until stress 14; stress 14 until strain 0.12",
                                 "Output/Fields interval=0"};
    const SpecimenRun fine    = run_with(box + Settings{"Specimen/Refinements=1"});
    const SpecimenRun adapted = run_with(box + Settings{"Adaptivity/Levels=1"});
    EXPECT_EQ(adapted.problem, "");
    EXPECT_LT(adapted.number("cells"), fine.number("cells"));
    EXPECT_NEAR(adapted.last("time"), fine.last("time"), 0.01 * fine.last("time"));
    EXPECT_NEAR(adapted.last("free_volume_max"), fine.last("free_volume_max"), 0.01 * fine.last("free_volume_max"));
    EXPECT_LE(adapted.number("mesh_drift"), 1e-3);
  }

  TEST(Adaptivity, GivesUpWhereTheInitialFieldsAreNotDefined)
  {
    // at a point that only the refined mesh has
    const SpecimenRun run = run_with({"Material/Initial free volume=abs(y-0.4736)<0.002 ? sqrt(-1) : "
                                      "0.05+0.0005*exp(-((y-0.4)/0.1)^2)",
                                      "Specimen/Subdivisions=3, 4",
                                      "Specimen/Degree=1",
                                      "Adaptivity/Levels=1",
                                      "Adaptivity/Refine above=0.3",
                                      "Loading/Program=rate 1e-4 until strain 0.15",
                                      "Checkpoint/Interval=4"});
    EXPECT_NE(run.problem.find("not defined at a point of the refined mesh"), std::string::npos) << run.problem;
    EXPECT_NE(run.problem.find("last accepted: time"), std::string::npos) << run.problem;
    EXPECT_EQ(run.summary.get<std::string>("status"), "failed");
    EXPECT_GT(run.last("strain"), 0.05);
  }

  TEST(Adaptivity, LeavesGlassAtRestAsTheDeckHasIt)
  {
    // The mesh is split by force, in a specimen that has never been loaded: each point then has to be what the fields
    // are at its new place.
    Deck                       deck = test::deck_with({"Material/Initial free volume=0.05 + 0.004*sin(9*x)*cos(7*y)",
                                                       "Material/Initial ST sum=0.6 + 0.1*x",
                                                       "Specimen/Subdivisions=3",
                                                       "Adaptivity/Levels=1",
                                                       "Adaptivity/Refine above=1e6"});
    dealii::ConditionalOStream nowhere(std::cout, false);
    dealii::TimerOutput        timer(nowhere, dealii::TimerOutput::never, dealii::TimerOutput::wall_times);
    DiscreteSpecimen<2>        specimen(deck, MPI_COMM_WORLD, 7.75, timer);
    auto                       x = specimen.problem->zero();
    ASSERT_EQ(specimen.triangulation.n_global_active_cells(), 9);
    deck.adaptivity.refine_above = 0.2;
    ASSERT_TRUE(specimen.adapt(x));
    ASSERT_GT(specimen.triangulation.n_global_active_cells(), 9);
    const InitialSpecimen fresh =
      InitialFields<2>(deck, specimen.triangulation).at_points(specimen.triangulation, specimen.quadrature);
    for (std::size_t p = 0; p < fresh.states.size(); ++p)
      if (specimen.equilibrium->owns(p))
        {
          EXPECT_NEAR(specimen.history.state[p].free_volume(), fresh.states[p].free_volume(), 1e-15);
          EXPECT_NEAR(specimen.history.state[p].st_sum(), fresh.states[p].st_sum(), 1e-13); // linear: exact
          EXPECT_LE(specimen.history.state[p].plastic_strain().norm(), 1e-14);
        }
  }
} // namespace revitra

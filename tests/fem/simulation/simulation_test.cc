#include "tests/base/problems_of.h"
#include "tests/fem/mesh/small_gmsh_mesh.h"
#include "tests/fem/simulation/simulation_runs.h"
#include "tests/law/support.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <iomanip>
#include <iostream>

namespace revitra
{
  using test::run_with;
  using test::Settings;
  using test::SpecimenRun;
  using test::operator+;

  namespace
  {
    const Settings homogeneous_2d = {"Specimen/Subdivisions=2, 2", "Output/Fields interval=0"};
    const Settings homogeneous_3d = {"Specimen/Dimension=3",
                                     "Specimen/Size=1, 1, 1",
                                     "Specimen/Subdivisions=1, 2, 1",
                                     "Specimen/Degree=1",
                                     "Output/Fields interval=0"};
    const Settings layered        = {"Material/Initial free volume=y<0.9 ? 0.05 : 0.055",
                                     "Specimen/Subdivisions=2, 10",
                                     "Specimen/Degree=1",
                                     "Output/Fields interval=0"};
    const Settings two_layers     = layered + Settings{"Loading/Program=rate 1e-4 until strain 0.3"};

    const std::vector<test::LayeredReference::Layer> one_layer        = {{1., 0.05}};
    const std::vector<test::LayeredReference::Layer> layers_in_series = {{0.9, 0.05}, {0.1, 0.055}};

    struct Program
    {
      const char *name;
      Settings    settings;
    };

    /// The kinds of loading that there are.
    std::vector<Program> programs()
    {
      return {
        {"baseline", {}},
        {"cyclic",
         {"Loading/Program=rate 1e-4 until strain 0.15; rate -1e-4 until strain -0.15; rate 1e-4 until strain 0.15"}},
        {"relaxation", {"Loading/Program=rate 1e-4 until strain 0.12; hold for 1e5"}},
        {"recovery", {"Loading/Program=rate 1e-4 until strain 0.2; rate -1e-4 until stress 0; stress 0 for 1e5"}},
        {"annealing", {"Loading/Program=hold for 1e6"}},
        {"temperature ramp", {"Loading/Program=rate 1e-4 for 1000, temperature to 0.95; rate 1e-4 until strain 0.3"}},
        {"creep",
         {"Loading/Program=rate 1e-2 until stress 12.5; stress 12.5 until strain 0.4",
          "EED/Threshold=value",
          "EED/Threshold stress=7.78"}}};
    }

    /// What the deck with `settings` is refused with before anything is written, the same on all ranks.
    std::vector<std::string> refusals_of(const Settings &settings)
    {
      const ScratchDirectory scratch;
      Deck                   deck = test::deck_with(settings);
      deck.origins.clear(); // a file of each rank's own
      deck.file.clear();
      deck.output.directory = dealii::Utilities::MPI::broadcast(MPI_COMM_WORLD, scratch.path("output"));
      std::ostream                   nowhere(nullptr);
      const std::vector<std::string> problems =
        problems_of([&]() { Simulation<2>(deck, MPI_COMM_WORLD, nowhere, false).run(); });
      EXPECT_FALSE(std::filesystem::exists(deck.output.directory));
      for (const auto &others : dealii::Utilities::MPI::all_gather(MPI_COMM_WORLD, problems))
        EXPECT_EQ(others, problems);
      return problems;
    }

    void print(const std::string &name, const SpecimenRun &run, const std::map<std::string, double> &errors)
    {
      if (dealii::Utilities::MPI::this_mpi_process(MPI_COMM_WORLD) != 0)
        return;
      std::cout << std::setprecision(3) << name << ": " << run.number("steps") << " steps, "
                << run.number("rejected_steps") << " rejected, " << run.number("stage_solves") << " stage solves, "
                << run.number("newton_iterations") << " Newton iterations, " << run.seconds << " s; energy "
                << test::energy_error(run) << ";";
      for (const auto &[column, error] : errors)
        std::cout << ' ' << column << ' ' << error;
      std::cout << std::endl;
    }

    /// Compares a run with the ordinary differential equations of its layers: stress and free volume within `claimed`
    /// of their peaks at every row, other columns within twice that (strain and energies of a creep, which accelerates,
    /// are the worst of them).
    SpecimenRun follows_the_equations(const std::string                                &name,
                                      const Settings                                   &settings,
                                      const std::vector<test::LayeredReference::Layer> &layers,
                                      const double                                      claimed)
    {
      SCOPED_TRACE(name);
      const SpecimenRun run = run_with(settings);
      EXPECT_EQ(run.problem, "");
      EXPECT_EQ(run.summary.get<std::string>("status"), "done");
      EXPECT_EQ(run.number("steps") + 1, run.size());
      const std::map<std::string, double> errors = test::errors_of(run, settings, layers);
      print(name, run, errors);
      for (const auto &[column, error] : errors)
        EXPECT_LE(error, column == "stress" || column == "free_volume" ? claimed : 2. * claimed) << column;
      EXPECT_LE(test::energy_error(run), 1e-6);
      return run;
    }

    /// In a homogeneous specimen all points are like its curve.
    void is_homogeneous(const SpecimenRun &run)
    {
      for (std::size_t row = 0; row < run.size(); ++row)
        {
          EXPECT_NEAR(run["eed_mean"][row], run["eed"][row], 1e-6 * run.peak("eed"));
          EXPECT_NEAR(run["eed_max"][row], run["eed_mean"][row], 1e-8 * run.peak("eed"));
          EXPECT_NEAR(run["free_volume_max"][row], run["free_volume_min"][row], 1e-8 * run.peak("free_volume"));
        }
    }
  } // namespace

  TEST(LayeredReference, AgreesWithTheReferenceCurves)
  {
    // Those were integrated in another language, to 1e-13.
    for (const char *name : {"monotone", "cyclic", "relaxation", "recovery", "annealing", "temperature_ramp", "creep"})
      {
        const std::map<std::string, Settings> settings = {{"monotone", programs()[0].settings},
                                                          {"cyclic", programs()[1].settings},
                                                          {"relaxation", programs()[2].settings},
                                                          {"recovery", programs()[3].settings},
                                                          {"annealing", programs()[4].settings},
                                                          {"temperature_ramp", programs()[5].settings},
                                                          {"creep", programs()[6].settings}};
        const test::Curve                     curve(name);
        test::LayeredReference                reference(test::deck_with(settings.at(name)), one_layer);
        std::map<std::string, double>         worst;
        for (std::size_t row = 0; row < curve.size(); ++row)
          for (const auto &[column, value] : reference.at(curve["time"][row]))
            worst[column] = std::max(worst[column], std::abs(curve[column][row] - value));
        for (const auto &[column, error] : worst)
          EXPECT_LE(error, 1e-9 * curve.peak(column)) << name << ", " << column;
      }
    const test::Curve      curve("two_layers");
    test::LayeredReference reference(test::deck_with(two_layers), layers_in_series);
    for (std::size_t row = 0; row < curve.size(); ++row)
      {
        auto values = reference.at(curve["time"][row]);
        EXPECT_NEAR(values["stress"], curve["stress"][row], 1e-8 * 16.2);
        EXPECT_NEAR(values["free_volume"], curve["free_volume"][row], 1e-8 * 0.1);
      }
  }

  TEST(Simulation, HomogeneousProgramsAtDefaultSettings)
  {
    for (const Program &program : programs())
      is_homogeneous(follows_the_equations(program.name, program.settings + homogeneous_2d, one_layer, 1e-4));
  }

  TEST(Simulation, HomogeneousProgramsAtATightTolerance)
  {
    if (test::number_of_ranks() > 1)
      GTEST_SKIP() << "on one rank only: nothing new on more";
    for (const Program &program : programs())
      follows_the_equations(program.name,
                            program.settings + homogeneous_2d +
                              Settings{"Time stepping/Tolerance=1e-8", "Specimen/Degree=1"},
                            one_layer,
                            1e-6);
  }

  TEST(Simulation, HomogeneousProgramsIn3D)
  {
    for (const Program &program : programs())
      is_homogeneous(follows_the_equations(program.name, program.settings + homogeneous_3d, one_layer, 1e-4));
  }

  TEST(Simulation, BaselineMeetsThePublishedNumbers)
  {
    if (test::number_of_ranks() > 1)
      GTEST_SKIP() << "on one rank only: nothing new on more";
    const SpecimenRun run = run_with(homogeneous_2d + Settings{"Time stepping/Tolerance=1e-6"});
    EXPECT_NEAR(run.number("peak_stress"), 16.887475, 1e-4 * 16.9);
    EXPECT_NEAR(run.number("peak_strain"), 0.088211, 1e-4);
    EXPECT_NEAR(run.number("sigma_c"), 7.74682003, 1e-7);
    EXPECT_NEAR(run.number("sigma_flow"), 7.74682003, 1e-7);
    EXPECT_NEAR(run.last("free_volume"), 0.10817, 0.5e-5);
    EXPECT_NEAR(run.last("eed"), 1.873, 0.5e-3);
  }

  TEST(Simulation, CreepMeetsThePublishedNumbers)
  {
    if (test::number_of_ranks() > 1)
      GTEST_SKIP() << "on one rank only: nothing new on more";
    // Free volume by strain, cubic between rows less than 0.005 apart, which is good to 1e-7; EED at the end.
    const SpecimenRun         run   = run_with(programs().back().settings + homogeneous_2d);
    const std::vector<double> table = {0.05454, 0.06015, 0.06576, 0.07138, 0.07699, 0.08260, 0.08821};
    std::size_t               row   = 2;
    for (unsigned int i = 0; i < table.size(); ++i)
      {
        const double strain = 0.1 + 0.05 * i;
        while (row + 1 < run.size() && run["strain"][row] < strain - 1e-9)
          ++row;
        double            interpolated = 0.;
        const std::size_t first        = std::min(row - 2, run.size() - 4);
        for (std::size_t k = first; k < first + 4; ++k)
          {
            double weight = run["free_volume"][k];
            for (std::size_t l = first; l < first + 4; ++l)
              if (l != k)
                weight *= (strain - run["strain"][l]) / (run["strain"][k] - run["strain"][l]);
            interpolated += weight;
          }
        EXPECT_NEAR(interpolated, table[i], 0.6e-5) << "at the strain " << strain; // five digits are given
      }
    EXPECT_NEAR(run.last("eed"), 1.660, 0.6e-3);
    EXPECT_NEAR(run.last("strain"), 0.4, 1e-9);
    EXPECT_NEAR(run.last("stress"), 12.5, 1e-9);
  }

  TEST(Simulation, FreeSidesWeakenByTheRatioOfHeightToLength)
  {
    if (test::number_of_ranks() > 1)
      GTEST_SKIP() << "on one rank only: nothing new on more";
    // Free sides bear no shear stress, so a specimen with them is not homogeneous; what they take away is an effect of
    // the ends: twice the length, half the loss of stress, relative to periodic sides. (Elastic, at a strain of 0.01.)
    std::vector<double> loss;
    for (const std::string length : {"4", "8"})
      {
        const Settings    settings = {"Loading/Program=rate 1e-4 until strain 0.01",
                                      "Specimen/Size=" + length + ", 1",
                                      "Specimen/Subdivisions=" + length + "0, 6",
                                      "Output/Fields interval=0"};
        const SpecimenRun periodic = run_with(settings);
        const SpecimenRun free     = run_with(settings + Settings{"Specimen/Lateral boundary=free"});
        EXPECT_NEAR(periodic.last("stress"), 2.1, 1e-5);
        EXPECT_LE(test::energy_error(free), 1e-6);
        loss.push_back(1. - free.last("stress") / periodic.last("stress"));
      }
    EXPECT_GT(loss[1], 0.01);
    EXPECT_NEAR(loss[0] / loss[1], 2., 0.02) << loss[0] << ' ' << loss[1];
  }

  TEST(Simulation, TwoLayersAtDefaultSettings)
  {
    const SpecimenRun run = follows_the_equations("two layers", two_layers, layers_in_series, 1e-4);
    EXPECT_GE(run.number("stage_solves"), 300.);
    EXPECT_LE(run.number("stage_solves"), 450.);
    EXPECT_EQ(run.last("stage_solves") + 1., run.number("stage_solves")); // one where the end is told from the disk
  }

  TEST(Simulation, ThresholdKinds)
  {
    // The reference integrates the scalar law of a homogeneous bar with the balance threshold. The crossing is
    // interpolated between rows, on an elastic rise.
    const test::Curve curve("monotone_balance");
    const SpecimenRun run = run_with(homogeneous_2d + Settings{"EED/Threshold=balance"});
    EXPECT_NEAR(run.number("sigma_c"), 7.58674394, 1e-6);
    EXPECT_NEAR(run.number("strain_c"), 0.0361274, 1e-6);
    EXPECT_NEAR(run.last("eed"), curve["eed"].back(), 1e-4 * curve["eed"].back());
    is_homogeneous(run);
    if (dealii::Utilities::MPI::this_mpi_process(MPI_COMM_WORLD) == 0)
      std::cout << std::setprecision(10) << "balance: sigma_c " << run.number("sigma_c") << ", strain_c "
                << run.number("strain_c") << ", eed " << run.last("eed") << " for " << curve["eed"].back() << std::endl;
  }

  TEST(Simulation, BalanceThresholdIsKeptFromItsFirstCrossing)
  {
    // While the temperature rises the balance stress falls; what it is when the stress reaches it stays, through later
    // segments too, and the curve's own EED and that of the points know the same one.
    const SpecimenRun run =
      run_with(homogeneous_2d + Settings{"EED/Threshold=balance",
                                         "Loading/Program=rate 1e-4 for 1000, temperature to 0.95; rate 1e-4 until "
                                         "strain 0.15; hold for 100; rate 1e-4 until strain 0.2"});
    double kept = 0.;
    for (std::size_t row = 0; row < run.size(); ++row)
      {
        if (kept == 0.)
          kept = run["sigma_c"][row];
        else
          EXPECT_EQ(run["sigma_c"][row], kept) << "at the strain " << run["strain"][row];
        EXPECT_NEAR(run["eed_mean"][row], run["eed"][row], 1e-6 * run.peak("eed"));
      }
    const Parameters material;
    const double     temperature = 0.9 + 0.05 * run.number("strain_c") / 0.1;
    EXPECT_NEAR(kept, balance_stress(Kinetics(material, temperature), 0.6, 0.01), 0.05); // to a step's change of it
    EXPECT_LT(kept, 7.5);
    EXPECT_EQ(run.number("sigma_c"), kept);
  }

  TEST(Simulation, EffectiveEnergyIsThatOfTheSpecimensOwnCurve)
  {
    if (test::number_of_ranks() > 1)
      GTEST_SKIP() << "on one rank only: nothing new on more";
    // ∫ (σ − σ_c)₊ dε by the trapezoidal rule over the rows of a specimen that is anything but homogeneous, through
    // jumps of the rate; with steps of 0.0005 the rule is good to (step/0.03)²/12 of the EED, the width of the peak
    // being 0.03, and at the crossing of σ_c to slope · step²/8.
    const SpecimenRun run = run_with({"Material/Initial free volume=0.05 + 0.01*exp(-((x-0.4)^2+(y-0.55)^2)/0.05)",
                                      "Loading/Program=rate 1e-4 until strain 0.07; rate -1e-4 until strain 0.06; hold "
                                      "for 100; rate 1e-3 until strain 0.09",
                                      "Specimen/Subdivisions=4, 4",
                                      "Specimen/Degree=1",
                                      "Specimen/Lateral boundary=free",
                                      "Output/Fields interval=0",
                                      "Time stepping/Maximum strain step=0.0005"});
    double            eed = 0., worst = 0.;
    const auto        excess = [&](const std::size_t row) {
      return std::max(run["stress"][row] - run.number("sigma_flow"), 0.);
    };
    for (std::size_t row = 1; row < run.size(); ++row)
      {
        eed += 0.5 * (excess(row - 1) + excess(row)) * (run["strain"][row] - run["strain"][row - 1]);
        worst = std::max(worst, std::abs(eed - run["eed"][row]));
      }
    print("own curve, EED differs by " + std::to_string(worst / eed), run, {});
    EXPECT_GT(eed, 0.1);
    EXPECT_LT(worst, 2e-4 * eed);
    EXPECT_LE(test::energy_error(run), 1e-6);
  }

  TEST(Simulation, InhomogeneousProgramsKeepTheirEnergy)
  {
    if (test::number_of_ranks() > 1)
      GTEST_SKIP() << "on one rank only: nothing new on more";
    // A blob, on every kind of program; ends of segments are located in spite of the inhomogeneity.
    const Settings specimen = {"Material/Initial free volume=0.05 + 0.01*exp(-((x-0.4)^2+(y-0.55)^2)/0.05)",
                               "Specimen/Subdivisions=4, 4",
                               "Specimen/Degree=1",
                               "Output/Fields interval=0"};
    for (const Program &program : programs())
      {
        SCOPED_TRACE(program.name);
        const Settings short_program =
          program.settings.empty() ? Settings{"Loading/Program=rate 1e-4 until strain 0.2"} : program.settings;
        for (const char *tolerance : {"5e-5", "1e-3"})
          {
            const SpecimenRun run =
              run_with(short_program + specimen + Settings{std::string("Time stepping/Tolerance=") + tolerance});
            print(program.name + std::string(", blob, ") + tolerance, run, {});
            EXPECT_EQ(run.problem, "");
            EXPECT_LE(test::energy_error(run), tolerance == std::string("5e-5") ? 1e-6 : 2e-5);
          }
      }
  }

  TEST(Simulation, RunawayStopsAtTheStrainLimit)
  {
    if (test::number_of_ranks() > 1)
      GTEST_SKIP() << "on one rank only: nothing new on more";
    // Far above the flow stress the law has no ceiling on the free volume.
    const SpecimenRun run =
      run_with(homogeneous_2d + Settings{"Loading/Program=rate 1e3 until stress 30; stress 30 until strain 2"});
    EXPECT_EQ(run.problem, "");
    EXPECT_EQ(run.summary.get<std::string>("status"), "done");
    EXPECT_NEAR(run.last("strain"), 2., 1e-9);
    EXPECT_NEAR(run.last("stress"), 30., 1e-8);
    EXPECT_LE(test::energy_error(run), 1e-6);
    print("runaway", run, {});
  }

  TEST(Simulation, GivesUpAStressThatTheGlassDoesNotBear)
  {
    const SpecimenRun run = run_with(homogeneous_2d + Settings{"Loading/Program=rate 1e-4 until stress 20"});
    EXPECT_NE(run.problem.find("20"), std::string::npos) << run.problem;
    EXPECT_EQ(run.summary.get<std::string>("status"), "failed");
    EXPECT_FALSE(run.summary.get<std::string>("message").empty());
    EXPECT_EQ(run.number("steps") + 1, run.size());
    EXPECT_GT(run.last("strain"), 1.);
    EXPECT_LT(run.last("strain"), 20.);
    EXPECT_LT(run.seconds, 60.);
    print("out of reach", run, {});
  }

  TEST(Simulation, GivesUpACreepThatArrests)
  {
    // Below the stress at which creep arrests, 4.00.
    const SpecimenRun run =
      run_with(homogeneous_2d + Settings{"Loading/Program=rate 1e-2 until stress 3; stress 3 until strain 0.5"});
    EXPECT_NE(run.problem, "");
    EXPECT_EQ(run.summary.get<std::string>("status"), "failed");
    EXPECT_EQ(run.number("steps") + 1, run.size());
    EXPECT_NEAR(run.last("stress"), 3., 1e-9);
    EXPECT_LT(run.last("strain"), 0.1);
    EXPECT_LT(run.seconds, 60.);
    print("arrested: " + run.problem, run, {});
  }

  TEST(Simulation, GivesUpACreepThatRunsAway)
  {
    if (test::number_of_ranks() > 1)
      GTEST_SKIP() << "on one rank only: nothing new on more";
    const SpecimenRun run =
      run_with(homogeneous_2d + Settings{"Loading/Program=rate 1e-2 until stress 12.5; stress 12.5 for 1e6"});
    EXPECT_NE(run.problem.find("runs away"), std::string::npos) << run.problem;
    EXPECT_EQ(run.summary.get<std::string>("status"), "failed");
    EXPECT_LT(run.last("strain"), 110.);
    EXPECT_LT(run.seconds, 60.);
  }

  TEST(Simulation, GivesUpACreepTheOtherWayWhereItBegins)
  {
    if (test::number_of_ranks() > 1)
      GTEST_SKIP() << "on one rank only: nothing new on more";
    struct Case
    {
      std::string free_volume; // alike everywhere or not
      std::string program;
      double      strain; // before which the creep begins
    };
    for (const Case &one :
         {Case{"0.05", "rate 1e-2 until stress 12.5; stress 12.5 until strain 0.01", 0.065},
          Case{
            "0.05+0.001*y", "rate 1e-2 until strain 0.1; rate -1e-2 until stress 5; stress 5 until strain -0.2", 0.1}})
      {
        const SpecimenRun run = run_with(homogeneous_2d + Settings{"Material/Initial free volume=" + one.free_volume,
                                                                   "Loading/Program=" + one.program});
        EXPECT_NE(run.problem.find("moves away"), std::string::npos) << run.problem;
        EXPECT_NE(run.problem.find("change the strain"), std::string::npos) << run.problem;
        EXPECT_EQ(run.summary.get<std::string>("status"), "failed");
        EXPECT_LT(run.last("strain"), one.strain);
      }
  }

  TEST(Simulation, FollowsThePointAtTheBoundsOfCreationAnnihilationAndRate)
  {
    if (test::number_of_ranks() > 1)
      GTEST_SKIP() << "on one rank only: nothing new on more";
    struct Case
    {
      Settings settings;
      double   peak; // of revitra-point
    };
    const Settings until = {"Loading/Program=rate 1e-4 until strain 0.2"};
    for (const Case &one : {Case{until + Settings{"Material/Annihilation coefficient=1e30"}, 42.},
                            Case{until + Settings{"Material/Dilatancy factor=1e3"}, 8.842249670886547},
                            Case{{"Loading/Program=rate 1e-30 until strain 0.2"}, 8.913219514595271}})
      {
        SCOPED_TRACE(one.settings.back());
        const SpecimenRun run =
          run_with(one.settings + Settings{"Specimen/Subdivisions=1", "Output/Fields interval=0"});
        EXPECT_EQ(run.problem, "");
        EXPECT_NEAR(run.number("peak_stress"), one.peak, 1e-4 * one.peak); // the accuracy promised at default settings
      }
  }

  TEST(Simulation, StressJustBelowThePeakIsReached)
  {
    // The peak, 10.0049, is within a step that starts and ends below 9.994948.
    const SpecimenRun run = run_with(
      homogeneous_2d + Settings{"Loading/Program=rate 1e-6 until stress 9.994948", "Material/Temperature=0.95"});
    EXPECT_EQ(run.problem, "");
    EXPECT_NEAR(run.last("stress"), 9.994948, 1e-9);
    EXPECT_LT(run.last("strain"), 0.1);
  }

  TEST(Simulation, NoDisplacementIsFreeInOneCellOfDegreeOne)
  {
    const SpecimenRun run = run_with({"Specimen/Subdivisions=1", "Specimen/Degree=1", "Output/Fields interval=0"});
    EXPECT_EQ(run.problem, "");
    EXPECT_NEAR(run.number("peak_stress"), 16.887475, 1e-4 * 16.9);
  }

  TEST(Simulation, ThresholdPassedInFlowCostsNoAccuracy)
  {
    // This glass flows when its stress passes 7.78, where the integrand of the EED, 0.0766 in all, has a kink.
    follows_the_equations("threshold passed in flow",
                          homogeneous_2d + Settings{"Material/Initial free volume=0.1",
                                                    "EED/Threshold=value",
                                                    "EED/Threshold stress=7.78",
                                                    "Loading/Program=rate 1e-4 until strain 2"},
                          {{1., 0.1}},
                          5e-5);
  }

  TEST(Simulation, LayersOfAMeshFollowTheirEquations)
  {
    // Three regions of a gmsh mesh, 0.55, 0.1 and 0.35 of the height, and the ordinary differential equations of those.
    const std::string meshes = std::string(REVITRA_SOURCE_DIR) + "/meshes/";
    follows_the_equations("layers of a mesh",
                          {"Specimen/Mesh file=" + meshes + "layered.msh",
                           "Specimen/Degree=1",
                           "Material/Regions=band: Initial free volume = 0.055; upper: Initial free volume = 0.052",
                           "Output/Fields interval=0",
                           "Loading/Program=rate 1e-4 until strain 0.2"},
                          {{0.55, 0.05}, {0.1, 0.055}, {0.35, 0.052}},
                          1e-4);
  }

  TEST(Simulation, HolesAndNotchesKeepTheEnergy)
  {
    // The work of the platens is what the material has stored and dissipated: the traction on them is right.
    const std::string meshes = std::string(REVITRA_SOURCE_DIR) + "/meshes/";
    for (const std::string mesh : {"plate_with_hole", "notched_strip", "two_phase"})
      {
        const SpecimenRun run =
          run_with({"Specimen/Mesh file=" + meshes + mesh + ".msh",
                    "Specimen/Degree=1",
                    mesh == "two_phase" ? "Specimen/Lateral boundary=periodic" : "Specimen/Lateral boundary=free",
                    "Output/Fields interval=0",
                    "Loading/Program=rate 1e-4 until strain 0.08"});
        EXPECT_EQ(run.problem, "") << mesh;
        EXPECT_LE(test::energy_error(run), 1e-6) << mesh;
        print(mesh, run, {});
      }
  }

  TEST(Simulation, WithoutDilatancyStressHasNoThresholdToReach)
  {
    // on the way, what checkpoints keep of a threshold that there is not is read again
    const Settings glass = layered + Settings{"Material/Dilatancy factor=0", "Checkpoint/Interval=20"};
    const Settings ramp  = {"Loading/Program=rate 1e-4 for 500, temperature to 0.95; rate 1e-4 until strain 0.2"};
    for (const char *threshold : {"flow", "balance"})
      {
        const Settings    settings = glass + ramp + Settings{std::string("EED/Threshold=") + threshold};
        const SpecimenRun run      = run_with(settings);
        EXPECT_EQ(run.problem, "") << threshold;
        EXPECT_EQ(run.peak("eed"), 0.) << threshold;
        EXPECT_EQ(run.summary.get<std::string>("sigma_flow"), "null") << threshold;
        const auto errors = test::errors_of(run, glass + ramp, layers_in_series);
        for (const char *column : {"stress", "free_volume", "st_sum"})
          EXPECT_LT(errors.at(column), 1e-4) << threshold << ", " << column;
      }
    const SpecimenRun run = run_with(glass + ramp + Settings{"Material/Constant diffusivity=1e-5"});
    EXPECT_EQ(run.problem, "");
    EXPECT_NEAR(run.last("strain"), 0.2, 1e-9);
  }

  TEST(Simulation, FreeVolumeIsHeldOnlyOnSidesOfTheMesh)
  {
    test::SmallGmshMesh mesh = test::small_square();
    mesh.remove_group(test::SmallGmshMesh::left);
    const test::SharedFile file("mesh.msh", mesh.text());
    const Settings         settings = {"Specimen/Mesh file=" + file.path,
                                       "Specimen/Lateral boundary=free",
                                       "Material/Constant diffusivity=1e-5",
                                       "Loading/Program=rate 1e-4 until strain 1e-3"};
    const auto             found    = refusals_of(settings + Settings{"Specimen/Boundary free volume=left: 0.05"});
    EXPECT_EQ(found.size(), 1u);
    EXPECT_TRUE(
      mentions(found, {"Specimen/Boundary free volume = left: 0.05: ", "in the group left", "bottom, top, right"}));
    EXPECT_EQ(run_with(settings + Settings{"Specimen/Boundary free volume=right: 0.05"}).problem, "");
  }

  TEST(Simulation, FreeVolumeIsPositiveAsAField)
  {
    const Settings box = {"Material/Constant diffusivity=1e-5", "Loading/Program=rate 1e-4 until strain 1e-3"};
    const auto     at  = [&](const std::string &initial, const Settings &more = {}) {
      return box + Settings{"Material/Initial free volume=" + initial} + more;
    };
    const auto jump = refusals_of(at("y<0.5 ? 0.03 : 0.5"));
    EXPECT_EQ(jump.size(), 1u);
    EXPECT_TRUE(mentions(jump, {"Material/Initial free volume = y<0.5 ? 0.03 : 0.5: ", "it is -0.0044", "0.4375); "}));
    EXPECT_EQ(run_with(at("0.03 + 0.47/(1+exp(-20*(y-0.5)))")).problem, "");

    const Settings held       = {"Specimen/Boundary free volume=bottom: 0.4; top: 0.05"};
    const auto     at_platens = refusals_of(at("0.05", held));
    EXPECT_EQ(at_platens.size(), 1u);
    EXPECT_TRUE(mentions(
      at_platens,
      {"Material/Initial free volume = 0.05: ", "with Specimen/Boundary free volume = bottom: 0.4; top: 0.05, "}));
    EXPECT_EQ(run_with(at("0.05 + 0.35*exp(-y/0.2)", held)).problem, "");
  }

  TEST(Simulation, TemperatureOffsetIsATemperature)
  {
    const Settings    short_program = homogeneous_2d + Settings{"Loading/Program=rate 1e-4 until strain 0.15"};
    const SpecimenRun plain         = run_with(short_program);
    const SpecimenRun offset =
      run_with(short_program + Settings{"Material/Temperature=0.85", "Material/Temperature offset=0.05"});
    ASSERT_EQ(plain.size(), offset.size());
    for (const auto &[column, values] : plain.history)
      for (std::size_t row = 0; row < plain.size() && column != "temperature"; ++row)
        {
          // of some there is nothing to say
          EXPECT_EQ(std::isnan(offset[column][row]), std::isnan(values[row])) << column;
          if (!std::isnan(values[row]))
            {
              EXPECT_NEAR(offset[column][row], values[row], 1e-9 * plain.peak(column)) << column;
            }
        }
    EXPECT_NEAR(offset.number("sigma_c"), 7.74682003, 1e-7);
    EXPECT_EQ(plain.summary.count("note"), 0u); // nothing localizes
  }

  TEST(Simulation, RanksAgree)
  {
    // The same run on all ranks and on each rank alone: at a tight tolerance to 1e-8 of each column's peak. At default
    // settings rounding may turn a rejected step into an accepted one, so only what the run is good for is compared.
    if (test::number_of_ranks() == 1)
      GTEST_SKIP() << "more than one rank needed";
    const Settings short_program = layered + Settings{"Loading/Program=rate 1e-4 until strain 0.12"};
    for (const Settings &settings : {short_program, short_program + Settings{"Time stepping/Tolerance=1e-8"}})
      {
        const SpecimenRun together = run_with(settings), alone = run_with(settings, MPI_COMM_SELF);
        ASSERT_EQ(together.size(), alone.size());
        double largest = 0.;
        for (const auto &[column, values] : alone.history)
          if (column != "newton_iterations")
            for (std::size_t row = 0; row < alone.size(); ++row)
              largest =
                std::max(largest, std::abs(values[row] - together[column][row]) / std::max(alone.peak(column), 1e-6));
        EXPECT_LE(largest, 1e-8);
        print("ranks differ by " + std::to_string(largest * 1e8) + "e-8", together, {});
      }
  }
} // namespace revitra

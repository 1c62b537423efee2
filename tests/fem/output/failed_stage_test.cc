#include "fem/output/failed_stage.h"
#include "material/law/runge_kutta.h"
#include "tests/base/scratch_directory.h"
#include "tests/fem/mechanics/mechanics_fixture.h"
#include "tests/fem/simulation/simulation_runs.h"

#include <gtest/gtest.h>

#include <set>

namespace revitra
{
  using namespace dealii;

  namespace
  {
    /// A specimen in flow whose points are in different states.
    struct FailingSpecimen : test::Mechanics<2>
    {
      FailingSpecimen()
        : Mechanics<2>(test::unit_box<2>({4, 4}), "0.05 + 0.01*x")
      {
        EXPECT_EQ(take_steps(shearing(1e-4), 50., 4), 4u) << reason;
      }

      /// Puts NaN into the ST bias of the points in the quarter of the specimen around `center`.
      void spoil(const Point<2> &center)
      {
        for_each_point([&](const std::size_t p, const Point<2> &x) {
          if (std::abs(x[0] - center[0]) < 0.25 && std::abs(x[1] - center[1]) < 0.25)
            {
              history.state[p].bias()[2] = std::nan("");
              spoiled.insert(p);
            }
        });
      }

      /// Writes what the last residual failed at; what the first rank, which writes, reads in the file.
      std::optional<StageReplay> written()
      {
        const ScratchDirectory scratch;
        const std::string file = Utilities::MPI::broadcast(MPI_COMM_WORLD, scratch.path("run") + failed_stage_file);
        write_failed_stage<2>(file,
                              {step.time(), step.solution().strain, "rate 1e-4 until strain 1"},
                              ghosted(step.solution().fluctuation()),
                              history,
                              equilibrium,
                              MPI_COMM_WORLD);
        std::optional<StageReplay> replay;
        if (Utilities::MPI::this_mpi_process(MPI_COMM_WORLD) == 0)
          replay = read_stage_replay(file);
        MPI_Barrier(MPI_COMM_WORLD); // else the directory might go while the first rank reads
        return replay;
      }

      /// How many ranks have a failed update.
      unsigned int holders() const { return Utilities::MPI::sum(equilibrium.failed_stage() ? 1u : 0u, MPI_COMM_WORLD); }

      std::set<std::size_t> spoiled;
    };
  } // namespace

  TEST(FailedStage, is_that_of_the_point_that_failed)
  {
    FailingSpecimen specimen;
    EXPECT_FALSE(specimen.problem.law_failed());
    EXPECT_EQ(specimen.holders(), 0u);
    specimen.spoil({0.75, 0.75});
    const StepOutcome outcome = specimen.step.attempt(specimen.shearing(1e-4), 20.);
    ASSERT_FALSE(outcome.solved);
    EXPECT_NE(outcome.reason.find("the law failed: "), std::string::npos) << outcome.reason;
    EXPECT_TRUE(specimen.problem.law_failed());
    ASSERT_EQ(specimen.holders(), 1u);
    if (const auto &failed = specimen.equilibrium.failed_stage())
      {
        EXPECT_EQ(specimen.spoiled.count(failed->point), 1u);
        EXPECT_EQ(failed->reason, StageFailure::input_not_finite);
      }

    const auto replay = specimen.written();
    if (!replay)
      return;
    EXPECT_EQ(replay->failure, describe(StageFailure::input_not_finite));
    EXPECT_EQ(replay->program, "rate 1e-4 until strain 1");
    EXPECT_EQ(replay->version, program_version());
    EXPECT_EQ(replay->time, 200.);
    EXPECT_EQ(replay->specimen_strain, specimen.step.solution().strain);
    EXPECT_EQ(replay->temperature, 0.9);
    EXPECT_EQ(replay->glass.shear_modulus, 210.);
    EXPECT_FALSE(replay->free_volume_is_given);
    EXPECT_EQ(replay->length, runge_kutta::diagonal * 20.);
    ASSERT_EQ(replay->location.size(), 2u);
    for (const double coordinate : replay->location)
      EXPECT_NEAR(coordinate, 0.75, 0.25);
    // Strains of points follow that of the specimen: 0.02 at the last accepted time, more at the stage; a free volume
    // that differs by a tenth makes them differ by less than that.
    EXPECT_NEAR(replay->accepted_strain[shear_xy], 0.02, 0.002);
    EXPECT_GT(replay->strain[shear_xy], replay->accepted_strain[shear_xy]);
    EXPECT_LT(replay->strain[shear_xy], 0.024);
    EXPECT_TRUE(std::isnan(replay->base.bias()[2]));
    EXPECT_TRUE(std::isnan(replay->accepted_state.bias()[2]));
    EXPECT_NEAR(replay->accepted_state.free_volume(), 0.0575, 0.003);

    const Kinetics kinetics(replay->glass, replay->temperature);
    StageResult    result;
    EXPECT_EQ(ImplicitStage(kinetics, replay->length)
                .solve(replay->strain, replay->base, replay->threshold, replay->guess, result),
              StageFailure::input_not_finite);
  }

  TEST(FailedStage, is_the_last_one)
  {
    FailingSpecimen specimen;
    specimen.spoil({0.25, 0.25});
    EXPECT_FALSE(specimen.step.attempt(specimen.shearing(1e-4), 20.).solved);
    EXPECT_FALSE(specimen.step.attempt(specimen.shearing(1e-4), 5.).solved);
    const auto replay = specimen.written();
    EXPECT_EQ(replay ? replay->length : runge_kutta::diagonal * 5., runge_kutta::diagonal * 5.);

    // and none if the law has not failed since
    for (const std::size_t p : specimen.spoiled)
      specimen.history.state[p].bias()[2] = 0.1;
    EXPECT_TRUE(specimen.step.attempt(specimen.shearing(1e-4), 1e-3).solved);
    EXPECT_FALSE(specimen.problem.law_failed());
    EXPECT_EQ(specimen.holders(), 0u);
  }

  TEST(FailedStage, of_several_ranks_one_is_written)
  {
    FailingSpecimen specimen;
    specimen.spoil({0.5, 0.5});
    specimen.spoil({0.25, 0.75});
    specimen.spoil({0.75, 0.25});
    EXPECT_FALSE(specimen.step.attempt(specimen.shearing(1e-4), 20.).solved);
    EXPECT_EQ(specimen.holders(), 1u);
    const auto replay = specimen.written();
    EXPECT_EQ(replay.has_value(), Utilities::MPI::this_mpi_process(MPI_COMM_WORLD) == 0);
  }

  TEST(FailedStage, says_that_a_field_gives_the_free_volume)
  {
    Parameters diffusing;
    diffusing.constant_diffusivity = 1e-6;
    test::Mechanics<2> specimen(test::unit_box<2>({2, 2}), "0.05", diffusing);
    specimen.for_each_point(
      [&](const std::size_t p, const Point<2> &) { specimen.history.state[p].st_sum() = std::nan(""); });
    EXPECT_FALSE(specimen.step.attempt(specimen.shearing(1e-4), 1.).solved);
    EXPECT_TRUE(specimen.problem.law_failed());
    if (const auto &failed = specimen.equilibrium.failed_stage())
      {
        EXPECT_TRUE(failed->replay.free_volume_is_given);
        EXPECT_NEAR(failed->replay.base.free_volume(), 0.05, 1e-6); // what the field gives
      }
  }

  TEST(FailedStage, run_that_gives_up_names_file_and_command)
  {
    // Its trial stresses are too large to be squared, however short the step.
    const test::SpecimenRun run =
      test::run_with({"Material/Shear modulus=1e200", "Specimen/Subdivisions=2", "Output/Fields interval=0"});
    EXPECT_NE(run.problem.find("the law failed: "), std::string::npos) << run.problem;
    EXPECT_NE(run.problem.find(std::string(failed_stage_file) + ": revitra-point --replay '"), std::string::npos)
      << run.problem;
    EXPECT_EQ(run.summary.get<std::string>("status"), "failed");
  }
} // namespace revitra

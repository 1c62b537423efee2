#include "fem/checkpoint/checkpoint_store.h"
#include "fem/checkpoint/restart_compatibility.h"
#include "fem/simulation/stop_request.h"
#include "tests/fem/simulation/simulation_runs.h"

#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

namespace revitra
{
  namespace fs = std::filesystem;
  using test::deck_with;
  using test::Settings;
  using test::operator+;

  namespace
  {
    std::string contents(const std::string &file)
    {
      std::ifstream      stream(file, std::ios::binary);
      std::ostringstream text;
      text << stream.rdbuf();
      return text.str();
    }

    /// The entries of fields.pvd, without the date.
    std::string entries(const std::string &file)
    {
      const std::string text = contents(file);
      return text.substr(text.find("<VTKFile"));
    }

    /// `settings` with those of `more` in the place of what they set.
    Settings changed(Settings settings, const Settings &more)
    {
      for (const std::string &setting : more)
        {
          const std::string name = setting.substr(0, setting.find('=') + 1);
          settings.erase(std::remove_if(settings.begin(),
                                        settings.end(),
                                        [&](const std::string &old) { return old.rfind(name, 0) == 0; }),
                         settings.end());
          settings.push_back(setting);
        }
      return settings;
    }

    void wait_for_all()
    {
      MPI_Barrier(MPI_COMM_WORLD);
    }

    bool is_root()
    {
      return dealii::Utilities::MPI::this_mpi_process(MPI_COMM_WORLD) == 0;
    }

    /// Does `work` on the first rank, while the others wait.
    template <typename Work>
    void on_root(const Work &work)
    {
      wait_for_all();
      if (is_root())
        work();
      wait_for_all();
    }

    /// A run in a directory that outlives it, as a user's.
    class StoredRun
    {
    public:
      explicit StoredRun(const Settings &settings)
        : directory(dealii::Utilities::MPI::broadcast(MPI_COMM_WORLD, scratch.path("output")))
        , settings(settings)
      {}

      ~StoredRun() { wait_for_all(); } // the directory goes with the first rank's object

      /// What went wrong; empty if nothing.
      std::string run(const RunOptions &options,
                      const Settings   &more         = {},
                      const MPI_Comm   &communicator = MPI_COMM_WORLD) const
      {
        Deck deck             = deck_with(changed(settings, more));
        deck.output.directory = directory;
        std::ostringstream log;
        try
          {
            if (deck.specimen.dimension == 2)
              Simulation<2>(deck, communicator, log, false, options).run();
            else
              Simulation<3>(deck, communicator, log, false, options).run();
          }
        catch (const std::exception &problem)
          {
            said = log.str();
            return problem.what();
          }
        said = log.str();
        wait_for_all();
        return "";
      }

      /// The same on one rank, while the others wait.
      std::string restart_on_one_rank() const
      {
        std::string problem;
        if (is_root())
          {
            Deck deck             = deck_with(settings);
            deck.output.directory = directory;
            std::ostream nowhere(nullptr);
            try
              {
                if (deck.specimen.dimension == 2)
                  Simulation<2>(deck, MPI_COMM_SELF, nowhere, false, {true}).run();
                else
                  Simulation<3>(deck, MPI_COMM_SELF, nowhere, false, {true}).run();
              }
            catch (const std::exception &caught)
              {
                problem = caught.what();
              }
          }
        wait_for_all();
        return problem;
      }

      std::string path(const std::string &name) const { return directory + '/' + name; }

      std::string history() const { return contents(path("history.csv")); }

      /// Names of the checkpoints, the oldest first.
      std::vector<std::string> checkpoints() const
      {
        std::vector<std::string> names;
        if (fs::exists(path("checkpoint")))
          for (const auto &entry : fs::directory_iterator(path("checkpoint")))
            names.push_back(entry.path().filename());
        std::sort(names.begin(), names.end());
        return names;
      }

      /// Go back to the checkpoint number `n`, as if the run had been killed some time after it.
      void lose_checkpoints_after(const std::size_t n) const
      {
        const auto names = checkpoints();
        on_root([&]() {
          for (std::size_t i = n + 1; i < names.size(); ++i)
            fs::remove_all(path("checkpoint/" + names[i]));
        });
      }

      mutable std::string said; ///< the log of the last run()

    private:
      const ScratchDirectory scratch;
      const std::string      directory;
      const Settings         settings;
    };

    const Settings band = {"Material/Initial free volume=0.05+0.005*exp(-((y-0.4)/0.1)^2)*(1+0.3*sin(6*x))",
                           "Specimen/Subdivisions=3, 4",
                           "Specimen/Degree=1",
                           "Loading/Program=rate 1e-3 until stress 13; stress 13 until strain 0.09; rate 1e-4 until "
                           "strain 0.12",
                           "Output/Fields interval=0.03",
                           "Checkpoint/Interval=6",
                           "Checkpoint/Keep=100"};

    const Settings adaptive_diffusion = {"Material/Diffusion length=0.05",
                                         "Material/Constant diffusivity=1e-6",
                                         "Adaptivity/Levels=2",
                                         "Adaptivity/Interval=3",
                                         "Adaptivity/Refine above=0.3",
                                         "Adaptivity/Coarsen below=0.05"};

    const Settings solid = {"Specimen/Dimension=3",
                            "Specimen/Size=1, 1, 1",
                            "Specimen/Subdivisions=2, 3, 2",
                            "Adaptivity/Levels=1",
                            "Loading/Program=rate 1e-4 until strain 0.06"};

    /// Whether all values of two histories agree within 1e-6 of the peak of their column.
    void expect_alike(const std::string &one, const std::string &other)
    {
      const auto before = test::read_history(one), after = test::read_history(other);
      ASSERT_EQ(after.at("time").size(), before.at("time").size());
      for (const char *column : {"strain", "stress", "free_volume", "free_volume_max", "eed_mean", "plastic_strain"})
        {
          const auto  &values = before.at(column);
          const double peak   = *std::max_element(values.begin(), values.end());
          for (std::size_t row = 0; row < values.size(); ++row)
            {
              ASSERT_NEAR(after.at(column)[row], values[row], 1e-6 * peak) << column << ' ' << row;
            }
        }
    }

    /// An undisturbed run, and the same one gone back to two of its checkpoints. On one rank they agree to the last
    /// bit; on several, where messages of the parallel factorization arrive in any order, no two runs do.
    void goes_on_as_if_nothing_had_happened(const Settings &settings)
    {
      const StoredRun run(settings);
      ASSERT_EQ(run.run({}), "");
      const std::string history = run.history(), pvd = entries(run.path("fields.pvd"));
      const auto        names = run.checkpoints();
      ASSERT_GE(names.size(), 3u);
      for (const std::size_t n : {names.size() / 2, std::size_t(0)})
        {
          run.lose_checkpoints_after(n);
          ASSERT_EQ(run.run({true}), "") << names[n];
          if (test::number_of_ranks() == 1)
            {
              EXPECT_EQ(run.history(), history) << names[n];
              EXPECT_EQ(entries(run.path("fields.pvd")), pvd) << names[n];
            }
          else
            expect_alike(run.history(), history);
        }
    }

    void goes_on_on_one_rank(const Settings &settings)
    {
      const StoredRun run(settings);
      ASSERT_EQ(run.run({}), "");
      const std::string history = run.history();
      run.lose_checkpoints_after(1);
      ASSERT_EQ(run.restart_on_one_rank(), "");
      expect_alike(run.history(), history);
    }
  } // namespace

  TEST(Checkpoint, ARunThatIsKilledGoesOnAsIfNothingHadHappened)
  {
    goes_on_as_if_nothing_had_happened(band);
  }

  TEST(Checkpoint, WithAMeshThatChangesAndFreeVolumeThatDiffuses)
  {
    goes_on_as_if_nothing_had_happened(band + adaptive_diffusion);
  }

  TEST(Checkpoint, InThreeDimensions)
  {
    goes_on_as_if_nothing_had_happened(changed(band + adaptive_diffusion, solid));
  }

  TEST(Checkpoint, GoesOnOnAnotherNumberOfRanks)
  {
    goes_on_on_one_rank(band);
    goes_on_on_one_rank(band + adaptive_diffusion);
    goes_on_on_one_rank(changed(band + adaptive_diffusion, solid));
  }

  TEST(Checkpoint, OnlyTheLastAreKept)
  {
    Settings few = band;
    few.back()   = "Checkpoint/Keep=2";
    const StoredRun run(few);
    ASSERT_EQ(run.run({}), "");
    EXPECT_EQ(run.checkpoints().size(), 2u);
  }

  TEST(Checkpoint, ADamagedOneIsPassedOver)
  {
    const StoredRun run(band);
    ASSERT_EQ(run.run({}), "");
    const std::string history = run.history();
    run.lose_checkpoints_after(4);
    const auto names = run.checkpoints();
    ASSERT_EQ(names.size(), 5u);
    const auto damage = [&](const std::size_t n, const std::string &file, const auto &how) {
      on_root([&]() { how(run.path("checkpoint/" + names[n] + '/' + file)); });
    };
    damage(4, "cells_00000.bin", [](const std::string &file) { fs::resize_file(file, fs::file_size(file) - 1); });
    damage(3, "run.bin", [](const std::string &file) { // one bit
      std::fstream stream(file, std::ios::binary | std::ios::in | std::ios::out);
      stream.seekg(100);
      const char byte = static_cast<char>(stream.get() ^ 4);
      stream.seekp(100);
      stream.put(byte);
    });
    damage(2, "manifest.json", [](const std::string &file) { fs::remove(file); });
    testing::internal::CaptureStderr();
    ASSERT_EQ(run.run({true}), "");
    const std::string problems = testing::internal::GetCapturedStderr();
    for (const std::size_t n : {2, 3, 4})
      if (is_root())
        {
          EXPECT_NE(problems.find(names[n] + " is skipped"), std::string::npos) << problems;
        }
    expect_alike(run.history(), history);
  }

  TEST(Checkpoint, WithoutOneThereIsNoRestart)
  {
    const StoredRun run(band);
    EXPECT_NE(run.run({true}).find("no undamaged checkpoint"), std::string::npos);
    EXPECT_FALSE(fs::exists(run.path("history.csv")));
  }

  TEST(Checkpoint, IsNotUsedForAnotherProblem)
  {
    const Deck before = deck_with(band);
    const auto after  = [&](const Settings &more) { return differences(before, deck_with(changed(band, more))); };
    EXPECT_TRUE(after({"Output/Fields interval=0", "Time stepping/Tolerance=1e-6", "Checkpoint/Keep=1"}).empty());
    EXPECT_TRUE(after({"Loading/Program=rate 1e-3 until stress 13; stress 13 until strain 0.09; rate 1e-4 until "
                       "strain 0.2; hold for 10"})
                  .empty());
    // where a file is does not count (what is in it does, see below), but whether there is one
    const Settings here = {"Specimen/Mesh file=/here/a.msh"}, there = {"Specimen/Mesh file=/there/a.msh"};
    EXPECT_TRUE(differences(deck_with(changed(band, here)), deck_with(changed(band, there))).empty());
    EXPECT_EQ(after(there).size(), 1u);
    const auto different = after({"Material/Temperature=0.91",
                                  "Specimen/Degree=2",
                                  "Loading/Program=rate 2e-3 until stress 13; stress 13 until strain 0.09"});
    ASSERT_EQ(different.size(), 3u);
    EXPECT_NE(different[0].find("Material/Temperature = 0.91"), std::string::npos);
    EXPECT_NE(different[0].find("'0.9'"), std::string::npos);
    EXPECT_NE(different[1].find("Loading/Program"), std::string::npos);
  }

  TEST(Checkpoint, IsNotUsedIfAFileThatTheRunBeganWithHasChanged)
  {
    if (dealii::Utilities::MPI::this_mpi_process(MPI_COMM_WORLD) != 0)
      return;
    const ScratchDirectory scratch;
    Deck                   deck;
    EXPECT_TRUE(input_files(deck).empty());
    deck.grid_field.file       = scratch.write("grid.csv", "x,value\n0,0.05\n1,0.06\n");
    const FileChecksums before = input_files(deck);
    EXPECT_TRUE(changed_files(deck, before).empty());
    scratch.write("grid.csv", "x,value\n0,0.05\n1,0.07\n");
    ASSERT_EQ(changed_files(deck, before).size(), 1u);
    EXPECT_NE(changed_files(deck, before)[0].find("Grid field/File = "), std::string::npos);
  }

  TEST(Checkpoint, ALongerProgramGoesOnWhereTheShorterEnded)
  {
    Settings whole = band, part = band;
    whole[3] = "Loading/Program=rate 1e-4 until strain 0.08; hold for 10";
    part[3]  = "Loading/Program=rate 1e-4 until strain 0.04";
    const StoredRun run(part), uninterrupted(whole);
    ASSERT_EQ(run.run({}), "");
    ASSERT_EQ(run.run({true}, {whole[3]}), "");
    ASSERT_EQ(uninterrupted.run({}), "");
    const auto joined = test::read_history(run.history()), exact = test::read_history(uninterrupted.history());
    // another step in between, at the end of the shorter program: no more than the errors of steps
    EXPECT_NEAR(joined.at("strain").back(), 0.08, 1e-12);
    EXPECT_NEAR(joined.at("stress").back(), exact.at("stress").back(), 1e-4 * 17.);
    EXPECT_NEAR(joined.at("work").back(), exact.at("work").back(), 1e-4 * exact.at("work").back());
    for (std::size_t row = 1; row < joined.at("time").size(); ++row)
      EXPECT_GT(joined.at("time")[row], joined.at("time")[row - 1]);
  }

  TEST(Checkpoint, AnEndThatLiesBehindIsRefusedAndNothingIsWritten)
  {
    Settings part = band;
    part[3]       = "Loading/Program=rate 1e-4 until strain 0.04";
    const StoredRun run(part);
    ASSERT_EQ(run.run({}), "");
    const std::string history = run.history();
    for (const std::string end : {"strain 0.03", "stress 2", "strain 0.03; hold for 10"})
      {
        const std::string problem = run.run({true}, {"Loading/Program=rate 1e-4 until " + end});
        EXPECT_NE(problem.find("which is beyond its end"), std::string::npos) << end << ": " << problem;
      }
    EXPECT_EQ(run.history(), history);
    EXPECT_TRUE(fs::exists(run.path("summary.json")));
    EXPECT_EQ(run.run({true}, {"Loading/Program=rate 1e-4 until stress 10"}), "");
  }

  TEST(Checkpoint, ANewRunDoesNotTakeThoseOfAnEarlierOne)
  {
    const StoredRun run(band);
    ASSERT_EQ(run.run({}), "");
    const auto names = run.checkpoints();
    ASSERT_EQ(run.run({}), "");
    EXPECT_TRUE(fs::exists(run.path("previous/checkpoint/" + names[0])));
    EXPECT_EQ(run.checkpoints(), names);
  }

  TEST(CheckpointStore, LeavesTheEarlierOnesIfAFileCannotBeWritten)
  {
    const ScratchDirectory scratch;
    const std::string      directory = dealii::Utilities::MPI::broadcast(MPI_COMM_WORLD, scratch.path("output"));
    const FileChecksums    inputs{{"Specimen/Mesh file", {17, 4}}};
    CheckpointStore        store(directory, 1, inputs, MPI_COMM_WORLD);
    const auto             nothing = [](CheckedFile &file) { // as a rank without cells has it
      file.write("cells", 5);
      file.write(nullptr, 0);
    };
    store.write({7, 1., 0.1}, Deck(), nothing, nothing);
    const auto fails = [](CheckedFile &) { throw WriteError("disk full"); };
    EXPECT_THROW(store.write({8, 2., 0.2}, Deck(), fails, nothing), WriteError);
    EXPECT_THROW(store.write({8, 2., 0.2}, Deck(), nothing, fails), WriteError);
    const auto found = store.latest();
    ASSERT_TRUE(found);
    EXPECT_EQ(found->label.step, 7u);
    EXPECT_EQ(found->ranks, dealii::Utilities::MPI::n_mpi_processes(MPI_COMM_WORLD));
    if (dealii::Utilities::MPI::this_mpi_process(MPI_COMM_WORLD) == 0)
      {
        EXPECT_TRUE(found->inputs == inputs);
      }
    EXPECT_TRUE(store.skipped().empty());
    wait_for_all();
  }

  TEST(StopRequest, IsMadeBySignalsAndByTheClock)
  {
    StopRequest stop(0., MPI_COMM_WORLD);
    stop.note_step();
    EXPECT_EQ(stop.reason(), "");
    if (is_root()) // on one rank: all of them leave
      std::raise(SIGTERM);
    stop.note_step();
    EXPECT_NE(stop.reason(), "");
    StopRequest short_time(1e-3, MPI_COMM_WORLD);
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    short_time.note_step();
    EXPECT_NE(short_time.reason().find("time limit"), std::string::npos);
    StopRequest long_time(1e3, MPI_COMM_WORLD);
    long_time.note_step();
    EXPECT_EQ(long_time.reason(), "");
  }

  TEST(StopRequest, LeavesACheckpointFromWhichTheRunGoesOn)
  {
    const StoredRun run(band);
    ASSERT_EQ(run.run({false, 1e-3}), "");
    ASSERT_EQ(run.checkpoints().size(), 1u);
    EXPECT_FALSE(fs::exists(run.path("summary.json")));
    ASSERT_EQ(run.run({true}), "");
    EXPECT_TRUE(fs::exists(run.path("summary.json")));
    EXPECT_NEAR(test::read_history(run.history()).at("strain").back(), 0.12, 1e-12);
  }
} // namespace revitra

#include "tests/fem/mechanics/mechanics_fixture.h"
#include "tests/fem/simulation/simulation_runs.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>

// Specimens whose free volume diffuses against the curves in tests/reference: layers with one stress, by another method
// of another code, extrapolated to 4e-8 (constant diffusivity) and 2e-6 (diffusion length) of the peak in stress.
namespace revitra
{
  using namespace dealii;
  using test::run_with;
  using test::Settings;
  using test::SpecimenRun;
  using test::operator+;

  namespace
  {
    struct ReferenceTable
    {
      Settings                                   settings;
      std::map<std::string, std::vector<double>> columns;
    };

    ReferenceTable reference(const std::string &name)
    {
      std::ifstream  file(std::string(REVITRA_SOURCE_DIR) + "/tests/reference/" + name + ".csv");
      ReferenceTable table;
      std::string    text;
      for (std::string line; std::getline(file, line);)
        if (line[0] == '#')
          table.settings.push_back(line.substr(2));
        else
          text += line + '\n';
      table.columns = test::read_history(text);
      return table;
    }

    /// The cubic through the four entries of (x, y), ascending in x, around `at`.
    double interpolated(const std::vector<double> &x, const std::vector<double> &y, const double at)
    {
      const std::ptrdiff_t after = std::lower_bound(x.begin(), x.end(), at) - x.begin();
      const std::ptrdiff_t first = std::clamp<std::ptrdiff_t>(after - 2, 0, std::ptrdiff_t(x.size()) - 4);
      double               sum   = 0.;
      for (std::ptrdiff_t i = first; i < first + 4; ++i)
        {
          double weight = 1.;
          for (std::ptrdiff_t j = first; j < first + 4; ++j)
            if (j != i)
              weight *= (at - x[j]) / (x[i] - x[j]);
          sum += weight * y[i];
        }
      return sum;
    }

    Settings column_of(const unsigned int rows, const unsigned int degree = 2)
    {
      return {"Specimen/Size=0.05, 1",
              "Specimen/Subdivisions=1, " + std::to_string(rows),
              "Specimen/Degree=" + std::to_string(degree),
              "Output/Fields interval=0"};
    }

    /// Largest difference from the reference in `column` over its peak.
    double error(const SpecimenRun &run, const ReferenceTable &exact, const std::string &column)
    {
      const std::vector<double> &strain = exact.columns.at("strain"), &value = exact.columns.at(column);
      double                     largest = 0., peak = 0.;
      for (std::size_t i = 0; i < strain.size(); ++i)
        {
          largest = std::max(largest, std::abs(interpolated(run["strain"], run[column], strain[i]) - value[i]));
          peak    = std::max(peak, std::abs(value[i]));
        }
      return largest / peak;
    }
  } // namespace

  TEST(DiffusingSpecimen, FollowsTheLayersWithConstantDiffusivity)
  {
    // The band is 0.09 wide: with degree 2, four cells, ten points. What is claimed is the 1e-3; 5e-5 is seen.
    const ReferenceTable exact = reference("band_diffusion");
    const SpecimenRun    run   = run_with(exact.settings + column_of(40));
    ASSERT_EQ(run.problem, "");
    EXPECT_LT(error(run, exact, "stress"), 2e-4);
    EXPECT_LT(error(run, exact, "free_volume"), 2e-4);
    EXPECT_LT(error(run, exact, "eed"), 2e-4);
    EXPECT_LT(test::energy_error(run), 1e-4);
    // second order or better
    const SpecimenRun linear = run_with(exact.settings + column_of(80, 1)),
                      finer  = run_with(exact.settings + column_of(160, 1));
    EXPECT_GT(error(linear, exact, "stress"), 3.5 * error(finer, exact, "stress"));
    EXPECT_LT(error(finer, exact, "stress"), 5e-3);
  }

  TEST(DiffusingSpecimen, FollowsTheLayersWithADiffusionLength)
  {
    // At the edge of the band the diffusivity falls by three orders of magnitude; what converges is slower there.
    const ReferenceTable exact = reference("band_length");
    const SpecimenRun    run   = run_with(exact.settings + column_of(80));
    ASSERT_EQ(run.problem, "");
    EXPECT_LT(error(run, exact, "stress"), 1e-3);
    EXPECT_LT(error(run, exact, "free_volume"), 1e-3);
  }

  TEST(DiffusingSpecimen, HasTheProfileOfTheLayers)
  {
    const ReferenceTable exact = reference("band_profile");
    Parameters           glass;
    glass.constant_diffusivity = 1e-5;
    Deck::Specimen box         = test::unit_box<2>({1, 40});
    box.size                   = {0.05, 1.};
    test::Mechanics<2> mechanics(box, "0.05+0.0005*exp(-100*(y-0.5)^2)", glass);
    ASSERT_EQ(mechanics.take_steps(mechanics.shearing(1e-4), 12.5, 120), 120u) << mechanics.reason;

    std::map<double, double> profile;
    mechanics.for_each_point([&](const std::size_t p, const Point<2> &place) {
      profile[place[1]] = mechanics.history.state[p].free_volume();
    });
    for (const auto &other : Utilities::MPI::all_gather(MPI_COMM_WORLD, profile))
      profile.insert(other.begin(), other.end());
    std::vector<double> y, xi;
    for (const auto &[place, value] : profile)
      if (y.empty() || place > y.back() + 1e-9) // points of one height are there once
        {
          y.push_back(place);
          xi.push_back(value);
        }
    const auto &heights = exact.columns.at("y"), &values = exact.columns.at("diffusivity_0.15");
    for (std::size_t i = 0; i < heights.size(); ++i)
      EXPECT_NEAR(interpolated(y, xi, heights[i]), values[i], 1e-3 * values[i]) << heights[i]; // 1e-2 was asked
    EXPECT_NEAR(mechanics.step.stress(),
                interpolated(reference("band_diffusion").columns.at("strain"),
                             reference("band_diffusion").columns.at("stress"),
                             0.15),
                2e-3);
  }

  TEST(DiffusingSpecimen, FollowsTheLayersOnAMeshThatFollowsTheBand)
  {
    const ReferenceTable exact = reference("band_diffusion");
    const SpecimenRun    run =
      run_with(exact.settings + column_of(10) + Settings{"Adaptivity/Levels=2", "Adaptivity/Refine above=0.05"});
    ASSERT_EQ(run.problem, "");
    EXPECT_LT(error(run, exact, "stress"), 1e-3);
    EXPECT_GT(run.number("mesh_changes"), 0.);
    EXPECT_LT(run.number("mesh_drift"), 1e-3);
  }

  TEST(DiffusingSpecimen, WhereNothingDiffersIsThePoint)
  {
    // A uniform free volume has nothing to diffuse; the field then is a roundabout way to solve the law, with the
    // tolerance of Newton's method between the two.
    for (const char *program : {"Loading/Program=rate 1e-4 until strain 0.2",
                                "Loading/Program=rate 1e-2 until stress 12.5; stress 12.5 until strain 0.2",
                                "Loading/Program=rate 1e-4 until strain 0.1; hold for 200, temperature to 0.95"})
      {
        const Settings    box   = {"Specimen/Subdivisions=2, 2", "Output/Fields interval=0", program};
        const SpecimenRun local = run_with(box);
        const SpecimenRun diffusing =
          run_with(box + Settings{"Material/Constant diffusivity=1e-4", "Material/Diffusion length=0.1"});
        ASSERT_EQ(diffusing.size(), local.size()) << program;
        for (const char *column : {"stress", "strain", "free_volume", "free_volume_max", "st_bias", "eed_mean"})
          for (std::size_t row = 0; row < local.size(); ++row)
            ASSERT_NEAR(diffusing[column][row], local[column][row], 1e-7 * local.peak(column)) << column << program;
      }
  }

  TEST(DiffusingSpecimen, WhereNothingDiffersIsThePointHoweverFastItDiffuses)
  {
    // Rounding of fluxes must not hide what is not in balance: 1e-10 is seen, and was 1e-3 to 1e-2.
    const auto run = [](const std::string &program, const std::string &diffusivity) {
      return run_with({"Specimen/Subdivisions=4, 4",
                       "Output/Fields interval=0",
                       "Loading/Program=" + program,
                       "Material/Constant diffusivity=" + diffusivity});
    };
    for (const auto &[program, diffusivity] :
         {std::pair("rate 1e-4 until strain 0.1; hold for 1e10", "1"), std::pair("rate 1e-4 until strain 0.2", "1e6")})
      {
        const SpecimenRun local = run(program, "0"), diffusing = run(program, diffusivity);
        for (const char *column : {"stress", "free_volume", "free_volume_max", "st_sum"})
          EXPECT_NEAR(diffusing.last(column), local.last(column), 1e-7 * local.peak(column)) << column << program;
      }
  }

  TEST(DiffusingSpecimen, FastDiffusionMakesTheGlassUniform)
  {
    // Creep in 3-D, of a specimen that at once becomes one of the mean free volume 0.0505.
    const Settings    box = {"Specimen/Dimension=3",
                             "Specimen/Size=1, 1, 1",
                             "Specimen/Subdivisions=1, 4, 1",
                             "Specimen/Degree=1",
                             "Output/Fields interval=0",
                             "Loading/Program=rate 1e-3 until stress 13; stress 13 until strain 0.15"};
    const SpecimenRun fast =
      run_with(box + Settings{"Material/Initial free volume=0.05+0.001*y", "Material/Constant diffusivity=1e3"});
    const SpecimenRun uniform = run_with(box + Settings{"Material/Initial free volume=0.0505"});
    EXPECT_NEAR(fast.last("time"), uniform.last("time"), 1e-3 * uniform.last("time"));
    EXPECT_NEAR(fast.last("free_volume"), uniform.last("free_volume"), 1e-4 * uniform.last("free_volume"));
    EXPECT_NEAR(fast.last("free_volume_max"), fast.last("free_volume_min"), 1e-6);
  }

  TEST(DiffusingSpecimen, SaysWhenTheMeshIsTooCoarseForItsBand)
  {
    const Settings    band  = {"Material/Initial free volume=0.05+0.005*exp(-((y-0.5)/0.05)^2)",
                               "Loading/Program=rate 1e-4 until strain 0.15"};
    const SpecimenRun local = run_with(band + column_of(16, 1));
    EXPECT_NE(local.summary.get<std::string>("note", "").find("Diffusion length"), std::string::npos);
    const SpecimenRun coarse = run_with(band + column_of(16, 1) + Settings{"Material/Diffusion length=0.01"});
    EXPECT_NE(coarse.summary.get<std::string>("note", "").find("refine"), std::string::npos);
    const SpecimenRun resolved = run_with(band + column_of(64, 1) + Settings{"Material/Constant diffusivity=1e-5"});
    EXPECT_EQ(resolved.summary.count("note"), 0u);
    // it localizes between two looks, and ends
    const SpecimenRun ends =
      run_with(column_of(80) + Settings{"Material/Initial free volume=0.05+0.0005*exp(-100*(y-0.5)^2)",
                                        "Loading/Program=rate 1e-4 until strain 0.12"});
    EXPECT_EQ(ends.summary.count("note"), 1u);
  }
} // namespace revitra

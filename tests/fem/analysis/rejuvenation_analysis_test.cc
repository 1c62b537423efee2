#include "fem/analysis/rejuvenation_analysis.h"
#include "fem/parallel/collective.h"
#include "tests/base/scratch_directory.h"
#include "tests/fem/analysis/analyzed_specimen.h"

#include <gtest/gtest.h>

#include <cmath>

namespace revitra
{
  using dealii::Point;
  using test::AnalyzedSpecimen;
  using test::PointHistory;

  namespace
  {
    /// Rounding of sums, which differs between numbers of ranks.
    constexpr double rounding = 1e-12;

    /// A box of unit edges with 25 rows of cells between the platens, partly refined: volumes of points differ.
    template <int dim>
    struct Rows : AnalyzedSpecimen<dim>
    {
      Rows()
        : AnalyzedSpecimen<dim>(box(), [](const Point<dim> &center) { return center[0] < 0.5 && center[1] > 0.3; })
      {}

      static Deck::Specimen box()
      {
        Deck::Specimen box  = test::small_box<dim>(test::periodic);
        box.size            = std::vector<double>(dim, 1.);
        box.subdivisions    = std::vector<unsigned int>(dim, 2);
        box.subdivisions[1] = 25;
        return box;
      }

      RejuvenationMeasures measures() const
      {
        return rejuvenation_measures(this->materials, this->history, this->weights, MPI_COMM_WORLD);
      }

      LocalEnergy energy(const double of_curve) const
      {
        return local_energy(this->materials, this->history, this->weights, of_curve, MPI_COMM_WORLD);
      }

      std::vector<RejuvenationBin> histogram() const
      {
        return rejuvenation_histogram(this->materials, this->history, this->weights, MPI_COMM_WORLD);
      }
    };

    template <typename T>
    class RejuvenationAnalysis : public testing::Test
    {
    };

    using Dimensions = testing::Types<std::integral_constant<int, 2>, std::integral_constant<int, 3>>;
  } // namespace

  TYPED_TEST_SUITE(RejuvenationAnalysis, Dimensions);

  TYPED_TEST(RejuvenationAnalysis, Homogeneous)
  {
    Rows<TypeParam::value> rows;
    rows.set([](const auto &) { return PointHistory{1.3, 2., 0.7, 0.4}; });
    const RejuvenationMeasures measures = rows.measures();
    EXPECT_NEAR(measures.rejuvenated_fraction, 1., rounding);
    EXPECT_EQ(measures.aged_fraction, 0.);
    EXPECT_NEAR(measures.strain_share, 0.05, rounding);
    EXPECT_NEAR(measures.strain_participation, 1., rounding);
    EXPECT_NEAR(measures.work_share, 0.05, rounding);
    EXPECT_NEAR(measures.work_participation, 1., rounding);
    EXPECT_TRUE(std::isnan(measures.correlation)) << measures.correlation;
  }

  TYPED_TEST(RejuvenationAnalysis, NothingToTellBeforeAnythingFlows)
  {
    Rows<TypeParam::value> rows;
    rows.set([](const auto &) { return PointHistory{1., 0., 0., 0.}; });
    const RejuvenationMeasures measures = rows.measures();
    EXPECT_EQ(measures.rejuvenated_fraction, 0.);
    EXPECT_EQ(measures.aged_fraction, 0.);
    for (const double value : {measures.strain_share,
                               measures.strain_participation,
                               measures.work_share,
                               measures.work_participation,
                               measures.correlation})
      {
        EXPECT_TRUE(std::isnan(value)) << value;
      }
  }

  TYPED_TEST(RejuvenationAnalysis, ChangesWithinTheToleranceAreNone)
  {
    Rows<TypeParam::value> rows;
    rows.set([](const auto &x) { return PointHistory{x[1] < 0.4 ? 1.0009 : x[1] < 0.6 ? 1.0011 : 0.9989}; });
    const RejuvenationMeasures measures = rows.measures();
    EXPECT_NEAR(measures.rejuvenated_fraction, 0.2, rounding);
    EXPECT_NEAR(measures.aged_fraction, 0.4, rounding);
  }

  TYPED_TEST(RejuvenationAnalysis, TwoLayers)
  {
    // One row of 25 flows ten times as fast as the others, and is worked three times as much.
    Rows<TypeParam::value> rows;
    rows.set([](const auto &x) {
      return x[1] > 0.4 && x[1] < 0.44 ? PointHistory{1.5, 3., 10., 3.} : PointHistory{0.9, 1., 1., 1.};
    });
    const RejuvenationMeasures measures = rows.measures();
    EXPECT_NEAR(measures.rejuvenated_fraction, 0.04, rounding);
    EXPECT_NEAR(measures.aged_fraction, 0.96, rounding);
    EXPECT_NEAR(measures.strain_share, (0.04 * 10. + 0.01) / (0.04 * 10. + 0.96), rounding);
    EXPECT_NEAR(measures.strain_participation, std::pow(0.04 * 10. + 0.96, 2) / (0.04 * 100. + 0.96), rounding);
    EXPECT_NEAR(measures.work_share, (0.04 * 3. + 0.01) / (0.04 * 3. + 0.96), rounding);
    EXPECT_NEAR(measures.work_participation, std::pow(0.04 * 3. + 0.96, 2) / (0.04 * 9. + 0.96), rounding);
    EXPECT_NEAR(measures.correlation, 1., rounding);
  }

  TYPED_TEST(RejuvenationAnalysis, AllFlowInOneRow)
  {
    Rows<TypeParam::value> rows;
    rows.set([](const auto &x) { return PointHistory{1., 0., x[1] < 0.04 ? 1e-100 : 0.}; });
    const RejuvenationMeasures measures = rows.measures();
    EXPECT_NEAR(measures.strain_share, 1., rounding);
    EXPECT_NEAR(measures.strain_participation, 0.04, rounding);
  }

  TYPED_TEST(RejuvenationAnalysis, OnlyTheMostActivePartOfALayerCounts)
  {
    // Rates 3, 2 and 1 in a row each that is 4 % of the volume.
    Rows<TypeParam::value> rows;
    rows.set([](const auto &x) { return PointHistory{1., 0., std::max(3. - std::floor(25. * x[1]), 0.)}; });
    EXPECT_NEAR(rows.measures().strain_share, (4. * 3. + 1. * 2.) / (4. * 6.), rounding);
  }

  TYPED_TEST(RejuvenationAnalysis, AgedWhereTheEnergyIs)
  {
    Rows<TypeParam::value> rows;
    rows.set([](const auto &x) { return x[1] < 0.2 ? PointHistory{0.9, 3.} : PointHistory{1.1, 1.}; });
    EXPECT_NEAR(rows.measures().correlation, -1., rounding);
  }

  TYPED_TEST(RejuvenationAnalysis, CorrelationInBetween)
  {
    // Fifths of the volume with RD 1, 2, 1, 2, 1 and EED 1, 1, 2, 2, 2
    Rows<TypeParam::value> rows;
    rows.set([](const auto &x) {
      const int fifth = static_cast<int>(5. * x[1]);
      return PointHistory{fifth % 2 == 0 ? 1. : 2., fifth < 2 ? 1. : 2.};
    });
    // RD: mean 1.4, variance 0.24; EED: mean 1.6, variance 0.24; mean of the product (1 + 2 + 2 + 4 + 2)/5
    EXPECT_NEAR(rows.measures().correlation, (2.2 - 1.4 * 1.6) / 0.24, 1e-10);
  }

  TYPED_TEST(RejuvenationAnalysis, RoundingIsNoCorrelation)
  {
    Rows<TypeParam::value> rows;
    rows.set([](const auto &x) { return PointHistory{1.2 + 1e-9 * x[1], 3. + x[1]}; });
    EXPECT_TRUE(std::isnan(rows.measures().correlation));
    rows.set([](const auto &x) { return PointHistory{1.2 + x[1], 3. + 1e-9 * x[1]}; });
    EXPECT_TRUE(std::isnan(rows.measures().correlation));
  }

  TYPED_TEST(RejuvenationAnalysis, LocalEnergy)
  {
    // EED 0, 1, 2, 3, 4 in a fifth of the volume each
    Rows<TypeParam::value> rows;
    rows.set([](const auto &x) { return PointHistory{1., std::floor(5. * x[1])}; });
    const LocalEnergy energy = rows.energy(1.6);
    EXPECT_NEAR(energy.mean, 2., rounding);
    EXPECT_NEAR(energy.mean_over_curve, 1.25, rounding);
    EXPECT_EQ(energy.quantile_05, 0.);
    EXPECT_EQ(energy.median, 2.);
    EXPECT_EQ(energy.quantile_95, 4.);
    EXPECT_TRUE(std::isnan(rows.energy(0.).mean_over_curve));
  }

  TYPED_TEST(RejuvenationAnalysis, QuantilesAtGapsAndBelowZero)
  {
    // Rows are 4 % of the volume: 5 % is reached in the second, 95 % in the last but one.
    Rows<TypeParam::value> rows;
    rows.set([](const auto &x) {
      return PointHistory{1., x[1] < 0.04 ? -2. : x[1] < 0.08 ? -1. : x[1] < 0.96 ? 0. : 7.};
    });
    const LocalEnergy energy = rows.energy(1.);
    EXPECT_EQ(energy.quantile_05, -1.);
    EXPECT_EQ(energy.quantile_95, 0.);

    AnalyzedSpecimen<TypeParam::value> halves(test::small_box<TypeParam::value>(test::open));
    halves.set([](const auto &x) { return PointHistory{1., x[1] < 1. ? 1. : 4.}; });
    EXPECT_EQ(local_energy(halves.materials, halves.history, halves.weights, 1., MPI_COMM_WORLD).median, 2.5);
  }

  TYPED_TEST(RejuvenationAnalysis, Histogram)
  {
    Rows<TypeParam::value> rows;
    rows.set([](const auto &x) {
      return x[1] < 0.2 ? PointHistory{0.9, 1.} : x[1] < 0.36 ? PointHistory{1.15, 2.} : PointHistory{1.4, 6.};
    });
    const auto bins = rows.histogram();
    ASSERT_EQ(bins.size(), 50u);
    EXPECT_NEAR(bins.front().from, 0.9, rounding);
    EXPECT_NEAR(bins.back().to, 1.4, rounding);
    double volume = 0.;
    for (unsigned int i = 0; i < bins.size(); ++i)
      {
        EXPECT_NEAR(bins[i].to - bins[i].from, 0.01, rounding);
        EXPECT_EQ(std::isnan(bins[i].eed_star), bins[i].volume_fraction == 0.) << i;
        volume += bins[i].volume_fraction;
      }
    EXPECT_NEAR(volume, 1., rounding);
    EXPECT_NEAR(bins.front().volume_fraction, 0.2, rounding);
    EXPECT_NEAR(bins.front().eed_star, 0.5, rounding);
    EXPECT_NEAR(bins[24].volume_fraction + bins[25].volume_fraction, 0.16, rounding); // on the edge between them
    EXPECT_NEAR(bins.back().volume_fraction, 0.64, rounding);
    EXPECT_NEAR(bins.back().eed_star, 3., rounding);
  }

  TYPED_TEST(RejuvenationAnalysis, HistogramOfOneValue)
  {
    Rows<TypeParam::value> rows;
    rows.set([](const auto &) { return PointHistory{1.2, 3.}; });
    const auto bins = rows.histogram();
    ASSERT_EQ(bins.size(), 50u);
    EXPECT_NEAR(bins.back().to - bins.front().from, rejuvenation_tolerance, rounding);
    EXPECT_NEAR(bins.front().volume_fraction, 1., rounding);
    EXPECT_NEAR(bins.front().eed_star, 1.5, rounding);
  }

  TEST(RejuvenationHistogram, File)
  {
    if (dealii::Utilities::MPI::this_mpi_process(MPI_COMM_WORLD) != 0)
      return;
    const ScratchDirectory scratch;
    UnitScales             scales;
    scales.strain = 0.5;
    write_histogram(scratch.path("rejuvenation.csv"), {{0.5, 1., 0.25, 3.}, {1., 1.5, 0.75, std::nan("")}}, scales);
    EXPECT_EQ(scratch.read("rejuvenation.csv"),
              "rejuvenation_low,rejuvenation_high,volume_fraction,eed_star_mean\n"
              "0.5,1,0.25,1.5\n"
              "1,1.5,0.75,nan\n");
  }

  TEST(RejuvenationHistogram, FileThatCannotBeWritten)
  {
    for (const std::string file : {"/dev/full", "/no/such/directory/rejuvenation.csv"})
      try
        {
          write_on_root(MPI_COMM_WORLD, [&]() { write_histogram(file, {{0.5, 1., 0.25, 3.}}, {}); });
          ADD_FAILURE() << "written to " << file;
        }
      catch (const WriteError &error)
        {
          EXPECT_EQ(std::string(error.what()).find(file + ": the histogram could not be written: "), 0u)
            << error.what();
        }
  }
} // namespace revitra

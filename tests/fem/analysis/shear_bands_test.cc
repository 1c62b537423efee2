#include "fem/analysis/shear_bands.h"
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
    constexpr double rounding = 1e-10;

    /// How exact bands are that do not follow rows of cells, but cut the platens obliquely.
    constexpr double degrees = 1.5, part_of_width = 0.02;

    template <int dim>
    Deck::Specimen box(const std::vector<double>       &size,
                       const std::vector<unsigned int> &subdivisions,
                       const Deck::LateralBoundary      lateral_boundary = test::periodic)
    {
      Deck::Specimen box = test::small_box<dim>(lateral_boundary);
      box.size           = size;
      box.subdivisions   = subdivisions;
      return box;
    }

    Deck::Specimen square(const Deck::LateralBoundary lateral_boundary = test::periodic)
    {
      return box<2>({1., 1.}, {32, 32}, lateral_boundary);
    }

    Deck::Specimen cube()
    {
      return box<3>({1., 1., 1.}, {16, 16, 16});
    }

    const PointHistory band{1.5, 0., 1., 10., 8.}, matrix{1.1, 0., 1., 1., 0.5};

    /// What lies in `inside` is worked ten times as much as the rest.
    template <int dim>
    ShearBands bands_where(AnalyzedSpecimen<dim> &specimen, const typename AnalyzedSpecimen<dim>::Place &inside)
    {
      specimen.set([&](const Point<dim> &x) { return inside(x) ? band : matrix; });
      return find_shear_bands(specimen.specimen.triangulation, specimen.materials, specimen.history, specimen.weights);
    }

    template <int dim>
    ShearBands bands_where(const Deck::Specimen &box, const typename AnalyzedSpecimen<dim>::Place &inside)
    {
      AnalyzedSpecimen<dim> specimen(box);
      return bands_where(specimen, inside);
    }

    /// The distance of `x` to the nearest whole number.
    double from_whole(const double x)
    {
      return std::abs(x - std::round(x));
    }

    /// The middle of what `x` is in, of `n` equal parts of a unit of length.
    double middle(const double x, const unsigned int n)
    {
      return (std::floor(n * x) + 0.5) / n;
    }
  } // namespace

  TEST(ShearBands, AreLookedForWithAnEndThoughMostOfTheSpecimenGaveWorkBack)
  {
    AnalyzedSpecimen<2> specimen(square());
    PointHistory        recoiled = matrix;
    recoiled.work                = -5.; // so that the mean is negative
    specimen.set([&](const Point<2> &x) { return x[1] > 0.375 && x[1] < 0.5 ? band : recoiled; });
    const ShearBands found =
      find_shear_bands(specimen.specimen.triangulation, specimen.materials, specimen.history, specimen.weights);
    EXPECT_LE(found.bands.size(), 1u);
  }

  TEST(ShearBands, HorizontalBand)
  {
    const ShearBands found = bands_where<2>(square(), [](const auto &x) { return x[1] > 0.375 && x[1] < 0.5; });
    EXPECT_NEAR(found.level, 5.5, rounding);
    ASSERT_EQ(found.bands.size(), 1u);
    EXPECT_NEAR(found.volume_fraction(), 0.125, rounding);
    EXPECT_NEAR(found.least_cells_across(), 4., rounding);
    const ShearBand &only = found.bands.front();
    EXPECT_NEAR(only.volume_fraction, 0.125, rounding);
    EXPECT_NEAR(only.width, 0.125, rounding);
    EXPECT_NEAR(only.cells_across, 4., rounding);
    EXPECT_NEAR(only.orientation, 0., rounding);
    EXPECT_FALSE(std::signbit(only.orientation) && only.orientation == 0.);
    EXPECT_EQ(only.tilt, 0.);
    EXPECT_NEAR(only.height, 0.4375, rounding);
    EXPECT_NEAR(only.plastic_strain, 8., rounding);
    EXPECT_NEAR(only.rejuvenation, 1.5, rounding);
  }

  TEST(ShearBands, CellsAreCountedAcross)
  {
    // cells of 0.125 × 0.02
    const ShearBands found =
      bands_where<2>(box<2>({2., 1.}, {16, 50}), [](const auto &x) { return x[1] > 0.5 && x[1] < 0.56; });
    ASSERT_EQ(found.bands.size(), 1u);
    EXPECT_NEAR(found.bands.front().width, 0.06, rounding);
    EXPECT_NEAR(found.bands.front().cells_across, 3., 1e-6);
  }

  TEST(ShearBands, TiltedBandAcrossThePeriodicSides)
  {
    // From (0.5, 0) out at (1, 0.5), in at (0, 0.5) and to (0.5, 1); or mirrored. Five diagonals of cells.
    const double width = 5. / 32. / std::sqrt(2.);
    for (const double slope : {1., -1.})
      {
        const ShearBands found =
          bands_where<2>(square(), [&](const auto &x) { return from_whole(x[0] - slope * x[1] - 0.5) < 2.5 / 32.; });
        ASSERT_EQ(found.bands.size(), 1u);
        const ShearBand &only = found.bands.front();
        EXPECT_NEAR(only.width, width, width * part_of_width);
        EXPECT_NEAR(only.cells_across, 32. * width, 32. * width * part_of_width);
        EXPECT_NEAR(only.orientation, 45. * slope, degrees);
        EXPECT_EQ(only.tilt, 0.);
        EXPECT_NEAR(only.height, 0.5, 0.01);
      }
  }

  TEST(ShearBands, TiltedBandOfSingleCells)
  {
    // that meet in vertices, out at (1, 0.5) and in at (0, 0.5) too
    const double width = 1. / 32. / std::sqrt(2.);
    for (const double slope : {1., -1.})
      {
        const ShearBands found = bands_where<2>(square(), [&](const auto &x) {
          return from_whole(middle(x[0], 32) - slope * middle(x[1], 32) - 0.5) < 0.5 / 32.;
        });
        ASSERT_EQ(found.bands.size(), 1u);
        EXPECT_NEAR(found.bands.front().width, width, width * part_of_width);
        EXPECT_NEAR(found.least_cells_across(), 32. * width, 32. * width * part_of_width);
        EXPECT_NEAR(found.bands.front().orientation, 45. * slope, degrees);
      }
  }

  TEST(ShearBands, FreeSidesDoNotConnect)
  {
    const ShearBands found = bands_where<2>(
      square(test::open), [](const auto &x) { return from_whole(x[0] - x[1] - 0.5) < 0.0625 * std::sqrt(2.); });
    ASSERT_EQ(found.bands.size(), 2u);
    for (const ShearBand &each : found.bands)
      {
        EXPECT_NEAR(each.orientation, 45., 2.); // ends are cut obliquely
        EXPECT_NEAR(each.volume_fraction, 0.5 * found.volume_fraction(), 0.005);
      }
    EXPECT_LT(found.bands[0].height * found.bands[1].height, 0.25); // one below, one above
  }

  TEST(ShearBands, OtherAngles)
  {
    // In a box of 2 × 1; a band of slope 1/2 goes around once, and from platen to platen.
    const ShearBands found = bands_where<2>(box<2>({2., 1.}, {64, 32}), [](const auto &x) {
      return from_whole(0.5 * x[0] - x[1] - 0.3) < 0.05 * std::sqrt(1.25);
    });
    ASSERT_EQ(found.bands.size(), 1u);
    EXPECT_NEAR(found.bands.front().orientation, std::atan(0.5) * 180. / M_PI, degrees);
    EXPECT_NEAR(found.bands.front().width, 0.1, 0.5 / 32.); // cells are in or out

    const ShearBands upright = bands_where<2>(square(), [](const auto &x) { return from_whole(x[0]) < 0.0625; });
    ASSERT_EQ(upright.bands.size(), 1u);
    EXPECT_NEAR(upright.bands.front().orientation, 90., 1e-6);
    EXPECT_NEAR(upright.bands.front().width, 0.125, rounding);
  }

  TEST(ShearBands, WavyBandThatClosesOnItself)
  {
    const ShearBands found = bands_where<2>(
      square(), [](const auto &x) { return std::abs(x[1] - 0.5 - 0.2 * std::sin(2. * M_PI * (x[0] - 0.1))) < 0.0625; });
    ASSERT_EQ(found.bands.size(), 1u);
    EXPECT_NEAR(found.bands.front().orientation, 0., rounding);
    EXPECT_NEAR(found.bands.front().width, 0.125, 0.25 / 32.); // as measured along y; cells are in or out
  }

  TEST(ShearBands, TwoBandsTheLargerFirst)
  {
    const ShearBands found = bands_where<2>(
      square(), [](const auto &x) { return (x[1] > 0.125 && x[1] < 0.1875) || (x[1] > 0.75 && x[1] < 0.875); });
    ASSERT_EQ(found.bands.size(), 2u);
    EXPECT_NEAR(found.bands[0].width, 0.125, rounding);
    EXPECT_NEAR(found.bands[1].width, 0.0625, rounding);
    EXPECT_NEAR(found.bands[0].height, 0.8125, rounding);
    EXPECT_NEAR(found.volume_fraction(), 0.1875, rounding);
    EXPECT_NEAR(found.least_cells_across(), 2., 1e-6);
  }

  TEST(ShearBands, OfEqualBandsTheLowerFirst)
  {
    const ShearBands found =
      bands_where<2>(square(), [](const auto &x) { return from_whole(2. * x[1] - 0.5) < 0.125; });
    ASSERT_EQ(found.bands.size(), 2u);
    EXPECT_NEAR(found.bands[0].height, 0.25, rounding);
    EXPECT_NEAR(found.bands[1].height, 0.75, rounding);
  }

  TEST(ShearBands, BlobHasNoDirection)
  {
    const ShearBands found = bands_where<2>(
      square(), [](const auto &x) { return from_whole(x[0]) < 0.125 && from_whole(x[1] - 0.5) < 0.125; });
    ASSERT_EQ(found.bands.size(), 1u);
    EXPECT_NEAR(found.bands.front().width, 0.25, rounding); // put together across the sides
    EXPECT_TRUE(std::isnan(found.bands.front().orientation));
    EXPECT_TRUE(std::isnan(found.bands.front().cells_across));
    EXPECT_TRUE(std::isnan(found.least_cells_across()));
  }

  TEST(ShearBands, SpecksAreNone)
  {
    // a single cell of 32 × 32
    const ShearBands found = bands_where<2>(square(), [](const auto &x) {
      return (x[1] > 0.375 && x[1] < 0.5) || (x[0] > 0.5 && x[0] < 0.53125 && x[1] > 0.75 && x[1] < 0.78125);
    });
    ASSERT_EQ(found.bands.size(), 1u);
    EXPECT_NEAR(found.bands.front().volume_fraction, 0.125, rounding);
  }

  TEST(ShearBands, NoneWhereFlowIsNotLocalized)
  {
    AnalyzedSpecimen<2> specimen(square());
    const auto          find = [&](const double inside, const double outside) {
      specimen.set([&](const Point<2> &x) {
        PointHistory point;
        point.work = x[1] < 0.25 ? inside : outside;
        return point;
      });
      return find_shear_bands(specimen.specimen.triangulation, specimen.materials, specimen.history, specimen.weights);
    };
    const auto none = [](const ShearBands &found) {
      return std::isnan(found.level) && found.bands.empty() && found.volume_fraction() == 0.;
    };
    EXPECT_TRUE(none(find(1., 1.)));
    EXPECT_TRUE(none(find(0., 0.)));
    EXPECT_TRUE(none(find(1.9, 1.)));
    EXPECT_FALSE(none(find(2.1, 1.)));
    const double yield_work = 2. * 2. / Parameters().shear_modulus; // σ_c²/μ
    EXPECT_TRUE(none(find(0.9 * yield_work, 0.)));
    EXPECT_FALSE(none(find(1.1 * yield_work, 0.)));
  }

  TEST(ShearBands, ThinBandInAnUnevenMatrix)
  {
    // one row of 256; seen from the mean, W is as different within the matrix as it is between matrix and band
    AnalyzedSpecimen<2> specimen(box<2>({1., 1.}, {16, 256}));
    specimen.set([](const Point<2> &x) {
      PointHistory point;
      point.work = x[1] > 0.5 && x[1] < 0.5 + 1. / 256. ? 15. : 2. * x[0];
      return point;
    });
    const ShearBands found =
      find_shear_bands(specimen.specimen.triangulation, specimen.materials, specimen.history, specimen.weights);
    ASSERT_EQ(found.bands.size(), 1u);
    EXPECT_NEAR(found.level, 8., rounding);
    EXPECT_NEAR(found.bands.front().width, 1. / 256., rounding);
    EXPECT_NEAR(found.bands.front().cells_across, 1., 1e-6);
  }

  TEST(ShearBands, WidthDoesNotDependOnTheSpecimen)
  {
    // a profile 1/cosh² of half-width 0.1, in specimens of 1 and 4 times its surroundings
    double width = 0.;
    for (const unsigned int height : {1, 4})
      {
        AnalyzedSpecimen<2> specimen(box<2>({1., 1. * height}, {2, 100 * height}));
        specimen.set([](const Point<2> &x) {
          PointHistory point;
          point.work = 5. * std::pow(std::cosh((x[1] - 0.5) / 0.05), -2);
          return point;
        });
        const ShearBands found =
          find_shear_bands(specimen.specimen.triangulation, specimen.materials, specimen.history, specimen.weights);
        ASSERT_EQ(found.bands.size(), 1u);
        EXPECT_NEAR(found.level, 0.36 * 5., 0.05 * 5.);
        if (height == 1)
          {
            width = found.bands.front().width;
          }
        EXPECT_NEAR(found.bands.front().width, width, 0.011); // not a cell more on each side
      }
  }

  TEST(ShearBands, HangingNodes)
  {
    // The refined half meets the coarse one in the middle and across the periodic sides.
    AnalyzedSpecimen<2> specimen(square(), [](const auto &center) { return center[0] < 0.5; });
    const ShearBands    flat = bands_where<2>(specimen, [](const auto &x) { return x[1] > 0.375 && x[1] < 0.5; });
    ASSERT_EQ(flat.bands.size(), 1u);
    EXPECT_NEAR(flat.bands.front().width, 0.125, rounding);
    EXPECT_NEAR(flat.bands.front().orientation, 0., rounding);
    EXPECT_NEAR(flat.bands.front().cells_across, 0.125 * std::sqrt(0.5 * (32. * 32. + 64. * 64.)), 1e-6);

    const ShearBands tilted =
      bands_where<2>(specimen, [](const auto &x) { return from_whole(x[0] - x[1] - 0.25) < 2.4 / 32.; });
    ASSERT_EQ(tilted.bands.size(), 1u);
    // five diagonals of coarse cells, nine of fine ones
    const double width = 0.5 * (5. / 32. + 9. / 64.) / std::sqrt(2.);
    EXPECT_NEAR(tilted.bands.front().width, width, width * part_of_width);
    EXPECT_NEAR(tilted.bands.front().orientation, 45., degrees);

    // fine and coarse cells that meet across the periodic sides only
    const ShearBands blob =
      bands_where<2>(specimen, [](const auto &x) { return from_whole(x[0]) < 0.125 && std::abs(x[1] - 0.5) < 0.125; });
    ASSERT_EQ(blob.bands.size(), 1u);
    EXPECT_NEAR(blob.bands.front().width, 0.25, rounding);
  }

  TEST(ShearBands, HangingNodesIn3D)
  {
    AnalyzedSpecimen<3> specimen(box<3>({1., 1., 1.}, {8, 8, 8}), [](const auto &center) { return center[2] < 0.5; });
    const ShearBands    found = bands_where<3>(specimen, [](const auto &x) { return x[1] > 0.25 && x[1] < 0.5; });
    ASSERT_EQ(found.bands.size(), 1u);
    EXPECT_NEAR(found.bands.front().width, 0.25, rounding);
    EXPECT_NEAR(found.bands.front().orientation, 0., rounding);

    // fine and coarse cells that meet across the periodic sides only
    const ShearBands across =
      bands_where<3>(specimen, [](const auto &x) { return x[1] > 0.25 && x[1] < 0.5 && from_whole(x[2]) < 0.25; });
    ASSERT_EQ(across.bands.size(), 1u);
    EXPECT_NEAR(across.bands.front().width, 0.25, rounding);
  }

  TEST(ShearBands, HorizontalBandIn3D)
  {
    const ShearBands found =
      bands_where<3>(box<3>({2., 1., 3.}, {4, 16, 6}), [](const auto &x) { return x[1] > 0.375 && x[1] < 0.5; });
    ASSERT_EQ(found.bands.size(), 1u);
    const ShearBand &only = found.bands.front();
    EXPECT_NEAR(only.width, 0.125, rounding);
    EXPECT_NEAR(only.cells_across, 2., 1e-6);
    EXPECT_NEAR(only.orientation, 0., rounding);
    EXPECT_NEAR(only.tilt, 0., rounding);
    EXPECT_NEAR(only.volume_fraction, 0.125, rounding);
  }

  TEST(ShearBands, TiltedBandsIn3D)
  {
    struct Case
    {
      Point<3> normal; ///< not of length one
      double   orientation, tilt;
    };
    // About z, about x, and about both: the last closes on itself along (1, 0, -1). Five layers of cells.
    for (const Case &each : {Case{{1., -1., 0.}, 45., 0.},
                             Case{{0., 1., 1.}, 0., 45.},
                             Case{{1., 1., 1.}, -45., std::asin(std::sqrt(1. / 3.)) * 180. / M_PI}})
      {
        const Point<3>   through(0.03125, 0.28125, 0.03125); // the center of a cell
        const ShearBands found =
          bands_where<3>(cube(), [&](const auto &x) { return from_whole(each.normal * (x - through)) < 2.5 / 16.; });
        const double width = 5. / 16. / each.normal.norm();
        ASSERT_EQ(found.bands.size(), 1u);
        const ShearBand &only = found.bands.front();
        EXPECT_NEAR(only.width, width, width * 2. * part_of_width);
        EXPECT_NEAR(only.orientation, each.orientation, 2. * degrees);
        EXPECT_NEAR(only.tilt, each.tilt, 2. * degrees);
      }
  }

  TEST(ShearBands, TiltedBandOfSingleCellsIn3D)
  {
    // about z, of rows of cells that meet in edges; and its half with the refined cells, of which two meet one
    const auto diagonal = [](const auto &x) {
      return from_whole(middle(x[0], 16) - middle(x[1], 16) - 0.5) < 0.5 / 16.;
    };
    const ShearBands found = bands_where<3>(cube(), diagonal);
    ASSERT_EQ(found.bands.size(), 1u);
    EXPECT_NEAR(found.bands.front().cells_across, std::sqrt(0.5), 2. * part_of_width);
    EXPECT_NEAR(found.bands.front().orientation, 45., 2. * degrees);

    AnalyzedSpecimen<3> specimen(cube(), [](const auto &center) { return center[2] < 0.5; });
    ASSERT_EQ(bands_where<3>(specimen, diagonal).bands.size(), 1u);
  }

  TEST(ShearBands, UprightBandAcrossTheSheetIn3D)
  {
    // parallel to the x-y plane, in which it has no trace
    const ShearBands found = bands_where<3>(cube(), [](const auto &x) { return from_whole(x[2]) < 0.125; });
    ASSERT_EQ(found.bands.size(), 1u);
    EXPECT_TRUE(std::isnan(found.bands.front().orientation));
    EXPECT_NEAR(found.bands.front().tilt, 90., 1e-4);
    EXPECT_NEAR(found.bands.front().width, 0.25, rounding);
  }
} // namespace revitra

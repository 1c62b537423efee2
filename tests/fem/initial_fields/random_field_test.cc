#include "fem/initial_fields/random_field.h"
#include "material/base/errors.h"
#include "tests/fem/discretization/test_specimen.h"
#include "tests/fem/parallel/ranks.h"

#include <deal.II/base/mpi.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <numeric>

namespace revitra
{
  using namespace dealii;
  using test::number_of_ranks;
  using test::small_box;
  using test::TestSpecimen;

  namespace
  {
    constexpr double infinity = std::numeric_limits<double>::infinity();

    template <int dim>
    using Settings = typename RandomField<dim>::Settings;

    template <int dim>
    Settings<dim> settings_of(const double correlation_length, const std::uint64_t seed = 1)
    {
      Settings<dim> settings;
      settings.correlation_length = correlation_length;
      settings.seed               = seed;
      return settings;
    }

    /// The box from the origin to `corner`.
    template <int dim>
    BoundingBox<dim> box_to(const Point<dim> &corner)
    {
      return BoundingBox<dim>({Point<dim>(), corner});
    }

    /// The problems that `settings` are refused with in the unit box.
    template <int dim>
    std::vector<std::string> problems_of(const Settings<dim> &settings)
    {
      Point<dim> corner;
      for (unsigned int d = 0; d < dim; ++d)
        corner[d] = 1.;
      try
        {
          RandomField<dim>(settings, box_to(corner));
        }
      catch (const DeckError &error)
        {
          return error.problems();
        }
      return {};
    }

    /// Fields of many seeds, at many sites so far apart (5ℓ, ρ = 4e-6) that they are as good as independent. So the
    /// average of n numbers, of standard deviation s, is known to s/√n; tests allow for four times that.
    constexpr double n_deviations = 4.;
    constexpr double distance     = 5.07; ///< between sites, in ℓ; such that they are anywhere between lattice nodes

    /// Values at a site and at some lags from it: lag by lag, all sites of all seeds.
    using Samples = std::vector<std::vector<double>>;

    /// Samples of `settings` with seeds from 1 to `n_seeds`, which the ranks share out, at n_sites[d] sites in each
    /// direction.
    template <int dim>
    Samples draw_samples(Settings<dim>                        settings,
                         const unsigned int                   n_seeds,
                         const std::array<unsigned int, dim> &n_sites,
                         const std::vector<Tensor<1, dim>>   &lags)
    {
      const double step = distance * settings.correlation_length;
      Point<dim>   lower;
      Point<dim>   upper;
      for (unsigned int d = 0; d < dim; ++d)
        {
          lower[d] = -4. * settings.correlation_length; // no lag is longer
          upper[d] = n_sites[d] * step;
        }
      Samples samples(lags.size());
      for (unsigned int seed = 1; seed <= n_seeds; ++seed)
        if (seed % number_of_ranks() == Utilities::MPI::this_mpi_process(MPI_COMM_WORLD))
          {
            settings.seed = seed;
            const RandomField<dim> field(settings, BoundingBox<dim>({lower, upper}));
            for (unsigned int i = 0; i < n_sites[0]; ++i)
              for (unsigned int j = 0; j < n_sites[1]; ++j)
                for (unsigned int k = 0; k < (dim == 3 ? n_sites[dim - 1] : 1); ++k)
                  {
                    Point<dim> site;
                    site[0] = i * step;
                    site[1] = j * step;
                    if (dim == 3)
                      site[dim - 1] = k * step;
                    for (unsigned int l = 0; l < lags.size(); ++l)
                      samples[l].push_back(field.value(site + lags[l]));
                  }
          }
      for (auto &values : samples)
        {
          const auto parts = Utilities::MPI::all_gather(MPI_COMM_WORLD, values);
          values.clear();
          for (const auto &part : parts)
            values.insert(values.end(), part.begin(), part.end());
        }
      return samples;
    }

    double average(const std::vector<double> &values, const std::function<double(double)> &function)
    {
      const auto add = [&function](const double sum, const double value) { return sum + function(value); };
      return std::accumulate(values.begin(), values.end(), 0., add) / static_cast<double>(values.size());
    }

    double average_product(const std::vector<double> &one, const std::vector<double> &other)
    {
      return std::inner_product(one.begin(), one.end(), other.begin(), 0.) / static_cast<double>(one.size());
    }

    /// What an average of so many numbers of standard deviation 1 may be off.
    double tolerance(const std::vector<double> &values)
    {
      return n_deviations / std::sqrt(static_cast<double>(values.size()));
    }

    double normal_distribution(const double x)
    {
      return 0.5 * std::erfc(-x / std::sqrt(2.));
    }

    /// The largest difference between the distribution of `values` and the normal one.
    double kolmogorov_smirnov(std::vector<double> values)
    {
      std::sort(values.begin(), values.end());
      const auto n       = static_cast<double>(values.size());
      double     largest = 0.;
      for (std::size_t i = 0; i < values.size(); ++i)
        {
          const double expected = normal_distribution(values[i]);
          largest =
            std::max({largest, expected - static_cast<double>(i) / n, static_cast<double>(i + 1) / n - expected});
        }
      return largest;
    }

    void expect_standard_normal(const std::vector<double> &values)
    {
      // The standard deviations of x, x², x³ and x⁴ for a normal x are 1, √2, √15 and √96.
      const double unit = tolerance(values);
      EXPECT_NEAR(average(values, [](double x) { return x; }), 0., unit);
      EXPECT_NEAR(average(values, [](double x) { return x * x; }), 1., std::sqrt(2.) * unit);
      EXPECT_NEAR(average(values, [](double x) { return x * x * x; }), 0., std::sqrt(15.) * unit);
      EXPECT_NEAR(average(values, [](double x) { return x * x * x * x; }), 3., std::sqrt(96.) * unit);
      // Kolmogorov: √n times the difference exceeds 1.95 once in a thousand.
      EXPECT_LT(kolmogorov_smirnov(values), 1.95 / std::sqrt(static_cast<double>(values.size())));
    }

    /// E[xy] of normal x and y with correlation ρ has the standard deviation √(1 + ρ²).
    void expect_correlation(const std::vector<double> &one, const std::vector<double> &other, const double correlation)
    {
      EXPECT_NEAR(average_product(one, other), correlation, std::sqrt(1. + correlation * correlation) * tolerance(one));
    }

    constexpr double length = 0.1; ///< ℓ of the two sample sets below

    /// The site itself, then distances of 0.5, 1, 2, 3 ℓ in four directions.
    std::vector<Tensor<1, 2>> lags_2d()
    {
      std::vector<Tensor<1, 2>> lags(1);
      for (const double r : {0.5, 1., 2., 3.})
        for (const double angle : {0., numbers::PI / 6., numbers::PI / 2., 0.75 * numbers::PI})
          lags.push_back(r * length * Point<2>(std::cos(angle), std::sin(angle)));
      return lags;
    }

    const Samples &samples_2d()
    {
      static const Samples samples = draw_samples<2>(settings_of<2>(length), 16, {{40, 40}}, lags_2d());
      return samples;
    }

    /// The same up to 2 ℓ in five directions.
    std::vector<Tensor<1, 3>> lags_3d()
    {
      std::vector<Tensor<1, 3>> lags(1);
      for (const double r : {0.5, 1., 2.})
        for (const auto &direction : {Point<3>(1., 0., 0.),
                                      Point<3>(0., 1., 0.),
                                      Point<3>(0., 0., 1.),
                                      Point<3>(1., 1., 1.),
                                      Point<3>(1., -2., 0.)})
          lags.push_back(r * length * direction / direction.norm());
      return lags;
    }

    const Samples &samples_3d()
    {
      static const Samples samples = draw_samples<3>(settings_of<3>(length), 7, {{6, 6, 6}}, lags_3d());
      return samples;
    }

    template <int dim>
    void expect_squared_exponential(const Samples &samples, const std::vector<Tensor<1, dim>> &lags)
    {
      for (unsigned int l = 0; l < lags.size(); ++l)
        {
          SCOPED_TRACE(testing::Message() << "lag " << lags[l]);
          expect_correlation(samples[0], samples[l], std::exp(-lags[l].norm_square() / (2. * length * length)));
        }
    }

    /// Values at the vertices of this rank's cells by the vertices' coordinates.
    using VertexValues = std::map<std::array<double, 2>, double>;

    /// Of a field that is made for this rank's cells only.
    VertexValues vertex_values(const Triangulation<2> &triangulation, const Settings<2> &settings)
    {
      std::vector<Point<2>> points;
      for (const auto &cell : triangulation.active_cell_iterators())
        if (cell->is_locally_owned())
          for (const unsigned int v : cell->vertex_indices())
            points.push_back(cell->vertex(v));
      if (points.empty())
        return {};
      const RandomField<2> field(settings, BoundingBox<2>(points));
      VertexValues         values;
      for (const Point<2> &point : points)
        values[{{point[0], point[1]}}] = field.value(point);
      return values;
    }

    /// Adds the values of all ranks to `values`, and says at how many points there were some already.
    unsigned int merge_and_compare(VertexValues &values, const VertexValues &of_this_rank)
    {
      unsigned int n_shared = 0;
      for (const VertexValues &of_a_rank : Utilities::MPI::all_gather(MPI_COMM_WORLD, of_this_rank))
        for (const auto &[point, value] : of_a_rank)
          {
            const auto [entry, is_new] = values.insert({point, value});
            n_shared += is_new ? 0 : 1;
            EXPECT_EQ(entry->second, value) << "at " << point[0] << ", " << point[1];
          }
      return n_shared;
    }

    /// Averages of f − E f and f² − 1 over a specimen, at two points a correlation length in each direction; these are
    /// all the field has to it, so that a sum over them is an integral to exp(−8π²).
    template <int dim>
    std::array<double, 2> averages_in_specimen(const RandomField<dim> &field, const unsigned int size)
    {
      std::array<double, 2> sums{};
      const unsigned int    n      = 2 * size;
      const unsigned int    n_last = dim == 3 ? n : 1;
      for (unsigned int i = 0; i < n; ++i)
        for (unsigned int j = 0; j < n; ++j)
          for (unsigned int k = 0; k < n_last; ++k)
            {
              Point<dim> point;
              point[0] = 0.5 * i;
              point[1] = 0.5 * j;
              if (dim == 3)
                point[dim - 1] = 0.5 * k;
              const double value = field.value(point);
              sums[0] += value;
              sums[1] += value * value - 1.;
            }
      for (double &sum : sums)
        sum /= static_cast<double>(n) * n * n_last;
      return sums;
    }
  } // namespace

  TEST(RandomField, ValuesAreStandardNormal)
  {
    expect_standard_normal(samples_2d()[0]);
    expect_standard_normal(samples_3d()[0]);
  }

  TEST(RandomField, CorrelationIsASquaredExponentialOfTheDistance)
  {
    expect_squared_exponential<2>(samples_2d(), lags_2d());
    expect_squared_exponential<3>(samples_3d(), lags_3d());
  }

  TEST(RandomField, SlopeHasTheStandardDeviationOfOneOverTheLength)
  {
    // 2(1 − ρ(δ)) = δ²/ℓ² to δ²/(4ℓ²) = 2.5e-7, which is far below what sampling leaves unknown, √2/√n.
    const double  delta = 1e-3 * length;
    const Samples samples =
      draw_samples<2>(settings_of<2>(length), 4, {{40, 40}}, {Point<2>(), Point<2>(delta, 0.), Point<2>(0., delta)});
    for (const unsigned int direction : {1, 2})
      {
        double square = 0.;
        for (std::size_t s = 0; s < samples[0].size(); ++s)
          square += std::pow((samples[direction][s] - samples[0][s]) / delta * length, 2);
        EXPECT_NEAR(square / static_cast<double>(samples[0].size()), 1., std::sqrt(2.) * tolerance(samples[0]));
      }
  }

  TEST(RandomField, IsSmoothWhereItsStencilChanges)
  {
    // Points on both sides of a node, as near as numbers go. What is left is rounding in sums of 500 terms of size 1.
    const RandomField<2> field(settings_of<2>(length), box_to(Point<2>(1., 1.)));
    for (unsigned int node = 1; node < 20; ++node)
      {
        const double at     = node * (length / 2.);
        const double before = std::nextafter(at, 0.);
        EXPECT_NEAR(field.value(Point<2>(before, 0.33)), field.value(Point<2>(at, 0.33)), 1e-13);
        EXPECT_NEAR(field.value(Point<2>(0.33, before)), field.value(Point<2>(0.33, at)), 1e-13);
      }
  }

  TEST(RandomField, IsTheSameOnAnyMeshAndRank)
  {
    const Settings<2> settings = settings_of<2>(0.15);
    TestSpecimen<2>   specimen(small_box<2>(Deck::LateralBoundary::free));
    VertexValues      values;
    const auto        shared_by_ranks = merge_and_compare(values, vertex_values(specimen.triangulation, settings));
    const auto        n_vertices      = values.size();
    EXPECT_EQ(shared_by_ranks > 0, number_of_ranks() > 1);
    // Now other ranks have the cells, and so other boxes the vertices.
    for (unsigned int refinement = 0; refinement < 3; ++refinement)
      specimen.refine_where([](const Point<2> &center) { return center[1] < 0.5; });
    EXPECT_GE(merge_and_compare(values, vertex_values(specimen.triangulation, settings)), n_vertices);
  }

  TEST(RandomField, IsTheSameOutsideOfItsBox)
  {
    const Settings<3>    settings = settings_of<3>(0.3);
    const RandomField<3> here(settings, BoundingBox<3>({Point<3>(0., 0., 0.), Point<3>(1., 1., 1.)}));
    const RandomField<3> elsewhere(settings, BoundingBox<3>({Point<3>(-9., 7., 1.), Point<3>(-8., 8., 2.)}));
    for (const auto &point : {Point<3>(0.1, 0.9, 0.5), Point<3>(1., 1., 1.), Point<3>(-8.4, 7.3, 1.7)})
      EXPECT_EQ(here.value(point), elsewhere.value(point));
  }

  TEST(RandomField, IsTheOneOfItsDefinition)
  {
    // Computed independently, from the definitions of the generator and its seeding in the C++ standard, over more
    // nodes, and with each kernel scaled by its sum at the point. That is another by half of what the lattice shows,
    // exp(−π²ℓ²/(2h²)) in each direction, times the value's size: 6e-9 in 2-D, 4e-8 with h = 0.537ℓ.
    const Point<2> first(0.3, 0.7);
    EXPECT_NEAR(RandomField<2>(settings_of<2>(0.1), box_to(first)).value(first), 1.479725612451028, 1e-8);

    const Point<2> second(-3.72, 0.41);
    Settings<2>    periodic = settings_of<2>(0.2, 0x100000002);
    periodic.period[0]      = 1.;
    EXPECT_NEAR(RandomField<2>(periodic, BoundingBox<2>({second, second})).value(second), 0.16790959965992908, 1e-8);

    const Point<3> third(0.12, -0.9, 1.3);
    Settings<3>    partly = settings_of<3>(0.3, 7);
    partly.period         = {{1., std::nullopt, 1.45}};
    EXPECT_NEAR(RandomField<3>(partly, BoundingBox<3>({third, third})).value(third), 0.06852527531052724, 1e-7);
  }

  TEST(RandomField, ZoomsWithTheCorrelationLength)
  {
    const RandomField<2> fine(settings_of<2>(0.1), box_to(Point<2>(1., 1.)));
    const RandomField<2> coarse(settings_of<2>(0.2), box_to(Point<2>(2., 2.)));
    for (const auto &point : {Point<2>(0.13, 0.4), Point<2>(0.9, 0.77)})
      EXPECT_EQ(fine.value(point), coarse.value(2. * point)); // a factor of two rounds nothing
  }

  TEST(RandomField, RepeatsItselfInDirectionsWithAPeriod)
  {
    Settings<3> settings = settings_of<3>(0.2);
    settings.period      = {{1., std::nullopt, 1.3}};
    const RandomField<3> field(settings, BoundingBox<3>({Point<3>(-1., 0., -2.), Point<3>(3., 2., 3.)}));
    for (const auto &point : {Point<3>(0., 0., 0.), Point<3>(0.07, 0.3, 1.1), Point<3>(0.5, 1., 0.65)})
      {
        const double value = field.value(point);
        // The shifted point is off by 4e-16, where the slope is some 1/ℓ, and as many terms as in value() are rounded.
        EXPECT_NEAR(field.value(point + Point<3>(1., 0., 0.)), value, 1e-13);
        EXPECT_NEAR(field.value(point + Point<3>(2., 0., 1.3)), value, 1e-13);
        EXPECT_NEAR(field.value(point + Point<3>(-1., 0., -1.3)), value, 1e-13);
        EXPECT_GT(std::abs(field.value(point + Point<3>(0., 1., 0.)) - value), 1e-3);
      }
  }

  TEST(RandomField, CorrelationIsThePeriodicSum)
  {
    const double period  = 2.2 * length;
    Settings<2>  setting = settings_of<2>(length);
    setting.period[0]    = period;
    // One site along the period.
    const std::vector<Tensor<1, 2>> lags{
      Point<2>(0., 0.), Point<2>(0.25 * period, 0.), Point<2>(0.5 * period, 0.), Point<2>(0.7 * period, 0.5 * length)};
    const Samples samples = draw_samples<2>(setting, 60, {{1, 100}}, lags);
    expect_standard_normal(samples[0]);
    const auto sum = [period](const double r) {
      double sum = 0.;
      for (int m = -10; m <= 10; ++m)
        sum += std::exp(-0.5 * std::pow((r + m * period) / length, 2));
      return sum;
    };
    for (unsigned int l = 0; l < lags.size(); ++l)
      expect_correlation(
        samples[0], samples[l], sum(lags[l][0]) / sum(0.) * std::exp(-0.5 * std::pow(lags[l][1] / length, 2)));
  }

  TEST(RandomField, IsClippedAtTheCutOff)
  {
    Settings<2>          settings = settings_of<2>(length);
    const RandomField<2> whole(settings, box_to(Point<2>(1., 1.)));
    settings.cut_off = 0.8;
    const RandomField<2> clipped(settings, box_to(Point<2>(1., 1.)));
    std::array<int, 3>   n{}; // below, within, above
    for (double x = 0.; x < 1.; x += 0.05)
      {
        const double value = whole.value(Point<2>(x, 0.5));
        EXPECT_EQ(clipped.value(Point<2>(x, 0.5)), std::clamp(value, -0.8, 0.8));
        ++n[value < -0.8 ? 0 : value > 0.8 ? 2 : 1];
      }
    EXPECT_GT(*std::min_element(n.begin(), n.end()), 0);
  }

  TEST(RandomField, ClippedVarianceIsAsDocumented)
  {
    for (const auto &[c, documented] : {std::pair(3., 0.995), std::pair(2., 0.921), std::pair(1., 0.516)})
      {
        const double variance = std::erf(c / std::sqrt(2.)) - std::sqrt(2. / numbers::PI) * c * std::exp(-c * c / 2.) +
                                c * c * std::erfc(c / std::sqrt(2.));
        EXPECT_NEAR(variance, documented, 5e-4); // its digits
        const auto  &values = samples_2d()[0];
        const auto   clip   = [c = c](const double x) { return std::clamp(x, -c, c); };
        const double square = average(values, [&clip](double x) { return std::pow(clip(x), 2); });
        const double fourth = average(values, [&clip](double x) { return std::pow(clip(x), 4); });
        EXPECT_NEAR(square, variance, std::sqrt(fourth - square * square) * tolerance(values));
      }
  }

  TEST(RandomField, SeedsGiveIndependentFields)
  {
    const auto sites_of = [](const std::uint64_t seed) {
      const RandomField<2> field(settings_of<2>(1., seed), box_to(Point<2>(40. * distance, 40. * distance)));
      std::vector<double>  values;
      for (unsigned int i = 0; i < 40; ++i)
        for (unsigned int j = 0; j < 40; ++j)
          values.push_back(field.value(distance * Point<2>(i, j)));
      return values;
    };
    const auto seven = sites_of(7);
    expect_correlation(seven, sites_of(8), 0.);
    expect_correlation(seven, sites_of(7 + 0x100000000), 0.);
    EXPECT_EQ(seven, sites_of(7));
  }

  TEST(RandomField, AveragesInASpecimenDifferAsDocumented)
  {
    const auto   plane    = averages_in_specimen(RandomField<2>(settings_of<2>(1.), box_to(Point<2>(50., 50.))), 50);
    const double in_plane = std::sqrt(2. * numbers::PI) / 50.;
    EXPECT_NEAR(plane[0], 0., n_deviations * in_plane);
    EXPECT_NEAR(plane[1], 0., n_deviations * in_plane);

    const auto cube = averages_in_specimen(RandomField<3>(settings_of<3>(1.), box_to(Point<3>(15., 15., 15.))), 15);
    EXPECT_NEAR(cube[0], 0., n_deviations * std::sqrt(std::pow(2. * numbers::PI, 1.5) / std::pow(15., 3)));
    EXPECT_NEAR(cube[1], 0., n_deviations * std::sqrt(2. * std::pow(numbers::PI, 1.5) / std::pow(15., 3)));
  }

  TEST(RandomField, ToldAllThatIsNotAllowed)
  {
    Settings<3> settings = settings_of<3>(0.6);
    settings.period      = {{1., -2., infinity}};
    settings.cut_off     = 0.;
    EXPECT_EQ(problems_of<3>(settings),
              (std::vector<std::string>{
                "correlation length = 0.6: allowed is value <= 0.5, half of the period along x",
                "period along y = -2: allowed is value > 0",
                "period along z = inf: allowed is value > 0",
                "cut-off = 0: allowed is value > 0",
              }));
    for (const double bad : {0., -1., infinity, std::nan("")})
      ASSERT_EQ(problems_of<2>(settings_of<2>(bad)).size(), 1u) << bad;
    EXPECT_EQ(problems_of<2>(settings_of<2>(-1.)).front(), "correlation length = -1: allowed is value > 0");
    settings         = settings_of<3>(0.5);
    settings.period  = {{1., 1., 1.}};
    settings.cut_off = 0.1;
    EXPECT_EQ(problems_of<3>(settings), std::vector<std::string>{});
  }

  TEST(RandomField, ToldThatTheLatticeIsTooLarge)
  {
    for (const double length : {1e-3, 1e-9, 1e-300})
      {
        Settings<3> settings = settings_of<3>(length);
        ASSERT_EQ(problems_of<3>(settings).size(), 1u) << length;
        EXPECT_EQ(problems_of<3>(settings).front().find("correlation length = "), 0u);
        settings.period[0] = 1.;
        EXPECT_EQ(problems_of<3>(settings).size(), 1u) << length;
      }
  }
} // namespace revitra

#include "fem/initial_fields/random_field.h"

#include "material/base/errors.h"
#include "material/base/text.h"

#include <deal.II/base/exceptions.h>
#include <deal.II/base/numbers.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <string>

namespace revitra
{
  using namespace dealii;

  namespace
  {
    /// Nodes on each side of a point that contribute to its value. They are at least ℓ/2 apart, so that the first one
    /// omitted would have the weight exp(−6²) = 2e-16.
    constexpr int reach = 12;

    constexpr int stencil_size = 2 * reach;

    /// Largest number of nodes kept (2 GB), and largest number of a node: what an int can hold.
    constexpr double max_n_nodes = 0x1p28;
    constexpr double max_node    = 0x1p30;

    /// Remainder of `i`, also if negative, in [0, n).
    int modulo(const int i, const int n)
    {
      return (i % n + n) % n;
    }

    /// Independent standard normal numbers at the nodes of an unbounded lattice: functions of seed and node only.
    class WhiteNoise
    {
    public:
      explicit WhiteNoise(const std::uint64_t seed)
        : seed(seed)
      {}

      /// Draws numbers in blocks along x, so that successive ones are fast to get.
      double operator()(const int i, const int j, const int k)
      {
        const int                in_block = modulo(i, block_size);
        const std::array<int, 3> block{{(i - in_block) / block_size, j, k}};
        if (block != drawn)
          draw(block);
        return numbers[in_block];
      }

    private:
      static constexpr int block_size = 64;

      /// Box-Muller transform: std::mt19937_64 and std::seed_seq are the same everywhere, std::normal_distribution is
      /// not.
      void draw(const std::array<int, 3> &block)
      {
        const auto      low  = static_cast<std::uint32_t>(seed);
        const auto      high = static_cast<std::uint32_t>(seed >> 32);
        std::seed_seq   seeds{low,
                            high,
                            static_cast<std::uint32_t>(block[0]),
                            static_cast<std::uint32_t>(block[1]),
                            static_cast<std::uint32_t>(block[2])};
        std::mt19937_64 engine(seeds);
        // In [0, 1): the upper 53 bits, which a double holds exactly.
        const auto uniform = [&engine]() { return static_cast<double>(engine() >> 11) * 0x1p-53; };
        for (int n = 0; n < block_size; n += 2)
          {
            const double radius = std::sqrt(-2. * std::log(1. - uniform()));
            const double angle  = 2. * dealii::numbers::PI * uniform();
            numbers[n]          = radius * std::cos(angle);
            numbers[n + 1]      = radius * std::sin(angle);
          }
        drawn = block;
      }

      const std::uint64_t            seed;
      std::array<int, 3>             drawn{{std::numeric_limits<int>::max(), 0, 0}}; // which no block is
      std::array<double, block_size> numbers{};
    };

    std::string too_small_or_none(const std::string &name, const double value)
    {
      return name + " = " + shortest(value) + ": allowed is value > 0";
    }

    bool is_length(const double value)
    {
      return value > 0. && std::isfinite(value);
    }

    template <int dim>
    std::vector<std::string> problems_of(const typename RandomField<dim>::Settings &settings)
    {
      std::vector<std::string> problems;
      const double             length = settings.correlation_length;
      if (!is_length(length))
        problems.push_back(too_small_or_none("correlation length", length));
      for (unsigned int d = 0; d < dim; ++d)
        if (settings.period[d])
          {
            const double      period = *settings.period[d];
            const std::string axis(1, "xyz"[d]);
            if (!is_length(period))
              problems.push_back(too_small_or_none("period along " + axis, period));
            else if (length > period / 2.)
              problems.push_back("correlation length = " + shortest(length) + ": allowed is value <= " +
                                 shortest(period / 2.) + ", half of the period along " + axis);
          }
      if (!(settings.cut_off > 0.))
        problems.push_back(too_small_or_none("cut-off", settings.cut_off));
      return problems;
    }

    [[noreturn]] void throw_too_short(const double correlation_length)
    {
      throw DeckError({"correlation length = " + shortest(correlation_length) +
                       ": is too short for so large a specimen; allowed are 2^28 lattice nodes, half a correlation "
                       "length apart"});
    }
  } // namespace

  template <int dim>
  struct RandomField<dim>::Stencil
  {
    std::array<std::array<double, stencil_size>, dim> shares;
    std::array<std::ptrdiff_t, dim>                   first; ///< node in each direction, counted from the first kept
  };

  template <int dim>
  int RandomField<dim>::Axis::drawn_node(const int i) const
  {
    return period > 0 ? modulo(first + i, period) : first + i;
  }

  template <int dim>
  RandomField<dim>::RandomField(const Settings &settings, const BoundingBox<dim> &box)
    : settings(settings)
  {
    const auto problems = problems_of<dim>(settings);
    if (!problems.empty())
      throw DeckError(problems);
    double n_nodes = 1.;
    for (unsigned int d = 0; d < dim; ++d)
      {
        axes[d] = make_axis(d, box.lower_bound(d), box.upper_bound(d));
        n_nodes *= axes[d].size;
      }
    if (n_nodes > max_n_nodes)
      throw_too_short(settings.correlation_length);
    noise = draw_noise();
  }

  template <int dim>
  typename RandomField<dim>::Axis RandomField<dim>::make_axis(const unsigned int direction,
                                                              const double       lower,
                                                              const double       upper) const
  {
    const double length = settings.correlation_length;
    Axis         axis{};
    axis.spacing    = length / 2.;
    double variance = 1.; // of the periodic sum
    if (const auto period = settings.period[direction])
      {
        if (*period / axis.spacing > max_node)
          throw_too_short(length);
        // Rounded down: nodes less than ℓ/2 apart would not reach far enough.
        axis.period  = static_cast<int>(*period / axis.spacing);
        axis.spacing = *period / axis.period;
        for (int m = 1; m < 5; ++m) // with P ≥ 2ℓ, the fifth would be exp(−50)
          variance += 2. * std::exp(-0.5 * std::pow(m * *period / length, 2));
      }
    // Σ_i exp(−2(x − ih)²/ℓ²), over all nodes i, is √(π/2) ℓ/h wherever x is.
    const double ratio = axis.spacing / length;
    axis.sharpness     = ratio * ratio;
    axis.scale         = std::sqrt(ratio / (std::sqrt(numbers::PI / 2.) * variance));

    const double first = std::floor(lower / axis.spacing) - reach + 1;
    const double last  = std::floor(upper / axis.spacing) + reach;
    if (!(std::abs(first) < max_node && std::abs(last) < max_node)) // not a number neither
      throw_too_short(length);
    axis.first = static_cast<int>(first);
    axis.size  = static_cast<int>(last - first) + 1;
    return axis;
  }

  template <int dim>
  std::vector<double> RandomField<dim>::draw_noise() const
  {
    const Axis &x = axes[0];
    const Axis &y = axes[1];
    Axis        z{};
    z.size = 1;
    if (dim == 3)
      z = axes[dim - 1];

    std::vector<double> numbers;
    numbers.reserve(static_cast<std::size_t>(x.size) * y.size * z.size);
    WhiteNoise white_noise(settings.seed);
    for (int k = 0; k < z.size; ++k)
      for (int j = 0; j < y.size; ++j)
        for (int i = 0; i < x.size; ++i)
          numbers.push_back(white_noise(x.drawn_node(i), y.drawn_node(j), z.drawn_node(k)));
    return numbers;
  }

  template <int dim>
  bool RandomField<dim>::find_stencil(const Point<dim> &point, Stencil &stencil) const
  {
    for (unsigned int d = 0; d < dim; ++d)
      {
        const Axis  &axis     = axes[d];
        const double position = point[d] / axis.spacing;
        const double node     = std::floor(position) - reach + 1;
        if (!(node >= axis.first && node + stencil_size <= static_cast<double>(axis.first) + axis.size))
          return false;
        stencil.first[d] = static_cast<std::ptrdiff_t>(node) - axis.first;
        for (int i = 0; i < stencil_size; ++i)
          {
            const double distance = position - (node + i);
            stencil.shares[d][i]  = axis.scale * std::exp(-axis.sharpness * distance * distance);
          }
      }
    return true;
  }

  template <int dim>
  const double *RandomField<dim>::row(const Stencil &stencil, const int j, const int k) const
  {
    const std::ptrdiff_t layer = dim == 3 ? stencil.first[dim - 1] + k : 0;
    return &noise[(layer * axes[1].size + stencil.first[1] + j) * axes[0].size + stencil.first[0]];
  }

  template <int dim>
  double RandomField<dim>::value(const Point<dim> &point, const unsigned int component) const
  {
    AssertIndexRange(component, 1);
    (void)component;
    Stencil stencil;
    if (!find_stencil(point, stencil))
      return RandomField(settings, BoundingBox<dim>({point, point})).value(point);

    // A sum over y and z for each of the nodes along x: the compiler does several of them at a time, in the order
    // written.
    std::array<double, stencil_size> sums{};
    for (int k = 0; k < (dim == 3 ? stencil_size : 1); ++k)
      for (int j = 0; j < stencil_size; ++j)
        {
          const double        share   = stencil.shares[1][j] * (dim == 3 ? stencil.shares[dim - 1][k] : 1.);
          const double *const numbers = row(stencil, j, k);
          for (int i = 0; i < stencil_size; ++i)
            sums[i] += share * numbers[i];
        }
    double value = 0.;
    for (int i = 0; i < stencil_size; ++i)
      value += stencil.shares[0][i] * sums[i];
    return std::clamp(value, -settings.cut_off, settings.cut_off);
  }

  template class RandomField<2>;
  template class RandomField<3>;
} // namespace revitra

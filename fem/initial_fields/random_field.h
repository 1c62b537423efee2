#pragma once

#include <deal.II/base/bounding_box.h>
#include <deal.II/base/function.h>
#include <deal.II/base/point.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

namespace revitra
{
  /// A homogeneous Gaussian random field f of mean 0 and variance 1 with the correlation
  ///
  ///     E[f(x) f(x + r)] = exp(−|r|²/(2ℓ²)),    ℓ the correlation length,
  ///
  /// so 0.61 at a distance of ℓ, 0.14 at 2ℓ and 0.01 at 3ℓ. It is infinitely often differentiable; its slope in each
  /// direction has the standard deviation 1/ℓ.
  ///
  /// In a direction with a period P the field repeats itself, and its correlation along that direction is the periodic
  /// sum Σ_m exp(−(r + mP)²/(2ℓ²)), divided by its value at r = 0. That differs from the correlation above by 0.011 at
  /// most for ℓ = P/6, by 3e-4 for ℓ = P/8.
  ///
  /// A value depends on the settings and the point only, bit for bit: not on mesh, partition, number of ranks, nor the
  /// box that an object was made for. Without periods it is a function of seed and x/ℓ. The random numbers are those
  /// that the C++ standard prescribes; another compiler or mathematical library may change the last digits only.
  ///
  /// All this is about the average over seeds. In one specimen, of area A or volume V, the average of f differs from 0
  /// by √(2π ℓ²/A) or √((2π)^1.5 ℓ³/V), and that of f² from 1 by √(2π ℓ²/A) or √(2π^1.5 ℓ³/V) (standard deviations):
  /// 5 % for a square of side 50ℓ, 7 and 6 % for a cube of side 15ℓ. Such is the nature of the field, not an error.
  ///
  /// Method: independent normal numbers at the nodes of a lattice of spacing h = ℓ/2, smoothed with the kernel
  /// exp(−r²/ℓ²), of which a value sums up the 24 nearest nodes in each direction. So values are jointly Gaussian
  /// whatever the points; the nodes left out would add less than 1e-15; and the lattice shows in variance and
  /// correlation, as a modulation of period h, by 2 exp(−π²ℓ²/(2h²)) = 5e-9. For periods to hold, h is a little more
  /// than ℓ/2: 4e-8 for P >= 10ℓ, 7e-6 for the worst P.
  template <int dim>
  class RandomField : public dealii::Function<dim>
  {
  public:
    struct Settings
    {
      std::uint64_t seed = 1; ///< Any. Fields of different seeds are independent.

      double correlation_length = 1.; ///< ℓ > 0, in the unit of length of the points

      /// P >= 2ℓ in each direction, in the same unit; none where the field is not periodic.
      std::array<std::optional<double>, dim> period;

      /// c > 0. Values beyond ±c are set to ±c, which leaves kinks there and a variance of
      /// erf(c/√2) − √(2/π) c exp(−c²/2) + c² erfc(c/√2): 0.995 for c = 3, 0.921 for c = 2, 0.516 for c = 1.
      double cut_off = std::numeric_limits<double>::infinity();
    };

    /// Draws what values within `box` need. Values elsewhere are the same as with another box, but each takes as long
    /// as a constructor. The boxes of ranks may differ.
    ///
    /// It takes 8 bytes and 0.1 to 0.3 μs for each of the (L/h + 24)^dim nodes, L being the edges of the box; in a
    /// direction with a period too. Throws DeckError with all that is not allowed in `settings`, or if the nodes are
    /// more than 2^28; the latter on some ranks only where their boxes differ. Not collective.
    RandomField(const Settings &settings, const dealii::BoundingBox<dim> &box);

    /// f at a finite `point`; `component` is 0. Takes 0.3 μs in 2-D and 2 μs in 3-D, whatever ℓ, if points are asked
    /// for in the order of a mesh; out of order in a lattice too large for the cache, a few times as long.
    double value(const dealii::Point<dim> &point, unsigned int component = 0) const override;

  private:
    /// The lattice in one direction. Node i is at i·spacing; the nodes from `first` on, `size` of them, are kept.
    struct Axis
    {
      double spacing;   ///< h
      double sharpness; ///< (h/ℓ)²
      double scale;     ///< of the kernel, for a variance of 1
      int    period;    ///< in nodes; 0: none
      int    first;
      int    size;

      /// The node whose number stands at node `first + i`.
      int drawn_node(int i) const;
    };

    /// The nodes around a point and their shares in its value.
    struct Stencil;

    Axis                make_axis(unsigned int direction, double lower, double upper) const;
    std::vector<double> draw_noise() const;

    /// Whether all the nodes around `point` are kept; then `stencil` is made to be of them.
    bool find_stencil(const dealii::Point<dim> &point, Stencil &stencil) const;

    /// The kept number of node (first, j, k) of `stencil`; those along x follow it.
    const double *row(const Stencil &stencil, int j, int k) const;

    Settings              settings;
    std::array<Axis, dim> axes;
    std::vector<double>   noise; ///< at the kept nodes, x fastest
  };
} // namespace revitra

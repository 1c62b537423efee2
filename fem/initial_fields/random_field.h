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
  /// Homogeneous Gaussian random field f of mean 0 and variance 1 with the correlation
  ///
  ///     E[f(x) f(x + r)] = exp(−|r|²/(2ℓ²)),    ℓ the correlation length,
  ///
  /// which is 0.61 at a distance of ℓ, 0.14 at 2ℓ and 0.01 at 3ℓ. The field is infinitely differentiable; its slope in
  /// each direction has the standard deviation 1/ℓ.
  ///
  /// In a direction with a period P the field is periodic, and its correlation along that direction is the periodic sum
  /// Σ_m exp(−(r + mP)²/(2ℓ²)), divided by its value at r = 0. It differs from the correlation above by at most 0.011
  /// for ℓ = P/6 and 3e-4 for ℓ = P/8.
  ///
  /// A value depends on the settings and the point only, bit for bit: not on mesh, partition, number of ranks or the
  /// box that an object was made for. Without periods it is a function of seed and x/ℓ. The random numbers are those
  /// prescribed by the C++ standard; another compiler or mathematical library may change the last digits only.
  ///
  /// These statements are averages over seeds. In one specimen, of area A or volume V, the average of f differs from 0
  /// by √(2π ℓ²/A) or √((2π)^1.5 ℓ³/V), and that of f² from 1 by √(2π ℓ²/A) or √(2π^1.5 ℓ³/V) (standard deviations): 5
  /// % for a square of side 50ℓ, 7 and 6 % for a cube of side 15ℓ. This is a property of the field, not an error.
  ///
  /// Method: independent normal numbers at the nodes of a lattice of spacing h = ℓ/2, smoothed with the kernel
  /// exp(−r²/ℓ²) over the 24 nearest nodes in each direction. Values are therefore jointly Gaussian at any points; the
  /// omitted nodes would add less than 1e-15; and the lattice is visible in variance and correlation as a modulation of
  /// period h, by 2 exp(−π²ℓ²/(2h²)) = 5e-9. To fit periods, h is slightly more than ℓ/2: the modulation is then 4e-8
  /// for P >= 10ℓ and 7e-6 for the worst P.
  template <int dim>
  class RandomField : public dealii::Function<dim>
  {
  public:
    struct Settings
    {
      std::uint64_t seed = 1; ///< Any. Fields of different seeds are independent.

      double correlation_length = 1.; ///< ℓ > 0, in the unit of length of the points

      /// Periods P >= 2ℓ in each direction, in the same unit; none where the field is not periodic.
      std::array<std::optional<double>, dim> period;

      /// Cut-off c > 0. Values beyond ±c are set to ±c, which causes kinks and a variance of erf(c/√2) − √(2/π) c
      /// exp(−c²/2) + c² erfc(c/√2): 0.995 for c = 3, 0.921 for c = 2, 0.516 for c = 1.
      double cut_off = std::numeric_limits<double>::infinity();
    };

    /// Draws the random numbers that values within `box` need. Values elsewhere do not depend on the box, but each
    /// takes as long as a constructor. The boxes of ranks may differ.
    ///
    /// Takes 8 bytes and 0.1 to 0.3 μs for each of the (L/h + 24)^dim nodes, L being the edges of the box, also in a
    /// direction with a period. Throws DeckError with everything in `settings` that is not allowed, or if there are
    /// more than 2^28 nodes; the latter on some ranks only if their boxes differ. Not collective.
    RandomField(const Settings &settings, const dealii::BoundingBox<dim> &box);

    /// Value f at a finite `point`; `component` is 0. Takes 0.3 μs in 2-D and 2 μs in 3-D, for any ℓ, if points are
    /// requested in the order of a mesh; a few times as long out of order, if the lattice exceeds the cache.
    double value(const dealii::Point<dim> &point, unsigned int component = 0) const override;

  private:
    /// Lattice in one direction. Node i is at i·spacing; the `size` nodes from `first` on are kept.
    struct Axis
    {
      double spacing;   ///< h
      double sharpness; ///< (h/ℓ)²
      double scale;     ///< of the kernel, for a variance of 1
      int    period;    ///< in nodes; 0: none
      int    first;
      int    size;

      /// Node whose number is stored for node `first + i`.
      int drawn_node(int i) const;
    };

    /// Nodes around a point and their weights in its value.
    struct Stencil;

    Axis                make_axis(unsigned int direction, double lower, double upper) const;
    std::vector<double> draw_noise() const;

    /// Returns true if all nodes around `point` are kept, and then sets `stencil` to them.
    bool find_stencil(const dealii::Point<dim> &point, Stencil &stencil) const;

    /// Number kept at node (first, j, k) of `stencil`; those along x follow it.
    const double *row(const Stencil &stencil, int j, int k) const;

    Settings              settings;
    std::array<Axis, dim> axes;
    std::vector<double>   noise; ///< at the kept nodes, x fastest
  };
} // namespace revitra

#pragma once

#include "material/input/loading_program.h"

#include <string>

namespace revitra
{
  /// Where a point or a specimen is on its way through a segment of its loading program.
  struct SegmentPlace
  {
    double time;
    double strain;
    double stress;

    template <typename Archive>
    void serialize(Archive &archive, unsigned int /* version */)
    {
      archive &time &strain &stress;
    }
  };

  /// The part of `segment`, which began at `start`, that is done at `now`, 0 to 1.
  double part_done(const Segment &segment, const SegmentPlace &start, const SegmentPlace &now);

  /// Why `segment`, which is about to begin at the stress `stress`, will not come to the stress that is to end it;
  /// empty if it may. `plastic_rate` is how fast the glass flows at that place, and `flow_stress` > 0 is what a flow
  /// that is steady has, of the same sign as the rate; 0 or infinite if that is not known.
  ///
  /// While the glass is elastic the stress follows the strain. Once it flows the stress falls, to the flow stress and
  /// no further, unless it began by flowing faster than the strain goes on. What there is to do about it is
  /// advice_on_direction.
  std::string why_stress_is_out_of_reach(const Segment &segment,
                                         double         stress,
                                         double         plastic_rate,
                                         double         flow_stress);

  /// Why the creep `segment`, which is about to begin at the strain `strain`, will not come to the strain that is to
  /// end it; empty if it may. Creep moves the strain along `direction` (its sign) or, if against it, by no more than
  /// `recoverable`. What there is to do about it is advice_on_strain.
  ///
  /// At one point, and where all are alike, `direction` is that of the plastic flow at that place and `recoverable` 0:
  /// where the flow stops, at Λ tanh(σ/T) = Δ, everything stands still, so that it never turns. Elsewhere points flow
  /// this way and that; there `direction` is that of the stress, and `recoverable` the recoverable_strain().
  std::string why_strain_is_out_of_reach(const Segment &segment, double strain, double direction, double recoverable);

  /// The energy that shear transformations store in their bias, (T/2) Λ [(1+m) ln(1+m) + (1−m) ln(1−m)]/2 with
  /// m = |Δ|/Λ. At constant temperature plastic flow gives back no more than it was: by Eq. (1) its power σ ε̇ is at
  /// least T artanh(Δ/Λ) ε̇, and by Eqs. (2) and (3) the stored energy grows by no more than that.
  double stored_energy(double temperature, double st_sum, double st_bias);

  /// The most that the strain can go against the stress `stress` that is kept from now on, in any body at constant
  /// temperature: until the work that this takes is all that is stored in it, `energy` per volume. Infinite at no
  /// stress.
  double recoverable_strain(double stress, double energy);

  inline constexpr char advice_on_strain[]    = "change the strain, or the sign of the stress";
  inline constexpr char advice_on_direction[] = "change the sign of the rate, or the stress";
} // namespace revitra

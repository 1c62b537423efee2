#pragma once

#include "material/point/stiff_stepper.h"

#include <array>
#include <limits>
#include <optional>
#include <vector>

namespace revitra
{
  /// Functions of the state with a zero to be located.
  enum class Watch
  {
    stress_sign, ///< σ: a kink of |σ ε̇_pl|
    drive_sign,  ///< ε̇_pl: a kink of |σ ε̇_pl|
    threshold,   ///< |σ| − σ_c: a kink of the EED
    balance,     ///< ξ̇ up to its first zero, where σ_c of ThresholdKind::balance is taken
    stop         ///< what ends the segment
  };

  /// Something located in a step.
  struct Event
  {
    Watch  watch;
    double time; ///< since the start of the step
  };

  /// The value of a component at which a segment ends.
  struct Stop
  {
    std::size_t component; ///< see PointComponent
    double      value;
  };

  /// Keeps the equations on the smooth branch that belongs to the state, and finds where the state leaves it.
  class EventFinder
  {
  public:
    /// Sets branch and threshold of `equations`, whose steps `stepper` takes. Both must outlive this object.
    EventFinder(RateEquations &equations, const StiffStepper &stepper, ThresholdKind threshold);

    /// To be called with the state at the start of a segment, once the equations have its drive. `horizon` is a time
    /// that is short in comparison to the segment.
    void start_segment(const PointState          &x,
                       PointDrive::Control        control,
                       const std::optional<Stop> &stop,
                       double                     horizon);

    /// Times in the step just taken, from 0 to its `length`, with the extremum of the stress if there is one.
    std::vector<double> monotone_parts(double length) const;

    /// The first event of that step; `parts` are its monotone_parts().
    std::optional<Event> first_event(const std::vector<double> &parts) const;

    /// Takes the equations over to the branch beyond the zero of `watch`, which is at state `x`.
    void cross(Watch watch, const PointState &x);

    /// The strain at which |σ| first crossed σ_c; NaN if it has not.
    double first_crossing() const { return crossing_strain; }

    /// σ_c there; NaN if it has not been crossed.
    double first_threshold() const { return crossing_threshold; }

  private:
    static constexpr std::size_t n_watches = 5;

    /// The value that is watched.
    double signal(Watch watch, const PointState &x) const;

    /// The same, positive while the branch is right.
    double margin(Watch watch, const PointState &x) const { return sign(watch) * signal(watch, x); }

    double &sign(const Watch watch) { return signs[static_cast<std::size_t>(watch)]; }
    double  sign(const Watch watch) const { return signs[static_cast<std::size_t>(watch)]; }

    /// The sign of `watch` from now on: of its value or, where that is zero, of its trend.
    double sign_ahead(Watch watch, const PointState &x, double horizon) const;

    /// Sets the branch of the equations from the signs.
    void set_branch();

    /// Takes note of the first state above the threshold.
    void note_crossing(const PointState &x);

    /// When in the step `watch` has its zero, between `lower` and `upper`.
    double locate(Watch watch, double lower, double upper) const;

    RateEquations                &equations;
    const StiffStepper           &stepper;
    bool                          awaits_balance; ///< whether σ_c is still to be taken where ξ̇ = 0
    std::vector<Watch>            watches;
    std::optional<Stop>           stop;
    std::array<double, n_watches> signs;
    double                        crossing_strain    = std::numeric_limits<double>::quiet_NaN();
    double                        crossing_threshold = std::numeric_limits<double>::quiet_NaN();
  };
} // namespace revitra

#pragma once

#include <optional>
#include <string>
#include <vector>

namespace revitra
{
  /// One segment of a loading program: what is controlled, and what ends it.
  ///
  /// Strain is the engineering strain of the specimen (units of ε₀; shear or, with LoadingMode::tension, axial), stress
  /// its mean traction (units of σ₀), both signed; time is in units of the time scale, temperature in units of T_g.
  struct Segment
  {
    enum class Control
    {
      rate,   ///< the strain rate is `value`
      stress, ///< the stress is `value`, which the specimen has when the segment starts
      hold    ///< the strain stays as it is; `value` is 0
    };

    enum class End
    {
      strain,  ///< the strain reaches `end_value`; an event to be located, not overshot
      stress,  ///< the stress reaches `end_value`, from either side; an event to be located, not overshot
      duration ///< `end_value` (> 0) units of time have passed since the segment started
    };

    Control               control   = Control::rate;
    double                value     = 0.;
    End                   end       = End::duration;
    double                end_value = 0.;
    std::optional<double> temperature_end; ///< the temperature goes there linearly; then `end` is a duration
    std::string           text;            ///< as the user wrote it, for messages
  };

  /// What is done to the specimen, segment after segment. It starts at strain 0 and stress 0.
  struct LoadingProgram
  {
    std::vector<Segment> segments;
    std::string          text; ///< as the user wrote it
  };

  /// The grammar of parse_program() in a few lines, for help texts and messages.
  std::string program_grammar();

  /// Reads a `;`-separated list of segments; see program_grammar().
  ///
  /// What can be known before anything is computed is checked as well: a segment that moves away from its end, a stress
  /// segment that starts at another stress, a temperature out of bounds. Whether a stress is within reach of a rate is
  /// for the drivers to find.
  ///
  /// Throws DeckError with one line for every problem, each starting with "segment N".
  LoadingProgram parse_program(const std::string &text);
} // namespace revitra

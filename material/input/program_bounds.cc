#include "material/input/program_bounds.h"

#include "material/base/text.h"
#include "material/input/expression.h"

#include <algorithm>
#include <cmath>

namespace revitra
{
  namespace
  {
    /// How far the strain of a specimen goes to and fro, as far as the program alone tells. Where it does not say where
    /// the strain is (at the end of a given stress or a creep), that is taken to be where it was last known to be.
    double strain_path(const LoadingProgram &program)
    {
      double path = 0., strain = 0.;
      for (const Segment &segment : program.segments)
        {
          double next = strain;
          if (segment.end == Segment::End::strain)
            next = segment.end_value;
          else if (segment.control == Segment::Control::rate && segment.end == Segment::End::duration)
            next = strain + segment.value * segment.end_value;
          path += std::abs(next - strain);
          strain = next;
        }
      return path;
    }
  } // namespace

  std::array<double, 2> extreme_temperatures(const Deck &deck)
  {
    std::array<double, 2> extremes = {{deck.material.temperature, deck.material.temperature}};
    for (const Segment &segment : deck.program.segments)
      if (segment.temperature_end)
        {
          extremes[0] = std::min(extremes[0], *segment.temperature_end);
          extremes[1] = std::max(extremes[1], *segment.temperature_end);
        }
    return extremes;
  }

  std::vector<std::string> wrong_with_program(const Deck &deck)
  {
    std::vector<std::string> problems;
    const double             step = deck.time_stepping.maximum_strain_step, path = strain_path(deck.program);
    if (!(path <= most_rows * step))
      problems.push_back(problem_line(deck,
                                      "Loading/Program",
                                      "it goes through a strain of " + brief(path) +
                                        ", and the history has a row at least every " + brief(step) +
                                        " (Time stepping/Maximum strain step); allowed are " + brief(most_rows) +
                                        " rows, a strain of " + brief(most_rows * step)));
    if (is_uniform(deck.initially.temperature_offset))
      for (const double temperature : extreme_temperatures(deck))
        {
          const ParameterInfo &info  = info_of(&Parameters::temperature);
          const double         local = temperature + uniform_value(deck.initially.temperature_offset);
          if (info.allows(temperature) && !info.allows(local))
            {
              problems.push_back(
                problem_line(deck,
                             "Material/Temperature offset",
                             "makes the temperature " + brief(local) + "; allowed is " + info.allowed()));
              break;
            }
        }
    return problems;
  }
} // namespace revitra

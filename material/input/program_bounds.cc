#include "material/input/program_bounds.h"

#include "material/base/text.h"
#include "material/input/expression.h"
#include "material/input/segment_course.h"

#include <algorithm>
#include <cmath>
#include <string>

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

    /// The creep that is the first thing to follow on loading straight to its stress; null if there is none.
    const Segment *first_creep(const LoadingProgram &program)
    {
      const auto &segments = program.segments;
      const auto  creep    = std::find_if(segments.begin(), segments.end(), [](const Segment &segment) {
        return segment.control != Segment::Control::rate || segment.end != Segment::End::stress;
      });
      if (creep == segments.end() || creep->control != Segment::Control::stress)
        return nullptr;
      const bool is_straight = std::all_of(segments.begin(), creep, [&creep](const Segment &segment) {
        return segment.value * creep->value > 0. && std::abs(segment.end_value) <= std::abs(creep->value);
      });
      return is_straight ? &*creep : nullptr;
    }

    /// The energy that may be stored at the start of a run; where points differ, what no glass exceeds.
    double initial_energy(const Deck &deck)
    {
      const Deck::InitialFields &fields = deck.initially;
      if (!deck.regions.empty() || !is_uniform(fields.st_sum) || !is_uniform(fields.st_bias) ||
          !is_uniform(fields.temperature_offset))
        return stored_energy(info_of(&Parameters::temperature).upper, 1., 1.);
      return stored_energy(deck.material.temperature + uniform_value(fields.temperature_offset),
                           uniform_value(fields.st_sum),
                           uniform_value(fields.st_bias));
    }

    /// Why the first creep leads away from its end; empty if it may not. On the way to its stress S no stress was above
    /// that, so that the work up to the strain X is S X at most; and it is no less than what was stored takes away.
    std::string wrong_with_first_creep(const Deck &deck)
    {
      const Segment *const creep = first_creep(deck.program);
      if (!creep ||
          why_strain_is_out_of_reach(*creep, 0., creep->value, recoverable_strain(creep->value, initial_energy(deck)))
            .empty())
        return "";
      return "segment " + std::to_string(creep - deck.program.segments.data() + 1) + " '" + creep->text +
             "': creep under the stress " + brief(creep->value) + " moves away from the strain " +
             brief(creep->end_value) + "; " + advice_on_strain;
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
    if (const std::string wrong = wrong_with_first_creep(deck); !wrong.empty())
      problems.push_back(problem_line(deck, "Loading/Program", wrong));
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

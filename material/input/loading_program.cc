#include "material/input/loading_program.h"

#include "material/base/errors.h"
#include "material/base/text.h"
#include "material/input/segment_course.h"
#include "material/law/parameters.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

namespace revitra
{
  namespace
  {
    using Words    = std::vector<std::string>;
    using Problems = std::vector<std::string>;

    const ParameterInfo &temperature_info()
    {
      const auto &table = parameter_table();
      return *std::find_if(
        table.begin(), table.end(), [](const ParameterInfo &info) { return info.member == &Parameters::temperature; });
    }

    std::string quoted(const std::string &text)
    {
      return "'" + text + "'";
    }

    /// The number `word`, or a problem and 0.
    double number(const std::string &word, const std::string &name, Problems &problems)
    {
      const std::optional<double> value = read_number(word);
      if (!value)
        problems.push_back(quoted(word) + " is not a number; allowed for " + name + " is a plain number such as 1e-4");
      return value.value_or(0.);
    }

    /// Slower than that the free volume dies out over times of which steps cannot be solved: 1e-30 takes a million
    /// million ages of the universe for a strain of 1.
    constexpr double slowest_rate = 1e-30;

    void check_size_of_rate(const std::string &word, Problems &problems)
    {
      const std::optional<double> rate = read_number(word);
      if (rate == 0.)
        problems.push_back("a rate of 0 leads nowhere; allowed is a rate other than 0, or 'hold for DURATION'");
      else if (rate && std::abs(*rate) < slowest_rate)
        problems.push_back("a rate of " + word + " is too slow; allowed is a rate of " + shortest(slowest_rate) +
                           " or more, of either sign, or 'hold for DURATION'");
    }

    void read_control(const Words &words, Segment &segment, Problems &problems)
    {
      const std::string allowed = "allowed is 'rate R', 'stress S' or 'hold'";
      if (words.empty())
        problems.push_back("nothing says what is controlled; " + allowed);
      else if (words[0] == "hold")
        {
          segment.control = Segment::Control::hold;
          if (words.size() > 1)
            problems.push_back(quoted(words[1]) + " after 'hold' is too much; allowed is 'hold for DURATION'");
        }
      else if (words[0] == "rate" || words[0] == "stress")
        {
          segment.control = words[0] == "rate" ? Segment::Control::rate : Segment::Control::stress;
          if (words.size() == 2)
            segment.value = number(words[1], "the " + words[0], problems);
          else
            problems.push_back(quoted(join(words, " ")) + " needs one number; allowed is " +
                               (words[0] == "rate" ? "'rate R'" : "'stress S'"));
          if (words[0] == "rate" && words.size() == 2)
            check_size_of_rate(words[1], problems);
        }
      else
        problems.push_back(quoted(words[0]) + " is not a control; " + allowed);
    }

    void read_duration(const Words &words, Segment &segment, Problems &problems)
    {
      segment.end = Segment::End::duration;
      if (words.size() != 2)
        {
          problems.push_back(quoted(join(words, " ")) +
                             " needs one number; allowed is 'for DURATION' or 'for DURATION, temperature to T'");
          return;
        }
      segment.end_value = number(words[1], "a duration", problems);
      if (const auto value = read_number(words[1]); value && *value <= 0.)
        problems.push_back("the duration " + words[1] + " is over at once; allowed is a duration > 0");
    }

    void read_event(const Words &words, Segment &segment, Problems &problems)
    {
      const std::string allowed = segment.control == Segment::Control::rate
                                    ? "allowed is 'until strain X' or 'until stress S'"
                                    : "allowed is 'until strain X'";
      if (words.size() != 3 || (words[1] != "strain" && words[1] != "stress"))
        {
          problems.push_back(quoted(join(words, " ")) + " is not an end; " + allowed + " or 'for DURATION'");
          return;
        }
      segment.end       = words[1] == "strain" ? Segment::End::strain : Segment::End::stress;
      segment.end_value = number(words[2], "the " + words[1], problems);
    }

    void read_end(const Words &words, Segment &segment, Problems &problems)
    {
      if (words.empty())
        {
          const char *const ends[] = {"'until strain X', 'until stress S' or 'for DURATION'",
                                      "'until strain X' or 'for DURATION'",
                                      "'for DURATION'"};
          problems.push_back(std::string("it has no end; add ") + ends[static_cast<int>(segment.control)]);
          return;
        }
      if (words[0] == "for")
        {
          read_duration(words, segment, problems);
          return;
        }
      read_event(words, segment, problems);
      if (segment.control == Segment::Control::hold)
        problems.push_back("'until' cannot end a segment at constant strain; allowed is 'hold for DURATION'");
      if (segment.control == Segment::Control::stress && segment.end == Segment::End::stress)
        problems.push_back("'until stress' cannot end a segment at constant stress; allowed is 'until strain X' or "
                           "'for DURATION'");
    }

    void read_temperature(const std::string &text, Segment &segment, Problems &problems)
    {
      const Words words = words_of(text);
      if (words.size() != 3 || words[0] != "temperature" || words[1] != "to")
        {
          problems.push_back(quoted(text) + " after the comma is not understood; allowed is 'temperature to T'");
          return;
        }
      segment.temperature_end   = number(words[2], "the temperature", problems);
      const ParameterInfo &info = temperature_info();
      if (read_number(words[2]) && !info.allows(*segment.temperature_end))
        problems.push_back("the temperature " + words[2] + " is out of bounds; allowed is " + info.allowed() +
                           " in units of T_g");
      if (segment.end != Segment::End::duration)
        problems.push_back(
          "'temperature to' needs to know how long the segment lasts; allowed is 'for DURATION' as its "
          "end");
    }

    Segment read_segment(const std::string &text, Problems &problems)
    {
      Segment segment;
      segment.text     = text;
      const auto parts = split(text, ',');
      const auto words = words_of(parts[0]);
      const auto end   = std::find_if(
        words.begin(), words.end(), [](const std::string &word) { return word == "until" || word == "for"; });
      read_control({words.begin(), end}, segment, problems);
      read_end({end, words.end()}, segment, problems);
      if (parts.size() > 1)
        read_temperature(parts[1], segment, problems);
      for (std::size_t i = 2; i < parts.size(); ++i)
        problems.push_back(quoted(parts[i]) + " is one comma too many; allowed is one ', temperature to T'");
      return segment;
    }

    /// Where the specimen is between two segments, as far as that is known before anything is computed.
    struct Whereabouts
    {
      std::optional<double> strain = 0.;
      std::optional<double> stress = 0.;
    };

    void check_rate(const Segment &segment, const Whereabouts &at, Problems &problems)
    {
      const auto wrong_way = [&segment](const double from) { return (segment.end_value - from) * segment.value <= 0.; };
      if (segment.end == Segment::End::strain && at.strain && wrong_way(*at.strain))
        problems.push_back("the strain is " + shortest(*at.strain) + " when it starts, and a rate of " +
                           shortest(segment.value) + " does not lead from there to strain " +
                           shortest(segment.end_value) + "; change the sign of the rate, or the strain");
      if (segment.end != Segment::End::stress || !at.stress)
        return;
      if (*at.stress == segment.end_value)
        problems.push_back("the stress is " + shortest(*at.stress) +
                           " already when it starts; drop the segment, or "
                           "change the stress");
      // From another stress than 0 either sign can be right: beyond its peak the stress falls while the strain goes on.
      else if (*at.stress == 0. && wrong_way(0.))
        problems.push_back("the stress is 0 when it starts, and a rate of " + shortest(segment.value) +
                           " does not lead from there to stress " + shortest(segment.end_value) +
                           "; change the sign of the rate, or of the stress");
      else if (const std::string why = why_stress_is_out_of_reach(segment, *at.stress, 0., 0.); !why.empty())
        problems.push_back(why + "; " + advice_on_direction);
    }

    void check_stress(const Segment &segment, const Whereabouts &at, Problems &problems)
    {
      if (at.stress != segment.value)
        {
          const std::string from = at.stress ? shortest(*at.stress) : "not known";
          problems.push_back("the stress is " + from + " when it starts; put 'rate R until stress " +
                             shortest(segment.value) + "' before it");
        }
      if (segment.end == Segment::End::strain && at.strain == segment.end_value)
        problems.push_back("the strain is " + shortest(*at.strain) + " already when it starts; change the strain");
    }

    Whereabouts after(const Segment &segment, const Whereabouts &before)
    {
      Whereabouts at{std::nullopt, std::nullopt};
      if (segment.end == Segment::End::strain)
        at.strain = segment.end_value;
      else if (segment.control == Segment::Control::hold)
        at.strain = before.strain;
      else if (segment.control == Segment::Control::rate && segment.end == Segment::End::duration && before.strain)
        at.strain = *before.strain + segment.value * segment.end_value;
      if (segment.control == Segment::Control::stress)
        at.stress = segment.value;
      else if (segment.end == Segment::End::stress)
        at.stress = segment.end_value;
      return at;
    }

    /// Each of `found` with the number and the text of its segment.
    void report(const Problems &found, const std::size_t index, const Segment &segment, Problems &problems)
    {
      for (const std::string &problem : found)
        problems.push_back("segment " + std::to_string(index + 1) + " " + quoted(segment.text) + ": " + problem);
    }
  } // namespace

  std::string program_grammar()
  {
    return "A loading program is a list of segments with ';' between them:\n"
           "    rate R until strain X      rate R until stress S      rate R for DURATION\n"
           "    stress S until strain X    stress S for DURATION      hold for DURATION\n"
           "Any that ends with 'for' may go on with ', temperature to T' (linear in time).\n"
           "Strain is the engineering shear strain, stress the shear stress, both signed;\n"
           "'hold' keeps the strain. A stress segment starts at its own stress: reach it\n"
           "with 'rate R until stress S' first.\n";
  }

  LoadingProgram parse_program(const std::string &text)
  {
    LoadingProgram program;
    program.text = squeeze(text);
    auto texts   = split(text, ';');
    if (texts.size() > 1 && texts.back().empty())
      texts.pop_back();
    if (texts.size() == 1 && texts[0].empty())
      throw DeckError({"the program is empty; allowed is a list such as 'rate 1e-4 until strain 1'"});

    Problems    problems;
    Whereabouts at;
    bool        understood = true;
    for (std::size_t i = 0; i < texts.size(); ++i)
      {
        Problems      found;
        const Segment segment = read_segment(texts[i], found);
        // Behind a segment that is not understood nothing is known of where the specimen is.
        understood = understood && found.empty();
        if (understood)
          {
            if (segment.control == Segment::Control::rate)
              check_rate(segment, at, found);
            if (segment.control == Segment::Control::stress)
              check_stress(segment, at, found);
            at = after(segment, at);
          }
        report(found, i, segment, problems);
        program.segments.push_back(segment);
      }
    if (!problems.empty())
      throw DeckError(std::move(problems));
    return program;
  }
} // namespace revitra

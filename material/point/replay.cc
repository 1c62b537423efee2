#include "material/point/replay.h"

#include "material/base/errors.h"
#include "material/base/text.h"

#include <algorithm>
#include <cmath>
#include <iomanip>
#include <iostream>
#include <sstream>

namespace revitra
{
  namespace
  {
    constexpr unsigned int most_halvings = 10; // of a stage

    /// The law of a replay; an ImplicitStage refers to it.
    struct ReplayLaw
    {
      explicit ReplayLaw(const StageReplay &replay)
        : kinetics(replay.free_volume_is_given ? with_given_free_volume(replay.glass) : replay.glass,
                   replay.temperature)
        , stage(kinetics, replay.length)
      {}

      const Kinetics      kinetics;
      const ImplicitStage stage;
    };

    struct Solution
    {
      StageFailure failure;
      StageResult  result; ///< if there is no failure
    };

    Solution solve(const StageReplay &replay, const StageUnknowns &guess)
    {
      Solution solution;
      solution.failure =
        ReplayLaw(replay).stage.solve(replay.strain, replay.base, replay.threshold, guess, solution.result);
      return solution;
    }

    template <typename Vector>
    std::string text_of(const Vector &values)
    {
      std::string text = "(";
      for (const double value : values)
        text += (text.size() == 1 ? "" : ", ") + shortest(value);
      return text + ")";
    }

    void print(const std::string &name, const std::string &value, std::ostream &out)
    {
      out << "  " << std::left << std::setw(value.empty() ? 0 : 24) << name << value << '\n';
    }

    void print(const std::string &name, const double value, std::ostream &out)
    {
      print(name, shortest(value), out);
    }

    void print_state(const State &state, std::ostream &out)
    {
      print("  plastic strain", text_of(Deviator(state.plastic_strain())), out);
      print("  ST bias", text_of(Deviator(state.bias())), out);
      print("  ST sum", state.st_sum(), out);
      print("  free volume", state.free_volume(), out);
      print("  dissipation", state.plastic_work(), out);
      print("  accumulated_plastic_work", state.accumulated_plastic_work(), out);
      print("  effective work", state.effective_work(), out);
    }

    void print_origin(const StageReplay &replay, std::ostream &out)
    {
      out << "An update of the law that failed in a run\n";
      print("program", replay.program, out);
      print("last accepted", "time " + shortest(replay.time) + ", strain " + shortest(replay.specimen_strain), out);
      print("at the point", text_of(replay.location), out);
      print("failure", replay.failure, out);
      const bool same = replay.version == program_version();
      print("version", replay.version + (same ? "" : "; this is " + program_version()), out);
    }

    void print_input(const StageReplay &replay, std::ostream &out)
    {
      out << "\nWhat goes in (in the units of decks; stress and strain as five components, see doc/theory.md)\n";
      print("temperature", replay.temperature, out);
      print("length k of the stage", replay.length, out);
      print("strain", text_of(replay.strain), out);
      print("since last accepted", text_of(Deviator(replay.strain - replay.accepted_strain)), out);
      print("base state", "", out);
      print_state(replay.base, out);
      print("trial stress",
            text_of(Deviator(replay.glass.shear_modulus * (replay.strain - replay.base.plastic_strain()))),
            out);
      print("threshold", shortest(replay.threshold.stress) + ", rate " + shortest(replay.threshold.rate), out);
      print("guess",
            "stress " + shortest(replay.guess.stress) + ", work " + shortest(replay.guess.work) + ", free volume " +
              shortest(replay.guess.free_volume),
            out);
      print("free volume", replay.free_volume_is_given ? "given by a field: base and guess have it" : "Eq. (4)", out);
      print("glass", "", out);
      for (const ParameterInfo &info : parameter_table())
        print("  " + info.symbol, shortest(replay.glass.*info.member), out);
    }

    /// Prints how a stage is solved.
    class Printer : public StageObserver
    {
    public:
      explicit Printer(std::ostream &out)
        : out(out)
      {}

      void begin(const StageAttempt attempt) override
      {
        iteration = 0;
        if (attempt == StageAttempt::brackets)
          out << "  Root finding, the equations one inside the other\n";
        else
          out << (attempt == StageAttempt::newton ? "  Newton's method\n" : "  Newton's method from there\n")
              << "            stress s         plastic work q   free volume xi   residual (i)   (ii)        (iii)\n";
      }

      void iterate(const StageUnknowns &unknowns, const std::array<double, 3> &residuals) override
      {
        std::ostringstream line;
        line << "    " << std::right << std::setw(3) << iteration++ << "  " << std::setprecision(9);
        for (const double value : {unknowns.stress, unknowns.work, unknowns.free_volume})
          line << std::setw(17) << value;
        line << std::setprecision(2);
        for (const double value : residuals)
          line << std::setw(12) << value;
        out << line.str() << '\n';
      }

      void end(const bool success) override { out << (success ? "    succeeds\n" : "    fails\n"); }

    private:
      std::ostream &out;
      unsigned int  iteration = 0;
    };

    StageFailure watch(const StageReplay &replay, const StageUnknowns &guess, std::ostream &out)
    {
      Printer            printer(out);
      StageResult        result;
      const StageFailure failure =
        ReplayLaw(replay).stage.solve(replay.strain, replay.base, replay.threshold, guess, result, printer);
      if (failure != StageFailure::none)
        out << "  No solution: " << describe(failure) << '\n';
      return failure;
    }

    void print_result(const Solution &solution, std::ostream &out)
    {
      out << "\nWhat comes out\n";
      if (solution.failure != StageFailure::none)
        {
          out << "  nothing: " << describe(solution.failure) << '\n';
          return;
        }
      print("stress", text_of(solution.result.stress), out);
      print("equivalent stress", solution.result.stress.norm(), out);
      print("increment", "", out);
      print_state(solution.result.increment, out);
    }

    /// By how much the stage must be shorter: the first power of two from which on there is a solution, 0 if there is
    /// none.
    unsigned int print_shorter(const StageReplay &replay, std::ostream &out)
    {
      out << "\nShorter stages, the strain since the last accepted time as much smaller, without a guess\n";
      if (replay.length == 0.)
        {
          out << "  none: this one is elastic, of length 0\n";
          return 0;
        }
      unsigned int first = 0;
      for (unsigned int halvings = 1, divisor = 2; halvings <= most_halvings; ++halvings, divisor *= 2)
        {
          const Solution solution = solve(shortened(replay, 1. / divisor), {});
          const bool     solved   = solution.failure == StageFailure::none;
          out << "  k/" << std::left << std::setw(6) << divisor
              << (solved ? "succeeds: stress " + shortest(solution.result.stress.norm())
                         : std::string("fails: ") + describe(solution.failure))
              << '\n';
          first = !solved ? 0 : first > 0 ? first : divisor;
        }
      return first;
    }

    /// Which of what goes in are no finite numbers.
    std::vector<std::string> not_finite(const StageReplay &replay)
    {
      std::vector<std::string> names;
      const auto               look = [&names](const std::string &name, const bool finite) {
        if (!finite)
          names.push_back(name);
      };
      look("strain", replay.strain.allFinite());
      look("plastic strain", replay.base.plastic_strain().allFinite());
      look("ST bias", replay.base.bias().allFinite());
      look("ST sum", std::isfinite(replay.base.st_sum()));
      look("free volume", std::isfinite(replay.base.free_volume()));
      return names;
    }

    std::string advice_on_input(const StageReplay &replay)
    {
      const std::vector<std::string> names = not_finite(replay);
      if (names.empty())
        return "stress or bias are too large to be squared: look at the shear modulus and at the size of the strain";
      const bool came_so = !replay.accepted_state.values.allFinite() || !replay.accepted_strain.allFinite();
      return join(names, " and ") + " cannot be used, and " +
             (came_so ? "could not at the last accepted time: this update is not to blame, look at the fields before"
                      : "could at the last accepted time: what lies between is the run's own, please report it");
    }

    std::string advice_on(const StageReplay &replay, const StageFailure failure, const unsigned int shorter)
    {
      if (failure == StageFailure::none)
        return "Advice: here the update succeeds, so that the run should not fail of it; run it again" +
               std::string(replay.version == program_version() ? ", and please report if it does"
                                                               : " with this version");
      if (failure == StageFailure::input_not_finite)
        return "advice: " + advice_on_input(replay);
      if (shorter > 0)
        return "advice: steps " + std::to_string(shorter) +
               " times as short get past this point; make Time stepping/Maximum strain step as much smaller";
      if (!(replay.accepted_state.free_volume() > 0.))
        return "advice: there was no free volume left at the last accepted time (" +
               shortest(replay.accepted_state.free_volume()) + "): look at annihilation and diffusion before";
      return "advice: shorter stages do not help: look for an extreme value under the glass or the base state above, "
             "or report this, with the file";
    }
  } // namespace

  ReplayOutcome repeat(const StageReplay &replay, std::ostream &out)
  {
    print_origin(replay, out);
    print_input(replay, out);
    out << "\nWith the guess of the run\n";
    const StageFailure failure = watch(replay, replay.guess, out);
    out << "\nWithout a guess\n";
    watch(replay, {}, out);
    print_result(solve(replay, replay.guess), out);
    const unsigned int shorter = print_shorter(replay, out);
    return {failure, advice_on(replay, failure, shorter)};
  }

  int run_replay(const std::string &file, const bool quiet)
  {
    const StageReplay   replay = read_stage_replay(file);
    std::ostream        nowhere(nullptr);
    const ReplayOutcome outcome = repeat(replay, quiet ? nowhere : std::cout);
    if (outcome.failure != StageFailure::none)
      {
        std::cout.flush(); // before the line on stderr
        const std::string reason = describe(outcome.failure);
        throw NumericsError(file + ": the update fails " +
                            (reason == replay.failure ? "as in the run: " : "otherwise than in the run: ") + reason +
                            "; " + outcome.advice);
      }
    if (!quiet)
      std::cout << '\n' << outcome.advice << std::endl;
    return 0;
  }
} // namespace revitra

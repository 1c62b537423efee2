#pragma once

#include "material/input/deck.h"
#include "material/results/curve_record.h"

#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace revitra
{
  /// The contents of summary.json: names with values, in the order in which they were first set.
  class Summary
  {
  public:
    using Group = std::vector<std::pair<std::string, double>>;
    using Value = std::variant<double, std::int64_t, std::string, Group>;

    /// A number; null in the file if it is none (what never happened).
    void set(const std::string &name, double value) { set_value(name, value); }

    /// A count.
    void set_count(const std::string &name, std::int64_t count) { set_value(name, count); }

    void set_text(const std::string &name, const std::string &text) { set_value(name, text); }

    /// Numbers under a common name, e.g. seconds by phase.
    void set_group(const std::string &name, const Group &group) { set_value(name, group); }

    /// Writes all as one JSON object. Throws WriteError.
    void write(const std::string &file) const;

    /// The names of the numbers and counts.
    std::vector<std::string> number_names() const;

    /// Those numbers and counts as text, "nan" for what never happened.
    std::vector<std::string> number_texts() const;

  private:
    void set_value(const std::string &name, Value value);

    std::vector<std::pair<std::string, Value>> entries;
  };

  /// What a tool knows about its run besides the curve. Dimensionless.
  struct RunOutcome
  {
    std::string  tool;                                                      ///< revitra-point or revitra-fem
    std::string  status = "done";                                           ///< or "failed", with `message` saying why
    std::string  message;                                                   ///< empty, or one line
    double       sigma_c        = std::numeric_limits<double>::quiet_NaN(); ///< threshold at the first crossing
    double       sigma_flow     = std::numeric_limits<double>::quiet_NaN(); ///< σ_f(T)
    std::int64_t steps          = 0;                                        ///< accepted
    std::int64_t rejected_steps = 0;
    double       wall_seconds   = 0.;
  };

  /// The part of the summary that both tools share, in the units that the deck asks for. The free volume, EED and
  /// rejuvenation are those of the first and the last row of `curve`, which must have one.
  Summary summarize(const Deck &deck, const CurveRecord &curve, const RunOutcome &outcome);
} // namespace revitra

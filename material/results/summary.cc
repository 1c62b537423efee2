#include "material/results/summary.h"

#include "material/base/errors.h"
#include "material/base/text.h"
#include "material/base/version.h"
#include "material/results/units.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cerrno>
#include <fstream>

namespace revitra
{
  namespace
  {
    using Json = nlohmann::ordered_json;

    /// JSON has no infinity and no NaN.
    Json to_json(const double value)
    {
      return std::isfinite(value) ? Json(value) : Json(nullptr);
    }
    Json to_json(const std::int64_t count)
    {
      return count;
    }
    Json to_json(const std::string &text)
    {
      return text;
    }
    Json to_json(const Summary::Group &group)
    {
      Json object = Json::object();
      for (const auto &[name, value] : group)
        object[name] = to_json(value);
      return object;
    }

    /// What the rows and the tool know about the curve.
    void add_results(const CurveRecord &curve, const RunOutcome &outcome, const UnitScales &scales, Summary &summary)
    {
      const HistoryRow &last = curve.last();
      summary.set("sigma_c", outcome.sigma_c * scales.stress);
      summary.set("strain_c", curve.strain_c() * scales.strain);
      summary.set("sigma_flow", outcome.sigma_flow * scales.stress);
      summary.set("peak_stress", curve.peak_stress() * scales.stress);
      summary.set("peak_strain", curve.peak_strain() * scales.strain);
      summary.set("eed", last.eed * scales.factor(Quantity::energy_density));
      summary.set("eed_star", last.eed_star * scales.strain);
      summary.set("free_volume_initial", curve.first().free_volume);
      summary.set("free_volume_final", last.free_volume);
      summary.set("rejuvenation", last.rejuvenation);
      summary.set("time_final", last.time * scales.time);
      summary.set("strain_final", last.strain * scales.strain);
      summary.set("stress_final", last.stress * scales.stress);
      summary.set("temperature_final", last.temperature * scales.temperature);
      summary.set("plastic_strain_final", last.plastic_strain * scales.strain);
      summary.set("st_sum_final", last.st_sum);
      summary.set("st_bias_final", last.st_bias);
      summary.set("work", last.work * scales.factor(Quantity::energy_density));
      summary.set("dissipation", last.dissipation * scales.factor(Quantity::energy_density));
      summary.set("free_volume_work", last.free_volume_work * scales.factor(Quantity::energy_density));
    }
  } // namespace

  void Summary::set_value(const std::string &name, Value value)
  {
    const auto found =
      std::find_if(entries.begin(), entries.end(), [&name](const auto &entry) { return entry.first == name; });
    if (found == entries.end())
      entries.emplace_back(name, std::move(value));
    else
      found->second = std::move(value);
  }

  void Summary::write(const std::string &file) const
  {
    Json object = Json::object();
    for (const auto &[name, value] : entries)
      object[name] = std::visit([](const auto &one) { return to_json(one); }, value);
    errno = 0;
    std::ofstream out(file);
    // A text that is not UTF-8 (the name of a directory, say) must not cost the summary.
    out << object.dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
    out.close();
    if (!out)
      throw not_written(file, "the summary");
  }

  std::vector<std::string> Summary::number_names() const
  {
    std::vector<std::string> names;
    for (const auto &[name, value] : entries)
      if (std::holds_alternative<double>(value) || std::holds_alternative<std::int64_t>(value))
        names.push_back(name);
    return names;
  }

  std::vector<std::string> Summary::number_texts() const
  {
    std::vector<std::string> texts;
    for (const auto &[name, value] : entries)
      if (const auto *const number = std::get_if<double>(&value))
        texts.push_back(shortest(*number));
      else if (const auto *const count = std::get_if<std::int64_t>(&value))
        texts.push_back(std::to_string(*count));
    return texts;
  }

  Summary summarize(const Deck &deck, const CurveRecord &curve, const RunOutcome &outcome)
  {
    Summary summary;
    summary.set_text("status", outcome.status);
    if (!outcome.message.empty())
      summary.set_text("message", outcome.message);
    summary.set_text("tool", outcome.tool);
    summary.set_text("version", version);
    summary.set_text("commit", commit);
    summary.set_text("reference", "Ding, Jiang, Dai, Jiang, Acta Mech. Solida Sin. (2022)");
    summary.set_text("material", deck.preset);
    summary.set_text("program", deck.program.text);
    summary.set_text("threshold", parameter_text(deck, "EED/Threshold"));
    summary.set_text("units", parameter_text(deck, "Output/Units"));
    add_results(curve, outcome, unit_scales(deck), summary);
    summary.set_count("steps", outcome.steps);
    summary.set_count("rejected_steps", outcome.rejected_steps);
    summary.set("wall_seconds", outcome.wall_seconds);
    return summary;
  }
} // namespace revitra

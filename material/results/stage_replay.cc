#include "material/results/stage_replay.h"

#include "material/base/errors.h"
#include "material/base/version.h"

#include <nlohmann/json.hpp>

#include <cerrno>
#include <cmath>
#include <cstring>
#include <fstream>
#include <limits>
#include <optional>

namespace revitra
{
  namespace
  {
    using Json = nlohmann::ordered_json;

    constexpr char format[] = "revitra stage replay 2";

    /// Calls entry(group, name, value) for all of `state`; arrays as pointer and length.
    template <typename AnyState, typename Entry>
    void visit_state(const std::string &group, AnyState &state, const Entry &entry)
    {
      for (const StateVariable &variable : state_table)
        if (variable.kind == StateVariable::Kind::scalar)
          entry(group, variable.name, state.values[variable.offset]);
        else
          entry(group, variable.name, state.values.data() + variable.offset, variable.size());
    }

    /// The contents of a file: what writing and reading share.
    template <typename AnyReplay, typename Entry>
    void visit(AnyReplay &replay, const Entry &entry)
    {
      entry("run", "version", replay.version);
      entry("run", "program", replay.program);
      entry("run", "failure", replay.failure);
      entry("run", "last accepted time", replay.time);
      entry("run", "last accepted strain", replay.specimen_strain);
      entry("run", "location", replay.location);
      entry("stage", "length", replay.length);
      entry("stage", "temperature", replay.temperature);
      entry("stage", "free volume is given", replay.free_volume_is_given);
      entry("stage", "strain", replay.strain.data(), 5);
      entry("stage", "threshold stress", replay.threshold.stress);
      entry("stage", "threshold rate", replay.threshold.rate);
      visit_state("base state", replay.base, entry);
      entry("guess", "stress", replay.guess.stress);
      entry("guess", "work", replay.guess.work);
      entry("guess", "free volume", replay.guess.free_volume);
      entry("last accepted", "strain", replay.accepted_strain.data(), 5);
      visit_state("last accepted", replay.accepted_state, entry);
      for (const ParameterInfo &info : parameter_table())
        entry("glass", info.name, replay.glass.*info.member);
    }

    Json number_or_word(const double value)
    {
      if (std::isnan(value))
        return "nan";
      if (std::isinf(value))
        return value > 0. ? "inf" : "-inf";
      return value;
    }

    std::optional<double> number_of(const Json &json)
    {
      if (json.is_number())
        return json.get<double>();
      if (json == "nan")
        return std::numeric_limits<double>::quiet_NaN();
      if (json == "inf" || json == "-inf")
        return json == "inf" ? std::numeric_limits<double>::infinity() : -std::numeric_limits<double>::infinity();
      return std::nullopt;
    }

    class Writer
    {
    public:
      explicit Writer(Json &file)
        : file(file)
      {}

      void operator()(const std::string &group, const std::string &name, const double value) const
      {
        file[group][name] = number_or_word(value);
      }
      void operator()(const std::string &group, const std::string &name, const bool value) const
      {
        file[group][name] = value;
      }
      void operator()(const std::string &group, const std::string &name, const std::string &value) const
      {
        file[group][name] = value;
      }
      void operator()(const std::string &group, const std::string &name, const double *values, const int size) const
      {
        Json list = Json::array();
        for (int i = 0; i < size; ++i)
          list.push_back(number_or_word(values[i]));
        file[group][name] = std::move(list);
      }
      void operator()(const std::string &group, const std::string &name, const std::vector<double> &values) const
      {
        (*this)(group, name, values.data(), values.size());
      }

    private:
      Json &file;
    };

    /// Takes the problems of what is read to a list.
    class ReplayReader
    {
    public:
      ReplayReader(const Json &contents, const std::string &file, std::vector<std::string> &problems)
        : contents(contents)
        , file(file)
        , problems(problems)
      {}

      void operator()(const std::string &group, const std::string &name, double &value) const
      {
        if (const Json *const json = find(group, name))
          take(group + "/" + name, *json, value);
      }
      void operator()(const std::string &group, const std::string &name, bool &value) const
      {
        const Json *const json = find(group, name);
        if (json && json->is_boolean())
          value = json->get<bool>();
        else if (json)
          problem(group + "/" + name, *json, "true or false");
      }
      void operator()(const std::string &group, const std::string &name, std::string &value) const
      {
        const Json *const json = find(group, name);
        if (json && json->is_string())
          value = json->get<std::string>();
        else if (json)
          problem(group + "/" + name, *json, "a text");
      }
      void operator()(const std::string &group, const std::string &name, double *const values, const int size) const
      {
        const Json *const json = find(group, name);
        if (json && json->is_array() && json->size() == std::size_t(size))
          for (int i = 0; i < size; ++i)
            take(group + "/" + name, (*json)[i], values[i]);
        else if (json)
          problem(group + "/" + name, *json, "a list of " + std::to_string(size) + " numbers");
      }
      void operator()(const std::string &group, const std::string &name, std::vector<double> &values) const
      {
        const Json *const json = find(group, name);
        if (json && json->is_array() && (json->size() == 2 || json->size() == 3))
          {
            values.resize(json->size());
            (*this)(group, name, values.data(), values.size());
          }
        else if (json)
          problem(group + "/" + name, *json, "a list of 2 or 3 numbers");
      }

    private:
      const Json *find(const std::string &group, const std::string &name) const
      {
        const auto section = contents.find(group);
        if (section != contents.end() && section->is_object())
          if (const auto entry = section->find(name); entry != section->end())
            return &*entry;
        problems.push_back(file + ": " + group + "/" + name + " is missing");
        return nullptr;
      }

      void take(const std::string &name, const Json &json, double &value) const
      {
        if (const auto number = number_of(json))
          value = *number;
        else
          problem(name, json, "a number, \"nan\", \"inf\" or \"-inf\"");
      }

      void problem(const std::string &name, const Json &json, const std::string &allowed) const
      {
        constexpr std::size_t longest = 60;
        std::string           text    = json.dump(-1, ' ', true, Json::error_handler_t::replace);
        if (text.size() > longest)
          text = text.substr(0, longest) + "...";
        problems.push_back(file + ": " + name + " = " + text + ": allowed is " + allowed);
      }

      const Json               &contents;
      const std::string        &file;
      std::vector<std::string> &problems;
    };

    Json parse(const std::string &file)
    {
      errno = 0;
      std::ifstream stream(file, std::ios::binary);
      if (!stream || stream.peek() == std::ifstream::traits_type::eof())
        throw DeckError({file + ": the replay cannot be read: " + (errno ? std::strerror(errno) : "it is empty")});
      try
        {
          return Json::parse(stream);
        }
      catch (const Json::exception &error)
        {
          const std::string text = error.what(); // "[json.exception.parse_error.101] parse error at line 1, ..."
          const auto        tag  = text.find("] ");
          throw DeckError({file + ": " + (tag == std::string::npos ? text : text.substr(tag + 2))});
        }
    }

    void check_values(const StageReplay &replay, const std::string &file, std::vector<std::string> &problems)
    {
      if (!(replay.temperature > 0. && std::isfinite(replay.temperature)))
        problems.push_back(file + ": stage/temperature: allowed is 0 < value");
      if (!(replay.length >= 0. && std::isfinite(replay.length)))
        problems.push_back(file + ": stage/length: allowed is 0 <= value");
      for (const std::string &sentence : check(replay.glass))
        problems.push_back(file + ": glass/" + sentence);
    }
  } // namespace

  StageReplay shortened(const StageReplay &replay, const double part)
  {
    StageReplay shorter = replay;
    shorter.length *= part;
    shorter.strain      = replay.accepted_strain + part * (replay.strain - replay.accepted_strain);
    shorter.base.values = replay.accepted_state.values + part * (replay.base.values - replay.accepted_state.values);
    shorter.guess       = {};
    return shorter;
  }

  std::string program_version()
  {
    return version + (*commit ? " (" + std::string(commit) + ")" : "");
  }

  std::string stage_replay_text(const StageReplay &replay)
  {
    Json file;
    file["format"] = format;
    visit(replay, Writer(file));
    return file.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
  }

  void write_stage_replay(const std::string &text, const std::string &file)
  {
    errno = 0;
    std::ofstream out(file, std::ios::binary);
    out << text;
    out.close();
    if (!out)
      throw not_written(file, "the replay of an update");
  }

  StageReplay read_stage_replay(const std::string &file)
  {
    const Json contents = parse(file);
    if (!contents.is_object() || contents.value("format", Json()) != format)
      throw DeckError(
        {file + ": it is not a file that revitra-fem writes to be replayed, whose format is '" + format + "'"});
    StageReplay              replay;
    std::vector<std::string> problems;
    visit(replay, ReplayReader(contents, file, problems));
    if (problems.empty())
      check_values(replay, file, problems);
    if (!problems.empty())
      throw DeckError(problems);
    return replay;
  }
} // namespace revitra

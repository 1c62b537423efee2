#include "material/input/deck_entries.h"

#include "material/base/text.h"
#include "material/input/deck_text.h"
#include "material/input/expression.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace revitra
{
  namespace
  {
    namespace Patterns = dealii::Patterns;

    constexpr double unbounded = std::numeric_limits<double>::infinity();

    /// Where a parameter stands and what it means.
    struct Label
    {
      std::string section;
      std::string name;
      std::string unit;
      std::string meaning;
    };

    /// The numbers from `lower` to `upper`, without `lower` if it is 0 and `positive`.
    struct Interval
    {
      double lower    = 0.;
      double upper    = unbounded;
      bool   positive = false;

      bool contains(const double value) const
      {
        return (positive ? lower < value : lower <= value) && value <= upper && std::isfinite(value);
      }

      std::string in_words() const
      {
        return shortest(lower) + (positive ? " < value" : " <= value") +
               (upper == unbounded ? "" : " <= " + shortest(upper));
      }
    };

    constexpr Interval positive_numbers{0., unbounded, true};

    /// Declares an entry without its pattern and functions.
    DeckEntry labeled(const Label &label, const std::string &allowed)
    {
      DeckEntry entry;
      entry.section = label.section;
      entry.name    = label.name;
      entry.unit    = label.unit;
      entry.meaning = label.meaning;
      entry.allowed = allowed;
      return entry;
    }

    double checked_number(const std::string &text, const Interval &interval, const std::string &allowed)
    {
      const auto value = read_number(text);
      if (!value || !interval.contains(*value))
        throw DeckError({"allowed is " + allowed});
      return *value;
    }

    /// A number; `member` gives a reference to its place in a Deck, constant or not.
    template <typename Member>
    DeckEntry number(const Label &label, const Interval &interval, const Member member)
    {
      DeckEntry entry = labeled(label, "a number, " + interval.in_words());
      entry.pattern   = std::make_shared<Patterns::Double>();
      entry.text      = [member](const Deck &deck) { return shortest(member(deck)); };
      entry.assign    = [member, interval, allowed = entry.allowed](Deck &deck, const std::string &text) {
        member(deck) = checked_number(text, interval, allowed);
      };
      return entry;
    }

    /// An unsigned integer.
    template <typename Member>
    DeckEntry count(const Label &label, const unsigned int lower, const unsigned int upper, const Member member)
    {
      const Interval interval{double(lower), double(upper)};
      DeckEntry      entry =
        labeled(label, "an integer, " + std::to_string(lower) + " <= value <= " + std::to_string(upper));
      entry.pattern = std::make_shared<Patterns::Integer>(static_cast<int>(lower), static_cast<int>(upper));
      entry.text    = [member](const Deck &deck) { return std::to_string(member(deck)); };
      entry.assign  = [member, interval, allowed = entry.allowed](Deck &deck, const std::string &text) {
        member(deck) = static_cast<unsigned int>(checked_number(text, interval, allowed));
      };
      return entry;
    }

    /// One word of several, each standing for an enumerator.
    template <typename Enumeration, typename Member>
    DeckEntry choice(const Label                                            &label,
                     const std::vector<std::pair<std::string, Enumeration>> &choices,
                     const Member                                            member)
    {
      std::vector<std::string> words;
      for (const auto &[word, enumerator] : choices)
        words.push_back(word);
      DeckEntry entry = labeled(label, alternatives(words));
      entry.pattern   = std::make_shared<Patterns::Selection>(join(words, "|"));
      entry.text      = [member, choices](const Deck &deck) {
        return std::find_if(choices.begin(), choices.end(), [&](const auto &one) { return one.second == member(deck); })
          ->first;
      };
      entry.assign = [member, choices](Deck &deck, const std::string &text) {
        member(deck) =
          std::find_if(choices.begin(), choices.end(), [&](const auto &one) { return one.first == text; })->second;
      };
      return entry;
    }

    std::string in_digits(const double value)
    {
      return shortest(value);
    }
    std::string in_digits(const unsigned int value)
    {
      return std::to_string(value);
    }

    /// A number for each direction; one alone is meant for all. Whether the length suits the dimension is for
    /// read_deck() to see.
    template <typename T, typename Member>
    DeckEntry list(const Label &label, const std::string &kind, const Interval &interval, const Member member)
    {
      DeckEntry entry = labeled(
        label, kind + ", " + interval.in_words() + ", one for all directions or one for each, separated by commas");
      if constexpr (std::is_integral_v<T>)
        entry.pattern = std::make_shared<Patterns::List>(Patterns::Integer(), 1);
      else
        entry.pattern = std::make_shared<Patterns::List>(Patterns::Double(), 1);
      entry.text = [member](const Deck &deck) {
        std::vector<std::string> words;
        for (const T value : member(deck))
          words.push_back(in_digits(value));
        const bool all_same = std::adjacent_find(words.begin(), words.end(), std::not_equal_to<>()) == words.end();
        return all_same && !words.empty() ? words[0] : join(words, ", ");
      };
      entry.assign = [member, interval, allowed = entry.allowed](Deck &deck, const std::string &text) {
        std::vector<T> values;
        for (const std::string &word : split(text, ','))
          values.push_back(static_cast<T>(checked_number(word, interval, allowed)));
        member(deck) = values;
      };
      return entry;
    }

    /// Any text.
    template <typename Member>
    DeckEntry anything(const Label &label, const std::string &allowed, const Member member)
    {
      DeckEntry entry = labeled(label, allowed);
      entry.pattern   = std::make_shared<Patterns::Anything>();
      entry.text      = [member](const Deck &deck) { return member(deck); };
      entry.assign    = [member](Deck &deck, const std::string &text) { member(deck) = text; };
      return entry;
    }

    /// The name of a file or directory, of which every letter counts.
    template <typename Member>
    DeckEntry file_name(const Label &label, const std::string &allowed, const Member member)
    {
      DeckEntry entry = anything(label, allowed, member);
      entry.tidy      = [](const std::string &text) { return text; };
      return entry;
    }

    /// The name of a preset. That its values come under those of the deck is for read_deck() to see.
    DeckEntry preset_entry()
    {
      DeckEntry entry = anything(
        {"Material",
         "Preset",
         "",
         "the material that gives each value of this section which is not set here; the shear "
         "modulus and both energies of Zr55Cu30Ni5Al10 are inferred, see there"},
        alternatives(preset_names()),
        [](auto &deck) -> auto & { return deck.preset; });
      entry.pattern = std::make_shared<Patterns::Selection>(join(preset_names(), "|"));
      return entry;
    }

    /// A value of the law's own table. Its bounds are for the law's check(), which read_deck() asks.
    DeckEntry material_entry(const ParameterInfo &info)
    {
      const auto member = info.member;
      DeckEntry  entry  = labeled({"Material", info.name, info.unit, info.meaning}, "a number, " + info.allowed());
      entry.pattern     = std::make_shared<Patterns::Double>();
      entry.text        = [member](const Deck &deck) { return shortest(deck.material.*member); };
      entry.assign      = [member, allowed = entry.allowed](Deck &deck, const std::string &text) {
        const auto value = read_number(text);
        if (!value)
          throw DeckError({"allowed is " + allowed});
        deck.material.*member = *value;
      };
      return entry;
    }

    /// What may depend on the place.
    template <typename Member>
    DeckEntry field(const Label &label, const std::string &bounds, const Member member)
    {
      return anything(
        label,
        "a number or an expression in x, y, z, random and grid" + (bounds.empty() ? "" : ", " + bounds),
        [member](auto &deck) -> auto & { return deck.initially.*member; });
    }

    /// The initial value that `info` describes, in a deck; null if it describes something else.
    std::string Deck::InitialFields::*initial_field(const ParameterInfo &info)
    {
      using Fields = Deck::InitialFields;
      return info.member == &Parameters::initial_free_volume ? &Fields::free_volume
             : info.member == &Parameters::initial_st_sum    ? &Fields::st_sum
             : info.member == &Parameters::initial_st_bias   ? &Fields::st_bias
                                                             : nullptr;
    }

    /// Takes what parse_regions() makes of it, which read_deck() asks for.
    DeckEntry regions_entry()
    {
      DeckEntry entry = labeled(
        {"Material",
         "Regions",
         "",
         "parts of the mesh with another glass, by the names of its physical groups, e.g. 'grains: Initial free volume "
         "= 0.06, Shear modulus = 180; matrix: Dilatancy factor = 0.01'"},
        "NAME: PARAMETER = VALUE, ... with ';' between regions and parameters of this section; a NAME with "
        "':' or ';' in it stands in double quotes");
      entry.pattern = std::make_shared<Patterns::Anything>();
      entry.text    = [](const Deck &deck) {
        std::vector<std::string> texts;
        for (const Deck::Region &region : deck.regions)
          texts.push_back(quoted_name(region.name) + ": " + region.text);
        return join(texts, "; ");
      };
      entry.tidy   = [](const std::string &text) { return text; }; // there are names in it
      entry.assign = [](Deck &deck, const std::string &text) { deck.regions = parse_regions(text); };
      return entry;
    }

    void add_material(std::vector<DeckEntry> &entries)
    {
      entries.push_back(preset_entry());
      for (const ParameterInfo &info : parameter_table())
        if (const auto member = initial_field(info))
          entries.push_back(field({"Material", info.name, info.unit, info.meaning}, info.allowed(), member));
        else
          entries.push_back(material_entry(info));
      entries.push_back(field({"Material",
                               "Temperature offset",
                               "T_g",
                               "added to the temperature, so that parts of the specimen may be warmer"},
                              "",
                              &Deck::InitialFields::temperature_offset));
      entries.push_back(regions_entry());
    }

    void add_fields(std::vector<DeckEntry> &entries)
    {
      entries.push_back(count(
        {"Random field", "Seed", "", "another seed, another specimen"}, 0, 2147483647, [](auto &deck) -> auto & {
          return deck.random_field.seed;
        }));
      entries.push_back(number(
        {"Random field",
         "Correlation length",
         "length",
         "l of the correlation exp(-r^2/(2 l^2)) of the field that expressions call random: "
         "Gaussian, of mean 0 and variance 1, e.g. '0.05 + 0.002*random'"},
        positive_numbers,
        [](auto &deck) -> auto & { return deck.random_field.correlation_length; }));
      entries.push_back(number(
        {"Random field", "Cut-off", "1", "values beyond +- this are set to it, so that bounds can be kept"},
        positive_numbers,
        [](auto &deck) -> auto & { return deck.random_field.cut_off; }));
      entries.push_back(file_name(
        {"Grid field",
         "File",
         "",
         "values on a regular grid, .csv or .h5, interpolated: the field that expressions "
         "call grid"},
        "the name of a file, or nothing",
        [](auto &deck) -> auto & { return deck.grid_field.file; }));
    }

    void add_loading(std::vector<DeckEntry> &entries)
    {
      entries.push_back(choice<LoadingMode>(
        {"Loading",
         "Mode",
         "",
         "what strain and stress are: simple shear (the top platen moves along x), or uniaxial tension and compression "
         "(it moves along y, positive is tension)"},
        {{"shear", LoadingMode::shear}, {"tension", LoadingMode::tension}},
        [](auto &deck) -> auto & { return deck.loading_mode; }));
      entries.push_back(choice<Deck::Platens>(
        {"Loading", "Platens", "", "whether the platens hold the specimen, or it slides along them (in tension only)"},
        {{"gripped", Deck::Platens::gripped}, {"frictionless", Deck::Platens::frictionless}},
        [](auto &deck) -> auto & { return deck.platens; }));
      DeckEntry entry = labeled({"Loading", "Program", "", "what is done to the specimen, segment after segment"},
                                "segments such as 'rate 1e-4 until strain 1' with ';' between them, see --help");
      entry.pattern   = std::make_shared<Patterns::Anything>();
      entry.text      = [](const Deck &deck) { return deck.program.text; };
      entry.assign    = [](Deck &deck, const std::string &text) { deck.program = parse_program(text); };
      entries.push_back(std::move(entry));
    }

    void add_eed(std::vector<DeckEntry> &entries)
    {
      const std::string section = "EED";
      entries.push_back(choice<ThresholdKind>(
        {section,
         "Threshold",
         "",
         "the stress sigma_c above which work counts as effective energy: the "
         "steady flow stress, the stress at which the free volume first grows, or "
         "a given value"},
        {{"flow", ThresholdKind::flow}, {"balance", ThresholdKind::balance}, {"value", ThresholdKind::value}},
        [](auto &deck) -> auto & { return deck.eed.threshold; }));
      entries.push_back(number(
        {section,
         "Threshold stress",
         "sigma_0",
         "sigma_c if Threshold is 'value', else not used; the paper's Table 1 has 7.78"},
        positive_numbers,
        [](auto &deck) -> auto & { return deck.eed.threshold_stress; }));
    }

    /// What sides the free volume may be held on, and at what: what it may be at the start.
    std::string allowed_boundary_values()
    {
      const std::vector<std::string> sides(side_names.begin(), side_names.end());
      return "a SIDE of " + join(sides, ", ") + " and a VALUE as that of Material/Initial free volume, " +
             info_of(&Parameters::initial_free_volume).allowed();
    }

    DeckEntry boundary_free_volume_entry()
    {
      DeckEntry entry = labeled(
        {"Specimen",
         "Boundary free volume",
         "",
         "sides on which a free volume that diffuses is held at a value, e.g. 'bottom: 0.06; top: 0.05'; none crosses "
         "the others"},
        "SIDE: VALUE; ... with " + allowed_boundary_values());
      entry.pattern = std::make_shared<Patterns::Anything>();
      entry.text    = [](const Deck &deck) {
        std::vector<std::string> texts;
        for (const auto &[side, value] : deck.specimen.boundary_free_volume)
          texts.push_back(side + ": " + shortest(value));
        return join(texts, "; ");
      };
      entry.assign = [](Deck &deck, const std::string &text) {
        std::vector<std::string> problems;
        deck.specimen.boundary_free_volume = parse_boundary_values(text, problems);
        if (!problems.empty())
          throw DeckError(problems);
      };
      return entry;
    }

    void add_specimen(std::vector<DeckEntry> &entries)
    {
      const std::string section = "Specimen"; // of revitra-fem
      entries.push_back(count(
        {section, "Dimension", "", "2 (plane strain) or 3"}, 2, 3, [](auto &deck) -> auto & {
          return deck.specimen.dimension;
        }));
      entries.push_back(list<double>(
        {section, "Size", "length", "edges of the box: x along the shear, y along its gradient"},
        "numbers",
        positive_numbers,
        [](auto &deck) -> auto & { return deck.specimen.size; }));
      entries.push_back(list<unsigned int>(
        {section, "Subdivisions", "", "cells along each edge"}, "integers", {1., 10000.}, [](auto &deck) -> auto & {
          return deck.specimen.subdivisions;
        }));
      entries.push_back(count(
        {section, "Degree", "", "polynomial degree of the displacement, and of free volume that diffuses"}, 1, 4, [
        ](auto &deck) -> auto & { return deck.specimen.degree; }));
      entries.push_back(file_name(
        {section,
         "Mesh file",
         "",
         "a gmsh mesh in place of the box, which gives Size and Subdivisions; its physical groups bottom, top, left, "
         "right (back, front) are the sides of the specimen, and cells may be in groups for Material/Regions"},
        "the name of a .msh file, or nothing",
        [](auto &deck) -> auto & { return deck.specimen.mesh_file; }));
      entries.push_back(choice<Deck::LateralBoundary>(
        {section, "Lateral boundary", "", "what holds on the sides that are not platens"},
        {{"periodic", Deck::LateralBoundary::periodic}, {"free", Deck::LateralBoundary::free}},
        [](auto &deck) -> auto & { return deck.specimen.lateral_boundary; }));
      entries.push_back(count(
        {section, "Refinements", "", "times that every cell is split in halves each way"}, 0, 8, [
        ](auto &deck) -> auto & { return deck.specimen.refinements; }));
      entries.push_back(boundary_free_volume_entry());
    }

    void add_adaptivity(std::vector<DeckEntry> &entries)
    {
      const std::string section = "Adaptivity"; // of revitra-fem
      entries.push_back(count(
        {section, "Levels", "", "times that a cell may be split where the flow localizes; 0: the mesh stays as it is"},
        0,
        10,
        [](auto &deck) -> auto & { return deck.adaptivity.levels; }));
      entries.push_back(count(
        {section, "Interval", "", "accepted steps from one look at the mesh to the next"}, 1, 1000000, [
        ](auto &deck) -> auto & { return deck.adaptivity.interval; }));
      entries.push_back(number(
        {section,
         "Refine above",
         "",
         "cells are split where the plastic rate (in units of the specimen's mean) or 1/xi differ from those of a "
         "neighbor by more "
         "than this"},
        positive_numbers,
        [](auto &deck) -> auto & { return deck.adaptivity.refine_above; }));
      entries.push_back(number(
        {section, "Coarsen below", "", "cells are joined again where both differ by less than this"}, {}, [
        ](auto &deck) -> auto & { return deck.adaptivity.coarsen_below; }));
      entries.push_back(count(
        {section, "Maximum cells", "", "a refinement that would lead to more is left out"}, 1, 2000000000, [
        ](auto &deck) -> auto & { return deck.adaptivity.maximum_cells; }));
    }

    void add_time_stepping(std::vector<DeckEntry> &entries)
    {
      const std::string section = "Time stepping";
      entries.push_back(number(
        {section, "Tolerance", "1", "error allowed in one step, in the units of the law"}, {1e-13, 0.1}, [
        ](auto &deck) -> auto & { return deck.time_stepping.tolerance; }));
      entries.push_back(number(
        {section, "Initial strain step", "eps_0", "strain of the first step tried; no more than the maximum is taken"},
        {0., 1., true},
        [](auto &deck) -> auto & { return deck.time_stepping.initial_strain_step; }));
      entries.push_back(number(
        {section, "Maximum strain step", "eps_0", "largest strain between two rows of history"}, {0., 1., true}, [
        ](auto &deck) -> auto & { return deck.time_stepping.maximum_strain_step; }));
    }

    void add_output(std::vector<DeckEntry> &entries)
    {
      const std::string section = "Output";
      entries.push_back(file_name(
        {section, "Directory", "", "where all results go; made if it is not there"}, "the name of a directory", [
        ](auto &deck) -> auto & { return deck.output.directory; }));
      entries.push_back(number(
        {section, "Fields interval", "eps_0", "strain between two outputs of fields; 0: none by strain"}, {}, [
        ](auto &deck) -> auto & { return deck.output.fields_interval; }));
      entries.push_back(number(
        {section,
         "Fields interval in time",
         "time",
         "time between two outputs of fields, beside those by strain, as for a hold; 0: none by time; with either "
         "there "
         "also is the last state"},
        {},
        [](auto &deck) -> auto & { return deck.output.fields_interval_in_time; }));
      entries.push_back(choice<Deck::Units>(
        {section,
         "Units",
         "",
         "of history.csv and summary.json: those of the law, or MPa, s and K by the "
         "scales in Material; all input stays in those of the law"},
        {{"dimensionless", Deck::Units::dimensionless}, {"physical", Deck::Units::physical}},
        [](auto &deck) -> auto & { return deck.output.units; }));
    }

    void add_checkpoint(std::vector<DeckEntry> &entries)
    {
      const std::string section = "Checkpoint";
      entries.push_back(count(
        {section,
         "Interval",
         "",
         "accepted steps between checkpoints, for --restart; 0: none, but when a run is asked to leave"},
        0,
        1000000000,
        [](auto &deck) -> auto & { return deck.checkpoint.interval; }));
      entries.push_back(count(
        {section, "Keep", "", "how many checkpoints are kept"}, 1, 1000, [](auto &deck) -> auto & {
          return deck.checkpoint.keep;
        }));
    }

    std::vector<DeckEntry> all_entries()
    {
      std::vector<DeckEntry> entries;
      add_material(entries);
      add_fields(entries);
      add_loading(entries);
      add_eed(entries);
      add_specimen(entries);
      add_adaptivity(entries);
      add_time_stepping(entries);
      add_output(entries);
      add_checkpoint(entries);
      return entries;
    }
  } // namespace

  std::vector<Deck::Region> parse_regions(const std::string &text)
  {
    std::vector<Deck::Region> regions;
    for (const std::string &part : split_unquoted(text, ';'))
      {
        const auto colon = find_unquoted(part, ':');
        if (part.empty())
          continue;
        if (colon == std::string::npos || unquoted(part.substr(0, colon)).empty())
          throw DeckError({"'" + part + "': allowed is NAME: PARAMETER = VALUE, ..."});
        Deck::Region region;
        region.name = unquoted(part.substr(0, colon));
        region.text = squeeze(part.substr(colon + 1));
        if (has_open_quote(region.text)) // it would pair with a quote of the next region where the deck is written
          throw DeckError({"a double quote in the values of region '" + region.name + "' is not closed"});
        if (std::any_of(regions.begin(), regions.end(), [&](const auto &other) { return other.name == region.name; }))
          throw DeckError({"the region '" + region.name + "' is there twice; put its values together"});
        regions.push_back(std::move(region));
      }
    return regions;
  }

  std::map<std::string, double> parse_boundary_values(const std::string &text, std::vector<std::string> &problems)
  {
    std::map<std::string, double> values;
    for (const std::string &part : split(text, ';'))
      {
        if (part.empty())
          continue;
        const auto        colon    = part.find(':');
        const std::string side     = squeeze(part.substr(0, colon));
        const bool        is_there = std::find(side_names.begin(), side_names.end(), side) != side_names.end();
        const auto number = colon == std::string::npos ? std::nullopt : read_number(squeeze(part.substr(colon + 1)));
        if (!is_there || !number || !info_of(&Parameters::initial_free_volume).allows(*number))
          problems.push_back("'" + part + "': allowed is SIDE: VALUE with " + allowed_boundary_values());
        else if (!values.emplace(side, *number).second)
          problems.push_back("the side '" + side + "' is there twice");
      }
    return values;
  }

  const std::vector<DeckEntry> &deck_entries()
  {
    static const std::vector<DeckEntry> entries = all_entries();
    return entries;
  }
} // namespace revitra

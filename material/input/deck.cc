#include "material/input/deck.h"

#include "material/base/text.h"
#include "material/input/deck_entries.h"
#include "material/input/deck_source.h"
#include "material/input/expression.h"
#include "material/input/input_file.h"
#include "material/input/program_bounds.h"

#include <deal.II/base/parameter_handler.h>

#include <algorithm>
#include <set>
#include <stdexcept>

namespace revitra
{
  namespace
  {
    using Problems = std::vector<std::string>;

    const DeckEntry *find_entry(const std::string &path)
    {
      const auto &entries = deck_entries();
      const auto  found =
        std::find_if(entries.begin(), entries.end(), [&path](const DeckEntry &entry) { return entry.path() == path; });
      return found == entries.end() ? nullptr : &*found;
    }

    std::vector<std::string> section_names()
    {
      std::vector<std::string> names;
      for (const DeckEntry &entry : deck_entries())
        if (names.empty() || names.back() != entry.section)
          names.push_back(entry.section);
      return names;
    }

    bool is_section(const std::string &name)
    {
      const auto names = section_names();
      return std::find(names.begin(), names.end(), name) != names.end();
    }

    /// What an unknown name was likely meant to be, or else what there is.
    std::string hint(const Assignment &assignment)
    {
      std::vector<std::string> here, everywhere, same_name;
      for (const DeckEntry &entry : deck_entries())
        {
          everywhere.push_back(entry.path());
          if (entry.section == assignment.section)
            here.push_back(entry.name);
          else if (entry.name.size() == assignment.name.size() && edit_distance(entry.name, assignment.name) == 0)
            same_name.push_back(entry.path());
        }
      if (const auto name = nearest(assignment.name, here))
        return "did you mean " + assignment.section + "/" + *name + "?";
      if (!same_name.empty())
        return "did you mean " + same_name[0] + "?";
      if (const auto path = nearest(assignment.path(), everywhere))
        return "did you mean " + *path + "?";
      return here.empty() ? "allowed is Section/Parameter with one of the sections " + alternatives(section_names())
                          : "allowed in " + assignment.section + " is " + alternatives(here);
    }

    std::string line(const Assignment &assignment, const std::string &what)
    {
      return assignment.origin + ": " + assignment.path() + " = " + assignment.value + ": " + what;
    }

    void report_unknown_sections(const std::string &origin, const DeckSource &source, Problems &problems)
    {
      for (const std::string &section : source.sections)
        if (!is_section(section))
          {
            const auto meant = nearest(section, section_names());
            problems.push_back(
              origin + ": " + section + ": there is no such section; " +
              (meant ? "did you mean " + *meant + "?" : "allowed is " + alternatives(section_names())));
          }
    }

    /// Sorts out what cannot be set: unknown names, and names given twice.
    std::vector<Assignment> known_assignments(const DeckSource &source, Problems &problems)
    {
      std::vector<Assignment> known;
      std::set<std::string>   seen;
      for (Assignment assignment : source.assignments)
        if (!seen.insert(assignment.path()).second)
          problems.push_back(line(assignment, "it is given twice; drop one of them"));
        else if (const DeckEntry *const entry = find_entry(assignment.path()); entry && !assignment.section.empty())
          {
            assignment.value = entry->tidy(assignment.value);
            known.push_back(std::move(assignment));
          }
        else if (find_entry(assignment.path()))
          problems.push_back(line(assignment, "it must stand in its section, without the section in its name"));
        // An unknown section has been reported as such.
        else if (assignment.section.empty() || is_section(assignment.section))
          problems.push_back(line(assignment, why_unknown(assignment.path())));
      return known;
    }

    void collect(const std::string       &origin,
                 const DeckSource        &source,
                 std::vector<Assignment> &assignments,
                 Problems                &problems)
    {
      problems.insert(problems.end(), source.problems.begin(), source.problems.end());
      report_unknown_sections(origin, source, problems);
      const auto known = known_assignments(source, problems);
      assignments.insert(assignments.end(), known.begin(), known.end());
    }

    /// A deck of nothing but defaults, with the preset that the last of `assignments` to name one names.
    Deck deck_of_preset(const std::vector<Assignment> &assignments)
    {
      Deck       deck;
      const auto names = preset_names();
      for (const Assignment &assignment : assignments)
        if (assignment.path() == "Material/Preset" && std::count(names.begin(), names.end(), assignment.value))
          deck.preset = assignment.value;
      deck.material              = preset(deck.preset);
      deck.initially.free_volume = shortest(deck.material.initial_free_volume);
      deck.initially.st_sum      = shortest(deck.material.initial_st_sum);
      deck.initially.st_bias     = shortest(deck.material.initial_st_bias);
      return deck;
    }

    void declare(const Deck &defaults, dealii::ParameterHandler &handler)
    {
      for (const DeckEntry &entry : deck_entries())
        {
          handler.enter_subsection(entry.section);
          handler.declare_entry(entry.name, entry.text(defaults), *entry.pattern);
          handler.leave_subsection();
        }
    }

    void set(const std::vector<Assignment> &assignments, dealii::ParameterHandler &handler, Problems &problems)
    {
      for (const Assignment &assignment : assignments)
        {
          handler.enter_subsection(assignment.section);
          try
            {
              handler.set(assignment.name, assignment.value);
            }
          catch (const dealii::ParameterHandler::ExcValueDoesNotMatchPattern &)
            {
              problems.push_back(line(assignment, "allowed is " + find_entry(assignment.path())->allowed));
            }
          handler.leave_subsection();
        }
    }

    /// Takes over into `deck` what `handler` holds. What has been assigned may be wrong; what has not is not.
    void get(const std::vector<Assignment> &assignments,
             dealii::ParameterHandler      &handler,
             Deck                          &deck,
             Problems                      &problems)
    {
      std::map<std::string, const Assignment *> last;
      for (const Assignment &assignment : assignments)
        {
          last[assignment.path()]         = &assignment;
          deck.origins[assignment.path()] = assignment.origin;
        }
      for (const DeckEntry &entry : deck_entries())
        {
          handler.enter_subsection(entry.section);
          const std::string text = handler.get(entry.name);
          handler.leave_subsection();
          try
            {
              entry.assign(deck, text);
            }
          catch (const DeckError &error)
            {
              for (const std::string &problem : error.problems())
                problems.push_back(line(*last.at(entry.path()), problem));
            }
        }
    }

    /// Gives each direction its own number.
    template <typename T>
    void spread(const std::string &parameter, const Deck &deck, std::vector<T> &values, Problems &problems)
    {
      const unsigned int dimension = deck.specimen.dimension;
      if (values.size() == 1)
        values.resize(dimension, values[0]);
      else if (values.size() != dimension)
        problems.push_back(problem_line(deck,
                                        parameter,
                                        "allowed in " + std::to_string(dimension) + " dimensions is one number or " +
                                          std::to_string(dimension)));
    }

    /// An initial value of the deck with its place in the deck and among the parameters of the law.
    struct InitialField
    {
      std::string name;
      std::string Deck::InitialFields::*text;
      double Parameters::*value; ///< null if the law has none
    };

    const std::vector<InitialField> &initial_fields()
    {
      using Fields                                  = Deck::InitialFields;
      static const std::vector<InitialField> fields = {
        {"Initial free volume", &Fields::free_volume, &Parameters::initial_free_volume},
        {"Initial ST sum", &Fields::st_sum, &Parameters::initial_st_sum},
        {"Initial ST bias", &Fields::st_bias, &Parameters::initial_st_bias},
        {"Temperature offset", &Fields::temperature_offset, nullptr}};
      return fields;
    }

    /// What is wrong with an expression in the specimen of `deck`; empty if nothing is.
    std::string wrong_with(const Deck &deck, const std::string &expression)
    {
      const std::string wrong = expression_problem(expression, deck.specimen.dimension);
      if (wrong.empty() && deck.grid_field.file.empty() && Expression(expression).variables().count("grid"))
        return "there is no grid; name one in Grid field/File";
      return wrong;
    }

    /// Takes uniform initial values over into the material.
    void settle_initial_fields(Deck &deck, Problems &problems)
    {
      for (const InitialField &field : initial_fields())
        {
          const std::string &text      = deck.initially.*field.text;
          const std::string  parameter = "Material/" + field.name;
          const std::string  wrong     = wrong_with(deck, text);
          if (!wrong.empty())
            problems.push_back(problem_line(deck, parameter, wrong + "; allowed is " + find_entry(parameter)->allowed));
          else if (field.value && is_uniform(text))
            deck.material.*field.value = uniform_value(text);
          else if (field.value)
            deck.material.*field.value = Parameters().*field.value;
        }
      if (problems.empty() && !(is_uniform(deck.initially.st_sum) && is_uniform(deck.initially.st_bias)))
        deck.material.initial_st_bias = 0.; // whether the bias goes with the sum is seen where they are evaluated
    }

    void check_material(const Deck &deck, Problems &problems)
    {
      for (const std::string &sentence : check(deck.material)) // "Name = value: what is allowed"
        {
          const std::string name = sentence.substr(0, sentence.find(" = "));
          problems.push_back(problem_line(deck, "Material/" + name, sentence.substr(sentence.find(": ") + 2)));
        }
    }

    /// Parameters of Material that a region cannot have for itself.
    const std::set<std::string> of_the_whole_specimen = {"Preset",
                                                         "Regions",
                                                         "Temperature",
                                                         "Constant diffusivity",
                                                         "Diffusion length",
                                                         "Stress scale",
                                                         "Strain scale",
                                                         "Time scale",
                                                         "Glass transition temperature"};

    /// What `region` sets in a deck of its own.
    void settle_region(const Deck &deck, Deck::Region &region, Problems &problems)
    {
      Deck local    = deck;
      local.origins = {};
      local.file    = (deck.origins.count("Material/Regions") ? deck.origins.at("Material/Regions") : deck.file) +
                   ": Material/Regions: " + region.name;
      Problems found;
      for (const std::string &setting : split_outside_parentheses(region.text, ','))
        {
          Assignment             assignment = read_assignment("Material/" + setting, local.file);
          const DeckEntry *const entry      = find_entry(assignment.path());
          const bool             is_own     = entry && !of_the_whole_specimen.count(entry->name);
          if (entry)
            assignment.value = entry->tidy(assignment.value);
          if (!is_own)
            found.push_back(line(assignment, entry ? "it cannot differ by region" : why_unknown(assignment.path())));
          else if (!entry->pattern->match(assignment.value))
            found.push_back(line(assignment, "allowed is " + entry->allowed));
          else
            entry->assign(local, assignment.value);
        }
      if (found.empty())
        settle_initial_fields(local, found);
      if (found.empty())
        check_material(local, found);
      problems.insert(problems.end(), found.begin(), found.end());
      region.material  = local.material;
      region.initially = local.initially;
    }

    void settle_regions(Deck &deck, Problems &problems)
    {
      std::vector<Deck::Region> regions = std::move(deck.regions);
      deck.regions.clear();
      for (Deck::Region &region : regions)
        settle_region(deck, region, problems);
      deck.regions = std::move(regions);
      if (!deck.regions.empty() && deck.specimen.mesh_file.empty())
        problems.push_back(
          problem_line(deck, "Material/Regions", "a box has none; they are groups of the cells of Specimen/Mesh file"));
    }

    /// Whether `problems` has one of `parameter`.
    bool is_refused(const std::string &parameter, const Problems &problems)
    {
      return std::any_of(problems.begin(), problems.end(), [&parameter](const std::string &problem) {
        return problem.find(": " + parameter + " = ") != std::string::npos;
      });
    }

    /// What is wrong with holding the free volume on `side`; empty if nothing is.
    std::string wrong_with_side(const Deck::Specimen &specimen, const std::string &side)
    {
      const bool is_periodic = specimen.lateral_boundary == Deck::LateralBoundary::periodic;
      if (specimen.dimension == 2 && (side == "back" || side == "front"))
        return "'" + side + "' is there in 3-D only; allowed are bottom and top" +
               (is_periodic ? " or, with Lateral boundary = free, left and right" : ", left and right");
      if (is_periodic && side != "bottom" && side != "top")
        return "'" + side + "' is a periodic side; allowed are bottom and top, or Lateral boundary = free";
      return "";
    }

    void check_boundary_free_volume(const Deck &deck, Problems &problems)
    {
      const std::string parameter = "Specimen/Boundary free volume";
      const auto       &held      = deck.specimen.boundary_free_volume;
      const Parameters &glass     = deck.material;
      const bool        diffuses  = glass.constant_diffusivity > 0. || glass.diffusion_length > 0.;
      if (!held.empty() && !diffuses && !is_refused("Material/Constant diffusivity", problems) &&
          !is_refused("Material/Diffusion length", problems))
        problems.push_back(
          problem_line(deck,
                       parameter,
                       "it means nothing without diffusion; set Material/Constant diffusivity or Diffusion length"));
      for (const auto &[side, value] : held)
        if (const std::string wrong = wrong_with_side(deck.specimen, side); !wrong.empty())
          problems.push_back(problem_line(deck, parameter, wrong));
    }

    void check_loading(const Deck &deck, Problems &problems)
    {
      if (deck.loading_mode == LoadingMode::shear && deck.platens == Deck::Platens::frictionless)
        problems.push_back(problem_line(deck, "Loading/Platens", "shear needs platens that hold: allowed is gripped"));
      if (deck.loading_mode == LoadingMode::tension &&
          deck.specimen.lateral_boundary == Deck::LateralBoundary::periodic)
        problems.push_back(problem_line(
          deck, "Specimen/Lateral boundary", "with Loading/Mode = tension the sides move: allowed is free"));
    }

    void check_adaptivity(const Deck &deck, Problems &problems)
    {
      if (deck.adaptivity.coarsen_below >= deck.adaptivity.refine_above)
        problems.push_back(
          problem_line(deck,
                       "Adaptivity/Coarsen below",
                       "allowed is less than Adaptivity/Refine above, or cells are split and joined in turn"));
    }

    void check_directory(const Deck &deck, Problems &problems)
    {
      if (deck.output.directory.empty())
        problems.push_back(problem_line(deck, "Output/Directory", "allowed is the name of a directory"));
    }
  } // namespace

  Deck read_deck(const std::string &file, const std::vector<std::string> &overrides)
  {
    return read_layered_deck(file, {{"--set", overrides}});
  }

  Deck read_layered_deck(const std::string &file, const std::vector<SettingsLayer> &layers)
  {
    Problems                problems;
    std::vector<Assignment> assignments;
    collect(file, read_source(file), assignments, problems);
    for (const SettingsLayer &layer : layers)
      collect(layer.origin, read_settings(layer.settings, layer.origin), assignments, problems);

    Deck deck = deck_of_preset(assignments);
    deck.file = file;
    dealii::ParameterHandler handler;
    declare(deck, handler);
    set(assignments, handler, problems);
    get(assignments, handler, deck, problems);

    deck.specimen.mesh_file = find_input_file(deck.specimen.mesh_file, file);
    deck.grid_field.file    = find_input_file(deck.grid_field.file, file);
    spread("Specimen/Size", deck, deck.specimen.size, problems);
    spread("Specimen/Subdivisions", deck, deck.specimen.subdivisions, problems);
    settle_initial_fields(deck, problems);
    check_material(deck, problems);
    settle_regions(deck, problems);
    check_loading(deck, problems);
    check_boundary_free_volume(deck, problems);
    check_adaptivity(deck, problems);
    check_directory(deck, problems);
    if (problems.empty()) // else it may be of other values than the deck's
      problems = wrong_with_program(deck);
    if (!problems.empty())
      throw DeckError(problems);
    return deck;
  }

  std::vector<std::string> differing_parameters(const Deck &one, const Deck &other)
  {
    std::vector<std::string> names;
    for (const DeckEntry &entry : deck_entries())
      if (entry.text(one) != entry.text(other))
        names.push_back(entry.path());
    return names;
  }

  std::string why_unknown(const std::string &parameter)
  {
    return find_entry(parameter) ? "" : "there is no such parameter; " + hint(read_assignment(parameter, ""));
  }

  Deck deck_of_point(const Deck &deck)
  {
    Problems problems;
    for (const InitialField &field : initial_fields())
      if (!is_uniform(deck.initially.*field.text))
        problems.push_back(problem_line(deck,
                                        "Material/" + field.name,
                                        "revitra-point computes one point: allowed is a number, or an expression "
                                        "without x, y, z, random and grid"));
    if (!problems.empty())
      throw DeckError(problems);
    Deck         point  = deck;
    const double offset = uniform_value(deck.initially.temperature_offset);
    point.material.temperature += offset;
    for (Segment &segment : point.program.segments)
      if (segment.temperature_end)
        *segment.temperature_end += offset;
    return point;
  }

  std::string parameter_text(const Deck &deck, const std::string &parameter)
  {
    const DeckEntry *const entry = find_entry(parameter);
    if (!entry)
      throw std::out_of_range("there is no parameter " + parameter);
    return entry->text(deck);
  }

  std::string problem_line(const Deck &deck, const std::string &parameter, const std::string &what)
  {
    const auto        origin = deck.origins.find(parameter);
    const std::string where  = origin != deck.origins.end() ? origin->second : deck.file.empty() ? "deck" : deck.file;
    return where + ": " + parameter + " = " + parameter_text(deck, parameter) + ": " + what;
  }
} // namespace revitra

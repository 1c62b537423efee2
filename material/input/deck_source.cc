#include "material/input/deck_source.h"

#include "material/base/errors.h"
#include "material/base/text.h"
#include "material/base/text_file.h"
#include "material/input/deck_text.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <sstream>

namespace revitra
{
  namespace
  {
    void note_section(const std::string &section, DeckSource &source)
    {
      if (std::find(source.sections.begin(), source.sections.end(), section) == source.sections.end())
        source.sections.push_back(section);
    }

    /// Follows the lines of a .prm deck.
    class PrmScanner
    {
    public:
      explicit PrmScanner(std::string origin)
        : origin(std::move(origin))
      {}

      void line(const std::string &text, const std::size_t number)
      {
        const std::string line = trim(text);
        if (line.empty())
          return;
        const std::string command = line.substr(0, line.find_first_of(" \t"));
        const std::string rest    = trim(line.substr(command.size()));
        if (command == "set" && rest.find('=') != std::string::npos)
          assign(rest);
        else if (command == "subsection" && !rest.empty())
          open(squeeze(rest));
        else if (line == "end")
          close(number);
        else if (command == "include")
          problem(
            number, line, "including another deck is not in this version; put its values here or give them with --set");
        else
          problem(number, line, "allowed is 'subsection NAME', 'set NAME = VALUE', 'end' or '# comment'");
      }

      DeckSource finish()
      {
        if (!open_sections.empty())
          source.problems.push_back(origin + ": the subsection " + join(open_sections, "/") +
                                    " is not closed: add 'end'");
        return std::move(source);
      }

    private:
      void assign(const std::string &text)
      {
        const auto equals = text.find('=');
        source.assignments.push_back(
          {origin, join(open_sections, "/"), squeeze(text.substr(0, equals)), unquoted(text.substr(equals + 1))});
      }

      void open(const std::string &name)
      {
        open_sections.push_back(name);
        note_section(join(open_sections, "/"), source);
      }

      void close(const std::size_t number)
      {
        if (open_sections.empty())
          problem(number, "end", "no subsection is open here; drop it");
        else
          open_sections.pop_back();
      }

      void problem(const std::size_t number, const std::string &line, const std::string &what)
      {
        source.problems.push_back(origin + ": line " + std::to_string(number) + " '" + squeeze(line) + "': " + what);
      }

      std::string              origin;
      std::vector<std::string> open_sections;
      DeckSource               source;
    };

    /// Follows the events of a JSON parser, which unlike a parsed document still tell a name given twice.
    class JsonScanner : public nlohmann::json_sax<nlohmann::json>
    {
    public:
      explicit JsonScanner(std::string origin)
        : origin(std::move(origin))
      {}

      DeckSource source;

      bool null() override { return value(""); }
      bool boolean(const bool flag) override { return value(flag ? "true" : "false"); }
      bool number_integer(const number_integer_t number) override { return value(std::to_string(number)); }
      bool number_unsigned(const number_unsigned_t number) override { return value(std::to_string(number)); }
      bool number_float(number_float_t, const string_t &text) override { return value(text); }
      bool string(string_t &text) override { return value(text); }
      bool binary(binary_t &) override { return true; }

      bool start_object(std::size_t) override
      {
        if (list_depth > 0)
          {
            refuse("an object in a list");
            return false; // what is in it would be taken for values
          }
        if (keys.size() == 1)
          note_section(keys[0], source);
        if (keys.size() == 2)
          has_value = false;
        keys.emplace_back();
        return true;
      }

      bool key(string_t &name) override
      {
        keys.back() = squeeze(name); // as in .prm; what is said of it is one line
        return true;
      }

      bool end_object() override
      {
        keys.pop_back();
        if (keys.size() == 2 && !has_value)
          refuse("an object without \"value\"");
        return true;
      }

      bool start_array(std::size_t) override
      {
        list_depth += 1;
        return true;
      }

      bool end_array() override
      {
        list_depth -= 1;
        if (list_depth == 0)
          {
            assign(join(list, ", "));
            list.clear();
          }
        return true;
      }

      bool parse_error(std::size_t, const std::string &, const nlohmann::detail::exception &exception) override
      {
        const std::string text = exception.what(); // "[json.exception.parse_error.101] parse error at line 1, ..."
        const auto        tag  = text.find("] ");
        source.problems.push_back(origin + ": " + (tag == std::string::npos ? text : text.substr(tag + 2)));
        return false;
      }

    private:
      bool value(const std::string &text)
      {
        if (list_depth > 0)
          list.push_back(text);
        else
          assign(text);
        return true;
      }

      void refuse(const std::string &what)
      {
        source.problems.push_back(origin + ": " + join(keys, "/") + " is " + what +
                                  "; allowed is {\"Section\": {\"Parameter\": value}}");
      }

      void assign(const std::string &text)
      {
        has_value = has_value || keys.size() != 3 || keys[2] == "value";
        if (keys.empty())
          source.problems.push_back(origin +
                                    ": allowed is an object of sections, {\"Section\": {\"Parameter\": value}}");
        else if (text.find('\0') != std::string::npos)
          source.problems.push_back(origin + ": " + join(keys, "/") + " = " + text +
                                    ": no value has a NUL character (\\u0000) in it");
        else if (keys.size() == 1)
          source.assignments.push_back({origin, "", keys[0], text});
        else if (keys.size() == 2 || (keys.size() == 3 && keys[2] == "value"))
          source.assignments.push_back({origin, keys[0], keys[1], text});
        // The rest of what deal.II writes about a parameter; see dealii::ParameterHandler::print_parameters.
        else if (keys.size() != 3 ||
                 !(keys[2] == "default_value" || keys[2] == "documentation" || keys[2] == "pattern" ||
                   keys[2] == "pattern_description" || keys[2] == "actions"))
          source.problems.push_back(origin + ": " + join(keys, "/") + " = " + squeeze(text) +
                                    ": it is nested too deep; allowed is {\"Section\": {\"Parameter\": value}}");
      }

      std::string              origin;
      std::vector<std::string> keys;
      std::vector<std::string> list;
      unsigned int             list_depth = 0;
      bool                     has_value  = false; ///< whether the present parameter, if an object, has a "value"
    };

    bool is_json(const std::string &file, const std::string &text)
    {
      const auto first = text.find_first_not_of(" \t\r\n");
      return std::filesystem::path(file).extension() == ".json" || (first != std::string::npos && text[first] == '{');
    }
  } // namespace

  DeckSource scan_prm(const std::string &text, const std::string &origin)
  {
    PrmScanner         scanner(origin);
    std::istringstream stream(text);
    std::string        joined;
    std::size_t        number = 0;
    for (std::string line; std::getline(stream, line);)
      {
        number += 1;
        joined += trim(line.substr(0, find_unquoted(line, '#')));
        if (!joined.empty() && joined.back() == '\\')
          {
            joined = trim(joined.substr(0, joined.size() - 1)) + ' ';
            continue;
          }
        scanner.line(joined, number);
        joined.clear();
      }
    scanner.line(joined, number);
    return scanner.finish();
  }

  DeckSource scan_json(const std::string &text, const std::string &origin)
  {
    JsonScanner scanner(origin);
    if (!squeeze(text).empty()) // an empty deck is a deck
      nlohmann::json::sax_parse(text, &scanner);
    return std::move(scanner.source);
  }

  DeckSource read_source(const std::string &file)
  {
    std::string text;
    try
      {
        text = read_text_file(file, "the deck");
      }
    catch (const DeckError &error)
      {
        DeckSource source;
        source.problems = error.problems();
        return source;
      }
    return is_json(file, text) ? scan_json(text, file) : scan_prm(text, file);
  }

  Assignment read_assignment(const std::string &text, const std::string &origin)
  {
    const auto        equals  = text.find('=');
    const std::string path    = text.substr(0, equals);
    const std::string value   = equals == std::string::npos ? "" : text.substr(equals + 1);
    const auto        slash   = path.find('/');
    const std::string section = slash == std::string::npos ? "" : path.substr(0, slash);
    const std::string name    = slash == std::string::npos ? path : path.substr(slash + 1);
    return {origin, squeeze(section), squeeze(name), unquoted(value)};
  }

  DeckSource read_settings(const std::vector<std::string> &settings, const std::string &origin)
  {
    DeckSource source;
    for (const std::string &text : settings)
      {
        if (text.find('=') == std::string::npos)
          {
            source.problems.push_back(origin + ": " + text + ": allowed is 'Section/Parameter=value'");
            continue;
          }
        source.assignments.push_back(read_assignment(text, origin));
        if (!source.assignments.back().section.empty())
          note_section(source.assignments.back().section, source);
      }
    return source;
  }
} // namespace revitra

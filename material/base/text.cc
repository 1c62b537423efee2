#include "material/base/text.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <iomanip>
#include <numeric>
#include <sstream>
#include <string_view>
#include <utility>

namespace revitra
{
  namespace
  {
    std::string lower_case(std::string text)
    {
      for (char &letter : text)
        letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
      return text;
    }
  } // namespace

  std::string squeeze(const std::string &text)
  {
    return join(words_of(text), " ");
  }

  std::string trim(const std::string &text)
  {
    constexpr const char *const white = " \t\n\v\f\r";
    const auto                  first = text.find_first_not_of(white);
    return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(white) - first + 1);
  }

  std::vector<std::string> split(const std::string &text, const char separator)
  {
    std::vector<std::string> parts;
    std::istringstream       stream(text + separator);
    for (std::string part; std::getline(stream, part, separator);)
      parts.push_back(squeeze(part));
    return parts;
  }

  std::vector<std::string> split_outside_parentheses(const std::string &text, const char separator)
  {
    std::vector<std::string> parts;
    std::string              part;
    int                      depth = 0;
    for (const char letter : text)
      {
        depth += letter == '(' ? 1 : letter == ')' ? -1 : 0;
        if (letter != separator || depth > 0)
          part += letter;
        else
          parts.push_back(squeeze(std::exchange(part, "")));
      }
    if (!parts.empty() || !squeeze(part).empty())
      parts.push_back(squeeze(part));
    return parts;
  }

  std::vector<std::string> words_of(const std::string &text)
  {
    std::vector<std::string> words;
    std::istringstream       stream(text);
    for (std::string word; stream >> word;)
      words.push_back(word);
    return words;
  }

  std::string join(const std::vector<std::string> &parts, const std::string &separator)
  {
    std::string text;
    for (const std::string &part : parts)
      text += (&part == &parts.front() ? "" : separator) + part;
    return text;
  }

  std::string alternatives(const std::vector<std::string> &words)
  {
    if (words.size() < 2)
      return join(words, "");
    return join({words.begin(), words.end() - 1}, ", ") + " or " + words.back();
  }

  std::optional<double> read_number(const std::string &text)
  {
    // from_chars is free of the locale, and of the "0x", "nan" and leading blanks of strtod; a plus sign it leaves to
    // us.
    const bool        has_plus = text.size() > 1 && text[0] == '+' && text[1] != '-';
    const char *const begin    = text.data() + (has_plus ? 1 : 0);
    const char *const end      = text.data() + text.size();
    double            value    = 0.;
    const auto        result   = std::from_chars(begin, end, value);
    if (result.ec != std::errc() || result.ptr != end || !std::isfinite(value))
      return std::nullopt;
    return value;
  }

  std::string shortest(const double value)
  {
    if (std::isnan(value))
      return "nan";
    std::array<char, 32> text;
    const auto           result = std::to_chars(text.data(), text.data() + text.size(), value);
    return {text.data(), result.ptr};
  }

  std::string brief(const double value)
  {
    std::ostringstream text;
    text << std::setprecision(8) << value;
    return text.str();
  }

  std::string printable(const std::string &text)
  {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string                shown;
    for (const char letter : text)
      if (const auto code = static_cast<unsigned char>(letter); code >= 0x20 && code != 0x7f)
        shown += letter;
      else if (letter == '\0')
        shown += "\\0";
      else if (letter == '\n')
        shown += "\\n";
      else if (letter == '\r')
        shown += "\\r";
      else if (letter == '\t')
        shown += "\\t";
      else
        shown += std::string("\\x") + digits[code / 16] + digits[code % 16];
    return shown;
  }

  unsigned int edit_distance(const std::string &one, const std::string &other)
  {
    const std::string down = lower_case(one), across = lower_case(other);
    // Levenshtein's table, one row at a time.
    std::vector<unsigned int> row(across.size() + 1);
    std::iota(row.begin(), row.end(), 0u);
    for (std::size_t i = 0; i < down.size(); ++i)
      {
        unsigned int diagonal = row[0];
        row[0]                = static_cast<unsigned int>(i + 1);
        for (std::size_t j = 0; j < across.size(); ++j)
          {
            const unsigned int exchange = diagonal + (down[i] == across[j] ? 0 : 1);
            diagonal                    = row[j + 1];
            row[j + 1]                  = std::min(exchange, std::min(row[j], row[j + 1]) + 1);
          }
      }
    return row.back();
  }

  std::optional<std::string> nearest(const std::string &word, const std::vector<std::string> &candidates)
  {
    std::optional<std::string> best;
    unsigned int best_distance = std::max<unsigned int>(2, static_cast<unsigned int>(word.size()) / 4) + 1;
    for (const std::string &candidate : candidates)
      {
        const std::size_t longer  = std::max(word.size(), candidate.size()),
                          shorter = std::min(word.size(), candidate.size());
        if (longer - shorter >= best_distance) // so many letters are to be inserted at least
          continue;
        if (const unsigned int distance = edit_distance(word, candidate); distance < best_distance)
          {
            best          = candidate;
            best_distance = distance;
          }
      }
    return best;
  }
} // namespace revitra

#include "material/input/deck_text.h"

#include "material/base/text.h"

namespace revitra
{
  namespace
  {
    constexpr auto npos = std::string::npos;

    /// The place of the quote that closes the one at `open`; npos if none does.
    std::string::size_type closing_quote(const std::string &text, const std::string::size_type open)
    {
      for (auto i = open + 1; i < text.size(); ++i)
        if (text[i] == '\\')
          ++i;
        else if (text[i] == '"')
          return i;
      return npos;
    }

    std::string in_quotes(const std::string &text)
    {
      std::string result = "\"";
      for (const char letter : text)
        if (letter == '\n')
          result += "\\n";
        else if (letter == '\r')
          result += "\\r";
        else
          result += (letter == '"' || letter == '\\' ? "\\" : "") + std::string(1, letter);
      return result + '"';
    }
  } // namespace

  std::string quoted_if_needed(const std::string &text)
  {
    const bool is_plain =
      text == trim(text) && text.find_first_of("#\"\n\r") == npos && (text.empty() || text.back() != '\\');
    return is_plain ? text : in_quotes(text);
  }

  std::string quoted_name(const std::string &name)
  {
    return name.empty() || name.find_first_of(":;") != npos ? in_quotes(name) : quoted_if_needed(name);
  }

  std::string unquoted(const std::string &text)
  {
    const std::string trimmed = trim(text);
    if (trimmed.size() < 2 || trimmed[0] != '"' || closing_quote(trimmed, 0) != trimmed.size() - 1)
      return trimmed;
    std::string result;
    for (std::string::size_type i = 1; i + 1 < trimmed.size(); ++i)
      {
        const char next = trimmed[i] == '\\' ? trimmed[i + 1] : '\0';
        if (next == 'n' || next == 'r')
          result += next == 'n' ? '\n' : '\r';
        else if (next == '"' || next == '\\')
          result += next;
        else
          {
            result += trimmed[i];
            continue;
          }
        ++i;
      }
    return result;
  }

  std::string::size_type find_unquoted(const std::string &text, const char letter)
  {
    for (std::string::size_type i = 0; i < text.size(); ++i)
      if (text[i] == letter)
        return i;
      else if (text[i] == '"')
        if (const auto closing = closing_quote(text, i); closing != npos)
          i = closing;
    return npos;
  }

  bool has_open_quote(const std::string &text)
  {
    for (auto quote = text.find('"'); quote != npos; quote = text.find('"', quote + 1))
      {
        quote = closing_quote(text, quote);
        if (quote == npos)
          return true;
      }
    return false;
  }

  std::vector<std::string> split_unquoted(std::string text, const char separator)
  {
    std::vector<std::string> parts;
    for (auto end = find_unquoted(text, separator); end != npos; end = find_unquoted(text, separator))
      {
        parts.push_back(trim(text.substr(0, end)));
        text.erase(0, end + 1);
      }
    parts.push_back(trim(text));
    return parts;
  }
} // namespace revitra

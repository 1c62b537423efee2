#include "material/base/text_file.h"

#include "material/base/errors.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace revitra
{
  namespace
  {
    bool starts_with(const std::string &text, const std::string &beginning)
    {
      return text.compare(0, beginning.size(), beginning) == 0;
    }

    /// Reason why `text` is not a text; empty if it is.
    std::string why_no_text(const std::string &text)
    {
      const std::string allowed = "; allowed is UTF-8 or ASCII, as an editor saves plain text";
      if (starts_with(text, "\xFF\xFE") || starts_with(text, "\xFE\xFF"))
        return "it is in UTF-16" + allowed;
      const auto nul = text.find('\0');
      if (nul != std::string::npos)
        return "byte " + std::to_string(nul + 1) + " is NUL, so it is no plain text, or in UTF-16" + allowed;
      return "";
    }

    /// Replaces every line end, LF, CR LF or CR, by LF.
    void unify_line_ends(std::string &text)
    {
      auto end = text.begin();
      for (auto letter = text.cbegin(); letter != text.cend(); ++letter)
        if (*letter != '\r')
          *end++ = *letter;
        else if (letter + 1 == text.cend() || *(letter + 1) != '\n')
          *end++ = '\n';
      text.erase(end, text.end());
    }
  } // namespace

  std::string read_text_file(const std::string &file, const std::string &what)
  {
    const auto fail = [&](const std::string &reason) {
      return DeckError({file + ": " + what + " cannot be read: " + reason});
    };
    std::error_code ignored;
    if (std::filesystem::is_directory(file, ignored))
      throw fail(std::strerror(EISDIR));
    errno = 0;
    std::ifstream stream(file, std::ios::binary);
    if (!stream)
      throw fail(std::strerror(errno));
    std::string text{std::istreambuf_iterator<char>(stream), {}};
    if (const std::string why = why_no_text(text); !why.empty())
      throw fail(why);
    if (starts_with(text, "\xEF\xBB\xBF"))
      text.erase(0, 3);
    unify_line_ends(text);
    return text;
  }
} // namespace revitra

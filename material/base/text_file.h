#pragma once

#include <string>

namespace revitra
{
  /// The text in `file` with '\n' for every end of a line, whichever system wrote it, and without a byte order mark.
  /// `what` names it in messages: "FILE: `what` cannot be read: ...". Throws DeckError if it cannot be, or if it is no
  /// text in UTF-8 or ASCII but UTF-16, or has NUL bytes in it.
  std::string read_text_file(const std::string &file, const std::string &what);
} // namespace revitra

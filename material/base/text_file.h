#pragma once

#include <string>

namespace revitra
{
  /// Text in `file` with '\n' for every line end, whatever system wrote it, and without a byte order mark. `what` names
  /// it in messages: "FILE: `what` cannot be read: ...". Throws DeckError if it cannot be read, is in UTF-16 rather
  /// than UTF-8 or ASCII, or contains NUL bytes.
  std::string read_text_file(const std::string &file, const std::string &what);
} // namespace revitra

#pragma once

#include <string>
#include <vector>

namespace revitra
{
  /// `text` as the value of a deck's parameter: in double quotes if a deck would not take it as it is (blanks at an
  /// end, '#', quotes, a backslash at the end, ends of lines). Within them, quotes, backslashes and ends of lines are
  /// written as C's literals have them.
  std::string quoted_if_needed(const std::string &text);

  /// The same for a name that ends before ':' and must not contain ';' outside of quotes.
  std::string quoted_name(const std::string &name);

  /// What `text` stands for: what is in the double quotes if all of it is, else itself. Without blanks at its ends.
  std::string unquoted(const std::string &text);

  /// The place of the first `letter` of `text` that is not within double quotes; npos if there is none. A quote that is
  /// not closed is a letter like others.
  std::string::size_type find_unquoted(const std::string &text, char letter);

  /// Returns true if a double quote of `text` is not closed.
  bool has_open_quote(const std::string &text);

  /// The parts of `text` between separators that are not within double quotes, each without blanks at its ends.
  std::vector<std::string> split_unquoted(std::string text, char separator);
} // namespace revitra

#pragma once

#include <optional>
#include <string>
#include <vector>

namespace revitra
{
  /// Copy of `text` without white space at its ends, and with every other stretch of it replaced by one blank.
  std::string squeeze(const std::string &text);

  /// Copy of `text` without white space at its ends.
  std::string trim(const std::string &text);

  /// Parts of `text` between separators, each squeezed; one more than there are separators.
  std::vector<std::string> split(const std::string &text, char separator);

  /// Parts of `text` between separators that are not in parentheses, each squeezed; none of a blank text.
  std::vector<std::string> split_outside_parentheses(const std::string &text, char separator);

  /// Words of `text`, separated by white space.
  std::vector<std::string> words_of(const std::string &text);

  /// Joins `parts`, with `separator` between them.
  std::string join(const std::vector<std::string> &parts, const std::string &separator);

  /// Text "a, b or c".
  std::string alternatives(const std::vector<std::string> &words);

  /// Finite number that the whole of `text` represents in C's decimal notation, if any.
  std::optional<double> read_number(const std::string &text);

  /// Text of `value` with the fewest digits that read back as the same number; "nan" if it is not a number.
  std::string shortest(double value);

  /// Text of `value` with as many digits as a message needs.
  std::string brief(double value);

  /// Copy of `text` on one line: characters that a line cannot show, such as NUL or a line end, are written as in C
  /// literals.
  std::string printable(const std::string &text);

  /// Number of letters to insert, delete or exchange to turn one word into the other, ignoring case.
  unsigned int edit_distance(const std::string &one, const std::string &other);

  /// Candidate that `word` is a likely misspelling of, if any.
  std::optional<std::string> nearest(const std::string &word, const std::vector<std::string> &candidates);
} // namespace revitra

#pragma once

#include <optional>
#include <string>
#include <vector>

namespace revitra
{
  /// `text` without white space at both ends, and with every other stretch of it made one blank.
  std::string squeeze(const std::string &text);

  /// `text` without white space at both ends.
  std::string trim(const std::string &text);

  /// The parts of `text` between separators, each squeezed; one part more than there are separators.
  std::vector<std::string> split(const std::string &text, char separator);

  /// The same, but a separator in parentheses separates nothing; no parts in a blank text.
  std::vector<std::string> split_outside_parentheses(const std::string &text, char separator);

  /// The words of `text`, which white space separates.
  std::vector<std::string> words_of(const std::string &text);

  /// `parts` with `separator` between them.
  std::string join(const std::vector<std::string> &parts, const std::string &separator);

  /// "a, b or c".
  std::string alternatives(const std::vector<std::string> &words);

  /// The finite number that all of `text` spells in C's decimal notation, if it does.
  std::optional<double> read_number(const std::string &text);

  /// `value` in the fewest digits that read back as the same number; "nan" if it is none.
  std::string shortest(double value);

  /// `value` in as many digits as a message needs.
  std::string brief(double value);

  /// `text` on one line: what no line can show, such as NUL or the end of a line, is written as C's literals have it.
  std::string printable(const std::string &text);

  /// How many letters to insert, drop or exchange to turn one word into the other, capital or not.
  unsigned int edit_distance(const std::string &one, const std::string &other);

  /// The candidate that `word` is a likely misspelling of, if there is one.
  std::optional<std::string> nearest(const std::string &word, const std::vector<std::string> &candidates);
} // namespace revitra

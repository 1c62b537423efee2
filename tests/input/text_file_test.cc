#include "material/base/text_file.h"
#include "material/input/deck_source.h"
#include "tests/base/problems_of.h"
#include "tests/base/scratch_directory.h"

#include <gtest/gtest.h>

using namespace revitra;
using namespace std::string_literals;

namespace
{
  /// `text` with `line_end` for each '\n'.
  std::string with_line_ends(const std::string &text, const std::string &line_end)
  {
    std::string result;
    for (const char letter : text)
      result += letter == '\n' ? line_end : std::string(1, letter);
    return result;
  }

  /// `text` as Windows stores it in UTF-16, low bytes first.
  std::string in_utf16(const std::string &text)
  {
    std::string result;
    for (const char letter : text)
      result += {letter, '\0'};
    return result;
  }
} // namespace

TEST(TextFile, line_ends_of_all_systems_are_one)
{
  const ScratchDirectory scratch;
  const std::string      text = "a\n\n b \nlast";
  for (const char *const end : {"\n", "\r\n", "\r"})
    EXPECT_EQ(read_text_file(scratch.write("a", with_line_ends(text, end)), "it"), text);
  EXPECT_EQ(read_text_file(scratch.write("a", "a\r\n\rb\n\r\nc\r"), "it"), "a\n\nb\n\nc\n");
  EXPECT_EQ(read_text_file(scratch.write("a", "\xEF\xBB\xBF\xC3\xA4\r"), "it"), "\xC3\xA4\n");
  EXPECT_EQ(read_text_file(scratch.write("a", ""), "it"), "");
}

TEST(TextFile, what_is_no_text_is_told_in_one_line)
{
  const ScratchDirectory scratch;
  const auto             problems = [&](const std::string &text) {
    return problems_of([&] { read_text_file(scratch.write("a.txt", text), "the deck"); });
  };
  const std::string begin = scratch.path("a.txt") + ": the deck cannot be read: ";
  for (const std::string &text : {"\xFF\xFE"s + in_utf16("set"), "\xFE\xFF\0s"s, "\xFF\xFE"s})
    EXPECT_EQ(problems(text),
              std::vector<std::string>{begin + "it is in UTF-16; allowed is UTF-8 or ASCII, as an "
                                               "editor saves plain text"});
  EXPECT_TRUE(mentions(problems(in_utf16("set")), {begin + "byte 2 is NUL", "UTF-16", "allowed is UTF-8"}));
  EXPECT_TRUE(mentions(problems("end\n\0\0"s), {begin + "byte 5 is NUL"}));
  EXPECT_EQ(problems("end\n\0\0"s).size(), 1u);
}

TEST(TextFile, decks_read_the_same_from_all_systems)
{
  // Comments before, after and between the lines; a value that goes on on the next line.
  const std::string      deck = "# a deck\nsubsection Material # glass\n  # cold\n  set Temperature = 0.95\nend\n"
                                "subsection Loading\n  set Program = rate 1e-4 \\\n until strain 0.1\nend\n";
  const ScratchDirectory scratch;
  const auto             expected = read_source(scratch.write("unix.prm", deck));
  ASSERT_EQ(expected.assignments.size(), 2u);
  for (const char *const end : {"\r\n", "\r"})
    for (const std::string &text :
         {with_line_ends(deck, end), deck.substr(0, 40) + with_line_ends(deck.substr(40), end)})
      {
        const auto source = read_source(scratch.write("other.prm", text));
        EXPECT_TRUE(source.problems.empty());
        ASSERT_EQ(source.assignments.size(), 2u);
        for (unsigned int i = 0; i < 2; ++i)
          {
            EXPECT_EQ(source.assignments[i].path(), expected.assignments[i].path());
            EXPECT_EQ(source.assignments[i].value, expected.assignments[i].value);
          }
      }
}

TEST(TextFile, no_message_breaks_off_at_nul)
{
  const auto source = scan_json(R"({"Output": {"Directory": "a\u0000b"}})", "d");
  EXPECT_TRUE(source.assignments.empty());
  const DeckError error(source.problems);
  EXPECT_EQ(error.what(), "d: Output/Directory = a\\0b: no value has a NUL character (\\u0000) in it"s);
  const DeckError lines({"d: a\nb", "e: \x1b[2J"});
  EXPECT_EQ(lines.problems(), (std::vector<std::string>{"d: a\\nb", "e: \\x1b[2J"}));
}

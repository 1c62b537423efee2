#include "material/input/deck_source.h"
#include "tests/base/problems_of.h"
#include "tests/base/scratch_directory.h"

#include <gtest/gtest.h>

using namespace revitra;

namespace
{
  /// "Section/Name=value" of each assignment.
  std::vector<std::string> in_short(const DeckSource &source)
  {
    std::vector<std::string> texts;
    for (const Assignment &assignment : source.assignments)
      texts.push_back(assignment.path() + "=" + assignment.value);
    return texts;
  }

  using Texts = std::vector<std::string>;
} // namespace

TEST(DeckSource, prm_is_read_as_dealii_reads_it)
{
  const auto source = scan_prm("# a comment\r\n"
                               "subsection Material\r\n"
                               "  set Temperature   =  0.95  # another\r\n"
                               "end\n"
                               "subsection Loading\n"
                               "  set Program = rate 1e-2 until stress 5; \\\n"
                               "                stress 5 for 3\n"
                               "end\n"
                               "subsection Output\n  set Directory = a = b\n  set Units =\nend",
                               "deck.prm");
  EXPECT_TRUE(source.problems.empty());
  EXPECT_EQ(in_short(source),
            (Texts{"Material/Temperature=0.95",
                   "Loading/Program=rate 1e-2 until stress 5; stress 5 for 3",
                   "Output/Directory=a = b",
                   "Output/Units="}));
  EXPECT_EQ(source.sections, (Texts{"Material", "Loading", "Output"}));
  EXPECT_EQ(source.assignments[0].origin, "deck.prm");
}

TEST(DeckSource, prm_may_open_a_section_again)
{
  const auto source = scan_prm("subsection A\nset a=1\nend\nsubsection A\nset b=2\nend\n", "d");
  EXPECT_EQ(in_short(source), (Texts{"A/a=1", "A/b=2"}));
  EXPECT_EQ(source.sections, Texts{"A"});
}

TEST(DeckSource, prm_lines_not_understood_are_all_named)
{
  const auto source =
    scan_prm("sett a = 1\nset b\nsubsection\nend\ninclude other.prm\nsubsection A\nsubsection B\nset c=1\nend\n", "d");
  EXPECT_EQ(source.problems.size(), 6u);
  EXPECT_TRUE(mentions(source.problems, {"d: line 1 'sett a = 1'", "set NAME = VALUE"}));
  EXPECT_TRUE(mentions(source.problems, {"d: line 2 'set b'"}));
  EXPECT_TRUE(mentions(source.problems, {"d: line 3 'subsection'"}));
  EXPECT_TRUE(mentions(source.problems, {"d: line 4 'end'", "no subsection is open"}));
  EXPECT_TRUE(mentions(source.problems, {"d: line 5 'include other.prm'", "not in this version"}));
  EXPECT_TRUE(mentions(source.problems, {"subsection A is not closed"}));
  EXPECT_EQ(in_short(source), Texts{"A/B/c=1"});
}

TEST(DeckSource, json_takes_texts_numbers_lists_and_what_dealii_writes)
{
  const auto source = scan_json(R"({"Material": {"Temperature": 0.95, "Preset": "X"},
                                    "Specimen": {"Size": [1, 2.50], "Degree": {"value": "3", "default_value": "2"}},
                                    "Time stepping": {"Tolerance": 1e-7}})",
                                "deck.json");
  EXPECT_TRUE(source.problems.empty());
  EXPECT_EQ(in_short(source),
            (Texts{"Material/Temperature=0.95",
                   "Material/Preset=X",
                   "Specimen/Size=1, 2.50",
                   "Specimen/Degree=3",
                   "Time stepping/Tolerance=1e-7"}));
  EXPECT_EQ(source.sections, (Texts{"Material", "Specimen", "Time stepping"}));
}

TEST(DeckSource, json_keeps_digits_and_names_given_twice)
{
  const auto source = scan_json(R"({"A": {"a": 0.10000000000000002, "a": 2}, "b": true})", "d");
  EXPECT_EQ(in_short(source), (Texts{"A/a=0.10000000000000002", "A/a=2", "b=true"}));
}

TEST(DeckSource, json_not_understood_is_named)
{
  EXPECT_TRUE(mentions(scan_json(R"({"A": {"a": 1 x)", "d").problems, {"d: parse error at line 1", "column"}));
  EXPECT_TRUE(mentions(scan_json("[1]", "d").problems, {"d: allowed is an object of sections"}));
  EXPECT_TRUE(mentions(scan_json(R"({"A": {"a": {"b": 1}}})", "d").problems, {"d: A/a/b = 1", "too deep"}));
  EXPECT_TRUE(mentions(scan_json(R"({"A": {"a": {"b\nc": 1}}})", "d").problems, {"d: A/a/b c = 1"}));
  const auto odd =
    scan_json(R"({"A": {"a": {}, "b": {"pattern": 1}, "c": {"value": 2}}, "B": {"d": [1, {"e": 2}]}})", "d");
  EXPECT_TRUE(mentions(odd.problems, {"d: A/a is an object without"}));
  EXPECT_TRUE(mentions(odd.problems, {"d: A/b is an object without"}));
  EXPECT_TRUE(mentions(odd.problems, {"d: B/d is an object in a list"}));
  EXPECT_EQ(odd.problems.size(), 3u);
  EXPECT_EQ(in_short(odd), Texts{"A/c=2"});
}

TEST(DeckSource, files_are_json_by_name_or_first_character)
{
  const ScratchDirectory scratch;
  EXPECT_EQ(in_short(read_source(scratch.write("a.prm", "\n {\"A\": {\"a\": 1}}"))), Texts{"A/a=1"});
  EXPECT_EQ(in_short(read_source(scratch.write("b.prm", "\xEF\xBB\xBFsubsection A\nset a=1\nend"))), Texts{"A/a=1"});
  EXPECT_TRUE(mentions(read_source(scratch.write("c.json", "subsection A\nend")).problems, {"c.json: parse error"}));
  for (const char *const empty : {"d.prm", "d.json"})
    {
      const auto source = read_source(scratch.write(empty, ""));
      EXPECT_TRUE(source.problems.empty() && source.assignments.empty()) << empty;
    }
}

TEST(DeckSource, file_that_cannot_be_read_is_named)
{
  const ScratchDirectory scratch;
  EXPECT_TRUE(
    mentions(read_source(scratch.path("none.prm")).problems, {scratch.path("none.prm") + ": ", "No such file"}));
  EXPECT_TRUE(mentions(read_source(scratch.path("")).problems, {scratch.path("") + ": ", "directory"}));
}

TEST(DeckSource, overrides_are_split_at_the_first_equals_sign)
{
  const auto source =
    read_settings({"Material/Temperature=0.9", " Output / Directory = a=b", "Foo=3", "Bar", "=", "A/=1"}, "--set");
  EXPECT_EQ(in_short(source), (Texts{"Material/Temperature=0.9", "Output/Directory=a=b", "Foo=3", "=", "A/=1"}));
  EXPECT_EQ(source.assignments[0].origin, "--set");
  EXPECT_EQ(source.problems, Texts{"--set: Bar: allowed is 'Section/Parameter=value'"});
}

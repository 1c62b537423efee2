#include "material/base/csv.h"
#include "material/input/deck.h"
#include "material/input/deck_source.h"
#include "material/input/deck_text.h"
#include "material/input/input_file.h"
#include "material/run/command_line.h"
#include "tests/base/problems_of.h"
#include "tests/base/scratch_directory.h"

#include <gtest/gtest.h>

using namespace revitra;
using Texts = std::vector<std::string>;

namespace
{
  // What a file may be called: anything but NUL and, within a name, '/'.
  const Texts odd_names = {"run  A",
                           "a\tb",
                           " leading",
                           "trailing ",
                           "a#b",
                           "#",
                           "ends with \\",
                           "a = b",
                           "\"quoted\"",
                           "half\"",
                           "\"half",
                           "two\nlines",
                           "a\rb",
                           "back\\slash",
                           "\\n",
                           "a: b; c, d",
                           "${HOME}",
                           "\xC3\xA4",
                           "\xFF"};

  ToolInfo tool()
  {
    ToolInfo tool;
    tool.name = "revitra-point";
    return tool;
  }
} // namespace

TEST(Names, what_is_quoted_reads_back)
{
  for (const std::string &name : odd_names)
    {
      EXPECT_EQ(unquoted(quoted_if_needed(name)), name);
      EXPECT_EQ(unquoted(quoted_name(name)), name);
      EXPECT_EQ(find_unquoted(quoted_name(name), ':'), std::string::npos) << name;
    }
  for (const char *const plain : {"run  A", "a\tb", "a = b", "some where/else", ""})
    EXPECT_EQ(quoted_if_needed(plain), plain);
  EXPECT_EQ(unquoted(" \"a\" and \"b\" "), "\"a\" and \"b\""); // not all of it
  EXPECT_EQ(unquoted("\""), "\"");
  EXPECT_EQ(unquoted("\"\\x\""), "\\x");
}

TEST(Names, comments_begin_outside_of_quotes)
{
  const auto value = [](const std::string &text) {
    const auto source = scan_prm("subsection Output\nset Directory = " + text + "\nend", "d");
    EXPECT_TRUE(source.problems.empty());
    return source.assignments.at(0).value;
  };
  EXPECT_EQ(value("a  b\tc # d"), "a  b\tc");
  EXPECT_EQ(value("\"a # b\" # \"c\""), "a # b");
  EXPECT_EQ(value("5\" # a quote that is not closed"), "5\"");
}

TEST(Names, every_name_works_in_decks_and_on_the_command_line)
{
  const ScratchDirectory scratch;
  const std::string      empty = scratch.write("empty.prm", "");
  for (const std::string &name : odd_names)
    {
      SCOPED_TRACE(name);
      const std::string prm  = "subsection Output\n  set Directory = " + quoted_if_needed(name) + " # so\nend\n";
      const Deck        deck = read_deck(scratch.write("a.prm", prm));
      EXPECT_EQ(deck.output.directory, name);
      write_parameters(deck, scratch.path("parameters.prm"));
      EXPECT_EQ(read_deck(scratch.path("parameters.prm")).output.directory, name);

      const char *const arguments[] = {"revitra-point", empty.c_str(), "--output", name.c_str()};
      const CommandLine line        = parse_command_line(4, arguments, tool());
      EXPECT_EQ(read_deck(empty, line.overrides).output.directory, name);
      EXPECT_EQ(read_deck(empty, {"Output/Directory=" + quoted_if_needed(name)}).output.directory, name);
    }
  for (const Texts &cells : {Texts{"run  A", "b"}, Texts{"a\tb", "c"}})
    EXPECT_EQ(csv_cells(csv_line(cells)), cells);
  EXPECT_EQ(read_deck(scratch.write("a.json", R"({"Output": {"Directory": " a  b#"}})")).output.directory, " a  b#");
  EXPECT_EQ(read_deck(empty, {"Loading/Program=rate  1e-4   until strain 1"}).program.text, "rate 1e-4 until strain 1");
}

TEST(Names, regions_are_called_as_in_the_mesh)
{
  // The names of a mesh that has two blanks in one and ':' and ';' in the other.
  const ScratchDirectory scratch;
  const std::string      regions = "soft  layer: Shear modulus = 180; \"hard: layer; a\": Shear  modulus = 240";
  const Deck deck = read_deck(scratch.write("a.prm", "subsection Material\n set Regions = " + regions + "\nend\n"),
                              {"Specimen/Mesh file=" + scratch.write("a.msh", "")});
  write_parameters(deck, scratch.path("parameters.prm"));
  for (const Deck &same : {deck, read_deck(scratch.path("parameters.prm"))})
    {
      ASSERT_EQ(same.regions.size(), 2u);
      EXPECT_EQ(same.regions[0].name, "soft  layer");
      EXPECT_EQ(same.regions[0].material.shear_modulus, 180.);
      EXPECT_EQ(same.regions[1].name, "hard: layer; a");
      EXPECT_EQ(same.regions[1].material.shear_modulus, 240.);
    }
}

TEST(Names, input_files_are_beside_the_deck_or_here)
{
  const ScratchDirectory scratch, elsewhere;
  const auto             before = std::filesystem::current_path();
  std::filesystem::current_path(elsewhere.path(""));
  const std::string here    = std::filesystem::current_path().string(); // without symbolic links
  const std::string deck    = scratch.write("a.prm", "subsection Specimen\n set Mesh file = m  1.msh\nend\n");
  const Deck        missing = read_deck(deck);
  EXPECT_EQ(missing.specimen.mesh_file, "m  1.msh");
  EXPECT_TRUE(
    mentions(problems_of([&] { require_input_file(missing, "Specimen/Mesh file", missing.specimen.mesh_file); }),
             {deck + ": Specimen/Mesh file = m  1.msh: ", scratch.path("m  1.msh"), here + "/m  1.msh"}));

  elsewhere.write("m  1.msh", "here");
  const Deck found_here = read_deck(deck);
  EXPECT_EQ(found_here.specimen.mesh_file, here + "/m  1.msh");
  scratch.write("m  1.msh", "beside");
  const Deck found = read_deck(deck);
  EXPECT_EQ(found.specimen.mesh_file, scratch.path("m  1.msh"));
  EXPECT_TRUE(problems_of([&] { require_input_file(found, "Specimen/Mesh file", found.specimen.mesh_file); }).empty());

  // what was found here is found again from elsewhere
  std::filesystem::current_path(before);
  write_parameters(found_here, scratch.path("parameters.prm"));
  EXPECT_EQ(read_deck(scratch.path("parameters.prm")).specimen.mesh_file, here + "/m  1.msh");
}

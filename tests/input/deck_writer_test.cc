#include "material/input/deck.h"
#include "material/input/deck_entries.h"
#include "tests/base/scratch_directory.h"

#include <deal.II/base/parameter_handler.h>

#include <gtest/gtest.h>

#include <set>
#include <sstream>
#include <string>

using namespace revitra;

namespace
{
  void expect_same_segments(const LoadingProgram &one, const LoadingProgram &other)
  {
    EXPECT_EQ(one.text, other.text);
    ASSERT_EQ(one.segments.size(), other.segments.size());
    for (std::size_t i = 0; i < one.segments.size(); ++i)
      {
        EXPECT_EQ(one.segments[i].control, other.segments[i].control);
        EXPECT_EQ(one.segments[i].value, other.segments[i].value);
        EXPECT_EQ(one.segments[i].end, other.segments[i].end);
        EXPECT_EQ(one.segments[i].end_value, other.segments[i].end_value);
        EXPECT_EQ(one.segments[i].temperature_end, other.segments[i].temperature_end);
      }
  }

  /// Numbers are compared bit for bit.
  void expect_same(const Deck &one, const Deck &other)
  {
    EXPECT_EQ(one.preset, other.preset);
    for (const ParameterInfo &info : parameter_table())
      EXPECT_EQ(one.material.*info.member, other.material.*info.member) << info.name;
    EXPECT_TRUE(differing_parameters(one, other).empty());
    expect_same_segments(one.program, other.program);
    EXPECT_EQ(one.eed.threshold, other.eed.threshold);
    EXPECT_EQ(one.eed.threshold_stress, other.eed.threshold_stress);
    EXPECT_EQ(one.specimen.dimension, other.specimen.dimension);
    EXPECT_EQ(one.specimen.size, other.specimen.size);
    EXPECT_EQ(one.specimen.subdivisions, other.specimen.subdivisions);
    EXPECT_EQ(one.specimen.degree, other.specimen.degree);
    EXPECT_EQ(one.specimen.mesh_file, other.specimen.mesh_file);
    EXPECT_EQ(one.specimen.lateral_boundary, other.specimen.lateral_boundary);
    EXPECT_EQ(one.specimen.refinements, other.specimen.refinements);
    EXPECT_EQ(one.time_stepping.tolerance, other.time_stepping.tolerance);
    EXPECT_EQ(one.time_stepping.initial_strain_step, other.time_stepping.initial_strain_step);
    EXPECT_EQ(one.time_stepping.maximum_strain_step, other.time_stepping.maximum_strain_step);
    EXPECT_EQ(one.output.directory, other.output.directory);
    EXPECT_EQ(one.output.fields_interval, other.output.fields_interval);
    EXPECT_EQ(one.output.units, other.output.units);
    EXPECT_EQ(one.checkpoint.interval, other.checkpoint.interval);
    EXPECT_EQ(one.checkpoint.keep, other.checkpoint.keep);
  }

  /// A deck with no default left that can be changed.
  Deck unusual_deck(const ScratchDirectory &scratch)
  {
    return read_deck(
      scratch.write("unusual.prm", ""),
      {"Material/Temperature=0.90000000000000013",
       "Material/Shear modulus=211.33333333333334",
       "Material/Poisson ratio=-0.1",
       "Material/Transformation activation energy=64.900000000000006",
       "Material/Annihilation activation energy=45.04",
       "Material/Transformation coefficient=0.1e-300",
       "Material/Annihilation coefficient=1e-300",
       "Material/Dilatancy factor=0.0090000000000000011",
       "Material/Initial free volume=0.05 + 0.0005*exp(-((y-0.5)/0.1)^2) + 0.001*z",
       "Material/Initial ST sum=0.33333333333333331 + 0.1*random",
       "Material/Initial ST bias=-0.1*grid",
       "Material/Temperature offset=0.01*x",
       "Material/Regions=soft: Shear modulus = 100, Initial free volume = max(0.06, 0.1*y); hard: Dilatancy "
       "factor = 0.01",
       "Random field/Seed=7",
       "Random field/Correlation length=0.30000000000000004",
       "Random field/Cut-off=2.5",
       "Grid field/File=map.csv",
       "Specimen/Mesh file=grains.msh",
       "Specimen/Boundary free volume=left: 0.06; top: 0.050000000000000003",
       "Material/Constant diffusivity=1.0000000000000001e-05",
       "Material/Diffusion length=0.020000000000000004",
       "Material/Stress scale=160",
       "Material/Strain scale=0.7",
       "Material/Time scale=1e-3",
       "Material/Glass transition temperature=700",
       "Loading/Mode=tension",
       "Loading/Platens=frictionless",
       "Adaptivity/Levels=3",
       "Adaptivity/Interval=7",
       "Adaptivity/Refine above=0.30000000000000004",
       "Adaptivity/Coarsen below=0",
       "Adaptivity/Maximum cells=12345",
       "Loading/Program=rate 1e-2 until stress 12.5; stress 12.5 for 3, temperature to 0.95; hold for 1",
       "EED/Threshold=value",
       "EED/Threshold stress=7.9000000000000004",
       "Specimen/Dimension=3",
       "Specimen/Size=1, 0.10000000000000001, 3",
       "Specimen/Subdivisions=4, 5, 10000",
       "Specimen/Degree=3",
       "Specimen/Lateral boundary=free",
       "Specimen/Refinements=2",
       "Time stepping/Tolerance=1e-7",
       "Time stepping/Initial strain step=1.2345678901234567e-4",
       "Time stepping/Maximum strain step=0.01",
       "Output/Directory=some where/else",
       "Output/Fields interval=0.30000000000000004",
       "Output/Fields interval in time=250",
       "Output/Units=physical",
       "Checkpoint/Interval=20",
       "Checkpoint/Keep=5"});
  }
} // namespace

TEST(DeckWriter, deck_as_understood_reads_back_bit_for_bit)
{
  const ScratchDirectory      scratch;
  const Deck                  deck           = unusual_deck(scratch);
  const std::set<std::string> one_value_only = {"Material/Preset"};
  for (const DeckEntry &entry : deck_entries())
    {
      const bool is_default = entry.text(deck) == entry.text(Deck());
      EXPECT_EQ(is_default, one_value_only.count(entry.path()) == 1) << entry.path();
    }

  write_parameters(deck, scratch.path("parameters.prm"));
  expect_same(read_deck(scratch.path("parameters.prm")), deck);
}

TEST(DeckWriter, baseline_reads_back)
{
  const ScratchDirectory scratch;
  write_parameters(Deck(), scratch.path("parameters.prm"));
  expect_same(read_deck(scratch.path("parameters.prm")), Deck());
}

TEST(DeckWriter, every_parameter_is_written)
{
  const ScratchDirectory scratch;
  write_parameters(Deck(), scratch.path("parameters.prm"));
  const Deck deck = read_deck(scratch.path("parameters.prm"));
  for (const DeckEntry &entry : deck_entries())
    EXPECT_EQ(deck.origins.count(entry.path()), 1u) << entry.path();
}

TEST(DeckWriter, dealii_reads_what_it_writes)
{
  const ScratchDirectory scratch;
  const Deck             deck = unusual_deck(scratch);
  write_parameters(deck, scratch.path("parameters.prm"));

  dealii::ParameterHandler handler;
  for (const DeckEntry &entry : deck_entries())
    {
      handler.enter_subsection(entry.section);
      handler.declare_entry(entry.name, entry.text(Deck()), *entry.pattern);
      handler.leave_subsection();
    }
  handler.parse_input(scratch.path("parameters.prm"));
  for (const DeckEntry &entry : deck_entries())
    {
      handler.enter_subsection(entry.section);
      EXPECT_EQ(handler.get(entry.name), entry.text(deck)) << entry.path();
      handler.leave_subsection();
    }
}

TEST(DeckWriter, printed_parameters_are_a_deck_that_says_what_they_mean)
{
  const ScratchDirectory scratch;
  std::ostringstream     printed;
  print_parameters(printed);
  expect_same(read_deck(scratch.write("printed.prm", printed.str())), Deck());

  // Long comments are wrapped.
  std::string text = printed.str();
  for (auto at = text.find("\n  # "); at != std::string::npos; at = text.find("\n  # ", at))
    text.replace(at, 5, " ");
  for (const DeckEntry &entry : deck_entries())
    {
      EXPECT_NE(text.find(entry.meaning), std::string::npos) << entry.path();
      EXPECT_NE(text.find("allowed: " + entry.allowed), std::string::npos) << entry.path();
    }
}

TEST(DeckWriter, manual_has_a_row_for_every_parameter)
{
  std::ostringstream manual;
  write_manual_parameters(manual);
  std::istringstream lines(manual.str());
  std::size_t        rows = 0, sections = 0;
  for (std::string line; std::getline(lines, line);)
    {
      sections += line.compare(0, 4, "### ") == 0;
      if (line.compare(0, 2, "| ") != 0 || line.compare(0, 5, "| Par") == 0)
        continue;
      ++rows;
      // Six bars make five cells, whatever is inside of them; escaped ones do not count.
      std::size_t bars = 0;
      for (std::size_t i = 0; i < line.size(); ++i)
        bars += line[i] == '|' && (i == 0 || line[i - 1] != '\\');
      EXPECT_EQ(bars, 6u) << line;
    }
  EXPECT_EQ(sections, 10u);
  EXPECT_EQ(rows, deck_entries().size());
  EXPECT_NE(manual.str().find("| Temperature | `0.9` | T_g | "), std::string::npos);
}

TEST(DeckWriter, failure_to_write_is_reported)
{
  EXPECT_THROW(write_parameters(Deck(), "/dev/full"), WriteError);
  EXPECT_THROW(write_parameters(Deck(), "/no/such/directory/parameters.prm"), WriteError);
}

#include "material/input/deck.h"
#include "tests/base/problems_of.h"
#include "tests/base/scratch_directory.h"

#include <gtest/gtest.h>

using namespace revitra;

namespace
{
  using Texts = std::vector<std::string>;

  Texts problems_in(const std::string &file, const Texts &overrides = {})
  {
    return problems_of([&] { read_deck(file, overrides); });
  }

  /// Reads deck texts.
  class DeckTest : public testing::Test
  {
  protected:
    Deck read(const std::string &text, const Texts &overrides = {}) const
    {
      return read_deck(scratch.write("deck.prm", text), overrides);
    }

    Texts problems(const std::string &text, const Texts &overrides = {}) const
    {
      return problems_in(scratch.write("deck.prm", text), overrides);
    }

    /// What is wrong with one parameter.
    Texts problems_of_override(const std::string &text) const { return problems("", {text}); }

    const ScratchDirectory scratch;
  };
} // namespace

TEST_F(DeckTest, empty_deck_is_the_baseline_of_the_paper)
{
  const Deck deck = read("");
  EXPECT_EQ(deck.preset, "Zr55Cu30Ni5Al10");
  const Parameters paper;
  for (const ParameterInfo &info : parameter_table())
    EXPECT_EQ(deck.material.*info.member, paper.*info.member) << info.name;
  EXPECT_EQ(deck_of_point(deck).material.initial_free_volume, 0.05);

  ASSERT_EQ(deck.program.segments.size(), 1u);
  EXPECT_EQ(deck.program.segments[0].control, Segment::Control::rate);
  EXPECT_EQ(deck.program.segments[0].value, 1e-4);
  EXPECT_EQ(deck.program.segments[0].end, Segment::End::strain);
  EXPECT_EQ(deck.program.segments[0].end_value, 1.);

  EXPECT_EQ(deck.eed.threshold, ThresholdKind::flow);
  EXPECT_EQ(deck.eed.threshold_stress, 7.78);
  EXPECT_EQ(deck.specimen.dimension, 2u);
  EXPECT_EQ(deck.specimen.size, (std::vector<double>{1., 1.}));
  EXPECT_EQ(deck.specimen.subdivisions, (std::vector<unsigned int>{8, 8}));
  EXPECT_EQ(deck.specimen.degree, 2u);
  EXPECT_EQ(deck.specimen.mesh_file, "");
  EXPECT_EQ(deck.specimen.lateral_boundary, Deck::LateralBoundary::periodic);
  EXPECT_EQ(deck.specimen.refinements, 0u);
  EXPECT_EQ(deck.time_stepping.tolerance, 5e-5);
  EXPECT_EQ(deck.time_stepping.initial_strain_step, 1e-3);
  EXPECT_EQ(deck.time_stepping.maximum_strain_step, 0.005);
  EXPECT_EQ(deck.output.directory, "output");
  EXPECT_EQ(deck.output.fields_interval, 0.1);
  EXPECT_EQ(deck.output.units, Deck::Units::dimensionless);
  EXPECT_EQ(deck.checkpoint.interval, 50u);
  EXPECT_EQ(deck.checkpoint.keep, 2u);
}

TEST_F(DeckTest, every_parameter_reaches_its_place)
{
  const Deck deck = read("",
                         {"Material/Temperature=0.8",
                          "Material/Shear modulus=100",
                          "Material/Time scale=2",
                          "Material/Initial free volume=0.06",
                          "Loading/Program=hold for 3",
                          "EED/Threshold=value",
                          "EED/Threshold stress=8",
                          "Specimen/Dimension=3",
                          "Specimen/Size=1, 2, 3",
                          "Specimen/Subdivisions=4,5,6",
                          "Specimen/Degree=1",
                          "Specimen/Lateral boundary=free",
                          "Specimen/Refinements=1",
                          "Time stepping/Tolerance=1e-7",
                          "Time stepping/Initial strain step=1e-4",
                          "Time stepping/Maximum strain step=0.01",
                          "Output/Directory=some where",
                          "Output/Fields interval=0",
                          "Output/Units=physical",
                          "Checkpoint/Keep=3"});
  EXPECT_EQ(deck.material.temperature, 0.8);
  EXPECT_EQ(deck.material.shear_modulus, 100.);
  EXPECT_EQ(deck.material.time_scale, 2.);
  EXPECT_EQ(deck.material.initial_free_volume, 0.06);
  EXPECT_EQ(deck.material.poisson_ratio, 0.36); // of the preset
  EXPECT_EQ(deck.program.segments[0].control, Segment::Control::hold);
  EXPECT_EQ(deck.eed.threshold, ThresholdKind::value);
  EXPECT_EQ(deck.eed.threshold_stress, 8.);
  EXPECT_EQ(deck.specimen.dimension, 3u);
  EXPECT_EQ(deck.specimen.size, (std::vector<double>{1., 2., 3.}));
  EXPECT_EQ(deck.specimen.subdivisions, (std::vector<unsigned int>{4, 5, 6}));
  EXPECT_EQ(deck.specimen.degree, 1u);
  EXPECT_EQ(deck.specimen.lateral_boundary, Deck::LateralBoundary::free);
  EXPECT_EQ(deck.specimen.refinements, 1u);
  EXPECT_EQ(deck.time_stepping.tolerance, 1e-7);
  EXPECT_EQ(deck.time_stepping.initial_strain_step, 1e-4);
  EXPECT_EQ(deck.time_stepping.maximum_strain_step, 0.01);
  EXPECT_EQ(deck.output.directory, "some where");
  EXPECT_EQ(deck.output.fields_interval, 0.);
  EXPECT_EQ(deck.output.units, Deck::Units::physical);
  EXPECT_EQ(deck.checkpoint.keep, 3u);
}

TEST_F(DeckTest, override_wins_over_the_deck)
{
  const std::string text = "subsection Material\n set Temperature = 0.8\n set Preset = Zr55Cu30Ni5Al10\nend\n";
  EXPECT_EQ(read(text).material.temperature, 0.8);
  const Deck deck = read(text, {"Material/Temperature=0.95"});
  EXPECT_EQ(deck.material.temperature, 0.95);
  EXPECT_EQ(deck.origins.at("Material/Temperature"), "--set");
  EXPECT_EQ(deck.origins.at("Material/Preset"), deck.file);
}

TEST_F(DeckTest, json_says_the_same)
{
  const Deck deck = read_deck(scratch.write("deck.json", R"({"Material": {"Temperature": 0.8},
                                                             "Specimen": {"Size": [1, 2]},
                                                             "Loading": {"Program": "hold for 3"}})"));
  EXPECT_EQ(deck.material.temperature, 0.8);
  EXPECT_EQ(deck.specimen.size, (std::vector<double>{1., 2.}));
  EXPECT_EQ(deck.program.text, "hold for 3");
}

TEST_F(DeckTest, one_number_stands_for_all_directions)
{
  const Deck deck = read("", {"Specimen/Dimension=3", "Specimen/Size=2"});
  EXPECT_EQ(deck.specimen.size, (std::vector<double>{2., 2., 2.}));
  EXPECT_EQ(deck.specimen.subdivisions, (std::vector<unsigned int>{8, 8, 8}));
}

TEST_F(DeckTest, values_that_are_not_allowed_are_refused_one_by_one)
{
  for (const char *const text : {"Material/Preset=Vitreloy",
                                 "Material/Temperature=0.05",
                                 "Material/Temperature=warm",
                                 "Material/Temperature=nan",
                                 "Material/Temperature=0,9",
                                 "Material/Temperature=0.9 0.8",
                                 "Material/Temperature=",
                                 "Material/Poisson ratio=0.5",
                                 "Material/Shear modulus=0",
                                 "Material/Shear modulus=inf",
                                 "Material/Initial free volume=1.5",
                                 "Material/Initial free volume=-0.05",
                                 "Material/Initial free volume=0.05*",
                                 "Material/Initial free volume=",
                                 "Material/Initial ST sum=1.5",
                                 "Loading/Program=",
                                 "Loading/Program=go until strain 1",
                                 "EED/Threshold=Flow",
                                 "EED/Threshold=",
                                 "EED/Threshold stress=0",
                                 "EED/Threshold stress=-7",
                                 "Specimen/Dimension=1",
                                 "Specimen/Dimension=2.0",
                                 "Specimen/Size=1,0",
                                 "Specimen/Size=1,x",
                                 "Specimen/Size=",
                                 "Specimen/Size=1,2,3",
                                 "Specimen/Subdivisions=0",
                                 "Specimen/Subdivisions=1.5",
                                 "Specimen/Subdivisions=8,8,8",
                                 "Specimen/Degree=0",
                                 "Specimen/Degree=5",
                                 "Specimen/Lateral boundary=fixed",
                                 "Specimen/Refinements=-1",
                                 "Time stepping/Tolerance=0",
                                 "Time stepping/Initial strain step=0",
                                 "Time stepping/Maximum strain step=-0.1",
                                 "Output/Directory=",
                                 "Output/Fields interval=-1",
                                 "Output/Units=SI",
                                 "Checkpoint/Interval=-1",
                                 "Checkpoint/Keep=0"})
    {
      const std::string path(text, std::string(text).find('='));
      const Texts       found = problems_of_override(text);
      ASSERT_EQ(found.size(), 1u) << text << '\n' << (found.empty() ? "accepted" : found[0] + '\n' + found.back());
      EXPECT_EQ(found[0].find("--set: " + path + " = "), 0u) << found[0];
      EXPECT_NE(found[0].find("allowed"), std::string::npos) << found[0];
    }
}

TEST_F(DeckTest, problem_says_where_what_and_what_is_allowed)
{
  EXPECT_EQ(problems("subsection Material\nset Temperature = 5\nend"),
            Texts{scratch.path("deck.prm") + ": Material/Temperature = 5: allowed is 0.1 <= value <= 2"});
  EXPECT_EQ(problems_of_override("EED/Threshold=Flow"),
            Texts{"--set: EED/Threshold = Flow: allowed is flow, balance or value"});
  EXPECT_EQ(problems_of_override("Specimen/Size=1,2,3"),
            Texts{"--set: Specimen/Size = 1, 2, 3: allowed in 2 dimensions is one number or 2"});
}

TEST_F(DeckTest, initial_values_may_be_expressions)
{
  const Deck deck = read("", {"Material/Initial ST sum=0.6 + 0.1*x", "Material/Initial ST bias=0.65"});
  EXPECT_EQ(deck.initially.st_sum, "0.6 + 0.1*x");
  EXPECT_TRUE(mentions(problems_of_override("Material/Initial ST sum=0.6+q"), {"Initial ST sum", "\"q\""}));
  EXPECT_TRUE(mentions(problems_of_override("Material/Temperature offset=grid"), {"Temperature offset", "no grid"}));

  // the point takes what is uniform, and its temperatures with the offset
  EXPECT_TRUE(mentions(problems_of([&deck] { deck_of_point(deck); }), {"Initial ST sum = 0.6 + 0.1*x", "one point"}));
  const Deck warm = deck_of_point(
    read("", {"Material/Temperature offset=0.1/2", "Loading/Program=hold for 3, temperature to 0.95; hold for 1"}));
  EXPECT_NEAR(warm.material.temperature, 0.95, 1e-15);
  EXPECT_NEAR(*warm.program.segments[0].temperature_end, 1., 1e-15);
  EXPECT_FALSE(warm.program.segments[1].temperature_end);
}

TEST_F(DeckTest, regions_have_the_values_of_the_deck_and_their_own)
{
  const Texts with_mesh = {"Specimen/Mesh file=a.msh", "Material/Temperature=0.8"};
  const auto  regions   = [&](const std::string &text) {
    Texts settings = with_mesh;
    settings.push_back("Material/Regions=" + text);
    return read("", settings).regions;
  };
  const auto two =
    regions("soft: Shear modulus = 100, Initial free volume = max(0.06, 0.1*y); hard: Initial ST sum=0.7;");
  ASSERT_EQ(two.size(), 2u);
  EXPECT_EQ(two[0].name, "soft");
  EXPECT_EQ(two[0].material.shear_modulus, 100.);
  EXPECT_EQ(two[0].material.temperature, 0.8);
  EXPECT_EQ(two[0].initially.free_volume, "max(0.06, 0.1*y)");
  EXPECT_EQ(two[0].initially.st_sum, "0.6");
  EXPECT_EQ(two[1].material.shear_modulus, 210.);
  EXPECT_EQ(two[1].initially.st_sum, "0.7");

  const auto  problems_in = [&](const std::string &text) { return problems_of([&] { regions(text); }); };
  const Texts several     = problems_in("soft: Shear modulus = -1; hard: Shear = 2, Initial free volume = 0.05+q");
  EXPECT_TRUE(mentions(several, {"Material/Regions: soft", "Shear modulus = -1", "allowed is"}));
  EXPECT_TRUE(mentions(several, {"Material/Regions: hard", "Shear = 2", "no such parameter"}));
  EXPECT_TRUE(mentions(problems_in("soft: Preset = X"), {"cannot differ by region"}));
  EXPECT_TRUE(mentions(problems_in("soft: Temperature = 0.95"), {"cannot differ by region"}));
  EXPECT_TRUE(mentions(problems_in("soft: Shear modulus = 1; soft: Shear modulus = 2"), {"'soft' is there twice"}));
  EXPECT_TRUE(mentions(problems_in("soft"), {"'soft'", "NAME: PARAMETER"}));
  EXPECT_TRUE(mentions(problems_of_override("Material/Regions=soft: Shear modulus = 1"), {"a box has none"}));
  EXPECT_TRUE(mentions(problems_of_override("Material/Regions=soft: Shear modulus = \"1; hard: Shear modulus = 2"),
                       {"region 'soft'", "is not closed"}));
}

TEST_F(DeckTest, bias_beyond_the_sum_is_refused)
{
  EXPECT_TRUE(
    mentions(problems_of_override("Material/Initial ST bias=0.7"), {"Initial ST bias = 0.7", "Initial ST sum"}));
}

TEST_F(DeckTest, free_volume_is_held_on_sides_that_there_are)
{
  const auto problems_with = [this](const std::string &value, const std::vector<std::string> &more) {
    std::vector<std::string> settings = more;
    settings.push_back("Specimen/Boundary free volume=" + value);
    return problems_of([&] { read("", settings); });
  };
  const std::vector<std::string> diffusion = {"Material/Constant diffusivity=1e-5"};
  EXPECT_TRUE(problems_with("bottom: 0.06; top: 0.05", diffusion).empty());
  EXPECT_TRUE(mentions(problems_with("top: 0.06", {}), {"Boundary free volume", "diffusion"}));
  EXPECT_TRUE(mentions(problems_with("left: 0.06", diffusion), {"'left'", "periodic"}));
  EXPECT_TRUE(problems_with("left: 0.06", {"Material/Diffusion length=0.1", "Specimen/Lateral boundary=free"}).empty());
  EXPECT_TRUE(
    mentions(problems_with("back: 0.06", {diffusion[0], "Specimen/Lateral boundary=free"}), {"'back'", "3-D"}));
  for (const char *wrong : {"top", "top: 0", "top: -1", "top: 1.01", "upper: 0.06", "top: 0.05; top: 0.06", "top: x"})
    EXPECT_EQ(problems_with(wrong, diffusion).size(), 1u) << wrong;
  EXPECT_TRUE(problems_with("top: 1", diffusion).empty());
  EXPECT_TRUE(mentions(problems_with("top: 1.01", diffusion), {"'top: 1.01'", "0.002 <= value <= 1"}));
}

TEST_F(DeckTest, all_that_is_wrong_with_held_free_volume_comes_at_once)
{
  const auto problems_with = [this](const std::string &value, const std::string &diffusion) {
    return problems_of([&] { read("", {"Specimen/Boundary free volume=" + value, "Material/" + diffusion}); });
  };
  const Texts several =
    problems_with("bottom: 0.06; uper: 0.05; left: -1; right: 0.05; top; bottom: 1", "Constant diffusivity=1e-5");
  EXPECT_EQ(several.size(), 5u);
  for (const char *part :
       {"'uper: 0.05'", "'left: -1'", "'right' is a periodic side", "'top'", "'bottom' is there twice"})
    EXPECT_TRUE(mentions(several, {part})) << part;

  // advice that leads to the next refusal is none
  const Texts in_2d = problems_with("front: 0.05", "Constant diffusivity=1e-5");
  EXPECT_EQ(in_2d.size(), 1u);
  EXPECT_TRUE(mentions(in_2d, {"'front' is there in 3-D only", "with Lateral boundary = free, left and right"}));

  // what the diffusivity is meant to be is not known
  for (const char *wrong : {"Constant diffusivity=-1", "Constant diffusivity=x", "Diffusion length=-1"})
    EXPECT_EQ(problems_with("top: 0.06", wrong).size(), 1u) << wrong;
  EXPECT_TRUE(mentions(problems_with("top: 0.06", "Diffusion length=0"), {"means nothing without diffusion"}));
}

TEST_F(DeckTest, name_with_its_section_outside_of_the_section_is_refused)
{
  const Texts prm = problems_of([this] { read("set Material/Temperature = 0.8\n"); });
  EXPECT_TRUE(mentions(prm, {"Material/Temperature = 0.8", "must stand in its section"}));
  const auto json = [this] { read_deck(scratch.write("deck.json", R"({"Material/Temperature": 0.8})")); };
  EXPECT_TRUE(mentions(problems_of(json), {"Material/Temperature = 0.8", "must stand in its section"}));
}

TEST_F(DeckTest, unknown_names_are_refused_with_what_was_likely_meant)
{
  const auto meant = [this](const std::string &text, const std::string &hint) {
    const Texts found = problems_of_override(text);
    return found.size() == 1 && mentions(found, {"there is no such", hint});
  };
  EXPECT_TRUE(meant("Material/Temprature=0.9", "did you mean Material/Temperature?"));
  EXPECT_TRUE(meant("Material/temperature=0.9", "did you mean Material/Temperature?"));
  EXPECT_TRUE(meant("EED/Treshold stress=7", "did you mean EED/Threshold stress?"));
  EXPECT_TRUE(meant("EED/Temperature=0.9", "did you mean Material/Temperature?"));
  EXPECT_TRUE(meant("Temperature=0.9", "did you mean Material/Temperature?"));
  EXPECT_TRUE(meant("EED/Color=red", "allowed in EED is Threshold or Threshold stress"));
  EXPECT_TRUE(meant("material/Temperature=0.9", "did you mean Material?"));
  EXPECT_TRUE(meant("Weather/Rain=yes", "allowed is Material, Random field, Grid field, Loading, EED"));
}

TEST_F(DeckTest, name_given_twice_is_refused_within_a_source)
{
  EXPECT_TRUE(mentions(problems("subsection EED\nset Threshold = flow\nset Threshold = flow\nend"),
                       {"deck.prm: EED/Threshold = flow", "given twice"}));
  EXPECT_TRUE(mentions(problems("", {"EED/Threshold=flow", "EED/Threshold=value"}),
                       {"--set: EED/Threshold = value", "given twice"}));
  EXPECT_TRUE(mentions(problems_in(scratch.write("d.json", R"({"EED": {"Threshold": "flow", "Threshold": "flow"}})")),
                       {"d.json: EED/Threshold = flow", "given twice"}));
}

TEST_F(DeckTest, all_problems_come_at_once)
{
  const Texts found = problems("subsection Material\n"
                               "  set Temperature = 9\n"
                               "  set Shear modulus = stiff\n"
                               "  set Viscosity = 1\n"
                               "  set Initial free volume = 0.05+q\n"
                               "end\n"
                               "subsection Loadng\n  set Program = x\nend\n"
                               "subsection Loading\n  set Program = rate 0 until strain 1; stress 5 for 3\nend\n"
                               "subsection Specimen\n  set Degree = 9\n  set Size = 1,2,3\nend\n"
                               "subsection EED\n  set Threshold = flow\n  set Threshold = flow\nend\n"
                               "end\n",
                               {"Foo", "Output/Units=SI"});
  EXPECT_EQ(found.size(), 12u);
  const Texts named[] = {{"Material/Temperature = 9", "0.1 <= value <= 2"},
                         {"Material/Shear modulus = stiff", "a number"},
                         {"Material/Viscosity = 1", "no such parameter"},
                         {"Material/Initial free volume = 0.05+q", "\"q\""},
                         {"Loadng", "did you mean Loading?"},
                         {"Loading/Program = ", "segment 1", "rate of 0"},
                         {"Specimen/Degree = 9", "1 <= value <= 4"},
                         {"Specimen/Size = 1, 2, 3"},
                         {"EED/Threshold = flow", "given twice"},
                         {"line 21 'end'"},
                         {"--set: Foo"},
                         {"--set: Output/Units = SI", "physical"}};
  for (const Texts &parts : named)
    EXPECT_TRUE(mentions(found, parts)) << parts[0];
  for (const std::string &problem : found)
    EXPECT_EQ(problem.find('\n'), std::string::npos) << problem;
}

TEST_F(DeckTest, problems_of_a_program_each_get_their_line)
{
  const Texts found = problems_of_override("Loading/Program=rate -1 until strain 1; hold for 0");
  EXPECT_EQ(found.size(), 2u);
  EXPECT_TRUE(mentions(found, {"--set: Loading/Program = rate -1 until strain 1; hold for 0: segment 1 '"}));
  EXPECT_TRUE(mentions(found, {"--set: Loading/Program = rate -1 until strain 1; hold for 0: segment 2 '"}));
}

TEST_F(DeckTest, missing_file_is_named_along_with_the_rest)
{
  const Texts found = problems_in(scratch.path("none.prm"), {"Foo=1"});
  EXPECT_EQ(found.size(), 2u);
  EXPECT_TRUE(mentions(found, {scratch.path("none.prm")}));
}

TEST_F(DeckTest, free_volume_may_be_an_expression)
{
  const std::string bump = "0.05 + 0.0005*exp(-((y-0.5)/0.1)^2)";
  const Deck        deck = read("", {"Material/Initial free volume=" + bump});
  EXPECT_EQ(deck.initially.free_volume, bump);
  EXPECT_EQ(deck.material.initial_free_volume, 0.05);

  const Texts found = problems_of([&deck] { deck_of_point(deck); });
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].find("--set: Material/Initial free volume = " + bump + ": revitra-point computes one point"), 0u);

  const Deck constant = read("", {"Material/Initial free volume=0.05*1.1"});
  EXPECT_NEAR(deck_of_point(constant).material.initial_free_volume, 0.055, 1e-15);
  EXPECT_NEAR(constant.material.initial_free_volume, 0.055, 1e-15);
}

TEST_F(DeckTest, free_volume_in_z_needs_three_dimensions)
{
  EXPECT_TRUE(mentions(problems_of_override("Material/Initial free volume=0.05+0.01*z"), {"no z"}));
  EXPECT_TRUE(problems("", {"Material/Initial free volume=0.05+0.01*z", "Specimen/Dimension=3"}).empty());
}

TEST_F(DeckTest, tension_needs_free_sides_and_shear_platens_that_grip)
{
  EXPECT_TRUE(mentions(problems_of_override("Loading/Mode=tension"), {"Specimen/Lateral boundary = periodic", "free"}));
  EXPECT_TRUE(mentions(problems_of_override("Loading/Platens=frictionless"), {"Loading/Platens", "gripped"}));
  EXPECT_TRUE(
    problems("", {"Loading/Mode=tension", "Loading/Platens=frictionless", "Specimen/Lateral boundary=free"}).empty());
}

TEST_F(DeckTest, cells_are_not_joined_where_they_are_split)
{
  EXPECT_TRUE(mentions(problems_of_override("Adaptivity/Coarsen below=0.1"), {"less than Adaptivity/Refine above"}));
  EXPECT_TRUE(problems("", {"Adaptivity/Coarsen below=0.1", "Adaptivity/Refine above=0.2"}).empty());
}

TEST_F(DeckTest, a_failed_read_writes_nothing)
{
  problems("", {"Output/Directory=" + scratch.path("results"), "Foo=1"});
  EXPECT_FALSE(std::filesystem::exists(scratch.path("results")));
}

TEST_F(DeckTest, parameters_have_texts)
{
  const Deck deck = read("", {"EED/Threshold=balance"});
  EXPECT_EQ(parameter_text(deck, "EED/Threshold"), "balance");
  EXPECT_EQ(parameter_text(deck, "Specimen/Size"), "1");
  EXPECT_THROW(parameter_text(deck, "EED/Color"), std::out_of_range);
  EXPECT_EQ(problem_line(Deck(), "EED/Threshold", "why"), "deck: EED/Threshold = flow: why");
}

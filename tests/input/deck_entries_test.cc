#include "material/input/deck_entries.h"

#include <gtest/gtest.h>

#include <set>

using namespace revitra;

TEST(DeckEntries, names_are_those_that_users_rely_on)
{
  const char *const     names[] = {"Material/Preset",
                                   "Material/Temperature",
                                   "Material/Shear modulus",
                                   "Material/Poisson ratio",
                                   "Material/Transformation activation energy",
                                   "Material/Annihilation activation energy",
                                   "Material/Transformation coefficient",
                                   "Material/Annihilation coefficient",
                                   "Material/Dilatancy factor",
                                   "Material/Initial free volume",
                                   "Material/Initial ST sum",
                                   "Material/Initial ST bias",
                                   "Material/Constant diffusivity",
                                   "Material/Diffusion length",
                                   "Material/Stress scale",
                                   "Material/Strain scale",
                                   "Material/Time scale",
                                   "Material/Glass transition temperature",
                                   "Loading/Program",
                                   "EED/Threshold",
                                   "EED/Threshold stress",
                                   "Specimen/Dimension",
                                   "Specimen/Size",
                                   "Specimen/Subdivisions",
                                   "Specimen/Degree",
                                   "Specimen/Mesh file",
                                   "Specimen/Lateral boundary",
                                   "Specimen/Refinements",
                                   "Time stepping/Tolerance",
                                   "Time stepping/Initial strain step",
                                   "Time stepping/Maximum strain step",
                                   "Output/Directory",
                                   "Output/Fields interval",
                                   "Output/Units",
                                   "Checkpoint/Interval",
                                   "Checkpoint/Keep"};
  std::set<std::string> there;
  for (const DeckEntry &entry : deck_entries())
    EXPECT_TRUE(there.insert(entry.path()).second) << entry.path() << " is declared twice";
  for (const char *const name : names)
    EXPECT_EQ(there.count(name), 1u) << name;
}

TEST(DeckEntries, defaults_match_their_patterns_and_are_allowed)
{
  const Deck defaults;
  for (const DeckEntry &entry : deck_entries())
    {
      const std::string text = entry.text(defaults);
      EXPECT_TRUE(entry.pattern->match(text)) << entry.path() << " = " << text;
      Deck deck;
      EXPECT_NO_THROW(entry.assign(deck, text)) << entry.path() << " = " << text;
      EXPECT_EQ(entry.text(deck), text) << entry.path();
      EXPECT_FALSE(entry.meaning.empty() || entry.allowed.empty()) << entry.path();
    }
}

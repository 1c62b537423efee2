#include "material/base/errors.h"

#include <gtest/gtest.h>

using namespace revitra;

TEST(Errors, deck_error_says_all_problems_a_line_each)
{
  const DeckError error({"one", "two"});
  EXPECT_EQ(error.problems(), (std::vector<std::string>{"one", "two"}));
  EXPECT_STREQ(error.what(), "one\ntwo");
}

#include "material/law/state.h"

#include <gtest/gtest.h>

using namespace revitra;

TEST(State, table_names_the_numbers_of_the_accessors_in_their_order)
{
  State state;
  state.values = State::Values::LinSpaced(State::size, 0., State::size - 1.); // each number is its place
  EXPECT_EQ(state.plastic_strain()[0], state_table[0].offset);
  EXPECT_EQ(state.bias()[0], state_table[1].offset);
  EXPECT_EQ(state.st_sum(), state_table[2].offset);
  EXPECT_EQ(state.free_volume(), state_table[3].offset);
  EXPECT_EQ(state.plastic_work(), state_table[4].offset);
  EXPECT_EQ(state.accumulated_plastic_work(), state_table[5].offset);
  EXPECT_EQ(state.effective_work(), state_table[6].offset);

  int next = 0; // the variables follow each other without a gap
  for (const StateVariable &variable : state_table)
    {
      EXPECT_EQ(variable.offset, next) << variable.name;
      next += variable.size();
    }
  EXPECT_EQ(next, State::size);
}

#include "material/base/csv.h"

#include <gtest/gtest.h>

using namespace revitra;
using Texts = std::vector<std::string>;

TEST(Csv, cells_are_split_at_commas_outside_of_quotes)
{
  EXPECT_EQ(csv_cells("a, b ,,3"), (Texts{"a", "b", "", "3"}));
  EXPECT_EQ(csv_cells("\"hold for 10, temperature to 0.95\",0.05\r"),
            (Texts{"hold for 10, temperature to 0.95", "0.05"}));
  EXPECT_EQ(csv_cells("a,"), (Texts{"a", ""}));
}

TEST(Csv, what_is_written_reads_back)
{
  for (const Texts &cells : {Texts{"1", "", "a b"}, Texts{"rate 1 for 2, temperature to 1; hold for 3", "x=y"}})
    EXPECT_EQ(csv_cells(csv_line(cells)), cells);
  EXPECT_EQ(csv_cell("two\nlines, \"quoted\""), "\"two lines, 'quoted'\"");
}

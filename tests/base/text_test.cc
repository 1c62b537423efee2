#include "material/base/text.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

using namespace revitra;

TEST(Text, squeeze_leaves_single_blanks)
{
  EXPECT_EQ(squeeze(" \t a  b\r\n c "), "a b c");
  EXPECT_EQ(squeeze("  "), "");
}

TEST(Text, split_keeps_empty_parts)
{
  EXPECT_EQ(split("a ; b", ';'), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(split("a;;b;", ';'), (std::vector<std::string>{"a", "", "b", ""}));
  EXPECT_EQ(split("", ';'), (std::vector<std::string>{""}));
}

TEST(Text, alternatives_read_as_a_sentence)
{
  EXPECT_EQ(alternatives({"a"}), "a");
  EXPECT_EQ(alternatives({"a", "b", "c"}), "a, b or c");
}

TEST(Text, read_number_takes_finite_decimal_numbers_only)
{
  EXPECT_EQ(read_number("1e-4"), 1e-4);
  EXPECT_EQ(read_number("+.5"), 0.5);
  EXPECT_EQ(read_number("-3."), -3.);
  for (const char *const text :
       {"", "+", "x", "1x", "1e-4s", "1 2", "nan", "inf", "-infinity", "0x10", "+-1", "1e999", "1,5"})
    EXPECT_FALSE(read_number(text)) << text;
}

TEST(Text, shortest_reads_back_bit_for_bit)
{
  for (const double value : {0.1, 1. / 3., 1e-300, -16.887475, 1.7976931348623157e308, 0.1 + 0.2})
    EXPECT_EQ(read_number(shortest(value)), value);
  EXPECT_EQ(shortest(0.1), "0.1");
  EXPECT_EQ(shortest(std::nan("")), "nan");
  EXPECT_EQ(shortest(-std::nan("")), "nan");
}

TEST(Text, edit_distance_counts_letters_whatever_their_case)
{
  EXPECT_EQ(edit_distance("Temperature", "temperature"), 0u);
  EXPECT_EQ(edit_distance("Temprature", "Temperature"), 1u);
  EXPECT_EQ(edit_distance("", "abc"), 3u);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
}

TEST(Text, nearest_finds_misspellings_and_nothing_else)
{
  EXPECT_EQ(nearest("Treshold", {"Threshold stress", "Threshold"}), "Threshold");
  EXPECT_FALSE(nearest("Viscosity", {"Threshold stress", "Threshold"}));
  EXPECT_EQ(nearest("Thresho", {"Threshold stress", "Threshold"}), "Threshold");
  EXPECT_FALSE(nearest("Thresh", {"Threshold stress", "Threshold"}));
}

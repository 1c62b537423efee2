#include "material/input/expression.h"

#include <gtest/gtest.h>

#include <iostream>
#include <sstream>

using namespace revitra;

TEST(Expression, formulas_in_the_coordinates_are_accepted)
{
  for (const char *const expression : {"0.05",
                                       "0.05 + 0.0005*exp(-((y-0.5)/0.1)^2)",
                                       "if(y<0.9, 0.05, 0.055)",
                                       "y<0.9 ? 0.05 : 0.055",
                                       "0.05+0.001*random + 0.1*grid",
                                       "0.05+0.001*sin(2*pi*x)"})
    EXPECT_EQ(expression_problem(expression, 2), "") << expression;
  EXPECT_EQ(expression_problem("0.05+0.01*z", 3), "");
}

TEST(Expression, mistakes_are_named)
{
  const auto says = [](const std::string &expression, const std::string &what) {
    return expression_problem(expression, 2).find(what) != std::string::npos;
  };
  EXPECT_TRUE(says("0.05+q", "\"q\"")) << expression_problem("0.05+q", 2);
  EXPECT_TRUE(says("0.05+", "end")) << expression_problem("0.05+", 2);
  EXPECT_TRUE(says("sin(x", "")) << expression_problem("sin(x", 2);
  EXPECT_NE(expression_problem("sin(x", 2), "");
  EXPECT_TRUE(says("0.05**x", "\"*\"")) << expression_problem("0.05**x", 2);
  EXPECT_TRUE(says("0.05;0.06", "';'"));
  EXPECT_TRUE(says("0,05", "','"));
  EXPECT_TRUE(says("", "empty"));
  EXPECT_TRUE(says(" ", "empty"));
  EXPECT_TRUE(says("0.05+0.01*z", "no z"));
  EXPECT_TRUE(says("0.05+0.01*rand()", "Random field"));
  EXPECT_TRUE(says("0.05+0.01*rand_seed(1)", "Random field"));
}

TEST(Expression, mistakes_print_nothing_by_themselves)
{
  std::ostringstream    printed;
  std::streambuf *const before = std::cerr.rdbuf(printed.rdbuf());
  expression_problem("0.05+", 2);
  std::cerr.rdbuf(before);
  EXPECT_EQ(printed.str(), "");
}

TEST(Expression, a_message_is_one_line)
{
  EXPECT_EQ(expression_problem("0.05+0.01*exp(-((y-0.5)/0.1)^2)*unknown_name", 2).find('\n'), std::string::npos);
}

TEST(Expression, uniform_ones_are_told_from_the_rest)
{
  for (const char *const expression : {"0.05", "5e-2", "0.05*exp(-1)", "0.05*pi", "max(0.05, 0.06)"})
    EXPECT_TRUE(is_uniform(expression)) << expression;
  for (const char *const expression : {"0.05*x", "x", "0.05+y^2", "0.05*z", "0.05+random", "grid", "exp(y)", "5e-2*x"})
    EXPECT_FALSE(is_uniform(expression)) << expression;
}

TEST(Expression, uniform_values)
{
  EXPECT_EQ(uniform_value("0.05"), 0.05);
  EXPECT_EQ(uniform_value(" 0.10000000000000002 "), 0.10000000000000002);
  EXPECT_NEAR(uniform_value("0.05*(1+0.1)"), 0.055, 1e-15);
  EXPECT_NEAR(uniform_value("pi/100"), 0.031415926535897932, 1e-16);
}

#pragma once

#include <map>
#include <string>

namespace revitra
{
  /// The variables that an expression may use in a specimen of `dimension` 2 or 3: "x,y" or "x,y,z". With
  /// expression_constants() these are the arguments of dealii::FunctionParser::initialize, so that an expression which
  /// passed expression_problem() is one that FunctionParser<dimension> takes.
  std::string expression_variables(unsigned int dimension);

  /// The names with a value that an expression may use: `pi`.
  std::map<std::string, double> expression_constants();

  /// What is wrong with `expression` in a specimen of `dimension` 2 or 3; empty if nothing is. Syntax and names only:
  /// the bounds of its values are for those who evaluate it.
  std::string expression_problem(const std::string &expression, unsigned int dimension);

  /// Whether `expression` is the same everywhere: it names no coordinate and draws no random number.
  bool is_uniform(const std::string &expression);

  /// The value of an expression that is_uniform() and without expression_problem().
  double uniform_value(const std::string &expression);
} // namespace revitra

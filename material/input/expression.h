#pragma once

#include <memory>
#include <set>
#include <string>

namespace revitra
{
  /// What an expression may refer to at a point of the specimen.
  struct ExpressionVariables
  {
    double x = 0., y = 0., z = 0.; ///< coordinates
    double random = 0.;            ///< the field of section `Random field`
    double grid   = 0.;            ///< the field of section `Grid field`
  };

  /// A formula in the variables of ExpressionVariables, with muParser's operators and functions and those that deal.II
  /// adds to them: if, int, ceil, floor, cot, csc, sec, pow, erf, erfc, log (natural); `pi` is a constant.
  class Expression
  {
  public:
    /// `text` must have no expression_problem().
    explicit Expression(const std::string &text);
    Expression(Expression &&) noexcept;
    ~Expression();

    /// The value at a point.
    double operator()(const ExpressionVariables &at) const;

    /// The names of the variables in it.
    const std::set<std::string> &variables() const { return used; }

  private:
    struct Parser;

    std::unique_ptr<Parser> parser;
    std::set<std::string>   used;
  };

  /// What is wrong with `expression` in a specimen of `dimension` 2 or 3; empty if nothing is. Syntax and names only:
  /// the bounds of its values are for those who evaluate it.
  std::string expression_problem(const std::string &expression, unsigned int dimension);

  /// Whether `expression`, which has no expression_problem(), is the same everywhere.
  bool is_uniform(const std::string &expression);

  /// The value of an expression that is_uniform() and without expression_problem().
  double uniform_value(const std::string &expression);
} // namespace revitra

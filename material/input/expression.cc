#include "material/input/expression.h"

#include "material/base/text.h"

#include <cmath>
#include <muParser.h>

namespace revitra
{
  /// The parser with the variables that it refers to.
  struct Expression::Parser
  {
    explicit Parser(const std::string &text)
    {
      parser.DefineConst("pi", 3.141592653589793238462643383279502884);
      parser.DefineFun("if", [](const double condition, const double yes, const double no) {
        return mu::value_type(condition != 0. ? yes : no);
      });
      parser.DefineFun("int", [](const double a) { return mu::value_type(std::round(a)); });
      parser.DefineFun("ceil", [](const double a) { return mu::value_type(std::ceil(a)); });
      parser.DefineFun("floor", [](const double a) { return mu::value_type(std::floor(a)); });
      parser.DefineFun("cot", [](const double a) { return mu::value_type(1. / std::tan(a)); });
      parser.DefineFun("csc", [](const double a) { return mu::value_type(1. / std::sin(a)); });
      parser.DefineFun("sec", [](const double a) { return mu::value_type(1. / std::cos(a)); });
      parser.DefineFun("pow", [](const double a, const double b) { return mu::value_type(std::pow(a, b)); });
      parser.DefineFun("erf", [](const double a) { return mu::value_type(std::erf(a)); });
      parser.DefineFun("erfc", [](const double a) { return mu::value_type(std::erfc(a)); });
      parser.DefineFun("log", [](const double a) { return mu::value_type(std::log(a)); });
      parser.DefineVar("x", &at.x);
      parser.DefineVar("y", &at.y);
      parser.DefineVar("z", &at.z);
      parser.DefineVar("random", &at.random);
      parser.DefineVar("grid", &at.grid);
      parser.SetExpr(text);
    }

    mu::Parser          parser;
    ExpressionVariables at;
  };

  namespace
  {
    /// Whether there is a comma that separates no arguments of a function; the parser would drop what is before it.
    bool has_loose_comma(const std::string &expression)
    {
      int depth = 0;
      for (const char letter : expression)
        {
          depth += letter == '(' ? 1 : letter == ')' ? -1 : 0;
          if (letter == ',' && depth == 0)
            return true;
        }
      return false;
    }
  } // namespace

  Expression::Expression(const std::string &text)
    : parser(std::make_unique<Parser>(text))
  {
    for (const auto &[name, variable] : parser->parser.GetUsedVar())
      used.insert(name);
  }

  Expression::Expression(Expression &&) noexcept = default;

  Expression::~Expression() = default;

  double Expression::operator()(const ExpressionVariables &at) const
  {
    parser->at = at;
    return parser->parser.Eval();
  }

  std::string expression_problem(const std::string &expression, const unsigned int dimension)
  {
    if (squeeze(expression).empty())
      return "it is empty";
    if (expression.find(';') != std::string::npos)
      return "there is a ';' in it, and it is to be one expression";
    if (has_loose_comma(expression))
      return "there is a ',' in it outside of a function; decimals are written with a point";
    if (expression.find("rand(") != std::string::npos || expression.find("rand_seed") != std::string::npos)
      return "random numbers would depend on the mesh; use random, the field of section Random field";
    try
      {
        const Expression parsed(expression);
        parsed({});
        if (dimension == 2 && parsed.variables().count("z"))
          return "there is no z in a specimen of two dimensions";
        return "";
      }
    catch (const mu::Parser::exception_type &error)
      {
        return squeeze(error.GetMsg());
      }
  }

  bool is_uniform(const std::string &expression)
  {
    return Expression(expression).variables().empty();
  }

  double uniform_value(const std::string &expression)
  {
    // A plain number must come out bit for bit, which the parser does not promise.
    const auto number = read_number(squeeze(expression));
    return number ? *number : Expression(expression)({});
  }
} // namespace revitra

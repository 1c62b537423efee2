#include "material/run/expression.h"

#include "material/run/text.h"

#include <deal.II/base/function_parser.h>
#include <deal.II/base/numbers.h>

#include <cctype>
#include <iostream>
#include <set>
#include <sstream>

namespace revitra
{
  namespace
  {
    /// Keeps what is written to std::cerr in its lifetime to itself: deal.II prints there what it then also throws.
    class SilentStderr
    {
    public:
      SilentStderr()
        : before(std::cerr.rdbuf(swallowed.rdbuf()))
      {}
      SilentStderr(const SilentStderr &) = delete;
      ~SilentStderr() { std::cerr.rdbuf(before); }

    private:
      std::ostringstream swallowed;
      std::streambuf    *before;
    };

    /// The names in `expression`: of variables, constants and functions.
    std::set<std::string> names_in(const std::string &expression)
    {
      std::set<std::string> names;
      std::string           word; // a name or a number, whose exponent must not look like a name
      for (const char letter : expression + " ")
        if (std::isalnum(static_cast<unsigned char>(letter)) || letter == '_' || letter == '.')
          word += letter;
        else
          {
            if (!word.empty() && !std::isdigit(static_cast<unsigned char>(word[0])) && word[0] != '.')
              names.insert(word);
            word.clear();
          }
      return names;
    }

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

    /// The words of the parser in what deal.II made of them.
    std::string parser_message(const dealii::ExceptionBase &exception)
    {
      std::ostringstream info;
      exception.print_info(info);
      const std::string text  = squeeze(info.str());
      const std::string intro = "The parser said: ";
      const auto        start = text.find(intro);
      return start == std::string::npos ? text : text.substr(start + intro.size());
    }

    template <int dim>
    double value_at_origin(const std::string &expression)
    {
      const SilentStderr          silence;
      dealii::FunctionParser<dim> function;
      function.initialize(expression_variables(dim), expression, expression_constants());
      return function.value(dealii::Point<dim>());
    }
  } // namespace

  std::string expression_variables(const unsigned int dimension)
  {
    return dimension == 3 ? "x,y,z" : "x,y";
  }

  std::map<std::string, double> expression_constants()
  {
    return {{"pi", dealii::numbers::PI}};
  }

  std::string expression_problem(const std::string &expression, const unsigned int dimension)
  {
    if (squeeze(expression).empty())
      return "it is empty";
    if (expression.find(';') != std::string::npos)
      return "there is a ';' in it, and it is to be one expression";
    if (has_loose_comma(expression))
      return "there is a ',' in it outside of a function; decimals are written with a point";
    const auto names = names_in(expression);
    if (names.count("rand"))
      return "rand() gives another specimen in each run; use rand_seed(N)";
    if (dimension == 2 && names.count("z"))
      return "there is no z in a specimen of two dimensions";
    try
      {
        dimension == 3 ? value_at_origin<3>(expression) : value_at_origin<2>(expression);
        return "";
      }
    catch (const dealii::ExceptionBase &exception)
      {
        return parser_message(exception);
      }
  }

  bool is_uniform(const std::string &expression)
  {
    const auto names = names_in(expression);
    for (const char *const name : {"x", "y", "z", "rand", "rand_seed"})
      if (names.count(name))
        return false;
    return true;
  }

  double uniform_value(const std::string &expression)
  {
    // A plain number must come out bit for bit, which the parser does not promise.
    const auto number = read_number(squeeze(expression));
    return number ? *number : value_at_origin<2>(expression);
  }
} // namespace revitra

#include "fem/specimen/initial_fields.h"

#include "material/law/parameters.h"
#include "material/run/errors.h"
#include "material/run/expression.h"

#include <deal.II/base/function_parser.h>
#include <deal.II/base/mpi.templates.h>
#include <deal.II/fe/mapping_q1.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <sstream>

namespace revitra
{
  using namespace dealii;

  namespace
  {
    /// A value, how far it is outside of what is allowed, and where: {excess, value, coordinates}.
    template <int dim>
    using Outlier = std::array<double, 2 + dim>;

    const ParameterInfo &free_volume_info()
    {
      const auto &table = parameter_table();
      const auto  info  = std::find_if(table.begin(), table.end(), [](const ParameterInfo &info) {
        return info.member == &Parameters::initial_free_volume;
      });
      Assert(info != table.end(), ExcInternalError());
      return *info;
    }

    /// How far `value` is outside of what `info` allows: 0 if it is not, infinite if it is no number.
    double excess(const ParameterInfo &info, const double value)
    {
      if (info.allows(value))
        return 0.;
      if (!std::isfinite(value))
        return std::numeric_limits<double>::infinity();
      return std::max({info.lower - value, value - info.upper, std::numeric_limits<double>::min()});
    }

    /// The worse of the two; of two that are equally bad always the same, in whatever order ranks are combined.
    template <int dim>
    const Outlier<dim> &worse(const Outlier<dim> &a, const Outlier<dim> &b)
    {
      if (a[0] != b[0])
        return a[0] > b[0] ? a : b;
      return std::lexicographical_compare(a.begin() + 2, a.end(), b.begin() + 2, b.end()) ? a : b;
    }

    template <int dim>
    [[noreturn]] void throw_outlier(const ParameterInfo &info,
                                    const std::string   &expression,
                                    const Outlier<dim>  &outlier)
    {
      std::ostringstream problem;
      problem << "Material/" << info.name << " = " << expression << ": is " << outlier[1] << " at (";
      for (unsigned int d = 0; d < dim; ++d)
        problem << (d == 0 ? "" : ", ") << outlier[2 + d];
      problem << "); allowed is " << info.allowed();
      throw DeckError({problem.str()});
    }
  } // namespace

  template <int dim>
  std::vector<double> initial_free_volume(const std::string        &expression,
                                          const Triangulation<dim> &triangulation,
                                          const Quadrature<dim>    &quadrature)
  {
    const ParameterInfo &info = free_volume_info();
    // Checked before any value is asked for: a rank without cells would not find out.
    const std::string problem = expression_problem(expression, dim);
    if (!problem.empty())
      throw DeckError({"Material/" + info.name + " = " + expression + ": " + problem});

    FunctionParser<dim> function;
    function.initialize(expression_variables(dim), expression, expression_constants());

    std::vector<double> values(triangulation.n_active_cells() * quadrature.size());
    Outlier<dim>        worst{};
    for (const auto &cell : triangulation.active_cell_iterators())
      if (cell->is_locally_owned())
        for (unsigned int q = 0; q < quadrature.size(); ++q)
          {
            const Point<dim> point =
              StaticMappingQ1<dim>::mapping.transform_unit_to_real_cell(cell, quadrature.point(q));
            const double value = function.value(point);

            values[cell->active_cell_index() * quadrature.size() + q] = value;
            Outlier<dim> outlier{{excess(info, value), value}};
            point.unroll(outlier.begin() + 2, outlier.end());
            worst = worse<dim>(worst, outlier);
          }

    worst = Utilities::MPI::all_reduce<Outlier<dim>>(worst, triangulation.get_communicator(), worse<dim>);
    if (worst[0] > 0.)
      throw_outlier<dim>(info, expression, worst);
    return values;
  }

  template std::vector<double> initial_free_volume<2>(const std::string &,
                                                      const Triangulation<2> &,
                                                      const Quadrature<2> &);
  template std::vector<double> initial_free_volume<3>(const std::string &,
                                                      const Triangulation<3> &,
                                                      const Quadrature<3> &);
} // namespace revitra

#include "fem/initial_fields/initial_fields.h"

#include "fem/initial_fields/grid_field.h"
#include "fem/initial_fields/random_field.h"
#include "material/base/errors.h"
#include "material/input/expression.h"
#include "material/input/input_file.h"
#include "material/input/program_bounds.h"

#include <deal.II/base/mpi.templates.h>
#include <deal.II/fe/mapping_q1.h>
#include <deal.II/grid/grid_tools.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <sstream>

namespace revitra
{
  using namespace dealii;

  namespace
  {
    using Problems = std::vector<std::string>;

    /// Fields of each glass.
    enum Field
    {
      free_volume,
      st_sum,
      st_bias,
      temperature_offset,
      n_fields
    };

    /// Name and allowed values of a field.
    struct FieldInfo
    {
      std::string          name;
      const ParameterInfo *bounds;
      std::string Deck::InitialFields::*text;
    };

    const std::array<FieldInfo, n_fields> &field_infos()
    {
      using Fields                                       = Deck::InitialFields;
      static const std::array<FieldInfo, n_fields> infos = {
        {{"Initial free volume", &info_of(&Parameters::initial_free_volume), &Fields::free_volume},
         {"Initial ST sum", &info_of(&Parameters::initial_st_sum), &Fields::st_sum},
         {"Initial ST bias", &info_of(&Parameters::initial_st_bias), &Fields::st_bias},
         {"Temperature offset", &info_of(&Parameters::temperature), &Fields::temperature_offset}}};
      return infos;
    }

    /// Glass with the expressions of its fields.
    struct Glass
    {
      std::string             place; ///< in the deck, for messages
      Parameters              material;
      Deck::InitialFields     initially;
      std::vector<Expression> expressions;

      Glass(std::string place, const Parameters &material, const Deck::InitialFields &initially)
        : place(std::move(place))
        , material(material)
        , initially(initially)
      {
        for (const FieldInfo &info : field_infos())
          expressions.emplace_back(initially.*info.text);
      }

      bool uses(const std::string &variable) const
      {
        return std::any_of(expressions.begin(), expressions.end(), [&variable](const Expression &expression) {
          return expression.variables().count(variable) > 0;
        });
      }
    };

    /// Glasses: the deck's own, then those of its regions.
    std::vector<Glass> glasses_of(const Deck &deck)
    {
      std::vector<Glass> materials;
      materials.emplace_back("Material/", deck.material, deck.initially);
      for (const Deck::Region &region : deck.regions)
        materials.emplace_back("Material/Regions: " + region.name + ": ", region.material, region.initially);
      return materials;
    }

    /// Number of the glass of each material id that has one of its own.
    std::map<types::material_id, unsigned int> glass_numbers(const Deck                                      &deck,
                                                             const std::map<types::material_id, std::string> &regions,
                                                             Problems                                        &problems)
    {
      std::map<types::material_id, unsigned int> numbers;
      for (unsigned int i = 0; i < deck.regions.size(); ++i)
        {
          const std::string &name  = deck.regions[i].name;
          bool               found = false;
          std::string        known;
          for (const auto &[id, region] : regions)
            {
              known += (known.empty() ? "" : ", ") + region;
              if (region == name)
                {
                  numbers[id] = i + 1;
                  found       = true;
                }
            }
          if (!found)
            problems.push_back("Material/Regions: " + name + ": the mesh has no such group of cells; allowed is " +
                               (known.empty() ? "nothing, as it has none" : known));
        }
      return numbers;
    }

    template <int dim>
    BoundingBox<dim> box_of_owned_cells(const Triangulation<dim> &triangulation)
    {
      Point<dim> lower, upper;
      for (unsigned int d = 0; d < dim; ++d)
        {
          lower[d] = std::numeric_limits<double>::max();
          upper[d] = std::numeric_limits<double>::lowest();
        }
      for (const auto &cell : triangulation.active_cell_iterators())
        if (cell->is_locally_owned())
          for (const unsigned int v : cell->vertex_indices())
            for (unsigned int d = 0; d < dim; ++d)
              {
                lower[d] = std::min(lower[d], cell->vertex(v)[d]);
                upper[d] = std::max(upper[d], cell->vertex(v)[d]);
              }
      return BoundingBox<dim>({lower, upper});
    }

    template <int dim>
    BoundingBox<dim> box_of_all_cells(const Triangulation<dim> &triangulation)
    {
      auto corners = box_of_owned_cells(triangulation).get_boundary_points();
      for (unsigned int d = 0; d < dim; ++d)
        {
          corners.first[d]  = Utilities::MPI::min(corners.first[d], triangulation.get_communicator());
          corners.second[d] = Utilities::MPI::max(corners.second[d], triangulation.get_communicator());
        }
      return BoundingBox<dim>(corners);
    }

    bool any_uses(const std::vector<Glass> &materials, const std::string &variable)
    {
      return std::any_of(
        materials.begin(), materials.end(), [&variable](const Glass &glass) { return glass.uses(variable); });
    }

    /// Random field of `deck`, periodic where its specimen is, which extends over `all`, for the cells of a rank.
    template <int dim>
    RandomField<dim> draw_random(const Deck &deck, const BoundingBox<dim> &all, const Triangulation<dim> &triangulation)
    {
      typename RandomField<dim>::Settings settings;
      settings.seed               = deck.random_field.seed;
      settings.correlation_length = deck.random_field.correlation_length;
      settings.cut_off            = deck.random_field.cut_off;
      if (deck.specimen.lateral_boundary == Deck::LateralBoundary::periodic)
        for (unsigned int d = 0; d < dim; d += 2) // all directions but that of the gradient of shear
          settings.period[d] = all.side_length(d);
      // A rank without cells has no box of its own.
      const BoundingBox<dim> own     = box_of_owned_cells(triangulation);
      const auto             corners = own.get_boundary_points();
      return RandomField<dim>(settings, corners.first[0] <= corners.second[0] ? own : all);
    }

    /// Values at `point` that expressions may refer to.
    template <int dim>
    ExpressionVariables variables_at(const Point<dim>                      &point,
                                     const std::optional<RandomField<dim>> &random,
                                     const std::optional<GridField<dim>>   &grid)
    {
      ExpressionVariables variables;
      variables.x = point[0];
      variables.y = point[1];
      if (dim == 3)
        variables.z = point[dim - 1];
      if (random)
        variables.random = random->value(point);
      if (grid)
        variables.grid = grid->value(point);
      return variables;
    }

    /// A value with its excess over what is allowed and its place: {excess, value, coordinates}.
    template <int dim>
    using Outlier = std::array<double, 2 + dim>;

    /// Excess of `value` over what `info` allows: 0 if it is allowed, infinite if it is not a number.
    double excess(const ParameterInfo &info, const double value)
    {
      if (info.allows(value))
        return 0.;
      if (!std::isfinite(value))
        return std::numeric_limits<double>::infinity();
      return std::max({info.lower - value, value - info.upper, std::numeric_limits<double>::min()});
    }

    /// Worse of the two; of equally bad ones always the same, in whatever order ranks are combined.
    template <int dim>
    const Outlier<dim> &worse(const Outlier<dim> &a, const Outlier<dim> &b)
    {
      if (a[0] != b[0])
        return a[0] > b[0] ? a : b;
      return std::lexicographical_compare(a.begin() + 2, a.end(), b.begin() + 2, b.end()) ? a : b;
    }

    /// Worst values of each field of each glass, and of the bias relative to the sum.
    template <int dim>
    class Outliers
    {
    public:
      explicit Outliers(const std::size_t n_glasses)
        : worst(n_glasses, std::array<Outlier<dim>, n_fields + 1>{})
      {}

      void see(const std::size_t  glass,
               const unsigned int kind,
               const double       excess,
               const double       value,
               const Point<dim>  &point)
      {
        Outlier<dim> outlier{{excess, value}};
        point.unroll(outlier.begin() + 2, outlier.end());
        worst[glass][kind] = worse<dim>(worst[glass][kind], outlier);
      }

      /// Problems on any rank. Collective.
      void report(const std::vector<Glass> &materials, const MPI_Comm &communicator, Problems &problems)
      {
        for (std::size_t glass = 0; glass < worst.size(); ++glass)
          for (unsigned int kind = 0; kind <= n_fields; ++kind)
            {
              const auto outlier =
                Utilities::MPI::all_reduce<Outlier<dim>>(worst[glass][kind], communicator, worse<dim>);
              if (outlier[0] > 0.)
                problems.push_back(problem(materials[glass], kind, outlier));
            }
      }

    private:
      static std::string problem(const Glass &glass, const unsigned int kind, const Outlier<dim> &outlier)
      {
        const FieldInfo   &info = field_infos()[kind == n_fields ? static_cast<unsigned int>(st_bias) : kind];
        std::ostringstream text;
        text << glass.place << info.name << " = " << glass.initially.*info.text << ": ";
        text << (kind == temperature_offset ? "makes the temperature " : "is ") << outlier[1] << " at (";
        for (unsigned int d = 0; d < dim; ++d)
          text << (d == 0 ? "" : ", ") << outlier[2 + d];
        text << "); allowed is " << (kind == n_fields ? "|Initial ST bias| <= Initial ST sum" : info.bounds->allowed());
        return text.str();
      }

      std::vector<std::array<Outlier<dim>, n_fields + 1>> worst;
    };

    using FieldValues = std::array<double, n_fields>;

    FieldValues evaluate(const Glass &glass, const ExpressionVariables &at)
    {
      FieldValues values;
      for (unsigned int field = 0; field < n_fields; ++field)
        values[field] = glass.expressions[field](at);
      return values;
    }

    template <int dim>
    void check(const FieldValues           &values,
               const std::size_t            glass,
               const std::array<double, 2> &temperatures,
               const Point<dim>            &point,
               Outliers<dim>               &outliers)
    {
      for (const unsigned int field : {free_volume, st_sum, st_bias})
        outliers.see(glass, field, excess(*field_infos()[field].bounds, values[field]), values[field], point);
      for (const double temperature : temperatures)
        {
          const double local = temperature + values[temperature_offset];
          outliers.see(
            glass, temperature_offset, excess(*field_infos()[temperature_offset].bounds, local), local, point);
        }
      outliers.see(glass, n_fields, std::max(0., std::abs(values[st_bias]) - values[st_sum]), values[st_bias], point);
    }

    /// State with `values`, the ST bias being along `along`.
    State state_with(const FieldValues &values, const Deviator &along)
    {
      State state;
      state.bias()        = values[st_bias] * along;
      state.st_sum()      = values[st_sum];
      state.free_volume() = values[free_volume];
      return state;
    }
  } // namespace

  /// Data of the fields that do not depend on the mesh.
  template <int dim>
  struct InitialFields<dim>::Sources
  {
    const Deck                                &deck;
    std::vector<Glass>                         materials;
    std::map<types::material_id, unsigned int> numbers; ///< of the glass of a material id, if it has one of its own
    BoundingBox<dim>                           extent;  ///< of the specimen
    std::optional<GridField<dim>>              grid;
  };

  template <int dim>
  InitialFields<dim>::InitialFields(const Deck                                      &deck,
                                    const Triangulation<dim>                        &triangulation,
                                    const std::map<types::material_id, std::string> &regions)
  {
    Problems problems;
    Sources  made{deck, glasses_of(deck), {}, box_of_all_cells(triangulation), {}};
    made.numbers = glass_numbers(deck, regions, problems);
    try
      {
        if (any_uses(made.materials, "grid"))
          {
            require_input_file(deck, "Grid field/File", deck.grid_field.file);
            made.grid.emplace(deck.grid_field.file, made.extent, triangulation.get_communicator());
          }
      }
    catch (const DeckError &error)
      {
        problems.insert(problems.end(), error.problems().begin(), error.problems().end());
      }
    throw_if_any(problems);
    sources = std::make_unique<const Sources>(std::move(made));
  }

  template <int dim>
  InitialFields<dim>::~InitialFields() = default;

  template <int dim>
  InitialSpecimen InitialFields<dim>::at_points(const Triangulation<dim> &triangulation,
                                                const Quadrature<dim>    &quadrature) const
  {
    const Deck                     &deck      = sources->deck;
    const std::vector<Glass>       &materials = sources->materials;
    std::optional<RandomField<dim>> random;
    if (any_uses(materials, "random"))
      random.emplace(draw_random(deck, sources->extent, triangulation));

    const std::size_t n_points     = triangulation.n_active_cells() * quadrature.size();
    const auto        temperatures = extreme_temperatures(deck);
    Outliers<dim>     outliers(materials.size());
    InitialSpecimen   result;
    bool              has_offsets = false;
    const Deviator    along       = loading_direction(deck.loading_mode, dim).flow;
    result.material_of_point.resize(n_points);
    result.temperature_offset.resize(n_points);
    result.states.resize(n_points);
    for (const auto &cell : triangulation.active_cell_iterators())
      if (cell->is_locally_owned())
        for (unsigned int q = 0; q < quadrature.size(); ++q)
          {
            const Point<dim> point =
              StaticMappingQ1<dim>::mapping.transform_unit_to_real_cell(cell, quadrature.point(q));
            const std::size_t  p      = cell->active_cell_index() * quadrature.size() + q;
            const auto         found  = sources->numbers.find(cell->material_id());
            const unsigned int glass  = found == sources->numbers.end() ? 0 : found->second;
            const FieldValues  values = evaluate(materials[glass], variables_at(point, random, sources->grid));
            check(values, glass, temperatures, point, outliers);
            result.material_of_point[p]  = glass;
            result.temperature_offset[p] = values[temperature_offset];
            result.states[p]             = state_with(values, along);
            has_offsets                  = has_offsets || values[temperature_offset] != 0.;
          }
    Problems problems;
    outliers.report(materials, triangulation.get_communicator(), problems);
    throw_if_any(problems);

    for (const Glass &glass : materials)
      result.materials.push_back(glass.material);
    if (materials.size() == 1)
      result.material_of_point.clear();
    if (!Utilities::MPI::logical_or(has_offsets, triangulation.get_communicator()))
      result.temperature_offset.clear();
    return result;
  }

  template class InitialFields<2>;
  template class InitialFields<3>;
} // namespace revitra

#include "fem/initial_fields/grid_file.h"
#include "material/base/errors.h"
#include "material/base/table_reader.h"
#include "material/base/text.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>

namespace revitra
{
  using namespace dealii;

  namespace
  {
    template <int dim>
    struct Row
    {
      std::array<double, dim + 1> cells; ///< coordinates and value
      std::size_t                 line;  ///< of the file
    };

    /// Names of the columns: those of the coordinates, and `value`.
    template <int dim>
    std::vector<std::string> column_names()
    {
      std::vector<std::string> names;
      for (unsigned int d = 0; d < dim; ++d)
        names.push_back(axis_name(d));
      names.emplace_back("value");
      return names;
    }

    std::string at_line(const std::size_t number)
    {
      return "line " + std::to_string(number);
    }

    /// Reader of the rows of a file.
    template <int dim>
    class RowReader
    {
    public:
      explicit RowReader(FileProblems &problems)
        : problems(problems)
      {}

      /// Rows of the file; none if the coordinates of some are unknown.
      std::vector<Row<dim>> read(const std::string &file)
      {
        TableReader reader(file, "the grid");
        if (!reader.columns().cells.empty())
          take_columns(reader.columns());
        for (TableLine line; columns == Columns::found && reader.next(line);)
          if (!line.is_empty())
            take(line);
        if (rows.empty() && problems.empty())
          problems.add("there is no grid in it; allowed is a line " + join(column_names<dim>(), ",") +
                       " and a line for each point");
        if (has_lost_points)
          rows.clear();
        return std::move(rows);
      }

    private:
      enum class Columns
      {
        unknown,
        found,
        wrong
      };

      void take(const TableLine &line)
      {
        if (line.closed && line.cells.size() == dim + 1)
          {
            take_row(line);
            return;
          }
        has_lost_points = true;
        problems.add("lines of a wrong length",
                     at_line(line.number) + ": " +
                       (line.closed ? "the number of its cells is " + std::to_string(line.cells.size()) +
                                        "; allowed is " + std::to_string(dim + 1)
                                    : "a double quote is not closed"));
      }

      void take_columns(const TableLine &line)
      {
        const std::vector<std::string> &names  = line.cells;
        const auto                      wanted = column_names<dim>();
        columns                                = Columns::found;
        if (!std::is_permutation(names.begin(), names.end(), wanted.begin(), wanted.end()))
          {
            columns = Columns::wrong;
            problems.add(at_line(line.number) + ", columns = " + join(names, ",") + ": allowed are the names " +
                         join(wanted, ",") + " in any order");
            return;
          }
        for (unsigned int c = 0; c <= dim; ++c)
          place[c] = std::find(names.begin(), names.end(), wanted[c]) - names.begin();
      }

      void take_row(const TableLine &line)
      {
        Row<dim> row{{}, line.number};
        for (unsigned int c = 0; c <= dim; ++c)
          if (const auto value = read_number(line.cells[place[c]]))
            row.cells[c] = *value;
          else
            {
              has_lost_points = has_lost_points || c < dim;
              problems.add("cells that are no finite number",
                           at_line(line.number) + ", " + column_names<dim>()[c] + " = " + line.cells[place[c]] +
                             ": allowed is a finite number");
            }
        rows.push_back(row);
      }

      FileProblems                       &problems;
      Columns                             columns = Columns::unknown;
      std::array<std::ptrdiff_t, dim + 1> place{}; ///< of each of column_names() in a line
      std::vector<Row<dim>>               rows;
      bool                                has_lost_points = false;
    };

    /// Coordinates that agree to grid_tolerance.
    struct Level
    {
      double      lowest;
      double      highest;
      std::size_t line; ///< the first with such a coordinate

      double middle() const { return 0.5 * (lowest + highest); }
    };

    /// Levels of `rows` in `direction`, ascending.
    template <int dim>
    std::vector<Level> find_levels(const std::vector<Row<dim>> &rows, const unsigned int direction)
    {
      std::vector<Level> levels; // a level each row at first
      levels.reserve(rows.size());
      for (const Row<dim> &row : rows)
        levels.push_back({row.cells[direction], row.cells[direction], row.line});
      std::sort(levels.begin(), levels.end(), [](const Level &a, const Level &b) { return a.lowest < b.lowest; });
      double largest_gap = 0.;
      for (std::size_t i = 1; i < levels.size(); ++i)
        largest_gap = std::max(largest_gap, levels[i].lowest - levels[i - 1].lowest);

      std::size_t last = 0;
      for (std::size_t i = 1; i < levels.size(); ++i)
        if (levels[i].lowest - levels[last].highest > 2. * grid_tolerance * largest_gap)
          levels[++last] = levels[i];
        else
          {
            levels[last].highest = levels[i].highest;
            levels[last].line    = std::min(levels[last].line, levels[i].line);
          }
      levels.resize(std::min(levels.size(), last + 1));
      return levels;
    }

    /// Points along a direction, if they are equidistant.
    struct RegularAxis
    {
      std::size_t n_points;
      double      origin;
      double      spacing;

      std::size_t index(const double coordinate) const
      {
        return static_cast<std::size_t>(std::max(0., std::round((coordinate - origin) / spacing)));
      }
    };

    /// Text on the two successive `levels` whose distance differs most from the usual one.
    std::string worst_distance(const std::vector<Level> &levels)
    {
      std::vector<double> distances;
      for (std::size_t i = 1; i < levels.size(); ++i)
        distances.push_back(levels[i].middle() - levels[i - 1].middle());
      std::vector<double> sorted = distances;
      std::nth_element(sorted.begin(), sorted.begin() + sorted.size() / 2, sorted.end());
      const double      usual = sorted[sorted.size() / 2];
      const auto        worst = std::max_element(distances.begin(), distances.end(), [usual](double a, double b) {
        return std::abs(a - usual) < std::abs(b - usual);
      });
      const std::size_t i     = worst - distances.begin();
      return shortest(levels[i + 1].middle()) + " (first in " + at_line(levels[i + 1].line) + ") comes after " +
             shortest(levels[i].middle()) + " (" + at_line(levels[i].line) + ") where the usual distance is " +
             shortest(usual);
    }

    std::optional<RegularAxis> find_axis(const std::vector<Level> &levels,
                                         const std::string        &axis,
                                         FileProblems             &problems)
    {
      const std::size_t n = levels.size();
      if (n < 2)
        {
          problems.add("along " + axis + ": all points are at " + shortest(levels[0].middle()) +
                       "; allowed are two different ones or more");
          return std::nullopt;
        }
      const double      origin = levels.front().middle();
      const RegularAxis regular{n, origin, (levels.back().middle() - origin) / static_cast<double>(n - 1)};
      for (std::size_t i = 0; i < n; ++i)
        {
          const double expected = origin + static_cast<double>(i) * regular.spacing;
          const double off      = std::max(expected - levels[i].lowest, levels[i].highest - expected);
          if (!(off <= grid_tolerance * regular.spacing))
            {
              problems.add("along " + axis + ": the points are not at regular distances: " + worst_distance(levels) +
                           "; allowed is the same distance everywhere, to 1 %");
              return std::nullopt;
            }
        }
      return regular;
    }

    template <int dim>
    std::string point_text(const std::array<double, dim> &point)
    {
      std::string text = "the point (";
      for (const double &coordinate : point)
        text += (&coordinate == &point.front() ? "" : ", ") + shortest(coordinate);
      return text + ")";
    }

    /// Sorts values into a grid, and reports points that are duplicated or missing.
    template <int dim>
    class GridFiller
    {
    public:
      GridFiller(const std::array<RegularAxis, dim> &axes, FileProblems &problems)
        : axes(axes)
        , problems(problems)
      {}

      std::vector<double> fill(const std::vector<Row<dim>> &rows)
      {
        std::vector<Place> places;
        places.reserve(rows.size());
        for (const Row<dim> &row : rows)
          places.push_back({index_of(row), &row});
        std::sort(places.begin(), places.end(), [](const Place &a, const Place &b) {
          return a.index != b.index ? a.index < b.index : a.row->line < b.row->line;
        });

        std::vector<double> values;
        values.reserve(places.size());
        std::uint64_t   expected = 0;
        const Row<dim> *before   = nullptr;
        for (const Place &place : places)
          {
            if (before != nullptr && place.index + 1 == expected)
              tell_double(*place.row, *before);
            else
              {
                tell_missing(expected, place.index);
                values.push_back(place.row->cells[dim]);
                before   = place.row;
                expected = place.index + 1;
              }
          }
        tell_missing(expected, n_points());
        return values;
      }

    private:
      struct Place
      {
        std::uint64_t   index; ///< among the values of the grid
        const Row<dim> *row;
      };

      std::uint64_t n_points() const
      {
        std::uint64_t product = 1;
        for (const RegularAxis &axis : axes)
          product *= axis.n_points;
        return product;
      }

      std::uint64_t index_of(const Row<dim> &row) const
      {
        std::uint64_t index = 0;
        for (unsigned int d = 0; d < dim; ++d)
          index = index * axes[d].n_points + axes[d].index(row.cells[d]);
        return index;
      }

      std::array<double, dim> point(std::uint64_t index) const
      {
        std::array<double, dim> point;
        for (int d = dim - 1; d >= 0; --d)
          {
            point[d] = axes[d].origin + static_cast<double>(index % axes[d].n_points) * axes[d].spacing;
            index /= axes[d].n_points;
          }
        return point;
      }

      void tell_double(const Row<dim> &row, const Row<dim> &before)
      {
        std::array<double, dim> point;
        std::copy_n(row.cells.begin(), dim, point.begin());
        problems.add("points that are there twice",
                     at_line(row.line) + ": " + point_text<dim>(point) + " is there twice, first in " +
                       at_line(before.line) + "; allowed is a line for each point");
      }

      void tell_missing(const std::uint64_t first, const std::uint64_t end)
      {
        const std::string   kind   = "missing points";
        const std::uint64_t listed = std::min<std::uint64_t>(end - first, FileProblems::max_listed);
        for (std::uint64_t index = first; index < first + listed; ++index)
          problems.add(kind, point_text<dim>(point(index)) + " is missing; allowed is a line for each point");
        problems.count(kind, end - first - listed);
      }

      const std::array<RegularAxis, dim> &axes;
      FileProblems                       &problems;
    };

    /// Largest number of points of a grid whose values can be indexed.
    constexpr double max_n_points = 0x1p62;
  } // namespace

  template <int dim>
  GridData<dim> read_grid_csv(const std::string &file, FileProblems &problems)
  {
    std::vector<Row<dim>> rows;
    try
      {
        rows = RowReader<dim>(problems).read(file);
      }
    catch (const DeckError &error)
      {
        problems.add_lines(error.problems());
      }
    if (rows.empty())
      return {};

    GridData<dim>                grid;
    std::array<RegularAxis, dim> axes;
    bool                         is_regular = true;
    double                       n_points   = 1.;
    for (unsigned int d = 0; d < dim; ++d)
      if (const auto axis = find_axis(find_levels(rows, d), axis_name(d), problems))
        {
          axes[d]          = *axis;
          grid.n_points[d] = axis->n_points;
          grid.origin[d]   = axis->origin;
          grid.spacing[d]  = axis->spacing;
          n_points *= static_cast<double>(axis->n_points);
        }
      else
        is_regular = false;
    if (is_regular && n_points > max_n_points)
      problems.add("the " + std::to_string(rows.size()) + " points are on no grid: no two agree in a coordinate");
    else if (is_regular)
      grid.values = GridFiller<dim>(axes, problems).fill(rows);
    return grid;
  }

  template GridData<2> read_grid_csv<2>(const std::string &, FileProblems &);
  template GridData<3> read_grid_csv<3>(const std::string &, FileProblems &);
} // namespace revitra

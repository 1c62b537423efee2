#include "fem/initial_fields/grid_file.h"
#include "material/base/text.h"

// HDF5 itself, with which deal.II comes: deal.II's interface opens files for writing too, leaves errors unnoticed
// unless compiled for debugging, and reads only single numbers from attributes.
#include <algorithm>
#include <cmath>
#include <functional>
#include <hdf5.h>
#include <numeric>
#include <optional>

namespace revitra
{
  using namespace dealii;

  namespace
  {
    /// HDF5 object, closed in its destructor.
    class Handle
    {
    public:
      Handle(const hid_t id, herr_t (*const close)(hid_t))
        : id(id)
        , close(close)
      {}
      Handle(const Handle &)            = delete;
      Handle &operator=(const Handle &) = delete;
      ~Handle()
      {
        if (is_open())
          close(id);
      }

      bool  is_open() const { return id >= 0; }
      hid_t operator*() const { return id; }

    private:
      const hid_t id;
      herr_t (*const close)(hid_t);
    };

    /// Keeps HDF5 from printing errors during its lifetime; they are reported as problems.
    class SilentHdf5
    {
    public:
      SilentHdf5()
      {
        H5Eget_auto2(H5E_DEFAULT, &print, &stream);
        H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
      }
      SilentHdf5(const SilentHdf5 &)            = delete;
      SilentHdf5 &operator=(const SilentHdf5 &) = delete;
      ~SilentHdf5() { H5Eset_auto2(H5E_DEFAULT, print, stream); }

    private:
      H5E_auto2_t print  = nullptr;
      void       *stream = nullptr;
    };

    /// Returns true if `type` is an integer or floating-point type, which HDF5 converts to double.
    bool is_number(const Handle &type)
    {
      const H5T_class_t type_class = H5Tget_class(*type);
      return type_class == H5T_FLOAT || type_class == H5T_INTEGER;
    }

    using Extents = std::vector<hsize_t>;

    /// Largest number of points, such that an unsigned int holds the number in each direction.
    constexpr double largest_dataset = 0x1p32;

    /// Number of points above which their values must be stored: a small file may claim values that were never written,
    /// and use up all memory.
    constexpr double max_unwritten_points = 0x1p20;
    constexpr double most_compression     = 1100.; ///< deflate cannot do more than 1032

    Extents shape_of(const Handle &space)
    {
      const int rank = H5Sget_simple_extent_ndims(*space);
      Extents   shape(std::max(rank, 0));
      if (rank > 0)
        H5Sget_simple_extent_dims(*space, shape.data(), nullptr);
      return shape;
    }

    /// Shape in numpy's notation: "(10, 20)".
    std::string shape_text(const Extents &shape)
    {
      std::vector<std::string> lengths;
      for (const hsize_t length : shape)
        lengths.push_back(std::to_string(length));
      return "(" + join(lengths, ", ") + ")";
    }

    /// Index in numpy's notation: "values[3, 7]".
    std::string place_text(std::size_t index, const Extents &shape)
    {
      std::vector<std::string> indices(shape.size());
      for (std::size_t d = shape.size(); d-- > 0; index /= shape[d])
        indices[d] = std::to_string(index % shape[d]);
      return "values[" + join(indices, ", ") + "]";
    }

    /// Shape of `values`, if it holds a grid of numbers.
    template <int dim>
    std::optional<Extents> read_shape(const Handle &values, FileProblems &problems)
    {
      const Handle      type(H5Dget_type(*values), H5Tclose);
      const Handle      space(H5Dget_space(*values), H5Sclose);
      const Extents     shape    = shape_of(space);
      const double      n_points = std::accumulate(shape.begin(), shape.end(), 1., std::multiplies<>());
      const double      stored   = static_cast<double>(H5Dget_storage_size(*values)) / H5Tget_size(*type);
      const std::string allowed  = "; allowed are integer or floating-point numbers";
      if (!is_number(type))
        problems.add("dataset values: it does not hold numbers" + allowed);
      else if (shape.size() != dim || *std::min_element(shape.begin(), shape.end()) < 2)
        problems.add("dataset values, shape = " + shape_text(shape) + ": allowed are " + std::to_string(dim) +
                     " directions with 2 points or more each");
      else if (n_points > largest_dataset)
        problems.add("dataset values, shape = " + shape_text(shape) + ": allowed are 2^32 points at most");
      else if (n_points > std::max(max_unwritten_points, most_compression * stored))
        problems.add("dataset values, shape = " + shape_text(shape) + ": most of its numbers were never written");
      else
        return shape;
      return std::nullopt;
    }

    /// Numbers, one for each direction, in the attribute `name` of `values`; `is_allowed` is called for each of them.
    template <int dim>
    std::optional<std::array<double, dim>> read_attribute(const Handle      &values,
                                                          const std::string &name,
                                                          const std::string &allowed,
                                                          bool (*const is_allowed)(double),
                                                          FileProblems &problems)
    {
      const std::string place = "attribute " + name + " of dataset values";
      const std::string rule  = ": allowed are " + std::to_string(dim) + " finite numbers" + allowed;
      const Handle      attribute(H5Aopen(*values, name.c_str(), H5P_DEFAULT), H5Aclose);
      if (!attribute.is_open())
        {
          problems.add(place + ": there is none" + rule);
          return std::nullopt;
        }
      const Handle            type(H5Aget_type(*attribute), H5Tclose);
      const Handle            space(H5Aget_space(*attribute), H5Sclose);
      const Extents           shape = shape_of(space);
      std::array<double, dim> numbers{};
      if (!is_number(type) || shape != Extents{dim})
        problems.add(place + ", shape = " + shape_text(shape) + rule);
      else if (H5Aread(*attribute, H5T_NATIVE_DOUBLE, numbers.data()) < 0)
        problems.add(place + ": it cannot be read");
      else
        {
          const auto wrong = std::find_if_not(numbers.begin(), numbers.end(), is_allowed);
          if (wrong == numbers.end())
            return numbers;
          problems.add(place + ": " + shortest(*wrong) + " is among its numbers" + rule);
        }
      return std::nullopt;
    }

    std::vector<double> read_values(const Handle &dataset, const Extents &shape, FileProblems &problems)
    {
      std::size_t n_values = 1;
      for (const hsize_t length : shape)
        n_values *= length;
      std::vector<double> values(n_values);
      if (H5Dread(*dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) < 0)
        problems.add("dataset values: it cannot be read; the file is damaged");
      else
        for (std::size_t i = 0; i < n_values; ++i)
          if (!std::isfinite(values[i]))
            problems.add("values that are no finite number",
                         place_text(i, shape) + " = " + shortest(values[i]) + ": allowed is a finite number");
      return values;
    }
  } // namespace

  template <int dim>
  GridData<dim> read_grid_hdf5(const std::string &file, FileProblems &problems)
  {
    const SilentHdf5 silence;
    const Handle     opened(H5Fopen(file.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
    if (!opened.is_open())
      {
        problems.add("it cannot be read as HDF5");
        return {};
      }
    const Handle dataset(H5Dopen2(*opened, "values", H5P_DEFAULT), H5Dclose);
    if (!dataset.is_open())
      {
        problems.add("there is no dataset 'values' in it");
        return {};
      }

    const auto is_finite   = [](const double x) { return std::isfinite(x); };
    const auto is_distance = [](const double x) { return std::isfinite(x) && x > 0.; };
    const auto shape       = read_shape<dim>(dataset, problems);
    const auto origin      = read_attribute<dim>(dataset, "origin", "", is_finite, problems);
    const auto spacing     = read_attribute<dim>(dataset, "spacing", " > 0", is_distance, problems);

    GridData<dim> grid;
    if (shape)
      grid.values = read_values(dataset, *shape, problems);
    if (shape && origin && spacing)
      for (unsigned int d = 0; d < dim; ++d)
        {
          grid.n_points[d] = (*shape)[d];
          grid.origin[d]   = (*origin)[d];
          grid.spacing[d]  = (*spacing)[d];
        }
    return grid;
  }

  template GridData<2> read_grid_hdf5<2>(const std::string &, FileProblems &);
  template GridData<3> read_grid_hdf5<3>(const std::string &, FileProblems &);
} // namespace revitra

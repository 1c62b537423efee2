#pragma once

#include <deal.II/base/point.h>
#include <deal.II/base/tensor.h>

#include <array>
#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace revitra
{
  /// Values at the points origin + (i·spacing_x, j·spacing_y[, k·spacing_z]) of a regular grid.
  template <int dim>
  struct GridData
  {
    std::array<std::size_t, dim> n_points{}; ///< in each direction; 0 where the file did not tell
    dealii::Point<dim>           origin;
    dealii::Tensor<1, dim>       spacing;
    std::vector<double>          values; ///< x slowest, the last direction fastest, as in C and numpy

    /// The coordinate of the last point in a `direction` that has points.
    double end(unsigned int direction) const;
  };

  /// What is wrong with a file: one line each, as DeckError has it.
  class FileProblems
  {
  public:
    explicit FileProblems(std::string file);

    bool empty() const { return listed.empty(); }

    void add(const std::string &what);

    /// Adds a problem of a kind that may come by the million: the first ten are listed, the others counted.
    void add(const std::string &kind, const std::string &what);

    /// Adds `lines`, which name the file themselves.
    void add_lines(const std::vector<std::string> &lines);

    /// Counts `number` more of a kind.
    void count(const std::string &kind, std::size_t number);

    /// "FILE: what", and last "FILE: and N more KIND".
    std::vector<std::string> lines() const;

    static constexpr std::size_t max_listed = 10; ///< of a kind

  private:
    std::string                        file;
    std::vector<std::string>           listed;
    std::map<std::string, std::size_t> numbers; ///< of problems of each kind
  };

  /// Coordinates may be off a regular grid by this much of its spacing: they may have been written in few digits.
  constexpr double grid_tolerance = 0.01;

  /// "x", "y" or "z".
  std::string axis_name(unsigned int direction);

  /// Reads the grid in `file`, which is HDF5 or CSV as its content says; the forms are those of GridField. All that is
  /// wrong with it goes to `problems`. If there are problems the result is what could be found out of the grid, and its
  /// values are not to be used.
  template <int dim>
  GridData<dim> read_grid_file(const std::string &file, FileProblems &problems);

  /// The same for a file that is CSV, and that can be opened.
  template <int dim>
  GridData<dim> read_grid_csv(const std::string &file, FileProblems &problems);

  /// The same for a file that is HDF5.
  template <int dim>
  GridData<dim> read_grid_hdf5(const std::string &file, FileProblems &problems);
} // namespace revitra

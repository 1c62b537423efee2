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

    /// Coordinate of the last point in a `direction` that has points.
    double end(unsigned int direction) const;
  };

  /// Defects of a file, one line each, in the form of DeckError.
  class FileProblems
  {
  public:
    explicit FileProblems(std::string file);

    bool empty() const { return listed.empty(); }

    void add(const std::string &what);

    /// Adds a problem of a kind that can occur millions of times: the first ten are listed, the others counted.
    void add(const std::string &kind, const std::string &what);

    /// Adds `lines`, which contain the name of the file.
    void add_lines(const std::vector<std::string> &lines);

    /// Counts `number` more problems of a kind.
    void count(const std::string &kind, std::size_t number);

    /// Lines "FILE: what", followed by "FILE: and N more KIND".
    std::vector<std::string> lines() const;

    static constexpr std::size_t max_listed = 10; ///< of a kind

  private:
    std::string                        file;
    std::vector<std::string>           listed;
    std::map<std::string, std::size_t> numbers; ///< of problems of each kind
  };

  /// Deviation of coordinates from a regular grid that is allowed, in units of its spacing, since they may have been
  /// written with few digits.
  constexpr double grid_tolerance = 0.01;

  /// Name "x", "y" or "z" of a direction.
  std::string axis_name(unsigned int direction);

  /// Reads the grid in `file`, which is HDF5 or CSV depending on its content, in the formats of GridField. All its
  /// defects are added to `problems`. If there are any, the result is what could be determined of the grid, and its
  /// values must not be used.
  template <int dim>
  GridData<dim> read_grid_file(const std::string &file, FileProblems &problems);

  /// Reads a CSV file that can be opened, likewise.
  template <int dim>
  GridData<dim> read_grid_csv(const std::string &file, FileProblems &problems);

  /// Reads an HDF5 file, likewise.
  template <int dim>
  GridData<dim> read_grid_hdf5(const std::string &file, FileProblems &problems);
} // namespace revitra

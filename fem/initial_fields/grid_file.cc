#include "fem/initial_fields/grid_file.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <hdf5.h>

namespace revitra
{
  using namespace dealii;

  namespace
  {
    /// Reason why `file` cannot be read; empty if it can.
    std::string why_unreadable(const std::string &file)
    {
      if (std::filesystem::is_directory(file))
        return std::strerror(EISDIR);
      errno = 0;
      return std::ifstream(file) ? "" : std::strerror(errno);
    }

    bool is_named_hdf5(const std::string &file)
    {
      const auto extension = std::filesystem::path(file).extension();
      return extension == ".h5" || extension == ".hdf5";
    }
  } // namespace

  template <int dim>
  double GridData<dim>::end(const unsigned int direction) const
  {
    return origin[direction] + static_cast<double>(n_points[direction] - 1) * spacing[direction];
  }

  FileProblems::FileProblems(std::string file)
    : file(std::move(file))
  {}

  void FileProblems::add(const std::string &what)
  {
    listed.push_back(file + ": " + what);
  }

  void FileProblems::add(const std::string &kind, const std::string &what)
  {
    if (numbers[kind]++ < max_listed)
      add(what);
  }

  void FileProblems::add_lines(const std::vector<std::string> &lines)
  {
    listed.insert(listed.end(), lines.begin(), lines.end());
  }

  void FileProblems::count(const std::string &kind, const std::size_t number)
  {
    numbers[kind] += number;
  }

  std::vector<std::string> FileProblems::lines() const
  {
    std::vector<std::string> lines = listed;
    for (const auto &[kind, number] : numbers)
      if (number > max_listed)
        lines.push_back(file + ": and " + std::to_string(number - max_listed) + " more " + kind);
    return lines;
  }

  std::string axis_name(const unsigned int direction)
  {
    return std::string(1, "xyz"[direction]);
  }

  template <int dim>
  GridData<dim> read_grid_file(const std::string &file, FileProblems &problems)
  {
    const std::string unreadable = why_unreadable(file);
    if (!unreadable.empty())
      problems.add("the grid cannot be read: " + unreadable);
    else if (H5Fis_hdf5(file.c_str()) > 0)
      return read_grid_hdf5<dim>(file, problems);
    else if (is_named_hdf5(file))
      problems.add("it is no HDF5 file, as its name says; allowed are HDF5 and comma-separated values");
    else
      return read_grid_csv<dim>(file, problems);
    return {};
  }

  template struct GridData<2>;
  template struct GridData<3>;
  template GridData<2> read_grid_file<2>(const std::string &, FileProblems &);
  template GridData<3> read_grid_file<3>(const std::string &, FileProblems &);
} // namespace revitra

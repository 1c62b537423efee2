#include "fem/initial_fields/grid_file.h"
#include "tests/fuzz/reader.h"

#include <cmath>

using namespace revitra;

namespace
{
  template <int dim>
  void read(const std::string &file)
  {
    FileProblems        problems(file);
    const GridData<dim> grid = read_grid_csv<dim>(file, problems);
    if (!problems.empty())
      return fuzz::check_problems(problems.lines());
    std::size_t n_points = 1;
    for (unsigned int d = 0; d < dim; ++d)
      {
        n_points *= grid.n_points[d];
        if (grid.n_points[d] < 2 || !(grid.spacing[d] > 0.) || !std::isfinite(grid.end(d)))
          fuzz::fault("a grid of no extent");
      }
    if (grid.values.size() != n_points)
      fuzz::fault("not a value for each point");
  }
} // namespace

/// Grids as comma-separated values, for plane specimens and others.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, const std::size_t size)
{
  static const fuzz::MemoryFile file;
  const std::string             name = file.with(data, size);
  read<2>(name);
  read<3>(name);
  return 0;
}

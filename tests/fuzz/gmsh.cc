#include "fem/mesh/gmsh_mesh.h"
#include "tests/fuzz/reader.h"

#include <deal.II/base/mpi.h>

#include <sanitizer/lsan_interface.h>

using namespace revitra;

namespace
{
  template <int dim>
  void read(const std::string &file, const Deck::LateralBoundary lateral_boundary)
  {
    fuzz::reads([&] {
      dealii::parallel::distributed::Triangulation<dim> triangulation(MPI_COMM_SELF);
      read_gmsh_specimen<dim>(triangulation, file, lateral_boundary, 0);
      if (triangulation.n_active_cells() == 0)
        fuzz::fault("a mesh of no cells");
    });
  }
} // namespace

extern "C" int LLVMFuzzerInitialize(int *argc, char ***argv)
{
  // MPI leaks memory in its beginning and at its end, which is therefore left out.
  const __lsan::ScopedDisabler                           no_leaks;
  static const dealii::Utilities::MPI::MPI_InitFinalize *mpi =
    new dealii::Utilities::MPI::MPI_InitFinalize(*argc, *argv, 1);
  (void)mpi;
  return 0;
}

/// gmsh's meshes, read for plane specimens and others, with periodic sides and free ones.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, const std::size_t size)
{
  static const fuzz::MemoryFile file;
  const std::string             name = file.with(data, size);
  for (const auto lateral_boundary : {Deck::LateralBoundary::periodic, Deck::LateralBoundary::free})
    {
      read<2>(name, lateral_boundary);
      read<3>(name, lateral_boundary);
    }
  return 0;
}

#include "fem/parallel/deck_consistency.h"
#include "fem/simulation/simulation.h"
#include "material/input/input_file.h"
#include "material/run/run_tool.h"

#include <deal.II/base/mpi.h>

#include <csignal>
#include <iostream>
#include <unistd.h>

namespace
{
  template <int dim>
  void simulate(const revitra::CommandLine &line, const revitra::Deck &deck, const bool talks)
  {
    std::ostream nowhere(nullptr);
    revitra::Simulation<dim>(deck,
                             MPI_COMM_WORLD,
                             talks ? std::cout : nowhere,
                             isatty(STDOUT_FILENO) != 0,
                             {line.restart, line.time_limit, line.resume})
      .run();
  }
} // namespace

int main(int argc, char **argv)
{
  int name_only = 1; // else PETSc, which this starts too, warns of our options
  const dealii::Utilities::MPI::MPI_InitFinalize mpi(name_only, argv, 1);
  std::signal(SIGXFSZ, SIG_IGN); // a file that may not grow is one that cannot be written, and said so: status 4

  revitra::ToolInfo tool;
  tool.name    = "revitra-fem";
  tool.purpose = "Shears a specimen of metallic glass: the shear-transformation/free-volume law at every quadrature\n"
                 "point of a parallel finite-element mesh, every time step in equilibrium.";
  tool.invocation    = "mpirun -np N revitra-fem";
  tool.takes_restart = true;
  tool.is_root       = dealii::Utilities::MPI::this_mpi_process(MPI_COMM_WORLD) == 0;

  bool      is_compared = false;
  const int status =
    revitra::run_tool(argc, argv, tool, [&](const revitra::CommandLine &line, const revitra::Deck &deck) {
      is_compared = true;
      revitra::check_same_deck(&deck, MPI_COMM_WORLD);
      revitra::require_input_file(deck, "Specimen/Mesh file", deck.specimen.mesh_file);
      const bool talks = tool.is_root && !line.quiet;
      if (deck.specimen.dimension == 2)
        simulate<2>(line, deck, talks);
      else
        simulate<3>(line, deck, talks);
      return 0;
    });
  if (status == revitra::fault_status && dealii::Utilities::MPI::n_mpi_processes(MPI_COMM_WORLD) > 1)
    {
      std::cout.flush();
      MPI_Abort(MPI_COMM_WORLD, status); // it may be of this rank alone, and the others would wait for ever
    }
  if (!is_compared) // a deck that this rank could not read others may have read
    try
      {
        revitra::check_same_deck(nullptr, MPI_COMM_WORLD);
      }
    catch (const revitra::DeckError &) // which they say
      {}
  return status;
}

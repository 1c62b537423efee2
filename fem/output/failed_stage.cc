#include "fem/output/failed_stage.h"

#include "fem/parallel/collective.h"
#include "material/results/output_directory.h"

#include <deal.II/base/mpi.h>

#include <filesystem>

namespace revitra
{
  using namespace dealii;

  template <int dim>
  void write_failed_stage(const std::string                       &file,
                          const RunPlace                          &place,
                          const typename Equilibrium<dim>::Vector &fluctuation,
                          const QuadratureHistory                 &history,
                          const Equilibrium<dim>                  &equilibrium,
                          const MPI_Comm                          &communicator)
  {
    std::string text;
    if (const auto &failed = equilibrium.failed_stage())
      {
        StageReplay replay     = failed->replay;
        replay.accepted_strain = equilibrium.strain_deviators(fluctuation, place.strain)[failed->point];
        replay.accepted_state  = history.state[failed->point];
        replay.time            = place.time;
        replay.specimen_strain = place.strain;
        replay.program         = place.program;
        replay.version         = program_version();
        text                   = stage_replay_text(replay);
      }
    const std::vector<std::string> texts = Utilities::MPI::gather(communicator, text);
    write_on_root(communicator, [&]() {
      prepare_output_directory(std::filesystem::path(file).parent_path().string());
      for (const std::string &one : texts)
        if (!one.empty())
          write_stage_replay(one, file);
    });
  }

  template void write_failed_stage<2>(const std::string &,
                                      const RunPlace &,
                                      const Equilibrium<2>::Vector &,
                                      const QuadratureHistory &,
                                      const Equilibrium<2> &,
                                      const MPI_Comm &);
  template void write_failed_stage<3>(const std::string &,
                                      const RunPlace &,
                                      const Equilibrium<3>::Vector &,
                                      const QuadratureHistory &,
                                      const Equilibrium<3> &,
                                      const MPI_Comm &);
} // namespace revitra

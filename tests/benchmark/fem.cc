/// @file
/// What a Newton iteration of the specimen solver costs, beside a linear-elastic solve on the same mesh, and what a
/// second rank brings: `[mpirun -np 2] revitra_benchmark_fem CELLS_2D STEPS_2D CELLS_3D STEPS_3D`, cells along
/// an edge and steps to measure.
///
/// Prints a JSON object a line, a figure each. Serial measurements run on rank 0 while the other ranks sleep, and all
/// that is compared is measured in turn, because other users of the machine come and go. Seconds are of the processor
/// where only one rank computes, and of the wall clock where ranks wait for each other.

#include "fem/initial_fields/initial_fields.h"
#include "fem/mesh/box.h"
#include "fem/mesh/constraints.h"
#include "fem/time_stepping/runge_kutta_step.h"
#include "fem/time_stepping/step_controller.h"
#include "tests/benchmark/elasticity.h"

#include <deal.II/base/mpi.h>
#include <deal.II/distributed/tria.h>
#include <deal.II/fe/fe_q.h>
#include <deal.II/fe/fe_system.h>
#include <deal.II/lac/vector_memory.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <thread>

namespace
{
  using namespace revitra;
  using dealii::TimerOutput;
  namespace rk = runge_kutta;

  constexpr double strain_rate = 1e-4;

  /// Time spent between two readings of the clocks, or a sum of such.
  struct Cost
  {
    double wall      = 0.;
    double processor = 0.; ///< seconds of this process

    static Cost now()
    {
      timespec time;
      clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
      return {std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(),
              time.tv_sec + 1e-9 * time.tv_nsec};
    }

    Cost &operator+=(const Cost &other)
    {
      wall += other.wall;
      processor += other.processor;
      return *this;
    }

    /// What passed since `start`.
    static Cost since(const Cost &start)
    {
      const Cost end = now();
      return {end.wall - start.wall, end.processor - start.processor};
    }
  };

  double median(std::vector<double> values)
  {
    std::sort(values.begin(), values.end());
    const std::size_t n = values.size();
    return 0.5 * (values[(n - 1) / 2] + values[n / 2]);
  }

  bool is_root()
  {
    return dealii::Utilities::MPI::this_mpi_process(MPI_COMM_WORLD) == 0;
  }

  /// Calls `function` on rank 0 alone; the others sleep meanwhile, where a barrier would keep their processors busy.
  template <typename Function>
  void alone(const Function &function)
  {
    // Krylov solvers take their vectors from a pool: those of one communicator must not turn up with another.
    using VectorPool = dealii::GrowingVectorMemory<dealii::TrilinosWrappers::MPI::Vector>;
    VectorPool::release_unused_memory();
    if (is_root())
      function();
    VectorPool::release_unused_memory();

    MPI_Request request;
    int         done = 0;
    MPI_Ibarrier(MPI_COMM_WORLD, &request);
    for (MPI_Test(&request, &done, MPI_STATUS_IGNORE); done == 0; MPI_Test(&request, &done, MPI_STATUS_IGNORE))
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }

  /// A periodic unit square or cube of degree 2 with a soft blob in the middle, as Simulation would set it up,
  /// sheared at a constant rate.
  template <int dim>
  class Specimen
  {
  public:
    /// With a `diffusivity` > 0 the free volume is a field.
    Specimen(const unsigned int cells, const MPI_Comm &communicator, const double diffusivity = 0.)
      : deck(make_deck(cells, diffusivity))
      , stress_scale(flow_stress(Kinetics(deck.material, deck.material.temperature)))
      , materials(deck.material)
      , triangulation(communicator)
      , fe(dealii::FE_Q<dim>(deck.specimen.degree), dim)
      , quadrature(deck.specimen.degree + 1)
      , dof_handler(triangulation)
      , timer(communicator, std::cerr, TimerOutput::never, TimerOutput::wall_times)
    {
      make_specimen(triangulation, deck.specimen);
      dof_handler.distribute_dofs(fe);
      dealii::IndexSet relevant;
      dealii::DoFTools::extract_locally_relevant_dofs(dof_handler, relevant);
      constraints.copy_from(make_specimen_constraints(dof_handler, relevant, deck.specimen.lateral_boundary));
      history     = std::make_unique<QuadratureHistory>(initial_specimen(deck, triangulation, quadrature).states);
      equilibrium = std::make_unique<Equilibrium<dim>>(dof_handler,
                                                       constraints,
                                                       quadrature,
                                                       *history,
                                                       loading_direction(LoadingMode::shear, dim),
                                                       /* gross_volume = */ 1.);
      if (materials.free_volume_diffuses())
        free_volume = std::make_unique<revitra::FreeVolumeField<dim>>(triangulation,
                                                                      deck.specimen.degree,
                                                                      revitra::free_volume_boundary(deck.specimen),
                                                                      quadrature,
                                                                      materials,
                                                                      *history,
                                                                      *equilibrium);
      problem = std::make_unique<StageProblem<dim>>(*equilibrium, free_volume.get(), stress_scale, timer);

      NewtonSettings newton_settings;
      newton_settings.tolerance = std::clamp(1e-7 * deck.time_stepping.tolerance, 1e-13, 1e-10);
      step                      = std::make_unique<RungeKuttaStep<dim>>(materials,
                                                   ThresholdOptions(),
                                                   *problem,
                                                   *equilibrium,
                                                   *history,
                                                   communicator,
                                                   deck.time_stepping.tolerance,
                                                   stress_scale,
                                                   newton_settings);
      std::fill(history->threshold.begin(), history->threshold.end(), Threshold{stress_scale, true});
      step->begin_segment({deck.material.temperature});
    }

    /// Shears the specimen to `strain` in `steps` equal steps, whatever their error.
    void shear_to(const double strain, const unsigned int steps)
    {
      const double h = strain / strain_rate / steps;
      for (unsigned int i = 0; i < steps; ++i)
        {
          if (const StepOutcome outcome = attempt(h); !outcome.solved)
            throw std::runtime_error(outcome.reason);
          step->accept();
        }
      timer.reset();
    }

    StepOutcome attempt(const double h) { return step->attempt(control(), h); }

    /// The loading program as a stage sees it.
    SegmentControl control() const
    {
      return {[](const double time) {
                return LoadControl{false, strain_rate * time};
              },
              [T = deck.material.temperature](double) { return ProgramTemperature{T}; }};
    }

    /// Seconds spent in `phase` since shear_to().
    double phase_seconds(const std::string &phase) const
    {
      return timer.get_summary_data(TimerOutput::total_wall_time).at(phase);
    }

    /// Number of times that `phase` was entered since shear_to().
    double phase_calls(const std::string &phase) const
    {
      return timer.get_summary_data(TimerOutput::n_calls).at(phase);
    }

    const Deck        deck;
    const double      stress_scale; ///< σ_f
    const MaterialMap materials;

    dealii::parallel::distributed::Triangulation<dim> triangulation;
    const dealii::FESystem<dim>                       fe;
    const dealii::QGauss<dim>                         quadrature;
    dealii::DoFHandler<dim>                           dof_handler;
    dealii::AffineConstraints<double>                 constraints;
    mutable TimerOutput                               timer;

    std::unique_ptr<QuadratureHistory> history;
    std::unique_ptr<Equilibrium<dim>>  equilibrium;

    std::unique_ptr<revitra::FreeVolumeField<dim>> free_volume; ///< if it diffuses

    std::unique_ptr<StageProblem<dim>>   problem;
    std::unique_ptr<RungeKuttaStep<dim>> step;

  private:
    static Deck make_deck(const unsigned int cells, const double diffusivity)
    {
      Deck deck;
      deck.material.constant_diffusivity = diffusivity;
      deck.specimen.dimension            = dim;
      deck.specimen.size                 = std::vector<double>(dim, 1.);
      deck.specimen.subdivisions         = std::vector<unsigned int>(dim, cells);
      deck.initially.free_volume =
        std::string("0.05+0.005*exp(-((x-0.5)^2+(y-0.5)^2") + (dim == 3 ? "+(z-0.5)^2" : "") + ")/0.02)";
      return deck;
    }
  };

  /// The equilibrium of a stage, for newton(), that repeats what the law does in every evaluation and measures that.
  template <int dim>
  class LawProbe
  {
  public:
    using Unknown = typename StageProblem<dim>::Unknown;

    LawProbe(Specimen<dim> &specimen, const StageSetting &stage)
      : specimen(specimen)
      , stage(stage)
    {}

    double residual(const Unknown &x)
    {
      const std::vector<StageUnknowns> guesses = specimen.history->unknowns;
      const double                     norm    = specimen.problem->residual(x);
      residual_cost += repeat(guesses, [](const StageResult &) { return 0.; });
      ++residuals;
      return norm;
    }

    void linearize(const Unknown &x)
    {
      specimen.problem->linearize(x);
      tangent_cost += repeat(specimen.history->unknowns, [&](const StageResult &result) {
        return stage.laws->at(0).stage.tangent(result.sensitivity)(shear_xy, shear_xy);
      });
      ++tangents;
    }

    Unknown step(const double relative_tolerance) { return specimen.problem->step(relative_tolerance); }
    void    add(Unknown &x, const double factor, const Unknown &step) const { specimen.problem->add(x, factor, step); }

    /// Seconds of the law in one residual and in one tangent.
    double in_residual() const { return residual_cost / residuals; }
    double in_tangent() const { return tangent_cost / tangents; }

  private:
    /// Seconds it takes to solve the stage at all points from `guesses` and do `function` to the results.
    template <typename Function>
    double repeat(const std::vector<StageUnknowns> &guesses, const Function &function) const
    {
      const QuadratureHistory  &history = *specimen.history;
      const std::vector<State> &rate    = history.rate[stage.index];
      StageResult               result;
      double                    consumed = 0.;
      const Cost                start    = Cost::now();
      for (std::size_t p = 0; p < guesses.size(); ++p)
        {
          const Deviator strain = history.stress[p] / specimen.deck.material.shear_modulus +
                                  history.base[p].plastic_strain() + stage.laws->length() * rate[p].plastic_strain();
          const StageMaterial &law = stage.laws->at(p);
          if (law.stage.solve(strain, history.base[p], law.threshold, guesses[p], result) != StageFailure::none)
            throw std::runtime_error("the law failed when repeated");
          consumed += result.stress[shear_xy] + function(result);
        }
      if (!std::isfinite(consumed))
        throw std::runtime_error("the law gave something else when repeated");
      return Cost::since(start).processor;
    }

    Specimen<dim>     &specimen;
    const StageSetting stage;
    double             residual_cost = 0., tangent_cost = 0.;
    unsigned int       residuals = 0, tangents = 0;
  };

  /// Seconds of the law in an average Newton iteration since shear_to(), from the first stage of a step of length `h`.
  template <int dim>
  double law_seconds(Specimen<dim> &specimen, const double h, const double newton_iterations)
  {
    const double       evaluations = specimen.phase_calls("Residual"), tangents = specimen.phase_calls("Tangent");
    StageMaterials     laws(specimen.materials, {}, {specimen.deck.material.temperature}, rk::diagonal * h);
    const StageSetting stage{&laws, 1};
    const LoadControl  load = specimen.control().load(specimen.step->time() + rk::c[1] * h);
    LawProbe<dim>      probe(specimen, stage);
    auto               x = specimen.step->solution();
    x.strain             = load.value;
    specimen.history->begin_stage(1, h);
    specimen.problem->set_stage(stage, load);
    if (!newton(probe, x, NewtonSettings()).converged)
      throw std::runtime_error("no equilibrium in the stage that measures the law");
    return (evaluations * probe.in_residual() + tangents * probe.in_tangent()) / newton_iterations;
  }

  /// Prints a figure as JSON.
  void print(const std::string &name, const double value, const std::string &unit, const double reference)
  {
    std::printf(R"({"name": "%s", "value": %.6g, "unit": "%s", "reference": %.6g, "ratio": %.6g})"
                "\n",
                name.c_str(),
                value,
                unit.c_str(),
                reference,
                value / reference);
    std::fflush(stdout);
  }

  /// Measures `steps` steps of a specimen with `cells` cells along an edge from strain 0.07 on, where it yields.
  template <int dim>
  void measure(const unsigned int cells, const unsigned int steps)
  {
    const bool                   is_parallel = dealii::Utilities::MPI::n_mpi_processes(MPI_COMM_WORLD) > 1;
    std::optional<Specimen<dim>> serial, parallel;
    std::optional<revitra::benchmark::Elasticity<dim>> elasticity;
    const auto prepare = [](Specimen<dim> &specimen) { specimen.shear_to(0.07, 5); };
    alone([&]() {
      serial.emplace(cells, MPI_COMM_SELF);
      prepare(*serial);
      elasticity.emplace(serial->dof_handler,
                         serial->constraints,
                         serial->deck.material.bulk_modulus(),
                         serial->deck.material.shear_modulus);
    });
    if (is_parallel)
      {
        parallel.emplace(cells, MPI_COMM_WORLD);
        prepare(*parallel);
      }

    std::vector<double> elastic;
    unsigned int        elastic_iterations = 0;
    const auto          solve_elasticity   = [&]() {
      const Cost start   = Cost::now();
      elastic_iterations = elasticity->assemble_and_solve();
      elastic.push_back(Cost::since(start).processor);
    };

    Cost           serial_cost;
    double         parallel_wall = 0.;
    unsigned int   attempts = 0, newton_iterations = 0, stage_solves = 0, krylov = 0, rebuilds = 0;
    StepController controller;
    double         h = 0.0025 / strain_rate;
    alone([&]() {
      newton_iterations = serial->step->newton_iterations();
      stage_solves      = serial->step->stage_solves();
      krylov            = serial->problem->linear_statistics().iterations;
      rebuilds          = serial->problem->linear_statistics().rebuilds;
    });
    for (unsigned int accepted = 0; accepted < steps; ++attempts)
      {
        StepOutcome outcome;
        alone([&]() {
          solve_elasticity();
          const Cost start = Cost::now();
          outcome          = serial->attempt(h);
          serial_cost += Cost::since(start);
        });
        if (is_parallel)
          {
            const Cost start = Cost::now();
            outcome          = parallel->attempt(h);
            parallel_wall += Cost::since(start).wall;
          }
        if (!outcome.solved)
          throw std::runtime_error(outcome.reason);
        if (outcome.error > 1.)
          {
            h *= controller.after_rejection(outcome.error);
            continue;
          }
        alone([&]() { serial->step->accept(); });
        if (is_parallel)
          parallel->step->accept();
        ++accepted;
        h = std::min(h * controller.after_acceptance(h, outcome.error), 0.005 / strain_rate);
      }

    alone([&]() {
      solve_elasticity();
      newton_iterations = serial->step->newton_iterations() - newton_iterations;
      stage_solves      = serial->step->stage_solves() - stage_solves;
      krylov            = serial->problem->linear_statistics().iterations - krylov;
      rebuilds          = serial->problem->linear_statistics().rebuilds - rebuilds;

      const double      dofs      = serial->dof_handler.n_dofs();
      const double      reference = median(elastic);
      const double      iteration = serial_cost.processor / newton_iterations;
      const std::string where =
        ", " + std::to_string(dim) + "-D Q2 " + std::to_string(std::lround(1e-3 * dofs)) + "k DoFs";

      print("FE Newton iteration" + where, iteration, "s", reference);
      print("FE Newton iteration per DoF" + where, 1e6 * iteration / dofs, "us", 1e6 * reference / dofs);
      for (const std::string phase : {"Residual", "Tangent", "Linear solve"})
        print("share of " + phase + where, iteration * serial->phase_seconds(phase) / serial_cost.wall, "s", iteration);
      print("share of Law" + where, law_seconds(*serial, h, newton_iterations), "s", iteration);
      if (is_parallel)
        print("FE step on 2 ranks beside 1" + where, parallel_wall / attempts, "s", serial_cost.wall / attempts);
      std::fprintf(
        stderr,
        "%d-D: %u steps (%u attempts) to strain %.4f, stress %.6f; %.2f Newton iterations a stage, %.2f Krylov "
        "iterations and %.2f preconditioners a Newton iteration; elastic solve: %u iterations, %.3f to %.3f s; "
        "wall over processor time %.2f\n",
        dim,
        steps,
        attempts,
        strain_rate * serial->step->time(),
        serial->step->stress(),
        double(newton_iterations) / stage_solves,
        double(krylov) / newton_iterations,
        double(rebuilds) / newton_iterations,
        elastic_iterations,
        *std::min_element(elastic.begin(), elastic.end()),
        *std::max_element(elastic.begin(), elastic.end()),
        serial_cost.wall / serial_cost.processor);
    });
  }

  /// What diffusion of free volume costs beside none, from strain 0.07 on: `steps` accepted steps each, one in turn
  /// with one, of the length that the tolerance gives, and all attempts counted.
  void measure_diffusion(const unsigned int cells, const unsigned int steps)
  {
    struct Run
    {
      Run(const unsigned int cells, const double diffusivity)
        : specimen(cells, MPI_COMM_SELF, diffusivity)
      {
        specimen.shear_to(0.07, 5);
        earlier_iterations = specimen.step->newton_iterations();
      }

      void step()
      {
        const Cost start    = Cost::now();
        bool       accepted = false;
        while (!accepted)
          {
            const StepOutcome outcome = specimen.attempt(h);
            accepted                  = outcome.solved && outcome.error <= 1.;
            if (accepted)
              specimen.step->accept();
            h *= accepted          ? controller.after_acceptance(h, outcome.error)
                 : !outcome.solved ? controller.after_failure()
                                   : controller.after_rejection(outcome.error);
          }
        seconds += Cost::since(start).processor;
      }

      double iteration_seconds() const { return seconds / (specimen.step->newton_iterations() - earlier_iterations); }

      Specimen<2>             specimen;
      unsigned int            earlier_iterations = 0;
      double                  h                  = 0.002 / strain_rate;
      double                  seconds            = 0.;
      revitra::StepController controller;
    };
    alone([&]() {
      Run local(cells, 0.), regularized(cells, 1e-5);
      for (unsigned int i = 0; i < steps; ++i)
        {
          local.step();
          regularized.step();
        }
      const std::string where =
        " with diffusion beside without, 2-D Q2 " + std::to_string(cells) + " cells along an edge";
      print("FE step" + where, regularized.seconds / steps, "s", local.seconds / steps);
      print("FE Newton iteration" + where, regularized.iteration_seconds(), "s", local.iteration_seconds());
      print("FE strain per step" + where,
            (strain_rate * regularized.specimen.step->time() - 0.07) / steps,
            "",
            (strain_rate * local.specimen.step->time() - 0.07) / steps);
    });
  }
} // namespace

int main(int argc, char **argv)
{
  const dealii::Utilities::MPI::MPI_InitFinalize mpi(argc, argv, 1);
  if (argc != 5)
    {
      std::cerr << "usage: " << argv[0] << " CELLS_2D STEPS_2D CELLS_3D STEPS_3D\n";
      return 2;
    }
  try
    {
      measure<2>(std::stoul(argv[1]), std::stoul(argv[2]));
      measure_diffusion(std::stoul(argv[1]), std::stoul(argv[2]));
      measure<3>(std::stoul(argv[3]), std::stoul(argv[4]));
    }
  catch (const std::exception &error)
    {
      std::cerr << argv[0] << ": " << error.what() << '\n';
      MPI_Abort(MPI_COMM_WORLD, 1);
    }
  return 0;
}

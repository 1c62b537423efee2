#pragma once

#include "fem/mechanics/stage_problem.h"
#include "fem/solvers/newton.h"
#include "material/base/errors.h"

#include <deque>
#include <functional>

namespace revitra
{
  /// What is prescribed over a segment of the loading program, as functions of time.
  struct SegmentControl
  {
    std::function<LoadControl(double time)>        load;
    std::function<ProgramTemperature(double time)> temperature;
  };

  /// How an attempted step went.
  struct StepOutcome
  {
    bool        solved = false; ///< whether all stages are in equilibrium
    double      error  = 0.;    ///< largest embedded error of a point, in units of the tolerance
    std::string reason;         ///< why not solved
  };

  /// Strain and mean stress of the specimen at the stages of a step.
  struct StageCurve
  {
    runge_kutta::Weights strain{};
    runge_kutta::Weights stress{};
  };

  /// Steps of a specimen in time: every stage of the Runge-Kutta method in equilibrium.
  ///
  /// Nothing that an attempted step computes is part of the specimen's state until accept().
  template <int dim>
  class RungeKuttaStep
  {
  public:
    using Unknown = typename StageProblem<dim>::Unknown;

    /// All arguments but the numbers are kept by reference. `tolerance` is that of the embedded error, see
    /// error_size().
    RungeKuttaStep(const MaterialMap      &materials,
                   const ThresholdOptions &threshold_options,
                   StageProblem<dim>      &problem,
                   Equilibrium<dim>       &equilibrium,
                   QuadratureHistory      &history,
                   const MPI_Comm         &communicator,
                   double                  tolerance,
                   double                  stress_scale,
                   const NewtonSettings   &newton_settings);

    /// Begin a segment of the loading with the present `temperature`: count time from here, so that steps may be far
    /// shorter than the run is old; compute the rates of the first stage from the state; forget the past, from which
    /// stages are predicted.
    void begin_segment(const ProgramTemperature &temperature);

    /// Go on from the last accepted time on another mesh, whose history and equilibrium are known already, with the
    /// displacement `unknown`: bring it into equilibrium under `load`, elastically, the state of the points being what
    /// it is. Returns why that fails; empty if it does not.
    std::string resume(Unknown unknown, const LoadControl &load, const ProgramTemperature &temperature);

    /// The same from `time` since the segment began, where another process has left off.
    std::string restore(double time, Unknown unknown, const LoadControl &load, const ProgramTemperature &temperature);

    /// Compute the stresses of the last accepted state again, of which attempts leave theirs.
    void restore_accepted_stresses(const LoadControl &load, const ProgramTemperature &temperature);

    /// Try a step of length `h` from the last accepted time.
    StepOutcome attempt(const SegmentControl &control, double h);

    /// Make the end of the step just attempted the state.
    void accept();

    double            time() const { return accepted_time; }        ///< last accepted, since begin_segment()
    const Unknown    &solution() const { return accepted_unknown; } ///< ũ and ε at that time
    double            stress() const { return accepted_stress; }    ///< mean stress at that time
    const StageCurve &curve() const { return stages; }              ///< of the last attempted step
    unsigned int      stage_solves() const { return n_stage_solves; }
    unsigned int      newton_iterations() const { return n_newton_iterations; }

  private:
    struct Node
    {
      double  time;
      Unknown unknown;
    };

    void        set_stage_of_no_length(StageMaterials &laws, const LoadControl &load);
    void        start_from_accepted(const ProgramTemperature &temperature);
    Unknown     prediction(double time) const;
    std::string bring_into_equilibrium(Unknown &x); ///< the reason if it fails, else empty
    double      embedded_error(double h) const;

    const MaterialMap     &materials;
    const ThresholdOptions threshold_options;
    StageProblem<dim>     &problem;
    Equilibrium<dim>      &equilibrium;
    QuadratureHistory     &history;
    const MPI_Comm         communicator;
    const double           tolerance;
    const double           stress_scale;
    const NewtonSettings   newton_settings;

    double           accepted_time = 0.;
    Unknown          accepted_unknown;
    double           accepted_stress = 0.;
    double           attempted_step  = 0.;
    StageCurve       stages;
    std::deque<Node> past;    ///< solutions up to the last accepted time, the latest first
    std::deque<Node> present; ///< solutions of the step in hand, the latest solved first

    unsigned int n_stage_solves      = 0;
    unsigned int n_newton_iterations = 0;
  };
} // namespace revitra

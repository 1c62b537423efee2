#pragma once

#include "fem/band_watch.h"
#include "fem/checkpoint/checkpoint_store.h"
#include "fem/checkpoint/stop_request.h"
#include "fem/discrete_specimen.h"
#include "fem/end_watch.h"
#include "fem/mechanics/specimen_step.h"
#include "fem/output/fields.h"
#include "fem/progress.h"
#include "fem/rejuvenation_summary.h"
#include "fem/segment_run.h"
#include "fem/specimen_energy.h"
#include "fem/specimen_threshold.h"
#include "material/run/curve_record.h"
#include "material/run/deck.h"
#include "material/run/history.h"
#include "material/run/summary.h"

#include <deal.II/base/timer.h>

#include <memory>
#include <optional>

namespace revitra
{
  /// What the legs of a run have in common. All is kept by reference.
  struct RunContext
  {
    const Deck          &deck;
    const MPI_Comm       communicator;
    Progress            &progress;
    dealii::TimerOutput &timer;
    CheckpointStore     &checkpoints;
    StopRequest         &stop;
  };

  /// A specimen from the start of its loading program, or from a checkpoint, to the next checkpoint or to the end, with
  /// all that it writes.
  ///
  /// A run is a chain of such legs, each of which starts as one after a crash does. So a run that is interrupted and
  /// one that is not are the same, bit for bit on one rank (on more the factorization adds in the order of messages, so
  /// that no two runs are), and every checkpoint is read.
  template <int dim>
  class SpecimenLeg
  {
  public:
    enum class End
    {
      program,    ///< all is done
      checkpoint, ///< the next leg is due
      request     ///< the run is to stop, see StopRequest
    };

    /// Set up the specimen, at rest or as in `checkpoint`. Writes nothing. Throws DeckError if mesh or initial fields
    /// do not do, NumericsError if the checkpoint cannot be used.
    SpecimenLeg(const RunContext &context, const std::optional<CheckpointFolder> &checkpoint);

    /// Run, and write results and, at the end, a checkpoint. If there are checkpoints, the summary is left to another
    /// leg, which starts where the program is done. Throws NumericsError if the program cannot be completed, after all
    /// results up to the last accepted time are written, and a checkpoint; WriteError if those cannot be.
    End run();

    /// Where the run is.
    CheckpointLabel label() const { return {accepted_steps, time(), step.solution().strain}; }

    /// Summary of the run in the words of summary.json; complete if run() ended with the program.
    const Summary &summary() const { return run_summary; }

  private:
    /// What a leg tells the next one beside its own members.
    struct RunMemory
    {
      double                                          time_in_segment = 0.;
      double                                          strain          = 0.;
      std::size_t                                     history_rows    = 0;
      std::vector<typename FieldsWriter<dim>::Record> records; ///< of fields
      double                                          seconds = 0.;
      LinearStatistics                                linear;
      unsigned int                                    stage_solves      = 0;
      unsigned int                                    newton_iterations = 0;
    };

    /// Of the last accepted state, since the run began.
    double time() const { return segment_start_time + step.time(); }

    // Setting up
    void start();
    void restore();
    void check_end(const SegmentRun::Place &place) const;
    void open_outputs();
    void resume_outputs(std::size_t rows, const std::vector<typename FieldsWriter<dim>::Record> &records);
    void say_what_is_run();

    // Leaving
    bool is_due();
    bool is_stored() const;
    void write_checkpoint();
    template <typename Archive>
    void serialize(Archive &archive, RunMemory &memory);

    // What it has cost, with earlier legs
    unsigned int     stage_solves() const { return earlier.stage_solves + step.stage_solves(); }
    unsigned int     newton_iterations() const { return earlier.newton_iterations + step.newton_iterations(); }
    LinearStatistics linear_statistics() const { return earlier.linear + specimen.problem->linear_statistics(); }
    double           seconds() const;

    // Marching through the program
    bool              march();
    void              begin_segment(std::size_t number);
    bool              run_segment();
    void              try_step(const SegmentRun &run);
    void              note(const std::string &text);
    void              cut(double shorter, const std::string &reason);
    std::string       stop_at_threshold(const SegmentRun &run, double &h);
    std::string       stop_at_event(const SegmentRun &run, double &h);
    void              accept(const SegmentRun &run, double h);
    [[noreturn]] void give_up(const std::string &why);
    std::string       keep_failed_update();
    std::string       what_to_do_about(const std::string &problem, bool there_is_a_checkpoint) const;

    // The mesh
    void adapt_mesh(const SegmentRun &run);

    // Rows
    RejuvenationMeasures measures() const;
    ShearBands           bands() const;
    HistoryRow           row(const SpecimenAverages &averages) const;
    void                 record(std::size_t segment);
    void                 note_threshold(const HistoryRow &now);

    // Results
    void write_fields();
    void analyze_rejuvenation();
    void finish(const std::string &status, const std::string &message);

    const Deck          &deck;
    const MPI_Comm       communicator;
    const bool           is_root;
    Progress            &progress;
    dealii::TimerOutput &timer;
    CheckpointStore     &checkpoints;
    StopRequest         &stop;

    const std::optional<CheckpointFolder>         checkpoint; ///< that this leg goes on from
    const std::unique_ptr<const StoredCells<dim>> stored;     ///< its cells
    RunMemory                                     earlier;    ///< what it says of earlier legs

    const ThresholdRule   threshold_rule;
    const double          stress_scale; ///< σ_f at the start: the unit of errors in equivalent stress
    DiscreteSpecimen<dim> specimen;
    SpecimenStep<dim>     step;

    double                 temperature;
    const double           stress_per_equivalent; ///< stress of a homogeneous specimen per equivalent stress
    SpecimenThreshold<dim> threshold;
    SpecimenEnergy         energy;
    BandWatch              band_watch;
    SpecimenAverages       averages;
    StepController         controller;

    std::unique_ptr<HistoryWriter>              history_writer; // on the root only
    std::unique_ptr<FieldsWriter<dim>>          fields_writer;
    CurveRecord                                 curve;
    double                                      sigma_c_at_crossing = std::numeric_limits<double>::quiet_NaN();
    bool                                        has_crossed         = false; ///< whether |σ| has been at or above σ_c
    Summary                                     run_summary;
    double                                      strain_path        = 0.; ///< ∫ |dγ|
    double                                      strain_path_fields = 0.; ///< the same when fields were last written
    double                                      next_step          = 0.; ///< length that the error suggests
    double                                      segment_start_time = 0.;
    std::size_t                                 current_segment    = 0;
    bool                                        segment_is_over    = false;
    bool                                        can_go_on          = true; ///< not while the mesh is being changed
    SegmentRun::Place                           segment_start{};           ///< its time is 0
    double                                      segment_temperature = 0.;  ///< at its start
    std::optional<SegmentRun>                   segment;
    std::optional<EndWatch>                     watch;
    unsigned int                                cuts            = 0; ///< of the step in hand
    unsigned int                                steps_of_leg    = 0;
    End                                         reason_to_leave = End::program;
    unsigned int                                accepted_steps  = 0;
    unsigned int                                rejected_steps  = 0;
    unsigned int                                mesh_changes    = 0;
    double                                      largest_drift   = 0.; ///< relative change of an average with the mesh
    double                                      largest_stress_jump = 0.; ///< change of the mean stress with the mesh
    unsigned int                                newton_reported = 0; ///< Newton iterations at the last progress report
    const std::chrono::steady_clock::time_point wall_start      = std::chrono::steady_clock::now();
  };
} // namespace revitra

#pragma once

#include "fem/analysis/band_resolution.h"
#include "fem/checkpoint/checkpoint_store.h"
#include "fem/output/fields.h"
#include "fem/output/rejuvenation_summary.h"
#include "fem/simulation/run_context.h"
#include "fem/time_stepping/time_integrator.h"
#include "material/results/curve_record.h"
#include "material/results/history.h"
#include "material/results/summary.h"

#include <chrono>
#include <limits>
#include <memory>
#include <optional>

namespace revitra
{
  /// A specimen from the start of its loading program, or from a checkpoint, to the next checkpoint or to the end, with
  /// all that it writes.
  ///
  /// A run is a chain of such legs, each of which starts as one after a crash does. So a run that is interrupted and
  /// one that is not are the same, bit for bit on one rank (on more the factorization adds in the order of messages, so
  /// that no two runs are), and every checkpoint is read.
  template <int dim>
  class CheckpointInterval
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
    CheckpointInterval(const RunContext &context, const std::optional<CheckpointFolder> &checkpoint);

    /// Run, and write results and, at the end, a checkpoint. If there are checkpoints, the summary is left to another
    /// leg, which starts where the program is done. Throws NumericsError if the program cannot be completed, after all
    /// results up to the last accepted time are written, and a checkpoint; WriteError if those cannot be.
    End run();

    /// Where the run is.
    CheckpointLabel label() const { return {march.counts().accepted_steps, march.time(), march.strain()}; }

    /// Summary of the run in the words of summary.json; complete if run() ended with the program.
    const Summary &summary() const { return run_summary; }

  private:
    /// What a leg tells the next one beside its march and its own members.
    struct RunMemory
    {
      std::size_t                                     history_rows = 0;
      std::vector<typename FieldsWriter<dim>::Record> records; ///< of fields
      double                                          seconds = 0.;
    };

    // Setting out
    void start();
    void restore();
    void open_outputs();
    void resume_outputs(std::size_t rows, const std::vector<typename FieldsWriter<dim>::Record> &records);
    void say_what_is_run();

    // Under way
    bool go_on();
    bool run_segment();
    void after_step(double h);
    void report(double h);
    void note(const std::string &text);

    // Leaving
    bool        is_due();
    bool        is_stored() const;
    void        write_checkpoint();
    std::string what_to_do_about(const std::string &problem, bool there_is_a_checkpoint) const;
    std::string about_failed_update();
    template <typename Archive>
    void serialize(Archive &archive, RunMemory &memory);

    // Rows
    RejuvenationMeasures measures() const;
    ShearBands           bands() const;
    HistoryRow           row() const;
    void                 record();
    double               reported_threshold() const;

    // Results
    double seconds() const;
    bool   fields_are_due() const;
    double time_of_fields() const;
    void   write_fields();
    void   analyze_rejuvenation();
    void   finish(const std::string &status, const std::string &message);

    const Deck          &deck;
    const MPI_Comm       communicator;
    const bool           is_root;
    Progress            &progress;
    dealii::TimerOutput &timer;
    CheckpointStore     &checkpoints;
    StopRequest         &stop;

    const std::optional<CheckpointFolder> checkpoint; ///< that this leg goes on from
    RunMemory                             earlier;    ///< what it says of earlier legs

    TimeIntegrator<dim>          march;
    const DiscreteSpecimen<dim> &specimen; ///< of `march`
    BandResolution               band_resolution;

    std::unique_ptr<HistoryWriter>     history_writer; // on the root only
    std::unique_ptr<FieldsWriter<dim>> fields_writer;
    CurveRecord                        curve;
    double                             strain_path_fields = 0.; ///< ∫ |dγ| when fields were last written
    Summary                            run_summary;

    unsigned int                                steps_of_leg    = 0;
    End                                         reason_to_leave = End::program;
    unsigned int                                newton_reported = 0; ///< Newton iterations at the last progress report
    const std::chrono::steady_clock::time_point wall_start      = std::chrono::steady_clock::now();
  };
} // namespace revitra

#pragma once

#include "fem/band_watch.h"
#include "fem/discrete_specimen.h"
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

#include <deal.II/base/conditional_ostream.h>
#include <deal.II/base/timer.h>

#include <memory>

namespace revitra
{
  /// A specimen in simple shear through the whole loading program of a deck, with all that it writes.
  template <int dim>
  class SpecimenSimulation
  {
  public:
    /// Set up the specimen of `deck`. Writes nothing. Throws DeckError if the initial free volume is out of bounds.
    SpecimenSimulation(const Deck &deck, const MPI_Comm &communicator, std::ostream &log, bool log_is_terminal);

    /// Run the program and write the results. Throws NumericsError if it cannot be completed, after all results up to
    /// the last accepted time are written; WriteError if those cannot be.
    void run();

    /// Summary of the run in the words of summary.json; complete after run().
    const Summary &summary() const { return run_summary; }

  private:
    /// Of the last accepted state, since the run began.
    double time() const { return segment_start_time + step.time(); }

    // Setting up
    void open_outputs();
    void say_what_is_run();

    // Marching through the program
    void              run_segment(std::size_t number);
    void              stop_at_threshold(const SegmentRun &run, double &h);
    bool              locate_event(const SegmentRun &run, double &h);
    void              accept(const SegmentRun &run, double h);
    [[noreturn]] void give_up(const std::string &why);
    std::string       keep_failed_update();

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

    const Deck    &deck;
    const MPI_Comm communicator;
    const bool     is_root;
    Progress       progress;

    dealii::ConditionalOStream timer_stream;
    dealii::TimerOutput        timer;

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
    unsigned int                                accepted_steps     = 0;
    unsigned int                                rejected_steps     = 0;
    unsigned int                                mesh_changes       = 0;
    double                                      largest_drift = 0.; ///< relative change of an average with the mesh
    double                                      largest_stress_jump = 0.; ///< change of the mean stress with the mesh
    unsigned int                                newton_reported = 0; ///< Newton iterations at the last progress report
    const std::chrono::steady_clock::time_point wall_start      = std::chrono::steady_clock::now();
  };
} // namespace revitra

#pragma once

#include "fem/discretization/discrete_specimen.h"
#include "fem/time_stepping/active_segment.h"
#include "fem/time_stepping/curve_energy.h"
#include "fem/time_stepping/curve_threshold.h"
#include "fem/time_stepping/runge_kutta_step.h"
#include "fem/time_stepping/stall_detector.h"
#include "fem/time_stepping/step_controller.h"
#include "material/run/progress.h"

#include <boost/archive/binary_iarchive.hpp>
#include <boost/archive/binary_oarchive.hpp>

#include <memory>
#include <optional>
#include <string>

namespace revitra
{
  /// What a run has done so far, with earlier legs.
  struct RunCounters
  {
    unsigned int     accepted_steps    = 0;
    unsigned int     rejected_steps    = 0;
    unsigned int     stage_solves      = 0;
    unsigned int     newton_iterations = 0;
    LinearStatistics linear;
    unsigned int     mesh_changes        = 0;
    double           largest_drift       = 0.; ///< relative change of an average with the mesh
    double           largest_stress_jump = 0.; ///< change of the mean stress with the mesh

    template <typename Archive>
    void serialize(Archive &archive, unsigned int /* version */)
    {
      archive &accepted_steps &rejected_steps &stage_solves &newton_iterations &linear;
      archive &mesh_changes &largest_drift                                     &largest_stress_jump;
    }
  };

  /// A specimen on its way through the loading program, step by step: steps are accepted or made shorter, end where the
  /// stress crosses σ_c and where the event is that ends a segment, and the mesh follows the flow. Writes no files.
  ///
  /// All that changes it is collective.
  template <int dim>
  class TimeIntegrator
  {
  public:
    /// Set up the specimen, for start() or, with the cells `stored` in a checkpoint, for read() and resume(). Keeps
    /// `deck`, `progress` and `timer` by reference. Throws DeckError if mesh or initial fields do not do.
    TimeIntegrator(const Deck                             &deck,
                   const MPI_Comm                         &communicator,
                   Progress                               &progress,
                   dealii::TimerOutput                    &timer,
                   std::unique_ptr<const CellRecords<dim>> stored);

    /// Go to the beginning of the program.
    void start();

    /// Write what CellRecords reads.
    void store(CheckedFile &file) const { specimen.store(file, step.solution()); }

    /// Write what read() reads: all else.
    void write(boost::archive::binary_oarchive &archive);

    /// Read where an earlier march was. Throws what the archive throws, and std::out_of_range if the deck has no such
    /// segment.
    void read(boost::archive::binary_iarchive &archive);

    /// Go on from there. Returns why that fails; empty if it does not. Throws DeckError if the segment has another end
    /// now, and it is beyond that.
    std::string resume();

    /// Try a step, and accept it or make the next one shorter. Returns the length of the step if it was accepted.
    /// Throws NumericsError if the march cannot go on.
    std::optional<double> try_step();

    /// After a step of length `h`: let the mesh follow the flow if it is time, and see whether the end of the segment
    /// will come. Throws NumericsError if the march cannot go on.
    void after_step(double h);

    /// Whether the segment has come to its end.
    bool segment_is_over() const { return event_reached || step.time() >= segment->end_time(); }

    /// Begin the next segment. Returns false if there is none.
    bool begin_next_segment();

    /// Whether state and mesh go together, so that a checkpoint may be written: not if the march has ended while the
    /// mesh was being changed.
    bool is_consistent() const { return consistent; }

    /// Compute the stresses of the last accepted state again, of which a step that was not accepted leaves its own.
    void restore_accepted_stresses();

    // Of the last accepted state

    /// Since the run began.
    double time() const { return segment_start_time + step.time(); }
    double strain() const { return step.solution().strain; }
    double stress() const { return step.stress(); }
    double temperature() const { return present_temperature; }

    /// ∫ |dγ|.
    double strain_path() const { return path; }

    /// ũ, with the values that the rank's cells need.
    auto displacement() const { return specimen.ghosted(step.solution().fluctuation()); }

    const DiscreteSpecimen<dim> &the_specimen() const { return specimen; }
    const VolumeAverages        &averages() const { return present_averages; }
    const CurveThreshold<dim>   &sigma_c() const { return threshold; }
    const CurveEnergy           &energies() const { return energy; }

    /// Number of the segment under way.
    std::size_t segment_number() const { return current_segment; }

    /// The part of the program that is done, 0 to 1.
    double part_done() const;

    RunCounters counts() const;

  private:
    using Place = ActiveSegment::Place;

    /// The last accepted one, in the segment.
    Place place() const { return {step.time(), step.solution().strain, step.stress()}; }

    // Segments
    void        begin_segment(std::size_t number);
    void        set_segment();
    void        check_end() const;
    std::string why_end_is_out_of_reach() const;

    // A step
    double         strain_step() const;
    std::nullopt_t cut(double shorter, const std::string &reason);
    std::string    stop_at_threshold(double &h);
    std::string    stop_at_event(double &h);
    void           accept(double h);

    // The mesh
    void adapt_mesh();
    void check_mesh_change(dealii::types::global_cell_index cells_before,
                           double                           stress_before,
                           const VolumeAverages            &before);

    // Checkpoints
    template <typename Archive>
    void serialize(Archive &archive, Place &place, RunCounters &counts);

    const Deck          &deck;
    const MPI_Comm       communicator;
    Progress            &progress;
    dealii::TimerOutput &timer;

    std::unique_ptr<const CellRecords<dim>> stored;         ///< cells of the checkpoint that this goes on from
    Place                                   stored_place{}; ///< where that stands

    const ThresholdOptions threshold_options;
    const double           stress_scale; ///< σ_f at the start: the unit of errors in equivalent stress
    DiscreteSpecimen<dim>  specimen;
    RungeKuttaStep<dim>    step;

    double              present_temperature;
    const double        stress_per_equivalent; ///< stress of a homogeneous specimen per equivalent stress
    CurveThreshold<dim> threshold;
    CurveEnergy         energy;
    VolumeAverages      present_averages;
    double              path       = 0.;
    bool                consistent = true;

    std::size_t                  current_segment = 0;
    Place                        segment_start{};          ///< its time is 0
    double                       segment_start_time  = 0.; ///< since the run began
    double                       segment_temperature = 0.; ///< at its start
    std::optional<ActiveSegment> segment;
    std::optional<StallDetector> watch;
    bool                         event_reached = false; ///< the one that ends the segment, or it was over at once

    StepController controller;
    double         next_step = 0.; ///< length that the error suggests
    unsigned int   cuts      = 0;  ///< of the step in hand
    RunCounters    done;           ///< what the parts of this do not count themselves, and what earlier legs counted
  };
} // namespace revitra

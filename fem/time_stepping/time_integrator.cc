#include "fem/time_stepping/time_integrator.h"

#include "fem/time_stepping/dense_output.h"
#include "material/base/text.h"
#include "material/input/expression.h"
#include "material/law/steady_state.h"

#include <limits>
#include <sstream>
#include <utility>

namespace revitra
{
  using namespace dealii;
  namespace rk = runge_kutta;

  namespace
  {
    constexpr unsigned event_tries     = 30;
    constexpr double   strain_step_aim = 0.9; // of the largest strain step, under stress: it is known afterwards only
    constexpr unsigned most_cuts       = 60;  // of one step, before a run gives up

    /// What may be behind steps that cannot be solved however short they are; empty if nothing is known.
    std::string likely_cause(const Deck &deck)
    {
      constexpr double nearly_incompressible = 0.4999; // at 0.49999 rounding of the volume is beyond the tolerance
      double           largest               = deck.material.poisson_ratio;
      for (const Deck::Region &region : deck.regions)
        largest = std::max(largest, region.material.poisson_ratio);
      return largest < nearly_incompressible ? ""
                                             : ". With Material/Poisson ratio = " + shortest(largest) +
                                                 " the glass is all but incompressible, too stiff in volume for the "
                                                 "equations to be solved to the tolerance: take less";
    }

    /// Whether all points of the specimen are alike, at all times.
    bool is_homogeneous(const Deck &deck)
    {
      const Deck::InitialFields &fields = deck.initially;
      const bool                 sides_are_free =
        deck.specimen.lateral_boundary == Deck::LateralBoundary::free && deck.platens != Deck::Platens::frictionless;
      return deck.specimen.mesh_file.empty() && deck.specimen.boundary_free_volume.empty() && !sides_are_free &&
             is_uniform(fields.free_volume) && is_uniform(fields.st_sum) && is_uniform(fields.st_bias) &&
             is_uniform(fields.temperature_offset);
    }

    /// Newton's residual is amplified by localization up to 5e4 times: it must lie well below the tolerance of a step.
    NewtonSettings newton_settings(const double tolerance)
    {
      NewtonSettings settings;
      settings.tolerance = std::clamp(1e-7 * tolerance, 1e-13, 1e-10);
      return settings;
    }
  } // namespace

  template <int dim>
  TimeIntegrator<dim>::TimeIntegrator(const Deck                             &deck,
                                      const MPI_Comm                         &communicator,
                                      Progress                               &progress,
                                      TimerOutput                            &timer,
                                      std::unique_ptr<const CellRecords<dim>> stored_cells)
    : deck(deck)
    , communicator(communicator)
    , progress(progress)
    , timer(timer)
    , stored(std::move(stored_cells))
    , threshold_options{deck.eed.threshold, deck.eed.threshold_stress}
    , stress_scale(revitra::stress_scale(Kinetics(deck.material, deck.material.temperature)))
    , specimen(deck, communicator, stress_scale, timer, stored.get())
    , step(specimen.materials,
           threshold_options,
           *specimen.problem,
           *specimen.equilibrium,
           specimen.history,
           communicator,
           deck.time_stepping.tolerance,
           stress_scale,
           newton_settings(deck.time_stepping.tolerance))
    , present_temperature(deck.material.temperature)
    , stress_per_equivalent(1. / specimen.direction.strain_per_shear)
    , threshold(deck, threshold_options, specimen, communicator)
    , energy(specimen.direction.modulus(deck.material))
  {
    if (!stored)
      specimen.check_initial_free_volume(); // which `step` has projected; before anything is written
  }

  template <int dim>
  void TimeIntegrator<dim>::start()
  {
    threshold.update(present_temperature, step.stress());
    step.begin_segment({present_temperature});
    present_averages = specimen.averages();
    energy.initialize(present_averages.plastic_rate);
    begin_segment(0);
  }

  template <int dim>
  void TimeIntegrator<dim>::begin_segment(const std::size_t number)
  {
    current_segment     = number;
    segment_start       = {0., step.solution().strain, step.stress()};
    segment_temperature = present_temperature;
    set_segment();
    cuts = 0;
    controller.reset();
    segment_start_time += step.time();
    step.begin_segment(segment->control().temperature(0.));
    next_step     = segment->first_step(present_averages.plastic_rate);
    event_reached = segment->is_over_at_once();
    if (const std::string why = why_end_is_out_of_reach(); !event_reached && !why.empty())
      throw NumericsError(why);
  }

  /// Why the stress or the strain that is to end the segment is not reached, as far as that can be told where it
  /// begins, with what there is to do about it.
  template <int dim>
  std::string TimeIntegrator<dim>::why_end_is_out_of_reach() const
  {
    // The stress at which a specimen flows is that of its glass if that is the same everywhere, and is there
    // everywhere.
    const bool   is_simple = deck.specimen.mesh_file.empty() && is_uniform(deck.initially.temperature_offset);
    const double local     = present_temperature + (is_simple ? uniform_value(deck.initially.temperature_offset) : 0.);
    const double flows_at  = is_simple ? stress_per_equivalent * flow_stress(Kinetics(deck.material, local)) : 0.;
    if (const std::string why =
          why_stress_is_out_of_reach(segment->segment(), step.stress(), present_averages.plastic_rate, flows_at);
        !why.empty())
      return why + "; " + advice_on_direction;

    const double stress  = segment->segment().value;
    const double hottest = is_simple ? local : info_of(&Parameters::temperature).upper;
    const double energy =
      present_averages.elastic_energy + stored_energy(hottest, present_averages.st_sum, present_averages.st_sum);
    const bool        alike = is_homogeneous(deck);
    const std::string why   = why_strain_is_out_of_reach(segment->segment(),
                                                       step.solution().strain,
                                                       alike ? present_averages.plastic_rate : stress,
                                                       alike ? 0. : recoverable_strain(stress, energy));
    return why.empty() ? "" : why + "; " + advice_on_strain;
  }

  template <int dim>
  bool TimeIntegrator<dim>::begin_next_segment()
  {
    if (current_segment + 1 == deck.program.segments.size())
      return false;
    begin_segment(current_segment + 1);
    return true;
  }

  template <int dim>
  void TimeIntegrator<dim>::set_segment()
  {
    segment.emplace(deck, deck.program.segments.at(current_segment), segment_start, segment_temperature);
    watch.emplace(*segment, stress_per_equivalent * stress_scale, likely_cause(deck));
  }

  /// Writes or reads all but what `watch` has.
  template <int dim>
  template <typename Archive>
  void TimeIntegrator<dim>::serialize(Archive &archive, Place &place, RunCounters &counts)
  {
    archive &place                                                              &counts;
    archive &current_segment &event_reached &segment_start &segment_temperature &segment_start_time;
    archive &present_temperature &threshold &energy &path &controller &cuts     &next_step;
  }

  template <int dim>
  void TimeIntegrator<dim>::write(boost::archive::binary_oarchive &archive)
  {
    Place       now    = place();
    RunCounters so_far = counts();
    serialize(archive, now, so_far);
    archive << *watch;
  }

  template <int dim>
  void TimeIntegrator<dim>::read(boost::archive::binary_iarchive &archive)
  {
    serialize(archive, stored_place, done);
    set_segment();
    archive >> *watch;
  }

  template <int dim>
  std::string TimeIntegrator<dim>::resume()
  {
    typename RungeKuttaStep<dim>::Unknown x = specimen.problem->zero();
    x.strain                                = stored_place.strain;
    specimen.restore(*stored, x);
    const double time = stored_place.time;
    if (std::string problem =
          step.restore(time, std::move(x), segment->control().load(time), segment->control().temperature(time));
        !problem.empty())
      return problem;
    stored.reset();
    present_averages = specimen.averages();
    check_end();
    event_reached = event_reached && segment->is_at_end(place());
    if (cuts > most_cuts) // the run gave up; what it is restarted with may do better, from a first step on
      {
        cuts      = 0;
        next_step = segment->first_step(present_averages.plastic_rate);
        controller.reset();
      }
    return "";
  }

  template <int dim>
  void TimeIntegrator<dim>::restore_accepted_stresses()
  {
    step.restore_accepted_stresses(segment->control().load(step.time()), segment->control().temperature(step.time()));
  }

  template <int dim>
  double TimeIntegrator<dim>::part_done() const
  {
    return (current_segment + segment->part_done(place())) / deck.program.segments.size();
  }

  template <int dim>
  RunCounters TimeIntegrator<dim>::counts() const
  {
    RunCounters all = done;
    all.stage_solves += step.stage_solves();
    all.newton_iterations += step.newton_iterations();
    all.linear = all.linear + specimen.problem->linear_statistics();
    return all;
  }

  /// Length of the strain step just attempted.
  template <int dim>
  double TimeIntegrator<dim>::strain_step() const
  {
    return std::abs(step.curve().strain.back() - step.curve().strain.front());
  }

  template <int dim>
  std::optional<double> TimeIntegrator<dim>::try_step()
  {
    double            h       = segment->limited_step(step.time(), next_step);
    const StepOutcome outcome = step.attempt(segment->control(), h);
    const double      error   = segment->error_weight() * outcome.error;
    if (!outcome.solved)
      return cut(h * controller.after_failure(), outcome.reason);
    if (error > 1.)
      return cut(h * controller.after_rejection(error), "the error stays too large");
    const double excess = segment->controls_stress() ? strain_step() / deck.time_stepping.maximum_strain_step : 0.;
    if (excess > 1.)
      return cut(strain_step_aim * h / excess, "the strain step stays too large");

    next_step = h * controller.after_acceptance(h, error);
    if (excess > 0.)
      next_step = std::min(next_step, strain_step_aim * h / excess);
    std::string problem = stop_at_threshold(h);
    if (problem.empty())
      problem = stop_at_event(h);
    if (!problem.empty())
      return cut(h * controller.after_failure(), problem);
    accept(h);
    return h;
  }

  /// Try a `shorter` step next, unless there were too many in a row.
  template <int dim>
  std::nullopt_t TimeIntegrator<dim>::cut(const double shorter, const std::string &reason)
  {
    ++done.rejected_steps;
    next_step = shorter;
    if (++cuts > most_cuts)
      throw NumericsError("the step was cut " + std::to_string(most_cuts) + " times in a row: " + reason +
                          likely_cause(deck));
    return std::nullopt;
  }

  /// A segment that has another end since the checkpoint was written must not be over where that stands.
  template <int dim>
  void TimeIntegrator<dim>::check_end() const
  {
    const Place now = place();
    if (!segment->is_beyond_end(now))
      return;
    std::ostringstream text;
    text << "the checkpoint stands at strain " << now.strain << " and stress " << now.stress << ", " << now.time
         << " after the beginning of segment " << current_segment + 1 << " '" << segment->segment().text
         << "', which is beyond its end; allowed is an end further on, or a run from the start, without --restart and "
            "--resume, or with another --output";
    throw DeckError({problem_line(deck, "Loading/Program", text.str())});
  }

  /// If the stress crosses σ_c within the step of length `h` just attempted, attempt the part up to there and make `h`
  /// its length: the EED has a kink there, which costs accuracy where it is passed in flow. Returns why there is no
  /// step any more, if so: one that went may fail when it is tried again with another preconditioner.
  template <int dim>
  std::string TimeIntegrator<dim>::stop_at_threshold(double &h)
  {
    constexpr double near_an_end = 0.01; // a kink so near to the end of a step does no harm
    if (!threshold.is_known())
      return "";
    rk::Weights excess;
    for (unsigned int i = 0; i < rk::stages; ++i)
      {
        const double sigma_c = threshold.at(segment->control().temperature(step.time() + rk::c[i] * h)).stress;
        if (std::isinf(sigma_c)) // of a glass that creates no free volume
          return "";
        excess[i] = std::abs(step.curve().stress[i]) - sigma_c;
      }
    const auto crossing = first_zero(excess);
    if (!crossing || *crossing < near_an_end || *crossing > 1. - near_an_end)
      return "";
    const double whole = h;
    h *= *crossing;
    if (step.attempt(segment->control(), h).solved)
      return "";
    h = whole;
    return step.attempt(segment->control(), h).reason;
  }

  /// If the step of length `h` just attempted passes the event that ends the segment, attempt shorter ones until one
  /// ends there, and make `h` its length; the segment is over then. Returns why there is no step any more, if so.
  template <int dim>
  std::string TimeIntegrator<dim>::stop_at_event(double &h)
  {
    if (!segment->ends_at_event())
      return "";
    rk::Weights distances;
    for (unsigned int i = 0; i < rk::stages; ++i)
      distances[i] = segment->distance_to_event(step.curve().strain[i], step.curve().stress[i]);
    const auto zero = first_zero(distances);
    if (!zero)
      return "";

    double lower = 0., lower_distance = distances.front();
    double upper = h, upper_distance = distances.back();
    // no nearer than rounding of the time allows
    const double rounding  = 4. * std::numeric_limits<double>::epsilon() * (step.time() + h);
    const double tolerance = std::max(event_tolerance, rounding * std::abs(upper_distance - lower_distance) / h);
    h *= *zero;
    for (unsigned int tries = 0; tries < event_tries; ++tries)
      {
        if (const StepOutcome outcome = step.attempt(segment->control(), h); !outcome.solved)
          return "the end of the segment could not be located: " + outcome.reason;
        const double distance = segment->distance_to_event(step.curve().strain.back(), step.curve().stress.back());
        event_reached         = std::abs(distance) <= tolerance;
        if (event_reached)
          return "";
        const bool is_beyond = (distance < 0.) != (lower_distance < 0.);
        if (!is_beyond && (upper_distance < 0.) == (lower_distance < 0.))
          return ""; // the polynomial was mistaken: the stress turns before it gets there
        // the Illinois method: regula falsi that halves the weight of an end that stays
        if (is_beyond)
          {
            upper = h, upper_distance = distance, lower_distance *= 0.5;
          }
        else
          {
            lower = h, lower_distance = distance, upper_distance *= 0.5;
          }
        h = (lower * upper_distance - upper * lower_distance) / (upper_distance - lower_distance);
      }
    return "the end of the segment could not be located";
  }

  template <int dim>
  void TimeIntegrator<dim>::accept(const double h)
  {
    rk::Weights sigma_c, sigma_c_rate;
    for (unsigned int i = 0; i < rk::stages; ++i)
      {
        const ThresholdStress now = threshold.at(segment->control().temperature(step.time() + rk::c[i] * h));
        sigma_c[i]                = now.stress;
        sigma_c_rate[i]           = now.rate;
      }
    energy.add(step.curve(), h, segment->controls_stress(), sigma_c, sigma_c_rate);
    path += strain_step();

    step.accept();
    cuts = 0;
    ++done.accepted_steps;
    present_temperature = segment->control().temperature(step.time()).value;
    threshold.update(present_temperature, step.stress());
    present_averages = specimen.averages();
  }

  template <int dim>
  void TimeIntegrator<dim>::after_step(const double h)
  {
    if (event_reached)
      return;
    if (deck.adaptivity.levels > 0 && done.accepted_steps % deck.adaptivity.interval == 0)
      adapt_mesh();
    const std::string hopeless = watch->look(place(), h, strain_step());
    if (!hopeless.empty())
      throw NumericsError(hopeless);
  }

  /// Let the mesh follow the flow, and bring what is there then into equilibrium.
  template <int dim>
  void TimeIntegrator<dim>::adapt_mesh()
  {
    TimerOutput::Scope                    scope(timer, "Mesh");
    const auto                            cells_before  = specimen.triangulation.n_global_active_cells();
    const double                          stress_before = step.stress();
    typename RungeKuttaStep<dim>::Unknown x             = step.solution();
    consistent                                          = false;
    consistent                                          = !specimen.adapt(x);
    if (consistent)
      return;
    const std::string problem =
      step.resume(std::move(x), segment->control().load(step.time()), segment->control().temperature(step.time()));
    if (!problem.empty())
      throw NumericsError("no equilibrium after the mesh was changed: " + problem);
    consistent = true;
    threshold.update(present_temperature, step.stress());
    const VolumeAverages before = std::exchange(present_averages, specimen.averages());
    check_mesh_change(cells_before, stress_before, before);
  }

  /// Tell what the last change of the mesh did to the averages, and keep the largest of it.
  template <int dim>
  void TimeIntegrator<dim>::check_mesh_change(const types::global_cell_index cells_before,
                                              const double                   stress_before,
                                              const VolumeAverages          &before)
  {
    const auto drift = [this](const double was, const double is, const double least) {
      const double change = std::abs(is - was) / std::max(was, least);
      done.largest_drift  = std::max(done.largest_drift, change);
      return change;
    };
    // before anything flows the mean EED is that of a few points, and a change of it means nothing
    const double least_energy = 1e-3 * stress_scale * stress_scale / deck.material.shear_modulus;
    const double jump         = step.stress() - stress_before;
    ++done.mesh_changes;
    done.largest_stress_jump = std::max(done.largest_stress_jump, std::abs(jump));

    std::ostringstream text;
    text << "mesh: " << cells_before << " -> " << specimen.triangulation.n_global_active_cells() << " cells at strain "
         << step.solution().strain << "; mean free volume " << before.free_volume << " changed by "
         << drift(before.free_volume, present_averages.free_volume, 0.) << ", mean EED " << before.eed << " by "
         << drift(before.eed, present_averages.eed, least_energy) << " (relative), stress " << stress_before << " by "
         << jump;
    progress.say(text.str());
  }

  template class TimeIntegrator<2>;
  template class TimeIntegrator<3>;
} // namespace revitra

#include "material/law/stress_update.h"

#include "material/law/strain_response.h"

#include <limits>

namespace revitra
{
  namespace
  {
    namespace rk = runge_kutta;

    // The smallest substep is the increment over 2^120: when an aged glass yields, its rates grow by e^{1/ξ} in an
    // instant, which double precision cannot tell from the rest of the increment. So places along it are integers.
    constexpr unsigned deepest_level = 120;
    constexpr unsigned most_stages   = 200000; // more is a tolerance that cannot be met
    __extension__ using Ticks        = unsigned __int128;

    constexpr Ticks ticks_at(const unsigned level)
    {
      return Ticks(1) << (deepest_level - level);
    }

    // A substep twice as long has 2^order times the error; the rest is safety.
    constexpr double growth_threshold = 0.5 / (1u << rk::order);

    // Rates are increments over diagonal × time: a time step whose reciprocal is no number is none.
    const double shortest_time_step = 2. / (rk::diagonal * std::numeric_limits<double>::max());

    /// What is wrong with the numbers that an update is given; `none` if nothing is.
    StageFailure failure_of_input(const Deviator        &strain,
                                  const Deviator        &increment,
                                  const double           time_step,
                                  const ThresholdStress &threshold,
                                  const State           &state)
    {
      if (!std::isfinite(time_step))
        return StageFailure::time_step_not_finite;
      if (time_step < 0.)
        return StageFailure::time_step_negative;
      const bool finite = strain.allFinite() && increment.allFinite() && state.values.allFinite() &&
                          std::isfinite(threshold.rate) && !std::isnan(threshold.stress);
      return finite ? StageFailure::none : StageFailure::input_not_finite;
    }

    /// A result with zeros for numbers, which a failed update leaves.
    UpdateResult result_of_zeros()
    {
      UpdateResult result{};
      result.stress.setZero();
      result.tangent.setZero();
      return result;
    }

    /// The update in no time.
    UpdateResult elastic_update(const Deviator &strain, const double shear_modulus, const State &state)
    {
      UpdateResult result = result_of_zeros();
      result.stress       = shear_modulus * (strain - state.plastic_strain());
      result.tangent      = shear_modulus * DeviatorTangent::Identity();
      result.failure      = result.stress.allFinite() ? StageFailure::none : StageFailure::input_not_finite;
      return result;
    }

    /// Σ_j weights_j stage_j over the first `n` stages; of State or of StrainResponse.
    template <typename Stage>
    auto weighted_sum(const std::array<Stage, rk::stages> &stage, const rk::Weights &weights, const unsigned n)
    {
      Stage sum;
      sum.values = weights[0] * stage[0].values;
      for (unsigned j = 1; j < n; ++j)
        sum.values += weights[j] * stage[j].values;
      return sum;
    }

    /// The straight path of one update: the state along it with its response to the increment, and the substep in hand.
    class StrainPath
    {
    public:
      StrainPath(const Kinetics        &kinetics,
                 const Deviator        &strain,
                 const Deviator        &increment,
                 const ThresholdStress &threshold,
                 const State           &state)
        : kinetics(kinetics)
        , strain(strain)
        , increment(increment)
        , threshold(threshold)
        , state(state)
        , stress(kinetics.shear_modulus * (strain - state.plastic_strain()))
        , span(stress, state.bias(), increment)
      {
        rate[0] = rates(kinetics, state, stress, threshold);
      }

      /// Solve the stages of the substep that takes `time` and the part `fraction` of the increment.
      StageFailure attempt(const double time, const double fraction, UpdateResult &result)
      {
        const ImplicitStage implicit(kinetics, rk::diagonal * time);
        const double        to_rate = 1. / (rk::diagonal * time);
        for (unsigned i = 1; i < rk::stages; ++i)
          {
            State base;
            base.values           = state.values + time * weighted_sum(rate, rk::a[i], i).values;
            const double position = done + rk::c[i] * fraction;
            ++result.stages;
            const StageFailure failure =
              implicit.solve(strain + position * increment, base, threshold, prediction(i, time, fraction), stage);
            if (failure != StageFailure::none)
              return failure;
            unknowns[i] = stage.unknowns;
            StrainResponse base_response;
            base_response.values = response.values + time * weighted_sum(rate_response, rk::a[i], i).values;
            rate[i].values       = to_rate * stage.increment.values;
            rate_response[i].values =
              to_rate * stage_response(kinetics, span, stage, base, position, base_response).values;
          }
        return StageFailure::none;
      }

      /// A guess for the unknowns of stage `i`: the polynomial through those solved, or a line at the start.
      StageUnknowns prediction(const unsigned i, const double time, const double fraction)
      {
        if (i == 1)
          {
            const double   norm   = stress.norm();
            const Deviator change = kinetics.shear_modulus * (fraction * increment - time * rate[0].plastic_strain());
            unknowns[0]           = {norm, rk::diagonal * time * rate[0].plastic_work(), state.free_volume()};
            return {norm > 0. ? std::abs(norm + rk::c[1] * stress.dot(change) / norm) : rk::c[1] * change.norm(),
                    unknowns[0].work,
                    unknowns[0].free_volume};
          }
        StageUnknowns guess;
        for (unsigned j = 0; j < i; ++j)
          {
            guess.stress += rk::prediction[i][j] * unknowns[j].stress;
            guess.work += rk::prediction[i][j] * unknowns[j].work;
            guess.free_volume += rk::prediction[i][j] * unknowns[j].free_volume;
          }
        guess.stress = std::max(guess.stress, 0.);
        return guess;
      }

      /// Embedded error of the substep just attempted, see error_size().
      double error(const double time, const double stress_scale) const
      {
        State error;
        error.values = time * weighted_sum(rate, rk::error_weights, rk::stages).values;
        return error_size(error, state, kinetics.shear_modulus, stress_scale);
      }

      /// Make the end of the substep just attempted the state.
      void accept(const double time, const unsigned level)
      {
        state.values += time * weighted_sum(rate, rk::a.back(), rk::stages).values;
        response.values += time * weighted_sum(rate_response, rk::a.back(), rk::stages).values;
        rate[0]          = rate.back();
        rate_response[0] = rate_response.back();
        stress           = stage.stress;
        ticks += ticks_at(level);
        done = std::ldexp(static_cast<double>(ticks), -static_cast<int>(deepest_level));
      }

      /// d(stress)/d(increment) so far.
      DeviatorTangent tangent() const
      {
        const double mu = kinetics.shear_modulus;
        return span.expand(mu * (done * Eigen::Matrix3d::Identity() - response.plastic_strain()),
                           mu * (done - response.plastic_strain_across()));
      }

      const Kinetics                        &kinetics;
      const Deviator                         strain, increment;
      const ThresholdStress                  threshold;
      State                                  state;
      Deviator                               stress;
      Ticks                                  ticks = 0;  ///< part of the increment, in smallest substeps
      double                                 done  = 0.; ///< the same as a number
      const PathSpan                         span;
      StrainResponse                         response;
      StageResult                            stage{};
      std::array<StageUnknowns, rk::stages>  unknowns;
      std::array<State, rk::stages>          rate;
      std::array<StrainResponse, rk::stages> rate_response;
    };
  } // namespace

  StressUpdate::StressUpdate(const Kinetics &kinetics, const double tolerance)
    : kinetics(kinetics)
    , tolerance(tolerance)
    , stress_scale(revitra::stress_scale(kinetics))
  {}

  UpdateResult StressUpdate::update(const Deviator        &strain,
                                    const Deviator        &increment,
                                    const double           time_step,
                                    const ThresholdStress &threshold,
                                    State                 &state) const
  {
    UpdateResult result = result_of_zeros();
    result.failure      = failure_of_input(strain, increment, time_step, threshold, state);
    if (result.failure != StageFailure::none)
      return result;
    if (time_step < shortest_time_step)
      return elastic_update(strain + increment, kinetics.shear_modulus, state);

    StrainPath path(kinetics, strain, increment, threshold, state);
    unsigned   level    = 0;
    double     fraction = 1.; // 2^{-level}
    while (path.ticks < ticks_at(0))
      {
        const double time  = fraction * time_step;
        result.failure     = path.attempt(time, fraction, result);
        const double error = result.failure == StageFailure::none ? path.error(time, stress_scale) : 0.;
        if (result.failure == StageFailure::none && error <= tolerance && result.stages <= most_stages)
          {
            path.accept(time, level);
            ++result.substeps;
            if (error < growth_threshold * tolerance && level > 0 && path.ticks % ticks_at(level - 1) == 0)
              {
                fraction *= 2.;
                --level;
              }
            continue;
          }
        fraction *= 0.5;
        if (++level > deepest_level || result.stages > most_stages)
          {
            result.failure = result.failure == StageFailure::none ? StageFailure::tolerance_not_met : result.failure;
            return result;
          }
      }
    state          = path.state;
    result.stress  = path.stress;
    result.tangent = path.tangent();
    return result;
  }
} // namespace revitra

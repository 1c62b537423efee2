#include "tests/fem/simulation/simulation_runs.h"

#include <boost/numeric/odeint.hpp>
#include <gtest/gtest.h>

namespace revitra
{
  using test::run_with;
  using test::Settings;
  using test::SpecimenRun;
  using test::operator+;

  namespace
  {
    const double root_3 = std::sqrt(3.);

    const Settings sliding_2d = {"Loading/Mode=tension",
                                 "Loading/Platens=frictionless",
                                 "Specimen/Lateral boundary=free",
                                 "Specimen/Subdivisions=2, 2",
                                 "Output/Fields interval=0"};
    const Settings sliding_3d = {"Loading/Mode=tension",
                                 "Loading/Platens=frictionless",
                                 "Specimen/Lateral boundary=free",
                                 "Specimen/Dimension=3",
                                 "Specimen/Size=1",
                                 "Specimen/Subdivisions=2, 1, 1",
                                 "Specimen/Degree=1",
                                 "Output/Fields interval=0"};

    /// Plane strain, lateral stress zero, the axial strain growing at a constant rate: Eqs. (1) to (4) for the two
    /// components of the deviator that there are, in terms of tensors, written out once more.
    class PlaneTension
    {
    public:
      /// Plastic strain xx and zz, ST bias xx and zz (yy is minus both), Λ, ξ
      using Values = std::vector<double>;

      explicit PlaneTension(const double strain_rate)
        : strain_rate(strain_rate)
      {
        // Δ₀ is along the flow, at which plane strain ends: yy = −xx, zz = 0
        values = {0., 0., -glass.initial_st_bias, 0., glass.initial_st_sum, glass.initial_free_volume};
      }

      /// The axial stress at `time`, not before that of the last call.
      double stress_at(const double time)
      {
        using namespace boost::numeric::odeint;
        if (time > now)
          integrate_adaptive(
            make_controlled(1e-13, 1e-11, runge_kutta_fehlberg78<Values>()),
            [this](const Values &y, Values &rate, const double t) { rates(y, rate, strain_rate * t); },
            values,
            now,
            time,
            1e-3 * (time - now));
        now = time;
        return axial_stress(values, strain_rate * time);
      }

      double free_volume() const { return values[5]; }

    private:
      struct Stress
      {
        double xx, yy, zz, axial; ///< deviator, and the axial stress
      };

      /// Of σ = K tr ε + 2μ (dev ε − εᵖ) with σ_xx = 0 and ε_zz = 0.
      Stress stress(const Values &y, const double axial_strain) const
      {
        const double mu = glass.shear_modulus, K = glass.bulk_modulus(), px = y[0], pz = y[1];
        // 0 = K (ex + ey) + 2μ (ex − (ex + ey)/3 − px)
        const double ex    = (2. * mu * px - (K - 2. * mu / 3.) * axial_strain) / (K + 4. * mu / 3.);
        const double trace = ex + axial_strain;
        Stress       s;
        s.xx    = 2. * mu * (ex - trace / 3. - px);
        s.zz    = 2. * mu * (-trace / 3. - pz);
        s.yy    = -s.xx - s.zz;
        s.axial = s.yy + K * trace;
        return s;
      }

      double axial_stress(const Values &y, const double axial_strain) const { return stress(y, axial_strain).axial; }

      void rates(const Values &y, Values &rate, const double axial_strain) const
      {
        const double T = glass.temperature, xi = y[5], sum = y[4];
        const double A          = std::exp(glass.transformation_activation_energy * (1. - 1. / T));
        const double B          = std::exp(glass.annihilation_activation_energy * (1. - 1. / T));
        const Stress s          = stress(y, axial_strain);
        const double equivalent = std::sqrt(0.5 * (s.xx * s.xx + s.yy * s.yy + s.zz * s.zz));
        const double drive      = equivalent > 0. ? sum * std::sinh(equivalent / T) / equivalent : sum / T;
        const double back       = std::cosh(equivalent / T);
        const double factor     = 0.5 * std::exp(-1. / xi) * A;
        const double dx = factor * (drive * s.xx - back * y[2]), dz = factor * (drive * s.zz - back * y[3]);
        const double w   = std::abs(s.xx * dx + s.zz * dz + s.yy * (-dx - dz));
        const double phi = glass.transformation_coefficient;
        rate             = {dx,
                            dz,
                            4. * dx - phi * w * y[2],
                            4. * dz - phi * w * y[3],
                            phi * w * (1. - sum),
                            glass.dilatancy_factor * w - glass.annihilation_coefficient * std::exp(-1. / xi) * B};
      }

      const Parameters glass;
      const double     strain_rate;
      Values           values;
      double           now = 0.;
    };

    /// Whether two runs tell the same, row by row, within `tolerance` of the peak.
    void expect_alike(const SpecimenRun &run, const SpecimenRun &other, const double sign, const double tolerance)
    {
      ASSERT_EQ(run.size(), other.size());
      for (std::size_t row = 0; row < run.size(); ++row)
        {
          EXPECT_NEAR(run["stress"][row], sign * other["stress"][row], tolerance * run.peak("stress"));
          EXPECT_NEAR(run["free_volume"][row], other["free_volume"][row], tolerance * run.peak("free_volume"));
        }
    }
  } // namespace

  TEST(Tension, OfThreeDimensionsIsTheScalarLawWithAThirdOfYoungsModulus)
  {
    // Uniaxial stress: s̄ = σ/√3, γᵖ = √3 εᵖ, so that Eqs. (1)-(4) hold with strain √3 ε and modulus E/3. 1e-5 of the
    // peak is what homogeneous shear keeps at default settings.
    const SpecimenRun run = run_with(sliding_3d + Settings{"Loading/Program=rate 1e-4 until strain 0.3"});
    EXPECT_EQ(run.problem, "");
    const Parameters   glass;
    const double       modulus = 2. * glass.shear_modulus * (1. + glass.poisson_ratio) / 3.;
    std::ostringstream rate, shear_modulus;
    rate.precision(17);
    shear_modulus.precision(17);
    rate << "Loading/Program=rate " << 1e-4 * root_3 << " until strain 1";
    shear_modulus << "Material/Shear modulus=" << modulus;
    test::LayeredReference reference(test::deck_with({rate.str(), shear_modulus.str()}), {{1., 0.05}});
    for (std::size_t row = 0; row < run.size(); ++row)
      {
        auto expected = reference.at(run["time"][row]);
        EXPECT_NEAR(run["stress"][row], root_3 * expected["stress"], 1e-5 * run.peak("stress"));
        EXPECT_NEAR(run["plastic_strain"][row], expected["plastic_strain"] / root_3, 1e-5);
        EXPECT_NEAR(run["free_volume"][row], expected["free_volume"], 1e-5);
        EXPECT_NEAR(run["st_bias"][row], expected["st_bias"], 1e-5);
        EXPECT_NEAR(run["eed"][row], expected["eed"], 2e-5);
        EXPECT_NEAR(run["sigma_c"][row], root_3 * expected["sigma_c"], 1e-10);
      }
    EXPECT_LE(test::energy_error(run), 1e-6);
  }

  TEST(Tension, OfPlaneStrainFollowsItsEquations)
  {
    const SpecimenRun run = run_with(sliding_2d + Settings{"Loading/Program=rate 1e-4 until strain 0.3"});
    EXPECT_EQ(run.problem, "");
    PlaneTension reference(1e-4);
    for (std::size_t row = 0; row < run.size(); ++row)
      {
        EXPECT_NEAR(run["stress"][row], reference.stress_at(run["time"][row]), 1e-5 * run.peak("stress"));
        EXPECT_NEAR(run["free_volume"][row], reference.free_volume(), 1e-5);
      }
    EXPECT_LE(test::energy_error(run), 1e-6);
    const Parameters glass;
    EXPECT_NEAR(
      run["stress"][1] / run["strain"][1] / (2. * glass.shear_modulus / (1. - glass.poisson_ratio)), 1., 1e-8);
  }

  TEST(Tension, IsCompressionTheOtherWayRound)
  {
    const Settings    no_bias = sliding_2d + Settings{"Material/Initial ST bias=0"};
    const SpecimenRun pulled  = run_with(no_bias + Settings{"Loading/Program=rate 1e-4 until strain 0.1"});
    const SpecimenRun pressed = run_with(no_bias + Settings{"Loading/Program=rate -1e-4 until strain -0.1"});
    expect_alike(pulled, pressed, -1., 1e-10);
  }

  TEST(Tension, CreepsAtTheStressAskedFor)
  {
    const SpecimenRun run =
      run_with(sliding_2d + Settings{"Loading/Program=rate 1e-2 until stress 25; stress 25 until strain 0.2"});
    EXPECT_EQ(run.problem, "");
    EXPECT_NEAR(run.last("stress"), 25., 1e-8);
    EXPECT_NEAR(run.last("strain"), 0.2, 1e-8);
    EXPECT_LE(test::energy_error(run), 1e-6);
  }

  TEST(Tension, BetweenPlatensThatGripKeepsTheEnergy)
  {
    // Barrels, so that all components of stress are at work; a tapering corner of the platens concentrates them.
    Settings gripped = sliding_2d;
    gripped[1]       = "Loading/Platens=gripped";
    const SpecimenRun run =
      run_with(gripped + Settings{"Specimen/Size=1, 2", "Loading/Program=rate 1e-4 until strain 0.1"});
    EXPECT_EQ(run.problem, "");
    EXPECT_LE(test::energy_error(run), 1e-6);
  }

  TEST(Tension, IsTheSameOnAnyNumberOfRanks)
  {
    const Settings inhomogeneous = sliding_3d + Settings{"Material/Initial free volume=0.05+0.001*sin(7*x+3*y+z)",
                                                         "Loading/Program=rate 1e-4 until strain 0.06"};
    expect_alike(run_with(inhomogeneous), run_with(inhomogeneous, MPI_COMM_SELF), 1., 1e-8);
  }
} // namespace revitra

// Patch tests: on cells of any shape, with hanging nodes too, a displacement that is linear in space is what the
// equations have for a solution where boundary and material allow it, with one strain and one stress at all points.
//
// With projected volumetric strain (B-bar) too: that of a linear displacement is constant, so that it is its own
// projection; and a constant pressure does the same work on the projection of div φ as on div φ, as a projection in the
// L2 product of the cell leaves averages as they are. What remains is ∫ ∇φ, which Gauss quadrature of degree + 1 points
// integrates exactly on bilinear and trilinear cells: the integrand is a polynomial of at most that degree + 1 in each
// coordinate of the unit cell.
#include "tests/fem/mechanics/distorted_specimen.h"
#include "tests/fem/simulation/layered_reference.h"

#include <gtest/gtest.h>

#include <sstream>

namespace revitra
{
  using namespace dealii;
  using test::Distorted;
  using test::DistortedSpecimen;
  using test::Held;
  namespace rk = runge_kutta;

  namespace
  {
    // Elastic: strains of 1e-3 within 1e-9, in which nothing flows. In flow: by steps of 0.003 in strain to 0.048; the
    // stress of the soft glass has its peak at 0.045 or so.
    constexpr double       elastic_strain = 1e-3, elastic_time = 1e-9;
    constexpr double       rate = 1e-4, step_length = 30.;
    constexpr unsigned int n_steps = 16;

    /// Stress is as even, and as exact where it is elastic, as Newton's method leaves it. That stops at residuals of
    /// 1e-12 σ_f ‖∫ |∇φ|‖₂; at worst all of it is that of a single one of the N unknowns, where it is a stress of
    /// 1e-12 √N σ_f. Ten times that, since a residual says no more of the stress than its average over some cells.
    template <int dim>
    double newton_leaves(const DistortedSpecimen<dim> &specimen)
    {
      return 10. * specimen.newton_settings().tolerance * specimen.stress_scale *
             std::sqrt(double(specimen.dof_handler.n_dofs()));
    }

    // As for every specimen at steps of this size, of the peak.
    constexpr double time_integration = 1e-4;

    void print(const std::string &what, const std::vector<double> &numbers)
    {
      if (Utilities::MPI::this_mpi_process(MPI_COMM_WORLD) != 0)
        return;
      std::cout << std::setprecision(2) << what << ':';
      for (const double number : numbers)
        std::cout << ' ' << number;
      std::cout << std::endl;
    }

    Parameters soft_glass()
    {
      Parameters glass;
      glass.initial_free_volume = 0.09;
      return glass;
    }

    /// Calls test(what the specimen is like, its name) for elements of all kinds, with hanging nodes and without.
    template <int dim>
    void for_all_elements(void (&test)(const Distorted<dim> &, const std::string &))
    {
      for (const unsigned int degree : {1u, 2u})
        for (const bool hanging : {false, true})
          {
            const std::string name = std::to_string(dim) + "-D, degree " + std::to_string(degree) +
                                     (hanging ? ", hanging nodes" : ", no hanging nodes");
            SCOPED_TRACE(name);
            Distorted<dim> like;
            like.degree  = degree;
            like.cells   = dim == 2 ? 3 : 2;
            like.hanging = hanging;
            like.glass   = soft_glass();
            test(like, name);
          }
    }

    SegmentControl straining(const double rate)
    {
      SegmentControl control;
      control.load        = [rate](const double time) { return LoadControl{false, rate * time}; };
      control.temperature = [](double) { return ProgramTemperature{Parameters().temperature}; };
      return control;
    }

    /// Deviatoric stress and mean stress at a point.
    struct PointStress
    {
      Deviator deviator;
      double   mean;
    };

    PointStress operator*(const double factor, const PointStress &stress)
    {
      return {factor * stress.deviator, factor * stress.mean};
    }

    PointStress point_stress(const Eigen::Matrix3d &tensor)
    {
      return {stress_deviator(tensor), tensor.trace() / 3.};
    }

    /// Hooke's law.
    PointStress elastic_stress(const Parameters &glass, const Eigen::Matrix3d &strain)
    {
      const double nu = glass.poisson_ratio, lame = 2. * glass.shear_modulus * nu / (1. - 2. * nu);
      return point_stress(2. * glass.shear_modulus * strain + lame * strain.trace() * Eigen::Matrix3d::Identity());
    }

    template <int dim>
    PointStress stress_at(const DistortedSpecimen<dim> &specimen, const std::size_t p)
    {
      return {specimen.history.stress[p], specimen.glass.bulk_modulus() * specimen.history.volumetric_strain[p]};
    }

    /// How far stresses are from `expected` anywhere.
    template <int dim>
    double deviation(const DistortedSpecimen<dim> &specimen, const PointStress &expected)
    {
      return specimen.largest([&](const std::size_t p) {
        const PointStress stress = stress_at(specimen, p);
        return std::max((stress.deviator - expected.deviator).norm(), std::abs(stress.mean - expected.mean));
      });
    }

    /// The largest difference between two points in a component of the stress.
    template <int dim>
    double unevenness(const DistortedSpecimen<dim> &specimen)
    {
      double result = 0.;
      for (int i = 0; i < 6; ++i)
        {
          const auto component = [&](const std::size_t p) {
            const PointStress stress = stress_at(specimen, p);
            return i < 5 ? stress.deviator[i] : stress.mean;
          };
          result = std::max(result, specimen.largest(component) - -specimen.largest([&](const std::size_t p) {
            return -component(p);
          }));
        }
      return result;
    }

    /// The scalar law at the strain rate `rate`.
    test::LayeredReference scalar_law(const Parameters &glass, const double rate)
    {
      Deck deck;
      deck.material                       = glass;
      deck.program.segments.front().value = rate;
      return test::LayeredReference(deck, {{1., glass.initial_free_volume}});
    }

    /// Strains the specimen so fast that it is elastic: all points are to have the stress `expected`.
    template <int dim>
    double elastic_error(DistortedSpecimen<dim> &specimen, const PointStress &expected)
    {
      const StepOutcome outcome = specimen.step.attempt(straining(elastic_strain / elastic_time), elastic_time);
      EXPECT_TRUE(outcome.solved) << outcome.reason;
      return deviation(specimen, expected);
    }

    template <int dim>
    void expect_small(const DistortedSpecimen<dim> &specimen,
                      const std::string            &name,
                      const double                  elastic,
                      const double                  uneven,
                      const double                  worst,
                      const double                  peak)
    {
      print(name + "; errors elastic, uneven, to the scalar law, peak", {elastic, uneven, worst, peak});
      EXPECT_LE(elastic, newton_leaves(specimen));
      EXPECT_LE(uneven, newton_leaves(specimen));
      EXPECT_LE(worst, time_integration * peak);
      EXPECT_GT(peak, 8.); // there was flow
    }

    // --- between platens: simple shear, and tension along y with free sides, which contract

    template <int dim>
    void shear(const Distorted<dim> &box, const std::string &name)
    {
      Distorted<dim> like = box;
      like.held           = Held::periodically;
      like.direction      = loading_direction(LoadingMode::shear, dim);
      like.initial        = initial_state(like.glass, like.glass.initial_free_volume);

      Eigen::Matrix3d unit_stress = Eigen::Matrix3d::Zero();
      unit_stress(0, 1) = unit_stress(1, 0) = 1.;
      DistortedSpecimen<dim> elastic(like), flowing(like);
      const double           elastic_off =
        elastic_error(elastic, like.glass.shear_modulus * elastic_strain * point_stress(unit_stress));

      test::LayeredReference law   = scalar_law(like.glass, rate);
      double                 worst = 0., uneven = 0., peak = 0.;
      for (unsigned int i = 0; i < n_steps; ++i)
        {
          ASSERT_TRUE(flowing.step.attempt(straining(rate), step_length).solved);
          flowing.step.accept();
          const double stress = law.at(flowing.step.time())["stress"];
          peak                = std::max(peak, stress);
          worst               = std::max(worst, deviation(flowing, stress * point_stress(unit_stress)));
          uneven              = std::max(uneven, unevenness(flowing));
        }
      expect_small(flowing, name, elastic_off, uneven, worst, peak);
      EXPECT_LE(flowing.step.solution().fluctuation().linfty_norm(), 1e-12);
    }

    /// In 3-D, with s̄ = σ/√3 for the stress, √3 ε for the strain and E/3 for the modulus, it is the scalar law again.
    /// In plane strain, where the stress turns from elastic to isochoric, there is no such law; the stress is uniaxial
    /// in the plane all the same.
    template <int dim>
    void tension(const Distorted<dim> &box, const std::string &name)
    {
      Distorted<dim> like = box;
      like.held           = Held::by_platens;
      like.direction      = loading_direction(LoadingMode::tension, dim);
      like.initial        = initial_state(like.glass, like.glass.initial_free_volume);
      like.initial.bias() = like.glass.initial_st_bias * like.direction.flow;
      const double nu = like.glass.poisson_ratio, root_3 = std::sqrt(3.);

      const Eigen::Vector3d strains =
        dim == 2 ? Eigen::Vector3d(-nu / (1. - nu), 1., 0.) : Eigen::Vector3d(-nu, 1., -nu);
      DistortedSpecimen<dim> elastic(like), flowing(like);
      const double           elastic_off =
        elastic_error(elastic, elastic_stress(like.glass, elastic_strain * Eigen::Matrix3d(strains.asDiagonal())));

      Parameters scalar            = like.glass;
      scalar.shear_modulus         = 2. * scalar.shear_modulus * (1. + nu) / 3.;
      test::LayeredReference law   = scalar_law(scalar, root_3 * rate);
      const PointStress      unit  = point_stress(Eigen::Vector3d(0., root_3, 0.).asDiagonal());
      double                 worst = 0., uneven = 0., peak = 0., sideways = 0.;
      for (unsigned int i = 0; i < n_steps; ++i)
        {
          ASSERT_TRUE(flowing.step.attempt(straining(rate), step_length).solved);
          flowing.step.accept();
          const double stress = law.at(flowing.step.time())["stress"];
          peak                = std::max(peak, stress);
          if (dim == 3)
            worst = std::max(worst, deviation(flowing, stress * unit));
          uneven   = std::max(uneven, unevenness(flowing));
          sideways = std::max(sideways, flowing.largest([&](const std::size_t p) {
            const PointStress     at_point = stress_at(flowing, p);
            const Eigen::Matrix3d tensor   = stress_tensor(at_point.deviator);
            return std::max(std::abs(tensor(0, 0) + at_point.mean), std::abs(tensor(0, 1)));
          }));
        }
      expect_small(flowing, name, elastic_off, uneven, worst, peak);
      EXPECT_LE(sideways, newton_leaves(flowing));
      EXPECT_GT(flowing.step.solution().fluctuation().linfty_norm(), 0.01); // the contraction
    }
  } // namespace

  TEST(Patch, ShearBetweenPlatens)
  {
    for_all_elements<2>(shear<2>);
    for_all_elements<3>(shear<3>);
  }

  TEST(Patch, TensionBetweenPlatens)
  {
    for_all_elements<2>(tension<2>);
    for_all_elements<3>(tension<3>);
  }

  namespace
  {
    // --- the displacement G x on all of the boundary, with a G of no symmetry

    template <int dim>
    Eigen::Matrix3d strain_of(const Tensor<2, dim> &gradient)
    {
      Eigen::Matrix3d strain = Eigen::Matrix3d::Zero();
      for (unsigned int i = 0; i < dim; ++i)
        for (unsigned int j = 0; j < dim; ++j)
          strain(i, j) = 0.5 * (gradient[i][j] + gradient[j][i]);
      return strain;
    }

    /// Of a strain whose deviator has norm 1, as the scalar law's strain has.
    template <int dim>
    Tensor<2, dim> general_gradient()
    {
      Tensor<2, dim> gradient;
      for (unsigned int i = 0; i < dim; ++i)
        for (unsigned int j = 0; j < dim; ++j)
          gradient[i][j] = std::sin(1. + 3. * i + 7. * j);
      return gradient / strain_deviator(strain_of(gradient)).norm();
    }

    /// A specimen whose boundary moves with the displacement `rate` · time · G x.
    template <int dim>
    class DrivenByItsBoundary
    {
    public:
      DrivenByItsBoundary(const Distorted<dim> &like, const Tensor<2, dim> &gradient, const double rate)
        : specimen(like)
        , rate(rate)
        , unit_field(specimen.linear_field(gradient))
        , roughness(specimen.rough_field(1e-3))
      {}

      /// The stages of a step, each from a displacement inside that is wrong by strains of 1e-2. Returns the largest
      /// difference of the displacement found from the linear one.
      double take_step(const double h)
      {
        double worst = 0.;
        for (unsigned int i = 1; i < rk::stages; ++i)
          {
            StageMaterials laws(
              specimen.materials, specimen.threshold_options, {specimen.glass.temperature}, rk::diagonal * h);
            specimen.history.begin_stage(i, h);
            specimen.problem.set_stage({&laws, i}, {false, 0.});
            auto linear = unit_field;
            linear *= rate * (time + rk::c[i] * h);
            auto x          = specimen.problem.zero();
            x.fluctuation() = linear;
            x.fluctuation() += roughness;
            EXPECT_TRUE(newton(specimen.problem, x, specimen.newton_settings()).converged) << "stage " << i;
            x.fluctuation() -= linear;
            worst = std::max(worst, x.fluctuation().linfty_norm());
          }
        specimen.history.accept(h);
        time += h;
        return worst;
      }

      DistortedSpecimen<dim> specimen;
      double                 time = 0.;

    private:
      const double                                  rate;
      const typename DistortedSpecimen<dim>::Vector unit_field, roughness;
    };

    template <int dim>
    void linear_field(const Distorted<dim> &box, const std::string &name)
    {
      const Tensor<2, dim>  gradient = general_gradient<dim>();
      const Eigen::Matrix3d strain   = strain_of(gradient);
      const Deviator        along    = strain_deviator(strain);
      Distorted<dim>        like     = box;
      like.held                      = Held::all_around;
      like.initial                   = initial_state(like.glass, like.glass.initial_free_volume);
      like.initial.bias()            = like.glass.initial_st_bias * along;

      DrivenByItsBoundary<dim> elastic(like, gradient, elastic_strain / elastic_time), flowing(like, gradient, rate);
      double                   displaced = elastic.take_step(elastic_time);
      const double elastic_off = deviation(elastic.specimen, elastic_stress(like.glass, elastic_strain * strain));

      test::LayeredReference law   = scalar_law(like.glass, rate);
      double                 worst = 0., uneven = 0., peak = 0.;
      for (unsigned int i = 0; i < n_steps; ++i)
        {
          displaced           = std::max(displaced, flowing.take_step(step_length));
          const double stress = law.at(flowing.time)["stress"];
          const double mean   = like.glass.bulk_modulus() * rate * flowing.time * strain.trace();
          peak                = std::max(peak, stress);
          worst               = std::max(worst, deviation(flowing.specimen, {stress * along, mean}));
          uneven              = std::max(uneven, unevenness(flowing.specimen));
        }
      expect_small(flowing.specimen, name, elastic_off, uneven, worst, peak);
      print("  displacement", {displaced});
      EXPECT_LE(displaced, newton_leaves(flowing.specimen) / (0.1 * like.glass.shear_modulus)); // softer in flow
    }
  } // namespace

  TEST(Patch, LinearDisplacementOfTheBoundary)
  {
    for_all_elements<2>(linear_field<2>);
    for_all_elements<3>(linear_field<3>);
  }
} // namespace revitra

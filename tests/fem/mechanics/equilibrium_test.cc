#include "fem/mechanics/equilibrium.h"
#include "tests/fem/mechanics/mechanics_fixture.h"

#include <gtest/gtest.h>

namespace revitra
{
  using namespace dealii;
  using test::Mechanics;
  using test::unit_box;

  namespace
  {
    const std::string blob_2d = "0.06 + 0.02*exp(-((x-0.4)^2+(y-0.55)^2)/0.08)";
    const std::string blob_3d = "0.06 + 0.02*exp(-((x-0.4)^2+(y-0.55)^2+(z-0.6)^2)/0.08)";

    /// A specimen whose points are all in different states of flow.
    template <int dim>
    class FlowingSpecimen
    {
    public:
      using Vector = typename Equilibrium<dim>::Vector;

      FlowingSpecimen(const Deck::Specimen                          &box,
                      const std::string                             &free_volume,
                      const std::function<bool(const Point<dim> &)> &marked)
        : mechanics(box, free_volume, Parameters(), test::tight_newton(), marked)
        , laws(mechanics.materials, {ThresholdKind::value, 7.7}, {0.93}, length)
        , fluctuation(mechanics.rough_field(0.002, 0.3))
        , residual_vector(mechanics.specimen->owned(), MPI_COMM_WORLD)
      {
        mechanics.for_each_point([this](const std::size_t p, const Point<dim> &x) {
          State &state = mechanics.history.state[p];
          for (int i = 0; i < 5; ++i)
            if (dim == 3 || i < 3)
              {
                state.bias()[i]           = 0.25 * std::sin(1. + 9. * i + 5. * x[0] + 7. * x[1] + 3. * x[dim - 1]);
                state.plastic_strain()[i] = 0.01 * std::sin(2. + 5. * i + 8. * x[0] + 4. * x[1] + 6. * x[dim - 1]);
              }
          state.st_sum() = 0.75 + 0.2 * std::sin(6. * x[0] + 9. * x[1]);
        });
        mechanics.history.begin_stage(1, 0.); // base states are the states
        mechanics.equilibrium.initialize(tangent);
        evaluate(0., nullptr, 0.);
        mechanics.equilibrium.tangent(setting(), mechanics.ghosted(fluctuation), shear, tangent);
      }

      /// The mean stress at `h` along the direction; the residual goes to `residual_vector`.
      double evaluate(const double h, const Vector *by_fluctuation, const double by_strain)
      {
        Vector moved(fluctuation);
        if (by_fluctuation)
          moved.add(h, *by_fluctuation);
        const std::optional<double> stress =
          mechanics.equilibrium.residual(setting(), mechanics.ghosted(moved), shear + h * by_strain, residual_vector);
        EXPECT_TRUE(stress.has_value()) << mechanics.equilibrium.failure();
        return stress.value_or(0.);
      }

      /// Derivatives of residual and mean stress along the direction, by central differences of order four. Stress
      /// follows strain over T/μ = 0.004, so truncation is (h/0.004)⁴/30, 1e-11 of the derivative; rounding, 1e-14 of
      /// stresses near 15 over h times 200, is 1e-10 of it.
      std::pair<Vector, double> differences(const Vector *by_fluctuation, const double by_strain)
      {
        constexpr double h          = 1.6e-5;
        Vector           derivative = residual_vector;
        double           of_stress  = 0.;
        derivative                  = 0.;
        for (const auto &[steps, weight] :
             {std::pair(-2., 1. / 12.), std::pair(-1., -2. / 3.), std::pair(1., 2. / 3.), std::pair(2., -1. / 12.)})
          {
            of_stress += weight / h * evaluate(steps * h, by_fluctuation, by_strain);
            derivative.add(weight / h, residual_vector);
          }
        return {derivative, of_stress};
      }

      StageSetting setting() { return {&laws, 1}; }

      /// The largest and the smallest share of the strain that is plastic within the stage.
      std::pair<double, double> plastic_shares() const
      {
        double smallest = 1., largest = 0.;
        mechanics.for_each_point([&](const std::size_t p, const Point<dim> &) {
          const double plastic = length * mechanics.history.rate[1][p].plastic_strain().norm();
          const double elastic = mechanics.history.stress[p].norm() / mechanics.parameters.shear_modulus;
          smallest             = std::min(smallest, plastic / (plastic + elastic));
          largest              = std::max(largest, plastic / (plastic + elastic));
        });
        return {Utilities::MPI::min(smallest, MPI_COMM_WORLD), Utilities::MPI::max(largest, MPI_COMM_WORLD)};
      }

      static constexpr double length = 40., shear = 0.07;

      Mechanics<dim>                     mechanics;
      StageMaterials                     laws;
      Vector                             fluctuation, residual_vector;
      typename Equilibrium<dim>::Tangent tangent;
    };

    template <int dim>
    void tangent_is_the_derivative(const Deck::Specimen                          &box,
                                   const std::string                             &free_volume,
                                   const std::function<bool(const Point<dim> &)> &marked)
    {
      FlowingSpecimen<dim> flowing(box, free_volume, marked);
      const auto [smallest, largest] = flowing.plastic_shares();
      EXPECT_LT(smallest, 0.3); // some points are almost elastic, others flow
      EXPECT_GT(largest, 0.3);

      using Vector                    = typename FlowingSpecimen<dim>::Vector;
      const auto [by_strain, modulus] = flowing.differences(nullptr, 1.);
      Vector           by_shear_error = by_strain;
      constexpr double claimed        = 1e-6;
      by_shear_error -= flowing.tangent.by_strain;
      EXPECT_LT(by_shear_error.l2_norm(), claimed * by_strain.l2_norm());
      EXPECT_NEAR(flowing.tangent.modulus, modulus, claimed * std::abs(modulus));
      EXPECT_LT(modulus, 0.9 * flowing.mechanics.parameters.shear_modulus);

      for (const double phase : {0.2, 1.1, 2.6})
        {
          const Vector direction     = flowing.mechanics.rough_field(0.1, phase);
          const auto [force, stress] = flowing.differences(&direction, 0.);
          // rows of constrained unknowns hold a diagonal and nothing else
          Vector free_direction(direction), product(direction);
          for (const auto dof : flowing.mechanics.specimen->owned())
            if (flowing.mechanics.specimen->constraints.is_constrained(dof))
              free_direction[dof] = 0.;
          free_direction.compress(VectorOperation::insert);
          flowing.tangent.stiffness.vmult(product, free_direction);
          product -= force;
          const double error = product.l2_norm() / force.l2_norm();
          testing::Test::RecordProperty("relative error", std::to_string(error * 1e9) + "e-9");
          EXPECT_LT(error, claimed);
          // the mean stress is a small rest of large stresses of both signs: what it is compared with is not zero
          const double scale = flowing.tangent.of_stress.l2_norm() * free_direction.l2_norm();
          EXPECT_NEAR(flowing.tangent.of_stress * free_direction, stress, claimed * std::abs(stress));
          EXPECT_GT(std::abs(stress), 1e-4 * scale);
        }
    }

    /// Mean traction on the top: the x-forces on its nodes over its area, in the plain (not projected) gradients.
    template <int dim>
    double reaction_of_the_top(const Mechanics<dim> &mechanics)
    {
      const auto            &element    = mechanics.specimen->element;
      const Quadrature<dim> &quadrature = mechanics.quadrature;
      const double           height     = mechanics.specimen->specimen.size[1];
      const double           bulk       = mechanics.parameters.bulk_modulus();
      FEValues<dim>          fe_values(element, quadrature, update_gradients | update_JxW_values);
      double                 force = 0.;
      for (const auto &cell : mechanics.specimen->dof_handler.active_cell_iterators())
        if (cell->is_locally_owned() && cell->face(3)->at_boundary() &&
            std::abs(cell->face(3)->center()[1] - height) < 1e-12)
          {
            fe_values.reinit(cell);
            for (unsigned int q = 0; q < quadrature.size(); ++q)
              {
                const std::size_t p      = cell->active_cell_index() * quadrature.size() + q;
                Eigen::Matrix3d   stress = stress_tensor(mechanics.history.stress[p]);
                stress.diagonal().array() += bulk * mechanics.history.volumetric_strain[p];
                for (unsigned int i = 0; i < element.n_dofs_per_cell(); ++i)
                  if (element.system_to_component_index(i).first == 0 &&
                      std::abs(element.unit_support_point(i)[1] - 1.) < 1e-12)
                    for (unsigned int d = 0; d < dim; ++d)
                      force += stress(0, d) * fe_values.shape_grad(i, q)[d] * fe_values.JxW(q);
              }
          }
      return Utilities::MPI::sum(force, MPI_COMM_WORLD); // over an area of one
    }

    template <int dim>
    void mean_stress_is_the_traction(const Deck::Specimen &box, const std::string &free_volume)
    {
      // Newton's method stops at residuals of 1e-12 · σ_f.
      Mechanics<dim> mechanics(box, free_volume);
      ASSERT_EQ(mechanics.take_steps(mechanics.shearing(1e-3), 25., 3), 3u) << mechanics.reason;
      EXPECT_GT(mechanics.step.stress(), 5.);
      EXPECT_NEAR(mechanics.step.stress(), reaction_of_the_top(mechanics), 1e-9);

      ASSERT_TRUE(mechanics.step.attempt(mechanics.under_stress(9.), 10.).solved);
      mechanics.step.accept();
      EXPECT_NEAR(reaction_of_the_top(mechanics), 9., 1e-9);

      // and stresses do vary, so that any other mean would be another number
      double smallest = 1e9, largest = -1e9;
      mechanics.for_each_point([&](const std::size_t p, const Point<dim> &) {
        smallest = std::min(smallest, mechanics.history.stress[p][shear_xy]);
        largest  = std::max(largest, mechanics.history.stress[p][shear_xy]);
      });
      EXPECT_GT(Utilities::MPI::max(largest, MPI_COMM_WORLD) - Utilities::MPI::min(smallest, MPI_COMM_WORLD), 0.5);
    }
  } // namespace

  TEST(Equilibrium, TangentIsTheDerivativeIn2D)
  {
    for (const unsigned int degree : {1u, 2u})
      {
        SCOPED_TRACE("degree " + std::to_string(degree));
        tangent_is_the_derivative<2>(
          unit_box<2>({3, 4}, degree), blob_2d, [](const Point<2> &x) { return x[0] < 0.4 && x[1] > 0.6; });
      }
  }

  TEST(Equilibrium, TangentIsTheDerivativeIn3D)
  {
    tangent_is_the_derivative<3>(
      unit_box<3>({2, 3, 2}, 1), blob_3d, [](const Point<3> &x) { return x[0] < 0.5 && x[1] > 0.7; });
    tangent_is_the_derivative<3>(unit_box<3>({2, 2, 1}, 2), blob_3d, [](const Point<3> &) { return false; });
  }

  TEST(Equilibrium, MeanStressIsTheTractionOnThePlaten)
  {
    for (const auto sides : {Deck::LateralBoundary::periodic, Deck::LateralBoundary::free})
      for (const unsigned int degree : {1u, 2u})
        {
          SCOPED_TRACE("degree " + std::to_string(degree));
          mean_stress_is_the_traction<2>(unit_box<2>({4, 4}, degree, sides), blob_2d);
        }
    mean_stress_is_the_traction<3>(unit_box<3>({2, 3, 2}, 1, Deck::LateralBoundary::free), blob_3d);
  }

  TEST(Equilibrium, WeightsAddUpToTheVolume)
  {
    Deck::Specimen box = unit_box<2>({3, 5});
    box.size           = {1.5, 2.};
    const Mechanics<2> mechanics(box, "0.05");
    double             sum = 0.;
    for (const double weight : mechanics.equilibrium.weights())
      sum += weight;
    EXPECT_NEAR(Utilities::MPI::sum(sum, MPI_COMM_WORLD), 3., 1e-13);
    EXPECT_NEAR(mechanics.equilibrium.volume(), 3., 1e-13);
  }

  TEST(Equilibrium, FailureOfAPointIsEveryRanks)
  {
    // One point's free volume is spent: no ξ > 0 solves Eq. (4) there.
    Mechanics<2> mechanics(unit_box<2>({3, 3}), "0.05");
    mechanics.history.begin_stage(1, 0.);
    mechanics.for_each_point([&](const std::size_t p, const Point<2> &x) {
      if (x.distance(Point<2>(0.5, 0.5)) < 1e-10)
        mechanics.history.base[p].free_volume() = -0.01;
    });
    StageMaterials       laws(mechanics.materials, {ThresholdKind::value, 7.7}, {0.9}, 1.);
    Mechanics<2>::Vector residual(mechanics.specimen->owned(), MPI_COMM_WORLD);
    const auto           stress =
      mechanics.equilibrium.residual({&laws, 1}, mechanics.ghosted(mechanics.rough_field(0., 0.)), 0., residual);
    EXPECT_FALSE(stress.has_value());
    EXPECT_NE(mechanics.equilibrium.failure().find("free volume"), std::string::npos)
      << mechanics.equilibrium.failure();
    EXPECT_NE(mechanics.equilibrium.failure().find("0.5 0.5"), std::string::npos) << mechanics.equilibrium.failure();
  }
} // namespace revitra

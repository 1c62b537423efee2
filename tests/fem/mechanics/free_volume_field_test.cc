#include "fem/mechanics/free_volume_field.h"
#include "tests/fem/mechanics/mechanics_fixture.h"

#include <gtest/gtest.h>

namespace revitra
{
  using namespace dealii;
  using test::Mechanics;
  using test::unit_box;

  namespace
  {
    Parameters diffusing(const double diffusivity, const double length)
    {
      Parameters glass;
      glass.constant_diffusivity = diffusivity;
      glass.diffusion_length     = length;
      return glass;
    }

    /// So cold that nothing flows and nothing is annihilated (Arrhenius factors of e^{-400}): free volume only
    /// diffuses.
    Parameters frozen(const double diffusivity)
    {
      Parameters glass      = diffusing(diffusivity, 0.);
      glass.temperature     = 0.1;
      glass.initial_st_bias = 0.;
      return glass;
    }

    const auto right_half = [](const auto &center) { return center[0] > 0.5; };
    const auto nowhere    = [](const auto &) { return false; };

    template <int dim>
    double integral_of_free_volume(const Mechanics<dim> &mechanics)
    {
      double sum = 0.;
      for (std::size_t p = 0; p < mechanics.history.state.size(); ++p)
        sum += mechanics.equilibrium.weights()[p] * mechanics.history.state[p].free_volume();
      return Utilities::MPI::sum(sum, MPI_COMM_WORLD);
    }

    /// Square root of the mean square of ξ − exact(place) over the points.
    template <int dim, typename Exact>
    double error_of_free_volume(const Mechanics<dim> &mechanics, const Exact &exact)
    {
      double sum = 0.;
      mechanics.for_each_point([&](const std::size_t p, const Point<dim> &place) {
        const double error = mechanics.history.state[p].free_volume() - exact(place);
        sum += mechanics.equilibrium.weights()[p] * error * error;
      });
      return std::sqrt(Utilities::MPI::sum(sum, MPI_COMM_WORLD));
    }

    constexpr double diffusivity = 1e-2, amplitude = 0.01;

    /// The wave along y of ξ = 0.05 + a e^{−π²Dt} cos(πy), which no flux leaves through the platens, after `time` in
    /// `steps`; or across, along the periodic direction.
    template <int dim>
    double error_of_decaying_wave(const std::vector<unsigned int> &cells,
                                  const unsigned int               degree,
                                  const double                     time,
                                  const unsigned int               steps,
                                  const bool                       across)
    {
      const double      k    = across ? 2. * numbers::PI : numbers::PI;
      const std::string wave = across ? "0.05 + 0.01*cos(2*pi*x)" : "0.05 + 0.01*cos(pi*y)";
      Mechanics<dim>    mechanics(unit_box<dim>(cells, degree), wave, frozen(diffusivity));
      EXPECT_EQ(mechanics.take_steps(mechanics.shearing(0.), time / steps, steps), steps) << mechanics.reason;
      const double decay = std::exp(-k * k * diffusivity * time);
      return error_of_free_volume<dim>(mechanics,
                                       [&](const Point<dim> &place) {
                                         return 0.05 + amplitude * decay * std::cos(k * place[across ? 0 : 1]);
                                       }) /
             amplitude;
    }

    void expect_order(const double coarse, const double fine, const double order)
    {
      const double seen = std::log2(coarse / fine);
      EXPECT_GT(seen, order - 0.15) << coarse << " to " << fine;
      testing::Test::RecordProperty("order", std::to_string(seen));
    }
  } // namespace

  TEST(FreeVolumeField, DiffusesAsTheExactWaveToTheOrderOfTheElement)
  {
    // π²Dt = 1 in 40 steps of order four: 1e-7, out of sight
    const double time = 1. / (numbers::PI * numbers::PI * diffusivity);
    expect_order(error_of_decaying_wave<2>({1, 8}, 1, time, 40, false),
                 error_of_decaying_wave<2>({1, 16}, 1, time, 40, false),
                 2.);
    expect_order(
      error_of_decaying_wave<2>({1, 4}, 2, time, 40, false), error_of_decaying_wave<2>({1, 8}, 2, time, 40, false), 3.);
    expect_order(error_of_decaying_wave<2>({8, 1}, 1, time, 40, true), // through the periodic sides
                 error_of_decaying_wave<2>({16, 1}, 1, time, 40, true),
                 2.);
    expect_order(error_of_decaying_wave<3>({1, 4, 1}, 2, time, 40, false),
                 error_of_decaying_wave<3>({1, 8, 1}, 2, time, 40, false),
                 3.);
  }

  TEST(FreeVolumeField, DiffusesAsTheExactWaveToTheOrderOfTheMethodInTime)
  {
    // elements of degree 3, 16 of them: an error of (π/16)⁴/200 of the wave or less
    const double time   = 1. / (numbers::PI * numbers::PI * diffusivity);
    const double coarse = error_of_decaying_wave<2>({1, 16}, 3, time, 1, false);
    const double fine   = error_of_decaying_wave<2>({1, 16}, 3, time, 2, false);
    EXPECT_LT(coarse, 2e-3);
    expect_order(coarse, fine, 4.);
  }

  template <int dim>
  void expect_conservation(const std::vector<unsigned int> &cells, const unsigned int degree, const std::string &field)
  {
    Mechanics<dim> mechanics(
      unit_box<dim>(cells, degree), field, frozen(diffusivity), test::tight_newton(), right_half);
    const double before = integral_of_free_volume(mechanics);
    EXPECT_EQ(mechanics.take_steps(mechanics.shearing(0.), 1., 20), 20u) << mechanics.reason;
    EXPECT_NEAR(integral_of_free_volume(mechanics), before, 1e-12 * before);
    EXPECT_GT(std::abs(mechanics.step.solution().free_volume().l2_norm()), 0.);
  }

  TEST(FreeVolumeField, DiffusionKeepsItsIntegralOnAnyMesh)
  {
    expect_conservation<2>({4, 4}, 1, "0.05 + 0.01*cos(pi*y)*sin(2*pi*x)");
    expect_conservation<2>({3, 5}, 2, "0.05 + 0.01*cos(pi*y)*sin(2*pi*x)");
    expect_conservation<3>({2, 2, 2}, 2, "0.05 + 0.01*cos(pi*y)*sin(2*pi*x)*sin(2*pi*z)");
  }

  TEST(FreeVolumeField, TakesItsIntegralFromThePoints)
  {
    // a field that no element has: the projection changes the points, but not what there is of free volume
    const std::string jump = "if(y < 0.37, 0.05, 0.055)";
    Mechanics<2>      points(unit_box<2>({3, 4}), jump);
    Mechanics<2>      field(unit_box<2>({3, 4}), jump, diffusing(1e-5, 0.));
    const double      integral = integral_of_free_volume(points);
    EXPECT_NEAR(integral_of_free_volume(field), integral, 1e-14);
    EXPECT_GT(error_of_free_volume<2>(field, [](const Point<2> &x) { return x[1] < 0.37 ? 0.05 : 0.055; }), 1e-4);
  }

  TEST(FreeVolumeField, IsHeldAtTheBoundaryAndLinearBetween)
  {
    for (const unsigned int degree : {1u, 2u})
      {
        Deck::Specimen box       = unit_box<2>({2, 4}, degree);
        box.boundary_free_volume = {{"bottom", 0.06}, {"top", 0.045}};
        Mechanics<2> mechanics(box, "0.05", frozen(diffusivity), test::tight_newton(), right_half);
        // short steps after the jump at the sides; π²Dt = 200 in the end
        for (const double h : {0.1, 1., 40.})
          EXPECT_EQ(mechanics.take_steps(mechanics.shearing(0.), h, 50), 50u) << mechanics.reason;
        const auto linear = [](const Point<2> &x) { return 0.06 - 0.015 * x[1]; };
        EXPECT_LT(error_of_free_volume<2>(mechanics, linear), 1e-12);
      }
  }

  namespace
  {
    constexpr double length = 40., shear = 0.07;

    /// A specimen of which all points are in different states of flow, with its fields.
    template <int dim>
    struct FlowingField
    {
      using Vector = typename Equilibrium<dim>::Vector;

      FlowingField(const Deck::Specimen &box, const Parameters &glass)
        : mechanics(box, "0.06", glass, test::tight_newton(), right_half)
        , laws(mechanics.materials, {ThresholdKind::value, 7.7}, {0.93}, length)
        , displacement(mechanics.rough_field(0.002, 0.3))
        , free_volume(rough(0.01, 0.7))
        , forces(displacement)
        , balance(free_volume)
      {
        Vector mean(free_volume);
        mean = 0.06;
        free_volume += mean;
        mechanics.field->constraints().distribute(free_volume);
        mechanics.history.begin_stage(1, 0.);
        mechanics.field->begin_stage();
        mechanics.equilibrium.initialize(tangent);
        mechanics.field->initialize(field_tangent);
        evaluate(displacement, free_volume, shear);
        mechanics.field->begin(field_tangent);
        mechanics.equilibrium.tangent(
          setting(), mechanics.ghosted(displacement), shear, tangent, [this](const LinearizedCell<dim> &cell) {
            mechanics.field->add(setting(), cell, field_tangent);
          });
        mechanics.field->end(field_tangent);
      }

      StageSetting setting() { return {&laws, 1}; }

      /// A field of no regularity.
      Vector rough(const double amplitude, const double phase) const
      {
        Vector field(mechanics.field->dofs().locally_owned_dofs(), MPI_COMM_WORLD);
        for (const auto dof : mechanics.field->dofs().locally_owned_dofs())
          field[dof] = amplitude * std::sin(1.7 * dof + phase);
        field.compress(VectorOperation::insert);
        mechanics.field->constraints().distribute(field);
        return field;
      }

      /// The mean stress; residuals go to `forces` and `balance`.
      double evaluate(const Vector &u, const Vector &xi, const double strain)
      {
        EXPECT_TRUE(mechanics.field->impose(xi));
        const std::optional<double> stress =
          mechanics.equilibrium.residual(setting(), mechanics.ghosted(u), strain, forces);
        EXPECT_TRUE(stress.has_value());
        mechanics.field->residual(setting(), balance);
        return stress.value_or(0.);
      }

      /// Derivatives of the mean stress, and of both residuals, along a direction: central differences of order four.
      /// Stress follows strain over T/μ = 0.004 and ξ over Tξ²/σ = 2e-4 at the least, the step is 1e-2 of that or less:
      /// truncation 1e-8/30, rounding 1e-14/1e-2.
      struct Differences
      {
        double stress = 0.;
        Vector forces, balance;
      };

      Differences along(const Vector *by_displacement, const Vector *by_field, const double by_strain)
      {
        constexpr double h = 1.6e-5;
        Differences      result;
        result.forces  = forces;
        result.balance = balance;
        result.forces = 0., result.balance = 0.;
        for (const auto &[steps, weight] :
             {std::pair(-2., 1. / 12.), std::pair(-1., -2. / 3.), std::pair(1., 2. / 3.), std::pair(2., -1. / 12.)})
          {
            Vector u(displacement), xi(free_volume);
            if (by_displacement)
              u.add(steps * h, *by_displacement);
            if (by_field)
              xi.add(steps * h, *by_field);
            result.stress += weight / h * evaluate(u, xi, shear + steps * h * by_strain);
            result.forces.add(weight / h, forces);
            result.balance.add(weight / h, balance);
          }
        return result;
      }

      Mechanics<dim>                         mechanics;
      StageMaterials                         laws;
      Vector                                 displacement, free_volume, forces, balance;
      typename Equilibrium<dim>::Tangent     tangent;
      typename FreeVolumeField<dim>::Tangent field_tangent;
    };

    /// `vector` without what stands in rows of constrained unknowns, which hold a diagonal and nothing else.
    template <typename Vector>
    Vector freed(const Vector &vector, const AffineConstraints<double> &constraints)
    {
      Vector result(vector);
      for (const auto dof : vector.locally_owned_elements())
        if (constraints.is_constrained(dof))
          result[dof] = 0.;
      result.compress(VectorOperation::insert);
      return result;
    }

    template <typename Matrix, typename Vector>
    double product_error(const Matrix &matrix, const Vector &direction, const Vector &exact)
    {
      Vector product(exact);
      matrix.vmult(product, direction);
      product -= exact;
      return product.l2_norm() / exact.l2_norm();
    }

    template <int dim>
    void field_tangent_is_the_derivative(const Deck::Specimen &box, const Parameters &glass)
    {
      constexpr double  claimed = 1e-6;
      FlowingField<dim> flowing(box, glass);
      const auto        by_strain = flowing.along(nullptr, nullptr, 1.);
      auto              error     = by_strain.balance;
      error -= flowing.field_tangent.by_strain;
      EXPECT_LT(error.l2_norm(), claimed * by_strain.balance.l2_norm());

      const auto direction = flowing.rough(0.1, 1.3);
      const auto by_field  = flowing.along(nullptr, &direction, 0.);
      const auto free      = freed(direction, flowing.mechanics.field->constraints());
      EXPECT_LT(product_error(flowing.field_tangent.field_by_field, free, by_field.balance), claimed);
      EXPECT_LT(product_error(flowing.field_tangent.force_by_field, free, by_field.forces), claimed);
      EXPECT_NEAR(flowing.field_tangent.of_stress * free, by_field.stress, claimed * std::abs(by_field.stress));

      const auto movement        = flowing.mechanics.rough_field(0.1, 2.6);
      const auto by_displacement = flowing.along(&movement, nullptr, 0.);
      EXPECT_LT(product_error(flowing.field_tangent.field_by_displacement,
                              freed(movement, flowing.mechanics.specimen->constraints),
                              by_displacement.balance),
                claimed);
    }
  } // namespace

  TEST(FreeVolumeField, TangentIsTheDerivativeIn2D)
  {
    field_tangent_is_the_derivative<2>(unit_box<2>({2, 3}), diffusing(1e-4, 0.));
    field_tangent_is_the_derivative<2>(unit_box<2>({2, 3}), diffusing(0., 0.1));
    field_tangent_is_the_derivative<2>(unit_box<2>({3, 2}, 1), diffusing(1e-4, 0.1));
  }

  TEST(FreeVolumeField, TangentIsTheDerivativeIn3D)
  {
    field_tangent_is_the_derivative<3>(unit_box<3>({2, 2, 2}, 1), diffusing(1e-4, 0.1));
  }

  TEST(FreeVolumeField, SaysWhereItIsExhausted)
  {
    Mechanics<2> mechanics(unit_box<2>({2, 2}), "0.05", frozen(diffusivity));
    auto         field = mechanics.step.solution().free_volume();
    EXPECT_TRUE(mechanics.field->impose(field));
    field = -0.01;
    EXPECT_FALSE(mechanics.field->impose(field));
    EXPECT_NE(mechanics.field->failure().find("-0.01"), std::string::npos);
  }

  TEST(FreeVolumeField, AStepThatExhaustsItLeavesNothingBehind)
  {
    // Diffusion takes the wave 0.05 + 0.045 cos from its crests; so long a step of no more than third-order accuracy
    // passes below zero where it was least.
    Parameters        glass = frozen(diffusivity);
    Mechanics<2>      mechanics(unit_box<2>({4, 4}), "0.05+0.045*cos(2*pi*x)", glass);
    const auto        states  = mechanics.history.state;
    const StepOutcome outcome = mechanics.step.attempt(mechanics.shearing(0.), 100. / diffusivity);
    EXPECT_FALSE(outcome.solved);
    EXPECT_NE(outcome.reason.find("the free volume is not positive"), std::string::npos) << outcome.reason;
    for (std::size_t p = 0; p < states.size(); ++p)
      EXPECT_EQ(mechanics.history.state[p].values, states[p].values);
  }
} // namespace revitra

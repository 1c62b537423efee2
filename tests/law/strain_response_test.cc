#include "material/law/strain_response.h"
#include "tests/law/support.h"

#include <gtest/gtest.h>

using namespace revitra;
using test::Random;

namespace
{
  Eigen::Matrix3d random_matrix(Random &random)
  {
    Eigen::Matrix3d matrix;
    for (double &entry : matrix.reshaped())
      entry = random.normal();
    return matrix;
  }
} // namespace

// Tolerances of the first tests are rounding of numbers of order one.

TEST(PathSpan, components_keep_products_of_what_spans)
{
  Random random(1);
  for (unsigned i = 0; i < 100; ++i)
    {
      const Deviator vectors[] = {random.direction(15.), random.direction(0.3), random.direction(0.01)};
      const PathSpan span(vectors[0], vectors[1], vectors[2]);
      for (const Deviator &u : vectors)
        for (const Deviator &v : vectors)
          EXPECT_NEAR(span.components(u).dot(span.components(v)), u.dot(v), 1e-14 * u.norm() * v.norm());
    }
}

TEST(PathSpan, expansion_acts_within_and_across)
{
  Random random(2);
  for (unsigned i = 0; i < 100; ++i)
    {
      const Deviator stress = random.direction(15.), bias = random.direction(0.3), increment = random.direction(0.01);
      const PathSpan span(stress, bias, increment);
      const Eigen::Matrix3d within = random_matrix(random);
      const double          across = random.normal();
      const DeviatorTangent tensor = span.expand(within, across);
      for (const Deviator &u : {stress, bias, increment})
        {
          const Deviator image = tensor * u;
          EXPECT_LT((span.components(image) - within * span.components(u)).norm(), 1e-13 * u.norm());
          EXPECT_NEAR(image.norm(), (within * span.components(u)).norm(), 1e-13 * u.norm());
        }
      // what is orthogonal to all three is multiplied by `across`
      Eigen::Matrix<double, 5, 3> columns;
      columns << stress.normalized(), bias.normalized(), increment.normalized();
      Deviator outside = random.direction(1.);
      for (unsigned pass = 0; pass < 3; ++pass)
        outside -= columns * (columns.transpose() * columns).inverse() * (columns.transpose() * outside);
      EXPECT_LT((tensor * outside - across * outside).norm(), 1e-12 * outside.norm());
    }
}

TEST(PathSpan, dependent_and_vanishing_vectors)
{
  // Simple shear from rest: one direction or none. The tensor must still be the isotropic one where nothing acts.
  const Deviator zero = Deviator::Zero(), shear = test::simple_shear(0.1);
  Random         random(3);
  const Deviator other = random.direction(2.);
  const struct
  {
    Deviator stress, bias, increment;
    int      dimension;
  } cases[] = {{zero, zero, zero, 0},
               {zero, shear, shear, 1},
               {7. * shear, -0.3 * shear, 1e-9 * shear, 1},
               {other, shear, other, 2},
               {other, shear, 3. * other - 0.2 * shear, 2},
               {other, shear, random.direction(1e-8), 3}};
  for (const auto &c : cases)
    {
      const PathSpan span(c.stress, c.bias, c.increment);
      // trace of the projection = dimension; the identity expands to itself whatever the dimension
      EXPECT_NEAR(5. - span.expand(Eigen::Matrix3d::Zero(), 1.).trace(), c.dimension, 1e-13);
      EXPECT_LT((span.expand(2. * Eigen::Matrix3d::Identity(), 2.) - 2. * DeviatorTangent::Identity()).norm(), 1e-14);
      for (const Deviator &u : {c.stress, c.bias, c.increment})
        EXPECT_NEAR(span.components(u).norm(), u.norm(), 1e-14 * u.norm());
    }
}

TEST(PathSpan, nearly_dependent_vectors_span_all_three_directions)
{
  // A path that hardly leaves the line of the stress still has its own direction, and one pass of Gram-Schmidt would
  // leave the basis skew by 1e-16 over the angle. P = expand(1, 0) must be a projection: P P = P to rounding.
  Random random(5);
  for (const double angle : {1e-3, 1e-6, 1e-9})
    for (unsigned i = 0; i < 20; ++i)
      {
        const Deviator        stress    = random.direction(15.);
        const Deviator        bias      = 0.02 * stress + random.direction(0.3 * angle);
        const Deviator        increment = 1e-3 * stress + random.direction(0.015 * angle);
        const PathSpan        span(stress, bias, increment);
        const DeviatorTangent projection = span.expand(Eigen::Matrix3d::Identity(), 0.);
        EXPECT_NEAR(projection.trace(), 3., 1e-13);
        EXPECT_LT((projection * projection - projection).norm(), 1e-13) << angle;
        for (const Deviator &u : {stress, bias, increment})
          EXPECT_LT((projection * u - u).norm(), 1e-14 * u.norm());
      }
}

TEST(StrainResponse, parts_do_not_overlap)
{
  StrainResponse response;
  response.plastic_strain().setConstant(1.);
  response.bias().setConstant(2.);
  response.st_sum().setConstant(3.);
  response.free_volume().setConstant(4.);
  response.plastic_strain_across() = 5.;
  response.bias_across()           = 6.;
  EXPECT_EQ(response.values.sum(), 9. * 1. + 9. * 2. + 3. * 3. + 3. * 4. + 5. + 6.);
}

TEST(StrainResponse, stage_answers_a_moving_base_and_strain)
{
  // A stage whose strain and base state both depend linearly on the increment, by made-up responses: differences of the
  // solved stage against the formula, component by component. Tolerances as for the tangent of the stage.
  Random   random(4);
  unsigned backward = 0;
  for (unsigned i = 0; i < 2000; ++i)
    {
      const Kinetics kinetics(Parameters(), random.uniform(0.6, 1.1));
      const double   mu = kinetics.shear_modulus, k = random.log_uniform(1e-2, 1e10);
      const double   position  = random.uniform(0., 1.);
      const Deviator stress    = random.direction(random.log_uniform(0.1, 18.)),
                     bias      = random.direction(random.uniform(0., 0.5)),
                     increment = random.direction(random.log_uniform(1e-4, 0.03));
      const PathSpan span(stress, bias, increment);

      State base;
      base.plastic_strain() = random.direction(0.5);
      base.bias()           = bias;
      base.st_sum()         = random.uniform(0.5, 1.);
      base.free_volume()    = random.uniform(0.04, 0.1);
      const Deviator strain = base.plastic_strain() + stress / mu + position * increment;

      StrainResponse d_base;
      d_base.plastic_strain()        = 0.3 * random_matrix(random);
      d_base.bias()                  = random_matrix(random);
      d_base.st_sum()                = random_matrix(random).row(0);
      d_base.free_volume()           = 0.1 * random_matrix(random).row(0);
      d_base.plastic_strain_across() = 0.3 * random.normal();
      d_base.bias_across()           = random.normal();

      const auto solve = [&](const Deviator &change) {
        State moved = base;
        moved.plastic_strain() += span.expand(d_base.plastic_strain(), d_base.plastic_strain_across()) * change;
        moved.bias() += span.expand(d_base.bias(), d_base.bias_across()) * change;
        moved.st_sum() += d_base.st_sum() * span.components(change);
        moved.free_volume() += d_base.free_volume() * span.components(change);
        StageResult        result;
        const StageFailure failure =
          ImplicitStage(kinetics, k).solve(strain + position * change, moved, {}, {}, result);
        EXPECT_EQ(failure, StageFailure::none) << describe(failure);
        return result;
      };
      const StageResult     at            = solve(Deviator::Zero());
      const StrainResponse  response      = stage_response(kinetics, span, at, base, position, d_base);
      const DeviatorTangent plastic       = span.expand(response.plastic_strain(), response.plastic_strain_across());
      const DeviatorTangent bias_response = span.expand(response.bias(), response.bias_across());
      // Where the bias drives the flow against the stress, q < 0. Near its kink differences mean nothing.
      if (std::abs(at.unknowns.work) < 3. * test::strain_difference * at.stress.norm())
        continue;
      backward += at.unknowns.work < -1e-4;
      for (int j = 0; j < 5; ++j)
        {
          const Deviator      unit     = Deviator::Unit(j);
          const State::Values expected = test::derivative(
            [&](const double h) { return State::Values(solve(h * unit).increment.values); }, test::strain_difference);
          EXPECT_LT((plastic.col(j) - expected.segment<5>(0)).norm(), 1e-6 * plastic.norm() + 1e-9) << i;
          EXPECT_LT((bias_response.col(j) - expected.segment<5>(5)).norm(), 1e-6 * bias_response.norm() + 1e-8) << i;
          EXPECT_NEAR(response.st_sum() * span.components(unit), expected[10], 1e-6 * response.st_sum().norm() + 1e-8);
          EXPECT_NEAR(
            response.free_volume() * span.components(unit), expected[11], 1e-6 * response.free_volume().norm() + 1e-9);
        }
    }
  EXPECT_GT(backward, 20u);
}

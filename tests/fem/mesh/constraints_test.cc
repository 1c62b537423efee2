#include "fem/mesh/constraints.h"
#include "tests/fem/discretization/test_specimen.h"

#include <deal.II/base/function.h>
#include <deal.II/base/numbers.h>
#include <deal.II/lac/trilinos_vector.h>
#include <deal.II/numerics/vector_tools.h>

#include <gtest/gtest.h>

#include <functional>

namespace revitra
{
  using namespace dealii;
  using test::open;
  using test::periodic;
  using test::small_box;
  using test::TestSpecimen;

  namespace
  {
    /// Dimension of the space of fluctuations that fulfill the constraints.
    template <int dim>
    types::global_dof_index n_unconstrained(const TestSpecimen<dim> &specimen)
    {
      types::global_dof_index n = 0;
      for (const auto dof : specimen.owned())
        n += !specimen.constraints.is_constrained(dof);
      return Utilities::MPI::sum(n, MPI_COMM_WORLD);
    }

    template <int dim>
    class Displacement : public Function<dim>
    {
    public:
      explicit Displacement(const std::function<double(const Point<dim> &)> &value)
        : Function<dim>(dim)
        , function(value)
      {}

      double value(const Point<dim> &point, const unsigned int component) const override
      {
        return (component + 1.) * function(point);
      }

    private:
      const std::function<double(const Point<dim> &)> function;
    };

    /// How much the interpolant of `function` changes when the constraints are imposed on it.
    template <int dim>
    double change_by_constraints(const TestSpecimen<dim>                         &specimen,
                                 const std::function<double(const Point<dim> &)> &function)
    {
      TrilinosWrappers::MPI::Vector interpolant(specimen.owned(), MPI_COMM_WORLD);
      VectorTools::interpolate(specimen.dof_handler, Displacement<dim>(function), interpolant);
      TrilinosWrappers::MPI::Vector constrained(interpolant);
      specimen.constraints.distribute(constrained);
      constrained -= interpolant;
      return constrained.linfty_norm();
    }

    /// Zero on the platens; linear in y inside the box [0, 2] of small_box(), so that hanging nodes are exact.
    double hat(const double y)
    {
      return std::min(y, 2. - y);
    }
  } // namespace

  TEST(ShearBoundary, CountsOfFreeUnknowns)
  {
    // Degree 2: 5 × 9 nodes (× 5), less the two platens and, if periodic, one of each two lateral sides.
    EXPECT_EQ(n_unconstrained(TestSpecimen<2>(small_box<2>(open))), 2u * 5u * 7u);
    EXPECT_EQ(n_unconstrained(TestSpecimen<2>(small_box<2>(periodic))), 2u * 4u * 7u);
    EXPECT_EQ(n_unconstrained(TestSpecimen<3>(small_box<3>(open))), 3u * 5u * 7u * 5u);
    EXPECT_EQ(n_unconstrained(TestSpecimen<3>(small_box<3>(periodic))), 3u * 4u * 7u * 4u);
  }

  TEST(ShearBoundary, AreHomogeneous)
  {
    const TestSpecimen<3> specimen(small_box<3>(periodic));
    EXPECT_FALSE(specimen.constraints.has_inhomogeneities());
  }

  TEST(ShearBoundary, PeriodicFluctuationPasses)
  {
    const TestSpecimen<2> plane(small_box<2>(periodic));
    const auto            wave = [](const auto &point) {
      return hat(point[1]) * (2. + std::cos(2. * numbers::PI * point[0] + 0.7));
    };
    EXPECT_LT(change_by_constraints<2>(plane, wave), 1e-14);

    const TestSpecimen<3> solid(small_box<3>(periodic));
    EXPECT_LT(
      change_by_constraints<3>(
        solid, [&](const Point<3> &point) { return wave(point) * std::sin(2. * numbers::PI * point[2] / 3. + 0.3); }),
      1e-14);
  }

  TEST(ShearBoundary, OtherFluctuationsDoNot)
  {
    const auto linear_in_x = [](const auto &point) { return point[0] * hat(point[1]); };
    EXPECT_GT(change_by_constraints<2>(TestSpecimen<2>(small_box<2>(periodic)), linear_in_x), 0.1);
    EXPECT_LT(change_by_constraints<2>(TestSpecimen<2>(small_box<2>(open)), linear_in_x), 1e-14);
    const auto sliding_top = [](const auto &point) { return point[1]; };
    EXPECT_GT(change_by_constraints<2>(TestSpecimen<2>(small_box<2>(open)), sliding_top), 0.1);
  }

  TEST(ShearBoundary, HangingNodesAtPeriodicSides)
  {
    TestSpecimen<2> specimen(small_box<2>(periodic));
    specimen.refine_where([](const Point<2> &center) { return center[0] < 0.5 && center[1] < 1.; });
    EXPECT_LT(change_by_constraints<2>(specimen, [](const Point<2> &point) { return hat(point[1]); }), 1e-14);
    TestSpecimen<3> solid(small_box<3>(periodic));
    solid.refine_where([](const Point<3> &center) { return center[0] < 0.5 && center[1] < 1. && center[2] < 1.5; });
    EXPECT_LT(change_by_constraints<3>(solid, [](const Point<3> &point) { return hat(point[1]); }), 1e-14);
  }

  TEST(ShearBoundary, RanksAgree)
  {
    TestSpecimen<3> specimen(small_box<3>(periodic));
    specimen.refine_where([](const Point<3> &center) { return center[0] < 0.5 && center[1] > 1.; });
    const auto owned = Utilities::MPI::all_gather(MPI_COMM_WORLD, specimen.owned());
    EXPECT_TRUE(specimen.constraints.is_consistent_in_parallel(
      owned, DoFTools::extract_locally_active_dofs(specimen.dof_handler), MPI_COMM_WORLD));
  }
} // namespace revitra

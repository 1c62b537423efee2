#include "material/law/stability.h"
#include "material/law/steady_state.h"
#include "material/point/point_result.h"
#include "tests/point/point_runs.h"

#include <gtest/gtest.h>

using namespace revitra;

// Uniaxial tension of a point. revitra-fem's own tests compare three-dimensional specimens with the same equations.
namespace
{
  const Parameters glass;
  const double     young = 2. * glass.shear_modulus * (1. + glass.poisson_ratio);

  std::vector<HistoryRow> rows_in_tension(const std::string &program)
  {
    Deck deck;
    deck.loading_mode = LoadingMode::tension;
    deck.program      = parse_program(program);
    std::vector<HistoryRow> rows;
    SpacedRows              rule(deck.time_stepping.maximum_strain_step);
    run_program(deck, rule, [&rows](const HistoryRow &row) { rows.push_back(row); });
    return rows;
  }
} // namespace

TEST(Uniaxial, starts_with_youngs_modulus_and_ends_at_root_three_times_the_flow_stress)
{
  const std::vector<HistoryRow> rows  = rows_in_tension("rate 1e-4 until strain 3");
  const HistoryRow             &first = rows.at(1), &last = rows.back();
  EXPECT_NEAR(first.stress / first.strain, young, 1e-6 * young);
  // σ decays to it as 1 − Λ does, which is below 1e-9 here
  EXPECT_NEAR(last.stress, std::sqrt(3.) * flow_stress(Kinetics(glass, glass.temperature)), 1e-3);
  EXPECT_NEAR(last.strain, 3., 1e-12);
}

TEST(Uniaxial, keeps_the_energy_and_is_the_same_in_compression)
{
  const std::vector<HistoryRow> pulled  = rows_in_tension("rate 1e-4 until strain 0.3"),
                                pressed = rows_in_tension("rate -1e-4 until strain -0.3");
  for (const HistoryRow &row : pulled)
    {
      EXPECT_NEAR(row.work, row.elastic_energy + row.dissipation, 1e-9);
      EXPECT_NEAR(row.elastic_energy, 0.5 * row.stress * row.stress / young, 1e-9);
      EXPECT_NEAR(row.strain, row.stress / young + row.plastic_strain, 1e-9);
    }
  EXPECT_NEAR(pulled.back().free_volume, pressed.back().free_volume, 1e-3); // Δ₀ is along tension
}

TEST(Uniaxial, perturbations_grow_as_in_the_shear_that_goes_with_it)
{
  // At s̄ = σ/√3, which is rounded by 1e-16; σ̄/T = 20 of that in an exponent, and 1e-4 times the rest at the least.
  const Kinetics kinetics(glass, glass.temperature);
  for (const HistoryRow &row : rows_in_tension("rate 1e-4 until strain 0.3"))
    {
      State state;
      state.bias()[shear_xy] = row.st_bias;
      state.st_sum()         = row.st_sum;
      state.free_volume()    = row.free_volume;
      const double growth    = growth_rate(kinetics, state, row.stress / std::sqrt(3.) * Deviator::Unit(shear_xy));
      EXPECT_NEAR(own_column(row, "instability"), growth, 1e-11 * std::abs(growth));
    }
}

TEST(Uniaxial, reaches_and_holds_the_axial_stress_asked_for)
{
  const std::vector<HistoryRow> rows = rows_in_tension("rate 1e-2 until stress 20; stress 20 until strain 0.2");
  EXPECT_NEAR(rows.back().stress, 20., 1e-9);
  EXPECT_NEAR(rows.back().strain, 0.2, 1e-9);
}

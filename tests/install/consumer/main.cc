#include "material/law/parameters.h"
#include "material/law/steady_state.h"
#include "material/law/stress_update.h"

#include <cmath>
#include <iostream>

// Simple shear at the rate 1e-4 until the glass flows at the steady stress, which is known: what is left of the
// difference falls as exp(−φσ_f γ), to 4e-9 at strain 5.
int main()
{
  const revitra::Parameters   glass = revitra::preset("Zr55Cu30Ni5Al10");
  const revitra::Kinetics     kinetics(glass, glass.temperature);
  const revitra::StressUpdate law(kinetics, /* tolerance = */ 1e-5);
  revitra::State              state   = revitra::initial_state(glass, glass.initial_free_volume);
  const double                sigma_f = flow_stress(kinetics);

  revitra::Deviator strain = revitra::Deviator::Zero(), increment = revitra::Deviator::Zero();
  increment[revitra::shear_xy] = 0.05;
  double stress                = 0.;
  for (int step = 0; step < 100; ++step)
    {
      const auto result = law.update(strain, increment, increment[revitra::shear_xy] / 1e-4, {sigma_f}, state);
      if (result.failure != revitra::StageFailure::none)
        return 1;
      strain += increment;
      stress = result.stress[revitra::shear_xy];
    }
  std::cout << "flow stress " << sigma_f << ", stress at strain 5: " << stress << '\n';
  return std::abs(sigma_f - 7.74682003) < 1e-8 && std::abs(stress - sigma_f) < 1e-5 * sigma_f ? 0 : 1;
}

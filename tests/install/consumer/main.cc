#include "material/law/parameters.h"
#include "material/law/steady_state.h"

#include <cmath>
#include <iostream>

int main()
{
  const revitra::Parameters parameters = revitra::preset("Zr55Cu30Ni5Al10");
  const double              sigma_f    = flow_stress(revitra::Kinetics(parameters, parameters.temperature));
  std::cout << "flow stress " << sigma_f << '\n';
  return std::abs(sigma_f - 7.74682003) < 1e-8 ? 0 : 1;
}

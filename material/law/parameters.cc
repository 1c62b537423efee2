#include "material/law/parameters.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>
#include <stdexcept>

namespace revitra
{
  namespace
  {
    constexpr double unbounded = std::numeric_limits<double>::infinity();

    std::string number(const double value)
    {
      std::ostringstream text;
      text.precision(15);
      text << value;
      return text.str();
    }
  } // namespace

  double Parameters::bulk_modulus() const
  {
    return 2. * shear_modulus * (1. + poisson_ratio) / (3. * (1. - 2. * poisson_ratio));
  }

  Parameters with_given_free_volume(Parameters glass)
  {
    glass.dilatancy_factor         = 0.;
    glass.annihilation_coefficient = 0.;
    return glass;
  }

  bool ParameterInfo::allows(const double value) const
  {
    if (!std::isfinite(value))
      return false;
    return open ? lower < value && value < upper : lower <= value && value <= upper;
  }

  std::string ParameterInfo::allowed() const
  {
    const std::string less  = open ? " < " : " <= ";
    std::string       words = "value";
    if (lower != -unbounded)
      words = number(lower) + less + words;
    if (upper != unbounded)
      words += less + number(upper);
    return words;
  }

  const std::vector<ParameterInfo> &parameter_table()
  {
    using P = Parameters;
    // Bounds that are not the law's own are where double precision ends: the temperature's where the logarithms of the
    // Arrhenius factors keep 12 digits, the free volume's where exp(-1/ξ) is a number, that of φ where 2/φ is. Those of
    // ϕ and D_ia are where both tools still come to the same curve, in a while: many orders of magnitude above any
    // glass; far beyond, free volume vanishes or grows within the first steps by more than an implicit step can follow.
    static const std::vector<ParameterInfo> table = {
      {"Temperature", "T", "T_g", "absolute temperature at the start", 0.1, 2., false, &P::temperature},
      {"Shear modulus",
       "mu",
       "sigma_0/eps_0",
       "elastic shear modulus (33 GPa; the value in these units is inferred from the paper's Table 1)",
       0.,
       unbounded,
       true,
       &P::shear_modulus},
      {"Poisson ratio", "nu", "1", "Poisson's ratio (not in the paper; ours)", -1., 0.5, true, &P::poisson_ratio},
      {"Transformation activation energy",
       "E_A",
       "k_B T_g",
       "thermal activation energy of shear transformations (inferred: 65; printed: 3.83 eV = 65.46)",
       0.,
       500.,
       false,
       &P::transformation_activation_energy},
      {"Annihilation activation energy",
       "E_a",
       "k_B T_g",
       "energy barrier of free-volume annihilation (inferred: 45; printed: 2.65 eV = 45.29)",
       0.,
       500.,
       false,
       &P::annihilation_activation_energy},
      {"Transformation coefficient",
       "varphi",
       "1/(sigma_0 eps_0)",
       "rate at which plastic work renews shear transformations, Eqs. (2) and (3)",
       1e-307,
       unbounded,
       false,
       &P::transformation_coefficient},
      {"Annihilation coefficient",
       "phi",
       "1/time",
       "efficiency of free-volume annihilation, Eq. (4)",
       0.,
       1e30,
       false,
       &P::annihilation_coefficient},
      {"Dilatancy factor",
       "D_ia",
       "1/(sigma_0 eps_0)",
       "free volume created by a unit of plastic work, Eq. (4)",
       0.,
       1e3,
       false,
       &P::dilatancy_factor},
      {"Initial free volume",
       "xi_0",
       "1",
       "average concentration of free volume at the start",
       0.002,
       1.,
       false,
       &P::initial_free_volume},
      {"Initial ST sum",
       "Lambda_0",
       "1",
       "sum of the normalized populations of two-state shear transformations at the start",
       0.,
       1.,
       false,
       &P::initial_st_sum},
      {"Initial ST bias",
       "Delta_0",
       "1",
       "bias of those populations along the shear at the start; |Delta_0| <= Lambda_0",
       -1.,
       1.,
       false,
       &P::initial_st_bias},
      {"Constant diffusivity",
       "D_0",
       "length^2/time",
       "constant part of the free-volume diffusivity",
       0.,
       unbounded,
       false,
       &P::constant_diffusivity},
      {"Diffusion length",
       "l",
       "length",
       "length of the free-volume diffusivity driven by plastic flow",
       0.,
       unbounded,
       false,
       &P::diffusion_length},
      {"Stress scale",
       "sigma_0",
       "MPa",
       "unit of stress, 2 k_B T_g / V_a (output only)",
       0.,
       unbounded,
       true,
       &P::stress_scale},
      {"Strain scale", "eps_0", "1", "unit of strain, n_inf V_a (output only)", 0., unbounded, true, &P::strain_scale},
      {"Time scale", "t_0", "s", "unit of time (output only)", 0., unbounded, true, &P::time_scale},
      {"Glass transition temperature",
       "T_g",
       "K",
       "unit of temperature (output only)",
       0.,
       unbounded,
       true,
       &P::glass_transition_temperature},
    };
    return table;
  }

  const ParameterInfo &info_of(double Parameters::*const member)
  {
    const auto &table = parameter_table();
    return *std::find_if(
      table.begin(), table.end(), [member](const ParameterInfo &info) { return info.member == member; });
  }

  std::vector<std::string> preset_names()
  {
    return {"Zr55Cu30Ni5Al10"};
  }

  Parameters preset(const std::string &name)
  {
    if (name == "Zr55Cu30Ni5Al10")
      return {};
    throw std::invalid_argument("there is no preset '" + name + "'; there is Zr55Cu30Ni5Al10");
  }

  std::vector<std::string> check(const Parameters &parameters)
  {
    std::vector<std::string> problems;
    for (const ParameterInfo &info : parameter_table())
      if (!info.allows(parameters.*info.member))
        problems.push_back(info.name + " = " + number(parameters.*info.member) + ": allowed is " + info.allowed());
    if (std::abs(parameters.initial_st_bias) > parameters.initial_st_sum)
      problems.push_back("Initial ST bias = " + number(parameters.initial_st_bias) +
                         ": allowed is |Initial ST bias| <= Initial ST sum = " + number(parameters.initial_st_sum));
    return problems;
  }
} // namespace revitra

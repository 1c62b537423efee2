#include "fem/analysis/band_resolution.h"

#include <sstream>

namespace revitra
{
  namespace
  {
    constexpr double strain_between_looks = 0.01;
    constexpr double cells_that_resolve   = 3.;
  } // namespace

  std::string BandResolution::look(const double strain_path, const FindBands &find_bands)
  {
    if (strain_path < next_look)
      return "";
    next_look = strain_path + strain_between_looks;
    return look_now(find_bands);
  }

  std::string BandResolution::look_now(const FindBands &find_bands)
  {
    if (!text.empty())
      return "";
    const double cells = find_bands().least_cells_across();
    if (!(cells < cells_that_resolve))
      return "";
    std::ostringstream message;
    message.precision(2);
    message << "the flow has localized into a band with a thickness in cells of " << cells
            << ", so that from here on results depend on the mesh, unless that is a layer of the specimen; ";
    if (free_volume_diffuses)
      message << "refine it (Specimen/Refinements, Adaptivity/Levels) until the band is at least 4 cells thick";
    else
      message << "without diffusion of free volume a band has no width of its own: set Material/Diffusion length or "
                 "Constant diffusivity, and see examples/shear_band";
    return text = message.str();
  }
} // namespace revitra

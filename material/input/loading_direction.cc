#include "material/input/loading_direction.h"

namespace revitra
{
  LoadingDirection loading_direction(const LoadingMode mode, const unsigned int dimension)
  {
    const double     root_3 = std::sqrt(3.);
    LoadingDirection direction{};
    if (mode == LoadingMode::shear)
      {
        direction.component        = 0;
        direction.strain           = Deviator::Unit(shear_xy);
        direction.volumetric       = 0.;
        direction.flow             = Deviator::Unit(shear_xy);
        direction.strain_per_shear = 1.;
        return direction;
      }
    direction.component        = 1;
    direction.strain           = {-1., -1. / root_3, 0., 0., 0.};
    direction.volumetric       = 1.;
    direction.flow             = dimension == 2 ? Deviator{-1., 0., 0., 0., 0.} : 0.5 * root_3 * direction.strain;
    direction.strain_per_shear = dimension == 2 ? 0.5 : 1. / root_3;
    return direction;
  }

  double LoadingDirection::modulus(const Parameters &glass) const
  {
    if (component == 0)
      return glass.shear_modulus;
    const bool is_plane = flow[1] == 0.;
    return is_plane ? 2. * glass.shear_modulus / (1. - glass.poisson_ratio)
                    : 2. * glass.shear_modulus * (1. + glass.poisson_ratio);
  }
} // namespace revitra

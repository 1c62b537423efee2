#pragma once

#include "material/law/deviator.h"
#include "material/law/parameters.h"

namespace revitra
{
  /// What is done to the platens of a specimen.
  enum class LoadingMode
  {
    shear,  ///< the top moves along x: simple shear
    tension ///< the top moves along y, and the lateral sides are free: uniaxial tension or compression
  };

  /// What strain and stress of a specimen mean at its points. They are work-conjugate: σ dε is the work per volume.
  struct LoadingDirection
  {
    /// Which component of the displacement the strain adds to, times y: 0 in shear, 1 in tension.
    unsigned int component;

    Deviator strain;     ///< deviator, strain-like, of a homogeneous unit strain of the specimen
    double   volumetric; ///< its trace

    /// Along which a homogeneous specimen flows: a deviator of norm 1. Δ₀ is along it, and so are the Δ and the plastic
    /// strain that are reported.
    Deviator flow;

    /// Plastic strain of the specimen per plastic shear: 1; in tension 1/2 in plane strain, else 1/√3. Where a
    /// homogeneous specimen flows, the equivalent stress s̄ is this times its stress.
    double strain_per_shear;

    /// Elastic stiffness of a homogeneous specimen (σ₀/ε₀): μ; in tension 2μ/(1 − ν) in plane strain, else Young's.
    double modulus(const Parameters &glass) const;
  };

  /// The direction of `mode` in plane strain (`dimension` 2) or three dimensions (3).
  LoadingDirection loading_direction(LoadingMode mode, unsigned int dimension);
} // namespace revitra

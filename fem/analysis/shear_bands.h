#pragma once

#include "fem/mechanics/material_map.h"
#include "fem/mechanics/quadrature_history.h"

#include <deal.II/grid/tria.h>

#include <vector>

namespace revitra
{
  /// Regions with less than this fraction of the volume are no shear bands.
  constexpr double least_band_fraction = 1e-3;

  /// A connected region in which the plastic flow of a specimen is localized.
  ///
  /// Its extents are those of the box with the same second moments or, where it closes on itself through periodic
  /// sides, once around the specimen. A region that is not twice as long as it is wide, as a blob or a network of
  /// crossing bands, has no direction: what depends on it is NaN.
  struct ShearBand
  {
    double volume_fraction; ///< in [least_band_fraction, 1], of the volume of the glass
    double width;           ///< volume over area (in 2-D: length) of the middle surface, in the deck's unit of length
    double cells_across;    ///< width in cells, by the mean size of the band's cells in the direction across it
    double orientation; ///< of its trace in the x-y plane, to the x axis, in degrees, in (−90, 90]: 0 along the shear
                        ///< of the platens, positive if it rises with x
    double tilt;        ///< of its normal out of the x-y plane, in degrees, in [0, 90]; 0 in 2-D
    double height;      ///< y of its center, in the deck's unit of length
    double plastic_strain; ///< mean of |γᵖ| in ε₀: γᵖ itself in simple shear
    double rejuvenation;   ///< mean of ξ/ξ₀
  };

  /// Where the plastic flow of a specimen is localized.
  struct ShearBands
  {
    double                 level; ///< of W in σ₀ε₀ that cells of bands are above; NaN if nothing is localized
    std::vector<ShearBand> bands; ///< the largest first

    /// The volume fraction of all bands, in [0, 1].
    double volume_fraction() const;

    /// The least of their cells_across: whether the mesh resolves the bands. NaN if there is none with a direction.
    double least_cells_across() const;
  };

  /// The shear bands of a specimen since the start of its history.
  ///
  /// The measure is W = ∫|s:Dᵖ| dt, the accumulated plastic work: it never decreases, so that bands do not disappear
  /// when a cycle brings the strain back, and it is what Eqs. (2)-(4) make of plastic flow. A cell is in a band if its
  /// mean W is nearer to the mean of the bands than to that of the matrix between them. Where several levels do so, it
  /// is the one with the largest variance of W between the two (Otsu, IEEE Trans. Syst. Man Cybern. 9, 62, 1979). So
  /// widths are those at about half of the mean of the band (at 0.36 of the maximum of a profile 1/cosh²), and depend
  /// neither on units nor on how much undeformed matrix there is beside the bands. There are bands only if in them W is
  /// on average at least twice that of the matrix, and more than σ_c²/μ, at which the plastic strain exceeds the
  /// elastic.
  ///
  /// `weights` are the points' quadrature weights, zero where they are not locally owned, in the order of `history`.
  /// The same on all ranks, and for any number of them but for rounding. Collective.
  template <int dim>
  ShearBands find_shear_bands(const dealii::Triangulation<dim> &triangulation,
                              const MaterialMap                &materials,
                              const QuadratureHistory          &history,
                              const std::vector<double>        &weights);
} // namespace revitra

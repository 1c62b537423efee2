#pragma once

#include <deal.II/base/mpi.h>

#include <vector>

namespace revitra
{
  /// How a quantity is distributed over the volume of a specimen.
  ///
  /// Exact: levels are values of points, found by bisection of the floating-point numbers, so no rank gets the points
  /// of another. All functions give the same on all ranks, and on any number of them but for rounding.
  class VolumeDistribution
  {
  public:
    /// Of the `values`, all numbers, at the rank's own points, which stand for the `volumes` > 0. Collective.
    VolumeDistribution(const std::vector<double> &values,
                       const std::vector<double> &volumes,
                       const MPI_Comm            &communicator);

    /// The share, in [`fraction`, 1], of the integral over the volume that is carried by that `fraction` in (0, 1) of
    /// the volume where values are largest. Of the points at the edge of it just the part counts that is needed, so a
    /// constant gives `fraction`. No value may be negative; NaN if all are zero. Collective.
    double share_of_largest(double fraction) const;

    /// The value that is not exceeded in the `fraction` in (0, 1) of the volume; midway between two values if one part
    /// of the volume ends and another begins just there. Collective.
    double quantile(double fraction) const;

  private:
    /// Volume, and integral over it, of some points.
    struct Part
    {
      double volume   = 0.;
      double integral = 0.;
    };

    /// The largest value for which those not below it have `volume` or more.
    double level_above(double volume) const;

    /// All points with values not below `level`. Collective.
    double volume_from(double level) const;

    /// All points with values above `level`. Collective.
    Part part_above(double level) const;

    std::vector<double> values;  ///< in descending order
    std::vector<Part>   part_of; ///< `part_of[n]`: the first n of them
    MPI_Comm            communicator;
    double              smallest; ///< value on any rank
    double              largest;  ///< value on any rank
    Part                whole;    ///< of all ranks
  };
} // namespace revitra

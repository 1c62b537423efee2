#pragma once

#include "fem/analysis/shear_bands.h"

#include <functional>
#include <string>

namespace revitra
{
  /// Says once in a run that the mesh does not resolve its shear bands, so that results depend on it, and what to do.
  class BandResolution
  {
  public:
    /// `free_volume_diffuses`: whether bands have a width of their own that a finer mesh would resolve.
    explicit BandResolution(const bool free_volume_diffuses)
      : free_volume_diffuses(free_volume_diffuses)
    {}

    using FindBands = std::function<ShearBands()>;

    /// What is to be said when `strain_path` = ∫|dε| of the specimen has been covered and find_bands() are its bands;
    /// empty if nothing. Looks from time to time only. Collective if find_bands() is.
    std::string look(double strain_path, const FindBands &find_bands);

    /// The same whenever it was that one looked last, for where a segment ends.
    std::string look_now(const FindBands &find_bands);

    /// What was said, empty if nothing.
    const std::string &said() const { return text; }

    /// Writes or reads what a checkpoint has of this, with an archive of Boost.Serialization.
    template <typename Archive>
    void serialize(Archive &archive, unsigned int /* version */)
    {
      archive &next_look &text;
    }

  private:
    const bool  free_volume_diffuses;
    double      next_look = 0.;
    std::string text;
  };
} // namespace revitra

#pragma once

#include "material/law/parameters.h"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace revitra
{
  /// Which glass is at which quadrature point, and how much warmer it is there than the loading program says.
  class MaterialMap
  {
  public:
    /// One glass everywhere.
    explicit MaterialMap(const Parameters &glass)
      : materials{glass}
    {}

    /// Several `materials`; point p is of glass `material_of_point[p]`, and `temperature_offset[p]` (T_g) is added to
    /// the temperature there. Both are in the order of QuadratureHistory; either may be empty: all points are then of
    /// the first glass, or as warm as the program says.
    MaterialMap(std::vector<Parameters>   materials,
                std::vector<unsigned int> material_of_point,
                std::vector<double>       temperature_offset)
      : materials(std::move(materials))
      , material_of_point(std::move(material_of_point))
      , offset_of_point(std::move(temperature_offset))
    {}

    /// The materials there are, at least one.
    const std::vector<Parameters> &all() const { return materials; }

    /// The number in all() of the glass at `point`.
    unsigned int number(const std::size_t point) const
    {
      return material_of_point.empty() ? 0 : material_of_point[point];
    }

    /// The glass at `point`.
    const Parameters &at(const std::size_t point) const { return materials[number(point)]; }

    /// Whether the free volume of one of them diffuses: it is then a field of the specimen, not a variable of each
    /// point.
    bool free_volume_diffuses() const
    {
      return std::any_of(materials.begin(), materials.end(), [](const Parameters &glass) {
        return glass.constant_diffusivity > 0. || glass.diffusion_length > 0.;
      });
    }

    /// Whether points differ in temperature.
    bool have_offsets() const { return !offset_of_point.empty(); }

    /// How much warmer `point` is, in T_g.
    double offset(const std::size_t point) const { return offset_of_point.empty() ? 0. : offset_of_point[point]; }

  private:
    std::vector<Parameters>   materials;
    std::vector<unsigned int> material_of_point;
    std::vector<double>       offset_of_point;
  };
} // namespace revitra

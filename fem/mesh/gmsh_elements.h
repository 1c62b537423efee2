#pragma once

#include <optional>
#include <string>

namespace revitra
{
  /// A type of elements of the gmsh file format.
  struct GmshElementType
  {
    unsigned int dimension;
    unsigned int order; ///< of the polynomials that its shape functions are; 1: straight edges
    unsigned int nodes; ///< 0: as many as each element says
    std::string  shape; ///< plural, as "triangles"

    /// Text such as "triangles" or "second-order triangles of 6 nodes".
    std::string name() const;
  };

  /// Element type with the number `type` in the file format; nothing if the format has no such type.
  std::optional<GmshElementType> gmsh_element_type(unsigned int type);
} // namespace revitra

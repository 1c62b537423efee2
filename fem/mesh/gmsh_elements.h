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

    /// "triangles", "second-order triangles of 6 nodes"
    std::string name() const;
  };

  /// What the file format calls `type`; nothing if it has no such type.
  std::optional<GmshElementType> gmsh_element_type(unsigned int type);
} // namespace revitra

#pragma once

#include "fem/mesh/gmsh_elements.h"

#include <deal.II/base/point.h>

#include <array>
#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace revitra
{
  /// Contents of an ASCII gmsh file (format 4.1 or 2.2) with a mesh of quadrilaterals or hexahedra, in gmsh's order.
  struct GmshFile
  {
    /// Line, quadrilateral or hexahedron with straight edges. An element of several groups is listed once for each.
    struct Element
    {
      std::size_t                number; ///< in the file
      int                        group;  ///< number of its physical group, >= 1; 0: none
      std::array<std::size_t, 8> nodes;  ///< indices into GmshFile::nodes, two, four or eight
    };

    /// Elements of a type that cannot be used in a specimen.
    struct Unusable
    {
      GmshElementType type;
      std::size_t     count;  ///< of such elements
      std::size_t     number; ///< of the first
    };

    std::vector<dealii::Point<3>>                       nodes;        ///< in the deck's unit of length
    std::vector<std::size_t>                            node_numbers; ///< of `nodes`, in the file
    std::array<std::vector<Element>, 4>                 elements;     ///< lines in 1, quadrilaterals 2, hexahedra 3
    std::vector<Unusable>                               unusable;     ///< by type
    std::map<std::pair<unsigned int, int>, std::string> names;        ///< of groups, by {dimension, number}

    /// Name of a group, or its number if it has no name.
    std::string group_name(unsigned int dimension, int number) const;
  };

  /// Reads the mesh in `file`. Throws DeckError, naming file, line and what is allowed, if the file cannot be opened or
  /// is not a gmsh file. The quality of the mesh is not checked.
  GmshFile read_gmsh_file(const std::string &file);

  /// Line "Specimen/Mesh file = `file`: `what`" of a DeckError.
  std::string mesh_problem(const std::string &file, const std::string &what);
} // namespace revitra

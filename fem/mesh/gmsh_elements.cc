#include "fem/mesh/gmsh_elements.h"

#include <vector>

namespace revitra
{
  namespace
  {
    enum Shape
    {
      point,
      line,
      triangle,
      quadrilateral,
      tetrahedron,
      hexahedron,
      prism,
      pyramid,
      polygon,
      polyhedron,
      trihedron
    };

    constexpr unsigned int dimension_of[] = {0, 1, 2, 2, 3, 3, 3, 3, 2, 3, 3};

    constexpr const char *plural_of[] = {"points",
                                         "lines",
                                         "triangles",
                                         "quadrilaterals",
                                         "tetrahedra",
                                         "hexahedra",
                                         "prisms",
                                         "pyramids",
                                         "polygons",
                                         "polyhedra",
                                         "trihedra"};

    /// Types with consecutive numbers, of the same shape and of successive orders.
    struct Run
    {
      unsigned int              first; ///< number
      Shape                     shape;
      unsigned int              order; ///< of the first
      std::vector<unsigned int> nodes;
    };

    /// Numbering of the file format. Where an order has two types, the one of more nodes also has nodes inside.
    const std::vector<Run> &runs()
    {
      static const std::vector<Run> all = {
        {1, line, 1, {2}},
        {2, triangle, 1, {3}},
        {3, quadrilateral, 1, {4}},
        {4, tetrahedron, 1, {4}},
        {5, hexahedron, 1, {8}},
        {6, prism, 1, {6}},
        {7, pyramid, 1, {5}},
        {8, line, 2, {3}},
        {9, triangle, 2, {6}},
        {10, quadrilateral, 2, {9}},
        {11, tetrahedron, 2, {10}},
        {12, hexahedron, 2, {27}},
        {13, prism, 2, {18}},
        {14, pyramid, 2, {14}},
        {15, point, 1, {1}},
        {16, quadrilateral, 2, {8}},
        {17, hexahedron, 2, {20}},
        {18, prism, 2, {15}},
        {19, pyramid, 2, {13}},
        {20, triangle, 3, {9}},
        {21, triangle, 3, {10}},
        {22, triangle, 4, {12}},
        {23, triangle, 4, {15}},
        {24, triangle, 5, {15}},
        {25, triangle, 5, {21}},
        {26, line, 3, {4, 5, 6}},
        {29, tetrahedron, 3, {20, 35, 56}},
        {32, tetrahedron, 4, {22, 28}},
        {34, polygon, 1, {0}},
        {35, polyhedron, 1, {0}},
        {36, quadrilateral, 3, {16, 25, 36}},
        {39, quadrilateral, 3, {12, 16, 20}},
        {42, triangle, 6, {28, 36, 45, 55, 66}},
        {47, quadrilateral, 6, {49, 64, 81, 100, 121}},
        {52, triangle, 6, {18, 21, 24, 27, 30}},
        {57, quadrilateral, 6, {24, 28, 32, 36, 40}},
        {62, line, 6, {7, 8, 9, 10, 11}},
        {67, line, 1, {0}}, // 67 to 70: borders of what is cut by a level set
        {68, triangle, 1, {0}},
        {69, polygon, 1, {0}},
        {70, line, 1, {0}},
        {71, tetrahedron, 6, {84, 120, 165, 220, 286}},
        {79, tetrahedron, 6, {34, 40, 46, 52, 58}},
        {84, line, 0, {1}}, // 84 to 89 and 132: one value an element
        {85, triangle, 0, {1}},
        {86, quadrilateral, 0, {1}},
        {87, tetrahedron, 0, {1}},
        {88, hexahedron, 0, {1}},
        {89, prism, 0, {1}},
        {90, prism, 3, {40, 75}},
        {92, hexahedron, 3, {64, 125, 216, 343, 512, 729, 1000}},
        {99, hexahedron, 3, {32, 44, 56, 68, 80, 92, 104}},
        {106, prism, 5, {126, 196, 288, 405, 550}},
        {111, prism, 3, {24, 33, 42, 51, 60, 69, 78}},
        {118, pyramid, 3, {30, 55, 91, 140, 204, 285, 385}},
        {125, pyramid, 3, {21, 29, 37, 45, 53, 61, 69}},
        {132, pyramid, 0, {1}},
        {133, point, 1, {0}}, // 133 to 136: parts of what is cut by a level set
        {134, line, 1, {0}},
        {135, triangle, 1, {0}},
        {136, tetrahedron, 1, {0}},
        {137, tetrahedron, 3, {16}},
        {138, triangle, 1, {0}}, // 138 and 139: with a bubble inside
        {139, tetrahedron, 1, {0}},
        {140, trihedron, 1, {4}},
      };
      return all;
    }

    constexpr const char *ordinal[] = {
      "zeroth", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"};
  } // namespace

  std::string GmshElementType::name() const
  {
    return order == 1 ? shape
                      : std::string(ordinal[order]) + "-order " + shape + " of " + std::to_string(nodes) +
                          (nodes == 1 ? " node" : " nodes");
  }

  std::optional<GmshElementType> gmsh_element_type(const unsigned int type)
  {
    for (const Run &run : runs())
      if (type >= run.first && type - run.first < run.nodes.size())
        return GmshElementType{
          dimension_of[run.shape], run.order + (type - run.first), run.nodes[type - run.first], plural_of[run.shape]};
    return std::nullopt;
  }
} // namespace revitra

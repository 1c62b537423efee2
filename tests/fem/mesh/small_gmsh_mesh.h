#pragma once

#include "tests/base/scratch_directory.h"

#include <deal.II/base/mpi.h>
#include <deal.II/base/point.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

namespace revitra::test
{
  /// A mesh to be spoiled and written as a gmsh file of format 2.2. Nodes and elements are counted from 0 here, from 1
  /// in the file.
  struct SmallGmshMesh
  {
    /// Numbers of physical groups, as in SpecimenBoundary but for the 1 that is added.
    enum Group
    {
      none,
      bottom,
      top,
      left,
      right,
      back,
      front,
      glass,
      crystal
    };

    /// gmsh's numbers of types.
    enum Type
    {
      line          = 1,
      triangle      = 2,
      quadrilateral = 3,
      tetrahedron   = 4,
      hexahedron    = 5,
      curved_line   = 8
    };

    struct Element
    {
      int                       type;
      int                       group;
      std::vector<unsigned int> nodes; ///< in gmsh's order
    };

    void remove_group(const int group)
    {
      elements.erase(std::remove_if(elements.begin(),
                                    elements.end(),
                                    [&](const Element &element) { return element.group == group; }),
                     elements.end());
    }

    std::string text() const
    {
      const bool solid = std::any_of(
        elements.begin(), elements.end(), [](const Element &element) { return element.type == hexahedron; });
      std::ostringstream text;
      text.precision(std::numeric_limits<double>::max_digits10);
      text << "$MeshFormat\n2.2 0 8\n$EndMeshFormat\n$PhysicalNames\n8\n";
      const char *names[] = {"bottom", "top", "left", "right", "back", "front", "glass", "crystal"};
      for (int group = bottom; group <= crystal; ++group)
        text << (group < glass ? 1 : 2) + solid << ' ' << group << " \"" << names[group - 1] << "\"\n";
      text << "$EndPhysicalNames\n$Nodes\n" << nodes.size() << '\n';
      for (unsigned int i = 0; i < nodes.size(); ++i)
        text << i + 1 << ' ' << nodes[i] << '\n';
      text << "$EndNodes\n$Elements\n" << elements.size() << '\n';
      for (unsigned int i = 0; i < elements.size(); ++i)
        {
          text << i + 1 << ' ' << elements[i].type << " 2 " << elements[i].group << " 1";
          for (const unsigned int node : elements[i].nodes)
            text << ' ' << node + 1;
          text << '\n';
        }
      text << "$EndElements\n";
      return text.str();
    }

    std::vector<dealii::Point<3>> nodes;
    std::vector<Element>          elements;
  };

  /// The unit square of 3 × 3 cells: node 4·j + i is at (i/3, j/3), cell 3·j + i has it for its lower left corner, and
  /// all are in `glass`. Elements are the cells, then the sides.
  inline SmallGmshMesh small_square()
  {
    using Mesh = SmallGmshMesh;
    Mesh mesh;
    for (unsigned int j = 0; j < 4; ++j)
      for (unsigned int i = 0; i < 4; ++i)
        mesh.nodes.emplace_back(i / 3., j / 3., 0.);
    for (unsigned int j = 0; j < 3; ++j)
      for (unsigned int i = 0; i < 3; ++i)
        mesh.elements.push_back(
          {Mesh::quadrilateral, Mesh::glass, {4 * j + i, 4 * j + i + 1, 4 * j + i + 5, 4 * j + i + 4}});
    for (unsigned int i = 0; i < 3; ++i)
      {
        mesh.elements.push_back({Mesh::line, Mesh::bottom, {i, i + 1}});
        mesh.elements.push_back({Mesh::line, Mesh::top, {12 + i, 13 + i}});
        mesh.elements.push_back({Mesh::line, Mesh::left, {4 * i, 4 * i + 4}});
        mesh.elements.push_back({Mesh::line, Mesh::right, {4 * i + 3, 4 * i + 7}});
      }
    return mesh;
  }

  /// A cube with edge 1/3 in the middle of the unit cube and six hexahedra around it. Node c is a corner of the outer,
  /// 8 + c of the inner cube, bits 0, 1, 2 of c being its places along x, y, z.
  ///
  /// Periodic sides cannot be numbered alike: all edges from the inner to the outer cube point the same way.
  inline SmallGmshMesh cube_in_cube()
  {
    using Mesh = SmallGmshMesh;
    Mesh mesh;
    for (const double edge : {1., 1. / 3.})
      for (unsigned int c = 0; c < 8; ++c)
        mesh.nodes.emplace_back(
          0.5 + edge * ((c & 1) - 0.5), 0.5 + edge * ((c >> 1 & 1) - 0.5), 0.5 + edge * ((c >> 2) - 0.5));
    mesh.elements.push_back({Mesh::hexahedron, Mesh::crystal, {8, 9, 11, 10, 12, 13, 15, 14}});
    const int sides[] = {Mesh::left, Mesh::right, Mesh::bottom, Mesh::top, Mesh::back, Mesh::front};
    for (unsigned int side = 0; side < 6; ++side)
      {
        const unsigned int d = side / 2, u = 1u << (d + 1) % 3, v = 1u << (d + 2) % 3, c = (side & 1) << d;
        mesh.elements.push_back(
          {Mesh::hexahedron, Mesh::glass, {c, c + u, c + u + v, c + v, c + 8, c + u + 8, c + u + v + 8, c + v + 8}});
        mesh.elements.push_back({Mesh::quadrilateral, sides[side], {c, c + u, c + u + v, c + v}});
      }
    return mesh;
  }

  /// A file that the first rank writes, and that is there as long as the object. Its path is the same on all ranks.
  class SharedFile
  {
  public:
    SharedFile(const std::string &name, const std::string &text)
      : scratch(dealii::Utilities::MPI::this_mpi_process(MPI_COMM_WORLD) == 0 ? std::make_unique<ScratchDirectory>()
                                                                              : nullptr)
      , path(dealii::Utilities::MPI::broadcast(MPI_COMM_WORLD, scratch ? scratch->write(name, text) : std::string()))
    {}

  private:
    const std::unique_ptr<ScratchDirectory> scratch;

  public:
    const std::string path;
  };
} // namespace revitra::test

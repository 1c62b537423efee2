#pragma once

#include "fem/mesh/gmsh_file.h"

#include <deal.II/base/point.h>
#include <deal.II/base/types.h>

#include <array>
#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace revitra
{
  /// Mesh of straight quadrilaterals or hexahedra as plain lists, before it is passed to deal.II. Lengths are in the
  /// deck's unit.
  template <int dim>
  struct CoarseMesh
  {
    using CellVertices = std::array<unsigned int, (1u << dim)>;
    using FaceVertices = std::array<unsigned int, (1u << (dim - 1))>;

    struct Cell
    {
      CellVertices               vertices; ///< bit d of the place in the list: the side in the cell's direction d
      dealii::types::material_id region;   ///< 0 if the mesh has no regions
      std::size_t                number;   ///< of the element in the file
    };

    struct Face
    {
      bool at_boundary() const { return cells[1] == dealii::numbers::invalid_unsigned_int; }

      FaceVertices                vertices; ///< in ascending order
      std::array<unsigned int, 2> cells;    ///< on both sides; the second is invalid_unsigned_int at the boundary
      dealii::types::boundary_id  side;     ///< of SpecimenBoundary, or free_boundary; see name_sides()
    };

    /// Vertices of the side 2·direction + upper of `cell`, in the cell's order.
    static FaceVertices side_vertices(const Cell &cell, unsigned int side);

    /// Number of `face` among the sides of its first cell.
    unsigned int side_of_cell(const Face &face) const;

    /// Vertices of `face` in its first cell's order.
    FaceVertices side_vertices(const Face &face) const;

    /// Other end of the edge that leads from `vertex` of `face` into the first cell of `face`.
    unsigned int vertex_behind(const Face &face, unsigned int vertex) const;

    /// Index in `faces` of the face with `vertices` (in ascending order); invalid_unsigned_int if there is none.
    unsigned int find_face(const FaceVertices &vertices) const;

    std::string place_of(const Cell &cell) const;           ///< "element 3 at (0.5, 0.25)", its center
    std::string place_of_vertex(unsigned int vertex) const; ///< "node 7 at (1, 0)"

    std::vector<dealii::Point<dim>> vertices;       ///< nodes that cells have
    std::vector<std::size_t>        node_numbers;   ///< of `vertices`, in the file
    std::vector<unsigned int>       vertex_of_node; ///< of GmshFile; invalid_unsigned_int if no cell's
    std::vector<Cell>               cells;
    std::vector<Face>               faces; ///< in the order of their vertices; see find_faces()
    std::map<dealii::types::material_id, std::string> regions;

    /// Length up to which differences count as rounding: a millionth of the diagonal of the box around the mesh, which
    /// covers files written with seven digits or, C++'s default, six (6e-8 and 5e-7 of a coordinate), but at most a
    /// hundredth of the shortest edge, so that distinct vertices are never identified.
    double tolerance = 0.;

    double shortest_edge = 0.; ///< of all cells
  };

  /// Text "(0.5, 0.25)".
  template <int dim>
  std::string coordinates(const dealii::Point<dim> &point);

  /// Text ", within 1e-06 (found: 0.25)", which follows what is allowed.
  std::string deviation(double found, double tolerance);

  /// Places where something is wrong: their number, and the first of them.
  class Places
  {
  public:
    void add(const std::string &place);

    unsigned int count() const { return n; }

    /// Text "a, b, c and 5 more".
    std::string text() const;

  private:
    unsigned int n = 0;
    std::string  first;
  };

  /// Sentences on the defects of a mesh, for mesh_problem().
  using MeshProblems = std::vector<std::string>;

  /// Extracts from `gmsh`, which has cells of `dim` dimensions, these cells, the vertices they use, and their regions.
  /// Adds to `problems` cells that occur twice or in several regions (the first is kept), cells in no region if others
  /// are in one and, in 2-D, vertices outside of the plane z = 0.
  template <int dim>
  CoarseMesh<dim> read_cells(const GmshFile &gmsh, MeshProblems &problems);

  /// Adds to `problems` if `mesh` is so far from the origin that rounding has degraded its edges.
  template <int dim>
  void check_rounding(const CoarseMesh<dim> &mesh, MeshProblems &problems);

  /// Makes all cells right-handed. Adds to `problems` cells that are inverted, or degenerate at a corner or, in 3-D, in
  /// the middle of an edge, of a side or of the cell.
  template <int dim>
  void make_right_handed(CoarseMesh<dim> &mesh, MeshProblems &problems);

  /// Fills `mesh.faces` except for `side`. The cells must be right-handed. Adds to `problems` faces with more than two
  /// cells, and with two on the same side.
  template <int dim>
  void find_faces(CoarseMesh<dim> &mesh, MeshProblems &problems);
} // namespace revitra

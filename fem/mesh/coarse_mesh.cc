#include "fem/mesh/coarse_mesh.h"

#include "material/base/text.h"

#include <deal.II/base/bounding_box.h>
#include <deal.II/base/tensor.h>

#include <algorithm>
#include <cmath>
#include <iomanip>
#include <limits>
#include <set>
#include <sstream>
#include <tuple>

namespace revitra
{
  using namespace dealii;

  namespace
  {
    /// Sine of the smallest angle at which a cell does not count as degenerate.
    constexpr double smallest_sine = 1e-6;

    /// Relative accuracy of an edge in single precision.
    constexpr double coarsest_rounding = 1e-7;

    const std::string allowed_cells = "; allowed are cells with a Jacobian of one sign";

    template <typename Vertices>
    Vertices ascending(Vertices vertices)
    {
      std::sort(vertices.begin(), vertices.end());
      return vertices;
    }

    /// Returns the vertex of `node`, creating it if it does not exist.
    template <int dim>
    unsigned int vertex_of(const std::size_t node, const GmshFile &gmsh, CoarseMesh<dim> &mesh)
    {
      unsigned int &vertex = mesh.vertex_of_node[node];
      if (vertex == numbers::invalid_unsigned_int)
        {
          vertex = mesh.vertices.size();
          mesh.vertices.emplace_back();
          for (unsigned int d = 0; d < dim; ++d)
            mesh.vertices.back()[d] = gmsh.nodes[node][d];
          mesh.node_numbers.push_back(gmsh.node_numbers[node]);
        }
      return vertex;
    }

    /// Index in gmsh's vertex list of the vertex that deal.II has at an index of its own.
    constexpr unsigned int gmsh_place[] = {0, 1, 3, 2, 4, 5, 7, 6};

    /// Removes duplicated cells.
    template <int dim>
    void remove_doubles(CoarseMesh<dim> &mesh, MeshProblems &problems)
    {
      std::map<typename CoarseMesh<dim>::CellVertices, types::material_id> seen;
      Places                                                               twice, in_two_regions;
      const auto is_double = [&](const typename CoarseMesh<dim>::Cell &cell) {
        const auto [first, is_new] = seen.emplace(ascending(cell.vertices), cell.region);
        if (!is_new)
          (first->second == cell.region ? twice : in_two_regions).add(mesh.place_of(cell));
        return !is_new;
      };
      mesh.cells.erase(std::remove_if(mesh.cells.begin(), mesh.cells.end(), is_double), mesh.cells.end());
      if (twice.count() > 0)
        problems.push_back("cells are there twice: " + twice.text() + "; allowed is once");
      if (in_two_regions.count() > 0)
        problems.push_back("cells are in several regions: " + in_two_regions.text() +
                           "; allowed is one physical group for each surface or volume");
    }

    template <int dim>
    void name_regions(const GmshFile &gmsh, CoarseMesh<dim> &mesh, MeshProblems &problems)
    {
      Places without;
      for (const auto &cell : mesh.cells)
        if (cell.region == 0)
          without.add(mesh.place_of(cell));
        else
          mesh.regions.emplace(cell.region, gmsh.group_name(dim, cell.region));
      if (without.count() > 0 && without.count() < mesh.cells.size())
        problems.push_back("cells are in no region while others are: " + without.text() +
                           "; allowed are all cells or none in physical groups");
    }

    template <int dim>
    double shortest_edge(const CoarseMesh<dim> &mesh)
    {
      double shortest = std::numeric_limits<double>::max();
      for (const auto &cell : mesh.cells)
        for (unsigned int i = 0; i < cell.vertices.size(); ++i)
          for (unsigned int d = 0; d < dim; ++d)
            if ((i >> d & 1) == 0)
              shortest =
                std::min(shortest, mesh.vertices[cell.vertices[i]].distance(mesh.vertices[cell.vertices[i | 1u << d]]));
      return shortest;
    }

    void check_plane(const GmshFile &gmsh, const double tolerance, MeshProblems &problems)
    {
      Places           outside;
      std::set<size_t> seen;
      double           farthest = 0.;
      for (const GmshFile::Element &element : gmsh.elements[2])
        for (unsigned int i = 0; i < 4; ++i)
          if (const double z = std::abs(gmsh.nodes[element.nodes[i]][2]);
              z > tolerance && seen.insert(element.nodes[i]).second)
            {
              farthest = std::max(farthest, z);
              outside.add("node " + std::to_string(gmsh.node_numbers[element.nodes[i]]) + " at " +
                          coordinates(gmsh.nodes[element.nodes[i]]));
            }
      if (outside.count() > 0)
        problems.push_back("is not in the x-y plane: " + outside.text() + "; allowed is z = 0" +
                           deviation(farthest, tolerance));
    }

    /// Normalized Jacobian det(J)/∏|J e_d| of the mapping of a cell at the place `at` ∈ [0, 1]^dim: between -1 and 1, 0
    /// if the cell is degenerate there.
    template <int dim>
    double scaled_jacobian(const CoarseMesh<dim>                &mesh,
                           const typename CoarseMesh<dim>::Cell &cell,
                           const Point<dim>                     &at)
    {
      Tensor<2, dim> edges; // row d: derivative by direction d
      for (unsigned int i = 0; i < cell.vertices.size(); ++i)
        for (unsigned int d = 0; d < dim; ++d)
          {
            double weight = 1.;
            for (unsigned int e = 0; e < dim; ++e)
              {
                const bool upper = i >> e & 1;
                weight *= e == d ? (upper ? 1. : -1.) : (upper ? at[e] : 1. - at[e]);
              }
            edges[d] += weight * mesh.vertices[cell.vertices[i]];
          }
      double lengths = 1.;
      for (unsigned int d = 0; d < dim; ++d)
        lengths *= edges[d].norm();
      return lengths > 0. ? determinant(edges) / lengths : 0.;
    }

    struct Range
    {
      double lowest  = std::numeric_limits<double>::max();
      double highest = std::numeric_limits<double>::lowest();
    };

    template <int dim>
    Range scaled_jacobians(const CoarseMesh<dim> &mesh, const typename CoarseMesh<dim>::Cell &cell)
    {
      constexpr unsigned int n_points = dim == 2 ? 9 : 27;
      Range                  range;
      for (unsigned int i = 0; i < n_points; ++i)
        {
          Point<dim> at;
          for (unsigned int d = 0, place = i; d < dim; ++d, place /= 3)
            at[d] = 0.5 * (place % 3);
          const double jacobian = scaled_jacobian(mesh, cell, at);
          range.lowest          = std::min(range.lowest, jacobian);
          range.highest         = std::max(range.highest, jacobian);
        }
      return range;
    }

    template <int dim>
    void mirror(typename CoarseMesh<dim>::CellVertices &vertices)
    {
      for (unsigned int i = 0; i < vertices.size(); i += 2)
        std::swap(vertices[i], vertices[i + 1]);
    }

    /// Side of a cell, with its vertices around its outer normal, the lowest one first.
    template <int dim>
    struct CellSide
    {
      typename CoarseMesh<dim>::FaceVertices vertices; ///< in ascending order
      typename CoarseMesh<dim>::FaceVertices loop;
      unsigned int                           cell;

      bool operator<(const CellSide &other) const
      {
        return std::tie(vertices, cell) < std::tie(other.vertices, other.cell);
      }
    };

    template <int dim>
    typename CoarseMesh<dim>::FaceVertices outward_loop(const typename CoarseMesh<dim>::Cell &cell,
                                                        const unsigned int                    side)
    {
      auto       loop = CoarseMesh<dim>::side_vertices(cell, side);
      const bool even = side % 2 == 0;
      if (dim == 2)
        {
          if (even == (side / 2 == 0)) // counterclockwise are the right side upward and the lower to the right
            std::swap(loop[0], loop[1]);
          return loop;
        }
      std::swap(loop[loop.size() - 2], loop[loop.size() - 1]); // from rows to a loop
      if (even == (side / 2 != 1))                             // side_vertices() has z before x in direction 1
        std::reverse(loop.begin(), loop.end());
      std::rotate(loop.begin(), std::min_element(loop.begin(), loop.end()), loop.end());
      return loop;
    }

    template <int dim>
    std::vector<CellSide<dim>> sorted_cell_sides(const CoarseMesh<dim> &mesh)
    {
      std::vector<CellSide<dim>> sides;
      sides.reserve(2 * dim * mesh.cells.size());
      for (unsigned int c = 0; c < mesh.cells.size(); ++c)
        for (unsigned int s = 0; s < 2 * dim; ++s)
          sides.push_back(
            {ascending(CoarseMesh<dim>::side_vertices(mesh.cells[c], s)), outward_loop<dim>(mesh.cells[c], s), c});
      std::sort(sides.begin(), sides.end());
      return sides;
    }

    /// Returns true if the outward direction of one is the inward direction of the other.
    template <int dim>
    bool are_opposite(const CellSide<dim> &one, const CellSide<dim> &other)
    {
      auto loop = other.loop;
      std::reverse(loop.begin() + (dim == 2 ? 0 : 1), loop.end());
      return loop == one.loop;
    }
  } // namespace

  template <int dim>
  typename CoarseMesh<dim>::FaceVertices CoarseMesh<dim>::side_vertices(const Cell &cell, const unsigned int side)
  {
    FaceVertices vertices{};
    unsigned int n = 0;
    for (unsigned int i = 0; i < cell.vertices.size(); ++i)
      if ((i >> (side / 2) & 1) == side % 2)
        vertices[n++] = cell.vertices[i];
    return vertices;
  }

  template <int dim>
  unsigned int CoarseMesh<dim>::side_of_cell(const Face &face) const
  {
    unsigned int side = 0;
    while (ascending(side_vertices(cells[face.cells[0]], side)) != face.vertices)
      ++side;
    return side;
  }

  template <int dim>
  typename CoarseMesh<dim>::FaceVertices CoarseMesh<dim>::side_vertices(const Face &face) const
  {
    return side_vertices(cells[face.cells[0]], side_of_cell(face));
  }

  template <int dim>
  unsigned int CoarseMesh<dim>::vertex_behind(const Face &face, const unsigned int vertex) const
  {
    const CellVertices &list  = cells[face.cells[0]].vertices;
    const unsigned int  place = std::find(list.begin(), list.end(), vertex) - list.begin();
    return list[place ^ (1u << (side_of_cell(face) / 2))];
  }

  template <int dim>
  unsigned int CoarseMesh<dim>::find_face(const FaceVertices &vertices) const
  {
    const auto face = std::lower_bound(
      faces.begin(), faces.end(), vertices, [](const Face &face, const auto &key) { return face.vertices < key; });
    return face != faces.end() && face->vertices == vertices ? face - faces.begin() : numbers::invalid_unsigned_int;
  }

  template <int dim>
  std::string CoarseMesh<dim>::place_of(const Cell &cell) const
  {
    Point<dim> center;
    for (const unsigned int vertex : cell.vertices)
      center += vertices[vertex] / (1. * cell.vertices.size());
    return "element " + std::to_string(cell.number) + " at " + coordinates(center);
  }

  template <int dim>
  std::string CoarseMesh<dim>::place_of_vertex(const unsigned int vertex) const
  {
    return "node " + std::to_string(node_numbers[vertex]) + " at " + coordinates(vertices[vertex]);
  }

  template <int dim>
  std::string coordinates(const Point<dim> &point)
  {
    std::ostringstream text;
    for (unsigned int d = 0; d < dim; ++d)
      text << (d == 0 ? "(" : ", ") << point[d];
    return text.str() + ")";
  }

  std::string deviation(const double found, const double tolerance)
  {
    std::ostringstream text;
    text << std::setprecision(3) << ", within " << tolerance << " (found: " << found << ")";
    return text.str();
  }

  void Places::add(const std::string &place)
  {
    if (n < 3)
      first += (n == 0 ? "" : ", ") + place;
    ++n;
  }

  std::string Places::text() const
  {
    return n <= 3 ? first : first + " and " + std::to_string(n - 3) + " more";
  }

  template <int dim>
  CoarseMesh<dim> read_cells(const GmshFile &gmsh, MeshProblems &problems)
  {
    CoarseMesh<dim> mesh;
    mesh.vertex_of_node.assign(gmsh.nodes.size(), numbers::invalid_unsigned_int);
    for (const GmshFile::Element &element : gmsh.elements[dim])
      {
        typename CoarseMesh<dim>::Cell cell;
        for (unsigned int i = 0; i < cell.vertices.size(); ++i)
          cell.vertices[i] = vertex_of(element.nodes[gmsh_place[i]], gmsh, mesh);
        cell.region = element.group;
        cell.number = element.number;
        mesh.cells.push_back(cell);
      }
    const auto   corners = BoundingBox<dim>(mesh.vertices).get_boundary_points();
    const double size    = corners.first.distance(corners.second);
    mesh.shortest_edge   = shortest_edge(mesh);
    mesh.tolerance       = std::clamp(0.01 * mesh.shortest_edge, 1e-8 * size, 1e-6 * size);
    remove_doubles(mesh, problems);
    name_regions(gmsh, mesh, problems);
    if (dim == 2)
      check_plane(gmsh, mesh.tolerance, problems);
    return mesh;
  }

  template <int dim>
  void check_rounding(const CoarseMesh<dim> &mesh, MeshProblems &problems)
  {
    unsigned int farthest = 0;
    double       distance = 0.;
    for (unsigned int vertex = 0; vertex < mesh.vertices.size(); ++vertex)
      for (unsigned int d = 0; d < dim; ++d)
        if (const double coordinate = std::abs(mesh.vertices[vertex][d]); coordinate > distance)
          {
            distance = coordinate;
            farthest = vertex;
          }
    const double rounding = std::numeric_limits<double>::epsilon() * distance;
    if (rounding > coarsest_rounding * mesh.shortest_edge && mesh.shortest_edge > 0.)
      problems.push_back("is too far from the origin: " + mesh.place_of_vertex(farthest) + " is rounded to " +
                         shortest(rounding) + "; allowed is " + shortest(coarsest_rounding) +
                         " of the shortest edge, " + shortest(mesh.shortest_edge) +
                         ": move the mesh to the origin (gmsh: Translate)");
  }

  template <int dim>
  void make_right_handed(CoarseMesh<dim> &mesh, MeshProblems &problems)
  {
    Places inside_out, degenerate;
    for (auto &cell : mesh.cells)
      {
        const Range jacobians = scaled_jacobians(mesh, cell);
        if (jacobians.lowest < -smallest_sine && jacobians.highest > smallest_sine)
          inside_out.add(mesh.place_of(cell));
        else if (jacobians.lowest < smallest_sine && jacobians.highest > -smallest_sine)
          degenerate.add(mesh.place_of(cell));
        if (jacobians.lowest + jacobians.highest < 0.)
          mirror<dim>(cell.vertices);
      }
    if (inside_out.count() > 0)
      problems.push_back("cells are inside out in part (a corner turned inward, or sides that cross): " +
                         inside_out.text() + allowed_cells);
    if (degenerate.count() > 0)
      problems.push_back("cells are degenerate (flat, or an angle of 0 or 180 degrees): " + degenerate.text() +
                         allowed_cells);
  }

  template <int dim>
  void find_faces(CoarseMesh<dim> &mesh, MeshProblems &problems)
  {
    Places                           crowded, overlapping;
    const std::vector<CellSide<dim>> sides = sorted_cell_sides(mesh);
    mesh.faces.clear();
    for (auto side = sides.begin(), next = side; side != sides.end(); side = next)
      {
        next = std::find_if(side, sides.end(), [&](const auto &other) { return other.vertices != side->vertices; });
        const auto n = next - side;
        mesh.faces.push_back({side->vertices,
                              {{side->cell, n > 1 ? side[1].cell : numbers::invalid_unsigned_int}},
                              numbers::internal_face_boundary_id});
        if (n > 2)
          crowded.add(mesh.place_of(mesh.cells[side[2].cell]));
        else if (n == 2 && !are_opposite(side[0], side[1]))
          overlapping.add(mesh.place_of(mesh.cells[side[0].cell]) + " on element " +
                          std::to_string(mesh.cells[side[1].cell].number));
      }
    if (crowded.count() > 0)
      problems.push_back("more than two cells have a side in common: " + crowded.text() + "; allowed are two");
    if (overlapping.count() > 0)
      problems.push_back("neighbors lie on top of each other: " + overlapping.text() +
                         "; allowed are cells on both sides of what they share");
  }

  template struct CoarseMesh<2>;
  template struct CoarseMesh<3>;
  template std::string   coordinates(const Point<2> &);
  template std::string   coordinates(const Point<3> &);
  template CoarseMesh<2> read_cells(const GmshFile &, MeshProblems &);
  template CoarseMesh<3> read_cells(const GmshFile &, MeshProblems &);
  template void          check_rounding(const CoarseMesh<2> &, MeshProblems &);
  template void          check_rounding(const CoarseMesh<3> &, MeshProblems &);
  template void          make_right_handed(CoarseMesh<2> &, MeshProblems &);
  template void          make_right_handed(CoarseMesh<3> &, MeshProblems &);
  template void          find_faces(CoarseMesh<2> &, MeshProblems &);
  template void          find_faces(CoarseMesh<3> &, MeshProblems &);
} // namespace revitra

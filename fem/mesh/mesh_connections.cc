#include "fem/mesh/mesh_connections.h"

#include "fem/mesh/vertex_search.h"

#include <deal.II/base/tensor.h>

#include <boost/pending/disjoint_sets.hpp>

#include <algorithm>
#include <set>
#include <utility>

namespace revitra
{
  using namespace dealii;

  namespace
  {
    /// Disjoint sets of the numbers 0 to n - 1, which can be united.
    using Groups = boost::disjoint_sets_with_storage<>;

    /// Lines or triangles that a face consists of, as indices into CoarseMesh::side_vertices().
    template <int dim>
    std::vector<std::array<unsigned int, dim>> simplices_of_face()
    {
      if constexpr (dim == 2)
        return {{{0, 1}}};
      else
        return {{{0, 1, 2}}, {{3, 1, 2}}};
    }

    /// Returns true if `point` is within `tolerance` of the simplex with `corners`.
    template <int dim>
    bool lies_on_simplex(const Point<dim> &point, const std::array<Point<dim>, dim> &corners, const double tolerance)
    {
      Tensor<2, dim - 1> gram;
      Tensor<1, dim - 1> right;
      for (unsigned int i = 1; i < dim; ++i)
        {
          right[i - 1] = (corners[i] - corners[0]) * (point - corners[0]);
          for (unsigned int j = 1; j < dim; ++j)
            gram[i - 1][j - 1] = (corners[i] - corners[0]) * (corners[j] - corners[0]);
        }
      const Tensor<1, dim - 1> weights = invert(gram) * right; // not numbers if the simplex is degenerate
      Tensor<1, dim>           apart   = point - corners[0];
      bool                     within  = true;
      double                   sum     = 0.;
      for (unsigned int i = 1; i < dim; ++i)
        {
          within = within && weights[i - 1] > -1e-8;
          sum += weights[i - 1];
          apart -= weights[i - 1] * (corners[i] - corners[0]);
        }
      return within && sum < 1. + 1e-8 && apart.norm() < tolerance;
    }

    template <int dim>
    bool lies_on(const Point<dim> &point, const std::vector<Point<dim>> &face, const double tolerance)
    {
      for (const auto &simplex : simplices_of_face<dim>())
        {
          std::array<Point<dim>, dim> corners;
          for (unsigned int i = 0; i < dim; ++i)
            corners[i] = face[simplex[i]];
          if (lies_on_simplex<dim>(point, corners, tolerance))
            return true;
        }
      return false;
    }

    template <int dim>
    void check_coincidence(const CoarseMesh<dim>           &mesh,
                           const std::vector<unsigned int> &vertices,
                           const VertexSearch<dim>         &search,
                           MeshProblems                    &problems)
    {
      Places doubles;
      for (const unsigned int vertex : vertices)
        for (const unsigned int other : search.near({mesh.vertices[vertex]}, mesh.tolerance))
          if (other > vertex)
            doubles.add(mesh.place_of_vertex(vertex) + " and node " + std::to_string(mesh.node_numbers[other]));
      if (doubles.count() > 0)
        problems.push_back("vertices are in the same place: " + doubles.text() +
                           "; allowed is one, which all cells that meet there have (gmsh: Coherence)");
    }

    template <int dim>
    void check_hanging(const CoarseMesh<dim> &mesh, const VertexSearch<dim> &search, MeshProblems &problems)
    {
      Places hanging;
      for (const auto &face : mesh.faces)
        if (face.at_boundary())
          {
            std::vector<Point<dim>> corners;
            for (const unsigned int vertex : mesh.side_vertices(face))
              corners.push_back(mesh.vertices[vertex]);
            for (const unsigned int vertex : search.near(corners, mesh.tolerance))
              {
                const Point<dim> &point = mesh.vertices[vertex];
                const bool is_corner    = std::any_of(corners.begin(), corners.end(), [&](const Point<dim> &corner) {
                  return corner.distance(point) <= 2. * mesh.tolerance;
                });
                if (!is_corner && lies_on(point, corners, mesh.tolerance))
                  hanging.add(mesh.place_of_vertex(vertex) + " on " + mesh.place_of(mesh.cells[face.cells[0]]));
              }
          }
      if (hanging.count() > 0)
        problems.push_back("vertices hang on the sides of cells that do not have them: " + hanging.text() +
                           "; allowed are cells that share whole sides");
    }

    using Edge = std::pair<unsigned int, unsigned int>;

    Edge ascending(const Edge &edge)
    {
      return {std::min(edge.first, edge.second), std::max(edge.first, edge.second)};
    }

    /// Edges of a mesh, each with two directions.
    ///
    /// Directions of edges that must point the same way are in the same set, and their opposites in another; if a
    /// direction and its opposite are in the same set, this is impossible.
    template <int dim>
    class EdgeDirections
    {
    public:
      /// Requires that edges point the same way as those parallel to them in a cell.
      explicit EdgeDirections(const CoarseMesh<dim> &mesh)
        : mesh(mesh)
        , edges(edges_of(mesh))
        , groups(2 * edges.size())
      {
        for (const auto &cell : mesh.cells)
          for (unsigned int i = 0; i < cell.vertices.size(); ++i)
            for (unsigned int d = 0; d < dim; ++d)
              if ((i >> d & 1) == 0)
                unite({cell.vertices[0], cell.vertices[1u << d]}, {cell.vertices[i], cell.vertices[i | 1u << d]});
      }

      /// Requires that edges on the lower side point the same way as those opposite to them.
      void unite_along(const PeriodicSides &sides)
      {
        for (const Edge &edge : edges)
          {
            const auto first = sides.partner.find(edge.first), second = sides.partner.find(edge.second);
            if (first != sides.partner.end() && second != sides.partner.end())
              if (const Edge partner = {first->second, second->second}; has(partner))
                unite(edge, partner);
          }
      }

      /// Requires that edges that end at the upper side point the same way as those that continue at the lower side.
      void unite_across(const PeriodicSides &sides)
      {
        for (const auto &face : mesh.faces)
          if (face.side == sides.lower)
            {
              const auto        &opposite = mesh.faces[mesh.find_face(opposite_face(face.vertices, sides))];
              const unsigned int vertex   = face.vertices[0];
              const unsigned int partner  = sides.partner.at(vertex);
              unite({vertex, mesh.vertex_behind(face, vertex)}, {mesh.vertex_behind(opposite, partner), partner});
            }
      }

      bool are_possible()
      {
        for (std::size_t direction = 0; direction < 2 * edges.size(); direction += 2)
          if (groups.find_set(direction) == groups.find_set(direction + 1))
            return false;
        return true;
      }

      /// Returns true if the direction chosen for `edge` is from its first to its second vertex.
      bool is_forward(const Edge &edge)
      {
        return groups.find_set(number(edge)) < groups.find_set(number({edge.second, edge.first}));
      }

    private:
      static std::vector<Edge> edges_of(const CoarseMesh<dim> &mesh)
      {
        std::vector<Edge> edges;
        for (const auto &cell : mesh.cells)
          for (unsigned int i = 0; i < cell.vertices.size(); ++i)
            for (unsigned int d = 0; d < dim; ++d)
              if ((i >> d & 1) == 0)
                edges.push_back(ascending({cell.vertices[i], cell.vertices[i | 1u << d]}));
        std::sort(edges.begin(), edges.end());
        edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
        return edges;
      }

      bool has(const Edge &edge) const { return std::binary_search(edges.begin(), edges.end(), ascending(edge)); }

      /// Index of the direction of an edge from its first to its second vertex.
      std::size_t number(const Edge &edge) const
      {
        const auto found = std::lower_bound(edges.begin(), edges.end(), ascending(edge));
        return 2 * (found - edges.begin()) + (edge.first > edge.second);
      }

      void unite(const Edge &one, const Edge &other)
      {
        groups.union_set(number(one), number(other));
        groups.union_set(number({one.second, one.first}), number({other.second, other.first}));
      }

      const CoarseMesh<dim> &mesh;
      std::vector<Edge>      edges; ///< in ascending order
      Groups                 groups;
    };

    /// Index in the list of a cell's vertices after the directions 0 and 1 have been exchanged.
    unsigned int transposed(const unsigned int place)
    {
      return (place & ~3u) | (place & 1u) << 1 | (place & 2u) >> 1;
    }

    /// Lists `vertices` with each direction d of the cell reversed for which bit d of `turned` is set.
    template <typename CellVertices>
    CellVertices turn_directions(const CellVertices &vertices, const unsigned int turned)
    {
      bool mirrored = false;
      for (unsigned int bits = turned; bits != 0; bits &= bits - 1)
        mirrored = !mirrored;
      CellVertices result;
      for (unsigned int i = 0; i < vertices.size(); ++i)
        result[i] = vertices[(mirrored ? transposed(i) : i) ^ turned];
      return result;
    }

    template <int dim>
    void orient_cells(EdgeDirections<dim> &directions, CoarseMesh<dim> &mesh)
    {
      for (auto &cell : mesh.cells)
        {
          unsigned int turned = 0;
          for (unsigned int d = 0; d < dim; ++d)
            if (!directions.is_forward({cell.vertices[0], cell.vertices[1u << d]}))
              turned |= 1u << d;
          cell.vertices = turn_directions(cell.vertices, turned);
        }
    }
  } // namespace

  template <int dim>
  void check_vertices(const CoarseMesh<dim> &mesh, MeshProblems &problems)
  {
    std::set<unsigned int> at_boundary;
    for (const auto &face : mesh.faces)
      if (face.at_boundary())
        at_boundary.insert(face.vertices.begin(), face.vertices.end());
    const std::vector<unsigned int> vertices(at_boundary.begin(), at_boundary.end());
    const VertexSearch<dim>         search(mesh, vertices);
    check_coincidence(mesh, vertices, search, problems);
    check_hanging(mesh, search, problems);
  }

  template <int dim>
  void check_parts(const CoarseMesh<dim> &mesh, const std::vector<PeriodicSides> &periodic, MeshProblems &problems)
  {
    Groups parts(mesh.cells.size());
    for (const auto &face : mesh.faces)
      if (!face.at_boundary())
        parts.union_set(face.cells[0], face.cells[1]);
      else
        for (const PeriodicSides &sides : periodic)
          if (face.side == sides.lower)
            parts.union_set(face.cells[0], mesh.faces[mesh.find_face(opposite_face(face.vertices, sides))].cells[0]);

    Places firsts;
    for (unsigned int cell = 0; cell < mesh.cells.size(); ++cell)
      if (parts.find_set(cell) == cell)
        firsts.add(mesh.place_of(mesh.cells[cell]));
    if (firsts.count() > 1)
      problems.push_back("is in " + std::to_string(firsts.count()) +
                         " parts that share no sides of cells; allowed is one; a cell of each: " + firsts.text());
  }

  template <int dim>
  Orientation orient_edges(const std::vector<PeriodicSides> &periodic, CoarseMesh<dim> &mesh)
  {
    const EdgeDirections<dim> inside(mesh);
    EdgeDirections<dim>       along = inside;
    for (const PeriodicSides &sides : periodic)
      along.unite_along(sides);
    EdgeDirections<dim> across = along;
    for (const PeriodicSides &sides : periodic)
      across.unite_across(sides);

    for (EdgeDirections<dim> directions : {across, along, inside})
      if (directions.are_possible())
        {
          orient_cells(directions, mesh);
          break;
        }
    return (dim == 2 ? along : across).are_possible() ? Orientation::standard : Orientation::different;
  }

  template void        check_vertices(const CoarseMesh<2> &, MeshProblems &);
  template void        check_vertices(const CoarseMesh<3> &, MeshProblems &);
  template void        check_parts(const CoarseMesh<2> &, const std::vector<PeriodicSides> &, MeshProblems &);
  template void        check_parts(const CoarseMesh<3> &, const std::vector<PeriodicSides> &, MeshProblems &);
  template Orientation orient_edges(const std::vector<PeriodicSides> &, CoarseMesh<2> &);
  template Orientation orient_edges(const std::vector<PeriodicSides> &, CoarseMesh<3> &);
} // namespace revitra

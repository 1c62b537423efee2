#include "fem/mesh/gmsh_sides.h"

#include "fem/mesh/box.h"
#include "fem/mesh/gmsh_mesh.h"
#include "fem/mesh/vertex_search.h"
#include "material/base/text.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <set>

namespace revitra
{
  using namespace dealii;

  namespace
  {
    // side_names are in the order of SpecimenBoundary::Id: 2·i and 2·i + 1 are opposite sides.

    /// Direction normal to the sides 2·i and 2·i + 1.
    constexpr unsigned int normal_direction[] = {1, 0, 2};

    constexpr char axis[] = {'x', 'y', 'z'};

    /// Shortest edge allowed on periodic sides: deal.II identifies their vertices up to a distance of 1e-10, in any
    /// unit of length.
    constexpr double smallest_periodic_edge = 1e-8;

    /// Fraction of the tolerance up to which a deviation from a plane has no effect and is left as it is.
    constexpr double left_as_it_is = 0.01;

    /// Number of `side_names` that a specimen needs, counted from the first.
    template <int dim>
    unsigned int n_needed(const Deck::LateralBoundary lateral_boundary)
    {
      return lateral_boundary == Deck::LateralBoundary::periodic ? 2 * dim : 2;
    }

    std::string quoted(const std::string &name)
    {
      return '`' + name + '`';
    }

    /// Text "`a`, `b` and `c`".
    template <typename Names>
    std::string enumeration(const Names &names)
    {
      std::string  text;
      unsigned int n = 0;
      for (const std::string &name : names)
        text += (n++ == 0 ? "" : n == names.size() ? " and " : ", ") + quoted(name);
      return text;
    }

    /// Side that the name of a group stands for, if any.
    template <int dim>
    std::optional<types::boundary_id> side_named(const std::string &name)
    {
      const auto end   = side_names.begin() + 2 * dim;
      const auto found = std::find(side_names.begin(), end, name);
      return found != end ? std::make_optional<types::boundary_id>(found - side_names.begin()) : std::nullopt;
    }

    /// Face that `element` of the boundary is; invalid_unsigned_int if no cell has it.
    template <int dim>
    unsigned int face_of(const GmshFile::Element &element, const CoarseMesh<dim> &mesh)
    {
      typename CoarseMesh<dim>::FaceVertices vertices;
      for (unsigned int i = 0; i < vertices.size(); ++i)
        vertices[i] = mesh.vertex_of_node[element.nodes[i]];
      std::sort(vertices.begin(), vertices.end());
      return mesh.find_face(vertices);
    }

    /// Elements that the group of a side should not contain.
    struct Misplaced
    {
      Places strange, inside, elsewhere;
    };

    void report(const std::string &group, const Misplaced &misplaced, MeshProblems &problems)
    {
      const std::string has     = "physical group " + quoted(group) + " has ";
      const std::string allowed = "; allowed are sides of cells at the boundary, each in one such group";
      if (misplaced.strange.count() > 0)
        problems.push_back(has + "what is no side of a cell: " + misplaced.strange.text() + allowed);
      if (misplaced.inside.count() > 0)
        problems.push_back(has + "what is not at the boundary: " + misplaced.inside.text() + allowed);
      if (misplaced.elsewhere.count() > 0)
        problems.push_back(has + "what is in another side's group: " + misplaced.elsewhere.text() + allowed);
    }

    template <int dim>
    std::vector<unsigned int> vertices_of_side(const CoarseMesh<dim> &mesh, const types::boundary_id side)
    {
      std::set<unsigned int> vertices;
      for (const auto &face : mesh.faces)
        if (face.side == side)
          vertices.insert(face.vertices.begin(), face.vertices.end());
      return {vertices.begin(), vertices.end()};
    }

    /// Position of a side along its normal.
    struct Extent
    {
      bool   empty() const { return lowest > highest; }
      double middle() const { return 0.5 * (lowest + highest); }

      double lowest  = std::numeric_limits<double>::max();
      double highest = std::numeric_limits<double>::lowest();
    };

    template <int dim>
    Extent extent_of_side(const CoarseMesh<dim> &mesh, const types::boundary_id side)
    {
      Extent extent;
      for (const unsigned int vertex : vertices_of_side(mesh, side))
        {
          const double place = mesh.vertices[vertex][normal_direction[side / 2]];
          extent.lowest      = std::min(extent.lowest, place);
          extent.highest     = std::max(extent.highest, place);
        }
      return extent;
    }

    /// Text "`left` at x = 0".
    std::string side_at(const types::boundary_id side, const double place)
    {
      return quoted(side_names[side]) + " at " + axis[normal_direction[side / 2]] + " = " + shortest(place);
    }

    /// Returns true if a side exists and is plane; adds to `problems` if it is not plane.
    template <int dim>
    bool check_flatness(const CoarseMesh<dim> &mesh, const types::boundary_id side, MeshProblems &problems)
    {
      const Extent extent = extent_of_side(mesh, side);
      if (extent.highest - extent.lowest <= mesh.tolerance)
        return !extent.empty();
      const std::string direction(1, axis[normal_direction[side / 2]]);
      problems.push_back(quoted(side_names[side]) + " is not flat: it reaches from " + direction + " = " +
                         shortest(extent.lowest) + " to " + shortest(extent.highest) + "; allowed is the same " +
                         direction + " everywhere" + deviation(extent.highest - extent.lowest, mesh.tolerance));
      return false;
    }

    template <int dim>
    bool check_between(const CoarseMesh<dim> &mesh, const types::boundary_id lower, MeshProblems &problems)
    {
      const double      low      = extent_of_side(mesh, lower).middle();
      const double      high     = extent_of_side(mesh, lower + 1).middle();
      const std::string low_side = side_at(lower, low), high_side = side_at(lower + 1, high);
      if (low >= high)
        {
          problems.push_back(low_side + " and " + high_side +
                             " are the wrong way round; allowed is the first at the smaller");
          return false;
        }
      Places beyond;
      double farthest = 0.;
      for (unsigned int vertex = 0; vertex < mesh.vertices.size(); ++vertex)
        {
          const double place   = mesh.vertices[vertex][normal_direction[lower / 2]];
          const double outside = std::max(low - place, place - high);
          farthest             = std::max(farthest, outside);
          if (outside > mesh.tolerance)
            beyond.add(mesh.place_of_vertex(vertex));
        }
      if (beyond.count() > 0)
        problems.push_back("is not all between " + low_side + " and " + high_side + ": " + beyond.text() +
                           "; allowed is nothing beyond them" + deviation(farthest, mesh.tolerance));
      return beyond.count() == 0;
    }

    /// Pairing of two opposite sides, and what remains without a partner.
    template <int dim>
    class SideMatching
    {
    public:
      SideMatching(const CoarseMesh<dim> &mesh, const types::boundary_id lower)
        : mesh(mesh)
        , period(extent_of_side(mesh, lower + 1).middle() - extent_of_side(mesh, lower).middle())
        , sides{lower, {}}
      {
        match_vertices();
        if (lonely.count() == 0)
          match_faces();
      }

      const PeriodicSides &matched() const { return sides; }
      const Places        &unmatched() const { return lonely; }

      /// Text on the largest distance between a vertex and the image of another, and the one allowed; empty if that is
      /// met.
      std::string apart() const
      {
        return farthest > mesh.tolerance ? deviation(farthest, mesh.tolerance) : std::string();
      }

      /// Position of the partner of `vertex`.
      Point<dim> image(const unsigned int vertex) const
      {
        Point<dim> image = mesh.vertices[vertex];
        image[normal_direction[sides.lower / 2]] += period;
        return image;
      }

    private:
      void match_vertices()
      {
        const std::vector<unsigned int> upper = vertices_of_side(mesh, sides.lower + 1);
        const VertexSearch<dim>         search(mesh, upper);
        std::set<unsigned int>          left_over(upper.begin(), upper.end());
        for (const unsigned int vertex : vertices_of_side(mesh, sides.lower))
          {
            const unsigned int nearest  = search.nearest(image(vertex));
            const double       distance = image(vertex).distance(mesh.vertices[nearest]);
            farthest                    = std::max(farthest, distance);
            if (distance <= mesh.tolerance)
              {
                sides.partner[vertex] = nearest;
                left_over.erase(nearest);
              }
            else
              lonely.add(mesh.place_of_vertex(vertex) + " has no partner at " + coordinates(image(vertex)) +
                         ", the nearest is " + mesh.place_of_vertex(nearest));
          }
        for (const unsigned int vertex : left_over)
          lonely.add(mesh.place_of_vertex(vertex) + " has no partner");
      }

      void match_faces()
      {
        std::set<unsigned int> opposite;
        for (const auto &face : mesh.faces)
          if (face.side == sides.lower)
            {
              const unsigned int found = mesh.find_face(opposite_face(face.vertices, sides));
              if (found == numbers::invalid_unsigned_int || mesh.faces[found].side != sides.lower + 1)
                add_lonely(face);
              opposite.insert(found);
            }
        for (unsigned int face = 0; face < mesh.faces.size(); ++face)
          if (mesh.faces[face].side == sides.lower + 1 && opposite.count(face) == 0)
            add_lonely(mesh.faces[face]);
      }

      void add_lonely(const typename CoarseMesh<dim>::Face &face)
      {
        lonely.add("a side of " + mesh.place_of(mesh.cells[face.cells[0]]) + " has no partner");
      }

      const CoarseMesh<dim> &mesh;
      const double           period;
      PeriodicSides          sides;
      Places                 lonely;
      double                 farthest = 0.;
    };

    template <int dim>
    void check_edges(const CoarseMesh<dim> &mesh, const types::boundary_id side, MeshProblems &problems)
    {
      for (const auto &face : mesh.faces)
        if (face.side == side)
          for (unsigned int i = 0; i < face.vertices.size(); ++i)
            for (unsigned int j = 0; j < i; ++j)
              if (mesh.vertices[face.vertices[i]].distance(mesh.vertices[face.vertices[j]]) < smallest_periodic_edge)
                return problems.push_back(mesh.place_of(mesh.cells[face.cells[0]]) +
                                          " is too small for a periodic side, " + quoted(side_names[side]) +
                                          "; allowed are edges of at least " + shortest(smallest_periodic_edge) +
                                          ": take a smaller unit of length");
    }
  } // namespace

  template <int dim>
  void check_groups(const GmshFile &gmsh, const Deck::LateralBoundary lateral_boundary, MeshProblems &problems)
  {
    std::set<std::string> there;
    for (const GmshFile::Element &element : gmsh.elements[dim - 1])
      if (element.group != 0)
        there.insert(gmsh.group_name(dim - 1, element.group));
    std::vector<std::string> missing;
    for (unsigned int side = 0; side < n_needed<dim>(lateral_boundary); ++side)
      if (there.count(side_names[side]) == 0)
        missing.push_back(side_names[side]);
    if (missing.empty())
      return;
    const std::string kind = dim == 2 ? "curves" : "surfaces";
    problems.push_back("has no " + kind + " in the physical group" + (missing.size() > 1 ? "s " : " ") +
                       enumeration(missing) + ", which Specimen/Lateral boundary = " +
                       (lateral_boundary == Deck::LateralBoundary::periodic ? "periodic" : "free") +
                       " needs; its groups of " + kind + " are " + (there.empty() ? "none" : enumeration(there)));
  }

  template <int dim>
  void name_sides(const GmshFile &gmsh, CoarseMesh<dim> &mesh, MeshProblems &problems)
  {
    for (auto &face : mesh.faces)
      face.side = free_boundary;
    std::map<types::boundary_id, Misplaced> misplaced;
    for (const GmshFile::Element &element : gmsh.elements[dim - 1])
      if (const auto side = side_named<dim>(gmsh.group_name(dim - 1, element.group)))
        {
          const unsigned int face  = face_of(element, mesh);
          const std::string  place = "element " + std::to_string(element.number);
          if (face == numbers::invalid_unsigned_int)
            misplaced[*side].strange.add(place);
          else if (!mesh.faces[face].at_boundary())
            misplaced[*side].inside.add(place);
          else if (mesh.faces[face].side != free_boundary && mesh.faces[face].side != *side)
            misplaced[*side].elsewhere.add(place + " in " + quoted(side_names[mesh.faces[face].side]));
          else
            mesh.faces[face].side = *side;
        }
    for (const auto &[side, places] : misplaced)
      report(side_names[side], places, problems);
  }

  template <int dim>
  bool check_planes(const CoarseMesh<dim> &mesh, const Deck::LateralBoundary lateral_boundary, MeshProblems &problems)
  {
    bool good = true;
    for (types::boundary_id lower = 0; lower < n_needed<dim>(lateral_boundary); lower += 2)
      {
        const bool lower_is_flat = check_flatness(mesh, lower, problems);
        const bool upper_is_flat = check_flatness(mesh, lower + 1, problems);
        good                     = lower_is_flat && upper_is_flat && check_between(mesh, lower, problems) && good;
      }
    return good;
  }

  template <int dim>
  void flatten_sides(const Deck::LateralBoundary lateral_boundary, CoarseMesh<dim> &mesh)
  {
    const double rounding = left_as_it_is * mesh.tolerance;
    for (types::boundary_id lower = 0; lower < n_needed<dim>(lateral_boundary); lower += 2)
      {
        const unsigned int direction = normal_direction[lower / 2];
        for (const types::boundary_id side : {lower, static_cast<types::boundary_id>(lower + 1)})
          if (const Extent extent = extent_of_side(mesh, side); extent.highest - extent.lowest > rounding)
            for (const unsigned int vertex : vertices_of_side(mesh, side))
              mesh.vertices[vertex][direction] = extent.middle();
        const double low  = extent_of_side(mesh, lower).lowest;
        const double high = extent_of_side(mesh, lower + 1).highest;
        for (Point<dim> &vertex : mesh.vertices)
          if (std::max(low - vertex[direction], vertex[direction] - high) > rounding)
            vertex[direction] = std::clamp(vertex[direction], low, high);
      }
  }

  template <int dim>
  std::vector<PeriodicSides> match_lateral_sides(CoarseMesh<dim> &mesh, MeshProblems &problems)
  {
    std::vector<PeriodicSides> pairs;
    for (types::boundary_id lower = SpecimenBoundary::left; lower < 2 * dim; lower += 2)
      {
        const SideMatching<dim> matching(mesh, lower);
        if (matching.unmatched().count() > 0)
          problems.push_back(quoted(side_names[lower]) + " and " + quoted(side_names[lower + 1]) + " do not match: " +
                             matching.unmatched().text() + "; allowed are sides meshed alike (gmsh: " +
                             (dim == 2 ? "Periodic Curve)" : "Periodic Surface)") + matching.apart());
        check_edges(mesh, lower, problems);
        pairs.push_back(matching.matched());
        for (const auto [vertex, partner] : pairs.back().partner)
          mesh.vertices[partner] = matching.image(vertex);
      }
    return pairs;
  }

  template <typename FaceVertices>
  FaceVertices opposite_face(FaceVertices face, const PeriodicSides &sides)
  {
    for (unsigned int &vertex : face)
      {
        const auto partner = sides.partner.find(vertex);
        vertex             = partner != sides.partner.end() ? partner->second : numbers::invalid_unsigned_int;
      }
    std::sort(face.begin(), face.end());
    return face;
  }

  template <int dim>
  double area_of_side(const CoarseMesh<dim> &mesh, const types::boundary_id side)
  {
    double area = 0.;
    for (const auto &face : mesh.faces)
      if (face.side == side)
        {
          const auto vertices = mesh.side_vertices(face);
          const auto between  = [&](const unsigned int i, const unsigned int j) {
            return mesh.vertices[vertices[j]] - mesh.vertices[vertices[i]];
          };
          if constexpr (dim == 2)
            area += between(0, 1).norm();
          else
            area += 0.5 * cross_product_3d(between(0, 3), between(1, 2)).norm(); // of the diagonals
        }
    return area;
  }

  template void                        check_groups<2>(const GmshFile &, Deck::LateralBoundary, MeshProblems &);
  template void                        check_groups<3>(const GmshFile &, Deck::LateralBoundary, MeshProblems &);
  template void                        name_sides(const GmshFile &, CoarseMesh<2> &, MeshProblems &);
  template void                        name_sides(const GmshFile &, CoarseMesh<3> &, MeshProblems &);
  template bool                        check_planes(const CoarseMesh<2> &, Deck::LateralBoundary, MeshProblems &);
  template bool                        check_planes(const CoarseMesh<3> &, Deck::LateralBoundary, MeshProblems &);
  template double                      area_of_side(const CoarseMesh<2> &, types::boundary_id);
  template double                      area_of_side(const CoarseMesh<3> &, types::boundary_id);
  template void                        flatten_sides(Deck::LateralBoundary, CoarseMesh<2> &);
  template void                        flatten_sides(Deck::LateralBoundary, CoarseMesh<3> &);
  template std::vector<PeriodicSides>  match_lateral_sides(CoarseMesh<2> &, MeshProblems &);
  template std::vector<PeriodicSides>  match_lateral_sides(CoarseMesh<3> &, MeshProblems &);
  template std::array<unsigned int, 2> opposite_face(std::array<unsigned int, 2>, const PeriodicSides &);
  template std::array<unsigned int, 4> opposite_face(std::array<unsigned int, 4>, const PeriodicSides &);
} // namespace revitra

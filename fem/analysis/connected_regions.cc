#include "fem/analysis/connected_regions.h"

#include <deal.II/base/mpi.h>
#include <deal.II/base/numbers.h>
#include <deal.II/grid/grid_tools.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <tuple>

namespace revitra
{
  using namespace dealii;

  namespace
  {
    template <int dim>
    using Cell = typename Triangulation<dim>::active_cell_iterator;

    /// Which cells touch. Neighbors over a face are at most a level apart, so that the smaller one has a vertex of the
    /// larger one, or of the larger one's image.
    template <int dim>
    class Neighborhood
    {
    public:
      Neighborhood(const Triangulation<dim> &triangulation, const Tensor<1, dim> &periods)
        : vertices(triangulation.get_vertices())
        , periods(periods)
        , cells_at(GridTools::vertex_to_cell_map(triangulation))
      {
        GridTools::collect_coinciding_vertices(triangulation, periodic_vertices, group_of_vertex);
      }

      /// Calls visit(neighbor, its image) for cells that touch `cell`, if only in a vertex. Some are visited more than
      /// once; of two of which one is smaller, at least that one visits the other.
      template <typename Visit>
      void for_each(const Cell<dim> &cell, const Visit &visit) const
      {
        for (const unsigned int vertex : cell->vertex_indices())
          visit_at(cell->vertex_index(vertex), visit);
      }

    private:
      template <typename Visit>
      void visit_at(const unsigned int vertex, const Visit &visit) const
      {
        for (const Cell<dim> &neighbor : cells_at[vertex])
          visit(neighbor, Image<dim>());
        if (const auto group = group_of_vertex.find(vertex); group != group_of_vertex.end())
          for (const unsigned int other : periodic_vertices.at(group->second))
            if (other != vertex)
              for (const Cell<dim> &neighbor : cells_at[other])
                visit(neighbor, image_between(other, vertex));
      }

      /// The image in which the vertex `from` lies where `to` does.
      Image<dim> image_between(const unsigned int from, const unsigned int to) const
      {
        Image<dim> image;
        for (unsigned int d = 0; d < dim; ++d)
          image[d] = static_cast<int>(std::lround((vertices[to][d] - vertices[from][d]) / periods[d]));
        return image;
      }

      const std::vector<Point<dim>>                    &vertices;
      const Tensor<1, dim>                              periods;
      std::vector<std::set<Cell<dim>>>                  cells_at; ///< a vertex, hanging ones included
      std::map<unsigned int, std::vector<unsigned int>> periodic_vertices;
      std::map<unsigned int, unsigned int>              group_of_vertex;
    };

    /// A cell's region on its rank, and its image there: what neighbors on other ranks are told.
    template <int dim>
    struct Membership
    {
      std::size_t region;
      Image<dim>  image;

      template <typename Archive>
      void serialize(Archive &archive, unsigned int /* version */)
      {
        archive &region &image;
      }
    };

    /// A region touches one of another rank: `step` is what PeriodicGroups::unite() wants.
    template <int dim>
    struct Contact
    {
      std::size_t  region;
      unsigned int other_rank;
      std::size_t  other_region; ///< there
      Image<dim>   step;

      template <typename Archive>
      void serialize(Archive &archive, unsigned int /* version */)
      {
        archive &region &other_rank &other_region &step;
      }
    };

    /// What a rank tells all others.
    template <int dim>
    struct Report
    {
      std::vector<Region<dim>>  regions;
      std::vector<Contact<dim>> contacts;

      template <typename Archive>
      void serialize(Archive &archive, unsigned int /* version */)
      {
        archive &regions &contacts;
      }
    };

    /// The distance to `image`.
    template <int dim>
    Tensor<1, dim> distance(const Image<dim> &image, const Tensor<1, dim> &periods)
    {
      Tensor<1, dim> result;
      for (unsigned int d = 0; d < dim; ++d)
        result[d] = image[d] * periods[d];
      return result;
    }

    /// The regions of marked cells on one rank.
    template <int dim>
    class LocalRegions
    {
    public:
      LocalRegions(const Triangulation<dim> &triangulation,
                   const std::vector<bool>  &marked,
                   const Tensor<1, dim>     &periods)
        : triangulation(triangulation)
        , neighborhood(triangulation, periods)
        , node_of_cell(triangulation.n_active_cells(), numbers::invalid_unsigned_int)
        , groups(number_nodes(marked))
      {
        for_each_cell([&](const auto &cell, const unsigned int node) {
          neighborhood.for_each(cell, [&](const auto &neighbor, const Image<dim> &image) {
            if (const unsigned int other = node_of_cell[neighbor->active_cell_index()];
                other != numbers::invalid_unsigned_int)
              groups.unite(node, other, image);
          });
        });
        for_each_cell([&](const auto &, const unsigned int node) {
          number_of_group.emplace(groups.find(node).group, number_of_group.size());
        });
      }

      template <typename Sums>
      std::vector<Region<dim>> regions(const Sums &sums_of, const Tensor<1, dim> &periods) const
      {
        std::vector<Region<dim>> result(number_of_group.size());
        for (const auto &[group, number] : number_of_group)
          result[number].windings = groups.windings(group);
        for_each_cell([&](const auto &cell, const unsigned int node) {
          const auto place = groups.find(node);
          result[number_of_group.at(place.group)].sums += sums_of(cell).moved(distance(place.image, periods));
        });
        return result;
      }

      /// Contacts with regions of other ranks, each once. Collective.
      std::vector<Contact<dim>> contacts() const
      {
        const auto ghosts = memberships_of_ghosts();
        std::map<std::tuple<std::size_t, unsigned, std::size_t>, std::vector<Image<dim>>> steps;
        for_each_cell([&](const auto &cell, const unsigned int node) {
          neighborhood.for_each(cell, [&](const auto &neighbor, const Image<dim> &image) {
            const auto ghost = ghosts.find(neighbor->active_cell_index());
            if (ghost == ghosts.end())
              return;
            const Membership<dim> own   = membership(node);
            const Image<dim>      step  = own.image + image - ghost->second.image;
            auto                 &known = steps[{own.region, neighbor->subdomain_id(), ghost->second.region}];
            if (std::find(known.begin(), known.end(), step) == known.end())
              known.push_back(step);
          });
        });
        std::vector<Contact<dim>> result;
        for (const auto &[pair, images] : steps)
          for (const Image<dim> &step : images)
            result.push_back({std::get<0>(pair), std::get<1>(pair), std::get<2>(pair), step});
        return result;
      }

    private:
      Membership<dim> membership(const unsigned int node) const
      {
        const auto place = groups.find(node);
        return {number_of_group.at(place.group), place.image};
      }

      /// What the owners say of marked ghost cells, by active_cell_index. Collective.
      std::map<unsigned int, Membership<dim>> memberships_of_ghosts() const
      {
        std::map<unsigned int, Membership<dim>> ghosts;
        GridTools::exchange_cell_data_to_ghosts<Membership<dim>, Triangulation<dim>>(
          triangulation,
          [&](const Cell<dim> &cell) -> std::optional<Membership<dim>> {
            const unsigned int node = node_of_cell[cell->active_cell_index()];
            if (node == numbers::invalid_unsigned_int)
              return {};
            return membership(node);
          },
          [&](const Cell<dim> &cell, const Membership<dim> &of_cell) {
            ghosts.emplace(cell->active_cell_index(), of_cell);
          });
        return ghosts;
      }

      /// Numbers the marked cells of the rank, in the order of the mesh.
      unsigned int number_nodes(const std::vector<bool> &marked)
      {
        unsigned int n = 0;
        for (const auto &cell : triangulation.active_cell_iterators())
          if (cell->is_locally_owned() && marked[cell->active_cell_index()])
            node_of_cell[cell->active_cell_index()] = n++;
        return n;
      }

      template <typename Visit>
      void for_each_cell(const Visit &visit) const
      {
        for (const auto &cell : triangulation.active_cell_iterators())
          if (const unsigned int node = node_of_cell[cell->active_cell_index()]; node != numbers::invalid_unsigned_int)
            visit(cell, node);
      }

      const Triangulation<dim>          &triangulation;
      const Neighborhood<dim>            neighborhood;
      std::vector<unsigned int>          node_of_cell;
      PeriodicGroups<dim>                groups;
      std::map<std::size_t, std::size_t> number_of_group;
    };

    /// The regions that those of the ranks are parts of.
    template <int dim>
    std::vector<Region<dim>> merge(const std::vector<Report<dim>> &reports, const Tensor<1, dim> &periods)
    {
      std::vector<Region<dim>> parts;
      std::vector<std::size_t> first_part; // of each rank
      for (const Report<dim> &report : reports)
        {
          first_part.push_back(parts.size());
          parts.insert(parts.end(), report.regions.begin(), report.regions.end());
        }
      PeriodicGroups<dim> groups(parts.size());
      for (std::size_t part = 0; part < parts.size(); ++part)
        for (const Image<dim> &winding : parts[part].windings)
          groups.add_winding(part, winding);
      for (unsigned int rank = 0; rank < reports.size(); ++rank)
        for (const Contact<dim> &contact : reports[rank].contacts)
          groups.unite(
            first_part[rank] + contact.region, first_part[contact.other_rank] + contact.other_region, contact.step);

      std::map<std::size_t, Region<dim>> region_of_group;
      for (std::size_t part = 0; part < parts.size(); ++part)
        {
          const auto   place  = groups.find(part);
          Region<dim> &region = region_of_group[place.group];
          region.windings     = groups.windings(place.group);
          region.sums += parts[part].sums.moved(distance(place.image, periods));
        }
      std::vector<Region<dim>> result;
      result.reserve(region_of_group.size());
      for (const auto &[group, region] : region_of_group)
        result.push_back(region);
      return result;
    }
  } // namespace

  template <int dim>
  RegionSums<dim> &RegionSums<dim>::operator+=(const RegionSums &other)
  {
    volume += other.volume;
    first += other.first;
    second += other.second;
    cells += other.cells;
    plastic_strain += other.plastic_strain;
    rejuvenation += other.rejuvenation;
    return *this;
  }

  template <int dim>
  RegionSums<dim> RegionSums<dim>::moved(const Tensor<1, dim> &distance) const
  {
    RegionSums result = *this;
    result.first += volume * distance;
    result.second +=
      2. * symmetrize(outer_product(distance, first)) + volume * symmetrize(outer_product(distance, distance));
    return result;
  }

  template <int dim>
  RegionSums<dim> sums_of_cell(const Cell<dim> &cell, const double volume)
  {
    Tensor<2, dim> edges; // as columns, each the mean of those that are parallel in the reference cell
    Tensor<1, dim> center;
    for (const unsigned int vertex : cell->vertex_indices())
      for (unsigned int i = 0; i < dim; ++i)
        {
          const double share = cell->vertex(vertex)[i] / cell->n_vertices();
          center[i] += share;
          for (unsigned int d = 0; d < dim; ++d)
            edges[i][d] += (vertex >> d & 1) != 0 ? 2. * share : -2. * share;
        }
    const Tensor<2, dim> to_cells = invert(edges);
    RegionSums<dim>      sums;
    sums.volume = volume;
    sums.first  = volume * center;
    sums.second = volume * symmetrize(outer_product(center, center) + edges * transpose(edges) / 12.);
    sums.cells  = volume * symmetrize(transpose(to_cells) * to_cells);
    return sums;
  }

  template <int dim>
  Tensor<1, dim> box_edges(const Triangulation<dim> &triangulation)
  {
    const auto corners = GridTools::compute_bounding_box(triangulation).get_boundary_points();
    return corners.second - corners.first;
  }

  template <int dim>
  std::vector<Region<dim>> connected_regions(const Triangulation<dim>                                &triangulation,
                                             const std::vector<bool>                                 &marked,
                                             const std::function<RegionSums<dim>(const Cell<dim> &)> &sums_of)
  {
    const Tensor<1, dim>    periods = box_edges(triangulation);
    const LocalRegions<dim> local(triangulation, marked, periods);
    const Report<dim>       report = {local.regions(sums_of, periods), local.contacts()};
    return merge(Utilities::MPI::all_gather(triangulation.get_communicator(), report), periods);
  }

  template struct RegionSums<2>;
  template struct RegionSums<3>;
  template RegionSums<2>          sums_of_cell<2>(const Cell<2> &, double);
  template RegionSums<3>          sums_of_cell<3>(const Cell<3> &, double);
  template Tensor<1, 2>           box_edges(const Triangulation<2> &);
  template Tensor<1, 3>           box_edges(const Triangulation<3> &);
  template std::vector<Region<2>> connected_regions(const Triangulation<2> &,
                                                    const std::vector<bool> &,
                                                    const std::function<RegionSums<2>(const Cell<2> &)> &);
  template std::vector<Region<3>> connected_regions(const Triangulation<3> &,
                                                    const std::vector<bool> &,
                                                    const std::function<RegionSums<3>(const Cell<3> &)> &);
} // namespace revitra

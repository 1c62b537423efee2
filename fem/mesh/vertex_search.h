#pragma once

#include "fem/mesh/coarse_mesh.h"

#include <deal.II/base/bounding_box.h>
#include <deal.II/boost_adaptors/bounding_box.h>
#include <deal.II/boost_adaptors/point.h>
#include <deal.II/numerics/rtree.h>

#include <utility>
#include <vector>

namespace revitra
{
  /// Search for vertices of a mesh by their position.
  template <int dim>
  class VertexSearch
  {
  public:
    /// Prepares a search among `vertices` of `mesh`, of which there is at least one.
    VertexSearch(const CoarseMesh<dim> &mesh, const std::vector<unsigned int> &vertices)
    {
      std::vector<Entry> entries;
      for (const unsigned int vertex : vertices)
        entries.emplace_back(mesh.vertices[vertex], vertex);
      tree = dealii::pack_rtree(entries);
    }

    /// Vertices in the box around `points`, enlarged by `margin`.
    std::vector<unsigned int> near(const std::vector<dealii::Point<dim>> &points, const double margin) const
    {
      dealii::BoundingBox<dim> box(points);
      box.extend(margin);
      std::vector<unsigned int> found;
      for (auto entry = tree.qbegin(boost::geometry::index::intersects(box)); entry != tree.qend(); ++entry)
        found.push_back(entry->second);
      return found;
    }

    /// Vertex nearest to `point`.
    unsigned int nearest(const dealii::Point<dim> &point) const
    {
      return tree.qbegin(boost::geometry::index::nearest(point, 1))->second;
    }

  private:
    using Entry = std::pair<dealii::Point<dim>, unsigned int>;

    dealii::RTree<Entry> tree;
  };
} // namespace revitra

#pragma once

#include <deal.II/base/tensor.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace revitra
{
  /// Which copy of a periodic specimen, in whole periods along the axes.
  template <int dim>
  using Image = dealii::Tensor<1, dim, int>;

  /// Things in a periodic specimen, numbers 0 to n − 1, in groups that can be united.
  ///
  /// A group knows in which image each of its members is, seen from one of them, so that a group that goes out on one
  /// side and comes in on the other can be put together; and by how many periods a path within it can come back to
  /// where it began: its windings. Among these only linearly independent ones are kept.
  template <int dim>
  class PeriodicGroups
  {
  public:
    /// A member's group, and its image there.
    struct Place
    {
      std::size_t group; ///< one of its members
      Image<dim>  image;
    };

    /// `n` groups of one.
    explicit PeriodicGroups(const std::size_t n)
      : nodes(n)
    {
      for (std::size_t i = 0; i < n; ++i)
        nodes[i].parent = i;
    }

    Place find(std::size_t member) const
    {
      Image<dim> image;
      for (; nodes[member].parent != member; member = nodes[member].parent)
        image += nodes[member].image;
      return {member, image};
    }

    /// Unite the groups of `one` and `other`, which is by `step` further than `one`.
    void unite(const std::size_t one, const std::size_t other, const Image<dim> &step)
    {
      const Place      first = find(one), second = find(other);
      const Image<dim> apart = first.image + step - second.image;
      if (first.group == second.group)
        add_winding(first.group, apart);
      else if (nodes[first.group].size >= nodes[second.group].size)
        attach(second.group, first.group, apart);
      else
        attach(first.group, second.group, -apart);
    }

    /// Take note that a path from `member` leads back to it after `winding`.
    void add_winding(const std::size_t member, const Image<dim> &winding)
    {
      auto &known = nodes[find(member).group].windings;
      if (winding == Image<dim>() || known.size() == dim - 1) // there are no periods from platen to platen
        return;
      if (known.empty() || !are_parallel(known.front(), winding))
        known.push_back(winding);
    }

    /// The independent windings of a group, at most dim − 1.
    const std::vector<Image<dim>> &windings(const std::size_t group) const { return nodes[group].windings; }

  private:
    struct Node
    {
      std::size_t             parent = 0;
      Image<dim>              image;    ///< as seen from the parent
      std::size_t             size = 1; ///< of the group, if this stands for it
      std::vector<Image<dim>> windings; ///< as well
    };

    static bool are_parallel(const Image<dim> &one, const Image<dim> &other)
    {
      for (unsigned int i = 0; i < dim; ++i)
        for (unsigned int j = 0; j < i; ++j)
          if (one[i] * other[j] != one[j] * other[i])
            return false;
      return true;
    }

    void attach(const std::size_t group, const std::size_t to, const Image<dim> &image)
    {
      nodes[group].parent = to;
      nodes[group].image  = image;
      nodes[to].size += nodes[group].size;
      for (const Image<dim> &winding : std::exchange(nodes[group].windings, {}))
        add_winding(to, winding);
    }

    std::vector<Node> nodes;
  };
} // namespace revitra

#include "fem/mesh/box.h"

#include "fem/mesh/periodic_sides.h"

#include <deal.II/base/exceptions.h>
#include <deal.II/grid/grid_generator.h>
#include <deal.II/grid/tria.h>

namespace revitra
{
  using namespace dealii;

  namespace
  {
    /// Replaces the boundary ids 2·direction + side, which deal.II gives a box, by those of SpecimenBoundary.
    template <int dim>
    void name_boundaries(parallel::distributed::Triangulation<dim> &triangulation)
    {
      constexpr SpecimenBoundary::Id name[] = {SpecimenBoundary::left,
                                               SpecimenBoundary::right,
                                               SpecimenBoundary::bottom,
                                               SpecimenBoundary::top,
                                               SpecimenBoundary::back,
                                               SpecimenBoundary::front};
      for (const auto &cell : triangulation.active_cell_iterators())
        for (const auto &face : cell->face_iterators())
          if (face->at_boundary())
            face->set_all_boundary_ids(name[face->boundary_id()]);
    }
  } // namespace

  template <int dim>
  Tensor<1, dim> specimen_size(const Deck::Specimen &specimen)
  {
    AssertDimension(specimen.size.size(), dim);
    Tensor<1, dim> size;
    for (unsigned int d = 0; d < dim; ++d)
      size[d] = specimen.size[d];
    return size;
  }

  template <int dim>
  void make_specimen(parallel::distributed::Triangulation<dim> &triangulation, const Deck::Specimen &specimen)
  {
    AssertDimension(specimen.dimension, dim);
    AssertDimension(specimen.subdivisions.size(), dim);
    GridGenerator::subdivided_hyper_rectangle(triangulation,
                                              specimen.subdivisions,
                                              Point<dim>(),
                                              Point<dim>(specimen_size<dim>(specimen)),
                                              /* colorize = */ true);
    name_boundaries(triangulation);
    if (specimen.lateral_boundary == Deck::LateralBoundary::periodic)
      make_lateral_sides_neighbors(triangulation);
    triangulation.refine_global(specimen.refinements);
  }

  template Tensor<1, 2> specimen_size<2>(const Deck::Specimen &);
  template Tensor<1, 3> specimen_size<3>(const Deck::Specimen &);
  template void         make_specimen<2>(parallel::distributed::Triangulation<2> &, const Deck::Specimen &);
  template void         make_specimen<3>(parallel::distributed::Triangulation<3> &, const Deck::Specimen &);
} // namespace revitra

#include "fem/mesh/specimen_mesh.h"

#include "fem/mesh/gmsh_mesh.h"
#include "material/base/errors.h"
#include "material/base/text.h"

#include <algorithm>

namespace revitra
{
  using namespace dealii;

  namespace
  {
    template <int dim>
    SpecimenShape make_box(parallel::distributed::Triangulation<dim> &triangulation, const Deck::Specimen &specimen)
    {
      make_specimen(triangulation, specimen);
      SpecimenShape shape{1., {}};
      for (const double edge : specimen.size)
        shape.gross_volume *= edge;
      return shape;
    }

    template <int dim>
    SpecimenShape read_mesh(parallel::distributed::Triangulation<dim> &triangulation, const Deck::Specimen &specimen)
    {
      const GmshSpecimen<dim> mesh =
        read_gmsh_specimen(triangulation, specimen.mesh_file, specimen.lateral_boundary, specimen.refinements);
      if (specimen.degree > mesh.highest_degree)
        throw DeckError({"Specimen/Degree = " + std::to_string(specimen.degree) + ": the periodic sides of " +
                         specimen.mesh_file + " allow no more than " + std::to_string(mesh.highest_degree)});
      return {mesh.platen_area * mesh.size[1], mesh.regions};
    }
  } // namespace

  template <int dim>
  SpecimenShape make_specimen_mesh(parallel::distributed::Triangulation<dim> &triangulation,
                                   const Deck::Specimen                      &specimen)
  {
    return specimen.mesh_file.empty() ? make_box(triangulation, specimen) : read_mesh(triangulation, specimen);
  }

  template <int dim>
  void check_held_sides(const parallel::distributed::Triangulation<dim> &triangulation, const Deck &deck)
  {
    if (deck.specimen.boundary_free_volume.empty())
      return;
    const std::vector<types::boundary_id> ids = triangulation.get_boundary_ids();
    std::vector<std::string>              there, missing;
    for (unsigned int side = 0; side < side_names.size(); ++side) // in the order of SpecimenBoundary
      if (std::count(ids.begin(), ids.end(), side) > 0)
        there.push_back(side_names[side]);
      else if (deck.specimen.boundary_free_volume.count(side_names[side]) > 0)
        missing.push_back(side_names[side]);
    if (!missing.empty())
      throw DeckError({problem_line(deck,
                                    "Specimen/Boundary free volume",
                                    deck.specimen.mesh_file + " has no sides of cells at the boundary in the group " +
                                      alternatives(missing) + "; of the sides it has " + join(there, ", "))});
  }

  template void          check_held_sides(const parallel::distributed::Triangulation<2> &, const Deck &);
  template void          check_held_sides(const parallel::distributed::Triangulation<3> &, const Deck &);
  template SpecimenShape make_specimen_mesh<2>(parallel::distributed::Triangulation<2> &, const Deck::Specimen &);
  template SpecimenShape make_specimen_mesh<3>(parallel::distributed::Triangulation<3> &, const Deck::Specimen &);
} // namespace revitra

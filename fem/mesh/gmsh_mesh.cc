#include "fem/mesh/gmsh_mesh.h"

#include "fem/mesh/coarse_mesh.h"
#include "fem/mesh/gmsh_file.h"
#include "fem/mesh/gmsh_sides.h"
#include "fem/mesh/mesh_connections.h"
#include "fem/mesh/periodic_sides.h"
#include "material/base/errors.h"
#include "material/base/text.h"

#include <deal.II/base/bounding_box.h>
#include <deal.II/base/exceptions.h>
#include <deal.II/base/mpi.h>
#include <deal.II/grid/tria_description.h>

#include <boost/serialization/map.hpp>
#include <boost/serialization/string.hpp>
#include <boost/serialization/vector.hpp>

#include <algorithm>
#include <exception>
#include <utility>

namespace revitra
{
  using namespace dealii;

  namespace
  {
    /// Name of the cells of a specimen, by dimension.
    const std::string cells_needed[] = {"", "", "quadrilaterals", "hexahedra"};

    /// Advice on how to obtain usable elements from gmsh.
    const std::string how_to_get_them[] = {
      "",
      "",
      "recombine (gmsh: Mesh.RecombineAll = 1, Mesh.SubdivisionAlgorithm = 1, Mesh.ElementOrder = 1)",
      "extrude quadrilaterals, or subdivide (gmsh: Recombine, Mesh.SubdivisionAlgorithm = 2, Mesh.ElementOrder = 1)"};

    int highest_dimension(const GmshFile &gmsh)
    {
      int highest = 0;
      for (int dimension = 1; dimension < 4; ++dimension)
        if (!gmsh.elements[dimension].empty())
          highest = dimension;
      for (const GmshFile::Unusable &elements : gmsh.unusable)
        highest = std::max<int>(highest, elements.type.dimension);
      return highest;
    }

    /// Returns true if the mesh in `gmsh` has the dimension of the specimen; otherwise adds to `problems`.
    template <int dim>
    bool check_dimension(const GmshFile &gmsh, MeshProblems &problems)
    {
      const int         dimension = highest_dimension(gmsh);
      const std::string allowed =
        "; allowed are " + cells_needed[dim] + " for Specimen/Dimension = " + std::to_string(dim);
      if (dimension < 2)
        problems.push_back("has no cells" + allowed +
                           " (gmsh writes only what is in physical groups, if there are any)");
      else if (dimension != dim)
        problems.push_back("has cells of dimension " + std::to_string(dimension) + allowed);
      return dimension == dim;
    }

    /// Advice on how to obtain cells of `dim` dimensions, or their sides, in place of `elements`.
    template <int dim>
    std::string remedy(const GmshElementType &elements)
    {
      const bool has_the_shape = elements.dimension == 1 || elements.shape == cells_needed[elements.dimension];
      return has_the_shape && elements.order > 1 ? "save them with straight edges (gmsh: Mesh.ElementOrder = 1)"
                                                 : how_to_get_them[dim];
    }

    /// Returns true if all elements in `gmsh` can be cells and sides of a specimen; otherwise adds to `problems`.
    template <int dim>
    bool check_elements(const GmshFile &gmsh, MeshProblems &problems)
    {
      bool usable = true;
      for (const GmshFile::Unusable &elements : gmsh.unusable)
        if (elements.type.dimension + 1 >= dim)
          {
            usable = false;
            problems.push_back("has " + std::to_string(elements.count) + " " + elements.type.name() +
                               " (the first is element " + std::to_string(elements.number) + "); allowed are " +
                               cells_needed[dim] + ": " + remedy<dim>(elements.type));
          }
      return usable;
    }

    void throw_if_any(const MeshProblems &problems, const std::string &file)
    {
      std::vector<std::string> lines;
      for (const std::string &problem : problems)
        lines.push_back(mesh_problem(file, problem));
      if (!lines.empty())
        throw DeckError(lines);
    }

    /// Reads and checks the file, and prepares cells and vertices for deal.II.
    template <int dim>
    std::pair<CoarseMesh<dim>, Orientation> read_and_check(const std::string          &file,
                                                           const Deck::LateralBoundary lateral_boundary)
    {
      const GmshFile gmsh = read_gmsh_file(file);
      MeshProblems   problems;
      if (!check_dimension<dim>(gmsh, problems))
        throw_if_any(problems, file);
      const bool usable = check_elements<dim>(gmsh, problems);
      if (usable || !gmsh.elements[dim - 1].empty()) // else its groups are of other elements
        check_groups<dim>(gmsh, lateral_boundary, problems);
      if (!usable)
        throw_if_any(problems, file);

      const auto passes = [&](const auto &check) {
        const std::size_t n_before = problems.size();
        check();
        return problems.size() == n_before;
      };
      CoarseMesh<dim> mesh = read_cells<dim>(gmsh, problems);
      check_rounding(mesh, problems);
      make_right_handed(mesh, problems);
      const bool cells_meet = passes([&]() {
        find_faces(mesh, problems);
        check_vertices(mesh, problems);
      });
      name_sides(gmsh, mesh, problems);
      bool                       sides_are_good = check_planes(mesh, lateral_boundary, problems);
      std::vector<PeriodicSides> periodic;
      if (sides_are_good)
        flatten_sides(lateral_boundary, mesh);
      if (sides_are_good && lateral_boundary == Deck::LateralBoundary::periodic)
        sides_are_good = passes([&]() { periodic = match_lateral_sides(mesh, problems); });
      if (cells_meet && sides_are_good) // else there are parts for another reason
        check_parts(mesh, periodic, problems);
      throw_if_any(problems, file);
      make_right_handed(mesh, problems); // again: cells that are all but degenerate may not bear what has been moved
      throw_if_any(problems, file);
      const Orientation orientation = orient_edges(periodic, mesh);
      return {mesh, orientation};
    }

    struct BoundaryFace
    {
      template <typename Archive>
      void serialize(Archive &archive, const unsigned int)
      {
        archive &cell &side &id;
      }

      unsigned int       cell;
      unsigned int       side; ///< of the cell
      types::boundary_id id;
    };

    /// Message of the first rank to the others: a specimen, or the reason why there is none.
    template <int dim>
    struct Message
    {
      template <typename Archive>
      void serialize(Archive &archive, const unsigned int)
      {
        archive &problems &vertices &cells &boundary;
        archive &specimen.regions &specimen.origin &specimen.size;
        archive &specimen.platen_area &specimen.highest_degree;
      }

      std::vector<std::string>   problems;
      std::vector<Point<dim>>    vertices;
      std::vector<CellData<dim>> cells;
      std::vector<BoundaryFace>  boundary;
      GmshSpecimen<dim>          specimen{};
    };

    template <int dim>
    GmshSpecimen<dim> describe(const CoarseMesh<dim> &mesh, const Orientation orientation)
    {
      const auto corners = BoundingBox<dim>(mesh.vertices).get_boundary_points();
      return {mesh.regions,
              corners.first,
              corners.second - corners.first,
              area_of_side(mesh, SpecimenBoundary::top),
              orientation == Orientation::standard ? numbers::invalid_unsigned_int : 2};
    }

    template <int dim>
    Message<dim> message_of(const CoarseMesh<dim> &mesh, const Orientation orientation)
    {
      Message<dim> message;
      message.vertices = mesh.vertices;
      message.specimen = describe(mesh, orientation);
      for (const auto &cell : mesh.cells)
        {
          CellData<dim> data(cell.vertices.size());
          std::copy(cell.vertices.begin(), cell.vertices.end(), data.vertices.begin());
          data.material_id = cell.region;
          message.cells.push_back(data);
        }
      for (const auto &face : mesh.faces)
        if (face.at_boundary())
          message.boundary.push_back({face.cells[0], mesh.side_of_cell(face), face.side});
      return message;
    }

    template <int dim>
    Message<dim> read_on_first_rank(const std::string &file, const Deck::LateralBoundary lateral_boundary)
    {
      Message<dim> message;
      try
        {
          const auto [mesh, orientation] = read_and_check<dim>(file, lateral_boundary);
          message                        = message_of(mesh, orientation);
        }
      catch (const DeckError &error)
        {
          message.problems = error.problems();
        }
      catch (const std::exception &error) // there is no memory, for instance; the other ranks are waiting
        {
          message.problems = {mesh_problem(file, "cannot be read: " + squeeze(error.what()))};
        }
      return message;
    }

    template <int dim>
    void fill(parallel::distributed::Triangulation<dim> &triangulation,
              const Message<dim>                        &message,
              const Deck::LateralBoundary                lateral_boundary)
    {
      triangulation.create_triangulation(message.vertices, message.cells, SubCellData());
      for (const BoundaryFace &face : message.boundary)
        {
          const typename Triangulation<dim>::cell_iterator cell(&triangulation, 0, face.cell);
          cell->face(face.side)->set_all_boundary_ids(face.id);
        }
      if (lateral_boundary == Deck::LateralBoundary::periodic)
        make_lateral_sides_neighbors(triangulation);
    }
  } // namespace

  template <int dim>
  GmshSpecimen<dim> read_gmsh_specimen(parallel::distributed::Triangulation<dim> &triangulation,
                                       const std::string                         &file,
                                       const Deck::LateralBoundary                lateral_boundary,
                                       const unsigned int                         refinements)
  {
    Assert(triangulation.n_levels() == 0, ExcMessage("There is a mesh already."));
    const MPI_Comm communicator = triangulation.get_communicator();
    Message<dim>   message;
    if (Utilities::MPI::this_mpi_process(communicator) == 0)
      message = read_on_first_rank<dim>(file, lateral_boundary);
    message = Utilities::MPI::broadcast(communicator, message);
    if (!message.problems.empty())
      throw DeckError(message.problems);
    try
      {
        fill(triangulation, message, lateral_boundary);
      }
    catch (const ExceptionBase &error) // which the checks should have seen coming, and which all ranks have
      {
        throw DeckError({mesh_problem(file, std::string("cannot be used: ") + squeeze(error.what()))});
      }
    triangulation.refine_global(refinements);
    return message.specimen;
  }

  template GmshSpecimen<2> read_gmsh_specimen(parallel::distributed::Triangulation<2> &,
                                              const std::string &,
                                              Deck::LateralBoundary,
                                              unsigned int);
  template GmshSpecimen<3> read_gmsh_specimen(parallel::distributed::Triangulation<3> &,
                                              const std::string &,
                                              Deck::LateralBoundary,
                                              unsigned int);
} // namespace revitra

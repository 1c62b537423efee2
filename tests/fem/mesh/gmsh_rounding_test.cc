// Meshes as other programs write them: with fewer digits than a double has, with parameters of the geometry, and far
// from the origin.
#include "fem/mesh/gmsh_elements.h"
#include "fem/mesh/gmsh_mesh.h"
#include "material/base/errors.h"
#include "tests/fem/discretization/test_specimen.h"
#include "tests/fem/mesh/small_gmsh_mesh.h"

#include <gtest/gtest.h>

#include <cmath>

namespace revitra
{
  using namespace dealii;
  using test::cube_in_cube;
  using test::open;
  using test::periodic;
  using test::SharedFile;
  using test::small_square;
  using Mesh = test::SmallGmshMesh;

  namespace
  {
    template <int dim>
    GmshSpecimen<dim> read(parallel::distributed::Triangulation<dim> &triangulation,
                           const std::string                         &text,
                           const Deck::LateralBoundary                lateral_boundary)
    {
      const SharedFile file("mesh.msh", text);
      return read_gmsh_specimen(triangulation, file.path, lateral_boundary, 0);
    }

    template <int dim = 2>
    std::string problem_of(const std::string &text, const Deck::LateralBoundary lateral_boundary = periodic)
    {
      std::string problems;
      try
        {
          parallel::distributed::Triangulation<dim> triangulation(MPI_COMM_WORLD);
          read<dim>(triangulation, text, lateral_boundary);
        }
      catch (const DeckError &error)
        {
          for (const std::string &problem : error.problems())
            problems += problem.substr(problem.find(".msh: ") + 6) + '\n';
        }
      return problems;
    }

    void expect_in(const std::string &text, const std::vector<std::string> &parts)
    {
      for (const std::string &part : parts)
        EXPECT_NE(text.find(part), std::string::npos) << part << " is not in " << text;
    }

    /// The mesh turned about the origin in the x-y plane.
    Mesh turned(Mesh mesh, const double angle)
    {
      for (Point<3> &node : mesh.nodes)
        node = Point<3>(std::cos(angle) * node[0] - std::sin(angle) * node[1],
                        std::sin(angle) * node[0] + std::cos(angle) * node[1],
                        node[2]);
      return mesh;
    }

    Mesh in_single_precision(Mesh mesh, const Point<3> &shift)
    {
      for (Point<3> &node : mesh.nodes)
        for (unsigned int d = 0; d < 3; ++d)
          node[d] = static_cast<float>(node[d] + shift[d]);
      return mesh;
    }

    /// Checks that vertices on the sides of `triangulation` are in the planes of its box, exactly, and that those on
    /// the right, and in front, are where those opposite are, exactly.
    template <int dim>
    void expect_plane_sides(const parallel::distributed::Triangulation<dim> &triangulation,
                            const GmshSpecimen<dim>                         &specimen)
    {
      const unsigned int normal[] = {1, 1, 0, 0, 2, 2};
      for (const auto &cell : triangulation.cell_iterators_on_level(0))
        for (const unsigned int f : cell->face_indices())
          if (const auto face = cell->face(f); face->at_boundary() && face->boundary_id() <= SpecimenBoundary::front)
            for (const unsigned int v : face->vertex_indices())
              {
                const unsigned int d     = normal[face->boundary_id()];
                const double       place = face->vertex(v)[d] - specimen.origin[d];
                EXPECT_EQ(place, face->boundary_id() % 2 == 0 ? 0. : specimen.size[d]) << face->vertex(v);
              }
      for (const auto &[side, opposite] : triangulation.get_periodic_face_map())
        {
          Tensor<1, dim> apart =
            side.first->face(side.second)->center() - opposite.first.first->face(opposite.first.second)->center();
          for (unsigned int d = 0; d < dim; ++d)
            if (d != 1 && std::abs(apart[d]) > 0.5 * specimen.size[d])
              apart[d] = 0.;
          EXPECT_LT(apart.norm(), 1e-15);
        }
    }
  } // namespace

  TEST(GmshRounding, TurnedByLessThanTheToleranceIsFlatAndPeriodic)
  {
    // By 1e-7, as the digits of some programs leave it; what is off the planes is moved by half of that, which a
    // length, here 1, has of its square only.
    parallel::distributed::Triangulation<2> triangulation(MPI_COMM_WORLD);
    const GmshSpecimen<2> specimen = read<2>(triangulation, turned(small_square(), 1e-7).text(), periodic);
    EXPECT_NEAR(specimen.size[0], 1., 1e-12);
    EXPECT_NEAR(specimen.size[1], 1., 1e-12);
    EXPECT_NEAR(specimen.platen_area, 1., 1e-12);
    EXPECT_EQ(triangulation.get_periodic_face_map().size(), 6u);
    expect_plane_sides(triangulation, specimen);
  }

  TEST(GmshRounding, SinglePrecision)
  {
    // The error of a coordinate up to 2 is at most 2⁻²⁴ of it, which is 1.2e-7 or so.
    parallel::distributed::Triangulation<2> plane(MPI_COMM_WORLD);
    const GmshSpecimen<2>                   of_plane =
      read<2>(plane, in_single_precision(small_square(), Point<3>(0.7, 0.1, 0.)).text(), periodic);
    EXPECT_NEAR(of_plane.size[1], 1., 2.4e-7);
    expect_plane_sides(plane, of_plane);

    parallel::distributed::Triangulation<3> solid(MPI_COMM_WORLD);
    const GmshSpecimen<3>                   of_solid =
      read<3>(solid, in_single_precision(cube_in_cube(), Point<3>(0.7, 0.1, 0.3)).text(), periodic);
    EXPECT_NEAR(of_solid.size[2], 1., 2.4e-7);
    expect_plane_sides(solid, of_solid);
  }

  TEST(GmshRounding, MoreThanTheToleranceIsRefusedWithTheDeviation)
  {
    // The tolerance is a millionth of the diagonal, here √2: 1.41e-6.
    const std::string problem = problem_of(turned(small_square(), 1e-5).text());
    expect_in(problem,
              {"`bottom` is not flat: it reaches from y = 0 to ",
               "; allowed is the same y everywhere, within 1.41e-06 (found: 1e-05)",
               "`left` is not flat"});

    Mesh shifted = small_square();
    shifted.nodes[7][1] += 1e-5;
    expect_in(problem_of(shifted.text()),
              {"allowed are sides meshed alike (gmsh: Periodic Curve), within 1.41e-06 "
               "(found: 1e-05)"});

    Mesh bent        = small_square();
    bent.nodes[5][2] = 1e-5;
    expect_in(problem_of(bent.text()), {"allowed is z = 0, within 1.41e-06 (found: 1e-05)"});

    Mesh beyond = small_square();
    for (Mesh::Element &element : beyond.elements)
      if (element.group == Mesh::top && element.nodes[0] != 12)
        element.group = Mesh::none;
    beyond.nodes[15][1] += 1e-5;
    expect_in(problem_of(beyond.text(), open),
              {"node 16 at (1, 1.00001); allowed is nothing beyond them, within 1.41e-06"});
  }

  TEST(GmshRounding, IsNoMoreThanAHundredthOfAnEdge)
  {
    // A layer of 2e-5 at the bottom, one corner of which is 1e-6 too high: within a millionth of the size, √2, but a
    // twentieth of the cell.
    Mesh mesh = small_square();
    for (unsigned int node = 4; node < 8; ++node)
      mesh.nodes[node][1] = 2e-5;
    EXPECT_EQ(problem_of(mesh.text()), "");
    mesh.nodes[0][1] = 1e-6;
    expect_in(problem_of(mesh.text()),
              {"`bottom` is not flat: it reaches from y = 0 to 1e-06; allowed is the same y "
               "everywhere, within 1.9e-07 (found: 1e-06)"});
  }

  TEST(GmshRounding, FarFromTheOrigin)
  {
    // Doubles at 1e8 are 1.5e-8 apart. An edge of 1/3 bears 3e-8, one of 1/30 does not.
    Mesh far = small_square();
    for (Point<3> &node : far.nodes)
      node += Point<3>(1e8, -1e8, 0.);
    parallel::distributed::Triangulation<2> triangulation(MPI_COMM_WORLD);
    const GmshSpecimen<2>                   specimen = read<2>(triangulation, far.text(), periodic);
    EXPECT_NEAR(specimen.size[0], 1., 3e-8);
    expect_plane_sides(triangulation, specimen);

    Mesh farther = small_square();
    for (Point<3> &node : farther.nodes)
      node = 0.1 * node + Point<3>(0., 1e8, 0.);
    const std::string problem = problem_of(farther.text());
    expect_in(problem,
              {"is too far from the origin: node 13 at (0, 1e+08) is rounded to 2.22",
               "; allowed is 1e-07 of the shortest",
               "move the mesh to the origin (gmsh: Translate)"});
  }

  TEST(GmshRounding, ParametricNodes)
  {
    // As gmsh writes them: dimension and number of what a node is on, and as many parameters as that has dimensions.
    std::string text = small_square().text();
    for (unsigned int node = 1; node <= 16; ++node)
      {
        const std::string behind[] = {" 0 1", " 1 4 0.5", " 2 1 0.25 1e-3", ""};
        const auto        line     = text.find('\n' + std::to_string(node) + ' ', text.find("$Nodes"));
        text.insert(text.find('\n', line + 1), behind[node % 4]);
      }
    for (const std::string section : {"$Nodes", "$EndNodes"})
      text.replace(text.find(section), section.size(), section[1] == 'E' ? "$EndParametricNodes" : "$ParametricNodes");
    parallel::distributed::Triangulation<2> triangulation(MPI_COMM_WORLD);
    const GmshSpecimen<2>                   specimen = read<2>(triangulation, text, periodic);
    EXPECT_EQ(triangulation.n_global_active_cells(), 9u);
    EXPECT_NEAR(specimen.platen_area, 1., 1e-14);
  }

  TEST(GmshElements, Names)
  {
    // From the table of the file format in gmsh's manual.
    const auto name = [](const unsigned int type) { return gmsh_element_type(type).value().name(); };
    EXPECT_EQ(name(2), "triangles");
    EXPECT_EQ(name(6), "prisms");
    EXPECT_EQ(name(9), "second-order triangles of 6 nodes");
    EXPECT_EQ(name(10), "second-order quadrilaterals of 9 nodes");
    EXPECT_EQ(name(14), "second-order pyramids of 14 nodes");
    EXPECT_EQ(name(16), "second-order quadrilaterals of 8 nodes");
    EXPECT_EQ(name(18), "second-order prisms of 15 nodes");
    EXPECT_EQ(name(20), "third-order triangles of 9 nodes");
    EXPECT_EQ(name(25), "fifth-order triangles of 21 nodes");
    EXPECT_EQ(name(26), "third-order lines of 4 nodes");
    EXPECT_EQ(name(28), "fifth-order lines of 6 nodes");
    EXPECT_EQ(name(31), "fifth-order tetrahedra of 56 nodes");
    EXPECT_EQ(name(92), "third-order hexahedra of 64 nodes");
    EXPECT_EQ(name(93), "fourth-order hexahedra of 125 nodes");
    EXPECT_FALSE(gmsh_element_type(0));
    EXPECT_FALSE(gmsh_element_type(76)); // never given
    EXPECT_FALSE(gmsh_element_type(141));
    // Of complete elements of order p: 1 + p, (p + 1)(p + 2)/2, (p + 1)² and (p + 1)³ nodes.
    for (const auto &[type, order] : {std::pair(36u, 3u), std::pair(51u, 10u), std::pair(98u, 9u), std::pair(46u, 10u)})
      EXPECT_EQ(gmsh_element_type(type)->order, order) << type;
    EXPECT_EQ(gmsh_element_type(51)->nodes, 121u);
    EXPECT_EQ(gmsh_element_type(98)->nodes, 1000u);
    EXPECT_EQ(gmsh_element_type(46)->nodes, 66u);
  }

  TEST(GmshElements, MessageSaysWhatTheMeshHas)
  {
    Mesh curved = small_square();
    for (unsigned int cell = 0; cell < 9; ++cell)
      {
        curved.elements[cell].type = 10;
        curved.elements[cell].nodes.resize(9, 0);
      }
    expect_in(
      problem_of(curved.text()),
      {"has 9 second-order quadrilaterals of 9 nodes (the first is element 1); allowed are quadrilaterals: save "
       "them with straight edges (gmsh: Mesh.ElementOrder = 1)"});

    for (unsigned int cell = 0; cell < 9; ++cell)
      {
        curved.elements[cell].type = 9;
        curved.elements[cell].nodes.resize(6);
      }
    expect_in(
      problem_of(curved.text()),
      {"has 9 second-order triangles of 6 nodes (the first is element 1); allowed are quadrilaterals: recombine"});

    curved.elements[0].type = 141;
    expect_in(problem_of(curved.text()), {"element 1 is of type 141, which the format does not have"});
  }
} // namespace revitra

#include "fem/mesh/gmsh_mesh.h"
#include "material/base/errors.h"
#include "tests/fem/discretization/test_specimen.h"
#include "tests/fem/mesh/small_gmsh_mesh.h"

#include <gtest/gtest.h>

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
    /// What the mesh in `file` is refused with, without the beginning that names the file; the same on all ranks.
    template <int dim>
    std::vector<std::string> problems_of_file(const std::string &file, const Deck::LateralBoundary lateral_boundary)
    {
      std::vector<std::string> problems;
      try
        {
          parallel::distributed::Triangulation<dim> triangulation(MPI_COMM_WORLD);
          read_gmsh_specimen(triangulation, file, lateral_boundary, 0);
        }
      catch (const DeckError &error)
        {
          const std::string beginning = "Specimen/Mesh file = " + file + ": ";
          for (const std::string &problem : error.problems())
            {
              EXPECT_EQ(problem.substr(0, beginning.size()), beginning);
              EXPECT_EQ(problem.find('\n'), std::string::npos);
              problems.push_back(problem.substr(beginning.size()));
            }
        }
      for (const auto &others : Utilities::MPI::all_gather(MPI_COMM_WORLD, problems))
        EXPECT_EQ(others, problems);
      return problems;
    }

    template <int dim>
    std::vector<std::string> problems_of_text(const std::string          &text,
                                              const Deck::LateralBoundary lateral_boundary = periodic)
    {
      const SharedFile file("mesh.msh", text);
      return problems_of_file<dim>(file.path, lateral_boundary);
    }

    template <int dim = 2>
    std::vector<std::string> problems_of(const Mesh &mesh, const Deck::LateralBoundary lateral_boundary = periodic)
    {
      return problems_of_text<dim>(mesh.text(), lateral_boundary);
    }

    /// Checks that there are as many problems as `parts`, each of which has to be in its problem.
    void expect_problems(const std::vector<std::string> &problems, const std::vector<std::string> &parts)
    {
      std::string all;
      for (const std::string &problem : problems)
        all += "\n  " + problem;
      ASSERT_EQ(problems.size(), parts.size()) << all;
      for (unsigned int i = 0; i < parts.size(); ++i)
        EXPECT_NE(problems[i].find(parts[i]), std::string::npos) << parts[i] << " is not in" << all;
    }

    std::string replaced(std::string text, const std::string &what, const std::string &by)
    {
      const auto place = text.find(what);
      EXPECT_NE(place, std::string::npos) << what;
      return text.replace(place, what.size(), by);
    }

    /// The square with the right half of its cells, and what they need, moved away from the left by `gap`.
    Mesh torn_square(const double gap)
    {
      Mesh mesh = small_square();
      for (const unsigned int node : {1, 5, 9, 13})
        mesh.nodes.push_back(mesh.nodes[node] + Point<3>(gap, 0., 0.));
      for (Mesh::Element &element : mesh.elements)
        if (element.nodes[0] % 4 == 1)
          for (unsigned int &node : element.nodes)
            if (node % 4 == 1)
              node = 16 + node / 4;
      for (unsigned int node = 0; node < 16; ++node)
        if (node % 4 > 1)
          mesh.nodes[node][0] += gap;
      return mesh;
    }
  } // namespace

  TEST(GmshProblems, NoneInTheMeshesThatTheOthersSpoil)
  {
    expect_problems(problems_of(small_square()), {});
    expect_problems(problems_of<3>(cube_in_cube()), {});
  }

  TEST(GmshProblems, Files)
  {
    const std::string allowed = "; allowed is a gmsh mesh in ASCII, format 4.1 or 2.2";
    expect_problems(problems_of_file<2>("/nowhere/mesh.msh", periodic),
                    {"cannot be read: No such file or directory" + allowed});
    expect_problems(problems_of_file<2>("/tmp", periodic), {"is a directory" + allowed});
    expect_problems(problems_of_text<2>(""), {"line 1: is not a gmsh mesh" + allowed});
    expect_problems(problems_of_text<2>("solid cube\n"), {"line 1: is not a gmsh mesh" + allowed});
  }

  TEST(GmshProblems, Formats)
  {
    const std::string good = small_square().text();
    expect_problems(problems_of_text<2>(replaced(good, "2.2 0 8", "2.2 1 8")), {"line 2: is binary"});
    expect_problems(problems_of_text<2>(replaced(good, "2.2 0 8", "4 0 8")), {"line 2: is of format 4"});
    expect_problems(problems_of_text<2>(good.substr(0, good.find("$EndNodes") - 20)), {"ends too early"});
    expect_problems(problems_of_text<2>(good.substr(0, good.find("$EndElements"))), {"ends too early"});
    expect_problems(problems_of_text<2>(replaced(good, "$EndPhysicalNames", "")), {"has more in $PhysicalNames"});
    expect_problems(problems_of_text<2>(replaced(good, "$Nodes\n16", "$Nodes\n15")), {"has more in $Nodes"});
    expect_problems(problems_of_text<2>(replaced(good, "\n1 0 0 0", "\n1 0 0 zero")),
                    {"line 17: `zero` where a number should be"});
    expect_problems(problems_of_text<2>(replaced(good, "\n1 0 0 0", "\n1 0 0 nan")), {"`nan` where a number should"});
    expect_problems(problems_of_text<2>(replaced(good, "\"top\"", "top")), {"a name in \"quotes\" should be here"});
    expect_problems(problems_of_text<2>(replaced(good, "\"top\"", "\"top\n\"")),
                    {"a name in \"quotes\" should be here"});
    for (const auto &[what, by] : {std::pair("2 \"top\"", "-2147483648 \"top\""), // which has no opposite
                                   std::pair("1 3 2 7 1 1 2 6 5", "1 3 2 -2147483648 1 1 2 6 5")})
      expect_problems(problems_of_text<2>(replaced(good, what, by)),
                      {"`-2147483648` where the number of a group should be"});
    expect_problems(problems_of_text<2>(replaced(good, "\n2 0.3", "\n1 0.3")), {"node 1 is there twice"});
    expect_problems(problems_of_text<2>(replaced(good, "1 3 2 7 1 1 2 6 5", "1 3 2 7 1 1 2 66 5")),
                    {"element 1 has node 66, which is not there; allowed"});
    expect_problems(problems_of_text<2>(good + "rubbish"), {"`rubbish` where a section, $Name, should begin"});
    expect_problems(problems_of_text<2>(good + "$PartitionedEntities\n"), {"is partitioned"});
    expect_problems(problems_of_text<2>(good + "$Comments\n"), {"has no $EndComments"});
    expect_problems(problems_of_text<2>(good + "$Comments\nsections that mean nothing here\n$EndComments\n"), {});
  }

  TEST(GmshProblems, Dimensions)
  {
    expect_problems(problems_of<3>(small_square()),
                    {"has cells of dimension 2; allowed are hexahedra for Specimen/Dimension = 3"});
    expect_problems(problems_of<2>(cube_in_cube()),
                    {"has cells of dimension 3; allowed are quadrilaterals for Specimen/Dimension = 2"});

    Mesh only_sides = small_square();
    only_sides.remove_group(Mesh::glass);
    expect_problems(problems_of(only_sides), {"has no cells; allowed are quadrilaterals"});

    Mesh bent        = small_square();
    bent.nodes[5][2] = 0.1;
    expect_problems(problems_of(bent),
                    {"is not in the x-y plane: node 6 at (0.333333, 0.333333, 0.1); allowed is z = 0"});
  }

  TEST(GmshProblems, TypesOfElements)
  {
    Mesh triangles        = small_square();
    triangles.elements[4] = {Mesh::triangle, Mesh::glass, {5, 6, 10}};
    triangles.elements[8] = {Mesh::triangle, Mesh::glass, {10, 11, 15}};
    triangles.remove_group(Mesh::bottom);
    expect_problems(problems_of(triangles),
                    {"has 2 triangles (the first is element 5); allowed are quadrilaterals: recombine (gmsh: ",
                     "has no curves in the physical group `bottom`"});

    Mesh curved = small_square();
    for (Mesh::Element &element : curved.elements)
      if (element.type == Mesh::line)
        {
          element.type = Mesh::curved_line;
          element.nodes.push_back(0);
        }
    expect_problems(problems_of(curved),
                    {"has 12 second-order lines of 3 nodes (the first is element 10); allowed are"});

    Mesh tetrahedra        = cube_in_cube();
    tetrahedra.elements[0] = {Mesh::tetrahedron, Mesh::glass, {8, 9, 10, 12}};
    expect_problems(problems_of<3>(tetrahedra), {"has 1 tetrahedra (the first is element 1); allowed are hexahedra"});
  }

  TEST(GmshProblems, CellsInsideOutOrDegenerate)
  {
    Mesh crossed = small_square();
    std::swap(crossed.elements[4].nodes[0], crossed.elements[4].nodes[1]);
    const auto problems = problems_of(crossed);
    ASSERT_FALSE(problems.empty());
    EXPECT_NE(problems[0].find("cells are inside out in part (a corner turned inward, or sides that cross): element 5 "
                               "at (0.5, 0.5)"),
              std::string::npos)
      << problems[0];

    Mesh arrow     = small_square();
    arrow.nodes[5] = Point<3>(0.55, 0.55, 0.);
    expect_problems(problems_of(arrow), {"cells are inside out in part"});

    Mesh flat     = small_square();
    flat.nodes[5] = Point<3>(0.5, 0.5, 0.); // on the diagonal of cell 4
    expect_problems(problems_of(flat), {"cells are degenerate (flat, or an angle of 0 or 180 degrees): element 5 at"});

    Mesh folded = cube_in_cube();
    for (unsigned int c = 8; c < 16; c += 2)
      std::swap(folded.nodes[c], folded.nodes[c + 1]);
    EXPECT_FALSE(problems_of<3>(folded).empty());
  }

  TEST(GmshProblems, CellsOnTopOfOthers)
  {
    Mesh twice = small_square();
    twice.elements.push_back(twice.elements[3]);
    expect_problems(problems_of(twice), {"cells are there twice: element 22 at (0.166667, 0.5)"});

    Mesh in_two_regions = small_square();
    in_two_regions.elements.push_back(in_two_regions.elements[3]);
    in_two_regions.elements.back().group = Mesh::crystal;
    expect_problems(problems_of(in_two_regions), {"cells are in several regions: element 22 at (0.166667, 0.5)"});

    // A cell to the right of cell 3, which is the left neighbor of cell 4, over the latter.
    Mesh crowded = small_square();
    crowded.nodes.emplace_back(0.5, 0.4, 0.);
    crowded.nodes.emplace_back(0.5, 0.6, 0.);
    crowded.elements.push_back({Mesh::quadrilateral, Mesh::glass, {5, 16, 17, 9}});
    expect_problems(problems_of(crowded), {"more than two cells have a side in common: element 22 at (0.416667, 0.5)"});

    // In the place of cell 4, the right neighbor of cell 3, one over cell 3.
    Mesh folded = small_square();
    folded.nodes.emplace_back(0.1, 0.6, 0.);
    folded.nodes.emplace_back(0.1, 0.4, 0.);
    folded.elements[4].nodes = {5, 9, 16, 17};
    expect_problems(problems_of(folded),
                    {"neighbors lie on top of each other: element 4 at (0.166667, 0.5) on element 5"});

    Mesh solid = cube_in_cube();
    solid.nodes.emplace_back(0.5, 0.4, 0.4);
    solid.nodes.emplace_back(0.5, 0.6, 0.4);
    solid.nodes.emplace_back(0.5, 0.4, 0.6);
    solid.nodes.emplace_back(0.5, 0.6, 0.6);
    solid.elements[0].nodes = {8, 10, 14, 12, 16, 17, 19, 18}; // only half of the inner cube
    expect_problems(problems_of<3>(solid), {});
    for (unsigned int node = 16; node < 20; ++node)
      solid.nodes[node][0] = 0.2; // out of the inner cube, to the left
    expect_problems(problems_of<3>(solid), {"neighbors lie on top of each other: "});
  }

  TEST(GmshProblems, Regions)
  {
    Mesh without              = small_square();
    without.elements[2].group = Mesh::none;
    without.elements[7].group = Mesh::none;
    expect_problems(problems_of(without),
                    {"cells are in no region while others are: element 3 at (0.833333, 0.166667), element 8 at "
                     "(0.5, 0.833333); allowed are all cells or none in physical groups"});
  }

  TEST(GmshProblems, Groups)
  {
    Mesh mesh = small_square();
    mesh.remove_group(Mesh::top);
    mesh.remove_group(Mesh::left);
    expect_problems(
      problems_of(mesh),
      {"has no curves in the physical groups `top` and `left`, which Specimen/Lateral boundary = periodic "
       "needs; its groups of curves are `bottom` and `right`"});
    expect_problems(problems_of(mesh, open),
                    {"has no curves in the physical group `top`, which Specimen/Lateral boundary = free needs; its "
                     "groups of curves are `bottom` and `right`"});

    Mesh solid = cube_in_cube();
    for (const auto group : {Mesh::bottom, Mesh::top, Mesh::left, Mesh::right, Mesh::back, Mesh::front})
      solid.remove_group(group);
    expect_problems(problems_of<3>(solid),
                    {"has no surfaces in the physical groups `bottom`, `top`, `left`, `right`, `back` and `front`, "
                     "which Specimen/Lateral boundary = periodic needs; its groups of surfaces are none"});
  }

  TEST(GmshProblems, ElementsInGroupsOfSides)
  {
    Mesh mesh = small_square();
    mesh.elements.push_back({Mesh::line, Mesh::top, {5, 6}});
    mesh.elements.push_back({Mesh::line, Mesh::top, {12, 14}});
    mesh.elements.push_back({Mesh::line, Mesh::right, {12, 13}});
    expect_problems(problems_of(mesh),
                    {"physical group `top` has what is no side of a cell: element 23",
                     "physical group `top` has what is not at the boundary: element 22",
                     "physical group `right` has what is in another side's group: element 24 in `top`"});
  }

  TEST(GmshProblems, Platens)
  {
    Mesh uneven         = small_square();
    uneven.nodes[13][1] = 1.25;
    expect_problems(problems_of(uneven),
                    {"`top` is not flat: it reaches from y = 1 to 1.25; allowed is the same y everywhere"});

    Mesh turned = small_square();
    for (Mesh::Element &element : turned.elements)
      if (element.group == Mesh::bottom || element.group == Mesh::top)
        element.group = Mesh::bottom + Mesh::top - element.group;
    expect_problems(problems_of(turned), {"`bottom` at y = 1 and `top` at y = 0 are the wrong way round; allowed is"});

    // Only the left third of what is on top is a platen, and the right third stands out above it.
    Mesh beyond = small_square();
    for (Mesh::Element &element : beyond.elements)
      if (element.group == Mesh::top && element.nodes[0] != 12)
        element.group = Mesh::none;
    beyond.nodes[14][1] = 1.1;
    beyond.nodes[15][1] = 1.1;
    expect_problems(problems_of(beyond, open),
                    {"is not all between `bottom` at y = 0 and `top` at y = 1: node 15 at (0.666667, 1.1), node 16 at "
                     "(1, 1.1)"});
  }

  TEST(GmshProblems, PeriodicSides)
  {
    Mesh shifted        = small_square();
    shifted.nodes[7][1] = 0.4;
    expect_problems(problems_of(shifted),
                    {"`left` and `right` do not match: node 5 at (0, 0.333333) has no partner at (1, 0.333333), the "
                     "nearest is node 8 at (1, 0.4), node 8 at (1, 0.4) has no partner; allowed are sides meshed alike "
                     "(gmsh: Periodic Curve)"});
    expect_problems(problems_of(shifted, open), {});

    for (const auto side : {Mesh::left, Mesh::right})
      {
        Mesh gap = small_square();
        for (Mesh::Element &element : gap.elements)
          if (element.group == side && element.nodes[0] / 4 == 1)
            element.group = Mesh::none;
        expect_problems(problems_of(gap),
                        {side == Mesh::left ? "a side of element 6 at (0.833333, 0.5) has no partner; allowed"
                                            : "a side of element 4 at (0.166667, 0.5) has no partner; allowed"});
      }

    Mesh skew = small_square();
    for (Point<3> &node : skew.nodes)
      node[0] += 0.1 * node[1];
    expect_problems(problems_of(skew),
                    {"`left` is not flat: it reaches from x = 0 to 0.1", "`right` is not flat: it reaches from x = 1"});
    expect_problems(problems_of(skew, open), {});

    Mesh tiny = small_square();
    for (Point<3> &node : tiny.nodes)
      node *= 1e-8;
    expect_problems(problems_of(tiny),
                    {"is too small for a periodic side, `left`; allowed are edges of at least 1e-08"});
    expect_problems(problems_of(tiny, open), {});

    Mesh solid     = cube_in_cube();
    solid.nodes[1] = solid.nodes[1] + Point<3>(0., 0., 0.1);
    expect_problems(problems_of<3>(solid, open), {});
    expect_problems(problems_of<3>(solid), {"`back` is not flat"});
  }

  TEST(GmshProblems, Vertices)
  {
    expect_problems(problems_of(torn_square(0.)),
                    {"vertices are in the same place: node 2 at (0.333333, 0) and node 17, node 6 at (0.333333, "
                     "0.333333) and node 18, node 10 at (0.333333, 0.666667) and node 19 and 1 more; allowed is one"});

    Mesh halved = small_square();
    halved.nodes.emplace_back(0.5, 1. / 3., 0.);
    halved.nodes.emplace_back(0.5, 2. / 3., 0.);
    halved.elements[4].nodes = {5, 16, 17, 9};
    halved.elements.push_back({Mesh::quadrilateral, Mesh::glass, {16, 6, 10, 17}});
    expect_problems(
      problems_of(halved),
      {"vertices hang on the sides of cells that do not have them: node 17 at (0.5, 0.333333) on element 2 "
       "at (0.5, 0.166667), node 18 at (0.5, 0.666667) on element 8 at (0.5, 0.833333); allowed are"});

    // Instead of the inner cube, two halves of it.
    Mesh solid = cube_in_cube();
    for (const unsigned int c : {0, 2, 4, 6})
      solid.nodes.push_back((solid.nodes[8 + c] + solid.nodes[9 + c]) / 2.);
    solid.elements[0].nodes = {8, 16, 17, 10, 12, 18, 19, 14};
    solid.elements.push_back({Mesh::hexahedron, Mesh::crystal, {16, 9, 11, 17, 18, 13, 15, 19}});
    const auto problems = problems_of<3>(solid);
    expect_problems(problems,
                    {"vertices hang on the sides of cells that do not have them: node 17 at (0.5, 0.333333, "});
  }

  TEST(GmshProblems, Parts)
  {
    expect_problems(
      problems_of(torn_square(0.5), open),
      {"is in 2 parts that share no sides of cells; allowed is one; a cell of each: element 3 at (1.33333, 0.166667), "
       "element 4 at (0.166667, 0.5)"});
    expect_problems(problems_of(torn_square(0.5), periodic), {}); // the parts are neighbors there

    Mesh at_a_corner = small_square();
    for (const unsigned int cell : {1, 2, 3, 5, 6, 7, 8})
      at_a_corner.elements[cell].group = Mesh::crystal;
    at_a_corner.remove_group(Mesh::crystal);
    for (const auto group : {Mesh::top, Mesh::left, Mesh::right, Mesh::bottom})
      at_a_corner.remove_group(group);
    at_a_corner.elements.push_back({Mesh::line, Mesh::bottom, {0, 1}});
    at_a_corner.elements.push_back({Mesh::line, Mesh::top, {9, 10}});
    expect_problems(problems_of(at_a_corner, open), {"is in 2 parts that share no sides of cells"});
  }

  TEST(GmshProblems, AllAtOnce)
  {
    Mesh mesh = small_square();
    mesh.remove_group(Mesh::left);
    mesh.nodes[5]          = Point<3>(0.5, 0.5, 0.);
    mesh.nodes[13][1]      = 1.25;
    mesh.elements[1].group = Mesh::none;
    mesh.elements.push_back(mesh.elements[0]);
    expect_problems(problems_of(mesh),
                    {"has no curves in the physical group `left`",
                     "cells are there twice: element ",
                     "cells are in no region while others are: element 2 at ",
                     "cells are degenerate",
                     "`top` is not flat"});
  }
} // namespace revitra

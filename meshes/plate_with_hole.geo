// A plate with a round hole in its middle, periodic along x.
//     gmsh -2 -format msh41 plate_with_hole.geo

width    = 1;
height   = 1;
radius   = 0.2;
n_side   = 8;   // cells along a quarter of the hole, and along a side of the plate
n_radial = 6;   // cells from the hole to a side
growth   = 1.3; // of cells away from the hole

Point(1) = {width / 2, height / 2, 0};
corner() = {}; // of the plate, counterclockwise
on_hole() = {};
For i In {0 : 3}
  angle = (2 * i - 3) * Pi / 4;
  p = newp;
  Point(p) = {width / 2 * (1 + (i == 1 || i == 2 ? 1 : -1)), height / 2 * (1 + (i > 1 ? 1 : -1)), 0};
  Point(p + 1) = {width / 2 + radius * Cos(angle), height / 2 + radius * Sin(angle), 0};
  corner() += {p};
  on_hole() += {p + 1};
EndFor

side() = {}; // bottom, right, top, left
arc() = {};
radial() = {}; // from the hole to a corner
For i In {0 : 3}
  j = (i + 1) % 4;
  l = newc;
  Line(l) = {corner(i), corner(j)};
  Circle(l + 1) = {on_hole(i), 1, on_hole(j)};
  Line(l + 2) = {on_hole(i), corner(i)};
  side() += {l};
  arc() += {l + 1};
  radial() += {l + 2};
EndFor
For i In {0 : 3}
  j = (i + 1) % 4;
  Curve Loop(i + 1) = {side(i), -radial(j), -arc(i), radial(i)};
  Plane Surface(i + 1) = {i + 1};
EndFor

Transfinite Curve{side(), arc()} = n_side + 1;
Transfinite Curve{radial()} = n_radial + 1 Using Progression growth;
Transfinite Surface{1 : 4};
Recombine Surface{1 : 4};
Periodic Curve{side(1)} = {-side(3)} Translate{width, 0, 0};

Physical Curve("bottom")  = {side(0)};
Physical Curve("right")   = {side(1)};
Physical Curve("top")     = {side(2)};
Physical Curve("left")    = {side(3)};
Physical Curve("hole")    = {arc()};
Physical Surface("glass") = {1 : 4};

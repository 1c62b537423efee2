// Three layers of unequal thickness, periodic along x: for a band of another glass between two blocks.
//     gmsh -2 -format msh41 layered.geo

width       = 1;
thickness() = {0.55, 0.1, 0.35}; // from the bottom; they add up to the height
n_x         = 16;                // cells along x
n_y()       = {9, 4, 6};         // cells across each layer

y = 0;
For i In {0 : 3}
  Point(2 * i + 1) = {0, y, 0};
  Point(2 * i + 2) = {width, y, 0};
  Line(i + 1) = {2 * i + 1, 2 * i + 2};
  Transfinite Curve{i + 1} = n_x + 1;
  If (i < 3)
    y += thickness(i);
  EndIf
EndFor
For i In {0 : 2}
  Line(11 + i) = {2 * i + 1, 2 * i + 3}; // at the left
  Line(21 + i) = {2 * i + 2, 2 * i + 4}; // at the right
  Transfinite Curve{11 + i, 21 + i} = n_y(i) + 1;
  Curve Loop(i + 1) = {i + 1, 21 + i, -(i + 2), -(11 + i)};
  Plane Surface(i + 1) = {i + 1};
EndFor
Transfinite Surface{1 : 3};
Recombine Surface{1 : 3};
Periodic Curve{21 : 23} = {11 : 13} Translate{width, 0, 0};

Physical Curve("bottom")  = {1};
Physical Curve("top")     = {4};
Physical Curve("left")    = {11 : 13};
Physical Curve("right")   = {21 : 23};
Physical Surface("lower") = {1};
Physical Surface("band")  = {2};
Physical Surface("upper") = {3};

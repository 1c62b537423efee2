// A strip with a round notch in each of its free sides, halfway up: shear concentrates between the notches.
//     gmsh -2 -format msh41 notched_strip.geo

width  = 1;
height = 1;
radius = 0.15; // of the notches
n_arc  = 8;    // cells along a quarter of a notch
n_x    = 16;   // cells along a platen
n_y    = 6;    // cells along a side above or below a notch

middle = height / 2;
Point(1) = {0, 0, 0};
Point(2) = {width, 0, 0};
Point(3) = {width, middle - radius, 0};
Point(4) = {width, middle, 0};
Point(5) = {width - radius, middle, 0};
Point(6) = {width, middle + radius, 0};
Point(7) = {width, height, 0};
Point(8) = {0, height, 0};
Point(9) = {0, middle + radius, 0};
Point(10) = {0, middle, 0};
Point(11) = {radius, middle, 0};
Point(12) = {0, middle - radius, 0};

Line(1) = {1, 2};
Line(2) = {2, 3};
Circle(3) = {3, 4, 5};
Circle(4) = {5, 4, 6};
Line(5) = {6, 7};
Line(6) = {7, 8};
Line(7) = {8, 9};
Circle(8) = {9, 10, 11};
Circle(9) = {11, 10, 12};
Line(10) = {12, 1};
Curve Loop(1) = {1:10};
Plane Surface(1) = {1};

// Half as many, because the mesh is subdivided.
Transfinite Curve{1, 6}        = n_x / 2 + 1;
Transfinite Curve{2, 5, 7, 10} = n_y / 2 + 1;
Transfinite Curve{3, 4, 8, 9}  = n_arc / 2 + 1;

Physical Curve("bottom")  = {1};
Physical Curve("top")     = {6};
Physical Curve("left")    = {7, 10};
Physical Curve("right")   = {2, 5};
Physical Curve("notches") = {3, 4, 8, 9};
Physical Surface("glass") = {1};

Mesh.RecombineAll         = 1;
Mesh.SubdivisionAlgorithm = 1; // nothing but quadrilaterals

// A cube with a spherical inclusion, periodic along x and z.
//     gmsh -3 -format msh41 inclusion.geo

edge     = 1;
radius   = 0.25;
core     = 0.6; // edge of the cube inside of the sphere, relative to the largest that fits
n_edge   = 4;   // cells along an edge of a block
n_sphere = 2;   // cells from the core to the sphere
n_matrix = 2;   // cells from the sphere to the frame
frame    = edge / (n_edge + 2); // thickness of the outermost cells, which make opposite sides alike

// Three boxes, one inside the other, of which the second is on the sphere. Bits 0, 1, 2 of the number of a corner are its
// places along x, y, z; the number of an edge is 10 * direction + the corner where it begins.
half() = {core * radius / Sqrt(3), radius / Sqrt(3), edge / 2 - frame};
Point(1) = {edge / 2, edge / 2, edge / 2};
For b In {0 : 2}
  For c In {0 : 7}
    Point(100 * b + c + 10) = {edge / 2 + half(b) * (2 * (c % 2) - 1),
                               edge / 2 + half(b) * (2 * (Floor(c / 2) % 2) - 1),
                               edge / 2 + half(b) * (2 * Floor(c / 4) - 1)};
  EndFor
  For d In {0 : 2}
    For c In {0 : 7}
      If (Floor(c / 2^d) % 2 == 0)
        e = 100 * b + 10 * d + c + 10;
        If (b == 1)
          Circle(e) = {100 * b + c + 10, 1, 100 * b + c + 2^d + 10};
        Else
          Line(e) = {100 * b + c + 10, 100 * b + c + 2^d + 10};
        EndIf
        Transfinite Curve{e} = n_edge + 1;
      EndIf
    EndFor
  EndFor
  For d In {0 : 2}
    For upper In {0 : 1}
      s = 100 * b + 2 * d + upper + 10;
      c = 100 * b + upper * 2^d + 10;
      d1 = (d + 1) % 3;
      d2 = (d + 2) % 3;
      Curve Loop(s) = {10 * d1 + c, 10 * d2 + c + 2^d1, -(10 * d1 + c + 2^d2), -(10 * d2 + c)};
      If (b == 1)
        Surface(s) = {s} In Sphere{1};
      Else
        Plane Surface(s) = {s};
      EndIf
    EndFor
  EndFor
EndFor
Surface Loop(1) = {10 : 15};
Volume(1) = {1};

// The shells between two boxes: lines between corners, surfaces between edges, volumes between sides.
For b In {0 : 1}
  For c In {0 : 7}
    Line(300 + 100 * b + c) = {100 * b + c + 10, 100 * b + 100 + c + 10};
    Transfinite Curve{300 + 100 * b + c} = (b == 0 ? n_sphere : n_matrix) + 1;
  EndFor
  For d In {0 : 2}
    For c In {0 : 7}
      If (Floor(c / 2^d) % 2 == 0)
        s = 300 + 100 * b + 10 * d + c;
        e = 100 * b + 10 * d + c + 10;
        Curve Loop(s) = {e, 300 + 100 * b + c + 2^d, -(e + 100), -(300 + 100 * b + c)};
        Plane Surface(s) = {s};
      EndIf
    EndFor
  EndFor
  For d In {0 : 2}
    For upper In {0 : 1}
      v = 100 * b + 2 * d + upper + 10;
      s = 300 + 100 * b + upper * 2^d;
      d1 = (d + 1) % 3;
      d2 = (d + 2) % 3;
      Surface Loop(v) = {v, v + 100, s + 10 * d1, s + 10 * d1 + 2^d2, s + 10 * d2, s + 10 * d2 + 2^d1};
      Volume(v) = {v};
    EndFor
  EndFor
EndFor

Transfinite Surface{:};
Recombine Surface{:};
Transfinite Volume{:};

// The frame, by extrusion of one side after the other.
e = 1e-6 * edge;
Extrude{-frame, 0, 0} { Surface{210}; Layers{1}; Recombine; }
Extrude{frame, 0, 0} { Surface{211}; Layers{1}; Recombine; }
lower() = Surface In BoundingBox{-e, frame - e, -e, edge + e, frame + e, edge + e};
upper() = Surface In BoundingBox{-e, edge - frame - e, -e, edge + e, edge - frame + e, edge + e};
Extrude{0, -frame, 0} { Surface{lower()}; Layers{1}; Recombine; }
Extrude{0, frame, 0} { Surface{upper()}; Layers{1}; Recombine; }
lower() = Surface In BoundingBox{-e, -e, frame - e, edge + e, edge + e, frame + e};
upper() = Surface In BoundingBox{-e, -e, edge - frame - e, edge + e, edge + e, edge - frame + e};
Extrude{0, 0, -frame} { Surface{lower()}; Layers{1}; Recombine; }
Extrude{0, 0, frame} { Surface{upper()}; Layers{1}; Recombine; }

inclusion() = {1, 10 : 15};
matrix() = Volume{:};
matrix() -= {inclusion()};
Physical Surface("left")     = Surface In BoundingBox{-e, -e, -e, e, edge + e, edge + e};
Physical Surface("right")    = Surface In BoundingBox{edge - e, -e, -e, edge + e, edge + e, edge + e};
Physical Surface("bottom")   = Surface In BoundingBox{-e, -e, -e, edge + e, e, edge + e};
Physical Surface("top")      = Surface In BoundingBox{-e, edge - e, -e, edge + e, edge + e, edge + e};
Physical Surface("back")     = Surface In BoundingBox{-e, -e, -e, edge + e, edge + e, e};
Physical Surface("front")    = Surface In BoundingBox{-e, -e, edge - e, edge + e, edge + e, edge + e};
Physical Volume("inclusion") = {inclusion()};
Physical Volume("matrix")    = {matrix()};

// Hexagonal grains in a matrix. Those in the upper row are cut by the sides, which are periodic.
//     gmsh -2 -format msh41 two_phase.geo

pitch   = 0.5;  // from center to center of grains in a row; the specimen is two of them wide
height  = 1.1;
grain   = 0.42; // from edge to edge of a grain
n_edge  = 4;    // cells along the edge of a grain
n_film  = 1;    // cells from a grain halfway to the next
n_outer = 2;    // cells from the honeycomb around the grains to a platen

width = 2 * pitch;
row   = pitch * Sqrt(3) / 4; // of the rows of grains, from mid-height
grains() = {};
matrix() = {};

// Grains, each in its cell of a honeycomb. Corners are counted counterclockwise, 0 is the upper one at the right.
x() = {pitch / 2, 3 * pitch / 2, pitch, 0, width}; // of their centers; the last two are halves
For i In {0 : 4}
  whole   = i < 3;
  first   = (i == 3 ? 4 : i == 4 ? 1 : 0); // corner
  n_edges = (whole ? 6 : 3);
  y       = height / 2 + (i < 2 ? -row : row);

  center = newp;
  Point(center) = {x(i), y, 0};
  corner = newp;        // of the grain, and ten more: of its cell
  spoke  = newl;        // from a corner of the grain to that of its cell
  edge   = spoke + 10;  // of the grain
  border = spoke + 20;  // of the cell
  For k In {0 : (whole ? 5 : 3)}
    angle = (2 * (first + k) + 1) * Pi / 6;
    Point(corner + k)      = {x(i) + grain / Sqrt(3) * Cos(angle), y + grain / Sqrt(3) * Sin(angle), 0};
    Point(corner + 10 + k) = {x(i) + pitch / Sqrt(3) * Cos(angle), y + pitch / Sqrt(3) * Sin(angle), 0};
    Line(spoke + k) = {corner + k, corner + 10 + k};
    Transfinite Curve{spoke + k} = n_film + 1;
  EndFor
  For k In {0 : n_edges - 1}
    next = (k + 1) % 6;
    Line(edge + k)   = {corner + k, corner + next};
    Line(border + k) = {corner + 10 + k, corner + 10 + next};
    Transfinite Curve{edge + k, border + k} = n_edge + 1;
    s = news;
    Curve Loop(s) = {border + k, -(spoke + next), -(edge + k), spoke + k};
    Plane Surface(s) = {s};
    matrix() += {s};
  EndFor
  If (whole)
    For j In {0 : 2}
      Line(spoke + 30 + j) = {center, corner + 2 * j};
      Transfinite Curve{spoke + 30 + j} = n_edge + 1;
    EndFor
    For j In {0 : 2}
      s = news;
      Curve Loop(s) = {spoke + 30 + j, edge + 2 * j, edge + 2 * j + 1, -(spoke + 30 + (j + 1) % 3)};
      Plane Surface(s) = {s};
      grains() += {s};
    EndFor
  Else
    Line(spoke + 30) = {corner + 3, corner};
    Transfinite Curve{spoke + 30} = n_edge + 1;
    s = news;
    Curve Loop(s) = {edge, edge + 1, edge + 2, spoke + 30};
    Plane Surface(s) = {s};
    grains() += {s};
  EndIf
EndFor

// Between the honeycomb and the platens.
For upper In {0 : 1}
  For i In {0 : 3}
    p = newp;
    l = newl;
    For j In {0 : 1}
      Point(p + j)     = {(i + j) * pitch / 2, upper * height, 0};
      Point(p + 2 + j) = {(i + j) * pitch / 2,
                          height / 2 + (upper ? 1 : -1) * (row + pitch / Sqrt(3) / ((i + j + upper) % 2 ? 1 : 2)), 0};
    EndFor
    Line(l)     = {p, p + 1};
    Line(l + 1) = {p + 1, p + 3};
    Line(l + 2) = {p + 3, p + 2};
    Line(l + 3) = {p + 2, p};
    Transfinite Curve{l, l + 2} = n_edge + 1;
    Transfinite Curve{l + 1, l + 3} = n_outer + 1;
    s = news;
    Curve Loop(s) = {l : l + 3};
    Plane Surface(s) = {(upper ? -s : s)};
    matrix() += {s};
  EndFor
EndFor
Coherence; // of points and lines that were made twice

Transfinite Surface{:};
Recombine Surface{:};

// Along the sides, points are as far apart at the left as at the right.
e = 1e-6 * width;
Physical Curve("bottom")   = Curve In BoundingBox{-e, -e, -e, width + e, e, e};
Physical Curve("top")      = Curve In BoundingBox{-e, height - e, -e, width + e, height + e, e};
Physical Curve("left")     = Curve In BoundingBox{-e, -e, -e, e, height + e, e};
Physical Curve("right")    = Curve In BoundingBox{width - e, -e, -e, width + e, height + e, e};
Physical Surface("grains") = {grains()};
Physical Surface("matrix") = {matrix()};

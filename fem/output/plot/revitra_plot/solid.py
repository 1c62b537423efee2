"""What can be seen of the cells of a record: the cells themselves in 2-D, in 3-D the outer faces and a slice."""

from dataclasses import dataclass

import numpy as np

# From where a 3-D specimen is seen: the side that shows the shear in front, the right side and the top platen beside it
VIEW = np.array([0.45, 0.38, 0.81]) / np.linalg.norm([0.45, 0.38, 0.81])

# A cube as tetrahedra around the diagonal from its first to its last corner; corners are numbered with x fastest
TETRAHEDRA = ((0, 1, 3, 7), (0, 1, 5, 7), (0, 2, 3, 7), (0, 2, 6, 7), (0, 4, 5, 7), (0, 4, 6, 7))


@dataclass
class Polygons:
    """Polygons in the plane of the picture, those in front last, and the cell that each is of."""

    corners: np.ndarray  # (polygon, corner, 2), or a list of such for polygons of unequal size
    cells: np.ndarray


def outline(lattice):
    """The points around quadrilaterals that are given by lattices of points: (cell, y, x, component)."""
    return np.concatenate([lattice[:, 0, :-1], lattice[:, :-1, -1], lattice[:, -1, :0:-1], lattice[:, :0:-1, 0]], axis=1)


def cells_in_plane(record, scale):
    """2-D: all cells."""
    return Polygons(outline(record.deformed(scale))[..., :2], np.arange(record.count))


def projection():
    """Unit vectors to the right, upwards and towards the viewer; y is upwards."""
    right = np.cross([0.0, 1.0, 0.0], VIEW)
    right /= np.linalg.norm(right)
    return right, np.cross(VIEW, right), VIEW


def faces_of(lattices):
    """The six faces of the cells, each a lattice, and the cell of each: (face, row, column, component)."""
    faces = [np.take(lattices, end, axis=axis) for axis in (1, 2, 3) for end in (0, -1)]
    return np.concatenate(faces), np.tile(np.arange(len(lattices)), 6)


def middle(faces):
    """Mean of the corners."""
    return faces[:, [0, 0, -1, -1], [0, -1, 0, -1]].mean(axis=1)


def belong_to_one_cell(centers, size):
    """Which faces have a center that no other face has."""
    keys = np.round(centers / (1e-5 * size)).astype(np.int64)
    _, which, count = np.unique(keys, axis=0, return_inverse=True, return_counts=True)
    return count[which.ravel()] == 1


def visible_faces(record, scale):
    """3-D: the outer faces that look at the viewer, those behind first.

    Behind the faces of the box there may be those of holes and notches and, between cells of unequal size, faces that are no surface;
    they are drawn first, so that the box hides them.
    """
    original, cells = faces_of(record.points)
    deformed, _ = faces_of(record.deformed(scale))
    low, high = record.points.reshape(-1, 3).min(axis=0), record.points.reshape(-1, 3).max(axis=0)
    size = np.max(high - low)
    on_box = np.any([np.all(np.abs(original - end) < 1e-5 * size, axis=(1, 2)) for end in (low, high)], axis=0).any(axis=-1)
    right, up, towards = projection()
    seen = belong_to_one_cell(middle(original), size) & (outward_normals(deformed, record.deformed(scale), cells) @ towards > 0)
    order = np.flatnonzero(seen)
    order = order[np.lexsort((middle(deformed[order]) @ towards, on_box[order]))]
    return Polygons(outline(deformed[order]) @ np.stack([right, up], axis=-1), cells[order])


def outward_normals(faces, lattices, cells):
    """Vectors out of the cell that a face belongs to."""
    normals = np.cross(faces[:, -1, -1] - faces[:, 0, 0], faces[:, 0, -1] - faces[:, -1, 0])
    inside = lattices.mean(axis=(1, 2, 3))[cells]
    return normals * np.sign(np.sum(normals * (middle(faces) - inside), axis=1))[:, None]


def mid_plane_slice(record, scale):
    """3-D: the plane half-way along z, cut before deformation (just behind the faces of cells that are there) and seen along z."""
    low, high = record.points[..., 2].min(), record.points[..., 2].max()
    level = 0.5 * (low + high) - 1e-4 * (high - low)
    flat = record.points[..., 2].reshape(record.count, -1)
    cut = np.flatnonzero((flat.min(axis=1) < level) & (flat.max(axis=1) > level))
    corners, cells = tetrahedra(record.points[cut], cut)
    positions, _ = tetrahedra(record.deformed(scale)[cut], cut)
    heights = corners[..., 2] - level
    above = (heights > 0).sum(axis=1)
    polygons, owners = [], []
    for count in (1, 2, 3):
        which = np.flatnonzero(above == count)
        order = np.argsort(-heights[which], axis=1)  # those above first
        height = np.take_along_axis(heights[which], order, axis=1)
        place = np.take_along_axis(positions[which], order[..., None], axis=1)
        edges = {1: [(0, 1), (0, 2), (0, 3)], 2: [(0, 2), (0, 3), (1, 3), (1, 2)], 3: [(0, 3), (1, 3), (2, 3)]}[count]
        polygons.append(np.stack([meet(place, height, *edge) for edge in edges], axis=1)[..., :2])
        owners.append(cells[which])
    return Polygons([polygon for group in polygons for polygon in group], np.concatenate(owners))


def meet(place, height, one, other):
    """Where an edge of each tetrahedron meets the plane."""
    share = height[:, one] / (height[:, one] - height[:, other])
    return place[:, one] + share[:, None] * (place[:, other] - place[:, one])


def tetrahedra(lattices, cells):
    """The parts of the cells as tetrahedra: their corners, and the cell of each."""
    n = lattices.shape[1] - 1
    corners = [lattices[:, k : k + n, j : j + n, i : i + n].reshape(len(lattices), -1, 3) for k in (0, 1) for j in (0, 1) for i in (0, 1)]
    parts = np.concatenate([np.stack([corners[i] for i in four], axis=2) for four in TETRAHEDRA], axis=1)
    return parts.reshape(-1, 4, 3), np.repeat(cells, parts.shape[1])

"""The field files of a run: which records there are, and the cells of one of them."""

import re
from dataclasses import dataclass
from itertools import product

import numpy as np

from .errors import PlotError
from .vtu import parse_xml, read_pieces

DIMENSION_OF_TYPE = {9: 2, 12: 3}  # VTK's quadrilateral and hexahedron
GAUSS = 0.5 - np.sqrt(1 / 12), 0.5 + np.sqrt(1 / 12)


@dataclass
class Record:
    """The cells at one time. A cell of degree n is given by a lattice of (n+1)^dimension points, x fastest."""

    time: float  # dimensionless
    dimension: int
    points: np.ndarray  # (cell, [z,] y, x, component), before deformation
    displacement: np.ndarray  # the same
    values: dict  # a number a cell, dimensionless, by name
    volumes: np.ndarray  # before deformation
    origin: tuple = (0.0, 0.0, 0.0)  # what the points are counted from

    @property
    def count(self):
        return len(self.volumes)

    def deformed(self, scale=1.0):
        return self.points + scale * self.displacement

    def field(self, name, run):
        """The values of a field in the units of the run."""
        if name not in self.values:
            raise PlotError(f"{run.directory}: there is no field '{name}'; there are {', '.join(self.values)}")
        return self.values[name] * run.scale(QUANTITIES.get(name, "number"))

    def mean(self, name):
        """Volume average."""
        return float(self.values[name] @ self.volumes / self.volumes.sum())


QUANTITIES = {
    "stress": "stress", "equivalent_stress": "stress", "pressure": "stress", "plastic_strain": "strain", "eed": "energy",
    "eed_star": "strain", "plastic_rate": "rate", "instability": "inverse time",
}


def has_fields(run):
    return (run.directory / "fields.pvd").exists()


def need_fields(run):
    """An error that says why there are no fields."""
    if has_fields(run):
        return
    if run.summary.get("tool") == "revitra-point":
        raise PlotError(f"{run.directory}: is a run of revitra-point, which has no fields; run the deck with revitra-fem")
    if float(run.deck.get("Output/Fields interval", 1)) == 0:
        raise PlotError(f"{run.directory}: no fields were written, because Output/Fields interval = 0; run again with, for instance, "
                        "--set 'Output/Fields interval=0.1'")
    raise PlotError(f"{run.directory}: there is no fields.pvd in it; run again with revitra-fem")


def record_files(run):
    """Dimensionless time and path of every record, in order."""
    need_fields(run)
    path = run.directory / "fields.pvd"
    files = [(float(entry.get("timestep")), run.directory / entry.get("file")) for entry in parse_xml(path).iter("DataSet")]
    if not files:
        raise PlotError(f"{path}: names no records; run again")
    return files


def choose_record(run, strain=None, time=None):
    """Time and path of the record nearest to a strain or a time of the history, else of the last one."""
    files = record_files(run)
    if strain is None and time is None:
        return files[-1]
    if time is not None:
        return min(files, key=lambda file: abs(file[0] * run.scale("time") - time))
    return min(files, key=lambda file: abs(run.at_time("strain", file[0] * run.scale("time")) - strain))


def origin_of_points(path):
    """What the points in the pieces of a .pvtu file are counted from: a place near the specimen if that is far from the origin."""
    found = re.search(rb"<!-- points are counted from ([-+.\deE ]+) -->", path.read_bytes())
    return (*map(float, found[1].split()), 0.0)[:3] if found else (0.0, 0.0, 0.0)


def piece_files(path):
    """The .vtu files of a .pvtu file."""
    return [path.parent / piece.get("Source") for piece in parse_xml(path).iter("Piece")]


def read_record(time, path):
    """All pieces of a .pvtu file as one Record."""
    pieces = [piece for file in piece_files(path) for piece in read_pieces(file)]
    if not pieces:
        raise PlotError(f"{path}: has no cells; run again, or take another record by --at")

    def joined(name):
        return np.concatenate([piece[name] for piece in pieces])

    types = np.unique(joined("types"))
    if len(types) != 1 or types[0] not in DIMENSION_OF_TYPE:
        raise PlotError(f"{path}: has cells of the VTK types {types}; only 9 and 12, as revitra-fem writes them, can be drawn")
    dimension = DIMENSION_OF_TYPE[types[0]]
    degree = lattice_degree(len(joined("points")), len(joined("types")), dimension, path)
    shape = (-1, *[degree + 1] * dimension)
    points = joined("points").astype(float).reshape(*shape, 3)
    names = [name for name, values in pieces[0].items() if name not in ("types", "offsets", "connectivity") and values.ndim == 1]
    values = {name: joined(name).astype(float).reshape(len(points), -1)[:, 0] for name in names}
    displacement = joined("displacement").astype(float).reshape(*shape, 3)
    volumes = cell_volumes(points, dimension)
    if not np.all(np.isfinite(volumes)) or not np.sum(volumes) > 0:
        raise PlotError(f"{path}: its cells have no volume, as those of a mesh far from the origin in files with few digits; run again")
    return Record(time, dimension, points, displacement, values, volumes, origin_of_points(path))


def lattice_degree(n_points, n_cells, dimension, path):
    """n of cells that are written as n^d parts with (n+1)^d points."""
    for degree in range(1, 9):
        if n_points * degree**dimension == n_cells * (degree + 1) ** dimension:
            return degree
    raise PlotError(f"{path}: has {n_points} points and {n_cells} cells, not what revitra-fem writes; run again")


def cell_volumes(points, dimension):
    """Areas or volumes of the cells, each the sum of its bi- or trilinear parts, which Gauss's rule integrates exactly."""
    lattice = points[..., :dimension]
    parts = lattice.shape[1] - 1
    corners = {bits: lattice[(slice(None), *[slice(bit, bit + parts) for bit in bits])] for bits in product((0, 1), repeat=dimension)}
    total = 0.0
    for place in product(GAUSS, repeat=dimension):
        columns = [sum(slope(bits, place, axis) * corner for bits, corner in corners.items()) for axis in range(dimension)]
        total = total + np.abs(np.linalg.det(np.stack(columns, axis=-1)))
    return total.reshape(len(points), -1).sum(axis=1) / len(GAUSS) ** dimension


def slope(bits, place, axis):
    """Derivative along an axis, at a place of the unit cell, of the shape function that is 1 at the corner."""
    factors = [(1.0 if bit else -1.0) if i == axis else (x if bit else 1.0 - x) for i, (bit, x) in enumerate(zip(bits, place))]
    return float(np.prod(factors))

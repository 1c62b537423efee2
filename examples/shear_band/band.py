"""What is measured of a run with a shear band across the specimen: profile, width, stresses, and how they change with the mesh."""

import math
import re
from dataclasses import dataclass

import numpy as np
from revitra_plot.fields import choose_record, read_record

# What is appended to the name of a measure
CHANGE, ORDER = "_change", "_order"


@dataclass
class Profile:
    """Means over the rows of cells at the end of the run, from bottom to top."""

    y: np.ndarray
    values: dict  # by name of the field

    def width(self, name="plastic_rate"):
        """Full width at half maximum: of the parabola there, and linear between the middles of cells elsewhere."""
        values = self.values[name]
        peak = int(values.argmax())
        level = vertex(*np.pad(values, 1, mode="edge")[peak : peak + 3]) / 2
        return self.half(values, level, range(peak, len(values))) + self.half(values, level, range(peak, -1, -1))

    def peak(self, name):
        """Where the field is largest; in the middle of the places if at several."""
        values = self.values[name]
        return float(self.y[values >= (1 - 1e-6) * values.max()].mean())

    def half(self, values, level, indices):
        """Distance from the peak, the first of the indices, to where it is half as high; to the last one if it is never that low."""
        below = [i for i in indices if values[i] < level]
        if not below:
            return abs(self.y[indices[-1]] - self.y[indices[0]])
        inner = below[0] - indices.step
        share = (values[inner] - level) / (values[inner] - values[below[0]])
        return abs(self.y[inner] + share * (self.y[below[0]] - self.y[inner]) - self.y[indices[0]])


def vertex(before, largest, after):
    """The extreme value of the parabola through three values at equal distances."""
    slope, curvature = (after - before) / 2, before - 2 * largest + after
    return largest - slope**2 / (2 * curvature) if curvature else largest


def profile(run):
    """The last record of the run, averaged over the cells of each height."""
    record = read_record(*choose_record(run))
    heights = record.points[..., 1].reshape(record.count, -1).mean(axis=1)
    y, row = np.unique(heights.round(9), return_inverse=True)
    volumes = np.bincount(row, record.volumes)
    return Profile(y, {name: np.bincount(row, record.volumes * values) / volumes for name, values in record.values.items()})


def ends(run):
    """The strains at which segments of the loading program end."""
    return [float(strain) for strain in re.findall(r"until strain ([-+.\deE]+)", run.deck["Loading/Program"])]


def height(run):
    """The size of the specimen along y."""
    return float(run.deck["Specimen/Size"].split(",")[-1])


def measures(run):
    """The numbers of a run by name."""
    history = run.history
    found = {f"stress_{strain:g}": float(np.interp(strain, history["strain"], history["stress"])) for strain in ends(run)}
    found["eed"] = history["eed"][-1]
    found["free_volume_max"] = history["free_volume_max"][-1]
    found["width"] = profile(run).width()
    return found


def narrowest(run):
    """Strain where the fewest take part in the flow, and how much of the height: (mean of the rate)² over the mean of its square."""
    participation = run.history["strain_participation"]
    index = int(participation.argmin())
    return run.history["strain"][index], participation[index] * height(run)


def with_changes(rows, names):
    """The same rows, with the change of each named measure from the mesh before, and the order that three meshes show.

    Cells are halved from row to row; where there are too few before it, changes and orders are missing.
    """
    found = [dict(row) for row in rows]
    for name in names:
        differences = np.diff([row[name] for row in rows])
        for row, change in zip(found[1:], differences):
            row[name + CHANGE] = change
        for row, before, after in zip(found[2:], differences, differences[1:]):
            row[name + ORDER] = order(before, after)
    return found


def order(before, after):
    """How fast changes fall when cells are halved; nan if there are none."""
    return math.log2(abs(before / after)) if before and after else math.nan

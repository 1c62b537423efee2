"""The color of a value: which map, and what range of it."""

from dataclasses import dataclass

import numpy as np
from matplotlib.colors import ListedColormap, LogNorm, Normalize

from .style import plt

MAPS = {"free_volume": "viridis", "eed": "cividis", "eed_star": "cividis", "plastic_strain": "cividis", "plastic_rate": "cividis"}
LOGARITHMIC = ("plastic_strain", "plastic_rate")
CENTERED = {"rejuvenation": (1.0, 1e-3), "instability": (0.0, 0.0)}  # where white is; no further from it: no reason for bright colors
DECADES = 4  # no more of a logarithmic range


@dataclass
class ColorScale:
    """What turns values into colors, and the ticks of its bar if it is not left to choose."""

    cmap: object
    norm: object
    ticks: object = None


def color_scale(name, low, high, smallest=None):
    """The scale of a field with values from low to high; it is logarithmic if the smallest is decades below the largest."""
    smallest = low if smallest is None else smallest
    if name in CENTERED:
        return centered_scale(low, high, *CENTERED[name])
    cmap = plt.get_cmap(MAPS.get(name, "viridis"))
    if high - low <= 1e-5 * max(abs(low), abs(high)):
        around = 0.05 * abs(high) or 1.0
        return ColorScale(cmap, Normalize(high - around, high + around), [high])
    if name in LOGARITHMIC and smallest > 0 and high / smallest > 100:
        return ColorScale(cmap, LogNorm(max(smallest, high * 10.0**-DECADES), high, clip=True))
    return ColorScale(cmap, Normalize(low, high))


def centered_scale(low, high, center, least):
    """White at the center, blue below it and red above it, equally fast: the part of a symmetric map that the values take."""
    low, high = min(low, center), max(high, center)
    half = max(center - low, high - center)
    if half <= least:
        reach = least or 1.0
        return ColorScale(plt.get_cmap("RdBu_r"), Normalize(center - reach, center + reach))
    share = 0.5 + 0.5 * (np.array([low, high]) - center) / half
    return ColorScale(ListedColormap(plt.get_cmap("RdBu_r")(np.linspace(*share, 256))), Normalize(low, high))

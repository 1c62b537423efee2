"""Colors, fonts, names and units of all pictures."""

import pathlib

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import MaxNLocator

from .errors import WriteError
from .run import reason

STYLE = {
    "font.size": 9, "axes.labelsize": 9, "axes.titlesize": 9, "figure.titlesize": 9, "xtick.labelsize": 8, "ytick.labelsize": 8,
    "legend.fontsize": 8, "legend.frameon": False, "legend.handlelength": 1.8, "legend.labelspacing": 0.3, "lines.linewidth": 1.4,
    "axes.spines.top": False, "axes.spines.right": False, "axes.formatter.useoffset": False, "axes.formatter.limits": (-4, 5),
    "axes.formatter.use_mathtext": True, "pdf.fonttype": 42, "svg.fonttype": "none", "savefig.dpi": 220, "mathtext.fontset": "dejavusans",
}

# Inches: the width of a page's text, and of one panel of two
PAGE_WIDTH = 7.0
PANEL_WIDTH = 3.5

# Okabe and Ito's colors, which all can tell apart, without the yellow, which paper does not show
BLACK, ORANGE, SKY, GREEN, BLUE, VERMILION, PURPLE = "#000000", "#E69F00", "#56B4E9", "#009E73", "#0072B2", "#D55E00", "#CC79A7"
CYCLE = (BLUE, VERMILION, GREEN, ORANGE, PURPLE, SKY, BLACK)
GRAY = "0.45"

# quantity: unit when dimensionless, unit when physical
UNITS = {
    "stress": (r"$\sigma_0$", "MPa"), "strain": (r"$\varepsilon_0$", ""), "energy": (r"$\sigma_0\varepsilon_0$", r"MJ/m$^3$"),
    "time": ("time scale", "s"), "temperature": (r"$T_g$", "K"), "rate": (r"$\varepsilon_0$/time scale", "1/s"),
    "inverse time": ("1/time scale", "1/s"), "number": ("", ""),
}

# what is drawn: words, quantity
NAMES = {
    "time": (r"time $t$", "time"),
    "strain": (r"shear strain $\varepsilon$", "strain"),
    "stress": (r"shear stress $\sigma$", "stress"),
    "temperature": (r"temperature $T$", "temperature"),
    "free_volume": (r"free volume $\xi$", "number"),
    "st_sum": (r"ST sum $\Lambda$", "number"),
    "st_bias": (r"ST bias $\Delta$", "number"),
    "eed": ("EED", "energy"),
    "eed_star": (r"EED* = EED/$\sigma_c$", "strain"),
    "rejuvenation": (r"rejuvenation degree RD = $\xi/\xi_0$", "number"),
    "equivalent_stress": ("equivalent stress", "stress"),
    "pressure": ("pressure", "stress"),
    "plastic_strain": ("plastic shear strain", "strain"),
    "plastic_rate": ("plastic strain rate", "rate"),
    "instability": ("growth rate of perturbations", "inverse time"),
}


def unit(run, quantity):
    return UNITS[quantity][run.physical]


def label(run, name):
    """Words and unit of a column or a field."""
    words, quantity = NAMES.get(name, (name, "number"))
    if run.tension:
        words = words.replace("shear", "axial")
    return f"{words} ({unit(run, quantity)})" if unit(run, quantity) else words


def number(run, value, quantity):
    """A number as it stands in a sentence."""
    return f"{digits(value)} {unit(run, quantity)}".strip()


def digits(value):
    """Four digits, and no exponent where five or six say the same."""
    return f"{value:.0f}" if 1e4 <= abs(value) < 1e6 else f"{value:.4g}"


def few_ticks(axis, intervals=6):
    axis.set_major_locator(MaxNLocator(intervals, steps=[1, 2, 5, 10]))


def run_styles(count):
    """Color and line of each of several runs."""
    if count <= len(CYCLE):
        return [{"color": color} for color in CYCLE[:count]]
    return [{"color": color} for color in plt.get_cmap("viridis")(np.linspace(0, 0.9, count))]


def save(figure, folder, name, kind):
    """Writes and closes a figure; returns the file."""
    path = pathlib.Path(folder) / f"{name}.{kind}"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path)
    except OSError as error:
        raise WriteError(f"{path}: cannot be written: {reason(error)}") from error
    finally:
        plt.close(figure)
    return path

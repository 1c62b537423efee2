#!/usr/bin/env python3
"""Compares the histories of a specimen and of a point that ran the same deck.

    compare.py SPECIMEN_DIR POINT_DIR PICTURE.png

Each directory holds the history.csv and parameters.prm of a run. Prints the largest difference of every column the two share and
draws stress, free volume and effective energy density over strain. Rows are compared one by one where both have the same times;
otherwise the point is interpolated linearly, and the differences say so.
"""

import pathlib
import re
import sys

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

# Okabe and Ito's colors, which all can tell apart
SPECIMEN_COLOR = "#0072B2"
POINT_COLOR = "#D55E00"

# column, label, unit when dimensionless, unit when physical
PANELS = [
    ("stress", r"shear stress $\sigma$", r"$\sigma_0$", "MPa"),
    ("free_volume", r"free volume $\xi$", "–", "–"),
    ("eed", "effective energy EED", r"$\sigma_0\varepsilon_0$", r"MJ/m$^3$"),
]


def read_history(directory):
    """The columns of DIRECTORY/history.csv by name."""
    path = pathlib.Path(directory) / "history.csv"
    try:
        table = np.atleast_1d(np.genfromtxt(path, delimiter=",", names=True, deletechars=""))
    except (OSError, ValueError) as error:
        sys.exit(f"{path}: {error}")
    missing = [name for name in ["time", "strain"] + [panel[0] for panel in PANELS] if name not in (table.dtype.names or ())]
    if missing:
        sys.exit(f"{path}: no column {', '.join(missing)}")
    if table.size == 0:
        sys.exit(f"{path}: no rows")
    return table


def units(directory):
    """What DIRECTORY/parameters.prm says of Output/Units."""
    path = pathlib.Path(directory) / "parameters.prm"
    found = re.search(r"^\s*set\s+Units\s*=\s*(\w+)", path.read_text(), re.MULTILINE) if path.exists() else None
    return found.group(1) if found else "dimensionless"


def same_times(specimen, point):
    return specimen.size == point.size and np.allclose(
        specimen["time"], point["time"], rtol=1e-12, atol=1e-12 * np.abs(specimen["time"]).max()
    )


def differences(specimen, point):
    """For each shared column: name, its largest value, the largest difference, and the strain where that is."""
    one_by_one = same_times(specimen, point)
    for name in specimen.dtype.names:
        if name not in point.dtype.names or name == "time":
            continue
        other = point[name] if one_by_one else np.interp(specimen["time"], point["time"], point[name])
        difference = np.abs(specimen[name] - other)
        if np.all(np.isnan(difference)):
            continue
        row = np.nanargmax(difference)
        yield name, np.nanmax(np.abs(other)), difference[row], specimen["strain"][row]


def print_differences(specimen, point):
    how = "row by row" if same_times(specimen, point) else "the point interpolated to the specimen's times"
    print(f"{specimen.size} rows, {how}; relative to the largest value of the column\n")
    print(f"{'column':<18}{'largest value':>15}{'difference':>13}{'relative':>11}{'at strain':>11}")
    for name, largest, difference, strain in differences(specimen, point):
        relative = difference / largest if largest > 0 else difference
        print(f"{name:<18}{largest:>15.6g}{difference:>13.1e}{relative:>11.1e}{strain:>11.4f}")


def draw_threshold(panel, point):
    """Shades where the stress is beyond sigma_c: the area is the effective energy density."""
    sigma_c = point["sigma_c"]
    above = (point["stress"] > sigma_c) & (sigma_c > 0)
    panel.fill_between(point["strain"], sigma_c, point["stress"], where=above, color="#56B4E9", alpha=0.35, linewidth=0, label="EED")
    panel.plot(point["strain"], np.where(sigma_c > 0, sigma_c, np.nan), "--", color="0.3", linewidth=1.2, label=r"$\sigma_c$")


def draw(specimen, point, physical, picture):
    plt.rcParams.update({"font.size": 13, "axes.labelsize": 14})
    figure, panels = plt.subplots(1, len(PANELS), figsize=(12, 4), constrained_layout=True)
    if "sigma_c" in (point.dtype.names or ()) and np.all(point["stress"] >= 0) and np.all(np.diff(point["strain"]) >= 0):
        draw_threshold(panels[0], point)
    strain_label = r"shear strain $\varepsilon$ (–)" if physical else r"shear strain $\varepsilon$ ($\varepsilon_0$)"
    every = max(1, specimen.size // 25)
    for panel, (name, label, dimensionless_unit, physical_unit) in zip(panels, PANELS):
        panel.plot(point["strain"], point[name], "-", color=POINT_COLOR, linewidth=2, label="point")
        panel.plot(
            specimen["strain"][::every], specimen[name][::every], "o", color=SPECIMEN_COLOR, markersize=5,
            markerfacecolor="none", markeredgewidth=1.4, label="specimen",
        )
        panel.set_xlabel(strain_label)
        panel.set_ylabel(f"{label} ({physical_unit if physical else dimensionless_unit})")
        panel.grid(alpha=0.3)
    panels[0].legend(frameon=False)
    figure.savefig(picture, dpi=150)
    plt.close(figure)


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    specimen_dir, point_dir, picture = sys.argv[1:]
    specimen, point = read_history(specimen_dir), read_history(point_dir)
    if units(specimen_dir) != units(point_dir):
        sys.exit(f"{specimen_dir} and {point_dir} have different Output/Units")
    print_differences(specimen, point)
    draw(specimen, point, units(specimen_dir) == "physical", picture)


if __name__ == "__main__":
    main()

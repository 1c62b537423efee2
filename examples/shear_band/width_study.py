#!/usr/bin/env python3
"""Runs bands that a diffusion length alone gives their width, over a decade of lengths, and compares width and length. See README.md."""

import runs  # first: it knows where revitra_plot is
import band
import numpy as np

LENGTHS = (0.005, 0.01, 0.02, 0.05)
# Of degree 2; the band, when it is narrowest, is 0.86 lengths wide at half of its rate.
CELLS_A_LENGTH = 2.5


def settings(length):
    """An imperfection and a mesh in proportion to the length; the band is narrowest before strain 0.13."""
    cells = 2 * round(CELLS_A_LENGTH / length / 2)
    return [
        f"Material/Initial free volume=0.05 + 0.0005*exp(-((y-0.5)/{2 * length:g})^2)", f"{runs.DIFFUSIVITY}=0",
        f"{runs.LENGTH}={length:g}", "Loading/Program=rate 1e-4 until strain 0.13", f"Specimen/Subdivisions=1,{cells}",
        "Output/Fields interval=0",
    ]


def row(run):
    """What is said of a run: its band where it is narrowest, and what that took."""
    length = float(run.deck[runs.LENGTH])
    strain, width = band.narrowest(run)
    return {
        "diffusion_length": length, "cells": run.summary["cells"], "strain": strain, "width": width, "width_over_length": width / length,
        "stage_solves": run.summary["stage_solves"], "seconds": run.summary["wall_seconds"],
    }


def print_table(rows):
    print("".join(f"{name:>19}" for name in rows[0]))
    for each in rows:
        print("".join(f"{value:>19.5g}" for value in each.values()))
    if len(rows) > 1:
        print("\n" + proportionality(*(np.array([each[name] for each in rows]) for name in ("diffusion_length", "width"))))


def proportionality(lengths, widths):
    """How far the width goes with the length, in words."""
    ratios = widths / lengths
    exponent, _ = np.polyfit(np.log(lengths), np.log(widths), 1)
    spread = 100 * abs(ratios / ratios.mean() - 1).max()
    return f"width = {ratios.mean():.3f} lengths within {spread:.1f} %; fitted exponent {exponent:.3f}"


def arguments():
    parser = runs.parser(__doc__)
    parser.add_argument(
        "--lengths", metavar="L,M", type=lambda text: [float(word) for word in text.split(",")], default=LENGTHS,
        help=f"over the height of the bar (default: {','.join(f'{length:g}' for length in LENGTHS)})",
    )
    return parser.parse_args()


def study(work, options):
    # the smallest length takes the longest: first
    found = work.carry_out_all({f"length_{length:g}": settings(length) for length in sorted(options.lengths)})
    rows = [row(run) for run in found.values()]
    path = options.output / "width_study.csv"
    runs.write_table(rows, path)
    print_table(rows)
    return f"The table is {path}, beside it the runs."


if __name__ == "__main__":
    runs.main(study, arguments(), runs.FOLDER / "imperfection.prm")

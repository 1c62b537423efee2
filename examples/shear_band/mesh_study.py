#!/usr/bin/env python3
"""Runs a shear band on three meshes, with and without diffusion of free volume, and shows what depends on the mesh. See README.md."""

import pathlib

import runs  # first: it knows where revitra_plot is
import band
import picture

CELLS_ACROSS = (4, 8, 16)
DIFFUSION = (runs.DIFFUSIVITY, runs.LENGTH)
# The settings of each model over the deck
MODELS = {"local": [f"{name}=0" for name in DIFFUSION], "regularized": []}


def arguments():
    parser = runs.parser(__doc__)
    parser.add_argument(
        "--deck", metavar="FILE", type=pathlib.Path, default=runs.FOLDER / "imperfection.prm",
        help="a box with a band across it, the diffusion that gives it a width, and a program of strains (imperfection.prm)",
    )
    return parser.parse_args()


class MeshStudy:
    """The runs of a deck as it is, and of each model on all meshes."""

    def __init__(self, work):
        self.pilot = work.carry_out("pilot")
        if not any(float(self.pilot.deck[name]) for name in DIFFUSION):
            raise runs.StudyFailed(f"{work.deck}: has no diffusion, which gives the band its width; set {' or '.join(DIFFUSION)}")
        self.cells = self.resolving(band.profile(self.pilot).width())
        across = self.pilot.deck["Specimen/Subdivisions"].split(",")[0]
        found = work.carry_out_all({
            f"{model}_{n}": [*settings, f"Specimen/Subdivisions={across},{n}"] for model, settings in MODELS.items() for n in self.cells
        })
        # by model, from the coarsest mesh to the finest
        self.runs = {model: [found[f"{model}_{n}"] for n in self.cells] for model in MODELS}

    def resolving(self, width):
        """Cells over the height that resolve a band of this width; even numbers, so that one in the middle meets the same cells."""
        coarsest = 2 * max(1, round(CELLS_ACROSS[0] * band.height(self.pilot) / width / 2))
        return [coarsest * across // CELLS_ACROSS[0] for across in CELLS_ACROSS]

    def rows(self, model):
        """What was measured on each mesh, with changes and orders."""
        measured = [band.measures(run) for run in self.runs[model]]
        height = band.height(self.pilot)
        rows = [
            {"model": model, "cells": n, "cell_size": height / n, "cells_across": found["width"] * n / height, **found}
            for n, found in zip(self.cells, measured)
        ]
        return band.with_changes(rows, list(measured[0]))


def print_table(rows):
    """Measures below each other, meshes beside each other, and how they change from one to the next."""
    first, *finer = rows
    last = rows[-1]
    print(f"\n{first['model']:<16}" + "".join(f"{row['cells']:>6} cells" for row in rows) + f"{'changes':>24}{'order':>8}")
    print(f"{'cells_across':<16}" + "".join(f"{row['cells_across']:>12.2f}" for row in rows))
    for name in (name for name in last if name + band.ORDER in last):
        values = "".join(f"{row[name]:>12.5f}" for row in rows) + "".join(f"{row[name + band.CHANGE]:>12.5f}" for row in finer)
        print(f"{name:<16}{values}{last[name + band.ORDER]:>8.2f}")


def study(work, options):
    found = MeshStudy(work)
    tables = {model: found.rows(model) for model in MODELS}
    drawn = picture.draw(found.runs, tables, options.output)
    runs.write_table([row for rows in tables.values() for row in rows], options.output / "mesh_study.csv")
    for rows in tables.values():
        print_table(rows)
    return f"Open {drawn}; beside it mesh_study.csv and the runs."


if __name__ == "__main__":
    chosen = arguments()
    runs.main(study, chosen, chosen.deck)

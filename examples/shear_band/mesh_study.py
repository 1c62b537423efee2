#!/usr/bin/env python3
"""Runs a shear band on three meshes, with and without diffusion of free volume, and shows what depends on the mesh. See README.md."""

import argparse
import csv
import os
import pathlib
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Runs are read and drawn as revitra-plot does.
sys.path.insert(0, str(ROOT / "fem/output/plot"))

import band  # noqa: E402
import picture  # noqa: E402
from revitra_plot.errors import PlotError  # noqa: E402
from revitra_plot.run import read_run  # noqa: E402

CELLS_ACROSS = (4, 8, 16)
DIFFUSION = ("Material/Constant diffusivity", "Material/Diffusion length")
# The settings of each model over the deck
MODELS = {"local": [f"{name}=0" for name in DIFFUSION], "regularized": []}


class StudyFailed(Exception):
    """A deck that cannot be studied, or a run that did not end as it should; the text says why."""


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    path = {"type": pathlib.Path}
    parser.add_argument("--bin", metavar="DIR", **path, default=ROOT / "build/bin", help="the executables (build/bin)")
    parser.add_argument("--output", metavar="DIR", **path, default=ROOT / "build/shear_band", help="the results (build/shear_band)")
    parser.add_argument(
        "--deck", metavar="FILE", **path, default=pathlib.Path(__file__).parent / "imperfection.prm",
        help="a box with a band across it, the diffusion that gives it a width, and a program of strains (imperfection.prm)",
    )
    parser.add_argument("--jobs", metavar="N", type=int, default=len(os.sched_getaffinity(0)), help="runs at once (as many as cores)")
    options = parser.parse_args()
    if options.jobs < 1:
        parser.error("--jobs: allowed is 1 or more")
    return options


class Study:
    """The runs of a deck in a folder."""

    def __init__(self, executable, deck, folder, jobs):
        self.executable, self.deck, self.folder, self.jobs = executable, deck, folder, jobs
        self.pilot = self.carry_out("pilot")
        if not any(float(self.pilot.deck[name]) for name in DIFFUSION):
            raise StudyFailed(f"{deck}: has no diffusion, which gives the band its width; set {' or '.join(DIFFUSION)}")
        self.cells = self.resolving(band.profile(self.pilot).width())
        self.runs = self.carry_out_meshes()

    def carry_out(self, name, *settings):
        """Runs the deck with settings over it."""
        directory = self.folder / name
        shutil.rmtree(directory, ignore_errors=True)
        arguments = [argument for setting in settings for argument in ("--set", setting)]
        command = [self.executable, self.deck, "--output", directory, "--quiet", *arguments]
        done = subprocess.run([str(word) for word in command], stderr=subprocess.PIPE, text=True, check=False)
        if done.returncode != 0:
            raise StudyFailed(f"{' '.join(map(str, command))}: status {done.returncode}\n{done.stderr.strip()}")
        return read_run(directory, name)

    def resolving(self, width):
        """Cells over the height that resolve a band of this width; even numbers, so that one in the middle meets the same cells."""
        coarsest = 2 * max(1, round(CELLS_ACROSS[0] * band.height(self.pilot) / width / 2))
        return [coarsest * across // CELLS_ACROSS[0] for across in CELLS_ACROSS]

    def carry_out_meshes(self):
        """The runs of each model by its name, from the coarsest mesh to the finest."""
        across = self.pilot.deck["Specimen/Subdivisions"].split(",")[0]
        with ThreadPoolExecutor(self.jobs) as pool:
            started = {
                model: [pool.submit(self.carry_out, f"{model}_{n}", *settings, f"Specimen/Subdivisions={across},{n}") for n in self.cells]
                for model, settings in MODELS.items()
            }
            return {model: [run.result() for run in runs] for model, runs in started.items()}

    def rows(self, model):
        """What was measured on each mesh, with changes and orders."""
        measured = [band.measures(run) for run in self.runs[model]]
        height = band.height(self.pilot)
        rows = [
            {"model": model, "cells": n, "cell_size": height / n, "cells_across": found["width"] * n / height, **found}
            for n, found in zip(self.cells, measured)
        ]
        return band.with_changes(rows, list(measured[0]))


def write_table(rows, path):
    """A row a mesh; what cannot be said of it is empty."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[-1]), restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def print_table(rows):
    """Measures below each other, meshes beside each other, and how they change from one to the next."""
    first, *finer = rows
    last = rows[-1]
    print(f"\n{first['model']:<16}" + "".join(f"{row['cells']:>6} cells" for row in rows) + f"{'changes':>24}{'order':>8}")
    print(f"{'cells_across':<16}" + "".join(f"{row['cells_across']:>12.2f}" for row in rows))
    for name in (name for name in last if name + band.ORDER in last):
        values = "".join(f"{row[name]:>12.5f}" for row in rows) + "".join(f"{row[name + band.CHANGE]:>12.5f}" for row in finer)
        print(f"{name:<16}{values}{last[name + band.ORDER]:>8.2f}")


def main():
    start = time.perf_counter()
    options = arguments()
    executable = options.bin.resolve() / "revitra-fem"
    if not executable.is_file():
        sys.exit(f"there is no {options.bin / 'revitra-fem'}: build first, or say --bin DIR")
    options.output.mkdir(parents=True, exist_ok=True)
    try:
        study = Study(executable, options.deck.resolve(), options.output, options.jobs)
        tables = {model: study.rows(model) for model in MODELS}
        picture.draw(study.runs, tables, options.output)
    except (StudyFailed, PlotError) as error:
        sys.exit(str(error))
    write_table([row for rows in tables.values() for row in rows], options.output / "mesh_study.csv")
    for rows in tables.values():
        print_table(rows)
    print(f"\n{time.perf_counter() - start:.0f} s. Open {options.output / 'mesh_study.png'}; beside it mesh_study.csv and the runs.")


if __name__ == "__main__":
    main()

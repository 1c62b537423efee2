"""The sweep: its table, its run by revitra-point, and the histories that come out."""

import csv
import subprocess

import numpy as np

from programs import number

COLUMNS = ("name", "Material/Temperature", "Material/Initial free volume", "Loading/Program")


class SweepFailed(Exception):
    """Runs that did not end as they should; the text says which and why."""


def write_table(runs, path):
    """The table of the sweep, a row a run."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for run in runs:
            writer.writerow([f"{run.family}: {run.label}", number(run.temperature), number(run.free_volume), run.program])


def carry_out(executable, runs, folder, jobs):
    """Runs the table of RUNS in FOLDER, JOBS at a time, unless that has been done; the path of each history."""
    folder.mkdir(parents=True, exist_ok=True)
    table, deck = folder / "sweep.csv", folder / "empty.prm"
    write_table(runs, table)
    deck.write_text("# Nothing here: every parameter has its default, or is in the table of the sweep.\n", encoding="utf-8")
    command = [executable, deck, "--sweep", table, "--histories", "--jobs", jobs, "--output", folder]
    done = subprocess.run([str(word) for word in command], stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        raise SweepFailed(f"{' '.join(map(str, command))}: status {done.returncode}\n{done.stderr.strip()}")
    return [folder / "histories" / f"{row:04d}.csv" for row in range(1, len(runs) + 1)]


def read_history(path):
    """The columns of a history by name."""
    with path.open(encoding="utf-8") as file:
        names = file.readline().strip().split(",")
        return dict(zip(names, np.loadtxt(file, delimiter=",", unpack=True, ndmin=2)))

#!/usr/bin/env python3
"""Compare the histories of two builds of Revitra, to see that a change of the sources changes no result.

    histories.py BIN_BEFORE BIN_AFTER ROOT     BIN_* are the folders of the executables, ROOT that of the sources

Runs small versions of decks that cover every feature with both, and prints for each the largest difference of a column over
its largest value. Where sums keep their order differences are rounding; where a specimen localizes they are amplified.
"""
import csv
import os
import subprocess
import sys
import tempfile
from pathlib import Path

LIMIT = 1e-11  # of the largest value of a column
COUNTS = {"cells", "stage_solves", "newton_iterations", "step"}
COARSE = ["--set", "Specimen/Degree=1", "--set", "Output/Fields interval=0"]
SMALL = [*COARSE, "--set", "Specimen/Subdivisions=8"]

# name: executable, deck, ranks, arguments
CASES = {
    "point": ("point", "quickstart/shear", 1, []),
    "point, tension": ("point", "quickstart/shear", 1, ["--set", "Loading/Mode=tension", "--set", "Specimen/Lateral boundary=free"]),
    "point, creep and ramp": ("point", "quickstart/shear", 1, [
        "--set", "Loading/Program=rate 1e-4 until stress 5; stress 5 for 1e3; hold for 100, temperature to 0.95"]),
    "shear": ("fem", "quickstart/shear", 1, SMALL),
    "shear, two ranks": ("fem", "quickstart/shear", 2, SMALL),
    "ramp": ("fem", "quickstart/shear", 1, SMALL + [
        "--set", "Loading/Program=rate 1e-4 until stress 5; stress 5 for 100; hold for 100, temperature to 0.95"]),
    "tension": ("fem", "quickstart/shear", 1, SMALL + ["--set", "Loading/Mode=tension", "--set", "Specimen/Lateral boundary=free"]),
    "cube": ("fem", "quickstart/shear", 1, COARSE + [
        "--set", "Specimen/Dimension=3", "--set", "Specimen/Subdivisions=2", "--set", "Material/Initial free volume=0.05+0.002*z"]),
    "random field, diffusion": ("fem", "shear_band/random_field", 1, SMALL + [
        "--set", "Loading/Program=rate 1e-4 until strain 0.06"]),
    "diffusion, adaptive": ("fem", "shear_band/snap", 1, [
        "--set", "Specimen/Subdivisions=8", "--set", "Output/Fields interval=0", "--set", "Adaptivity/Levels=1",
        "--set", "Loading/Program=rate 1e-4 until strain 0.06"]),
    "temperature offset": ("fem", "quickstart/shear", 1, SMALL + [
        "--set", "Material/Temperature offset=0.01*x", "--set", "Loading/Program=rate 1e-4 until strain 0.05"]),
}


def run(executable, deck, ranks, arguments, output):
    environment = dict(os.environ, OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1",
                       OMPI_MCA_rmaps_base_oversubscribe="1", OMP_NUM_THREADS="1")
    command = [executable, deck, "--quiet", "--output", output, *arguments]
    if ranks > 1:
        command = ["mpirun", "-np", str(ranks), *command]
    done = subprocess.run([str(word) for word in command], env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, command))}\n{done.stderr}")


def columns(directory):
    """Name to values of history.csv."""
    with open(directory / "history.csv", encoding="utf-8") as file:
        rows = list(csv.reader(line for line in file if not line.startswith("#")))
    return {name: [float(value) for value in values] for name, values in zip(rows[0], zip(*rows[1:]))}


def largest_difference(before, after):
    """The largest difference of a column over its largest value, and that column; infinite if steps differ."""
    worst = (0.0, "")
    for name in before:
        if len(before[name]) != len(after.get(name, [])):
            return float("inf"), f"{name}: {len(before[name])} and {len(after.get(name, []))} rows"
        scale = max(map(abs, before[name])) or 1.0
        if name not in COUNTS:
            worst = max(worst, (max(abs(a - b) for a, b in zip(before[name], after[name]) if a != b) / scale
                                if before[name] != after[name] else 0.0, name))
    return worst


def main(before, after, root):
    failed = False
    with tempfile.TemporaryDirectory() as scratch:
        for name, (tool, deck, ranks, arguments) in CASES.items():
            place, deck = Path(scratch) / name.replace(" ", "_"), Path(root) / "examples" / f"{deck}.prm"
            if tool == "point":  # its steps follow the last digit of the error: compare at given times
                run(Path(before) / "revitra-point", deck, ranks, arguments, place / "times")
                arguments = [*arguments, "--times", place / "times" / "history.csv"]
            outputs = []
            for label, folder in (("before", before), ("after", after)):
                run(Path(folder) / f"revitra-{tool}", deck, ranks, arguments, place / label)
                outputs.append(columns(place / label))
            difference, column = largest_difference(*outputs)
            failed |= not difference <= LIMIT
            print(f"{name}: {'bit for bit' if difference == 0 else f'{difference:.1e} in {column}'}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) != 4:
        raise SystemExit(__doc__)
    sys.exit(main(*sys.argv[1:]))

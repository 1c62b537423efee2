#!/usr/bin/env python3
"""That examples/universality finds what it says: universality.py BIN_DIR SOURCE_DIR        (in an empty directory)

The rejuvenation of creep at one EED*, the identity, the points against the sweep, the correlations, all files, and doc/validation.md
up to date.
"""

import pathlib
import re
import shutil
import sys

import matplotlib.image
import numpy as np
from checks import check, failures, finish, read, run

bin_dir, source_dir = map(pathlib.Path, sys.argv[1:3])
example = source_dir / "examples/universality"
output = pathlib.Path("results")

CREEP_EED_STAR = 0.2
CREEP_REJUVENATION = {"8.2": 3.35, "9": 2.63, "10": 2.17, "12.5": 1.71, "15": 1.53, "18": 1.41}
CREEP_BOUND = 0.01
RUNS, FAMILIES, POINTS = 359, 17, 10
# Of the identity: everywhere, and in families whose rows resolve the run.
IDENTITY_BOUND, RESOLVED_BOUND = 1e-3, 1e-5
RESOLVED = ("rate", "temperature", "creep", "creep-initial", "creep-temperature", "creep-random", "stress-steps")
CORRELATION = {"eed_star": 0.835, "predicted_eed": 0.874, "predicted_work": 0.804, "predicted_refined": 0.961}
CORRELATION_BOUND = 0.002


def carry_out():
    done = run(sys.executable, example / "run.py", "--bin", bin_dir, "--output", output, "--check", source_dir / "doc/validation.md")
    print(done.stdout)
    check(done.returncode == 0, f"status {done.returncode} of run.py: {done.stderr}")


def check_creep(summary):
    """RD where EED* is CREEP_EED_STAR, from the histories."""
    for stress, expected in CREEP_REJUVENATION.items():
        (row,) = [row for row in summary if row["name"] == f"creep: {stress}"]
        history = np.genfromtxt(output / f"histories/{int(row['row']):04d}.csv", delimiter=",", names=True)
        check(np.all(np.diff(history["eed_star"]) >= 0) and history["eed_star"][-1] > CREEP_EED_STAR, f"EED* in creep at {stress}")
        found = np.interp(CREEP_EED_STAR, history["eed_star"], history["rejuvenation"])
        print(f"creep at {stress}: RD = {found:.4f} at EED* = {CREEP_EED_STAR}")
        check(abs(found - expected) <= CREEP_BOUND, f"creep at {stress}: RD = {found}, not {expected}")


def check_identity(points):
    for point in points:
        error = abs(float(point["predicted_identity"]) - float(point["rejuvenation"]))
        bound = RESOLVED_BOUND if point["family"] in RESOLVED else IDENTITY_BOUND
        check(error <= bound, f"{point['family']}: {point['run']}, point {point['point']}: identity off by {error}")


def check_points(points, summary):
    """Every run has its points, and the last is its end."""
    check(len(summary) == RUNS and {row["status"] for row in summary} == {"done"}, f"{len(summary)} runs, or some not done")
    check(len(points) == RUNS * POINTS and len({point["family"] for point in points}) == FAMILIES, f"{len(points)} points")
    for row, point in zip(summary, points[POINTS - 1 :: POINTS]):
        name = f"{point['family']}: {point['run']}"
        check(row["name"] == name, f"{name} stands for {row['name']}")
        for column in ("eed_star", "rejuvenation"):
            check(abs(float(row[column]) - float(point[column])) < 1e-8, f"{name}: {column} {point[column]}, in the sweep {row[column]}")


def check_correlation(points):
    """Computed here, and found in the report."""
    report = (output / "report.md").read_text(encoding="utf-8")
    rejuvenation = [float(point["rejuvenation"]) for point in points]
    for column, expected in CORRELATION.items():
        found = np.corrcoef([float(point[column]) for point in points], rejuvenation)[0, 1]
        check(abs(found - expected) <= CORRELATION_BOUND, f"Pearson's r of {column}: {found}")
        check(f"| {found:.3f} |" in report, f"no r = {found:.3f} in report.md")


def check_files():
    for name in ("universality", "predictors"):
        picture = matplotlib.image.imread(output / f"{name}.png")
        check(min(picture.shape[:2]) > 600 and picture[..., :3].std() > 0.1, f"{name}.png is small or empty")
        check((output / f"{name}.pdf").read_bytes().startswith(b"%PDF"), f"{name}.pdf is no PDF")
    page = (output / "report.html").read_text(encoding="utf-8")
    check(page.count('src="data:image/png;base64,') == 2, "report.html has not two pictures inside")
    check(not re.search(r"https?:|href=|@import|<script|src=\"(?!data:)", page), "report.html needs something else")
    check('name="viewport"' in page, "report.html has no viewport")


def check_command_line():
    for options, status in ((["--nonsense"], 2), (["--output"], 2), (["--jobs", "0"], 2), (["--help"], 0)):
        done = run("bash", example / "run.sh", *options)
        check(done.returncode == status, f"run.sh {options}: status {done.returncode}, {done.stderr}")
    done = run(sys.executable, example / "run.py", "--bin", "nowhere", "--output", output)
    check(done.returncode == 1 and "nowhere/revitra-point" in done.stderr, f"without executables: {done.stderr}")


check_command_line()
carry_out()
if (output / "points.csv").exists():
    all_points, all_runs = read(output / "points.csv"), read(output / "summary.csv")
    check_creep(all_runs)
    check_identity(all_points)
    check_points(all_points, all_runs)
    check_correlation(all_points)
    check_files()
if not failures:
    shutil.rmtree(output / "histories")
finish()

#!/usr/bin/env python3
"""That examples/ding2022 reproduces the paper: ding2022.py BIN_DIR SOURCE_DIR [--fem]        (in an empty directory)

Without --fem: the table within its bounds, the flags, the correlation, all files, and doc/validation.md up to date. With --fem: the
specimen's table against the point's.
"""

import json
import math
import pathlib
import re
import sys
import tempfile

import matplotlib.image
import numpy as np
from checks import check, finish, read, run

bin_dir, source_dir = map(pathlib.Path, sys.argv[1:3])
specimen = "--fem" in sys.argv[3:]
example = source_dir / "examples/ding2022"
output = pathlib.Path("results")

COLUMNS = ("group,condition,sigma_c,eed,eed_printed,eed_deviation,free_volume,free_volume_printed,free_volume_deviation,eed_star,"
           "rejuvenation,flag").split(",")
GROUPS = {"strain": 9, "creep": 7, "rate": 9, "temperature": 5, "initial": 8}
FLAGS = {"": 18, "eed-outlier": 14, "columns-swapped": 4, "columns-swapped eed-outlier": 1, "aging-row": 1}
FREE_VOLUME_BOUND, EED_BOUND, CREEP_BOUND = 0.0035, 0.027, 0.009
CORRELATION = {"as printed": -0.526, "columns in their places": 0.981, "model": 0.971}
CORRELATION_BOUND = 0.002
SATURATION_BOUND = 1e-7
SPECIMEN_BOUND = 1e-4


def reproduce(*options):
    """reproduce.py, which must succeed."""
    done = run(sys.executable, example / "reproduce.py", "--bin", bin_dir, "--output", output, *options)
    print(done.stdout)
    check(done.returncode == 0, f"status {done.returncode} of reproduce.py: {done.stderr}")


def count(values):
    values = list(values)
    return {value: values.count(value) for value in dict.fromkeys(values)}


def pearson(pairs):
    return np.corrcoef(np.array(list(pairs), dtype=float).T)[0, 1]


def check_deviation(row, printed, quantity):
    """The deviation in the table is that of its columns, and the printed number that of the paper; returns its magnitude."""
    name = f"{row['group']}, {row['condition']}: {quantity}"
    if printed[quantity] == "aging":
        check(row[f"{quantity}_printed"] == row[f"{quantity}_deviation"] == "", f"{name} is printed")
        return 0
    value, deviation = float(row[quantity]), float(row[f"{quantity}_deviation"])
    copied = row[f"{quantity}_printed"]
    check(float(copied) == float(printed[quantity]), f"{name}: {copied} is not what is printed")
    check(math.isclose(deviation, value / float(printed[quantity]) - 1, abs_tol=1e-8), f"{name}: deviation {deviation}")
    return abs(deviation)


def check_row(row, printed):
    name = f"{row['group']}, {row['condition']}"
    check(row["group"] == printed["group"] and row["flag"] == printed["flag"], f"{name}: group or flag")
    free_volume, eed = (check_deviation(row, printed, quantity) for quantity in ("free_volume", "eed"))
    check(free_volume <= FREE_VOLUME_BOUND, f"{name}: free volume {row['free_volume']}, printed {row['free_volume_printed']}")
    if "eed-outlier" in row["flag"]:
        check(eed > EED_BOUND, f"{name}: EED {row['eed']} is no outlier")
    else:
        bound = CREEP_BOUND if row["group"] == "creep" else EED_BOUND
        check(eed <= bound, f"{name}: EED {row['eed']}, printed {row['eed_printed']}")
    eed_star = float(row["eed"]) / float(row["sigma_c"])
    rejuvenation = float(row["free_volume"]) / float(printed["initial_free_volume"])
    check(math.isclose(eed_star, float(row["eed_star"]), rel_tol=1e-8), f"{name}: EED* {row['eed_star']}")
    check(math.isclose(rejuvenation, float(row["rejuvenation"]), rel_tol=1e-8), f"{name}: rejuvenation {row['rejuvenation']}")


def in_their_places(printed):
    pair = (printed["eed_star"], printed["rejuvenation"])
    return pair[::-1] if "columns-swapped" in printed["flag"] else pair


def check_correlation(rows, printed):
    """Computed here, and found in the report."""
    rejuvenated = [entry for entry in printed if entry["flag"] != "aging-row"]
    found = {
        "as printed": pearson((entry["eed_star"].replace("aging", "0"), entry["rejuvenation"]) for entry in printed),
        "columns in their places": pearson(map(in_their_places, rejuvenated)),
        "model": pearson((row["eed_star"], row["rejuvenation"]) for row in rows if row["flag"] != "aging-row"),
    }
    report = (output / "report.md").read_text(encoding="utf-8")
    for name, expected in CORRELATION.items():
        check(abs(found[name] - expected) <= CORRELATION_BOUND, f"Pearson's r, {name}: {found[name]}")
        check(f"| {found[name]:.3f} |".replace("-", "−") in report, f"no r = {found[name]:.3f} in report.md")


def check_table():
    rows, printed = read(output / "table1.csv"), read(example / "ding2022_table1.csv")
    check(list(rows[0]) == COLUMNS, f"columns {list(rows[0])}")
    check(count(row["group"] for row in rows) == GROUPS, f"groups {count(row['group'] for row in rows)}")
    check(count(row["flag"] for row in rows) == FLAGS, f"flags {count(row['flag'] for row in rows)}")
    for row, entry in zip(rows, printed):
        check_row(row, entry)
    check_correlation(rows, printed)


def check_saturation():
    """That the rows which saturate last have done so: twice the strain changes them by no more than the report says."""
    (output / "empty.prm").write_text("", encoding="utf-8")
    rows = {(row["group"], row["condition"]): row for row in read(output / "table1.csv")}
    late = {("rate", "rate 1e-3"): ("1e-3", "0.90", "value"), ("temperature", "T 0.86"): ("1e-4", "0.86", "flow")}
    for condition, (rate, temperature, threshold) in late.items():
        program = f"Loading/Program=rate {rate} until strain 10"
        settings = [program, f"Material/Temperature={temperature}", f"EED/Threshold={threshold}"]
        options = [part for setting in settings for part in ("--set", setting)]
        done = run(bin_dir / "revitra-point", output / "empty.prm", "--quiet", "--output", output / "late", *options)
        check(done.returncode == 0, f"{condition}: {done.stderr}")
        summary = json.loads((output / "late/summary.json").read_text(encoding="utf-8"))
        for quantity, key in (("eed", "eed"), ("free_volume", "free_volume_final")):
            check(math.isclose(float(rows[condition][quantity]), summary[key], rel_tol=SATURATION_BOUND),
                  f"{condition}: {quantity} {rows[condition][quantity]}, at twice the strain {summary[key]}")


def check_files():
    for name in ("fig1", "fig2", "fig3", "fig4"):
        picture = matplotlib.image.imread(output / f"{name}.png")
        check(min(picture.shape[:2]) > 600 and picture[..., :3].std() > 0.1, f"{name}.png is small or empty")
        check((output / f"{name}.pdf").read_bytes().startswith(b"%PDF"), f"{name}.pdf is no PDF")
    page = (output / "report.html").read_text(encoding="utf-8")
    check(page.count('src="data:image/png;base64,') == 4, "report.html has not four pictures inside")
    check(not re.search(r"https?:|href=|@import|<script|src=\"(?!data:)", page), "report.html needs something else")
    check('name="viewport"' in page, "report.html has no viewport")
    for name, text in (("report.html", page), ("report.md", (output / "report.md").read_text(encoding="utf-8"))):
        for flag in ("eed-outlier", "columns-swapped", "aging-row"):
            check(flag in text, f"no {flag} in {name}")


def check_specimen():
    rows, points = read(output / "table1.csv"), read(output / "table1_point.csv")
    check(rows != points and len(rows) == len(points) == sum(GROUPS.values()), "table1.csv and table1_point.csv")
    for row, point in zip(rows, points):
        for quantity in ("eed", "free_volume"):
            check(math.isclose(float(row[quantity]), float(point[quantity]), rel_tol=SPECIMEN_BOUND),
                  f"{row['group']}, {row['condition']}: {quantity} {row[quantity]} of the specimen, {point[quantity]} of the point")


def check_generated_part():
    """That a document that has drifted is noticed, and put right."""
    sys.path.insert(0, str(source_dir / "doc"))
    from generated_part import Part

    part = Part("part", by="a test", command="nothing")
    with tempfile.TemporaryDirectory() as folder:
        document = pathlib.Path(folder) / "document.md"
        document.write_text("before\n" + part.begin() + "old\n" + part.end() + "after\n", encoding="utf-8")
        try:
            part.put(document, "new\n", check=True)
            check(False, "a document that has drifted goes unnoticed")
        except SystemExit as refused:
            check(refused.code not in (None, 0), "status of a document that has drifted")
        part.put(document, "new\n", check=False)
        part.put(document, "new\n", check=True)
        text = document.read_text(encoding="utf-8")
        check(text.startswith("before\n") and "\nnew\n" in text and "old" not in text and text.endswith("after\n"), f"put in: {text}")


def check_command_line():
    for options, status in ((["--nonsense"], 2), (["--output"], 2), (["--help"], 0)):
        done = run("bash", example / "reproduce.sh", *options)
        check(done.returncode == status, f"reproduce.sh {options}: status {done.returncode}, {done.stderr}")
    done = run(sys.executable, example / "reproduce.py", "--bin", "nowhere", "--output", output)
    check(done.returncode == 1 and "nowhere/revitra-point" in done.stderr, f"without executables: {done.stderr}")


if specimen:
    reproduce("--fem")
    check_specimen()
else:
    check_generated_part()
    check_command_line()
    reproduce("--check", source_dir / "doc/validation.md")
    check_table()
    check_saturation()
check_files()
finish()

#!/usr/bin/env python3
"""Runs every case of Ding, Jiang, Dai and Jiang (2022) and puts the figures and Table 1 beside what was printed. See README.md."""

import argparse
import pathlib
import shutil
import sys
import time

import cases
import document
import figures
import findings
import report
import study as studies
import table

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "doc"))
from generated_part import Part  # noqa: E402

VALIDATION = Part(
    "ding2022", by="`examples/ding2022/reproduce.py`",
    command="python3 examples/ding2022/reproduce.py --bin build/bin --validation doc/validation.md",
)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    path = {"metavar": "DIR", "type": pathlib.Path}
    parser.add_argument("--bin", **path, default=ROOT / "build/bin", help="the executables (build/bin)")
    parser.add_argument("--output", **path, default=ROOT / "build/ding2022", help="the results (build/ding2022)")
    parser.add_argument("--fem", action="store_true", help="runs Table 1 as a specimen too, on two MPI ranks")
    path["metavar"] = "FILE"
    validation = parser.add_mutually_exclusive_group()
    validation.add_argument("--validation", **path, help="writes the comparison into this document")
    validation.add_argument("--check", **path, help="status 1 if --validation would change it")
    return parser.parse_args()


def missing_executables(options):
    names = ["revitra-point"] + (["revitra-fem"] if options.fem else [])
    return [str(options.bin / name) for name in names if not (options.bin / name).is_file()]


def remove_earlier(folder):
    """Removes what an earlier run has left, so that what is there afterwards is of this one."""
    for name in ("point", "fem"):
        shutil.rmtree(folder / name, ignore_errors=True)
    for pattern in ("table1*.csv", "fig[1-4].png", "fig[1-4].pdf", "report.html", "report.md"):
        for path in folder.glob(pattern):
            path.unlink()


def write_results(study, folder, start):
    """Tables, figures and reports."""
    table.write(study.rows, folder / "table1.csv")
    if study.has_specimen():
        table.write(study.point_rows, folder / "table1_point.csv")
    figures.draw(study, folder)
    blocks = report.blocks(study, time.perf_counter() - start)
    (folder / "report.md").write_text(document.markdown(blocks), encoding="utf-8")
    (folder / "report.html").write_text(document.web_page(report.TITLE, blocks, folder), encoding="utf-8")


def print_summary(study, folder, seconds):
    print(findings.agreement(study))
    if study.has_specimen():
        print(findings.specimen_and_point(study))
    fits = table.fits(study.rows)
    print(f"RD over EED*: r = {fits['model'].r:.3f} (model), {fits['unswapped'].r:.3f} (printed, columns in their places).")
    print(f"{seconds:.0f} s. Open {folder / 'report.html'}; beside it table1.csv, report.md and fig1 to fig4 as PNG and PDF.")


def main():
    start = time.perf_counter()
    options = arguments()
    missing = missing_executables(options)
    if missing:
        sys.exit(f"there is no {', no '.join(missing)}: build first, or say --bin DIR")
    options.output.mkdir(parents=True, exist_ok=True)
    remove_earlier(options.output)
    try:
        study = studies.carry_out(options.bin.resolve(), options.output, options.fem)
    except cases.RunFailed as error:
        sys.exit(str(error))
    write_results(study, options.output, start)
    print_summary(study, options.output, time.perf_counter() - start)
    target = options.validation or options.check
    if target:
        VALIDATION.put(target, document.markdown(report.comparison(studies.of_the_point(study))), check=options.check is not None)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Puts to the test that rejuvenation is a function of the effective energy density, by a sweep of many programs. See README.md."""

import argparse
import os
import pathlib
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Style of the pictures and documents are those of the study of the paper.
sys.path += [str(ROOT / "examples/ding2022"), str(ROOT / "doc")]

import account  # noqa: E402
import document  # noqa: E402
import families  # noqa: E402
import pictures  # noqa: E402
import results as outcome  # noqa: E402
import sweep  # noqa: E402
import tables  # noqa: E402
from claims import Claims  # noqa: E402
from generated_part import Part  # noqa: E402

VALIDATION = Part(
    "universality", by="`examples/universality/run.py`",
    command="python3 examples/universality/run.py --bin build/bin --validation doc/validation.md",
)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", metavar="DIR", type=pathlib.Path, default=ROOT / "build/bin", help="the executables (build/bin)")
    parser.add_argument(
        "--output", metavar="DIR", type=pathlib.Path, default=ROOT / "build/universality", help="the results (build/universality)"
    )
    parser.add_argument("--jobs", metavar="N", type=int, default=len(os.sched_getaffinity(0)), help="runs at once (as many as cores)")
    document_options = parser.add_mutually_exclusive_group()
    document_options.add_argument("--validation", metavar="FILE", type=pathlib.Path, help="writes what was found into this document")
    document_options.add_argument("--check", metavar="FILE", type=pathlib.Path, help="status 1 if --validation would change it")
    options = parser.parse_args()
    if options.jobs < 1:
        parser.error("--jobs: allowed is 1 or more")
    return options


def write_results(results, folder, start):
    """Points, pictures and reports."""
    tables.write_points(results, folder / "points.csv")
    pictures.draw(results, folder)
    blocks = account.blocks(results, time.perf_counter() - start)
    (folder / "report.md").write_text(document.markdown(blocks), encoding="utf-8")
    (folder / "report.html").write_text(document.web_page(account.TITLE, blocks, folder), encoding="utf-8")


def main():
    start = time.perf_counter()
    options = arguments()
    executable = options.bin.resolve() / "revitra-point"
    if not executable.is_file():
        sys.exit(f"there is no {options.bin / 'revitra-point'}: build first, or say --bin DIR")
    runs = families.all_runs()
    try:
        paths = sweep.carry_out(executable, runs, options.output, options.jobs)
    except sweep.SweepFailed as error:
        sys.exit(str(error))
    results = outcome.evaluate(runs, paths)
    write_results(results, options.output, start)
    print("\n".join(line.replace("**", "") for line in Claims(results).summary()))
    print(f"{time.perf_counter() - start:.0f} s. Open {options.output / 'report.html'}; beside it report.md, points.csv, summary.csv, and "
          "universality and predictors as PNG and PDF.")
    target = options.validation or options.check
    if target:
        VALIDATION.put(target, document.markdown(account.validation(results)), check=options.check is not None)


if __name__ == "__main__":
    main()

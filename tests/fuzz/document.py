#!/usr/bin/env python3
"""Puts what the fuzzers did last, by their logs in build/fuzz, into doc/reliability.md."""

import re
import sys
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / "doc"))
from generated_part import Part  # noqa: E402  pylint: disable=wrong-import-position

READERS = {
    "deck_source": "text of a deck, `.prm` or JSON",
    "deck_value": "value of a parameter of a deck",
    "deck": "whole deck; read, written and read again",
    "expression": "formula for an initial value",
    "program": "loading program",
    "sweep": "table of a sweep",
    "replay": "update of the law to be replayed",
    "grid_csv": "grid as CSV",
    "grid_hdf5": "grid in HDF5",
    "gmsh": "gmsh mesh; read four times: in 2-D and 3-D, with periodic sides and free ones",
}


def row(reader, what):
    """Of the table, from the log of a run that has ended."""
    log = (SOURCE / f"build/fuzz/{reader}.log").read_text(encoding="utf-8", errors="replace")
    done = re.search(r"^Done (\d+) runs in (\d+) second", log, re.MULTILINE)
    if not done:
        sys.exit(f"build/fuzz/{reader}.log is not that of a run without a fault to its end")
    inputs, seconds = (int(number) for number in done.groups())
    return f"| {what} | {inputs:,} | {seconds:,} | {inputs / max(seconds, 1):,.0f} |"


def main():
    part = Part("fuzzing", by="`tests/fuzz/document.py`", command="tests/fuzz/document.py")
    lines = ["| What is read | Inputs without a fault | Seconds | Inputs a second |", "|---|--:|--:|--:|"]
    lines += [row(reader, what) for reader, what in READERS.items()]
    part.put(SOURCE / "doc/reliability.md", "\n".join(lines), check=False)


if __name__ == "__main__":
    main()

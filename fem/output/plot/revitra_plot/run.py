"""The curves of a run: history.csv, summary.json and parameters.prm of its directory."""

import csv
import json
import os
import pathlib
import re
from dataclasses import dataclass

import numpy as np

from .errors import PlotError

NEEDED_COLUMNS = ("time", "strain", "stress", "free_volume", "sigma_c", "eed", "rejuvenation")

# Which scale of Material a number takes that is in physical units
SCALES = {"stress": "Stress scale", "strain": "Strain scale", "time": "Time scale", "temperature": "Glass transition temperature"}


@dataclass
class Run:
    """One directory of results."""

    directory: pathlib.Path
    name: str  # as matplotlib writes it
    history: dict  # columns by name
    summary: dict  # empty if there is none, as in a run that goes on
    deck: dict  # 'Section/Parameter': value as text; empty if there is no parameters.prm

    @property
    def physical(self):
        """Whether history and summary are in MPa, s and K."""
        return self.deck.get("Output/Units") == "physical"

    @property
    def tension(self):
        return self.deck.get("Loading/Mode") == "tension"

    @property
    def controls(self):
        """The words that the segments of the loading program start with: rate, stress, hold."""
        program = self.deck.get("Loading/Program", self.summary.get("program", ""))
        return {segment.split()[0] for segment in program.split(";") if segment.strip()}

    @property
    def time_matters(self):
        """Whether the strain stands still, or goes at a pace of its own."""
        return bool(self.controls & {"hold", "stress"})

    def scale(self, quantity):
        """What a dimensionless number of this kind is multiplied by to be in the units of the history."""
        if not self.physical:
            return 1.0
        if quantity == "energy":
            return self.scale("stress") * self.scale("strain")
        if quantity == "rate":
            return self.scale("strain") / self.scale("time")
        if quantity == "inverse time":
            return 1 / self.scale("time")
        return float(self.deck[f"Material/{SCALES[quantity]}"]) if quantity in SCALES else 1.0

    def at_time(self, column, time):
        """A column of the history, between its rows."""
        return float(np.interp(time, self.history["time"], self.history[column]))


def read_run(directory, name=None):
    """The run in a directory, named like it unless given a name."""
    directory = pathlib.Path(directory)
    if not directory.is_dir():
        raise PlotError(f"{directory}: there is no such directory; give the one that a run was told by --output")
    return Run(
        directory, as_label(name or directory.resolve().name), read_history(directory / "history.csv"), read_summary(directory / "summary.json"),
        read_deck(directory / "parameters.prm"),
    )


def as_label(name):
    """A name for matplotlib, which takes what is between dollar signs for mathematics and leaves out what begins with '_'."""
    text = os.fsencode(name).decode("utf-8", "replace").replace("$", r"\$")
    return " " + text if text.startswith("_") else text


def read_table(path):
    """The columns of a file of comma-separated numbers by name, by the rules of the tables that the executables read.

    The first line names the columns; blank lines and those that start with '#' are skipped, and empty cells behind the last column are
    none. A last line without its end is one still being written unless all of its cells are there.
    """
    lines = read_lines(path)
    names, rows = [], []
    for number, line in enumerate(lines, start=1):
        found = cells(line)
        if line.lstrip().startswith("#") or not any(found):
            continue
        if not names:
            names = without_empty_end(found, 1)
            refuse_semicolons(path, number, names)
            continue
        found = without_empty_end(found, len(names))
        if number == len(lines) and len(without_empty_end(found, 0)) < len(names):
            break
        rows.append(numbers(path, number, names, line, found))
    if not rows:
        raise PlotError(f"{path}: has no rows; run again, or wait until there are some")
    return dict(zip(names, np.array(rows).T))


def read_lines(path):
    """The lines of a text; the last one is what has no end, mostly nothing. Any ends of lines will do, and a byte order mark."""
    try:
        return path.read_text(encoding="utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise PlotError(f"{path}: cannot be read: byte {error.start + 1} is not UTF-8; save it again as plain text in UTF-8 or ASCII") from error
    except OSError as error:
        raise PlotError(f"{path}: cannot be read: {reason(error)}") from error


def cells(line):
    """Those of a line of comma-separated values, each without white space at its ends."""
    return [cell.strip() for cell in next(csv.reader([line]), [])]


def without_empty_end(found, least):
    """Cells without empty ones at their end, as long as there are more than `least`."""
    while len(found) > least and not found[-1]:
        found = found[:-1]
    return found


def refuse_semicolons(path, number, names):
    if len(names) == 1 and ";" in names[0]:
        raise PlotError(f"{path}: line {number} '{names[0]}': semicolons stand between its cells; allowed are commas between cells and points in "
                        "numbers: save it again with English (US) as the language of the numbers and ',' as the separator")


def numbers(path, number, names, line, found):
    """The numbers of a line, one for each of the columns."""
    if line.count('"') % 2:
        raise PlotError(f"{path}: line {number}: a double quote is not closed; mend that line, or run again")
    if len(found) != len(names):
        raise PlotError(f"{path}: line {number} has {len(found)} cells for {len(names)} columns; mend that line, or run again")
    values = []
    for name, cell in zip(names, found):
        try:
            values.append(float(cell))
        except ValueError as error:
            raise PlotError(f"{path}: line {number}, {name} = {cell}: allowed is a number; mend that line, or run again") from error
    return values


def read_history(path):
    if not path.exists():
        raise PlotError(f"{path.parent}: there is no history.csv in it; give a directory with results of revitra-fem or revitra-point")
    history = read_table(path)
    missing = [name for name in NEEDED_COLUMNS if name not in history]
    if missing:
        raise PlotError(f"{path}: has no column {', '.join(missing)}; it has to be one of revitra-fem or revitra-point")
    return history


def read_summary(path):
    if not path.exists():
        return {}
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise PlotError(f"{path}: cannot be read: {reason(error)}; run again, or remove it") from error


def read_deck(path):
    """The parameters of a deck by 'Section/Parameter'."""
    if not path.exists():
        return {}
    section, parameters = "", {}
    for line in path.read_text(encoding="utf-8", errors="surrogateescape").split("\n"):
        line = line.split("#")[0].strip()
        if line.startswith("subsection "):
            section = line[len("subsection "):].strip()
        elif found := re.match(r"set\s+(.*?)\s*=\s*(.*)", line):
            parameters[f"{section}/{found[1]}"] = found[2]
    return parameters


def reason(error):
    """The words of an exception, without the name of the file."""
    return getattr(error, "strerror", None) or str(error)

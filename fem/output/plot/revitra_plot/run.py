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
    """The columns of a file of comma-separated numbers by name. A last line without its end is one still being written."""
    try:
        text = path.read_text(encoding="utf-8-sig")  # a spreadsheet may have saved it
    except (OSError, UnicodeDecodeError) as error:
        raise PlotError(f"{path}: cannot be read: {reason(error)}") from error
    header, *lines = text[: text.rfind("\n") + 1].splitlines() or [""]
    names, rows = cells(header), []
    for number, line in enumerate(lines, start=2):
        try:
            rows.append([float(cell) for cell in cells(line)])
        except ValueError:
            rows.append([])
        if len(rows[-1]) != len(names):
            raise PlotError(f"{path}: line {number} has not the {len(names)} numbers that the header names; run again")
    if not rows:
        raise PlotError(f"{path}: has no rows; run again, or wait until there are some")
    return dict(zip(names, np.array(rows).T))


def cells(line):
    """Those of a line of comma-separated values."""
    return next(csv.reader([line]), [])


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

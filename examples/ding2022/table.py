"""Table 1 of the paper: what was printed, what the model gives, and how the two correlate."""

import csv
import pathlib
from dataclasses import dataclass

import numpy as np

import cases

PRINTED_FILE = pathlib.Path(__file__).parent / "ding2022_table1.csv"

# Flags of rows whose printed numbers are not taken at face value; README.md says what they mean.
SWAPPED = "columns-swapped"
OUTLIER = "eed-outlier"
AGING = "aging-row"

COLUMNS = [
    "group", "condition", "sigma_c", "eed", "eed_printed", "eed_deviation", "free_volume", "free_volume_printed",
    "free_volume_deviation", "eed_star", "rejuvenation", "flag",
]


@dataclass(frozen=True)
class Printed:
    """A row as printed; None where no number is."""

    group: str
    condition: str
    case: cases.Case
    initial_free_volume: float
    sigma_c: float
    eed: float
    free_volume: float
    eed_star: float
    rejuvenation: float
    flag: str
    text: dict  # the numbers with the digits they have in print

    def has(self, flag):
        return flag in self.flag.split()

    def unswapped(self):
        """EED* and RD, each in its own column."""
        return self.in_their_places((self.eed_star, self.rejuvenation))

    def unswapped_text(self):
        return self.in_their_places((self.text["eed_star"], self.text["rejuvenation"]))

    def in_their_places(self, pair):
        return pair[::-1] if self.has(SWAPPED) else pair

    def __str__(self):
        return f"{self.group}, {self.condition}"


@dataclass(frozen=True)
class Row:
    """A row as printed and the numbers of the model beside it."""

    printed: Printed
    sigma_c: float
    eed: float
    free_volume: float
    eed_star: float
    rejuvenation: float

    def deviation(self, quantity):
        """(model - printed) / printed, or None where nothing is printed."""
        printed = getattr(self.printed, quantity)
        return None if printed is None else getattr(self, quantity) / printed - 1


@dataclass(frozen=True)
class Fit:
    """Pearson's r and the line of least squares, RD over EED*."""

    count: int
    r: float
    slope: float
    intercept: float


def case_of(entry):
    """The run that gives a row of the printed table."""
    if entry["group"] == "creep":
        return cases.Case(entry["strain"], cases.CREEP_RAMP_RATE, creep_stress=entry["creep_stress"])
    return cases.Case(
        cases.SATURATION_STRAIN if entry["strain"] == "saturated" else entry["strain"],
        entry["strain_rate"], temperature=entry["T_over_Tg"], free_volume=entry["initial_free_volume"],
        threshold=cases.FLOW if entry["group"] == "temperature" else entry["sigma_c"],
    )


def condition_of(entry):
    """What distinguishes a row from the others of its group."""
    return {
        "strain": f"strain {entry['strain']}",
        "creep": f"strain {entry['strain']}",
        "rate": f"rate {entry['strain_rate']}",
        "temperature": f"T {entry['T_over_Tg']}",
        "initial": f"free volume {entry['initial_free_volume']}",
    }[entry["group"]]


def number(text):
    return None if text == "aging" else float(text)


def read_printed(path=PRINTED_FILE):
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Printed(
                entry["group"], condition_of(entry), case_of(entry), float(entry["initial_free_volume"]), float(entry["sigma_c"]),
                number(entry["eed"]), number(entry["free_volume"]), number(entry["eed_star"]), number(entry["rejuvenation"]),
                entry["flag"], entry,
            )
            for entry in csv.DictReader(file)
        ]


def model_rows(printed, results):
    """The table out of the RESULTS of its cases."""
    rows = []
    for row in printed:
        summary = results[row.case].summary
        sigma_c = results[row.case].history["sigma_c"][-1]  # the summary has it only if the stress has reached it
        values = [summary[key] for key in ("eed", "free_volume_final", "eed_star", "rejuvenation")]
        rows.append(Row(row, sigma_c, *values))
    return rows


def write(rows, path):
    def text(value):
        return "" if value is None else f"{value:.10g}"

    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for row in rows:
            printed = row.printed
            writer.writerow([
                printed.group, printed.condition, text(row.sigma_c),
                text(row.eed), text(printed.eed), text(row.deviation("eed")),
                text(row.free_volume), text(printed.free_volume), text(row.deviation("free_volume")),
                text(row.eed_star), text(row.rejuvenation), printed.flag,
            ])


def fit(pairs):
    """The fit to pairs of EED* and RD."""
    eed_star, rejuvenation = np.array(list(pairs), dtype=float).T
    slope, intercept = np.polyfit(eed_star, rejuvenation, 1)
    return Fit(eed_star.size, np.corrcoef(eed_star, rejuvenation)[0, 1], slope, intercept)


def fits(rows):
    """The fits by name. Without the aging row unless the name says so."""
    rejuvenated = [row for row in rows if not row.printed.has(AGING)]
    return {
        "printed": fit((row.printed.eed_star, row.printed.rejuvenation) for row in rejuvenated),
        "printed with aging": fit((row.printed.eed_star or 0, row.printed.rejuvenation) for row in rows),
        "unswapped": fit(row.printed.unswapped() for row in rejuvenated),
        "model": fit((row.eed_star, row.rejuvenation) for row in rejuvenated),
        "model with aging": fit((row.eed_star, row.rejuvenation) for row in rows),
    }


def largest(values):
    """The largest magnitude, None left out."""
    return max(abs(value) for value in values if value is not None)


def differences(rows, others):
    """For each row of two tables of the same rows: the largest relative difference in EED or free volume."""
    def relative(value, other):
        return 0 if value == other else abs(value - other) / abs(other)

    return [max(relative(row.eed, other.eed), relative(row.free_volume, other.free_volume)) for row, other in zip(rows, others)]

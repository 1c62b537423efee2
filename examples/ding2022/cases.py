"""The runs behind the figures and Table 1 of the paper: what each of them is, and how it is run."""

import concurrent.futures
import functools
import json
import os
import pathlib
import subprocess
from dataclasses import dataclass

import numpy as np

# The paper's conditions, written as in ding2022_table1.csv. Everything is dimensionless: see doc/theory.md.
TEMPERATURE = "0.90"
RATE = "1e-4"
FREE_VOLUME = "0.05"
CREEP_RAMP_RATE = "1e-2"

# The threshold stress of Table 1 at 0.9 T_g. Rows at other temperatures have the model's own, the steady flow stress.
TABLE_THRESHOLD = "7.78"
FLOW = "flow"
BALANCE = "balance"

# Where EED and free volume of every row have come within SATURATION_TOLERANCE of their limits. At strain 4 the two rows that are
# the last, rate 1e-3 and temperature 0.86, are still 2e-6 away.
SATURATION_STRAIN = "5"
SATURATION_TOLERANCE = "1e-7"
# Where the paper's own runs seem to have ended.
PAPER_SATURATION_STRAIN = "2"

# Open MPI refuses root and more ranks than cores unless told; threads of the BLAS would fight the ranks for the cores.
ENVIRONMENT = {
    "OMPI_ALLOW_RUN_AS_ROOT": "1",
    "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
    "OMPI_MCA_rmaps_base_oversubscribe": "1",
    "OMPI_MCA_mpi_yield_when_idle": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}
RANKS = 2


class RunFailed(Exception):
    """A run that did not end with status 0; the text says which and why."""


@dataclass(frozen=True)
class Case:
    """One run, by what differs from an empty deck: shear at a constant rate until a strain or, with a creep stress, a ramp at that
    rate to the stress, which is then held until the strain. `threshold` is FLOW, BALANCE or a stress."""

    strain: str
    rate: str = RATE
    creep_stress: str = ""
    temperature: str = TEMPERATURE
    free_volume: str = FREE_VOLUME
    threshold: str = TABLE_THRESHOLD
    largest_strain_step: str = ""

    def program(self):
        if not self.creep_stress:
            return f"rate {self.rate} until strain {self.strain}"
        return f"rate {self.rate} until stress {self.creep_stress}; stress {self.creep_stress} until strain {self.strain}"

    def name(self):
        """The name of its folder."""
        parts = {
            "rate": self.rate, "creep": self.creep_stress, "strain": self.strain, "temperature": self.temperature,
            "free-volume": self.free_volume, "threshold": self.threshold, "step": self.largest_strain_step,
        }
        return "_".join(f"{name}-{value}" for name, value in parts.items() if value)

    def settings(self):
        """The entries of the deck by name."""
        named = self.threshold in (FLOW, BALANCE)
        entries = {
            "Loading/Program": self.program(),
            "Material/Temperature": self.temperature,
            "Material/Initial free volume": self.free_volume,
            "EED/Threshold": self.threshold if named else "value",
            "Output/Fields interval": "0",
        }
        if not named:
            entries["EED/Threshold stress"] = self.threshold
        if self.largest_strain_step:
            entries["Time stepping/Maximum strain step"] = self.largest_strain_step
        return entries


# The beginning of the baseline, to where the free volume has stopped falling, in rows that are close enough to see it.
FIRST_STRAINS = Case("0.045", threshold=BALANCE, largest_strain_step="2e-4")


@dataclass(frozen=True)
class Result:
    """What a run has left in its folder."""

    folder: pathlib.Path

    @functools.cached_property
    def summary(self):
        return json.loads((self.folder / "summary.json").read_text(encoding="utf-8"))

    @functools.cached_property
    def history(self):
        """The columns of history.csv by name."""
        path = self.folder / "history.csv"
        with path.open(encoding="utf-8") as file:
            names = file.readline().strip().split(",")
        return dict(zip(names, np.loadtxt(path, delimiter=",", skiprows=1, unpack=True, ndmin=2)))

    @functools.cached_property
    def parameters(self):
        """The deck as understood: value by 'Section/Parameter'."""
        values, section = {}, ""
        for line in (self.folder / "parameters.prm").read_text(encoding="utf-8").splitlines():
            words = line.split("#")[0].strip()
            if words.startswith("subsection "):
                section = words.split(maxsplit=1)[1]
            elif words.startswith("set "):
                name, value = words[len("set "):].split("=", 1)
                values[f"{section}/{name.strip()}"] = value.strip()
        return values


def point_command(executables):
    return [str(executables / "revitra-point")]


def specimen_command(executables):
    return ["mpirun", "-np", str(RANKS), str(executables / "revitra-fem")]


def run(command, case, deck, folder):
    """Runs CASE by COMMAND into FOLDER."""
    arguments = [*command, str(deck), "--quiet", "--output", str(folder)]
    for name, value in case.settings().items():
        arguments += ["--set", f"{name}={value}"]
    done = subprocess.run(arguments, env={**os.environ, **ENVIRONMENT}, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RunFailed(f"{' '.join(arguments)}: status {done.returncode}\n{done.stderr.strip()}")
    return Result(folder)


def run_all(command, cases, folder, at_once):
    """Runs all CASES, AT_ONCE at a time, each into a folder of its name under FOLDER; results by case."""
    folder.mkdir(parents=True, exist_ok=True)
    deck = folder / "empty.prm"
    deck.write_text("# Nothing here: every parameter has its default, or is set on the command line.\n", encoding="utf-8")
    cases = list(dict.fromkeys(cases))
    with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
        return dict(zip(cases, pool.map(lambda case: run(command, case, deck, folder / case.name()), cases)))

"""What the studies share: their options, runs of a deck with settings over it, and tables."""

import argparse
import csv
import os
import pathlib
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

FOLDER = pathlib.Path(__file__).resolve().parent
ROOT = FOLDER.parents[1]
# Runs are read and drawn as revitra-plot does.
sys.path.insert(0, str(ROOT / "fem/output/plot"))

from revitra_plot.errors import PlotError  # noqa: E402
from revitra_plot.run import read_run  # noqa: E402

DIFFUSIVITY, LENGTH = "Material/Constant diffusivity", "Material/Diffusion length"


class StudyFailed(Exception):
    """A deck that cannot be studied, or a run that did not end as it should; the text says why."""


class Runs:
    """Runs of a deck, each in a folder of its own."""

    def __init__(self, executable, deck, folder, jobs):
        self.executable, self.deck, self.folder, self.jobs = executable, deck, folder, jobs

    def carry_out(self, name, *settings):
        """Runs the deck with settings over it."""
        directory = self.folder / name
        shutil.rmtree(directory, ignore_errors=True)
        arguments = [argument for setting in settings for argument in ("--set", setting)]
        command = [self.executable, self.deck, "--output", directory, "--quiet", *arguments]
        done = subprocess.run([str(word) for word in command], stderr=subprocess.PIPE, text=True, check=False)
        if done.returncode != 0:
            raise StudyFailed(f"{' '.join(map(str, command))}: status {done.returncode}\n{done.stderr.strip()}")
        return read_run(directory, name)

    def carry_out_all(self, settings):
        """The runs by the names of their `settings`, several at once, the first ones first."""
        with ThreadPoolExecutor(self.jobs) as pool:
            started = {name: pool.submit(self.carry_out, name, *each) for name, each in settings.items()}
            return {name: run.result() for name, run in started.items()}


def parser(description):
    """The options that every study has."""
    found = argparse.ArgumentParser(description=description)
    path = {"type": pathlib.Path}
    found.add_argument("--bin", metavar="DIR", **path, default=ROOT / "build/bin", help="the executables (build/bin)")
    found.add_argument("--output", metavar="DIR", **path, default=ROOT / "build/shear_band", help="the results (build/shear_band)")
    found.add_argument("--jobs", metavar="N", type=positive, default=len(os.sched_getaffinity(0)), help="runs at once (as many as cores)")
    return found


def positive(text):
    """A number of 1 or more."""
    if int(text) < 1:
        raise argparse.ArgumentTypeError("allowed is 1 or more")
    return int(text)


def main(study, options, deck):
    """Calls study(runs of the deck, options), prints what that returns; or says why that cannot be done, with status 1."""
    start = time.perf_counter()
    executable = options.bin.resolve() / "revitra-fem"
    if not executable.is_file():
        sys.exit(f"there is no {options.bin / 'revitra-fem'}: build first, or say --bin DIR")
    options.output.mkdir(parents=True, exist_ok=True)
    try:
        last_words = study(Runs(executable, deck.resolve(), options.output, options.jobs), options)
    except (StudyFailed, PlotError) as error:
        sys.exit(str(error))
    print(f"\n{time.perf_counter() - start:.0f} s. {last_words}")


def write_table(rows, path):
    """A row a run; what cannot be said of it is empty."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[-1]), restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)

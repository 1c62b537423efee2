#!/usr/bin/env python3
"""Interrupts revitra-fem in all ways that can be thought of, lets it go on, and compares with runs that nothing disturbed.

    campaign.py BIN_DIR SOURCE_DIR [--full] [--seed N] [--only NAME,...]

Prints a table: what was done, how often, and what came of it. With --full more is done, and the table goes into doc/reliability.md.
Everything is written into the current folder.
"""

import argparse
import random
import shutil
import sys
import time
from pathlib import Path

import damaged_checkpoints
import failing_steps
import killed_runs
import refused_restarts
import requests_to_leave
import results
import unwritable_files
from processes import Launcher

HERE = Path(__file__).resolve().parent
FAULTS = (
    killed_runs.kills,
    killed_runs.kills_while_writing,
    killed_runs.kills_of_restarts,
    killed_runs.one_rank_killed,
    killed_runs.no_memory,
    killed_runs.killed_new_run,
    requests_to_leave.signals,
    requests_to_leave.time_limit,
    unwritable_files.file_limit,
    unwritable_files.full_disk,
    unwritable_files.read_only,
    unwritable_files.obstacles,
    unwritable_files.moved_away,
    unwritable_files.two_at_once,
    damaged_checkpoints.damaged,
    damaged_checkpoints.left_over,
    damaged_checkpoints.other_versions,
    damaged_checkpoints.not_finite,
    damaged_checkpoints.all_damaged,
    refused_restarts.changed_deck,
    refused_restarts.finished,
    failing_steps.law,
    failing_steps.too_long,
    failing_steps.refined_mesh,
    failing_steps.hopeless,
    failing_steps.input_not_finite,
)


class Campaign:
    """What the faults have in common: undisturbed runs, a place for others, and the table."""

    def __init__(self, bin_dir, source, full, seed):
        self.point = bin_dir.resolve() / "revitra-point"
        self.launcher = Launcher(bin_dir / "revitra-fem")
        self.reader = results.load_reader(source)
        self.full = full
        self.random = random.Random(seed)
        self.references = {}
        self.table = []
        self.number = 0
        self.bases = {}

    def times(self, short, full):
        """How often to do something."""
        return full if self.full else short

    def directory(self):
        """A new place for results."""
        self.number += 1
        directory = Path(f"run_{self.number:04}")
        if directory.exists():
            sys.exit(f"{directory} is there already: begin in an empty folder")
        return directory

    def start(self, deck, directory, ranks, *more, restart=False, time_limit=None):
        """A run that goes on. `more` are settings."""
        arguments = [HERE / f"{deck}.prm", "--output", directory, *(["--restart"] if restart else [])]
        arguments += ["--time-limit", f"{time_limit:.3f}"] if time_limit else []
        arguments += [word for setting in more for word in ("--set", setting)]
        return self.launcher.start(ranks, arguments)

    def run(self, *arguments, **options):
        """A run to its end: status, stdout, stderr."""
        running = self.start(*arguments, **options)
        status = running.status()
        return (status, *running.said())

    def reference(self, deck, ranks, *more):
        """Directory and seconds of the undisturbed run."""
        key = (deck, ranks, *more)
        if key not in self.references:
            directory, start = Path(f"reference_{len(self.references) + 1}"), time.monotonic()
            status, _, err = self.run(deck, directory, ranks, *more)
            if status != 0:
                sys.exit(f"the undisturbed run of {key} ends with status {status}: {err}")
            self.references[key] = directory, time.monotonic() - start
            problems = results.differences(directory, directory, self.reader, results.BITS)
            if problems:
                sys.exit(f"the undisturbed run of {key}: {problems}")
        return self.references[key]

    def compared(self, deck, ranks, directory, *more, tolerance=None):
        """In what a directory is not what the undisturbed run has left; without `tolerance`, as near as two such runs are."""
        if tolerance is None:
            tolerance = results.BITS if ranks == 1 else results.NEAR
        return results.differences(self.reference(deck, ranks, *more)[0], directory, self.reader, tolerance)

    def go_on(self, deck, directory, ranks, *more, tolerance=None):
        """Restart, or start again if there is no checkpoint yet; what is wrong with the outcome."""
        status, out, err = self.run(deck, directory, ranks, *more, restart=bool(results.checkpoints(directory)))
        if status != 0:
            return [f"status {status} of the restart: {out[-300:]} {err}"]
        return self.compared(deck, ranks, directory, *more, tolerance=tolerance)

    def copy(self, deck, ranks, *more):
        """A copy of what a run that was killed in its midst has left."""
        key = (deck, ranks, *more)
        if key not in self.bases:
            base = self.directory()
            running = self.start(deck, base, ranks, *more)
            wait_for_rows(running, base, 17)
            running.kill()
            self.bases[key] = base
        directory = self.directory()
        shutil.copytree(self.bases[key], directory)
        return directory

    def begun(self, deck, ranks, *more, rows=(3, 30)):
        """A run that has come to a random row, and its directory."""
        directory = self.directory()
        running = self.start(deck, directory, ranks, *more)
        if not wait_for_rows(running, directory, self.random.randint(*rows)):
            raise RuntimeError(f"it never got so far: {running.said()}")
        return running, directory

    def report(self, fault, trials):
        """A row of the table, of the problems of each trial."""
        trials = list(trials)
        failed = [trial for trial in trials if trial]
        outcome = f"**{len(failed)} of {len(trials)} not as expected**" if failed else "as expected"
        if not trials:
            failed, outcome = [["never tried"]], "**never tried**"
        self.table.append((fault, len(trials), outcome, bool(failed)))
        print(f"{fault}: {len(trials)} times, {outcome}", flush=True)
        for problems in failed:
            for problem in problems[:4]:
                print(f"  FAILED: {problem}", flush=True)

    def leave_out(self, fault, why):
        """A row of the table of what cannot be done on this machine."""
        self.table.append((fault, 0, f"left out: {why}", False))
        print(f"{fault}: left out, {why}", flush=True)


def wait_for_rows(running, directory, count, timeout=60):
    """Whether the history reaches so many rows while the run goes on."""
    until = time.monotonic() + timeout
    while time.monotonic() < until and running.process.poll() is None:
        if results.row_count(directory) >= count:
            return True
        time.sleep(0.002)
    return False


def document(campaign, source):
    """Puts the table into doc/reliability.md."""
    sys.path.insert(0, str(source / "doc"))
    from generated_part import Part  # pylint: disable=import-outside-toplevel

    part = Part("faults", by="`tests/faults/campaign.py --full`", command="tests/faults/campaign.py BIN_DIR SOURCE_DIR --full")
    lines = ["| What is done, and what has to come of it | Times | Outcome |", "|---|---|---|"]
    lines += [f"| {fault} | {times} | {outcome} |" for fault, times, outcome, _ in campaign.table]
    part.put(source / "doc/reliability.md", "\n".join(lines), check=False)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bin", type=Path)
    parser.add_argument("source", type=Path)
    parser.add_argument("--full", action="store_true", help="twenty kills a run, more of everything, and the table into the document")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", help="some of " + ", ".join(fault.__name__ for fault in FAULTS))
    arguments = parser.parse_args()
    if arguments.full and not results.vtkXMLUnstructuredGridReader:
        sys.exit("in full, VTK reads the fields, too: install python3-vtk9")
    campaign = Campaign(arguments.bin, arguments.source, arguments.full, arguments.seed)
    start = time.monotonic()
    try:
        for fault in FAULTS:
            if not arguments.only or fault.__name__ in arguments.only.split(","):
                fault(campaign)
    finally:
        campaign.launcher.close()
    failed = [row for row in campaign.table if row[-1]]
    print(f"{sum(row[1] for row in campaign.table)} trials in {time.monotonic() - start:.0f} s;",
          f"{len(failed)} rows not as expected" if failed else "all as expected")
    if arguments.full and not arguments.only:
        document(campaign, arguments.source)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()

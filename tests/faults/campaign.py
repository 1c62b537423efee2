#!/usr/bin/env python3
"""Interrupts revitra-fem in all ways that can be thought of, lets it go on, and compares with runs that nothing disturbed.

    campaign.py BIN_DIR SOURCE_DIR [--full] [--seed N]

Prints a table: what was done, how often, and what came of it. With --full more is done, and the table goes into doc/reliability.md.
Everything is written into the current folder.
"""

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import results
from processes import Launcher, is_alive, descendants, send

HERE = Path(__file__).resolve().parent
GOES_ON = "to go on, run the same command with --restart"


class Campaign:
    """What the faults have in common: undisturbed runs, a place for others, and the table."""

    def __init__(self, fem, source, full, seed):
        self.launcher = Launcher(fem)
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
        return Path(f"run_{self.number:04}")

    def start(self, deck, directory, ranks, *more, restart=False):
        """A run that goes on."""
        arguments = [HERE / f"{deck}.prm", "--output", directory, *(["--restart"] if restart else []), *more]
        return self.launcher.start(ranks, arguments)

    def run(self, *arguments, **options):
        """A run to its end: status, stdout, stderr."""
        running = self.start(*arguments, **options)
        status = running.status()
        return (status, *running.said())

    def reference(self, deck, ranks):
        """Directory and seconds of the undisturbed run."""
        if (deck, ranks) not in self.references:
            directory, start = Path(f"reference_{deck}_{ranks}"), time.monotonic()
            status, _, err = self.run(deck, directory, ranks)
            if status != 0:
                sys.exit(f"the undisturbed run of {deck} on {ranks} ends with status {status}: {err}")
            problems = results.differences(directory, directory, self.reader, results.BITS)
            if problems:
                sys.exit(f"the undisturbed run of {deck} on {ranks}: {problems}")
            self.references[deck, ranks] = directory, time.monotonic() - start
        return self.references[deck, ranks]

    def compared(self, deck, ranks, directory, tolerance=None):
        """In what a directory is not what the undisturbed run has left; without `tolerance`, as near as two such runs are."""
        if tolerance is None:
            tolerance = results.BITS if ranks == 1 else results.NEAR
        return results.differences(self.reference(deck, ranks)[0], directory, self.reader, tolerance)

    def go_on(self, deck, directory, ranks, tolerance=None, *more):
        """Restart, or start again if there is no checkpoint yet; what is wrong with the outcome."""
        status, out, err = self.run(deck, directory, ranks, *more, restart=bool(results.checkpoints(directory)))
        if status != 0:
            return [f"status {status} of the restart: {out[-300:]} {err}"]
        return self.compared(deck, ranks, directory, tolerance)

    def copy(self, deck, ranks):
        """A copy of what a run that was killed in its midst has left."""
        if (deck, ranks) not in self.bases:
            base, running = self.directory(), None
            running = self.start(deck, base, ranks)
            wait_for_rows(running, base, 17)
            running.kill()
            self.bases[deck, ranks] = base
        directory = self.directory()
        shutil.copytree(self.bases[deck, ranks], directory)
        return directory

    def report(self, fault, trials):
        """A row of the table, of the problems of each trial; a trial that did not happen is None."""
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


def wait_for_rows(running, directory, count, timeout=60):
    """Whether the history reaches so many rows while the run goes on."""
    until = time.monotonic() + timeout
    while time.monotonic() < until and running.process.poll() is None:
        if results.row_count(directory) >= count:
            return True
        time.sleep(0.002)
    return False


# SIGKILL


def killed_at_random(campaign, deck, rank_numbers, kills):
    """All processes are killed at random moments, again and again; the last run is let alone."""
    directory, problems, done, ranks = campaign.directory(), [], 0, rank_numbers[0]
    whole = campaign.reference(deck, 2)[1]
    while done < kills:
        ranks = campaign.random.choice(rank_numbers)
        running = campaign.start(deck, directory, ranks, restart=bool(results.checkpoints(directory)))
        if running.wait(campaign.random.uniform(0.25, 0.9) * whole):
            if running.status() != 0:
                return done, [f"status {running.status()} after {done} kills: {running.said()[1]}"]
            shutil.rmtree(directory)  # it got to its end; once more, from the start
            continue
        running.kill()
        done += 1
        if problem := results.unreadable_fields(directory, campaign.reader):
            problems.append(f"after kill {done}: {problem}")
    if len(rank_numbers) == 1:
        return done, problems + campaign.go_on(deck, directory, ranks)
    return done, problems + campaign.go_on(deck, directory, 2, results.ROUGHLY)


def kills(campaign):
    """SIGKILL of everything."""
    for deck, numbers, count, what in (
        ("plane", (1,), campaign.times(3, 20), "2-D, one process: bit for bit"),
        ("plane", (2,), campaign.times(3, 20), "2-D, two processes: within 1e-9"),
        ("plane", (1, 2, 3), campaign.times(3, 20), "2-D, on 1, 2 or 3 processes by turns: within 1e-6"),
        ("box", (2,), campaign.times(2, 20), "3-D, two processes: within 1e-9"),
        ("box", (1, 2, 3), campaign.times(0, 20), "3-D, on 1, 2 or 3 processes by turns: within 1e-6"),
    ):
        if count == 0:
            continue
        done, problems = killed_at_random(campaign, deck, numbers, count)
        campaign.report(f"SIGKILL of all at random moments, one after the other in one run; {what}", [problems] + [[]] * (done - 1))


def one_rank_killed(campaign):
    """SIGKILL of one process of two: the other must not wait for it."""

    def trial(victim):
        directory = campaign.directory()
        running = campaign.start("plane", directory, 2)
        if not wait_for_rows(running, directory, campaign.random.randint(6, 30)):
            return [f"it never got so far: {running.said()[1]}"]
        everyone, ranks = descendants(running.process.pid), running.ranks()
        if len(ranks) != 2:
            running.kill()
            return [f"{len(ranks)} processes and not 2"]
        send(sorted(ranks)[victim], signal.SIGKILL)
        if not running.wait(10):
            running.kill()
            return ["the other has not ended after 10 s"]
        problems = [] if running.status() != 0 else ["status 0"]
        if any(map(is_alive, everyone)):
            time.sleep(1)
        problems += [f"process {pid} is still there" for pid in everyone if is_alive(pid)]
        return problems + campaign.go_on("plane", directory, 2)

    campaign.report("SIGKILL of one process of two: the other ends within 10 s, status not 0; restart the same",
                    [trial(number % 2) for number in range(campaign.times(2, 6))])


# Requests to leave


def signals(campaign):
    """A signal: a checkpoint, status 0, and how to go on. mpirun passes SIGUSR1 on; to SIGTERM and SIGINT it has a mind of its own, so
    that one of the processes gets them."""

    def trial(number, ranks):
        directory = campaign.directory()
        running = campaign.start("plane", directory, ranks)
        if not wait_for_rows(running, directory, campaign.random.randint(3, 30)):
            return [f"it never got so far: {running.said()[1]}"]
        send(running.process.pid if number == signal.SIGUSR1 else campaign.random.choice(running.ranks()), number)
        status, (out, err) = running.status(), running.said()
        problems = [] if status == 0 else [f"status {status}: {err[-400:]}"]
        problems += [] if GOES_ON in out else ["it does not say how to go on"]
        problems += [] if results.checkpoints(directory) else ["there is no checkpoint"]
        problems += ["summary.json is there"] if (directory / "summary.json").exists() else []
        return problems + campaign.go_on("plane", directory, ranks, results.ROUGHLY)

    for name, whom in (("SIGUSR1", "to the process or to mpirun"), ("SIGTERM", "to one of the processes"), ("SIGINT", "to one of the processes")):
        campaign.report(f"{name} {whom}: status 0, says how to go on; restart within 1e-6",
                        [trial(getattr(signal, name), 1 + i % 2) for i in range(campaign.times(2, 6))])


def time_limit(campaign):
    """Runs that have to leave early, until one gets to the end."""

    def chain(ranks, share):
        directory, problems, starts = campaign.directory(), [], 0
        limit = share * campaign.reference("plane", ranks)[1]
        while not problems and not (directory / "summary.json").exists():
            before, started = results.row_count(directory), time.monotonic()
            status, out, err = campaign.run("plane", directory, ranks, "--time-limit", f"{limit:.3f}", restart=starts > 0)
            starts += 1
            if status != 0:
                problems.append(f"status {status} at start {starts}: {err}")
            elif not (directory / "summary.json").exists() and GOES_ON not in out:
                problems.append("it does not say how to go on")
            elif results.row_count(directory) <= before:
                problems.append(f"no step in start {starts}")
            elif time.monotonic() - started > limit + 10:
                problems.append(f"it took {time.monotonic() - started} s of {limit}")
        if starts < 2:
            problems.append("the limit stopped nothing")
        return problems + campaign.compared("plane", ranks, directory, results.ROUGHLY)

    trials = [chain(1, 0.2)] + ([chain(2, 0.2), chain(2, 0.1), chain(1, 0.1)] if campaign.full else [])
    campaign.report("`--time-limit`, restarted with the same limit until done: status 0, a step at least each time; within 1e-6", trials)


# No room


def file_limit(campaign):
    """Files cannot become longer than so much."""

    def outcome_of(running, directory):
        status, (_, err) = running.status(), running.said()
        problems = [] if status == 4 else [f"status {status} and not 4: {err[-400:]}"]
        if str(directory) not in err or "too large" not in err:
            problems.append(f"the message does not say which file and why: {err[-400:]}")
        if problem := results.unreadable_fields(directory, campaign.reader):
            problems.append(problem)
        return problems

    def from_the_start(size):
        directory = campaign.directory()
        running = campaign.start("plane", directory, 1)
        if not wait_for_rows(running, directory, 1):  # MPI wants files before
            return [f"it never began: {running.said()[1]}"]
        running.limit_files(size)
        problems = outcome_of(running, directory)
        return [f"limit {size}: {problem}" for problem in problems + campaign.go_on("plane", directory, 1)]

    def later(size, ranks):
        directory = campaign.directory()
        running = campaign.start("plane", directory, ranks)
        if not wait_for_rows(running, directory, campaign.random.randint(6, 14)):
            return [f"it never got so far: {running.said()[1]}"]
        running.limit_files(size)
        problems = outcome_of(running, directory)
        had_checkpoint = bool(results.checkpoints(directory))
        problems += [] if had_checkpoint else ["the earlier checkpoint is not there"]
        return [f"limit {size} later: {problem}" for problem in problems + campaign.go_on("plane", directory, ranks)]

    sizes = campaign.times((1000, 3000, 12000, 60000), (1000, 2000, 3000, 6000, 9000, 10000, 12000, 15000, 30000, 50000, 70000, 90000))
    campaign.report("no file may exceed a size, from the first row on: status 4 and the name of the file; restart (or new start) the same",
                    [from_the_start(size) for size in sizes])
    sizes = campaign.times(((2000, 2), (9500, 1)), ((500, 1), (1500, 2), (2000, 1), (6000, 2), (9500, 1), (9500, 2), (20000, 1), (30000, 2)))
    campaign.report("the same from some later row on: the earlier checkpoint stays good; restart the same",
                    [later(size, ranks) for size, ranks in sizes])


def mounted(directory, *options):
    """Whether a small file system could be mounted there."""
    return subprocess.run(["mount", *options, str(directory)], capture_output=True, check=False).returncode == 0


def full_disk(campaign):
    """A file system that is full; after more room is made the run goes on."""

    def trial(size, ranks):
        directory = campaign.directory()
        directory.mkdir()
        if not mounted(directory, "-t", "tmpfs", "-o", f"size={size}k", "none"):
            directory.rmdir()
            return None
        try:
            out = directory / "out"
            status, _, err = campaign.run("plane", out, ranks)
            problems = [] if status == 4 and "No space left" in err and str(out) in err else [f"status {status}: {err[-400:]}"]
            if not mounted(directory, "-o", "remount,size=100m"):
                return problems + ["the file system cannot be enlarged"]
            problems += campaign.go_on("plane", out, ranks)
        finally:
            subprocess.run(["umount", str(directory)], check=False)
        return [f"{size} kB: {problem}" for problem in problems]

    sizes = campaign.times(((150, 1), (300, 2)), [(size, 1 + i % 2) for i, size in enumerate((20, 60, 100, 150, 200, 250, 300, 350, 400))])
    trials = [trial(size, ranks) for size, ranks in sizes]
    what = "the file system is full: status 4 and the name of the file; with more room, restart (or new start) the same"
    if None in trials:
        campaign.table.append((what, 0, "left out: nothing can be mounted here", False))
        print(f"{what}: left out, nothing can be mounted here")
    else:
        campaign.report(what, trials)


# Damage


def flip(path, byte, bit):
    """Changes one bit of a file."""
    content = bytearray(path.read_bytes())
    content[byte] ^= 1 << bit
    path.write_bytes(content)


def truncate(path, size):
    """Leaves so much of a file."""
    os.truncate(path, size)


def damaged(campaign):
    """The last checkpoint is damaged in one of its files."""

    def trial(how, ranks, *more):
        directory = campaign.copy("plane", ranks)
        newest = results.checkpoints(directory)[0]
        what = how(newest)
        status, out, err = campaign.run("plane", directory, ranks, *more, restart=True)
        problems = [] if status == 0 else [f"status {status}: {err}"]
        problems += [] if f"{newest} is passed over" in out else ["it is not passed over"]
        if status == 0:
            problems += campaign.compared("plane", ranks, directory, results.ROUGHLY if more else None)
        return [f"{what}: {problem}" for problem in problems]

    def in_each(work, count):
        for ranks in campaign.times((1,), (1, 2)):
            names = sorted(path.name for path in results.checkpoints(campaign.copy("plane", ranks))[0].iterdir())
            yield from (trial(lambda newest, name=name: work(newest / name), ranks) for name in names for _ in range(count))

    def cut(path):
        size = campaign.random.choice((0, path.stat().st_size // 2, path.stat().st_size - 2))
        truncate(path, size)
        return f"{path.name} cut to {size}"

    def flipped(path):
        byte, bit = campaign.random.randrange(path.stat().st_size), campaign.random.randrange(8)
        flip(path, byte, bit)
        return f"{path.name}, bit {bit} of byte {byte}"

    def missing(path):
        path.unlink()
        return f"{path.name} missing"

    def emptied(newest):
        shutil.rmtree(newest)
        newest.mkdir()
        return "empty folder"

    passes = "passed over with a note; restart the same"
    campaign.report(f"a file of the last checkpoint cut short: {passes}", in_each(cut, campaign.times(1, 3)))
    campaign.report(f"one bit of a file of the last checkpoint flipped: {passes}", in_each(flipped, campaign.times(1, 8)))
    campaign.report(f"a file of the last checkpoint missing: {passes}", in_each(missing, 1))
    campaign.report(f"the folder of the last checkpoint empty: {passes}", [trial(emptied, ranks) for ranks in campaign.times((1,), (1, 2))])
    campaign.report("the last checkpoint damaged, and Keep = 1 and Interval = 1 from then on: within 1e-6",
                    [trial(emptied, 1, "--set", "Checkpoint/Keep=1", "--set", "Checkpoint/Interval=1")])
    campaign.report("one number in the manifest of the last checkpoint changed: passed over with a note; restart the same",
                    [trial(lambda newest, key=key: changed_number(newest, key), 1) for key in ("ranks", "step", "time", "strain")])


def changed_number(checkpoint, key):
    """Adds 1 to a number that the manifest holds."""
    path = checkpoint / "manifest.json"
    lines = path.read_text(encoding="utf-8").splitlines(True)
    for i, line in enumerate(lines):
        if line.strip().startswith(f'"{key}"'):
            head, value = line.rstrip(",\n").split(": ")
            lines[i] = f"{head}: {float(value) + 1 if '.' in value else int(value) + 1}{',' if ',' in line else ''}\n"
    path.write_text("".join(lines), encoding="utf-8")
    return f"manifest.json, {key}"


def left_over(campaign):
    """A checkpoint that was being written when the run was killed."""

    def trial(ranks):
        directory = campaign.copy("plane", ranks)
        aside = directory / "checkpoint/unfinished"
        shutil.copytree(results.checkpoints(directory)[0], aside, dirs_exist_ok=True)
        (aside / "cells_00000.bin").write_bytes(b"half")
        return campaign.go_on("plane", directory, ranks)

    campaign.report("an unfinished checkpoint left by a killed run: restart the same", [trial(ranks) for ranks in campaign.times((2,), (1, 2))])


# Restarts that are refused, and those that are not


def refused(campaign, directory, ranks, words, *more):
    """A restart that has to end with status 2, say why, and change nothing."""
    before = results.digest(directory)
    status, _, err = campaign.run("plane", directory, ranks, *more, restart=True)
    problems = [] if status == 2 else [f"status {status} and not 2: {err}"]
    problems += [] if words in err else [f"it does not say '{words}': {err}"]
    problems += [] if results.digest(directory) == before else ["the directory was changed"]
    return [f"{' '.join(more)}: {problem}" for problem in problems]


def all_damaged(campaign):
    """No checkpoint is good."""

    def trial(ranks):
        directory = campaign.copy("plane", ranks)
        for folder in results.checkpoints(directory):
            files = sorted(folder.iterdir())
            flip(campaign.random.choice([path for path in files if path.suffix == ".bin"]), 40, 3)
        return refused(campaign, directory, ranks, "no undamaged checkpoint")

    campaign.report("all checkpoints damaged: status 2, says so, nothing is written", [trial(ranks) for ranks in campaign.times((2,), (1, 2))])


def changed_deck(campaign):
    """What must not change at a restart, and what may."""
    never = ("Specimen/Degree=2", "Material/Temperature=0.91", "Material/Initial free volume=0.05", "Output/Units=physical",
             "Loading/Program=rate 2e-4 until strain 0.10", "Specimen/Subdivisions=5", "EED/Threshold=balance")
    directory = campaign.copy("plane", 1)
    campaign.report("restart with a parameter changed that must not: status 2, named, nothing is written",
                    [refused(campaign, directory, 1, setting.split("=")[0], "--set", setting) for setting in never])

    def runs(setting, strain=None):
        directory = campaign.copy("plane", 1)
        status, _, err = campaign.run("plane", directory, 1, "--set", setting, restart=True)
        problems = [] if status == 0 else [f"status {status}: {err}"]
        if status == 0:
            found, expected = results.rows(directory)[-1], results.rows(campaign.reference("plane", 1)[0])[-1]
            last = float(expected["strain"]) if strain is None else strain
            problems += [] if abs(float(found["strain"]) - last) < 1e-3 else [f"it ends at strain {found['strain']} and not {last}"]
            problems += [results.unreadable_fields(directory, campaign.reader)]
            if setting.startswith("Output") and len(results.records(directory)) <= len(results.records(campaign.reference("plane", 1)[0])):
                problems.append("there are no more fields than before")
        return [f"{setting}: {problem}" for problem in problems if problem]

    may = [("Output/Fields interval=0.005",), ("Time stepping/Tolerance=1e-5",), ("Checkpoint/Interval=7",), ("Adaptivity/Interval=1",),
           ("Loading/Program=rate 1e-4 until strain 0.10; hold for 5; rate -1e-4 until stress 8; rate 1e-4 until strain 0.08", 0.08)]
    campaign.report("restart with a parameter changed that may, or a longer program: it ends where it has to", [runs(*change) for change in may])


def gave_up(campaign):
    """A run that gave up goes on with another end."""
    directory, small = campaign.directory(), []
    for setting in ("Material/Initial free volume=0.05", "Material/Diffusion length=0", "Specimen/Subdivisions=2", "Adaptivity/Levels=0"):
        small += ["--set", setting]
    status, _, err = campaign.run("plane", directory, 1, *small, "--set", "Loading/Program=rate 1e-4 until stress 30")
    problems = [] if status == 3 else [f"status {status} and not 3: {err}"]
    reached = float(results.rows(directory)[-1]["strain"])
    target = round(reached + 0.02, 3)
    status, _, err = campaign.run("plane", directory, 1, *small, "--set", f"Loading/Program=rate 1e-4 until strain {target}", restart=True)
    problems += [] if status == 0 else [f"status {status} of the restart: {err}"]
    if status == 0 and abs(float(results.rows(directory)[-1]["strain"]) - target) > 1e-9:
        problems.append(f"it ends at {results.rows(directory)[-1]['strain']} and not {target}")
    campaign.report("a run that gave up (status 3) restarted with another end of its last segment: goes on to it", [problems])


def new_run(campaign):
    """A new run in the directory of an earlier one, killed before its first checkpoint."""
    directory = campaign.copy("plane", 1)
    before = results.digest(directory / "checkpoint")
    running = campaign.start("plane", directory, 1)
    problems = []
    until = time.monotonic() + 30
    while not (directory / "checkpoint.previous").exists() and time.monotonic() < until:
        time.sleep(0.001)
    running.kill()
    if results.digest(directory / "checkpoint.previous") != before:
        problems.append("the checkpoints of the earlier run are not in checkpoint.previous")
    problems += campaign.go_on("plane", directory, 1)
    campaign.report("a new run over an earlier one, killed at its start: the earlier checkpoints are in checkpoint.previous", [problems])


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
    parser.add_argument("--only", help="names of functions of this file, with commas")
    arguments = parser.parse_args()
    campaign = Campaign(arguments.bin / "revitra-fem", arguments.source, arguments.full, arguments.seed)
    faults = (kills, one_rank_killed, signals, time_limit, file_limit, full_disk, new_run, gave_up, changed_deck, left_over, all_damaged,
              damaged)
    start = time.monotonic()
    try:
        for fault in faults:
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

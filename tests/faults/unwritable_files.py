"""Results that cannot be written."""

import shutil
import signal
import subprocess

import results
from processes import send


def not_written(campaign, running, directory, *words):
    """What is wrong with the end of a run that could not write."""
    status, (_, err) = running.status(), running.said()
    problems = [] if status == 4 else [f"status {status} and not 4: {err[-400:]}"]
    problems += [f"the message does not say '{word}': {err[-400:]}" for word in (str(directory), *words) if word not in err]
    if results.checkpoints(directory) and "--restart" not in err:
        problems.append(f"the message does not say how to go on: {err[-400:]}")
    in_its_place = (directory / "fields.pvd").is_dir()  # by a trial
    if not in_its_place and (problem := results.unreadable_fields(directory, campaign.reader)):
        problems.append(problem)
    return problems


def file_limit(campaign):
    """Files cannot become longer than so much."""

    def trial(size, ranks, first, last):
        running, directory = campaign.begun("plane", ranks, rows=(first, last))  # from the start on MPI would lack files
        running.limit_files(size)
        problems = not_written(campaign, running, directory, "too large")
        if first > 5 and not results.checkpoints(directory):
            problems.append("the earlier checkpoint is not there")
        return [f"limit {size}: {problem}" for problem in problems + campaign.go_on("plane", directory, ranks)]

    sizes = campaign.times((1000, 60000), (1000, 2000, 3000, 6000, 9000, 10000, 12000, 15000, 30000, 50000, 70000, 90000))
    campaign.report("no file may exceed a size, from the first row on: status 4 and the name of the file; restart (or new start) the same",
                    [trial(size, 1, 1, 1) for size in sizes])
    cases = campaign.times(((2000, 2), (9500, 1)), ((500, 1), (1500, 2), (2000, 1), (6000, 2), (9500, 1), (9500, 2), (20000, 1), (30000, 2)))
    campaign.report("the same from some later row on: the earlier checkpoint stays good; restart the same",
                    [trial(size, ranks, 6, 14) for size, ranks in cases])


class SmallDisk:
    """A file system in memory, mounted on a new folder for as long as the object is entered."""

    def __init__(self, directory, kilobytes):
        self.directory, self.kilobytes = directory, kilobytes

    def mount(self, *options):
        """Whether that could be done."""
        return subprocess.run(["mount", *options, str(self.directory)], capture_output=True, check=False).returncode == 0

    def __enter__(self):
        self.directory.mkdir()
        self.is_there = self.mount("-t", "tmpfs", "-o", f"size={self.kilobytes}k", "none")
        return self

    def __exit__(self, *_):
        if self.is_there:
            subprocess.run(["umount", str(self.directory)], check=False)


def can_mount(campaign):
    with SmallDisk(campaign.directory(), 100) as disk:
        return disk.is_there


def full_disk(campaign):
    """A file system that is full; after more room is made the run goes on."""

    def trial(size, ranks):
        with SmallDisk(campaign.directory(), size) as disk:
            out = disk.directory / "out"
            problems = not_written(campaign, campaign.start("plane", out, ranks), out, "No space left")
            if not disk.mount("-o", "remount,size=100m"):
                return problems + ["the file system cannot be enlarged"]
            problems += campaign.go_on("plane", out, ranks)
        return [f"{size} kB: {problem}" for problem in problems]

    what = "the file system is full: status 4 and the name of the file; with more room, restart (or new start) the same"
    if not can_mount(campaign):
        return campaign.leave_out(what, "nothing can be mounted here")
    cases = campaign.times(((150, 1),), [(size, 1 + i % 2) for i, size in enumerate((20, 60, 100, 150, 200, 250, 300, 350, 400))])
    return campaign.report(what, [trial(*case) for case in cases])


def read_only(campaign):
    """A file system that can only be read from some moment on."""

    def trial(ranks):
        with SmallDisk(campaign.directory(), 100000) as disk:
            out = disk.directory / "out"
            shutil.copytree(campaign.copy("plane", ranks), out)
            if not disk.mount("-o", "remount,ro"):
                return ["it cannot be made read-only"]
            problems = not_written(campaign, campaign.start("plane", out, ranks, restart=True), out, "Read-only")
            problems += [] if disk.mount("-o", "remount,rw") else ["it cannot be made writable again"]
            return problems + campaign.go_on("plane", out, ranks)

    what = "the file system can only be read: status 4 and its name; when that is over, restart the same"
    if not can_mount(campaign):
        return campaign.leave_out(what, "nothing can be mounted here")
    return campaign.report(what, [trial(ranks) for ranks in campaign.times((1,), (1, 2))])


def obstacles(campaign):
    """A folder, with something in it, has the name of a file that is to be written."""

    def trial(name, ranks, restart):
        directory = campaign.copy("plane", ranks)
        path, kept = directory / name, directory / "kept"
        if path.exists():
            path.rename(kept)
        (path / "something").mkdir(parents=True)
        running = campaign.start("plane", directory, ranks, restart=restart)
        problems = not_written(campaign, running, directory, name.split(".")[0])
        shutil.rmtree(path)
        if kept.exists():
            kept.rename(path)
        return [f"{name}, {ranks} processes: {problem}" for problem in problems + campaign.go_on("plane", directory, ranks)]

    names = ("summary.json", "rejuvenation.csv", "fields.pvd", "fields/fields_0004.0.vtu", "parameters.prm")
    cases = campaign.times([("summary.json", 2, True)],
                           [(name, ranks, True) for name in names for ranks in (1, 2)] + [("fields/fields_0004.1.vtu", 2, True)] +
                           [(name, ranks, False) for name in ("summary.json", "replay/point.json", "history.csv") for ranks in (1, 2)])
    campaign.report("a folder in the place of a file of results: status 4 and its name; without it, restart (or new start) the same",
                    [trial(*case) for case in cases])


def moved_away(campaign):
    """The output directory gets another name during the run."""

    def trial(ranks):
        running, directory = campaign.begun("plane", ranks, rows=(6, 20))
        elsewhere = campaign.directory()
        directory.rename(elsewhere)
        status, (_, err) = running.status(), running.said()
        problems = [] if status == 4 and str(directory) in err else [f"status {status}: {err[-400:]}"]
        shutil.rmtree(directory, ignore_errors=True)  # what a checkpoint has made of it anew
        elsewhere.rename(directory)
        return problems + campaign.go_on("plane", directory, ranks)

    campaign.report("the output directory is moved away: status 4 and its name; back in its place, restart the same",
                    [trial(ranks) for ranks in campaign.times((1,), (1, 1, 2, 2))])


def two_at_once(campaign):
    """A run into the directory of one that is going on, which is stopped to make sure that it is."""

    def trial(ranks, restart):
        first, directory = campaign.begun("plane", ranks, rows=(6, 20))
        for pid in first.ranks():
            send(pid, signal.SIGSTOP)
        status, _, err = campaign.run("plane", directory, 1, restart=restart)
        for pid in first.ranks():
            send(pid, signal.SIGCONT)
        problems = [] if status == 4 and "another run" in err else [f"status {status} of the second: {err[-400:]}"]
        problems += [] if first.status() == 0 else [f"status {first.status()} of the first: {first.said()[1][-400:]}"]
        return problems + campaign.compared("plane", ranks, directory)

    cases = campaign.times([(1, False)], [(1, False), (1, True), (2, False), (2, True)])
    campaign.report("a second run, or restart, into the directory of one that is going on: status 4; the first is undisturbed",
                    [trial(*case) for case in cases])

"""Runs that are killed, all of their processes or one of them."""

import resource
import shutil
import signal
import time

import results
from processes import descendants, is_alive, send

OFTEN = "Checkpoint/Interval=1"
FINER = ("Adaptivity/Levels=3", "Adaptivity/Refine above=0.05")


def killed_at_random(campaign, deck, rank_numbers, count, *more):
    """All processes are killed at random moments, again and again; once a run is done, another one begins."""
    directory, problems, done = campaign.directory(), [], 0
    like, tolerance = (rank_numbers[0], None) if len(rank_numbers) == 1 else (2, results.ROUGHLY)
    whole = campaign.reference(deck, like, *more)[1]
    while done < count:
        ranks = campaign.random.choice(rank_numbers)
        running = campaign.start(deck, directory, ranks, *more, restart=bool(results.checkpoints(directory)))
        if running.wait(campaign.random.uniform(0.1, 0.5) * whole):
            if running.status() != 0:
                return done, problems + [f"status {running.status()} after {done} kills: {running.said()[1]}"]
            problems += campaign.compared(deck, like, directory, *more, tolerance=tolerance)
            shutil.rmtree(directory)
            continue
        running.kill()
        done += 1
        if problem := results.unreadable_fields(directory, campaign.reader):
            problems.append(f"after kill {done}: {problem}")
    return done, problems + campaign.go_on(deck, directory, like, *more, tolerance=tolerance)


def report_kills(campaign, fault, rows):
    for deck, numbers, count, what, *more in rows:
        if count > 0:
            done, problems = killed_at_random(campaign, deck, numbers, count, *more)
            campaign.report(f"{fault}; {what}", [problems] + [[]] * (done - 1))


def kills(campaign):
    """SIGKILL of everything."""
    report_kills(campaign, "SIGKILL of all at random moments, again and again until a run is done, then the next run", (
        ("plane", (1,), campaign.times(3, 20), "2-D, one process: bit for bit"),
        ("plane", (2,), campaign.times(0, 20), "2-D, two processes: within 1e-9"),
        ("plane", (1, 2, 3), campaign.times(3, 20), "2-D, on 1, 2 or 3 processes by turns: within 1e-6"),
        ("box", (2,), campaign.times(2, 20), "3-D, two processes: within 1e-9"),
        ("box", (1, 2, 3), campaign.times(0, 20), "3-D, on 1, 2 or 3 processes by turns: within 1e-6"),
    ))


def kills_while_writing(campaign):
    """The same where a checkpoint is being written most of the time."""
    report_kills(campaign, "the same with a checkpoint every step, so that many kills hit one that is being written", (
        ("plane", (1,), campaign.times(4, 40), "2-D, one process: bit for bit", OFTEN),
        ("plane", (2,), campaign.times(0, 20), "2-D, two processes: within 1e-9", OFTEN),
    ))


def kills_of_restarts(campaign):
    """Restarts that are killed before they have done anything, or just after that."""

    def trial(ranks, count):
        directory, problems = campaign.copy("plane", ranks), []
        for _ in range(count):
            running = campaign.start("plane", directory, ranks, restart=True)
            running.wait(campaign.random.uniform(0.1, 0.6) * campaign.reference("plane", ranks)[1])
            running.kill()
            if problem := results.unreadable_fields(directory, campaign.reader):
                problems.append(problem)
        return problems + campaign.go_on("plane", directory, ranks)

    cases = campaign.times([(1, 3)], [(1, 5)] * 4 + [(2, 5)] * 4)
    campaign.report("restarts killed one after the other, at most half-way through; the last one is the same as the undisturbed run",
                    [trial(*case) for case in cases])


def ends(running, directory, everyone):
    """What is wrong if a run that has lost a process, or its memory, makes no step in 10 s and does not end, or leaves processes."""
    count, until = results.row_count(directory), time.monotonic() + 10
    while not running.wait(0.01) and time.monotonic() < until:
        if results.row_count(directory) != count:
            count, until = results.row_count(directory), time.monotonic() + 10
    if running.process.poll() is None:
        running.kill()
        return ["it has not ended after 10 s"]
    until = time.monotonic() + 2
    while any(map(is_alive, everyone)) and time.monotonic() < until:
        time.sleep(0.01)
    return [f"process {pid} is still there" for pid in everyone if is_alive(pid)]


def one_rank_killed(campaign):
    """SIGKILL of one process of several: the others must not wait for it."""

    def trial(ranks):
        running, directory = campaign.begun("plane", ranks)
        everyone, victims = descendants(running.process.pid), running.ranks()
        send(campaign.random.choice(victims), signal.SIGKILL)
        problems = [] if len(victims) == ranks else [f"{len(victims)} processes and not {ranks}"]
        problems += ends(running, directory, everyone) + ([] if running.status() != 0 else ["status 0"])
        return problems + campaign.go_on("plane", directory, ranks)

    campaign.report("SIGKILL of one process of two or three: the others end within 10 s, status not 0; restart the same",
                    [trial(ranks) for ranks in campaign.times((2,), (2, 2, 2, 2, 3, 3))])


def no_memory(campaign):
    """One process gets no more memory."""

    def trial(ranks, room):
        running, directory = campaign.begun("plane", ranks, *FINER, rows=(6, 14))
        everyone, victim = descendants(running.process.pid), campaign.random.choice(running.ranks())
        running.limit(victim, resource.RLIMIT_AS, running.memory(victim) + room)
        problems = ends(running, directory, everyone)
        if running.status() == 0:  # what it had was enough
            return problems + campaign.compared("plane", ranks, directory, *FINER)
        outcome = campaign.go_on("plane", directory, ranks, *FINER, tolerance=results.ROUGHLY)
        if running.status() == 3:  # it wrote fields where it gave up, too
            outcome = [problem for problem in outcome if not problem.startswith("fields.pvd")]
        return problems + outcome

    cases = campaign.times([(2, 0)], [(1, 0), (1, 0), (1, 100000), (2, 0), (2, 0), (2, 0), (2, 100000), (3, 0), (3, 0)])
    campaign.report("one process gets no more memory: all end within 10 s and restart within 1e-6, or go on with what they have",
                    [trial(*case) for case in cases])


def killed_new_run(campaign):
    """A new run in the directory of an earlier one, killed before its first checkpoint."""
    directory = campaign.copy("plane", 1)
    before = results.digest(directory)
    running = campaign.start("plane", directory, 1)
    problems = []
    until = time.monotonic() + 30
    while not (directory / "previous").exists() and time.monotonic() < until:
        time.sleep(0.001)
    running.kill()
    if results.digest(directory / "previous") != before:
        problems.append("the results of the earlier run are not all in previous")
    problems += campaign.go_on("plane", directory, 1)
    campaign.report("a new run over an earlier one, killed at its start: all that the earlier left is in previous", [problems])

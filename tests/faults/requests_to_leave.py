"""Runs that are asked to leave."""

import signal
import time

import results
from processes import send

GOES_ON = "to go on, run the same command with --restart"


def signals(campaign):
    """A signal: a checkpoint, status 0, and how to go on. mpirun passes SIGUSR1 on; to SIGTERM and SIGINT it has a mind of its own, so
    that one of the processes gets them."""

    def trial(number, ranks):
        running, directory = campaign.begun("plane", ranks)
        send(running.process.pid if number == signal.SIGUSR1 else campaign.random.choice(running.ranks()), number)
        status, (out, err) = running.status(), running.said()
        problems = [] if status == 0 else [f"status {status}: {err[-400:]}"]
        problems += [] if GOES_ON in out else ["it does not say how to go on"]
        problems += [] if results.checkpoints(directory) else ["there is no checkpoint"]
        problems += ["summary.json is there"] if (directory / "summary.json").exists() else []
        return problems + campaign.go_on("plane", directory, ranks, tolerance=results.ROUGHLY)

    for name, whom, ranks in (("SIGUSR1", "to the process or to mpirun", campaign.times((2,), (1, 2) * 5)),
                              ("SIGTERM", "to one of the processes", campaign.times((1,), (1, 2) * 5)),
                              ("SIGINT", "to one of the processes", campaign.times((1,), (1, 2) * 5))):
        campaign.report(f"{name} {whom}: status 0, says how to go on; restart within 1e-6",
                        [trial(getattr(signal, name), number) for number in ranks])


def time_limit(campaign):
    """Runs that have to leave early, until one gets to the end."""

    def chain(ranks, share):
        directory, problems, starts = campaign.directory(), [], 0
        limit = share * campaign.reference("plane", ranks)[1]
        while not problems and not (directory / "summary.json").exists():
            before, started = results.row_count(directory), time.monotonic()
            running = campaign.start("plane", directory, ranks, restart=starts > 0, time_limit=limit)
            status, (out, err) = running.status(), running.said()
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
        return problems + campaign.compared("plane", ranks, directory, tolerance=results.ROUGHLY)

    cases = campaign.times([(1, 0.2)], [(1, 0.2), (2, 0.2), (2, 0.1), (1, 0.1)])
    campaign.report("`--time-limit`, restarted with the same limit until done: status 0, a step at least each time; within 1e-6",
                    [chain(*case) for case in cases])

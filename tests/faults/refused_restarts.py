"""Restarts that are refused, and those that are not."""

import shutil

import results


def refused(campaign, directory, ranks, words, *more, status=2):
    """A restart that has to end with `status`, say why, and change nothing."""
    before = results.digest(directory)
    is_status, _, err = campaign.run("plane", directory, ranks, *more, restart=True)
    problems = [] if is_status == status else [f"status {is_status} and not {status}: {err[-400:]}"]
    problems += [] if words in err else [f"it does not say '{words}': {err[-400:]}"]
    problems += [] if results.digest(directory) == before else ["the directory was changed"]
    return [f"{' '.join(more)}: {problem}" for problem in problems]


def changed_deck(campaign):
    """What must not change at a restart, and what may."""
    never = ("Specimen/Degree=2", "Material/Temperature=0.91", "Material/Initial free volume=0.05", "Output/Units=physical",
             "Loading/Program=rate 2e-4 until strain 0.10", "Specimen/Subdivisions=5", "EED/Threshold=balance", "Specimen/Dimension=3")
    directory = campaign.copy("plane", 1)
    campaign.report("restart with a parameter changed that must not: status 2, named, nothing is written",
                    [refused(campaign, directory, 1, setting.split("=")[0], setting)
                     for setting in campaign.times(campaign.random.sample(never, 2), never)])

    def runs(setting, strain=None):
        directory = campaign.copy("plane", 1)
        status, _, err = campaign.run("plane", directory, 1, setting, restart=True)
        problems = [] if status == 0 else [f"status {status}: {err}"]
        if status == 0:
            found, expected = results.rows(directory)[-1], results.rows(campaign.reference("plane", 1)[0])[-1]
            last = float(expected["strain"]) if strain is None else strain
            problems += [] if abs(float(found["strain"]) - last) < 1e-3 else [f"it ends at strain {found['strain']} and not {last}"]
            problems += [results.unreadable_fields(directory, campaign.reader)]
            if setting.startswith("Output") and len(results.records(directory)) <= len(results.records(campaign.reference("plane", 1)[0])):
                problems.append("there are no more fields than before")
        return [f"{setting}: {problem}" for problem in problems if problem]

    may = [("Loading/Program=rate 1e-4 until strain 0.10; hold for 5; rate -1e-4 until stress 8; rate 1e-4 until strain 0.08", 0.08),
           ("Output/Fields interval=0.005",), ("Time stepping/Tolerance=1e-5",), ("Checkpoint/Interval=7",), ("Adaptivity/Interval=1",),
           ("Adaptivity/Levels=0",)]
    campaign.report("restart with a parameter changed that may, or a longer program: it ends where it has to",
                    [runs(*change) for change in campaign.times(may[:2], may)])


def finished(campaign):
    """A run that is over."""

    def trial(ranks):
        directory = campaign.directory()
        shutil.copytree(campaign.reference("plane", ranks)[0], directory)
        return campaign.go_on("plane", directory, ranks)

    campaign.report("restart of a run that is over: the same once more", [trial(ranks) for ranks in campaign.times((1,), (1, 2))])

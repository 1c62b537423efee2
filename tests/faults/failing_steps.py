"""Steps that fail. The law, Newton's method and the linear solver are made to fail at will in tests/fem; here decks lead them there."""

import subprocess
from pathlib import Path

import results

HOMOGENEOUS = ("Material/Initial free volume=0.05", "Material/Diffusion length=0", "Specimen/Subdivisions=1", "Adaptivity/Levels=0")


def gave_up(campaign, directory, ranks, *more, says, restart=False):
    """A run that has to give up, and leave what can be read."""
    status, _, err = campaign.run("plane", directory, ranks, *more, restart=restart)
    problems = [] if status == 3 else [f"status {status} and not 3: {err[-400:]}"]
    problems += [f"it does not say '{word}': {err[-400:]}" for word in (says, "last accepted", "--restart") if word not in err]
    try:
        found = results.summary(directory)
        problems += [] if found["status"] == "failed" and says in found["message"] else [f"summary.json: {found['message']}"]
    except (OSError, KeyError) as error:
        problems.append(f"summary.json: {error!r}")
    return problems + [problem for problem in [results.unreadable_fields(directory, campaign.reader)] if problem]


def law(campaign):
    """The law fails, however short the step."""

    def trial(ranks):
        directory = campaign.directory()
        problems = gave_up(campaign, directory, ranks, "Material/Shear modulus=1e200", says="the law failed")
        replay = subprocess.run([campaign.point, "--replay", directory / "replay/point.json"], capture_output=True, text=True, check=False)
        problems += [] if "not a finite number" in replay.stdout + replay.stderr else [f"replay: {replay.stdout}{replay.stderr}"]
        return problems

    campaign.report("the law fails at every point, however short the step: status 3, and the update can be repeated by --replay",
                    [trial(ranks) for ranks in campaign.times((1,), (1, 2))])


def too_long(campaign):
    """Steps are tried that are far too long: stages fail or the error is too large, and they are cut."""

    def trial(ranks):
        directory = campaign.directory()
        longest = ("Time stepping/Maximum strain step=1", "Time stepping/Initial strain step=1")
        status, _, err = campaign.run("plane", directory, ranks, *longest)
        if status != 0:
            return [f"status {status}: {err[-400:]}"]
        found, expected = (results.summary(where) for where in (directory, campaign.reference("plane", ranks)[0]))
        problems = [] if found["rejected_steps"] > 3 else [f"only {found['rejected_steps']} steps were cut"]
        for name in ("strain_final", "time_final", "work", "free_volume_final"):
            if abs(found[name] - expected[name]) > 1e-3 * abs(expected[name]):
                problems.append(f"{name} is {found[name]} and not {expected[name]}")
        return problems

    campaign.report("steps tried that are 200 times too long: they are cut, and the run ends where it has to, within 1e-3",
                    [trial(ranks) for ranks in campaign.times((1,), (1, 2))])


def refined_mesh(campaign):
    """The refined mesh has a point at which the initial fields are not defined."""
    undefined = ("Material/Initial free volume=abs(y-0.4736)<0.002 ? sqrt(-1) : 0.05+0.0005*exp(-((y-0.4)/0.1)^2)",
                 "Material/Diffusion length=0", "Specimen/Subdivisions=3, 4", "Adaptivity/Refine above=0.3", "Adaptivity/Interval=1")

    def trial(ranks):
        directory = campaign.directory()
        problems = gave_up(campaign, directory, ranks, *undefined, says="not defined at a point of the refined mesh")
        status, _, err = campaign.run("plane", directory, ranks, *undefined, "Adaptivity/Levels=0", restart=True)
        return problems + ([] if status == 0 else [f"status {status} of the restart without levels: {err[-400:]}"])

    campaign.report("the mesh cannot be refined (NaN in the initial fields there): status 3; restarted without refinement, it is completed",
                    [trial(ranks) for ranks in campaign.times((1,), (1, 2))])


def hopeless(campaign):
    """A run that gives up since its end cannot be reached goes on with another one."""

    def trial(ranks):
        directory = campaign.directory()
        problems = gave_up(campaign, directory, ranks, *HOMOGENEOUS, "Loading/Program=rate 1e-4 until stress 3; stress 3 until strain 0.5",
                           says="will not reach")
        reached = float(results.rows(directory)[-1]["time"])
        status, _, err = campaign.run("plane", directory, ranks, *HOMOGENEOUS,
                                      f"Loading/Program=rate 1e-4 until stress 3; stress 3 for {reached:.6e}", restart=True)
        problems += [] if status == 0 else [f"status {status} of the restart: {err}"]
        if status == 0 and not reached < float(results.rows(directory)[-1]["time"]) < 1.001 * reached:
            problems.append(f"it ends at {results.rows(directory)[-1]['time']} and not a little later than {reached}")
        return problems

    campaign.report("a run that gave up (status 3) restarted with another end of its last segment: goes on to it",
                    [trial(ranks) for ranks in campaign.times((1,), (1, 2))])


def input_not_finite(campaign):
    """NaN at one point of what the user gives."""

    def trial(ranks, *settings):
        directory = campaign.directory()
        status, _, err = campaign.run("plane", directory, ranks, *settings)
        problems = [] if status == 2 and "nan" in err.lower() else [f"status {status}: {err[-400:]}"]
        return problems + (["something was written"] if directory.exists() else [])

    grid = Path("not_finite.csv")
    grid.write_text("x,y,value\n" + "".join(f"{x},{y},{'nan' if (x, y) == (0, 1) else 0.05}\n" for y in (0, 1) for x in (0, 1)),
                    encoding="ascii")
    cases = [("Material/Initial free volume=x<0.1 && y<0.1 ? sqrt(-1) : 0.05",), ("Material/Initial free volume=grid", f"Grid field/File={grid}")]
    campaign.report("NaN at one point of an expression or a grid file: status 2, named, nothing is written",
                    [trial(ranks, *settings) for settings in cases for ranks in campaign.times((1,), (1, 2))])

"""What the tests of the examples share: checks that are counted, commands, and tables."""

import csv
import json
import subprocess
import sys

failures = []


def check(condition, message):
    """Notes and prints `message` unless `condition` holds."""
    if not condition:
        print(f"FAILED: {message}")
        failures.append(message)


def between(value, low, high, what):
    """Checks that `value` is there."""
    check(low <= value <= high, f"{what}: {value} is not between {low} and {high}")


def run(*command):
    """The command's outcome, with what it printed as text."""
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)


def read(path):
    """The rows of a CSV file, each a dictionary."""
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def settings_over(*settings):
    """The arguments that put settings, Section/Parameter=value, over a deck."""
    return [argument for setting in settings for argument in ("--set", setting)]


def summary_of(directory):
    """What summary.json says of the run in a directory."""
    with open(f"{directory}/summary.json", encoding="utf-8") as file:
        return json.load(file)


def specimen(fem, deck, name, *settings, energy_tolerance=1e-6):
    """Runs a deck with `settings` over it on two processes, into the directory `name`; its summary. It has to end and to keep its energy."""
    outcome = run("mpirun", "-np", 2, fem, deck, "--output", name, "--quiet", *settings_over(*settings))
    check(outcome.returncode == 0, f"{name} ends with status {outcome.returncode}: {outcome.stderr}")
    summary = summary_of(name)
    check(summary["status"] == "done", f"{name} is {summary['status']}: {summary.get('message')}")
    rows = read(f"{name}/history.csv")
    largest = max(abs(float(row["work"])) for row in rows)
    for row in rows:
        lost = float(row["work"]) - float(row["elastic_energy"]) - float(row["dissipation"])
        check(abs(lost) <= energy_tolerance * largest, f"{name} loses the energy {lost} of {largest}")
    return summary


def finish():
    """Ends the test: with status 1 if a check failed."""
    print(f"{len(failures)} failures" if failures else "all as expected")
    sys.exit(1 if failures else 0)

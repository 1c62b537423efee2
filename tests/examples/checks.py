"""What the tests of the examples share: checks that are counted, commands, and tables."""

import csv
import subprocess
import sys

failures = []


def check(condition, message):
    """Notes and prints `message` unless `condition` holds."""
    if not condition:
        print(f"FAILED: {message}")
        failures.append(message)


def run(*command):
    """The command's outcome, with what it printed as text."""
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)


def read(path):
    """The rows of a CSV file, each a dictionary."""
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def finish():
    """Ends the test: with status 1 if a check failed."""
    print(f"{len(failures)} failures" if failures else "all as expected")
    sys.exit(1 if failures else 0)

#!/usr/bin/env python3
"""Two thousand steps: neither memory nor the cost of a step grows.

    long_run.py BIN_DIR SOURCE_DIR

Compares the second quarter of the steps with the last; the first has the transient. Both limits leave room for what is not the
program's: the heap keeps pages, other jobs use the caches.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

MEMORY_GROWTH = 1.03  # of the resident set; 1.00 to 1.01 is measured, a leak of 2 kB a step would show
COST_GROWTH = 1.25  # of the processor's time a step


def resident_kilobytes(pid):
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return None  # it has just ended


def processor_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def watch(process, history):
    """(rows, kB, processor seconds) again and again until the process ends."""
    samples, rows, stream = [], 0, None
    while process.poll() is None:
        if stream is None and history.exists():
            stream = history.open()
        if stream is not None:
            rows += stream.read().count("\n")
            try:
                memory = resident_kilobytes(process.pid)
                if memory is not None:
                    samples.append((rows, memory, processor_seconds(process.pid)))
            except OSError:
                break
        time.sleep(0.02)
    return samples


def quarter(samples, rows, number):
    """The largest memory in the quarter, and the cost of a step."""
    part = [s for s in samples if number * rows <= 4 * s[0] <= (number + 1) * rows]
    return max(s[1] for s in part), (part[-1][2] - part[0][2]) / (part[-1][0] - part[0][0])


def main(bin_directory, source_directory):
    with tempfile.TemporaryDirectory(prefix="revitra-long-") as folder:
        output = Path(folder) / "output"
        deck = Path(source_directory) / "tests/faults/long.prm"
        command = [f"{bin_directory}/revitra-fem", str(deck), "--output", str(output), "--quiet"]
        process = subprocess.Popen(command)
        samples = watch(process, output / "history.csv")
        if process.returncode != 0:
            sys.exit(f"status {process.returncode}")
        rows = len((output / "history.csv").read_text().splitlines()) - 2  # the header, and the start
    early_memory, early_cost = quarter(samples, rows, 1)
    late_memory, late_cost = quarter(samples, rows, 3)
    print(
        f"{rows} steps; memory {early_memory} kB, then {late_memory} kB ({late_memory / early_memory:.3f}); "
        f"a step {1e3 * early_cost:.2f} ms, then {1e3 * late_cost:.2f} ms ({late_cost / early_cost:.2f})"
    )
    problems = []
    if rows < 2000:
        problems.append(f"only {rows} steps were made")
    if late_memory > MEMORY_GROWTH * early_memory:
        problems.append(f"memory grew by more than {MEMORY_GROWTH}")
    if late_cost > COST_GROWTH * early_cost:
        problems.append(f"a step became dearer by more than {COST_GROWTH}")
    if problems:
        sys.exit("; ".join(problems))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2])

#!/usr/bin/python3
"""Runs the benchmarks and writes their figures: figures.py EXECUTABLES OUTPUT.json [full|quick|smoke]

EXECUTABLES is the folder of revitra_benchmark_law and, if there is a specimen solver, revitra_benchmark_fem. A figure is
{"name", "value", "unit", "reference", "ratio"}, value and reference in the same unit, measured in the same run.
"""

import json
import math
import os
import subprocess
import sys

# Specimen: cells along an edge and measured steps in 2-D, the same in 3-D. Law: seconds a repetition, and repetitions.
SIZES = {
    "full": {"fem": (128, 6, 10, 3), "law": (0.05, 25)},
    "quick": {"fem": (64, 3, 6, 2), "law": (0.02, 11)},
    "smoke": {"fem": (8, 1, 2, 1), "law": (0.001, 3)},
}

# One BLAS thread: more would fight the ranks for the cores. And a rank that waits lets others run, without which two ranks on
# a machine that has other work to do are slower than one.
ENVIRONMENT = {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1", "OMPI_MCA_mpi_yield_when_idle": "1",
               "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def run(command):
    """Standard output of `command`; what it says on standard error goes to ours."""
    return subprocess.run(command, env={**os.environ, **ENVIRONMENT}, stdout=subprocess.PIPE, text=True, check=True).stdout


def figure(name, value, unit, reference):
    return {"name": name, "value": value, "unit": unit, "reference": reference, "ratio": value / reference}


def law_figures(executable, seconds, repetitions):
    """Figures of the law out of what Google Benchmark measures, medians over interleaved repetitions."""
    report = json.loads(run([executable, "--benchmark_format=json", "--benchmark_enable_random_interleaving=true",
                             f"--benchmark_min_time={seconds}", f"--benchmark_repetitions={repetitions}",
                             "--benchmark_report_aggregates_only=true"]))
    medians = {entry["run_name"]: entry for entry in report["benchmarks"] if entry["aggregate_name"] == "median"}

    def nanoseconds(benchmark):
        return 1e9 / medians[benchmark]["items_per_second"]

    exp = nanoseconds("scalar_exp")
    error = medians["update_and_tangent/300"]["error"]
    return [
        figure("law update + tangent", nanoseconds("update_and_tangent/300"), "ns", exp),
        figure("law error at 300 steps", error, "peak stress", medians["stage_and_tangent/300"]["error"]),
        figure("law update + tangent, 1000 steps", nanoseconds("update_and_tangent/1000"), "ns", exp),
        figure("law update + tangent, 3000 steps", nanoseconds("update_and_tangent/3000"), "ns", exp),
        figure("law stage + tangent", nanoseconds("stage_and_tangent/300"), "ns", exp),
        figure("law rates", nanoseconds("rates_evaluation"), "ns", exp),
    ]


def fem_figures(executable, *sizes):
    """Figures of the specimen solver, a JSON object a line of its output."""
    output = run(["mpirun", "-np", "2", "--oversubscribe", "--bind-to", "none", executable,
                  *map(str, sizes)])
    return [json.loads(line) for line in output.splitlines() if line.startswith("{")]


def table(figures):
    width = max(len(entry["name"]) for entry in figures)
    lines = [f'{"":{width}}  {"value":>10}  {"reference":>10}  {"unit":<11}  {"ratio":>8}']
    for entry in figures:
        lines.append(f'{entry["name"]:{width}}  {entry["value"]:10.4g}  {entry["reference"]:10.4g}  '
                     f'{entry["unit"]:<11}  {entry["ratio"]:8.4g}')
    return "\n".join(lines)


def main(folder, output, size="full"):
    figures = law_figures(os.path.join(folder, "revitra_benchmark_law"), *SIZES[size]["law"])
    fem = os.path.join(folder, "revitra_benchmark_fem")
    if os.path.exists(fem):
        figures += fem_figures(fem, *SIZES[size]["fem"])
    for entry in figures:
        if not all(math.isfinite(entry[key]) and entry[key] > 0 for key in ("value", "reference", "ratio")):
            sys.exit(f"not a figure: {entry}")
    with open(output, "w", encoding="utf-8") as file:
        json.dump(figures, file, indent=2)
        file.write("\n")
    print(table(figures))


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4) or sys.argv[3:] not in ([], *([size] for size in SIZES)):
        sys.exit(__doc__)
    main(*sys.argv[1:])

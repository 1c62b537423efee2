"""Everything that is run for the paper, and the results together."""

import dataclasses
import os
import time
from dataclasses import dataclass

import cases
import table


@dataclass(frozen=True)
class Study:
    """Table 1 and its runs by one tool; what only the point is run for; and, of a specimen, the point beside it."""

    rows: list
    results: dict
    point_rows: list
    point_results: dict
    seconds: float

    def group(self, name):
        """Results of a group of Table 1 by the last word of the condition."""
        printed = [row.printed for row in self.rows if row.printed.group == name]
        return {row.condition.split()[-1]: self.results[row.case] for row in printed}

    def has_specimen(self):
        return self.results is not self.point_results


def to_paper_saturation(case):
    """The same run, ended where the paper's seem to have ended."""
    return dataclasses.replace(case, strain=cases.PAPER_SATURATION_STRAIN)


def with_printed_threshold(printed):
    """The run of a row with the threshold that was printed in place of the model's. Since EED may then grow with the strain, it
    ends where the paper's run seems to have ended."""
    return dataclasses.replace(to_paper_saturation(printed.case), threshold=printed.text["sigma_c"])


# The baseline with the threshold that the law itself has.
WITH_FLOW_STRESS = cases.Case("1.00", threshold=cases.FLOW)


def late_rows(printed):
    """The rows that saturate last, whose digits tell where the paper's runs ended."""
    return [row for row in printed if row.condition in ("rate 1e-3", "T 0.86")]


def point_cases(printed):
    return [
        *(row.case for row in printed),
        cases.FIRST_STRAINS,
        WITH_FLOW_STRESS,
        *(to_paper_saturation(row.case) for row in late_rows(printed)),
        *(with_printed_threshold(row) for row in printed if row.group == "temperature"),
    ]


def carry_out(executables, folder, specimen):
    """Runs everything: the point as many runs at once as there are cores, specimens one after the other."""
    start = time.perf_counter()
    printed = table.read_printed()
    cores = len(os.sched_getaffinity(0))
    results = point_results = cases.run_all(cases.point_command(executables), point_cases(printed), folder / "point", cores)
    if specimen:
        results = cases.run_all(cases.specimen_command(executables), [row.case for row in printed], folder / "fem", 1)
    point_rows = table.model_rows(printed, point_results)
    rows = table.model_rows(printed, results)
    return Study(rows, results, point_rows, point_results, time.perf_counter() - start)


def of_the_point(study):
    """The study as if no specimen had been run."""
    return dataclasses.replace(study, rows=study.point_rows, results=study.point_results)

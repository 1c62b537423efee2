"""The runs of the study with what came of them."""

import pathlib
from dataclasses import dataclass

import numpy as np

import families
import measures
import sweep


@dataclass(frozen=True)
class Results:
    """Evaluations and files of histories, in the order of the sweep."""

    evaluations: list
    histories: dict

    def of(self, *names):
        """The evaluations of the families called NAMES."""
        return [evaluation for evaluation in self.evaluations if evaluation.run.family in names]

    def of_group(self, group):
        return self.of(*[name for name, family in families.FAMILIES.items() if family.group == group])

    def one(self, family, label):
        (found,) = [evaluation for evaluation in self.of(family) if evaluation.run.label == label]
        return found

    def history(self, run):
        return sweep.read_history(self.histories[run])


def evaluate(runs, paths):
    """PATHS are the histories of RUNS."""
    evaluations = [measures.evaluate(run, sweep.read_history(path)) for run, path in zip(runs, paths)]
    return Results(evaluations, dict(zip(runs, map(pathlib.Path, paths))))


def gathered(evaluations, column):
    """COLUMN at all points of EVALUATIONS."""
    return np.concatenate([evaluation.points[column] for evaluation in evaluations])


def ends(evaluations, column):
    """COLUMN at the ends of the runs."""
    return np.array([end(evaluation, column) for evaluation in evaluations])


def end(evaluation, column):
    """COLUMN at the end of a run."""
    return evaluation.points[column][-1]


def as_in_the_paper(results):
    """EED* and RD of the tests that the paper has, where it has them, by what was varied: rate, temperature and free volume within
    its ranges, sheared to the end; the strain of the baseline and of creep."""
    def sheared(chosen):
        return ends(chosen, "eed_star"), ends(chosen, "rejuvenation")

    def followed(family, label):
        points = results.one(family, label).points
        return points["eed_star"], points["rejuvenation"]

    return {
        "strain": followed("rate", "0.0001"),
        "creep strain": followed("creep", "12.5"),
        "rate": sheared([item for item in results.of("rate") if 4e-6 <= item.run.rate <= 1.0001e-3]),
        "temperature": sheared([item for item in results.of("temperature") if 0.86 <= item.run.temperature <= 0.99]),
        "initial": sheared([item for item in results.of("initial") if 0.035 <= item.run.free_volume <= 0.11]),
    }

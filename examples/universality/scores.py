"""How well EED* and the measures predict the rejuvenation."""

from dataclasses import dataclass

import numpy as np

import law
from measures import MEASURES
from results import end, gathered


@dataclass(frozen=True)
class Line:
    """RD = intercept + slope EED* by least squares, Pearson's r of the two, and the rms error of the line."""

    count: int
    r: float
    slope: float
    intercept: float
    rms: float

    def at(self, eed_star):
        return self.intercept + self.slope * eed_star


@dataclass(frozen=True)
class Score:
    """Of a prediction without fitted numbers: Pearson's r, the part of the variance explained, the rms error in RD."""

    r: float
    explained: float
    rms: float


def root_mean_square(values):
    return np.sqrt(np.mean(np.square(values)))


def line(eed_star, rejuvenation):
    slope, intercept = np.polyfit(eed_star, rejuvenation, 1)
    rms = root_mean_square(intercept + slope * eed_star - rejuvenation)
    return Line(eed_star.size, np.corrcoef(eed_star, rejuvenation)[0, 1], slope, intercept, rms)


def score(predicted, rejuvenation):
    error = predicted - rejuvenation
    explained = 1 - np.mean(np.square(error)) / np.var(rejuvenation)
    return Score(np.corrcoef(predicted, rejuvenation)[0, 1], explained, root_mean_square(error))


def line_of(evaluations, choose=gathered):
    return line(choose(evaluations, "eed_star"), choose(evaluations, "rejuvenation"))


def line_of_pairs(pairs):
    """The line through several sets of EED* and RD together."""
    return line(*map(np.concatenate, zip(*pairs)))


def scores_of(evaluations, choose=gathered):
    """The score of each measure."""
    rejuvenation = choose(evaluations, "rejuvenation")
    return {name: score(choose(evaluations, name), rejuvenation) for name in MEASURES}


def score_of_line(fitted, evaluations, choose=gathered):
    """The score of a line that was fitted to other points."""
    return score(fitted.at(choose(evaluations, "eed_star")), choose(evaluations, "rejuvenation"))


def slope_of_run(evaluation):
    """The slope of the line from EED* = 0, RD = 1 that fits the points of one run best."""
    eed_star, gain = evaluation.points["eed_star"], evaluation.points["rejuvenation"] - 1
    return np.dot(eed_star, gain) / np.dot(eed_star, eed_star)


def slopes_of_runs(evaluations, smallest=0.02):
    """Lowest and highest slope of the runs that reach an EED* of SMALLEST, so that there is a slope."""
    slopes = [slope_of_run(item) for item in evaluations if item.points["eed_star"].max() > smallest]
    return min(slopes), max(slopes)


def end_slope(evaluation):
    """(RD - 1)/EED* at the end of a run."""
    return (end(evaluation, "rejuvenation") - 1) / end(evaluation, "eed_star")


def slopes_of_families(results, names, column):
    """Lowest and highest slope of RD over COLUMN in the families called NAMES."""
    slopes = [line(gathered(results.of(name), column), gathered(results.of(name), "rejuvenation")).slope for name in names]
    return min(slopes), max(slopes)


def saturated(evaluations):
    """Those sheared at a constant rate that have come to their end, and have an EED*."""
    def is_saturated(evaluation):
        run = evaluation.run
        steady = law.steady_free_volume(run.rate, run.temperature) / run.free_volume
        return abs(end(evaluation, "rejuvenation") / steady - 1) < 0.01 and end(evaluation, "eed_star") > 0.01

    return [evaluation for evaluation in evaluations if is_saturated(evaluation)]


def expected_end_slope(evaluation):
    """end_slope as the law has it with saturated transformations."""
    run = evaluation.run
    return law.saturated_shear_slope(run.rate, run.temperature, run.free_volume)

"""Creep in detail: the rejuvenation at a given EED*, and the exact solution of the law."""

from dataclasses import dataclass

import numpy as np

import law


@dataclass(frozen=True)
class Creep:
    """A creep run: `rejuvenation` at the EED* asked for, from the history and from the exact solution; the slope dRD/dEED* over the
    second half, and with saturated transformations; the largest difference to the exact solution, in RD."""

    stress: float
    rejuvenation: float
    exact: float
    slope: float
    saturated_slope: float
    error: float


def rows_from(history, row):
    return {name: values[row:] for name, values in history.items()}


def start_of_creep(history):
    """The row in which the ramp ends."""
    return np.count_nonzero(history["segment"] == 1) - 1


def exact_rejuvenation(start, plastic_strain):
    return law.creep_free_volume(start, plastic_strain) / start["free_volume"] * start["rejuvenation"]


def analyze(history, eed_star):
    """What Creep has, from the history of a ramp and creep."""
    crept = rows_from(history, start_of_creep(history))
    start = {name: values[0] for name, values in crept.items()}
    stress, sigma_c = start["stress"], start["sigma_c"]
    needed = (eed_star * sigma_c - start["eed"]) / (stress - sigma_c)
    exact = exact_rejuvenation(start, crept["plastic_strain"] - start["plastic_strain"])
    half, end = crept["eed_star"][-1] / 2, crept["eed_star"][-1]
    gain = np.interp([half, end], crept["eed_star"], crept["rejuvenation"])
    return Creep(
        stress,
        np.interp(eed_star, crept["eed_star"], crept["rejuvenation"]),
        exact_rejuvenation(start, needed),
        (gain[1] - gain[0]) / (end - half),
        law.saturated_creep_slope(stress, start["temperature"], start["free_volume"] / start["rejuvenation"]),
        np.abs(exact - crept["rejuvenation"]).max(),
    )

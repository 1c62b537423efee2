"""What a history says would predict the rejuvenation: measures accumulated along the run, and points at which they are compared.

A measure M has the unit of the EED and predicts RD = 1 + D_ia M/xi_0, without a fitted number. sigma and eps_p are stress and plastic
strain, sigma_a is law.annihilation_stress, g is law.activation.
"""

from dataclasses import dataclass

import numpy as np

import law


@dataclass(frozen=True)
class Measure:
    """`needs`: what of a test has to be known beside temperature, initial free volume and the constants of the law."""

    symbol: str
    formula: str
    needs: str


EED, WORK, IDENTITY = "eed", "work", "identity"
REFINED, SIMPLE, CURRENT = "refined", "refined_simple", "refined_current"

MEASURES = {
    EED: Measure("EED", "∫(σ − σ_c)₊ dε", "σ, ε"),
    WORK: Measure("W", "∫σ dε_p", "σ, ε_p"),
    REFINED: Measure("REED", "∫(σ − σ_a)₊ dε_p", "σ, ε_p"),
    SIMPLE: Measure("REED, simplified", "the same with σ_a = σ_f exp(−(σ − σ_f)/T)", "σ, ε_p"),
    CURRENT: Measure("REED(Λ, Δ)", "∫(σ − ϕB/(D_ia A g)) dε_p", "σ, ε_p, Λ₀, Δ₀"),
    IDENTITY: Measure("the law", "REED(Λ, Δ), at rest less ∫ϕB exp(−1/ξ)/D_ia dt", "σ, ε_p, Λ₀, Δ₀, t, ξ"),
}

POINTS = 10

# Where |g| is smaller than this the glass rests: plastic strain is no clock for its annihilation, time is.
SMALLEST_ACTIVATION = 1.0

# Below this, far below the flow stress, the effective stress is 0 anyway.
SMALLEST_STRESS = 0.1


def accumulated(increments):
    return np.concatenate(([0.0], np.cumsum(increments)))


def mean(values):
    """Over each interval between two rows."""
    return (values[1:] + values[:-1]) / 2


def logarithmic_mean(values):
    """Over each interval, of what grows or decays exponentially there, as rates do while the stress relaxes."""
    first, last = values[:-1], values[1:]
    ratio = np.log(last / first)
    small = np.abs(ratio) < 1e-4
    return np.where(small, (first + last) / 2, (last - first) / np.where(small, 1, ratio))


def effective_stress(stress, temperature):
    """sigma - sigma_a where that is positive, else 0: at the flow stress it is 0, and at the arrest stress it would diverge."""
    sigma_a = law.annihilation_ratio(temperature) / law.DILATANCY / np.maximum(law.saturated_activation(stress, temperature), 1e-3)
    return np.maximum(stress - sigma_a, 0)


def simplified_effective_stress(stress, temperature, sigma_f):
    """The same without the pre-exponential part of sigma_a."""
    return np.maximum(stress - sigma_f * np.exp((sigma_f - stress) / temperature), 0)


def refined(history, path):
    """REED, both ways. Plastic strain against the stress, which unloading brings, does not count."""
    stress, temperature = np.abs(history["stress"]), history["temperature"]
    along = path * (mean(history["stress"]) * np.diff(history["plastic_strain"]) > 0)
    effective = effective_stress(np.maximum(stress, SMALLEST_STRESS), temperature)
    simplified = simplified_effective_stress(stress, temperature, history["flow_stress"])
    return {REFINED: accumulated(mean(effective) * along), SIMPLE: accumulated(mean(simplified) * along)}


def annihilated(history, path):
    """What is annihilated between rows, over D_ia: while the glass flows, from plastic strain; and at rest, from time."""
    temperature, stress = history["temperature"], history["stress"]
    g = law.activation(stress, temperature, history["st_sum"], history["st_bias"])
    flows = np.abs(g) > SMALLEST_ACTIVATION
    flowing = flows[1:] & flows[:-1] & (g[1:] * g[:-1] > 0)
    per_strain = law.annihilation_ratio(temperature) / np.maximum(np.abs(g), SMALLEST_ACTIVATION)
    by_strain = np.where(flowing, path * logarithmic_mean(per_strain), 0)
    # at rest 1/rate grows in proportion to time
    duration_over_rate = 1 / law.annihilation_rate(history["free_volume"], temperature)
    by_time = np.where(flowing, 0, np.diff(history["time"]) / logarithmic_mean(duration_over_rate))
    return by_strain / law.DILATANCY, by_time / law.DILATANCY


def measures(history):
    """Every measure, and the plastic path, at the rows of a history."""
    path = np.abs(np.diff(history["plastic_strain"]))
    work = history["free_volume_work"] / law.DILATANCY
    by_strain, by_time = annihilated(history, path)
    current = work - accumulated(by_strain)
    return {
        "plastic_path": accumulated(path), EED: history["eed"], WORK: work, **refined(history, path), CURRENT: current,
        IDENTITY: current - accumulated(by_time),
    }


def predicted(measure, free_volume):
    """RD as a MEASURE predicts it."""
    return 1 + law.DILATANCY * measure / free_volume


@dataclass(frozen=True)
class Evaluation:
    """A run with its points, the last of which is its end, and the largest error of the identity over all its rows, in RD."""

    run: object
    points: dict
    identity_error: float


HISTORY_COLUMNS = ("time", "strain", "stress", "plastic_strain", "temperature", "eed_star", "rejuvenation")


def evaluate(run, history):
    """Points in equal steps of the plastic path."""
    values = measures(history)
    free_volume = history["free_volume"][0]
    identity = predicted(values[IDENTITY], free_volume) - history["rejuvenation"]
    along = values["plastic_path"]
    places = along[-1] * np.arange(1, POINTS + 1) / POINTS
    points = {name: np.interp(places, along, history[name]) for name in HISTORY_COLUMNS}
    points["plastic_path"] = places
    for name in MEASURES:
        points[name] = predicted(np.interp(places, along, values[name]), free_volume)
    return Evaluation(run, points, np.abs(identity).max())

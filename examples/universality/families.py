"""The runs of the study, family after family. The same at every call: what is drawn at random comes from a fixed seed."""

import itertools
import math
import random
from dataclasses import dataclass

import law
from programs import FAST_RAMP_RATE, MixedProgram, annealed, crept, held, loaded, number, program, rested, sheared, unloaded

SEED = 2022

TEMPERATURE = 0.9
RATE = 1e-4
FREE_VOLUME = 0.05
LAST_STRAIN = 2.0

# Creep: the ramp before it, EED* at its end, and the stresses of the family. At CREEP_CHECK RD is told for some of them.
RAMP_RATE = 1e-2
CREEP_END = 0.25
CREEP_STRESSES = (8.0, 8.2, 8.5, 9, 9.5, 10, 11, 12.5, 14, 15, 16.5, 18, 20)
CREEP_CHECK = 0.2
MARKED_CREEP_STRESSES = (8.2, 9, 10, 12.5, 15, 18)


@dataclass(frozen=True)
class Family:
    """Runs that differ in one way."""

    title: str
    group: str


FAMILIES = {
    "rate": Family("strain rate", "constant rate"),
    "temperature": Family("temperature", "constant rate"),
    "initial": Family("ξ₀", "constant rate"),
    "monotone": Family("rate, T and ξ₀", "constant rate"),
    "creep": Family("creep stress", "creep"),
    "creep-initial": Family("creep, ξ₀", "creep"),
    "creep-temperature": Family("creep, T", "creep"),
    "creep-random": Family("creep, stress, T and ξ₀", "creep"),
    "stress-steps": Family("steps of stress", "steps"),
    "rate-steps": Family("steps of rate", "steps"),
    "relaxation": Family("held strain, loaded again", "relaxation"),
    "reversal": Family("one reversal", "reversal"),
    "cycles": Family("strain cycles", "reversal"),
    "temperature-ramp": Family("temperature ramps", "temperature ramp"),
    "pulses": Family("creep with rests", "rest"),
    "annealing": Family("annealed after loading", "rest"),
    "mixed": Family("mixed programs", "mixed"),
}


@dataclass(frozen=True)
class Run:
    """A row of the sweep. `rate` and `stress` are the first of its program, None if there is none."""

    family: str
    label: str
    program: str
    temperature: float = TEMPERATURE
    free_volume: float = FREE_VOLUME
    rate: float = None
    stress: float = None


def spread(lower, upper, count):
    """COUNT numbers from LOWER to UPPER, in equal steps."""
    return [lower + (upper - lower) * i / (count - 1) for i in range(count)]


def logarithmic(lower, upper, count):
    """COUNT numbers from LOWER to UPPER, in equal ratios."""
    return [math.exp(exponent) for exponent in spread(math.log(lower), math.log(upper), count)]


def monotone(family, label, rate=RATE, temperature=TEMPERATURE, free_volume=FREE_VOLUME):
    return Run(family, label, sheared(rate, LAST_STRAIN), temperature, free_volume, rate)


def rates():
    return [monotone("rate", number(rate), rate=rate) for rate in logarithmic(1e-6, 1e-2, 17)]


def temperatures():
    return [monotone("temperature", number(value), temperature=value) for value in spread(0.8, 1.0, 17)]


def initial_free_volumes():
    return [monotone("initial", number(value), free_volume=value) for value in spread(0.03, 0.11, 17) + [0.12, 0.15]]


def random_monotone(dice, count=40):
    runs = []
    for i in range(count):
        rate, temperature, free_volume = 10 ** dice.uniform(-6, -2), dice.uniform(0.82, 0.98), dice.uniform(0.035, 0.1)
        runs.append(monotone("monotone", f"{i + 1}", rate, temperature, free_volume))
    return runs


def strain_of_creep(stress, sigma_f, eed_star):
    """The strain of EED* in creep at STRESS. Exact but for plastic strain on the ramp."""
    overstress = stress - sigma_f
    on_the_ramp = overstress**2 / (2 * law.SHEAR_MODULUS)
    return stress / law.SHEAR_MODULUS + (eed_star * sigma_f - on_the_ramp) / overstress


def creep(family, label, stress, temperature=TEMPERATURE, free_volume=FREE_VOLUME, ramp_rate=RAMP_RATE):
    """A ramp and creep until EED* is CREEP_END, or a little more."""
    strain = strain_of_creep(stress, law.flow_stress(temperature), CREEP_END)
    return Run(family, label, program(loaded(ramp_rate, stress), crept(stress, strain)), temperature, free_volume, ramp_rate, stress)


def creep_stresses():
    return [creep("creep", number(stress), stress) for stress in CREEP_STRESSES]


def creep_initial_free_volumes():
    return [creep("creep-initial", number(value), 12.5, free_volume=value, ramp_rate=FAST_RAMP_RATE) for value in spread(0.03, 0.1, 8)]


def creep_temperatures():
    return [creep("creep-temperature", number(value), 12.5, temperature=value) for value in spread(0.82, 0.96, 8)]


def random_creep(dice, count=30):
    runs = []
    for i in range(count):
        temperature, free_volume, ratio = dice.uniform(0.82, 0.98), dice.uniform(0.035, 0.08), dice.uniform(1.04, 2.2)
        stress = ratio * law.flow_stress(temperature)
        runs.append(creep("creep-random", f"{i + 1}", stress, temperature, free_volume, FAST_RAMP_RATE))
    return runs


def stress_steps():
    """Two stresses, each for an EED* of about 0.1, in both orders."""
    runs = []
    sigma_f = law.flow_stress(TEMPERATURE)
    for first, second in itertools.permutations((8.5, 10, 12.5, 15, 18), 2):
        middle = strain_of_creep(first, sigma_f, 0.1)
        last = middle + (second - first) / law.SHEAR_MODULUS + 0.1 * sigma_f / (second - sigma_f)
        step = loaded(math.copysign(FAST_RAMP_RATE, second - first), second)
        steps = program(loaded(RAMP_RATE, first), crept(first, middle), step, crept(second, last))
        runs.append(Run("stress-steps", f"{number(first)} then {number(second)}", steps, rate=RAMP_RATE, stress=first))
    return runs


def rate_steps():
    """Two rates, in both orders."""
    runs = []
    for first, second in itertools.permutations((1e-6, 1e-5, 1e-4, 1e-3, 1e-2), 2):
        steps = program(sheared(first, 0.3), sheared(second, 1))
        runs.append(Run("rate-steps", f"{number(first)} then {number(second)}", steps, rate=first))
    return runs


def relaxations():
    runs = []
    for strain, duration in itertools.product((0.07, 0.1, 0.15, 0.25, 0.5), (1e3, 1e4, 1e5, 1e7)):
        steps = program(sheared(RATE, strain), held(duration), sheared(RATE, strain + 0.5))
        runs.append(Run("relaxation", f"at {number(strain)} for {number(duration)}", steps, rate=RATE))
    return runs


def reversals():
    runs = []
    for rate, strain in itertools.product((1e-5, 1e-4, 1e-3), (0.06, 0.1, 0.15, 0.3, 0.6)):
        steps = program(sheared(rate, strain), sheared(-rate, strain - 0.7))
        runs.append(Run("reversal", f"at {number(strain)}, rate {number(rate)}", steps, rate=rate))
    return runs


def cycles(count=3):
    runs = []
    for rate, amplitude in itertools.product((1e-5, 1e-4, 1e-3), (0.05, 0.06, 0.08, 0.12, 0.2, 0.3)):
        steps = program(*[sheared(sign * rate, sign * amplitude) for _ in range(count) for sign in (1, -1)])
        runs.append(Run("cycles", f"{number(amplitude)}, rate {number(rate)}", steps, rate=rate))
    return runs


def temperature_ramps():
    """The temperature changes while the strain grows at the constant rate."""
    runs = []
    for (first, last), strain in itertools.product(itertools.permutations((0.84, 0.88, 0.92, 0.96), 2), (0.15, 0.6)):
        ramp = f"rate {number(RATE)} for {number(strain / RATE)}, temperature to {number(last)}"
        label = f"{number(first)} to {number(last)} by {number(strain)}"
        runs.append(Run("temperature-ramp", label, program(ramp, sheared(RATE, 1.2)), first, rate=RATE))
    return runs


def pulses(count=3):
    """Creep at a stress in parts, with rests between at no stress."""
    runs = []
    sigma_f = law.flow_stress(TEMPERATURE)
    for stress, duration in itertools.product((9, 12.5, 16), (1e2, 1e4, 1e6, 1e8)):
        ends = [strain_of_creep(stress, sigma_f, 0.07 * (i + 1)) + 0.01 * i for i in range(count)]
        steps = [program(loaded(RAMP_RATE, stress), crept(stress, end), unloaded(), rested(duration)) for end in ends]
        runs.append(Run("pulses", f"{number(stress)}, rests of {number(duration)}", program(*steps), rate=RAMP_RATE, stress=stress))
    return runs


def annealing():
    """Sheared, annealed at no stress, and sheared again."""
    runs = []
    for strain, temperature, duration in itertools.product((0.2, 0.6), (0.9, 0.94, 0.98), (1e2, 1e4, 1e6)):
        steps = program(sheared(RATE, strain), unloaded(), annealed(temperature, duration, TEMPERATURE), sheared(RATE, strain + 0.5))
        runs.append(Run("annealing", f"at {number(temperature)} for {number(duration)} from {number(strain)}", steps, rate=RATE))
    return runs


def mixed(dice, count=60):
    runs = []
    for i in range(count):
        temperature, free_volume = dice.uniform(0.84, 0.98), dice.uniform(0.035, 0.09)
        steps = MixedProgram(dice, temperature)
        steps.shear(1)
        length = 2 + int(4 * dice.random())
        runs.append(Run("mixed", f"{i + 1}", steps.text(length), temperature, free_volume))
    return runs


def all_runs():
    """Every run, families in the order of FAMILIES."""
    dice = random.Random(SEED)
    return [
        *rates(), *temperatures(), *initial_free_volumes(), *random_monotone(dice),
        *creep_stresses(), *creep_initial_free_volumes(), *creep_temperatures(), *random_creep(dice),
        *stress_steps(), *rate_steps(), *relaxations(), *reversals(), *cycles(), *temperature_ramps(), *pulses(), *annealing(),
        *mixed(dice),
    ]

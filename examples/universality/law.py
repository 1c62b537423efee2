"""What the study needs of the law itself, for the preset Zr55Cu30Ni5Al10: see doc/theory.md, Eqs. (1)-(4).

The study compares each of these with the runs, so that another preset cannot go unnoticed.
"""

import math

import numpy as np

TRANSFORMATION_ENERGY = 65.0  # E_A
ANNIHILATION_ENERGY = 45.0  # E_a
TRANSFORMATION_COEFFICIENT = 0.5  # phi of Eqs. (2), (3)
ANNIHILATION_COEFFICIENT = 10.0  # phi of Eq. (4)
DILATANCY = 0.009  # D_ia
SHEAR_MODULUS = 210.0
INITIAL_SUM = 0.6  # Lambda_0
INITIAL_BIAS = 0.01  # Delta_0


def annihilation_ratio(temperature):
    """phi B / A of Eqs. (1) and (4): free volume annihilated per plastic strain, times g."""
    return ANNIHILATION_COEFFICIENT * np.exp((ANNIHILATION_ENERGY - TRANSFORMATION_ENERGY) * (1 - 1 / temperature))


def annihilation_rate(free_volume, temperature):
    """The second term of Eq. (4)."""
    return ANNIHILATION_COEFFICIENT * np.exp(ANNIHILATION_ENERGY * (1 - 1 / temperature) - 1 / free_volume)


def activation(stress, temperature, st_sum, st_bias):
    """g = Lambda sinh(sigma/T) - Delta cosh(sigma/T), the bracket of Eq. (1)."""
    return st_sum * np.sinh(stress / temperature) - st_bias * np.cosh(stress / temperature)


def saturated_activation(stress, temperature):
    """h: g with transformations as they are in steady flow at this stress, Lambda = 1 and Delta = 2/(phi sigma)."""
    return activation(stress, temperature, 1.0, 2 / (TRANSFORMATION_COEFFICIENT * stress))


def arrest_stress(temperature):
    """The root of h, below which nothing flows steadily."""
    return bisection(lambda stress: saturated_activation(stress, temperature), 1.0, 8.0)


def flow_stress(temperature):
    """sigma_f: where as much free volume is created as annihilated in steady flow."""
    def net_creation(stress):
        return DILATANCY * stress * saturated_activation(stress, temperature) - annihilation_ratio(temperature)

    return bisection(net_creation, 4.5, 30.0)


def annihilation_stress(stress, temperature, sigma_f):
    """sigma_a = sigma_f h(sigma_f)/h(sigma): what is lost per plastic strain in saturated flow, over D_ia."""
    return sigma_f * saturated_activation(sigma_f, temperature) / saturated_activation(stress, temperature)


def saturated_creep_slope(stress, temperature, free_volume):
    """dRD/dEED* in creep with saturated transformations."""
    sigma_f = flow_stress(temperature)
    effective = stress - annihilation_stress(stress, temperature, sigma_f)
    return DILATANCY * sigma_f / free_volume * effective / (stress - sigma_f)


def steady_free_volume(rate, temperature):
    """The free volume that shear at a constant rate ends with."""
    return 1 / math.log(annihilation_rate(math.inf, temperature) / (DILATANCY * flow_stress(temperature) * rate))


def flowing_stress(rate, temperature, free_volume):
    """The stress of saturated flow at RATE, for an array of free volumes."""
    needed = rate * np.exp(1 / free_volume - TRANSFORMATION_ENERGY * (1 - 1 / temperature))
    lower, upper = np.full_like(needed, arrest_stress(temperature)), np.full_like(needed, 100 * temperature)
    for _ in range(60):
        middle = (lower + upper) / 2
        below = saturated_activation(middle, temperature) < needed
        lower, upper = np.where(below, middle, lower), np.where(below, upper, middle)
    return upper


def saturated_shear_slope(rate, temperature, free_volume, parts=200):
    """(RD - 1)/EED* of shear at a constant rate until nothing changes: the harmonic mean, over the free volume, of the slopes of
    creep at the stresses that it passes."""
    last = steady_free_volume(rate, temperature)
    passed = free_volume + (last - free_volume) * (np.arange(parts) + 0.5) / parts
    stresses = flowing_stress(rate, temperature, passed)
    return 1 / np.mean(1 / saturated_creep_slope(stresses, temperature, free_volume))


def creep_free_volume(start, plastic_strain):
    """The exact free volume in creep, PLASTIC_STRAIN after the state START, a row of a history."""
    stress, temperature, phi = start["stress"], start["temperature"], TRANSFORMATION_COEFFICIENT
    sinh, cosh = math.sinh(stress / temperature), math.cosh(stress / temperature)
    steady_bias = 2 / (phi * stress)
    h = sinh - steady_bias * cosh
    c = -(1 - start["st_sum"]) * sinh - (start["st_bias"] - steady_bias) * cosh
    growth = np.exp(phi * stress * plastic_strain)
    annihilated = annihilation_ratio(temperature) * np.log((h * growth + c) / (h + c)) / (phi * stress * h)
    return start["free_volume"] + DILATANCY * stress * plastic_strain - annihilated


def bisection(function, lower, upper):
    """The root of FUNCTION, negative at LOWER and positive at UPPER, to rounding."""
    while True:
        middle = (lower + upper) / 2
        if middle in (lower, upper):
            return middle
        if function(middle) < 0:
            lower = middle
        else:
            upper = middle

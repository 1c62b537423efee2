#!/usr/bin/env python3
"""Reference curves for a band with diffusion of free volume: a bar of height 1 along y in simple shear.

    diffusion.py            write the CSV files beside this script
    diffusion.py --check    write nothing: repeat with other layers, another discretization and another integrator

At every height Eqs. (1)-(4) hold with one common stress and with d/dy (D d xi/dy) added to (4), where
D = D0 + l^2 |plastic rate|; nothing flows through the ends. The stress follows the mean over y of the plastic rate.
The initial free volume is symmetric about the middle, so half of the bar is integrated.

The bar is divided into layers (finite volumes). |plastic rate| is |drive| exp(-1/xi), so that its part of the flux is
l^2 |drive| times the gradient of the integral of exp(-1/xi): written so, the edge of a band with D0 = 0, where D falls
by orders of magnitude, keeps second order. Results of n and 2 n layers are extrapolated to none.
"""

import argparse
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sparse
from scipy.integrate import solve_ivp
from scipy.special import exp1

from make_references import (ANNIHILATION_COEFFICIENT, DILATANCY_FACTOR, INITIAL_ST_BIAS, INITIAL_ST_SUM, SHEAR_MODULUS,
                             TRANSFORMATION_COEFFICIENT, annihilation_factor, drive, flow_stress, plastic_rate, read,
                             transformation_factor, write)

TEMPERATURE, RATE = 0.9, 1e-4
BUMP = "0.05+0.0005*exp(-100*(y-0.5)^2)"
STRAINS = np.arange(51) * 0.005
PROFILE_STRAINS = (0.10, 0.15, 0.20, 0.25)
POSITIONS = np.arange(81) / 80
COLUMNS = "time,strain,stress,free_volume,free_volume_min,free_volume_max,eed".split(",")


def bump(y):
    """BUMP."""
    return 0.05 + 0.0005 * np.exp(-100 * (y - 0.5) ** 2)


# --- half of the bar, 0 <= y <= 1/2, in space --------------------------------------------------------------------------
@dataclass
class Grid:
    """Points and their weights in a mean over the bar; `average` and `gradient` lead to where fluxes are."""
    y: np.ndarray
    weights: np.ndarray
    average: sparse.csr_matrix
    gradient: sparse.csr_matrix
    flux_weights: np.ndarray

    def __post_init__(self):
        """The divergence is the negative adjoint of the gradient, so that no flux leaves and the mean is kept."""
        self.divergence = -(sparse.diags(1 / self.weights) @ self.gradient.T @ sparse.diags(self.flux_weights)).tocsr()


def layers(n):
    """The lower half of a bar of n equal layers (n is even)."""
    half, h = n // 2, 1 / n
    shape, faces = (half - 1, half), np.ones(half - 1)
    return Grid((np.arange(half) + 0.5) * h, np.full(half, 2 * h), sparse.diags([faces / 2, faces / 2], [0, 1], shape).tocsr(),
                sparse.diags([-faces / h, faces / h], [0, 1], shape).tocsr(), np.full(half - 1, 2 * h))


def lobatto(degree):
    """Points and weights of the Gauss-Lobatto rule on [-1, 1], and the derivative of its Lagrange polynomials there."""
    legendre = np.polynomial.legendre.Legendre.basis(degree)
    x = np.concatenate([[-1], np.sort(legendre.deriv().roots().real), [1]])
    values = legendre(x)
    distance = x[:, None] - x[None, :] + np.eye(degree + 1)
    derivative = values[:, None] / values[None, :] / distance
    np.fill_diagonal(derivative, 0)
    derivative[0, 0], derivative[-1, -1] = -degree * (degree + 1) / 4, degree * (degree + 1) / 4
    return x, 2 / (degree * (degree + 1) * values ** 2), derivative


def spectral_elements(elements, degree):
    """Equal elements with Lobatto points over the lower half: exponential convergence where the solution is smooth."""
    x, w, derivative = lobatto(degree)
    h = 0.5 / elements
    point = (np.arange(elements)[:, None] * degree + np.arange(degree + 1)).ravel()
    place = sparse.csr_matrix((np.ones(len(point)), (np.arange(len(point)), point)))
    y = np.zeros(place.shape[1])
    y[point] = ((np.arange(elements)[:, None] + (x + 1) / 2) * h).ravel()
    weights = np.tile(w * h, elements)
    return Grid(y, place.T @ weights, place, (sparse.block_diag([derivative * 2 / h] * elements) @ place).tocsr(), weights)


# --- the bar in time ---------------------------------------------------------------------------------------------------
def arrhenius_integral(free_volume):
    """Integral of exp(-1/xi) over xi."""
    return free_volume * np.exp(-1 / free_volume) - exp1(1 / free_volume)


@dataclass
class Bar:
    """Components: stress, EED, and at each point free volume, ST sum and ST bias."""
    grid: Grid
    diffusivity: float = 0.0
    length: float = 0.0
    threshold: float = flow_stress(TEMPERATURE)

    def initial_state(self):
        ones = np.ones_like(self.grid.y)
        return np.concatenate([[0.0, 0.0], bump(self.grid.y), INITIAL_ST_SUM * ones, INITIAL_ST_BIAS * ones])

    def diffusion(self, stress, free_volume, st_sum, bias):
        """d/dy (D d xi/dy)."""
        grid = self.grid
        drives = np.abs(transformation_factor(TEMPERATURE) * drive(stress, st_sum, bias, TEMPERATURE))
        flux = self.diffusivity * (grid.gradient @ free_volume)
        if self.length:
            flux += self.length ** 2 * (grid.average @ drives) * (grid.gradient @ arrhenius_integral(free_volume))
        return grid.divergence @ flux

    def rates(self, strain, state):
        """Derivatives by strain."""
        stress, (free_volume, st_sum, bias) = state[0], state[2:].reshape(3, -1)
        r = plastic_rate(stress, free_volume, st_sum, bias, TEMPERATURE)
        w = np.abs(stress * r)
        annihilation = ANNIHILATION_COEFFICIENT * np.exp(-1 / free_volume) * annihilation_factor(TEMPERATURE)
        return np.concatenate([
            [SHEAR_MODULUS * (RATE - self.grid.weights @ r), max(stress - self.threshold, 0.0) * RATE],
            DILATANCY_FACTOR * w - annihilation + self.diffusion(stress, free_volume, st_sum, bias),
            TRANSFORMATION_COEFFICIENT * w * (1 - st_sum),
            2 * r - TRANSFORMATION_COEFFICIENT * w * bias]) / RATE

    def states(self, strains, method="DOP853", rtol=1e-9):
        """The initial state and those at the strains; every one ends an integration, so none is interpolated."""
        state, start = self.initial_state(), 0.0
        found = [state]
        for end in strains:
            with np.errstate(over="ignore", invalid="ignore"):      # in trial steps that are then rejected
                result = solve_ivp(self.rates, (start, end), state, method=method, rtol=rtol, atol=1e-4 * rtol)
            if result.status < 0:
                raise RuntimeError(result.message)
            state, start = result.y[:, -1], end
            found.append(state)
        return np.array(found)

    def free_volume(self, state):
        return state[2:2 + len(self.grid.y)]

    def row(self, strain, state):
        xi = self.free_volume(state)
        return [strain / RATE, strain, state[0], self.grid.weights @ xi, xi.min(), xi.max(), state[1]]

    def rows(self, states):
        return np.array([self.row(strain, state) for strain, state in zip(STRAINS, states)])

    def profiles(self, states):
        """Free volume at PROFILE_STRAINS and POSITIONS, linear between points."""
        indices = [int(np.abs(STRAINS - strain).argmin()) for strain in PROFILE_STRAINS]
        heights = np.minimum(POSITIONS, 1 - POSITIONS)
        return np.array([np.interp(heights, self.grid.y, self.free_volume(states[i])) for i in indices])


# --- files -------------------------------------------------------------------------------------------------------------
@dataclass
class Case:
    """A file: its parameters, and the layers that half of its rows come from; the other half from twice as many."""
    name: str
    column: str
    settings: tuple
    parameters: dict
    layers: int


PROGRAM = (f"Loading/Program=rate 1e-4 until strain {STRAINS[-1]:g}", f"Material/Initial free volume={BUMP}")
CASES = [Case("band_diffusion", "diffusivity", ("Material/Constant diffusivity=1e-05",), {"diffusivity": 1e-5}, 400),
         Case("band_length", "length", ("Material/Diffusion length=0.05",), {"length": 0.05}, 800)]


def extrapolated(coarse, fine):
    """The limit of a second-order sequence from n and 2 n layers."""
    return fine + (fine - coarse) / 3


def histories(case, counts):
    """Rows from each number of layers, and the free volume at PROFILE_STRAINS from the last."""
    tables = []
    for count in counts:
        bar = Bar(layers(count), **case.parameters)
        states = bar.states(STRAINS[1:])
        tables.append(bar.rows(states))
    return tables, bar.profiles(states)


def write_all():
    columns, profiles = ["y"], [POSITIONS]
    for case in CASES:
        tables, found = histories(case, (case.layers, 2 * case.layers))
        write(case.name, PROGRAM + case.settings, COLUMNS, extrapolated(*tables))
        columns += [f"{case.column}_{strain:.2f}" for strain in PROFILE_STRAINS]
        profiles += list(found)
    write("band_profile", PROGRAM, columns, np.transpose(profiles))


# --- checks ------------------------------------------------------------------------------------------------------------
def largest_difference(first, second):
    """Over all columns, relative to the peak of each."""
    return (np.abs(first - second).max(axis=0) / np.abs(second).max(axis=0)).max()


def of_stress(first, second):
    """Largest difference in stress over the peak of stress."""
    return np.abs(first[:, 2] - second[:, 2]).max() / second[:, 2].max()


def compare_layers(case, table):
    """How the file is approached with the number of layers; returns the difference of two extrapolations in stress."""
    counts = (case.layers // 4, case.layers // 2, case.layers)
    tables, _ = histories(case, counts)
    differences = [of_stress(coarse, table) for coarse in tables]
    for count, difference in zip(counts, differences):
        print(f"{case.name}: {count} layers, stress differs by {difference:.1e} of its peak")
    print(f"{case.name}: order {np.log2(differences[-2] / differences[-1]):.2f}")
    before = extrapolated(*tables[-2:])
    print(f"{case.name}: extrapolated from {counts[1]} and {counts[2]} layers, {of_stress(before, table):.1e} in stress, "
          f"{largest_difference(before, table):.1e} in any column")
    return of_stress(before, table)


def compare_elements(case, table):
    """The same by spectral elements, which have nothing in common with layers but the law."""
    bar = Bar(spectral_elements(80, 4), **case.parameters)
    states = bar.states(STRAINS[1:])
    rows = bar.rows(states)
    print(f"{case.name}: spectral elements, {of_stress(rows, table):.1e} in stress, {largest_difference(rows, table):.1e} in any column")
    columns = read("band_profile")[:, 1:].reshape(len(POSITIONS), len(CASES), -1)[:, CASES.index(case)]
    differences = np.abs(bar.profiles(states).T - columns)
    print(f"{case.name}: profiles differ by {differences.max():.1e}, at the edge of the band, and {differences.mean():.1e} on average")
    return of_stress(rows, table)


def compare_integrators(case):
    """Another integrator for the same layers."""
    bar = Bar(layers(80), **case.parameters)
    first, second = bar.rows(bar.states(STRAINS[1:])), bar.rows(bar.states(STRAINS[1:], "Radau", 1e-8))
    print(f"{case.name}: 80 layers by Radau, {largest_difference(first, second):.1e} in any column")
    return of_stress(first, second)


def without_diffusion():
    """What the bump does without diffusion depends on the layers."""
    for count in (10, 20, 40, 80):
        state = Bar(layers(count)).states([0.15])[-1]
        print(f"no diffusion, {count} layers: stress {state[0]:.4f} at strain 0.15")


def check_all():
    without_diffusion()
    worst = 0.0
    for case in CASES:
        table = read(case.name)
        worst = max(worst, compare_layers(case, table), compare_elements(case, table), compare_integrators(case))
    if worst > 1e-5:
        raise SystemExit(f"the stress is uncertain by {worst:.1e} of its peak")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    check_all() if parser.parse_args().check else write_all()

#!/usr/bin/env python3
"""Reference curves for the scalar law, Eqs. (1)-(4), from scipy integrators that share nothing with the C++ code.

    make_references.py            write the CSV files beside this script
    make_references.py --check    write nothing: repeat every run with a second integrator, compare with the files,
                                  test exact results and print the figures quoted elsewhere

Every output row ends an integration, so no value is interpolated. Integrations stop and restart at each kink of the
right-hand side: the sign changes of stress and of plastic rate in |stress * rate|, and the threshold of the effective
energy density.
"""

import argparse
import pathlib
from dataclasses import dataclass, field

import numpy as np
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

FOLDER = pathlib.Path(__file__).parent

# Preset Zr55Cu30Ni5Al10, dimensionless (stress in sigma_0, strain in epsilon_0, temperature in T_g).
TRANSFORMATION_COEFFICIENT = 0.5
ANNIHILATION_COEFFICIENT = 10.0
DILATANCY_FACTOR = 0.009
TRANSFORMATION_ACTIVATION_ENERGY = 65.0
ANNIHILATION_ACTIVATION_ENERGY = 45.0
SHEAR_MODULUS = 210.0
INITIAL_ST_SUM, INITIAL_ST_BIAS, INITIAL_FREE_VOLUME = 0.6, 0.01, 0.05

COLUMNS = ("time,strain,stress,plastic_strain,temperature,free_volume,st_sum,st_bias,sigma_c,eed,eed_star,"
           "rejuvenation,work,elastic_energy,dissipation").split(",")

# Integrated together: time is a component because creep is integrated over strain.
TIME, STRAIN, STRESS, PLASTIC, FREE_VOLUME, SUM, BIAS, EED, WORK, DISSIPATION = range(10)


def transformation_factor(temperature):
    return np.exp(TRANSFORMATION_ACTIVATION_ENERGY * (1 - 1 / temperature))


def annihilation_factor(temperature):
    return np.exp(ANNIHILATION_ACTIVATION_ENERGY * (1 - 1 / temperature))


def drive(stress, st_sum, bias, temperature):
    """Lambda sinh(x) - Delta cosh(x), x = stress / temperature."""
    x = stress / temperature
    return 0.5 * ((st_sum - bias) * np.exp(x) - (st_sum + bias) * np.exp(-x))


def plastic_rate(stress, free_volume, st_sum, bias, temperature):
    x, y = stress / temperature, 1 / free_volume
    return 0.5 * transformation_factor(temperature) * ((st_sum - bias) * np.exp(x - y) - (st_sum + bias) * np.exp(-x - y))


def flow_stress(temperature):
    def excess(s):
        return (DILATANCY_FACTOR * (s * np.sinh(s / temperature) - 2 / TRANSFORMATION_COEFFICIENT * np.cosh(s / temperature))
                * transformation_factor(temperature) - ANNIHILATION_COEFFICIENT * annihilation_factor(temperature))
    return brentq(excess, 4.1, 12.0, xtol=1e-15, rtol=1e-15)


@dataclass
class Segment:
    control: str                 # "strain" (rate given) or "stress" (stress given)
    value: float
    until: str                   # "strain", "stress" or "time"
    end: float                   # target, or duration
    rows: np.ndarray             # strictly increasing fractions of the segment, ending with 1
    temperature: float = None    # at the end, linear over the segment


def uniform(n):
    return np.arange(1, n + 1) / n


def graded(*pieces):
    """Fractions from (end, step) pieces, given in the units of the segment."""
    points, start = [], 0.0
    for end, step in pieces:
        n = round((end - start) / step)
        points += list(start + (end - start) * np.arange(1, n + 1) / n)
        start = end
    return np.array(points) / start


def logarithmic(n, decades):
    return 10.0 ** (-decades * np.arange(n - 1, -1, -1) / (n - 1))


@dataclass
class Run:
    name: str
    program: str
    segments: list
    settings: tuple = ()
    threshold: str = "flow"
    threshold_stress: float = None
    state: np.ndarray = field(default_factory=lambda: np.array(
        [0, 0, 0, 0, INITIAL_FREE_VOLUME, INITIAL_ST_SUM, INITIAL_ST_BIAS, 0, 0, 0], dtype=float))


RUNS = [
    Run("monotone", "rate 1e-4 until strain 1",
        [Segment("strain", 1e-4, "strain", 1.0, graded((0.2, 0.0025), (1.0, 0.02)))]),
    Run("monotone_balance", "rate 1e-4 until strain 1",
        [Segment("strain", 1e-4, "strain", 1.0, graded((0.2, 0.0025), (1.0, 0.02)))],
        ("EED/Threshold=balance",), "balance"),
    Run("cyclic", "rate 1e-4 until strain 0.15; rate -1e-4 until strain -0.15; rate 1e-4 until strain 0.15",
        [Segment("strain", 1e-4, "strain", 0.15, uniform(40)), Segment("strain", -1e-4, "strain", -0.15, uniform(50)),
         Segment("strain", 1e-4, "strain", 0.15, uniform(50))]),
    Run("creep", "rate 1e-2 until stress 12.5; stress 12.5 until strain 0.4",
        [Segment("strain", 1e-2, "stress", 12.5, uniform(20)), Segment("stress", 12.5, "strain", 0.4, None)],
        ("EED/Threshold=value", "EED/Threshold stress=7.78"), "value", 7.78),
    Run("relaxation", "rate 1e-4 until strain 0.12; hold for 1e5",
        [Segment("strain", 1e-4, "strain", 0.12, uniform(40)), Segment("strain", 0.0, "time", 1e5, logarithmic(81, 5))]),
    Run("annealing", "hold for 1e6", [Segment("strain", 0.0, "time", 1e6, uniform(100))]),
    Run("recovery", "rate 1e-4 until strain 0.2; rate -1e-4 until stress 0; stress 0 for 1e5",
        [Segment("strain", 1e-4, "strain", 0.2, uniform(50)), Segment("strain", -1e-4, "stress", 0.0, uniform(20)),
         Segment("stress", 0.0, "time", 1e5, logarithmic(51, 5))]),
    Run("temperature_ramp", "rate 1e-4 for 1000, temperature to 0.95; rate 1e-4 until strain 0.3",
        [Segment("strain", 1e-4, "time", 1000.0, uniform(50), 0.95), Segment("strain", 1e-4, "strain", 0.3, uniform(50))]),
    Run("slow", "rate 1e-6 until strain 0.5", [Segment("strain", 1e-6, "strain", 0.5, graded((0.2, 0.0025), (0.5, 0.0125)))]),
    Run("fast", "rate 1e-2 until strain 0.5", [Segment("strain", 1e-2, "strain", 0.5, graded((0.2, 0.0025), (0.5, 0.0125)))]),
]


class Integrator:
    """Follows one run. `method` and `rtol` choose the scipy integrator."""

    def __init__(self, run, method="DOP853", rtol=3e-14):
        self.run, self.method, self.rtol = run, method, rtol
        self.state = run.state.copy()
        self.latched = 0.0                    # sigma_c of the balance threshold, 0 before its crossing
        self.temperature, self.slope, self.origin = 0.9, 0.0, 0.0
        self.flow_stress = flow_stress(0.9)

    def temperature_at(self, y):
        return self.temperature + self.slope * (y[TIME] - self.origin)

    def sigma_c(self, y):
        if self.run.threshold == "value":
            return self.run.threshold_stress
        if self.run.threshold == "balance":
            return self.latched
        return flow_stress(self.temperature_at(y)) if self.slope else self.flow_stress

    def rates(self, y, segment, signs):
        T = self.temperature_at(y)
        s = y[STRESS]
        r = plastic_rate(s, y[FREE_VOLUME], y[SUM], y[BIAS], T)
        w = signs["stress"] * signs["drive"] * s * r
        rate = segment.value if segment.control == "strain" else r
        d = np.empty(10)
        d[TIME], d[STRAIN], d[PLASTIC] = 1.0, rate, r
        d[STRESS] = SHEAR_MODULUS * (rate - r) if segment.control == "strain" else 0.0
        d[FREE_VOLUME] = DILATANCY_FACTOR * w - ANNIHILATION_COEFFICIENT * np.exp(-1 / y[FREE_VOLUME]) * annihilation_factor(T)
        d[SUM] = TRANSFORMATION_COEFFICIENT * w * (1 - y[SUM])
        d[BIAS] = 2 * r - TRANSFORMATION_COEFFICIENT * w * y[BIAS]
        d[EED] = (s - signs["stress"] * self.sigma_c(y)) * rate if signs["threshold"] > 0 else 0.0
        d[WORK], d[DISSIPATION] = s * rate, s * r
        return d / rate if segment.rows is None else d   # creep: over strain

    # --- kinks -------------------------------------------------------------------------------------------------------
    def kink_functions(self):
        functions = {"stress": lambda y: y[STRESS],
                     "drive": lambda y: drive(y[STRESS], y[SUM], y[BIAS], self.temperature_at(y)),
                     "threshold": lambda y: abs(y[STRESS]) - self.sigma_c(y)}
        if self.run.threshold == "balance" and not self.latched:
            functions["threshold"] = lambda y: (
                DILATANCY_FACTOR * y[STRESS] * drive(y[STRESS], y[SUM], y[BIAS], 0.9) * transformation_factor(0.9)
                - ANNIHILATION_COEFFICIENT * annihilation_factor(0.9))
        return functions

    def signs_at(self, y, segment):
        """Signs of the kink functions just after y; a function that starts at zero takes the sign of its trend."""
        still = {"stress": 0.0, "drive": 0.0, "threshold": -1.0}
        trend = self.rates(y, segment, still)
        signs = {}
        for name, f in self.kink_functions().items():
            value = f(y)
            if abs(value) < 1e-11:
                step = 1e-7 / max(abs(trend[STRESS]), 1e-300)
                value = f(y + step * trend) - value if trend[STRESS] else 0.0
            signs[name] = np.sign(value)
        return signs

    def advance(self, x0, x1, segment, tail_events=()):
        """Integrates from x0 to x1, or to the first of tail_events; returns where it stopped."""
        while x0 < x1:
            signs = self.signs_at(self.state, segment)
            functions = self.kink_functions()
            # On a stress segment the stress does not move, so only the plastic drive can change sign.
            names = [n for n in functions if segment.control == "strain" or n == "drive"]
            events = []
            for name in names:
                event = (lambda x, y, f=functions[name], s=signs[name]: s * f(y))
                event.terminal, event.direction = True, -1
                events.append(event)
            events += tail_events
            def right_hand_side(x, y):
                return self.rates(y, segment, signs)
            result = self.solve(right_hand_side, x0, x1, events)
            stopped = result.t[-1]
            hit = [i for i, t in enumerate(result.t_events) if len(t)]
            if hit:   # land there exactly instead of taking the interpolated state
                self.state = self.solve(right_hand_side, x0, stopped, None).y[:, -1] if stopped > x0 else self.state
            else:
                self.state = result.y[:, -1]
            x0 = stopped
            if hit and hit[0] < len(names):
                name = names[hit[0]]
                if name == "threshold" and self.run.threshold == "balance" and not self.latched:
                    self.latched = self.state[STRESS]
                elif name == "stress":
                    self.state[STRESS] = 0.0
            elif hit:
                return stopped
        return x1

    def solve(self, f, x0, x1, events):
        # Absolute tolerances far below the smallest change of each component over the runs.
        scale = np.array([1e-6, 1e-10, 1e-12, 1e-14, 1e-10, 1e-10, 1e-12, 1e-10, 1e-14, 1e-14])
        result = solve_ivp(f, (x0, x1), self.state, method=self.method, rtol=self.rtol, atol=1e-5 * scale, events=events)
        if result.status < 0:
            raise RuntimeError(f"{self.run.name}: {result.message}")
        return result

    # --- segments ----------------------------------------------------------------------------------------------------
    def duration(self, segment):
        if segment.until == "time":
            return segment.end
        if segment.until == "strain":
            return (segment.end - self.state[STRAIN]) / segment.value
        saved, latched = self.state.copy(), self.latched
        direction = np.sign(segment.end - saved[STRESS])
        event = lambda x, y: direction * (y[STRESS] - segment.end)
        event.terminal, event.direction = True, 1
        start = saved[TIME]
        stopped = self.advance(start, start + 1e9, segment, [event])
        self.state, self.latched = saved, latched
        return stopped - start

    def rows(self):
        yield self.row()
        for segment in self.run.segments:
            start = self.state[TIME]
            if segment.rows is None:        # creep, over strain
                first = np.ceil(self.state[STRAIN] / 0.0025 + 1e-9) * 0.0025
                points = np.append(np.arange(first, segment.end - 1e-9, 0.0025), segment.end)
                x = self.state[STRAIN]
            else:
                duration = self.duration(segment)
                points, x = start + duration * segment.rows, start
                if segment.temperature:
                    self.slope = (segment.temperature - self.temperature) / duration
                    self.origin = start
            for point in points:
                x = self.advance(x, point, segment)
                if point == points[-1]:
                    if segment.until == "stress":
                        self.state[STRESS] = segment.end
                    if segment.until == "strain":
                        self.state[STRAIN] = segment.end
                    if segment.temperature:
                        self.temperature, self.slope = segment.temperature, 0.0
                        self.flow_stress = flow_stress(self.temperature)
                yield self.row()

    def row(self):
        y = self.state
        sigma_c = self.sigma_c(y)
        return [y[TIME], y[STRAIN], y[STRESS], y[PLASTIC], self.temperature_at(y), y[FREE_VOLUME], y[SUM], y[BIAS], sigma_c,
                y[EED], y[EED] / sigma_c if sigma_c else 0.0, y[FREE_VOLUME] / INITIAL_FREE_VOLUME, y[WORK],
                y[STRESS] ** 2 / (2 * SHEAR_MODULUS), y[DISSIPATION]]


# --- two layers in series ---------------------------------------------------------------------------------------------
LAYER_WEIGHTS = np.array([0.9, 0.1])
LAYER_FREE_VOLUMES = np.array([0.05, 0.055])
LAYER_COLUMNS = "time,strain,stress,free_volume,free_volume_1,free_volume_2".split(",")


def two_layers(method="DOP853", rtol=3e-14):
    """Common stress, stress rate = mu (rate - sum of weight * plastic rate); components per layer: free volume, sum, bias."""
    rate = 1e-4

    def right_hand_side(strain, y):
        s = y[0]
        free_volume, st_sum, bias = y[1:3], y[3:5], y[5:7]
        r = plastic_rate(s, free_volume, st_sum, bias, 0.9)
        w = abs(s * r)
        return np.concatenate([[SHEAR_MODULUS * (rate - LAYER_WEIGHTS @ r)],
                               DILATANCY_FACTOR * w - ANNIHILATION_COEFFICIENT * np.exp(-1 / free_volume) * annihilation_factor(0.9),
                               TRANSFORMATION_COEFFICIENT * w * (1 - st_sum),
                               2 * r - TRANSFORMATION_COEFFICIENT * w * bias]) / rate

    y = np.concatenate([[0.0], LAYER_FREE_VOLUMES, [INITIAL_ST_SUM] * 2, [INITIAL_ST_BIAS] * 2])
    strains = np.concatenate([np.linspace(0, 0.05, 11), np.linspace(0.05, 0.15, 101)[1:], np.linspace(0.15, 0.3, 31)[1:]])
    rows = []
    for start, end in zip(np.concatenate([[0.0], strains[:-1]]), strains):
        if end > start:
            result = solve_ivp(right_hand_side, (start, end), y, method=method, rtol=rtol, atol=1e-15)
            if result.status < 0:
                raise RuntimeError(f"two_layers: {result.message}")
            y = result.y[:, -1]
        rows.append([end / rate, end, y[0], LAYER_WEIGHTS @ y[1:3], y[1], y[2]])
    return np.array(rows)


# --- files ------------------------------------------------------------------------------------------------------------
def write(name, settings, columns, rows):
    with open(FOLDER / f"{name}.csv", "w") as file:
        for setting in settings:
            file.write(f"# {setting}\n")
        file.write(",".join(columns) + "\n")
        for row in rows:
            file.write(",".join(f"{value:.16g}" for value in row) + "\n")


def read(name):
    lines = [line for line in (FOLDER / f"{name}.csv").read_text().splitlines() if not line.startswith("#")]
    return np.array([[float(v) for v in line.split(",")] for line in lines[1:]])


def write_all():
    for run in RUNS:
        write(run.name, (f"Loading/Program={run.program}",) + run.settings, COLUMNS, list(Integrator(run).rows()))
    write("two_layers", ("Loading/Program=rate 1e-4 until strain 0.3", "Material/Initial free volume=if(y<0.9,0.05,0.055)"),
          LAYER_COLUMNS, two_layers())


# --- checks -----------------------------------------------------------------------------------------------------------
def compare(name, columns, first, second):
    peak = np.abs(first).max(axis=0)
    difference = np.abs(first - second).max(axis=0) / np.where(peak > 0, peak, 1)
    worst = difference.argmax()
    print(f"{name:18s}{len(first):4d} rows, largest difference over peak {difference[worst]:.1e} ({columns[worst]})")
    return difference[worst]


def identities(name, table):
    """Lambda exact from the plastic work, and the energy balance (exact results 1 and 3)."""
    c = {column: table[:, i] for i, column in enumerate(COLUMNS)}
    balance = np.abs(c["work"] - c["elastic_energy"] - c["dissipation"]).max()
    text = f"{'':18s}energy balance {balance:.1e}"
    if np.all(np.diff(c["dissipation"]) >= 0):
        exact = 1 - (1 - INITIAL_ST_SUM) * np.exp(-TRANSFORMATION_COEFFICIENT * c["dissipation"])
        text += f", st_sum against its closed form {np.abs(c['st_sum'] - exact).max():.1e}"
    print(text)


def creep_closed_form(table):
    """Exact result 6, from the start of the hold."""
    hold = table[20:]
    ep = hold[:, 3] - hold[0, 3]
    xi0, sum0, bias0 = hold[0, 5], hold[0, 6], hold[0, 7]
    s, T, phi = 12.5, 0.9, TRANSFORMATION_COEFFICIENT
    sinh, cosh = np.sinh(s / T), np.cosh(s / T)
    h = sinh - 2 / (phi * s) * cosh
    c = -(1 - sum0) * sinh - (bias0 - 2 / (phi * s)) * cosh
    bias = 2 / (phi * s) + (bias0 - 2 / (phi * s)) * np.exp(-phi * s * ep)
    xi = xi0 + DILATANCY_FACTOR * s * ep - (ANNIHILATION_COEFFICIENT * annihilation_factor(T) / transformation_factor(T)
                                            * np.log((h * np.exp(phi * s * ep) + c) / (h + c)) / (phi * s * h))
    print(f"creep against its closed form: free volume {np.abs(hold[:, 5] - xi).max():.1e}, bias {np.abs(hold[:, 7] - bias).max():.1e}")


def quoted_figures():
    rate = 1e-4

    def right_hand_side(strain, y):
        s, xi, st_sum, bias = y
        r = plastic_rate(s, xi, st_sum, bias, 0.9)
        w = abs(s * r)
        return [SHEAR_MODULUS * (1 - r / rate),
                (DILATANCY_FACTOR * w - ANNIHILATION_COEFFICIENT * np.exp(-1 / xi) * annihilation_factor(0.9)) / rate,
                TRANSFORMATION_COEFFICIENT * w * (1 - st_sum) / rate,
                (2 * r - TRANSFORMATION_COEFFICIENT * w * bias) / rate]

    peak = lambda strain, y: 1 - plastic_rate(*y, 0.9) / rate
    peak.direction = -1
    result = solve_ivp(right_hand_side, (0, 1), [0, INITIAL_FREE_VOLUME, INITIAL_ST_SUM, INITIAL_ST_BIAS], method="DOP853",
                       rtol=1e-13, atol=1e-15, events=peak, dense_output=True)
    print(f"monotone: peak {result.y_events[0][0][0]:.8f} at {result.t_events[0][0]:.8f}")
    print("          free volume at .1 .2 .5 1:", *(f"{result.sol(e)[1]:.6f}" for e in (0.1, 0.2, 0.5, 1.0)))
    print(f"flow stress at 0.9: {flow_stress(0.9):.9f};", *(f"{flow_stress(T):.6f}" for T in (0.86, 0.89, 0.92, 0.95, 0.99)))
    table = read("monotone")
    print(f"monotone: final eed {table[-1, 9]:.6f}")
    table = read("monotone_balance")
    crossed = table[table[:, 8] > 0]
    print(f"balance: sigma_c {crossed[0, 8]:.8f}, first crossed before strain {crossed[0, 1]:.6g}; final eed {crossed[-1, 9]:.6f}")
    table = read("creep")
    for strain in (0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4):
        row = table[np.abs(table[:, 1] - strain).argmin()]
        print(f"creep at strain {row[1]:.2f}: free volume {row[5]:.6f}, eed {row[9]:.5f}")


def check_all():
    worst = 0.0
    for run in RUNS:
        table = read(run.name)
        second = np.array(list(Integrator(run, "Radau", 1e-11).rows()))
        worst = max(worst, compare(run.name, COLUMNS, table, second))
        identities(run.name, table)
    worst = max(worst, compare("two_layers", LAYER_COLUMNS, read("two_layers"), two_layers("Radau", 1e-11)))
    creep_closed_form(read("creep"))
    quoted_figures()
    if worst > 1e-8:
        raise SystemExit(f"the integrators differ by {worst:.1e} of a peak")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    check_all() if parser.parse_args().check else write_all()

"""Loading programs, put together of segments: see doc/manual.md."""

import itertools

import law

# A ramp that reaches its stress however soft the glass already is.
FAST_RAMP_RATE = 1e4
UNLOADING_RATE = 1e-2
HEATING_TIME = 100.0


def number(value):
    """A number as decks and tables have it."""
    return f"{value:.6g}"


def sheared(rate, strain):
    return f"rate {number(rate)} until strain {number(strain)}"


def loaded(rate, stress):
    return f"rate {number(rate)} until stress {number(stress)}"


def crept(stress, strain):
    return f"stress {number(stress)} until strain {number(strain)}"


def in_decades(control, duration):
    """CONTROL for DURATION, a segment for each decade of time, so that the history has rows in each of them."""
    ends = [0, *itertools.takewhile(lambda time: time < duration / 2, (10.0**i for i in range(1, 20))), duration]
    return program(*[f"{control} for {number(end - start)}" for start, end in zip(ends, ends[1:])])


def rested(duration):
    return in_decades("stress 0", duration)


def held(duration):
    return in_decades("hold", duration)


def annealed(temperature, duration, back):
    """Unloaded, heated, kept for DURATION, and brought to the temperature BACK."""
    ramp = f"stress 0 for {number(HEATING_TIME)}, temperature to"
    return program(f"{ramp} {number(temperature)}", rested(duration), f"{ramp} {number(back)}")


def unloaded(sign=1):
    return loaded(-sign * UNLOADING_RATE, 0)


def program(*segments):
    return "; ".join(segments)


class MixedProgram:
    """A program put together at random, of segments that the glass can always follow."""

    def __init__(self, dice, temperature):
        self.dice = dice
        self.temperature = temperature
        self.strain = 0.0
        self.sign_of_stress = 0
        self.segments = []

    def shear(self, sign):
        self.sign_of_stress = sign
        self.strain += sign * self.dice.uniform(0.1, 0.4)
        self.segments.append(sheared(sign * 10 ** self.dice.uniform(-6, -2), self.strain))

    def creep(self, sign):
        """From zero or the other side, past the strain at which the ramp ends."""
        if self.sign_of_stress == sign:
            self.segments.append(unloaded(sign))
        self.sign_of_stress = sign
        stress = sign * self.dice.uniform(1.04, 1.8) * law.flow_stress(self.temperature)
        self.strain += sign * self.dice.uniform(0.3, 0.6)
        self.segments += [loaded(sign * FAST_RAMP_RATE, stress), crept(stress, self.strain)]

    def hold(self, _):
        self.segments.append(held(10 ** self.dice.uniform(2, 7)))

    def heat(self, sign):
        self.sign_of_stress = sign
        self.temperature = self.dice.uniform(0.84, 0.98)
        rate, strain = 10 ** self.dice.uniform(-5, -2), self.dice.uniform(0.1, 0.3)
        self.strain += sign * strain
        self.segments.append(
            f"rate {number(sign * rate)} for {number(strain / rate)}, temperature to {number(self.temperature)}"
        )

    def rest(self, _):
        if self.sign_of_stress:
            self.segments.append(unloaded(self.sign_of_stress))
        self.sign_of_stress = 0
        self.segments.append(rested(10 ** self.dice.uniform(2, 6)))

    def text(self, count):
        kinds = (self.shear, self.creep, self.hold, self.heat, self.rest)
        for _ in range(count):
            sign = 1 if self.dice.random() < 0.7 else -1
            kinds[int(self.dice.random() * len(kinds))](sign)
        return program(*self.segments)

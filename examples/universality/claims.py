"""What the study has found, in sentences whose numbers come from the runs."""

import math

import creep
import families
import law
import scores
import tables
from measures import CURRENT, REFINED, SIMPLE
from results import as_in_the_paper, end
from tables import fixed, interval

# The baseline of the paper, and the runs at rates, temperatures and free volumes for which a range of slopes is told
HIGHEST_RATE, LARGEST_FREE_VOLUME = 1.0001e-3, 0.0801


def power(value):
    """The power of ten that VALUE does not exceed; what is only rounding is told as 1e-10."""
    return f"1e{math.ceil(math.log10(max(value, 1e-10)))}"


def with_prediction(what, evaluation):
    """RD at the end of a run, and what REED makes of it."""
    return f"{what}: RD = {fixed(end(evaluation, 'rejuvenation'))}, REED gives {fixed(end(evaluation, REFINED))}"


def while_held(history):
    """EED* and RD while the strain is held, between the first segment and the last."""
    inside = (history["segment"] > 1) & (history["segment"] < history["segment"][-1])
    return history["eed_star"][inside], history["rejuvenation"][inside]


class Claims:
    def __init__(self, results):
        self.results = results
        self.one = results.one
        self.one_way = tables.one_way(results)
        self.creep = {item.stress: item for item in tables.creep_runs(results)}

    def well_sheared(self):
        """Runs at a constant rate that are saturated and have a clear overshoot."""
        chosen = scores.saturated(self.results.of("rate", "temperature", "initial"))
        return [item for item in chosen if item.run.rate <= HIGHEST_RATE and item.run.free_volume <= LARGEST_FREE_VOLUME]

    def where_it_holds(self):
        paper = scores.line_of_pairs(as_in_the_paper(self.results).values())
        slopes = [scores.end_slope(item) for item in self.well_sheared()]
        return (
            f"**Where it holds.** In tests as in the paper, RD and EED* lie near a line: {paper.count} points, r = "
            f"{fixed(paper.r, 3)}, slope {fixed(paper.slope)}. Sheared at a constant rate into steady flow, (RD − 1)/EED* is "
            f"{interval(slopes, 1)}, over rates from 1e-6 to 1e-3, temperatures from 0.85 to 1 and ξ₀ from 0.03 to 0.08."
        )

    def where_it_fails(self):
        common = scores.line_of(self.results.evaluations)
        return (
            f"**Where it fails.** EED is no function of state. At the same EED* = {families.CREEP_CHECK:g}, creep has RD = "
            f"{fixed(self.creep[8.2].rejuvenation)} at the stress 8.2 and {fixed(self.creep[18].rejuvenation)} at 18. While the "
            f"strain is held RD changes, and at rest it falls, at constant EED*. Over all {len(self.results.evaluations)} runs r = "
            f"{fixed(common.r, 3)}, and the best line misses RD by {fixed(common.rms)} (rms)."
        )

    def why(self):
        return (
            "**Why.** EED subtracts σ_c from the stress, at any stress. But what annihilation takes per plastic strain is σ_c only "
            "at the flow stress, and falls exponentially above it. In shear at a constant rate the stress goes from its peak "
            "through all values down to the flow stress, and the mistakes average out to much the same slope. In creep they do "
            "not."
        )

    def what_is_better(self):
        every, one_way = scores.scores_of(self.results.evaluations), scores.scores_of(self.one_way)
        return (
            "**What is better.** REED = ∫(σ − σ_a)₊ dε_p with the annihilation stress σ_a, which is σ_f exp(−(σ − σ_f)/T) to a "
            f"good approximation, and RD = 1 + D_ia REED/ξ₀. With no fitted number r = {fixed(every[REFINED].r, 3)} and the rms "
            f"error is {fixed(every[REFINED].rms)} over all runs. Where the glass only flows, one way, the error is "
            f"{fixed(one_way[REFINED].rms)}, {fixed(one_way[SIMPLE].rms)} with the approximation; the best line in EED* has "
            f"{fixed(scores.line_of(self.one_way).rms)} there."
        )

    def what_none_can(self):
        return (
            "**What no measure of this kind can do.** At rest free volume is lost in time. An integral over strain does not know of it, "
            "be it EED, plastic work or REED."
        )

    def summary(self):
        return [self.where_it_holds(), self.where_it_fails(), self.why(), self.what_is_better(), self.what_none_can()]

    def slopes(self):
        """How far the explanation of the slopes of shear at a constant rate goes."""
        ratios = [scores.expected_end_slope(item) / scores.end_slope(item) for item in self.well_sheared()]
        return (
            f"At 0.9 T_g and ξ₀ = 0.05 this slope is {fixed(self.creep[8].slope, 1)} at the stress 8 and "
            f"{fixed(self.creep[20].slope, 1)} at 20. A test at a constant rate passes all stresses from its peak down to σ_f. At "
            "its end the elastic part of EED is gone, and (RD − 1)/EED* is the harmonic mean of those slopes, each part of the "
            "free volume with the same weight. With σ(ξ) from Eq. (1), and nothing fitted, the mean is within "
            f"{100 * max(abs(ratio - 1) for ratio in ratios):.0f} % of the runs up to ξ₀ = 0.08. Such a test starts far above σ_f "
            "and ends there, whatever the rate and the temperature, and so the means are much the same. With less ξ₀ the factor "
            "1/ξ₀ is larger, but the overstress at the peak, about T(1/ξ₀ − 1/ξ₁) with the final ξ₁, is larger too, and lowers the "
            "slope by as much. So the line comes from the overshoot, which all these tests have."
        )

    def creep_slopes(self):
        low, high = scores.slopes_of_runs(self.results.of("creep-initial"))
        return (
            "**Creep.** The slopes at the stresses 8 and 20 differ by a factor of "
            f"{fixed(self.creep[8].slope / self.creep[20].slope, 1)}. At one stress, 12.5, and with ξ₀ from 0.1 to 0.03, single "
            f"runs have slopes from {fixed(low, 1)} to {fixed(high, 1)}: 1/ξ₀, with no overshoot to make up for it."
        )

    def held_strain(self):
        eed_star, rejuvenation = while_held(self.results.history(self.one("relaxation", "at 0.1 for 100000").run))
        return (
            f"**Held strain.** At strain 0.1 for 1e5 the glass flows on, and RD grows from {fixed(rejuvenation[0], 3)} to "
            f"{fixed(rejuvenation.max(), 3)}. EED* counts total strain, and keeps its {fixed(eed_star[-1], 3)}."
        )

    def rest(self):
        short, long = self.one("pulses", "9, rests of 100"), self.one("pulses", "9, rests of 1e+08")
        return (
            f"**Rest.** Creep at 9 in three parts ends with RD = {fixed(end(short, 'rejuvenation'))} after rests of 100, and with "
            f"{fixed(end(long, 'rejuvenation'))} after rests of 1e8. EED* is {fixed(end(short, 'eed_star'), 3)} and "
            f"{fixed(end(long, 'eed_star'), 3)}."
        )

    def memory(self):
        slow, dropped = self.one("rate", "1e-06"), self.one("rate-steps", "0.01 then 1e-06")
        return (
            f"**Memory.** Sheared at the rate 1e-6, the glass ends with RD = {fixed(end(slow, 'rejuvenation'), 3)} and EED* = "
            f"{fixed(end(slow, 'eed_star'), 3)}. Sheared at 1e-2 to strain 0.3 before, it ends with RD = "
            f"{fixed(end(dropped, 'rejuvenation'), 3)}, but EED* = {fixed(end(dropped, 'eed_star'), 3)}. The glass has forgotten; "
            "EED has not."
        )

    def elastic(self):
        cycled = self.one("cycles", "0.05, rate 0.001")
        largest = self.results.history(cycled.run)["eed_star"].max()
        sigma_f = law.flow_stress(families.TEMPERATURE)
        part = (20 - sigma_f) ** 2 / (2 * law.SHEAR_MODULUS * sigma_f)
        return (
            f"**Elastic loading.** In cycles of strain 0.05 at the rate 1e-3 EED* goes up to {fixed(largest, 4)} and comes back, "
            f"and RD stays at {fixed(end(cycled, 'rejuvenation'), 4)}. Of EED, (σ − σ_c)²/2μ is elastic: {fixed(part, 3)} of EED* "
            "in creep at 20."
        )

    def failures(self):
        return [self.creep_slopes(), self.held_strain(), self.rest(), self.memory(), self.elastic()]

    def spread(self):
        names = list(families.FAMILIES)
        forward = [name for name in names if families.FAMILIES[name].group in tables.ONE_WAY]
        ranges = [
            interval(scores.slopes_of_families(self.results, chosen, column))
            for column in ("eed_star", REFINED) for chosen in (names, forward)
        ]
        return (
            f"The slope of RD over EED* is {ranges[0]} from family to family, {ranges[1]} in those that flow one way. The slope of "
            f"RD over what REED predicts, which should be 1, is {ranges[2]}, and {ranges[3]} one way."
        )

    def refined_at_rest(self):
        rested, annealed = self.one("pulses", "9, rests of 1e+08"), self.one("annealing", "at 0.98 for 1e+06 from 0.6")
        return (
            f"**Rest.** {with_prediction('Creep at 9 with rests of 1e8', rested)}. "
            f"{with_prediction('Annealed at 0.98 for 1e6 and sheared again', annealed)}. The current Λ and Δ do not help: "
            f"{fixed(end(rested, CURRENT))} and {fixed(end(annealed, CURRENT))}. At rest dξ/dt = −ϕB exp(−1/ξ). That takes time, "
            "temperature and ξ itself, and who follows them has integrated the law."
        )

    def refined_aging(self):
        dropped, aged = self.one("rate-steps", "0.01 then 1e-06"), self.one("initial", "0.15")
        return (
            f"**Aging below the flow stress.** {with_prediction('After the rate has dropped from 1e-2 to 1e-6', dropped)}. "
            f"{with_prediction('Sheared from ξ₀ = 0.15, more than it ends with', aged)}. Below σ_f REED stands still. To count σ − "
            f"σ_a where it is negative is no remedy: at the arrest stress, {fixed(law.arrest_stress(families.TEMPERATURE))}, h is 0 "
            "and the integral diverges, as transformations are not saturated there. With the current Λ and Δ the first comes out "
            f"({fixed(end(dropped, CURRENT))}): as long as the glass flows, the stress–strain curve tells what is annihilated. The "
            f"second does less well ({fixed(end(aged, CURRENT))}), since it ages before it flows."
        )

    def refined_reversal(self):
        cycled = self.one("cycles", "0.3, rate 0.001")
        return (
            f"**Reversal.** {with_prediction('Three cycles of 0.3 at the rate 1e-3', cycled)}. After a reversal Δ has the wrong "
            "sign. The glass flows at a lower stress, and loses less than with saturated transformations. With the current Λ and Δ "
            f"it is {fixed(end(cycled, CURRENT))}; the rest is lost while the flow changes its sign."
        )

    def refined_start(self):
        slow = with_prediction("Creep at 8", self.one("creep", "8"))
        return f"**Before saturation.** Just above σ_f it takes strain until Λ and Δ are saturated. {slow}."

    def refined_failures(self):
        constants = (
            "**Constants.** REED takes D_ia, φ and σ_f(T) to be known, simplified only D_ia and σ_f(T), REED(Λ, Δ) also ϕB/A, Λ₀ "
            "and Δ₀. In the line of the paper D_ia is hidden in the slope."
        )
        return [self.refined_at_rest(), self.refined_aging(), self.refined_reversal(), self.refined_start(), constants]

    def checks(self):
        worst = max(item.identity_error for item in self.results.evaluations)
        flowing = max(item.identity_error for item in self.results.of("creep", "rate", "temperature"))
        crept = self.results.of_group("creep")
        exact = max(creep.analyze(self.results.history(item.run), families.CREEP_CHECK).error for item in crept)
        return [
            "**Identity.** REED(Λ, Δ), less what is lost in time at rest, has to give ξ, by Eqs. (1) and (4). Integrated from the "
            f"rows of the histories, it agrees with RD within {power(worst)} in every row of every run, and within {power(flowing)} "
            "in the families strain rate, temperature and creep stress. The largest differences are after abrupt drops of the "
            "rate, which rows do not resolve.",
            f"**Exact solution.** In all {len(crept)} creep runs RD agrees within {power(exact)} with the closed form for constant "
            "stress: the equation above, integrated with Λ and Δ as they evolve.",
            f"**Flow stress.** σ_f of this study agrees with that of the runs within {power(tables.threshold_difference(self.results))}.",
        ]

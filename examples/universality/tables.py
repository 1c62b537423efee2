"""The tables of the report, and points.csv."""

import csv

from document import Table

import creep
import families
import law
import scores
from measures import CURRENT, EED, HISTORY_COLUMNS, IDENTITY, MEASURES, POINTS, REFINED, SIMPLE, WORK
from programs import number
from results import ends, gathered

# Families in which the glass only flows, and one way
ONE_WAY = ("constant rate", "creep", "steps", "temperature ramp")
SHOWN = (EED, WORK, REFINED, SIMPLE, CURRENT)


def one_way(results):
    return [item for group in ONE_WAY for item in results.of_group(group)]


def fixed(value, digits=2):
    return f"{value:.{digits}f}".replace("-", "−")


def small(error):
    """An error, of which no more than the size is told where it is the integration's."""
    return "< 0.001" if error < 1e-3 else fixed(error, 3)


def interval(values, digits=2):
    return f"{fixed(min(values), digits)} to {fixed(max(values), digits)}"


def eed_star_by_family(results):
    """EED* family by family."""
    common = scores.line_of(results.evaluations)
    lines = []
    for name, family in families.FAMILIES.items():
        chosen = results.of(name)
        own = scores.line_of(chosen)
        lines.append([
            family.title, f"{len(chosen)}", interval(gathered(chosen, "rejuvenation")), fixed(own.r, 3), fixed(own.slope),
            interval(scores.slopes_of_runs(chosen)), fixed(own.rms), fixed(scores.score_of_line(common, chosen).rms),
        ])
    lines.append(["all", f"{len(results.evaluations)}", interval(gathered(results.evaluations, "rejuvenation")), fixed(common.r, 3),
                  fixed(common.slope), interval(scores.slopes_of_runs(results.evaluations)), fixed(common.rms), fixed(common.rms)])
    header = ["what varies", "runs", "RD", "r", "slope", "slopes of single runs", "rms error of its own line", "of the common line"]
    return Table(header, lines, text_columns=(0,))


def creep_runs(results):
    return [creep.analyze(results.history(item.run), families.CREEP_CHECK) for item in results.of("creep")]


def creep_by_stress(results):
    """RD at the same EED*, and slopes."""
    lines = [
        [f"{item.stress:g}", fixed(item.rejuvenation, 3), fixed(item.exact, 3), fixed(item.slope), fixed(item.saturated_slope)]
        for item in creep_runs(results)
    ]
    header = ["σ", f"RD at EED* = {families.CREEP_CHECK:g}", "exact solution", "dRD/dEED*, run", "(D_ia σ_f/ξ₀)(σ − σ_a)/(σ − σ_f)"]
    return Table(header, lines)


def saturated_slopes(results):
    """(RD - 1)/EED* of what was sheared until nothing changes."""
    lines = []
    for name, unit in (("rate", "rate"), ("temperature", "T"), ("initial", "ξ₀")):
        for item in scores.saturated(results.of(name))[::2]:
            points = item.points
            lines.append([f"{unit} {float(item.run.label):.3g}", fixed(points["eed_star"][-1], 3), fixed(points["rejuvenation"][-1], 3),
                          fixed(scores.end_slope(item)), fixed(scores.expected_end_slope(item))])
    return Table(["sheared at", "EED*", "RD", "(RD − 1)/EED*", "mean of creep slopes"], lines, text_columns=(0,))


def predictors(results):
    """Every prediction with its score: along one-way flow, at all points, and at the ends of all runs."""
    sets = [(one_way(results), gathered), (results.evaluations, gathered), (results.evaluations, ends)]
    fitted = [scores.line_of(chosen, choose) for chosen, choose in sets]
    scored = [scores.scores_of(chosen, choose) for chosen, choose in sets]
    lines = [["line in EED*", "two numbers fitted to each of the three", "σ, ε", fixed(fitted[1].r, 3), fixed(fitted[1].r**2, 3)]
             + [small(line.rms) for line in fitted]]
    for name, measure in MEASURES.items():
        every = scored[1][name]
        correlation = ["1.000", "1.000"] if name == IDENTITY else [fixed(every.r, 3), fixed(every.explained, 3)]
        lines.append([measure.symbol, measure.formula, measure.needs, *correlation, *[small(found[name].rms) for found in scored]])
    header = ["M", "is", "needs", "r", "R²", "rms error, one way", "rms error, all", "rms error, ends"]
    return Table(header, lines, text_columns=(0, 1, 2), wide_columns=(1,))


def errors_by_family(results):
    """Rms error in RD, by family."""
    common = scores.line_of(results.evaluations)
    lines = []
    for name, family in families.FAMILIES.items():
        chosen = results.of(name)
        found = scores.scores_of(chosen)
        errors = [scores.score_of_line(common, chosen).rms] + [found[measure].rms for measure in SHOWN]
        lines.append([family.title, *map(small, errors)])
    header = ["what varies", "common line in EED*", *[MEASURES[measure].symbol for measure in SHOWN]]
    return Table(header, lines, text_columns=(0,))


def threshold_difference(results):
    """Between the flow stress of this study and that of the runs."""
    def difference(run):
        return abs(law.flow_stress(run.temperature) - results.history(run)["flow_stress"][0])

    return max(difference(item.run) for item in results.of("temperature"))


POINT_COLUMNS = ("family", "run", "temperature_0", "free_volume_0", "rate", "creep_stress", "point", *HISTORY_COLUMNS, "plastic_path")


def write_points(results, path):
    """A row a point: the run, the state, and RD as each measure predicts it."""
    common = scores.line_of(results.evaluations)

    def parameter(value):
        return "" if value is None else number(value)

    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*POINT_COLUMNS, "predicted_line", *[f"predicted_{name}" for name in MEASURES]])
        for item in results.evaluations:
            run, points = item.run, item.points
            start = [run.family, run.label, *map(parameter, (run.temperature, run.free_volume, run.rate, run.stress))]
            for i in range(POINTS):
                values = [points[name][i] for name in (*HISTORY_COLUMNS, "plastic_path")]
                values += [common.at(points["eed_star"][i]), *[points[name][i] for name in MEASURES]]
                writer.writerow([*start, i + 1, *[f"{value:.10g}" for value in values]])

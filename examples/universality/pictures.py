"""The two pictures of the study, each as PNG and as PDF, in the style of the figures of the paper."""

import matplotlib.pyplot as plt
import numpy as np
from figures import (
    BLACK, BLUE, GRAY, GREEN, GROUP_NAMES, GROUPS, ORANGE, PAGE_WIDTH, PURPLE, SKY, STRESS, STYLE, VERMILION, label, ordered_colors, panels,
    save,
)

import creep
import families
import law
import scores
from measures import CURRENT, EED, REFINED, WORK
from results import as_in_the_paper, gathered

EED_STAR = r"EED* = EED/$\sigma_c$ ($\varepsilon_0$)"
REJUVENATION = r"rejuvenation RD = $\xi/\xi_0$"
SLOPE = r"slope dRD/dEED* ($1/\varepsilon_0$)"

# Marker and color of each group of families, in the order of drawing
GROUP_STYLE = {
    "constant rate": ("o", BLUE), "creep": ("s", ORANGE), "mixed": ("x", BLACK), "temperature ramp": (">", "0.55"),
    "steps": ("^", GREEN), "reversal": ("v", PURPLE), "relaxation": ("D", SKY), "rest": ("P", VERMILION),
}

# Paths of panel e: family and label of the run, what the legend says, color
PATHS = (
    ("relaxation", "at 0.1 for 100000", "strain held", BLUE),
    ("cycles", "0.2, rate 0.0001", "strain cycles", PURPLE),
    ("annealing", "at 0.9 for 1e+06 from 0.6", "annealed", VERMILION),
    ("pulses", "9, rests of 1e+08", "creep at 9 with rests", ORANGE),
)

# Marker, color and name of the measures that are shown
MEASURE_STYLE = {
    EED: ("D", ORANGE, "EED"),
    WORK: ("^", GREEN, r"$W$"),
    REFINED: ("o", BLUE, "REED"),
    CURRENT: (".", BLACK, r"REED($\Lambda,\Delta$)"),
}
SMALLEST_ERROR = 1e-3


def scatter(panel, results, abscissa):
    """RD at all points, by group; ABSCISSA gives the other coordinate of a list of evaluations."""
    for group, (marker, color) in GROUP_STYLE.items():
        chosen = results.of_group(group)
        stroke = 0.6 if marker == "x" else 0
        panel.plot(abscissa(chosen), gathered(chosen, "rejuvenation"), marker, color=color, markersize=2.8, markeredgewidth=stroke,
                   alpha=0.7, linestyle="none", label=group, rasterized=True)


def legend_of_groups(panel, **where):
    panel.legend(markerscale=1.8, handletextpad=0.2, borderaxespad=0.2, fontsize=7, **where)


def tests_of_the_paper(panel, results):
    kinds = as_in_the_paper(results)
    fitted = scores.line_of_pairs(kinds.values())
    for kind, pair in kinds.items():
        group = "creep" if kind == "creep strain" else kind
        marker, color = GROUPS[group]
        panel.plot(*pair, marker, color=color, markersize=4, markeredgewidth=0, alpha=0.85, linestyle="none", label=GROUP_NAMES[group])
    draw_line(panel, fitted, 0.4, f"$r$ = {fitted.r:.3f}")
    label(panel, EED_STAR, REJUVENATION, 0.42, left=-0.01, bottom=0.8, top=3.4)
    panel.legend(loc="upper left", handletextpad=0.4)


def draw_line(panel, fitted, right, name):
    eed_star = np.array([0, right])
    panel.plot(eed_star, fitted.at(eed_star), "--", color=BLACK, linewidth=1, zorder=1, label=name)


def creep_curves(panel, results):
    """RD over EED* in creep, a curve a stress; the legend has the values at CREEP_CHECK, where the curves are marked."""
    chosen = [item for item in results.of("creep") if item.run.stress in families.MARKED_CREEP_STRESSES]
    for color, item in zip(ordered_colors(len(chosen)), chosen):
        history = results.history(item.run)
        found = creep.analyze(history, families.CREEP_CHECK).rejuvenation
        panel.plot(history["eed_star"], history["rejuvenation"], color=color, label=f"{item.run.stress:g}: {found:.2f}")
        panel.plot(families.CREEP_CHECK, found, "o", color=color, markersize=4)
    panel.axvline(families.CREEP_CHECK, color=GRAY, linewidth=0.8, zorder=0)
    label(panel, EED_STAR, REJUVENATION, families.CREEP_END, bottom=0.9, top=4)
    title = rf"$\sigma_{{cp}}$ ($\sigma_0$): RD at EED* = {families.CREEP_CHECK:g}"
    panel.legend(title=title, title_fontsize=8, loc="upper left")


def effective_stresses(panel, results):
    """What one unit of plastic strain adds to the free volume."""
    temperature = families.TEMPERATURE
    sigma_f = law.flow_stress(temperature)
    stress = np.linspace(sigma_f, 20, 200)
    saturated = stress - law.annihilation_stress(stress, temperature, sigma_f)
    panel.plot(stress, stress, color=GREEN, label=r"$\sigma$ (plastic work)")
    panel.plot(stress, saturated, color=BLUE, label=r"$\sigma-\sigma_a$ (REED)")
    panel.plot(stress, stress - sigma_f, color=ORANGE, label=r"$\sigma-\sigma_c$ (EED)")
    measured = [measured_effective_stress(results.history(item.run)) for item in results.of("creep")]
    panel.plot(*zip(*measured), "o", color=BLACK, markersize=3.5, markerfacecolor="none",
               label=r"creep runs, d$\xi$/d$\varepsilon_p/D_{ia}$")
    label(panel, STRESS, r"effective stress ($\sigma_0$)", 20.5, left=7, bottom=0, top=21)
    panel.legend(loc="upper left", fontsize=7)


def measured_effective_stress(history):
    """The stress of a creep run, and dxi/deps_p over D_ia in its second half."""
    strain, free_volume = history["plastic_strain"], history["free_volume"]
    first, last = np.interp([strain[-1] / 2, strain[-1]], strain, free_volume)
    return history["stress"][-1], (last - first) / (strain[-1] / 2) / law.DILATANCY


def slopes(panel, results):
    """dRD/dEED*: of creep over its stress; of shear at a constant rate, from start to end, over its peak stress."""
    temperature, free_volume = families.TEMPERATURE, families.FREE_VOLUME
    stress = np.linspace(law.flow_stress(temperature) + 0.02, 20, 200)
    panel.plot(stress, law.saturated_creep_slope(stress, temperature, free_volume), color=ORANGE, linewidth=1)
    found = [creep.analyze(results.history(item.run), families.CREEP_CHECK) for item in results.of("creep")]
    panel.plot([item.stress for item in found], [item.slope for item in found], "s", color=ORANGE, markersize=4, label="creep")
    for family in ("rate", "temperature", "initial"):
        marker, color = GROUPS[family]
        chosen = scores.saturated(results.of(family))
        peaks = [results.history(item.run)["stress"].max() for item in chosen]
        panel.plot(peaks, [scores.end_slope(item) for item in chosen], marker, color=color, markersize=4, linestyle="none", alpha=0.85,
                   label=f"constant rate, {GROUP_NAMES[family]}")
        panel.plot(peaks, [scores.expected_end_slope(item) for item in chosen], color=color, linewidth=0.8)
    label(panel, r"stress $\sigma_{cp}$, or peak stress ($\sigma_0$)", SLOPE, 29, left=7, bottom=0, top=14)
    panel.legend(loc="upper right")


def paths(panel, results):
    """EED* and RD along single runs in which they do not go together."""
    for family, name, text, color in PATHS:
        history = results.history(results.one(family, name).run)
        panel.plot(history["eed_star"], history["rejuvenation"], color=color, linewidth=1.2, label=text)
    label(panel, EED_STAR, REJUVENATION, 0.42, bottom=0.8, top=2.8)
    panel.legend(loc="upper left")


def everything(panel, results):
    scatter(panel, results, lambda chosen: gathered(chosen, "eed_star"))
    fitted = scores.line_of(results.evaluations)
    draw_line(panel, fitted, 0.8, f"$r$ = {fitted.r:.3f}")
    label(panel, EED_STAR, REJUVENATION, 0.82, left=-0.02, bottom=0.5, top=7.6)
    legend_of_groups(panel, loc="upper left", ncol=2, columnspacing=0.6)


def universality(results, folder):
    """Where the claim holds, where not, and why."""
    figure, (a, b, c, d, e, f) = panels(8.4, [1, 1, 1])
    tests_of_the_paper(a, results)
    creep_curves(b, results)
    effective_stresses(c, results)
    slopes(d, results)
    paths(e, results)
    everything(f, results)
    save(figure, folder, "universality")


def compared(panel, results, abscissa, name):
    """RD over what was predicted."""
    scatter(panel, results, abscissa)
    panel.plot([0, 6], [0, 6], color=BLACK, linewidth=0.8, zorder=0)
    every = abscissa(results.evaluations)
    found = scores.score(every, gathered(results.evaluations, "rejuvenation"))
    panel.annotate(f"$r$ = {found.r:.3f}\nrms {found.rms:.2f}", (0.97, 0.04), xycoords="axes fraction", ha="right", va="bottom", fontsize=8)
    label(panel, name, REJUVENATION, 5.8, left=0.5, bottom=0.5, top=5.8)


def errors_of(results):
    """The rms error in RD of each prediction, family by family: marker, color and errors by what the legend says."""
    rows = [results.of(name) for name in families.FAMILIES]
    fitted = scores.line_of(results.evaluations)
    errors = {"EED*, fitted line": ("|", "0.45", [scores.score_of_line(fitted, chosen).rms for chosen in rows])}
    scored = [scores.scores_of(chosen) for chosen in rows]
    for measure, (marker, color, text) in MEASURE_STYLE.items():
        errors[text] = (marker, color, [found[measure].rms for found in scored])
    return errors


def errors_by_family(panel, results):
    titles = [family.title for family in families.FAMILIES.values()]
    places = -np.arange(len(titles))
    for text, (marker, color, errors) in errors_of(results).items():
        panel.plot(np.maximum(errors, SMALLEST_ERROR), places, marker, color=color, markersize=4, linestyle="none", label=text,
                   clip_on=False)
    panel.set_xscale("log")
    panel.set_xlim(SMALLEST_ERROR, 3)
    panel.set_xticks([1e-3, 1e-2, 1e-1, 1], ["≤ 0.001", "0.01", "0.1", "1"])
    panel.set_yticks(places, titles, fontsize=7)
    panel.grid(axis="y", color="0.9", linewidth=0.5)
    panel.set_xlabel("rms error in RD")
    panel.legend(loc="lower right", bbox_to_anchor=(1.03, 1), fontsize=6.5, handletextpad=0, ncol=3, columnspacing=0.6, borderaxespad=0.1)


def predictor_panels():
    """Six lettered panels, of which the last has long names on the left."""
    figure = plt.figure(figsize=(PAGE_WIDTH, 8.8), constrained_layout=True)
    upper, lower = figure.subfigures(2, 1, height_ratios=[2, 1])
    axes = [*upper.subplots(2, 2).flat, *lower.subplots(1, 2)]
    figure.get_layout_engine().set(w_pad=0.09, h_pad=0.06)
    for letter, panel in zip("abcdef", axes):
        panel.set_title(letter, loc="left", fontweight="bold")
    return figure, axes


def predictors(results, folder):
    """What predicts the rejuvenation better."""
    figure, (a, b, c, d, e, f) = predictor_panels()
    fitted = scores.line_of(results.evaluations)
    compared(a, results, lambda chosen: fitted.at(gathered(chosen, "eed_star")), f"{fitted.intercept:.2f} + {fitted.slope:.2f} EED*, fitted")
    for panel, (measure, (_, _, text)) in zip((b, c, d, e), MEASURE_STYLE.items()):
        compared(panel, results, lambda chosen, measure=measure: gathered(chosen, measure), rf"$1+D_{{ia}}\times\,${text}$\,/\,\xi_0$")
    errors_by_family(f, results)
    legend_of_groups(a, loc="upper left")
    save(figure, folder, "predictors")


def draw(results, folder):
    with plt.rc_context(STYLE):
        universality(results, folder)
        predictors(results, folder)

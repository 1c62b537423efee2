"""The four figures of the paper, from the runs of the model. Each is written as PNG and as PDF."""

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import MaxNLocator

import cases
import table

# Inches: the width of a page's text, and of one of two columns
PAGE_WIDTH = 7.0
COLUMN_WIDTH = 3.5
DOTS_PER_INCH = 220

STYLE = {
    "font.size": 9, "axes.labelsize": 9, "axes.titlesize": 9, "xtick.labelsize": 8, "ytick.labelsize": 8, "legend.fontsize": 8,
    "legend.frameon": False, "legend.handlelength": 1.6, "legend.labelspacing": 0.3, "lines.linewidth": 1.4, "lines.markersize": 5,
    "axes.spines.top": False, "axes.spines.right": False, "pdf.fonttype": 42, "savefig.dpi": DOTS_PER_INCH,
    "mathtext.fontset": "dejavusans",
}

# Okabe and Ito's colors, which all can tell apart
BLACK, ORANGE, SKY, GREEN, YELLOW, BLUE, VERMILION, PURPLE = (
    "#000000", "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7",
)
GRAY = "#BBBBBB"

STRAIN = r"shear strain $\varepsilon$ ($\varepsilon_0$)"
STRESS = r"shear stress $\sigma$ ($\sigma_0$)"
FREE_VOLUME = r"free volume $\xi$"
SIGMA_C = r"$\sigma_c$"
EPSILON_C = r"$\varepsilon_c$"

# Marker and color of each group of Table 1
GROUPS = {
    "strain": ("o", BLUE), "creep": ("s", ORANGE), "rate": ("^", GREEN), "temperature": ("v", VERMILION), "initial": ("D", PURPLE),
}
GROUP_NAMES = {"strain": "strain", "creep": "creep", "rate": "strain rate", "temperature": "temperature", "initial": r"$\xi_0$"}


def ordered_colors(count):
    """COUNT colors in an order, without viridis' palest."""
    return plt.get_cmap("viridis")(np.linspace(0, 0.9, count))


def panels(height, heights):
    """Lettered panels, two in a row; HEIGHTS are those of the rows, relative to each other."""
    figure, axes = plt.subplots(
        len(heights), 2, figsize=(PAGE_WIDTH, height), gridspec_kw={"height_ratios": heights}, constrained_layout=True
    )
    figure.get_layout_engine().set(w_pad=0.09, h_pad=0.06)
    for letter, panel in zip("abcdef", axes.flat):
        panel.set_title(letter, loc="left", fontweight="bold")
    return figure, axes.flat


def label(panel, x, y, right, left=0, **limits):
    """Names the axes and sets their limits: LEFT, RIGHT, and of what is drawn upwards `bottom` and `top`."""
    panel.set_xlabel(x)
    panel.set_ylabel(y)
    panel.set_xlim(left, right)
    panel.set_ylim(**limits)
    for axis in (panel.xaxis, panel.yaxis):
        axis.set_major_locator(MaxNLocator(7, steps=[1, 2, 5, 10]))


def save(figure, folder, name):
    figure.savefig(folder / f"{name}.png")
    figure.savefig(folder / f"{name}.pdf", metadata={"CreationDate": None})
    plt.close(figure)


def shade_energies(panel, history, sigma_c, strain_c):
    """The areas under the curve: stored elastically, effective, and dissipated."""
    strain, stress = history["strain"], history["stress"]
    # the crossing of sigma_c as a point of the curve, so that the areas meet there
    at = np.searchsorted(strain, strain_c)
    strain, stress = np.insert(strain, at, strain_c), np.insert(stress, at, sigma_c)
    before, after = strain <= strain_c, strain >= strain_c
    panel.fill_between(strain[before], 0, stress[before], color=GRAY, linewidth=0)
    panel.fill_between(strain[after], 0, np.minimum(stress[after], sigma_c), color=YELLOW, alpha=0.5, linewidth=0)
    panel.fill_between(strain[after], sigma_c, np.maximum(stress[after], sigma_c), color=SKY, alpha=0.7, linewidth=0)
    panel.plot(history["strain"], history["stress"], color=BLACK)
    panel.axhline(sigma_c, color=VERMILION, linestyle="--", linewidth=1.1)
    panel.axvline(strain_c, color=BLUE, linestyle="--", linewidth=1.1)


def name_threshold(panel, sigma_c, right, color):
    """Writes sigma_c below its line, at RIGHT."""
    panel.annotate(SIGMA_C, (right, sigma_c), (-3, -2), textcoords="offset points", ha="right", va="top", color=color)


def name_critical_strain(panel, strain_c):
    """Writes epsilon_c beside its line, at the top."""
    panel.annotate(EPSILON_C, (strain_c, 1), (-2, -1), xycoords=("data", "axes fraction"), textcoords="offset points", ha="right",
                   va="top", color=BLUE)


def energies(panel, result, right, texts):
    """Panels 1a and 1c: a stress-strain curve, its areas, and TEXTS of them by place."""
    sigma_c, strain_c = result.summary["sigma_c"], result.summary["strain_c"]
    shade_energies(panel, result.history, sigma_c, strain_c)
    label(panel, STRAIN, STRESS, right, bottom=0, top=19)
    name_threshold(panel, sigma_c, right, VERMILION)
    name_critical_strain(panel, strain_c)
    for text, place in texts.items():
        panel.annotate(text, place, ha="center", va="center")
    panel.annotate("elastic", (0.7 * strain_c, 0.25 * sigma_c), (0.32 * right, 0.3 * sigma_c), va="center",
                   arrowprops={"arrowstyle": "-", "linewidth": 0.7})


def free_volume(panel, result, right):
    """Panels 1b and 1d."""
    panel.plot(result.history["strain"], result.history["free_volume"], color=BLACK)
    panel.axvline(result.summary["strain_c"], color=BLUE, linestyle="--", linewidth=1.1)
    label(panel, STRAIN, FREE_VOLUME, right, bottom=0.045, top=0.11)
    name_critical_strain(panel, result.summary["strain_c"])


def first_fall(panel, result, strain_c):
    """The inset of 1b: the free volume falls by less than one can see before it rises."""
    inset = panel.inset_axes([0.66, 0.14, 0.34, 0.3])
    history = result.history
    inset.plot(history["strain"], 1e8 * (history["free_volume"] - history["free_volume"][0]), color=BLACK)
    inset.axhline(0, color=GRAY, linewidth=0.8, zorder=0)
    inset.axvline(strain_c, color=BLUE, linestyle="--", linewidth=1.1)
    inset.set(xlim=(0, 0.045), ylim=(-6, 2), xticks=[0, 0.02, 0.04], yticks=[-5, 0])
    inset.set_title(r"$(\xi-\xi_0)\times10^8$", fontsize=8, pad=3)


def figure_1(baseline, first_strains, creep, folder):
    """What the effective energy density is."""
    figure, (a, b, c, d) = panels(5.2, [1, 1])
    energies(a, baseline, 0.6, {"EED": (0.125, 11), "heat": (0.33, 4.5)})
    free_volume(b, baseline, 0.6)
    first_fall(b, first_strains, baseline.summary["strain_c"])
    energies(c, creep, 0.4, {"EED": (0.22, 10.2), "heat": (0.27, 4.5)})
    free_volume(d, creep, 0.4)
    save(figure, folder, "fig1")


def ends(panel, results, x, y):
    """A circle where each of RESULTS ends, in the colors of an ordered family."""
    for color, result in zip(ordered_colors(len(results)), results):
        panel.plot(result.history[x][-1], result.history[y][-1], "o", color=color, markeredgecolor=BLACK, markeredgewidth=0.5,
                   zorder=3, clip_on=False)


def curve_with_ends(panel, results, x, y):
    """The curve of the longest of RESULTS, and where each of them ends."""
    panel.plot(results[-1].history[x], results[-1].history[y], color="0.4")
    ends(panel, results, x, y)


def critical_strain_star(panel, creep):
    """The crossing of sigma_c on the ramp before the creep."""
    strain_c, ramp_rate = creep.summary["strain_c"], float(cases.CREEP_RAMP_RATE)
    panel.plot(strain_c / ramp_rate, strain_c, "*", color=VERMILION, markersize=9, zorder=4, clip_on=False)
    panel.annotate(EPSILON_C, (0, strain_c), (7, -1), textcoords="offset points", va="center", color=VERMILION)


def figure_2(strains, creeps, folder):
    """Deformed to different strains."""
    figure, (a, b, c, d) = panels(5.2, [1, 1])
    sigma_c = strains[-1].summary["sigma_c"]
    curve_with_ends(a, strains, "strain", "stress")
    a.axhline(sigma_c, color=BLACK, linestyle="--", linewidth=1)
    label(a, STRAIN, STRESS, 1.03, bottom=0, top=19)
    name_threshold(a, sigma_c, 0.9, BLACK)
    curve_with_ends(b, strains, "strain", "free_volume")
    label(b, STRAIN, FREE_VOLUME, 1.03, bottom=0.045)
    curve_with_ends(c, creeps, "time", "strain")
    critical_strain_star(c, creeps[-1])
    label(c, r"time $t$ ($10^3$ s)", "creep " + STRAIN, 54e3, bottom=0, top=0.42)
    c.xaxis.set_major_formatter(lambda time, _: f"{time / 1000:g}")
    curve_with_ends(d, creeps, "strain", "free_volume")
    label(d, "creep " + STRAIN, FREE_VOLUME, 0.41, bottom=0.045)
    save(figure, folder, "fig2")


def family(stress_panel, free_volume_panel, results, title, top):
    """Curves of an ordered family, RESULTS by their labels."""
    for color, (text, result) in zip(ordered_colors(len(results)), results.items()):
        history = result.history
        stress_panel.plot(history["strain"], history["stress"], color=color, label=text)
        free_volume_panel.plot(history["strain"], history["free_volume"], color=color)
    stress_panel.legend(title=title, title_fontsize=8, loc="upper right", ncol=2 if len(results) > 5 else 1, columnspacing=1)
    label(stress_panel, STRAIN, STRESS, 1, bottom=0, top=top)
    label(free_volume_panel, STRAIN, FREE_VOLUME, 2)


def inset_of(panel, place, results, column, **axes):
    """The last of RESULTS by itself."""
    name, result = list(results.items())[-1]
    inset = panel.inset_axes(place)
    inset.plot(result.history["strain"], result.history[column], color=ordered_colors(len(results))[-1])
    inset.set(xlim=(0, 1), xticks=[0, 0.5, 1], **axes)
    inset.set_title(rf"$\xi_0$ = {name}", fontsize=8, pad=3)


def figure_3(rates, temperatures, initials, folder):
    """The effects of strain rate, temperature and initial free volume; each argument is results by condition."""
    figure, (a, b, c, d, e, f) = panels(8.8, [1, 1, 1.3])
    by_rate = {f"{1e5 * float(rate):g}": result for rate, result in rates.items()}
    family(a, b, by_rate, r"strain rate ($10^{-5}$ s$^{-1}$)", 21)
    family(c, d, temperatures, r"$T$ ($T_g$)", 21)
    family(e, f, initials, r"$\xi_0$", 30)
    inset_of(e, [0.6, 0.42, 0.38, 0.18], initials, "stress", ylim=(7.5, 7.8), yticks=[7.5, 7.7])
    inset_of(f, [0.6, 0.16, 0.38, 0.28], initials, "free_volume", ylim=(0.107, 0.1105), yticks=[0.108, 0.11])
    save(figure, folder, "fig3")


def points(panel, rows, pairs, filled):
    """A marker a row; PAIRS are EED* and RD. Filled ones have the names of the groups."""
    for group, (marker, color) in GROUPS.items():
        chosen = [pair for row, pair in zip(rows, pairs) if row.printed.group == group and pair[0] is not None]
        eed_star, rejuvenation = zip(*chosen)
        panel.plot(eed_star, rejuvenation, marker, color=color, markerfacecolor=color if filled else "none", markeredgecolor=color,
                   markeredgewidth=1, linestyle="none", label=GROUP_NAMES[group] if filled else None,
                   markersize=4.5 if filled else 5.5, alpha=0.85)


def line(panel, fitted, name, **style):
    """The line of a fit, with its numbers in the legend."""
    ends_of_line = np.array([0, 0.42])
    panel.plot(ends_of_line, fitted.intercept + fitted.slope * ends_of_line, linewidth=1.1, zorder=1, **style,
               label=f"{name}: $r$ = {fitted.r:.3f}, slope {fitted.slope:.2f}")


def figure_4(rows, folder):
    """Rejuvenation against effective energy."""
    fitted = table.fits(rows)
    figure, panel = plt.subplots(figsize=(COLUMN_WIDTH, 4.1), constrained_layout=True)
    points(panel, rows, [row.printed.unswapped() for row in rows], filled=False)
    points(panel, rows, [(row.eed_star, row.rejuvenation) for row in rows], filled=True)
    line(panel, fitted["model"], "model (filled)", color=BLACK)
    line(panel, fitted["unswapped"], "printed (open)", color="0.5", linestyle="--")
    eed_star, rejuvenation = r"EED* = EED/$\sigma_c$ ($\varepsilon_0$)", r"rejuvenation RD = $\xi/\xi_0$"
    label(panel, eed_star, rejuvenation, 0.42, left=-0.01, bottom=0.8, top=3.4)
    handles, names = panel.get_legend_handles_labels()
    groups = len(GROUPS)
    panel.add_artist(panel.legend(handles[:groups], names[:groups], loc="lower right"))
    panel.legend(handles[groups:], names[groups:], loc="upper left")
    save(figure, folder, "fig4")


def draw(study, folder):
    """All four, the curves from the runs of the study's tool."""
    strains, creeps = list(study.group("strain").values()), list(study.group("creep").values())
    with plt.rc_context(STYLE):
        figure_1(strains[-1], study.point_results[cases.FIRST_STRAINS], creeps[-1], folder)
        figure_2(strains, creeps, folder)
        figure_3(study.group("rate"), study.group("temperature"), study.group("initial"), folder)
        figure_4(study.rows, folder)

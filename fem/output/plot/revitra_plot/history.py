"""history.png: the state of the glass over strain, and over time where the strain does not tell it."""

import numpy as np
from matplotlib.lines import Line2D

from .curves import spans_decades
from .style import GRAY, NAMES, PAGE_WIDTH, few_ticks, label, plt, run_styles, save, unit


def free_volume(panel, run, x, style):
    """Mean, and the range of the points."""
    history = run.history
    low, high = history.get("free_volume_min"), history.get("free_volume_max")
    if low is not None and high is not None and np.any(high - low > 1e-6 * high):
        panel.fill_between(history[x], low, high, alpha=0.2, linewidth=0, color=style["color"])
        key(panel, color=GRAY, alpha=0.4, linewidth=6, label="least to largest")
    panel.plot(history[x], history["free_volume"], **style)
    key(panel, color=GRAY, label="mean")


def transformations(panel, run, x, style):
    for column, line in (("st_sum", "-"), ("st_bias", "--")):
        if column in run.history:
            panel.plot(run.history[x], run.history[column], line, **style)
            key(panel, linestyle=line, color=GRAY, label=NAMES[column][0])


def energy(panel, run, x, style):
    """EED of the curve and, if the points' mean differs from it, that."""
    curve, mean = run.history["eed"], run.history.get("eed_mean")
    panel.plot(run.history[x], curve, **style)
    key(panel, color=GRAY, label="stress-strain curve")
    if mean is not None and np.any(np.abs(mean - curve) > 0.01 * np.abs(curve).max()):
        panel.plot(run.history[x], mean, "--", **style)
        key(panel, linestyle="--", color=GRAY, label="mean of the points")


def rejuvenation(panel, run, x, style):
    panel.axhline(1, color=GRAY, linewidth=0.8, zorder=0)
    panel.plot(run.history[x], run.history["rejuvenation"], **style)


def key(panel, **style):
    """An entry of the legend, unless it has it."""
    if style["label"] not in panel.get_legend_handles_labels()[1]:
        panel.plot([], [], **style)


ROWS = (
    (free_volume, lambda run: label(run, "free_volume")),
    (transformations, lambda run: r"ST sum $\Lambda$, ST bias $\Delta$"),
    (energy, lambda run: f"EED ({unit(run, 'energy')})"),
    (rejuvenation, lambda run: "rejuvenation degree RD"),
)


def layout(with_time):
    """A figure and, for every panel, what is drawn over what."""
    if not with_time:
        figure, axes = plt.subplots(2, 2, figsize=(PAGE_WIDTH, 5.2), sharex=True, constrained_layout=True)
        return figure, [(panel, row, "strain") for panel, row in zip(axes.flat, ROWS)]
    figure, axes = plt.subplots(4, 2, figsize=(PAGE_WIDTH, 9), sharex="col", sharey="row", constrained_layout=True)
    return figure, [(panel, row, x) for panels, row in zip(axes, ROWS) for panel, x in zip(panels, ("strain", "time"))]


def finish(panel, x, y, runs):
    """Names where they are not the neighbor's."""
    if panel.get_subplotspec().is_last_row():
        panel.set_xlabel(label(runs[0], x))
    if x == "time" and spans_decades(runs):
        panel.set_xscale("log")
    else:
        few_ticks(panel.xaxis)
    if x == "strain":
        panel.set_ylabel(y)
        few_ticks(panel.yaxis)
        if len(panel.get_legend_handles_labels()[0]) > 1:
            panel.legend(loc=corner(panel, runs))


def corner(panel, runs):
    """Where the legend goes: beside the bands, which it does not avoid by itself, of one run or of those that end early."""
    if not panel.collections:
        return "best"
    return "upper left" if len(runs) == 1 else "upper right"


def name_runs(panel, runs, styles):
    """Which color is which run, in a panel that has no legend of its own."""
    panel.legend(handles=[Line2D([], [], label=run.name, **style) for run, style in zip(runs, styles)])


def draw_history(runs, folder, kind):
    """All of the picture."""
    figure, panels = layout(any(run.time_matters for run in runs))
    styles = run_styles(len(runs))
    for panel, (draw, name), x in panels:
        for run, style in zip(runs, styles):
            draw(panel, run, x, style)
        finish(panel, x, name(runs[0]), runs)
    if len(runs) > 1:
        name_runs(next(panel for panel, (draw, _), _ in panels if draw is rejuvenation), runs, styles)
    return save(figure, folder, "history", kind)

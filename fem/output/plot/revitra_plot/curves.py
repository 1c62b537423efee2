"""curve.png: stress over strain with the effective energy, and what else the loading program did."""

import numpy as np

from .style import BLUE, GRAY, PAGE_WIDTH, PANEL_WIDTH, SKY, VERMILION, few_ticks, label, number, plt, run_styles, save


def excursions(strain, stress, sigma_c):
    """The parts of a stress-strain curve beyond sigma_c, each as strain, stress and threshold, with the crossings at its ends.

    The area between stress and threshold is the EED, where the path goes back as well. A threshold of 0 is one not known yet.
    """
    known = np.flatnonzero(sigma_c > 0)
    if known.size == 0:
        return []
    threshold = np.where(sigma_c > 0, sigma_c, sigma_c[known[0]])
    path = np.column_stack([strain, stress, np.where(stress < 0, -threshold, threshold)])
    excess = np.abs(stress) - threshold
    parts, part = [], []
    for row in range(len(path)):
        if row > 0 and (excess[row] > 0) != (excess[row - 1] > 0):
            part.append(crossing(path, excess, row))
        if excess[row] > 0:
            part.append(path[row])
        elif part:
            parts.append(np.array(part).T)
            part = []
    return parts + ([np.array(part).T] if part else [])


def crossing(path, excess, row):
    """Where the curve meets the threshold before a row: on the threshold of the side that is beyond it."""
    share = excess[row - 1] / (excess[row - 1] - excess[row])
    beyond = row if excess[row] > 0 else row - 1
    strain = path[row - 1, 0] + share * (path[row, 0] - path[row - 1, 0])
    return np.array([strain, path[beyond, 2], path[beyond, 2]])


def shade(panel, run):
    """The effective energy as an area."""
    energy = f"EED = {number(run, run.history['eed'][-1], 'energy')}"
    for strain, stress, threshold in excursions(*(run.history[name] for name in ("strain", "stress", "sigma_c"))):
        panel.fill(np.append(strain, strain[::-1]), np.append(stress, threshold[::-1]), color=SKY, alpha=0.5, linewidth=0, label=energy)
        energy = None


def threshold_name(run):
    """sigma_c with its value, or with both if it changed."""
    first, last = (number(run, value, "stress") for value in run.history["sigma_c"][[0, -1]])
    changed = first != last and run.history["sigma_c"][0] > 0
    return rf"$\sigma_c$ = {first.split()[0]} to {last}" if changed else rf"$\sigma_c$ = {last}"


def threshold_lines(panel, run, **style):
    """sigma_c where it is known, and its negative where stresses are."""
    strain, stress, sigma_c = (run.history[name] for name in ("strain", "stress", "sigma_c"))
    if np.ptp(sigma_c) == 0:
        strain, sigma_c = np.array([strain.min(), strain.max()]), sigma_c[:2]
    sigma_c = np.where(sigma_c > 0, sigma_c, np.nan)
    text = style.pop("label", None)
    for sign, has_any in ((1, np.any(stress > 0)), (-1, np.any(stress < 0))):
        if has_any:
            panel.plot(strain, sign * sigma_c, "--", linewidth=1, label=text, **style)
            text = None


def peak_of(run):
    """Strain and stress of the peak, from the summary if it is there; nothing if the stress has not fallen since."""
    strain, stress = run.summary.get("peak_strain"), run.summary.get("peak_stress")
    if strain is None or stress is None:
        row = np.argmax(np.abs(run.history["stress"]))
        strain, stress = run.history["strain"][row], run.history["stress"][row]
    return (strain, stress) if np.any(np.abs(run.history["stress"][run.history["strain"] > strain]) < 0.999 * abs(stress)) else None


def mark_peak(panel, run, color):
    if peak := peak_of(run):
        panel.plot(*peak, "o", color=color, markerfacecolor="white", markersize=5, zorder=4)


def name_peak(panel, run):
    """Writes the peak beyond the curve, where there is room for it."""
    peak = peak_of(run)
    if not peak:
        return
    strain, stress = peak
    left, right = panel.get_xlim()
    place = (strain - left) / (right - left)
    side, shift = ("left", -6) if place < 0.3 else ("right", 6) if place > 0.7 else ("center", 0)
    above = stress >= 0
    panel.annotate(f"peak {number(run, stress, 'stress')} at {strain:.3g}", peak, (shift, 6 if above else -6), fontsize=8, ha=side,
                   textcoords="offset points", va="bottom" if above else "top")


def finish(panel, run, x, y):
    panel.set_xlabel(label(run, x))
    panel.set_ylabel(label(run, y))
    for axis in (panel.xaxis, panel.yaxis):
        if axis.get_scale() == "linear":
            few_ticks(axis)


def stress_strain_of_one(panel, run):
    """One run, with its energy and peak."""
    shade(panel, run)
    threshold_lines(panel, run, color=VERMILION, label=threshold_name(run))
    panel.plot(run.history["strain"], run.history["stress"], color=BLUE)
    panel.margins(x=0.02, y=0.12)
    mark_peak(panel, run, BLUE)
    name_peak(panel, run)
    panel.legend()


def stress_strain_of_several(panel, runs):
    for run, style in zip(runs, run_styles(len(runs))):
        threshold_lines(panel, run, alpha=0.6, **style)
        panel.plot(run.history["strain"], run.history["stress"], label=run.name, **style)
        mark_peak(panel, run, style["color"])
    panel.plot([], [], "--", color=GRAY, linewidth=1, label=r"$\sigma_c$")
    panel.margins(x=0.02)
    panel.legend()


def over(panel, runs, x, y):
    """One column over another, of all runs."""
    for run, style in zip(runs, run_styles(len(runs))):
        panel.plot(run.history[x], run.history[y], label=run.name, **style)
    if x == "time" and spans_decades(runs):
        panel.set_xscale("log")
    finish(panel, runs[0], x, y)


def spans_decades(runs):
    """Whether most rows are at times that cannot be told from 0 on a linear axis."""
    return any(np.median(run.history["time"]) < 0.05 * run.history["time"][-1] for run in runs)


def temperature_changes(run):
    temperature = run.history.get("temperature", np.zeros(1))
    return np.ptp(temperature) > 1e-9 * np.abs(temperature).max()


def further_panels(runs):
    """What is worth a panel beside the curve: x and y."""
    panels = []
    if any("hold" in run.controls for run in runs):
        panels.append(("time", "stress"))
    if any("stress" in run.controls for run in runs):
        panels.append(("time", "strain"))
    if any(map(temperature_changes, runs)):
        panels.append(("time" if panels else "strain", "temperature"))
    return panels


def draw_curve(runs, folder, kind):
    """All of the picture."""
    further = further_panels(runs)
    width = min(PANEL_WIDTH * (1 + len(further)), 1.5 * PAGE_WIDTH) if further else 4.6
    figure, panels = plt.subplots(1, 1 + len(further), figsize=(width, 3.3), squeeze=False, constrained_layout=True)
    first, *others = panels[0]
    if len(runs) == 1:
        stress_strain_of_one(first, runs[0])
    else:
        stress_strain_of_several(first, runs)
    finish(first, runs[0], "strain", "stress")
    for panel, (x, y) in zip(others, further):
        over(panel, runs, x, y)
    return save(figure, folder, "curve", kind)

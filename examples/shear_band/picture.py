"""mesh_study.png: curves and profiles of both models on all meshes, and the width of the band over the size of the cells."""

import band
import numpy as np
from revitra_plot.style import BLACK, BLUE, GRAY, ORANGE, PAGE_WIDTH, SKY, STYLE, VERMILION, few_ticks, label, plt, save

# Line of each mesh, from the coarsest to the finest, so that lines upon each other can be told apart
MESH_STYLES = (
    {"color": SKY, "linewidth": 3.2}, {"color": ORANGE, "linewidth": 1.9}, {"color": BLACK, "linewidth": 1.0, "linestyle": "--"},
)
MODEL_STYLES = {"local": {"color": VERMILION, "marker": "s"}, "regularized": {"color": BLUE, "marker": "o"}}
PROFILE = "plastic_strain"
SHOWN_BEFORE_PEAK = 0.6  # curves start at this share of its strain
WIDTHS_SHOWN = 4  # of the coarsest band, on both sides


def curves(panel, runs):
    """Stress over strain, from a little before the peak on."""
    for run, style in zip(runs, MESH_STYLES):
        shown = run.history["strain"] > SHOWN_BEFORE_PEAK * run.summary["peak_strain"]
        panel.plot(run.history["strain"][shown], run.history["stress"][shown], **style)
    panel.set_xlabel(label(runs[0], "strain"))
    panel.set_ylabel(label(runs[0], "stress"))


def profiles(panel, runs, rows):
    """Through the band at the end, a step a cell."""
    middle, reach = band.profile(runs[0]).peak(PROFILE), WIDTHS_SHOWN * rows[0]["width"]
    for run, row, style in zip(runs, rows, MESH_STYLES):
        found = band.profile(run)
        middles = (found.y[1:] + found.y[:-1]) / 2
        edges = np.concatenate([[0], middles, [band.height(run)]])
        panel.stairs(found.values[PROFILE], edges, baseline=None, label=f"$h$ = {row['cell_size']:.3g}", **style)
    panel.set_xlim(max(0, middle - reach), min(band.height(runs[0]), middle + reach))
    panel.set_xlabel("height $y$")
    panel.legend(loc="upper left", handlelength=1.2, borderaxespad=0)
    panel.set_ylabel(f"{label(runs[0], PROFILE)}\nat strain {runs[0].history['strain'][-1]:.3g}")


def widths(panel, tables):
    """Width of the band over the size of the cells, of both models."""
    for model, rows in tables.items():
        sizes, found = ([row[name] for row in rows] for name in ("cell_size", "width"))
        panel.loglog(sizes, found, markersize=5, label=model, base=2, **MODEL_STYLES[model])
    sizes = np.array([row["cell_size"] for row in next(iter(tables.values()))])
    panel.plot(sizes, sizes, ":", color=GRAY, linewidth=1, label="one cell")
    panel.set_xlabel("size of the cells $h$")
    panel.set_ylabel("width of the band")
    panel.set_xticks(sizes, [f"{size:.3g}" for size in sizes])
    panel.set_yticks(ticks := round_numbers(panel.get_ylim()), [f"{tick:g}" for tick in ticks])
    panel.minorticks_off()
    panel.legend(loc="best")


def round_numbers(limits):
    """1, 2 and 5 of every decade within limits."""
    decades = np.arange(np.floor(np.log10(limits[0])), np.ceil(np.log10(limits[1])))
    numbers = np.outer(10.0**decades, [1, 2, 5]).ravel()
    return numbers[(numbers >= limits[0]) & (numbers <= limits[1])]


def draw(runs, tables, folder):
    """All of the picture; RUNS and TABLES are lists by model."""
    with plt.rc_context(STYLE):
        figure = plt.figure(figsize=(1.25 * PAGE_WIDTH, 4.8), constrained_layout=True)
        grid = figure.add_gridspec(2, 3)
        left = None
        for row, model in enumerate(runs):
            left = figure.add_subplot(grid[row, 0], sharey=left)
            middle = figure.add_subplot(grid[row, 1])
            left.set_title(model, loc="left", fontweight="bold")
            curves(left, runs[model])
            profiles(middle, runs[model], tables[model])
            for panel in (left, middle):
                few_ticks(panel.xaxis, 4)
                few_ticks(panel.yaxis, 5)
        widths(figure.add_subplot(grid[:, 2]), tables)
        return save(figure, folder, "mesh_study", "png")

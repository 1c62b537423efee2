"""rejuvenation.png: who rejuvenates and who ages, by volume, and what local energy it took."""

import numpy as np
from matplotlib.colors import LogNorm

from .colors import color_scale
from .errors import PlotError
from .fields import choose_record, has_fields, read_record
from .maps import rejuvenates_and_ages, who_does
from .run import read_table
from .style import BLACK, BLUE, GRAY, ORANGE, PAGE_WIDTH, PANEL_WIDTH, few_ticks, label, plt, run_styles, save

FILE = "rejuvenation.csv"
COLUMNS = ("rejuvenation_low", "rejuvenation_high", "volume_fraction", "eed_star_mean")
BINS = 41  # an odd number: a specimen with one value is in the middle of one
NARROWEST = 1e-3  # all bins together
LEAST_RANGE = 0.01  # of an axis
POINTS_UP_TO = 3000  # cells; beyond, their density is drawn


class Histogram:
    """Fractions of the volume by rejuvenation degree, and the mean EED* of each (NaN where nobody is)."""

    def __init__(self, low, high, fraction, eed_star):
        self.low, self.high, self.fraction, self.eed_star = low, high, fraction, eed_star
        self.middle = 0.5 * (low + high)


def written_histogram(run):
    """What revitra-fem has counted over the points at the end."""
    path = run.directory / FILE
    table = read_table(path)
    missing = [name for name in COLUMNS if name not in table]
    if missing:
        raise PlotError(f"{path}: has no column {', '.join(missing)}; remove it, and the cells of the fields are counted instead")
    return Histogram(*(table[name] for name in COLUMNS))


def counted_histogram(rejuvenation, eed_star, volumes):
    """Counted over cells. 1 is an edge of the bins if there are values on both sides of it."""
    low, high = rejuvenation.min(), rejuvenation.max()
    if high - low < NARROWEST:
        low, high = 0.5 * (low + high - NARROWEST), 0.5 * (low + high + NARROWEST)
    width = (high - low) / BINS
    if rejuvenates_and_ages(low)[1] and rejuvenates_and_ages(high)[0]:
        low = 1 - np.ceil((1 - low) / width) * width
        high = 1 + np.ceil((high - 1) / width) * width
    edges = np.linspace(low, high, round((high - low) / width) + 1)
    volume, _ = np.histogram(rejuvenation, edges, weights=volumes)
    energy, _ = np.histogram(rejuvenation, edges, weights=volumes * eed_star)
    mean = np.divide(energy, volume, out=np.full_like(volume, np.nan), where=volume > 0)
    return Histogram(edges[:-1], edges[1:], volume / volumes.sum(), mean)


def record_of(run, at):
    return read_record(*choose_record(run, **at)) if has_fields(run) else None


def histogram_of(run, record, is_end):
    """The written one if it is of this time, else the counted one."""
    if is_end and (run.directory / FILE).exists():
        return written_histogram(run)
    return counted_histogram(record.field("rejuvenation", run), record.field("eed_star", run), record.volumes)


def has_rejuvenation(run):
    return has_fields(run) or (run.directory / FILE).exists()


def draw_bars(panel, histogram):
    """Colored as in the fields, and no narrower than can be seen."""
    low, high = (pick(edges[histogram.fraction > 0]) for pick, edges in ((np.min, histogram.low), (np.max, histogram.high)))
    colors = color_scale("rejuvenation", low, high)
    width = np.maximum(histogram.high - histogram.low, 0.008 * max(max(high, 1) - min(low, 1), LEAST_RANGE))
    panel.bar(histogram.middle, histogram.fraction, width, edgecolor=GRAY, linewidth=0.4, color=colors.cmap(colors.norm(histogram.middle)))
    panel.set_ylim(top=1.05 * histogram.fraction.max())


def finish_histogram(panel, run, fractions):
    """A line at 1, and a logarithmic axis if small parts would not be seen."""
    panel.axvline(1, color=GRAY, linewidth=0.8, zorder=0)
    panel.set_xlabel(label(run, "rejuvenation"))
    panel.set_ylabel("volume fraction")
    used = fractions[fractions > 0]
    if used.min() < 0.01 * used.max():
        panel.set_yscale("log")
        panel.set_ylim(0.5 * used.min(), 2 * used.max())
    else:
        few_ticks(panel.yaxis)
    few_ticks(panel.xaxis)
    panel.set_xlim(wide_enough(*panel.get_xlim()))


def wide_enough(low, high):
    """Limits that do not blow up rounding."""
    more = max(0.0, 0.5 * (LEAST_RANGE - (high - low)))
    return low - more, high + more


def draw_local(panel, run, record, histogram):
    """RD over EED* of the cells, of the bins, and of the whole specimen in the course of the run."""
    history = run.history
    if record is not None:
        draw_cells(panel, record.field("eed_star", run), record.field("rejuvenation", run), record.volumes / record.volumes.sum())
    panel.plot(histogram.eed_star, histogram.middle, "s", color=ORANGE, markersize=3, markeredgecolor=BLACK, markeredgewidth=0.3,
               label="mean of each bin")
    if "eed_star" in history:
        panel.plot(history["eed_star"], history["rejuvenation"], color=BLACK, linewidth=1, label="specimen, during the run")
    panel.axhline(1, color=GRAY, linewidth=0.8, zorder=0)
    panel.set_xlabel("local " + label(run, "eed_star"))
    panel.set_ylabel("local " + label(run, "rejuvenation"))
    for axis in (panel.xaxis, panel.yaxis):
        few_ticks(axis)
    panel.set_xlim(wide_enough(*panel.get_xlim()))
    panel.set_ylim(wide_enough(*panel.get_ylim()))
    panel.legend()


def draw_cells(panel, eed_star, rejuvenation, fractions):
    """Points if there are few, else the volume by color."""
    if len(fractions) <= POINTS_UP_TO:
        sizes = 12 * np.clip(fractions * len(fractions), 0.2, 5)
        panel.scatter(eed_star, rejuvenation, sizes, color=BLUE, alpha=0.5, linewidth=0, label="cells")
        return
    drawn = panel.hexbin(eed_star, rejuvenation, C=fractions, reduce_C_function=np.sum, gridsize=50, mincnt=1, norm=LogNorm(),
                         cmap="viridis", linewidth=0.1)
    panel.figure.colorbar(drawn, ax=panel, label="volume fraction", aspect=25, pad=0.02)


def draw_one(run, at, folder, kind):
    """All of the picture of one run, at a record or at the end."""
    record, is_end = record_of(run, at), not any(value is not None for value in at.values())
    histogram = histogram_of(run, record, is_end)
    figure, (bars, local) = plt.subplots(1, 2, figsize=(PAGE_WIDTH + 0.6, 3.2), constrained_layout=True)
    draw_bars(bars, histogram)
    finish_histogram(bars, run, histogram.fraction)
    if record is not None:
        bars.set_title(who_does(record.field("rejuvenation", run), record.volumes))
    draw_local(local, run, record, histogram)
    return save(figure, folder, "rejuvenation", kind)


def draw_several(runs, folder, kind):
    """The histograms of several runs at their ends, as lines."""
    figure, panel = plt.subplots(figsize=(1.3 * PANEL_WIDTH, 3.2), constrained_layout=True)
    histograms = [histogram_of(run, record_of(run, {}), True) for run in runs]
    for run, histogram, style in zip(runs, histograms, run_styles(len(runs))):
        panel.stairs(histogram.fraction, np.append(histogram.low, histogram.high[-1]), label=run.name, linewidth=1.2, **style)
    finish_histogram(panel, runs[0], np.concatenate([histogram.fraction for histogram in histograms]))
    panel.legend()
    return save(figure, folder, "rejuvenation", kind)

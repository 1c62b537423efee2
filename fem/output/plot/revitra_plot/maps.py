"""fields.png: the specimen in the colors of its fields."""

from math import ceil, sqrt

import numpy as np
from matplotlib.collections import PolyCollection

from . import solid
from .colors import color_scale
from .fields import read_record
from .style import GRAY, PAGE_WIDTH, digits, few_ticks, label, number, plt, save

DEFAULT_FIELDS = ("free_volume", "rejuvenation", "eed", "plastic_strain")
REJUVENATION_TOLERANCE = 1e-3
MESH_IS_SHOWN_UP_TO = 600  # cells of a view
MESH_COLOR = (0.5, 0.5, 0.5, 0.6)  # can be seen on dark and on pale colors
RASTERIZED_FROM = 5000  # polygons, in PDF and SVG


def views(record, scale):
    """What is drawn of the record in every field: polygons by the names of the views."""
    if record.dimension == 2:
        return {"": solid.cells_in_plane(record, scale)}
    return {"outside": solid.visible_faces(record, scale), "slice": solid.mid_plane_slice(record, scale)}


def extent(polygons):
    """The corners of the box around polygons."""
    points = np.concatenate([corners.reshape(-1, 2) for corners in polygons.corners])
    return points.min(axis=0), points.max(axis=0)


def color_scales(names, run, record):
    return {name: color_scale(name, *(pick(record.field(name, run)) for pick in (np.min, np.max))) for name in names}


def draw_fields(run, file, names, scale, folder, kind):
    """All of the picture, of the record in a file."""
    record = read_record(*file)
    figure = figure_of(run, record, views(record, scale), color_scales(names, run, record), scale)
    return save(figure, folder, "fields", kind)


def figure_of(run, record, seen, scales, scale, limits=None):
    """A figure with a panel for every field and view; limits of the views, if they are not to be those of the record."""
    limits = limits or {name: extent(polygons) for name, polygons in seen.items()}
    figure, axes = panel_grid(len(scales), list(limits.values()))
    for panels, (name, colors) in zip(axes, scales.items()):
        values = record.field(name, run)
        for panel, (view, polygons) in zip(panels, seen.items()):
            drawn = draw_polygons(panel, polygons, values, colors)
            frame(panel, *limits[view])
            name_axes(panel, view, record.origin)
        panels[0].set_title(title(name, values, record, run))
        bar = figure.colorbar(drawn, ax=list(panels), shrink=0.85, aspect=25, pad=0.02)
        finish_bar(bar, colors)
    figure.suptitle(caption(run, record, scale))
    return figure


def panel_grid(n_fields, limits):
    """A figure and the panels of each field: those of one field below each other, in as many columns as suits their shape."""
    sizes = [high - low for low, high in limits]
    aspect = sum(height for _, height in sizes) / max(width for width, _ in sizes)
    columns = n_fields if aspect > 1.4 else 1 if aspect < 0.35 else ceil(sqrt(n_fields))
    rows = ceil(n_fields / columns)
    width = min(PAGE_WIDTH / columns, 4.5) if columns < 4 else 2.3
    height = min(max((width - 1.0) * aspect, 0.7) + 0.75, 9.0 if rows == 1 else 7.0)
    figure = plt.figure(figsize=(width * columns, height * rows + 0.3), constrained_layout=True)
    ratios = [size[1] for size in sizes]
    grid = figure.add_gridspec(rows * len(sizes), columns, height_ratios=ratios * rows)
    panels = [
        [figure.add_subplot(grid[row * len(sizes) + view, column]) for view in range(len(sizes))]
        for row in range(rows) for column in range(columns)
    ]
    for unused in panels[n_fields:]:
        for panel in unused:
            panel.remove()
    return figure, panels[:n_fields]


def draw_polygons(panel, polygons, values, colors):
    """Colored polygons; their edges are the mesh if that is coarse, else they close the gaps between them."""
    few = len(polygons.cells) <= MESH_IS_SHOWN_UP_TO and isinstance(polygons.corners, np.ndarray)
    drawn = PolyCollection(
        polygons.corners, array=values[polygons.cells], cmap=colors.cmap, norm=colors.norm, linewidth=0.3,
        edgecolor=MESH_COLOR if few else "face", rasterized=len(polygons.cells) > RASTERIZED_FROM,
    )
    panel.add_collection(drawn)
    return drawn


def frame(panel, low, high):
    margin = 0.02 * max(high - low)
    panel.set_xlim(low[0] - margin, high[0] + margin)
    panel.set_ylim(low[1] - margin, high[1] + margin)
    panel.set_aspect("equal")


def name_axes(panel, view, origin):
    """Coordinates where the plane is that of x and y, directions where it is not."""
    if view == "outside":
        panel.set_axis_off()
        directions(panel)
        return
    if panel.get_subplotspec().is_last_row():
        panel.set_xlabel(coordinate("x", origin[0]) + ("" if not view else ", at the middle of z"), labelpad=1)
    few_ticks(panel.xaxis, 3)
    few_ticks(panel.yaxis, 5)
    if panel.get_subplotspec().is_first_col():
        far = origin[1] != 0
        panel.set_ylabel(coordinate("y", origin[1]), rotation=90 if far else 0, ha="center" if far else "right", va="bottom" if far else "center")
    else:
        panel.set_yticklabels([])


def coordinate(name, origin):
    """What is at an axis on which coordinates are counted from a place."""
    return name if origin == 0 else f"{name} {'-' if origin > 0 else '+'} {abs(origin):.10g}"


def directions(panel):
    """Arrows along x, y and z in the lower left corner."""
    right, up, _ = solid.projection()
    for i, name in enumerate("xyz"):
        tip = 18 * right[i], 18 * up[i]
        panel.annotate("", tip, (0, 0), xycoords="axes points", textcoords="axes points", annotation_clip=False,
                       arrowprops={"arrowstyle": "->", "color": GRAY, "shrinkA": 0, "shrinkB": 0, "linewidth": 0.8})
        panel.annotate(name, (1.35 * tip[0], 1.35 * tip[1]), xycoords="axes points", ha="center", va="center", fontsize=7, color=GRAY,
                       annotation_clip=False)


def title(name, values, record, run):
    """The name of a field, and of the rejuvenation degree how much of the volume it is about."""
    if name != "rejuvenation":
        return label(run, name)
    return f"{label(run, name)}\n{who_does(values, record.volumes)}"


def who_does(rejuvenation, volumes):
    """How much of the volume rejuvenates and ages."""
    parts = [100 * volumes[chosen].sum() / volumes.sum() for chosen in rejuvenates_and_ages(rejuvenation)]
    return f"rejuvenates: {parts[0]:.3g} %, ages: {parts[1]:.3g} %"


def rejuvenates_and_ages(rejuvenation):
    """Which values say so, by more than errors of integration."""
    return rejuvenation > 1 + REJUVENATION_TOLERANCE, rejuvenation < 1 - REJUVENATION_TOLERANCE


def finish_bar(bar, colors):
    bar.outline.set_linewidth(0.5)
    if colors.ticks is not None:
        bar.set_ticks(colors.ticks)
        bar.set_ticklabels([f"{tick:.5g}" for tick in colors.ticks])


def caption(run, record, scale):
    """Which run, when, and what the shape is."""
    time = record.time * run.scale("time")
    strain, stress = run.at_time("strain", time), run.at_time("stress", time)
    words = [f"strain {number(run, strain, 'strain')}", f"stress {number(run, stress, 'stress')}"]
    if run.time_matters:
        words.append(f"time {number(run, time, 'time')}" if run.physical else f"time {digits(time)}")
    if scale == 0:
        words.append("undeformed shape")
    elif scale != 1:
        words.append(rf"displacements $\times$ {scale:g}")
    return f"{run.name}: {', '.join(words)}"

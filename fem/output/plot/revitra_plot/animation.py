"""frames/: fields.png of every record, all with the same colors and limits, and animation.gif of them."""

import numpy as np
from PIL import Image

from .colors import color_scale
from .errors import WriteError
from .fields import read_record, record_files
from .maps import extent, figure_of, views
from .run import reason
from .style import save

MILLISECONDS_A_FRAME = 250
GRAYS = 16


def ranges(run, files, names, scale):
    """Over all records: the limits of each view, and of each field the least, the largest and the last record's least value."""
    limits, values = {}, {name: [] for name in names}
    for file in files:
        record = read_record(*file)
        for view, polygons in views(record, scale).items():
            limits.setdefault(view, []).append(extent(polygons))
        for name in names:
            field = record.field(name, run)
            values[name].append((field.min(), field.max()))
    for view, boxes in limits.items():
        lows, highs = zip(*boxes)
        limits[view] = np.min(lows, axis=0), np.max(highs, axis=0)
    return limits, {name: (min(low for low, _ in pairs), max(high for _, high in pairs), pairs[-1][0]) for name, pairs in values.items()}


def draw_frames(run, names, scale, folder):
    """The frames, one after the other, and the animation of them; yields each file."""
    files = record_files(run)
    limits, values = ranges(run, files, names, scale)
    scales = {name: color_scale(name, *values[name]) for name in names}
    frames = []
    for number, file in enumerate(files, start=1):
        record = read_record(*file)
        figure = figure_of(run, record, views(record, scale), scales, scale, limits)
        frames.append(save(figure, folder / "frames", f"fields_{number:04d}", "png"))
        yield frames[-1]
    yield join_frames(frames, palette_of(scales), folder / "animation.gif")


def palette_of(scales):
    """256 colors, all that a GIF has: grays for lines and letters, and as many as possible of each map."""
    maps = {scale.cmap.name + str(scale.cmap.N): scale.cmap for scale in scales.values()}
    count = (256 - GRAYS) // len(maps)
    colors = [cmap(np.linspace(0, 1, count))[:, :3] for cmap in maps.values()] + [np.linspace([0, 0, 0], [1, 1, 1], GRAYS)]
    palette = Image.new("P", (1, 1))
    palette.putpalette((255 * np.concatenate(colors)).round().astype(np.uint8).tobytes())
    return palette


def join_frames(frames, palette, path):
    """The animation, at half the size."""
    images = []
    for frame in frames:
        image = Image.open(frame).convert("RGB")
        image = image.resize((image.width // 2, image.height // 2), Image.LANCZOS)
        images.append(image.quantize(palette=palette, dither=Image.Dither.NONE))
    try:
        images[0].save(path, save_all=True, append_images=images[1:], duration=MILLISECONDS_A_FRAME, loop=0)
    except OSError as error:
        raise WriteError(f"{path}: cannot be written: {reason(error)}") from error
    return path

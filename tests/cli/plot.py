#!/usr/bin/env python3
"""revitra-plot as a user runs it, on what revitra-fem has written: plot.py BIN_DIR SOURCE_DIR        (in an empty directory)

What is drawn is compared with what is known otherwise: means of fields with the history, areas with the EED, parts of the volume and of
the picture with the layers of the deck. Then files, statuses and messages.
"""

import base64
import pathlib
import re
import shutil
import sys
import zlib

sys.dont_write_bytecode = True
bin_dir, source_dir = map(pathlib.Path, sys.argv[1:3])
sys.path[:0] = [str(source_dir / "tests/examples"), str(source_dir / "fem/output/plot")]

import matplotlib.image
import numpy as np
from checks import check, finish, run
from revitra_plot import curves, fields, rejuvenation, solid, vtu
from revitra_plot.colors import color_scale
from revitra_plot.errors import PlotError
from revitra_plot.run import read_run, read_table

BAND = 0.1  # height of the softer layer, at the top
PICTURES = ("curve", "history", "fields", "rejuvenation")

# name: what is unlike the empty deck, short and coarse
SPECIMENS = {
    "layers": {"Material/Initial free volume": f"y<{1 - BAND} ? 0.05 : 0.055", "Specimen/Subdivisions": "3,10",
               "Loading/Program": "rate 1e-4 until strain 0.15", "Output/Fields interval": "0.05"},
    "hole": {"Specimen/Mesh file": source_dir / "meshes/plate_with_hole.msh", "Loading/Program": "rate 1e-4 until strain 0.06",
             "Output/Units": "physical"},
    "box": {"Specimen/Dimension": "3", "Specimen/Size": "1,2,0.5", "Specimen/Subdivisions": "2,3,2",
            "Material/Initial free volume": "0.05+0.01*x+0.01*y", "Loading/Program": "rate 1e-3 until strain 0.12"},
    "one_cell": {"Specimen/Subdivisions": "1", "Loading/Program": "rate 1e-4 until strain 0.05; hold for 1e4"},
    "no_fields": {"Specimen/Subdivisions": "1", "Loading/Program": "rate 1e-4 until strain 0.05", "Output/Fields interval": "0"},
}
# within 1e-3 of time nothing flows
PULLED = {"Loading/Mode": "tension", "Loading/Program": "rate 1 until strain 1e-3", "Loading/Platens": "frictionless",
          "Specimen/Lateral boundary": "free", "Specimen/Subdivisions": "2"}
SHORT = {"Loading/Program": "rate 1e-4 until strain 0.06", "Output/Fields interval": "0.03"}
PLACES = {"near": 0.0, "centered": -0.5, "far": 1e8}  # of the lower corner of a square, x and y
# strained and warmed to where perturbations grow, in a unit of time of two seconds
WARMED = {"Material/Temperature": "0.85", "Loading/Program": "rate 1e-4 for 900, temperature to 0.9", "Output/Units": "physical",
          "Material/Time scale": "2"}
POINT = {"Loading/Program": "rate 1e-4 until strain 0.15; rate -1e-4 until strain -0.15; rate 1e-4 until strain 0.1"}


def compute():
    pathlib.Path("empty.prm").touch()
    for name, parameters in SPECIMENS.items():
        command(name, parameters, "mpirun", "-np", "2", bin_dir / "revitra-fem")
    command("pulled", PULLED, "mpirun", "-np", "2", bin_dir / "revitra-fem")
    for name, corner in PLACES.items():
        pathlib.Path(f"{name}.msh").write_text(square_mesh(corner), encoding="utf-8")
        command(name, {**SHORT, "Specimen/Mesh file": f"{name}.msh"}, "mpirun", "-np", "2", bin_dir / "revitra-fem")
    command("point", POINT, bin_dir / "revitra-point")
    command("warmed", {**WARMED, "Specimen/Subdivisions": "1"}, "mpirun", "-np", "2", bin_dir / "revitra-fem")
    command("warmed_point", WARMED, bin_dir / "revitra-point")


def square_mesh(corner):
    """A gmsh file of a unit square of 2 x 2 cells."""
    nodes = [f"{3 * j + i + 1} {corner + i / 2!r} {corner + j / 2!r} 0" for j in range(3) for i in range(3)]
    sides = {1: ("1 2", "2 3"), 2: ("7 8", "8 9"), 3: ("1 4", "4 7"), 4: ("3 6", "6 9")}
    elements = [f"1 2 {group} 1 {line}" for group, lines in sides.items() for line in lines]
    elements += [f"3 2 5 1 {n} {n + 1} {n + 4} {n + 3}" for n in (1, 2, 4, 5)]
    names = '1 1 "bottom"', '1 2 "top"', '1 3 "left"', '1 4 "right"', '2 5 "glass"'
    parts = {"PhysicalNames": names, "Nodes": nodes, "Elements": [f"{n} {text}" for n, text in enumerate(elements, 1)]}
    text = "$MeshFormat\n2.2 0 8\n$EndMeshFormat\n"
    return text + "".join("\n".join([f"${part}", str(len(lines)), *lines, f"$End{part}\n"]) for part, lines in parts.items())


def command(name, parameters, *tool):
    options = [part for parameter, value in parameters.items() for part in ("--set", f"{parameter}={value}")]
    done = run(*tool, "empty.prm", "--quiet", "--output", name, *options)
    check(done.returncode == 0, f"{name} was not computed: {done.stderr}")


def plot(*arguments, status=0, says=()):
    """Runs revitra-plot; a failure has to be one line that says all of the texts."""
    done = run(bin_dir / "revitra-plot", *arguments)
    what = f"revitra-plot {' '.join(map(str, arguments))}"
    check(done.returncode == status, f"{what}: status {done.returncode}: {done.stderr}")
    check(status == 0 or done.stderr.count("\n") == 1, f"{what}: not one line: {done.stderr}")
    for text in says:
        check(text in done.stderr + done.stdout, f"{what}: no '{text}' in: {done.stderr}")
    return done.stdout.split("\n")[:-1]


def last_record(result):
    return fields.read_record(*fields.choose_record(result))


def check_means():
    """Cells and their volumes, read from the pieces of two ranks (of which one is empty), give the averages of the history."""
    for name in ("layers", "hole", "box", "one_cell"):
        result = read_run(name)
        mean, expected = last_record(result).mean("free_volume"), result.history["free_volume"][-1]
        check(abs(mean / expected - 1) < 1e-6, f"{name}: mean free volume {mean} in the fields, {expected} in the history")
    energy, scale = last_record(read_run("hole")).mean("eed"), 157.0
    check(abs(scale * energy / read_run("hole").history["eed_mean"][-1] - 1) < 1e-5, "hole: mean EED in physical units")


def check_places():
    """Wherever a mesh is, its bottom platen stands still, its top moves by the strain, and the curve is the same.

    At 1e8, coordinates are rounded to 1.5e-8, in a cell of 0.5; field files have seven digits.
    """
    near = read_run("near")
    for name, corner in PLACES.items():
        result = read_run(name)
        record, stress = last_record(result), result.history["stress"]
        points, moved = record.points.reshape(-1, 3), record.displacement.reshape(-1, 3)
        check(record.origin == ((corner, corner, 0) if name == "far" else (0, 0, 0)), f"{name}: points are counted from {record.origin}")
        heights = points[:, 1] + record.origin[1] - corner
        for height, expected in ((0, 0), (1, result.history["strain"][-1])):
            ends = moved[np.abs(heights - height) < 1e-6]
            check(len(ends) and np.abs(ends - [expected, 0, 0]).max() < 1e-7, f"{name}: the platen at {height} moves by {ends}")
        check(len(stress) == len(near.history["stress"]) and np.abs(stress - near.history["stress"]).max() < 1e-6 * stress.max(),
              f"{name}: not the curve of the mesh at the origin")
        check(abs(record.volumes.sum() - 1) < 1e-6, f"{name}: volume {record.volumes.sum()}")


def check_tensor():
    """The whole stress: in shear, and in tension that is elastic and in plane strain, where s_zz is Poisson's ratio times s_yy."""
    for name in ("one_cell", "layers", "pulled"):
        result = read_run(name)
        pieces = [piece for file in fields.piece_files(fields.record_files(result)[-1][1]) for piece in vtu.read_pieces(file)]
        whole, pressure, stress = (np.concatenate([piece[field] for piece in pieces]).astype(float)
                                   for field in ("stress_tensor", "pressure", "stress"))
        tensor, size = whole.reshape(-1, 3, 3), np.abs(stress).max()
        along = (0, 1) if name != "pulled" else (1, 1)
        for what, error in {
            "is not symmetric": tensor - tensor.transpose(0, 2, 1),
            "has not the pressure": np.trace(tensor, axis1=1, axis2=2) + 3 * pressure,
            "has not the stress": tensor[:, along[0], along[1]] - stress,
            "has shear along z": tensor[:, 2, :2],
        }.items():
            check(np.abs(error).max() < 1e-6 * size, f"{name}: the stress tensor {what}")
    mean, ratio = result.history["stress"][-1], float(result.deck["Material/Poisson ratio"])
    expected = np.diag([0, mean, ratio * mean])
    check(np.abs(tensor - expected).max() < 1e-5 * mean, f"pulled: the stress is {tensor[0]}, not {expected}")


def check_growth():
    """Perturbations of a homogeneous specimen grow as those of a point, but for the 1e-5 of the specimen's stress in e^(stress/T)."""
    specimen, point = read_run("warmed"), read_run("warmed_point")
    (growth,), last = last_record(specimen).field("instability", specimen), point.history["instability"][-1]
    check(last > 1e-4 and abs(growth / last - 1) < 1e-4, f"warmed: growth rate {growth} in the field, {last} of the point")


def check_blocks():
    """Arrays of more than one block, as other versions of deal.II may write them."""
    blocks = [b"first block", b"and second"]
    packed = [zlib.compress(block) for block in blocks]
    header = np.array([2, 11, 10, *map(len, packed)], dtype="<u4").tobytes()
    text = (base64.b64encode(header) + base64.b64encode(b"".join(packed))).decode()
    check(vtu.unzipped_bytes(text, np.dtype("<u4")) == b"".join(blocks), "two compressed blocks are not read")


def check_volumes():
    record = last_record(read_run("box"))
    check(abs(record.volumes.sum() - 1) < 1e-6, f"box: volume {record.volumes.sum()}")
    for view, polygons, expected in (
        ("slice", solid.mid_plane_slice(record, 0), 2.0), ("faces", solid.visible_faces(record, 0), seen_of_box(1, 2, 0.5)),
    ):
        area = sum(map(polygon_area, polygons.corners))
        check(abs(area / expected - 1) < 1e-5, f"box: area {area} of the {view}, not {expected}")
    seen = record.points.mean(axis=(1, 2, 3))[solid.visible_faces(record, 0).cells]
    check(seen[-1].min() > 0.3 and not np.any(np.all(seen < [0.5, 1, 0.25], axis=1)), "box: seen from behind")
    frustum = [[[x, y, 0] for x in (0, 2)] for y in (0, 2)], [[[x, y, 3] for x in (0, 1)] for y in (0, 1)]
    volume = fields.cell_volumes(np.array([frustum], dtype=float), 3)[0]
    check(abs(volume - 7) < 1e-12, f"volume {volume} of a frustum, not 7")


def seen_of_box(x, y, z):
    """Area, from the direction of view, of the three sides of a box."""
    return np.dot(solid.VIEW, [y * z, x * z, x * y])


def polygon_area(corners):
    x, y = np.asarray(corners, dtype=float).T
    return abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2


def check_histogram():
    """The layers of the deck, of which the softer one alone rejuvenates much."""
    record = last_record(read_run("layers"))
    values, volumes = record.values["rejuvenation"], record.volumes
    histogram = rejuvenation.counted_histogram(values, record.values["eed_star"], volumes)
    check(abs(histogram.fraction.sum() - 1) < 1e-12, f"the fractions add up to {histogram.fraction.sum()}")
    much = histogram.fraction[histogram.low > 1.5].sum()
    check(abs(much - BAND) < 1e-6, f"{much} of the volume rejuvenates by more than half, not {BAND}")
    mean = np.nansum(histogram.fraction * histogram.eed_star)
    check(abs(mean / record.mean("eed_star") - 1) < 1e-9, f"EED* {mean} on average over the histogram")
    both = rejuvenation.counted_histogram(np.array([0.8, 0.99, 1.0, 1.3]), np.ones(4), np.array([1.0, 2.0, 3.0, 4.0]))
    ages = both.fraction[both.high < 1 + 1e-9].sum()
    check(abs(ages - 0.3) < 1e-12, f"{ages} of the volume ages, not 0.3")


def check_area():
    """What is shaded is the EED, in cycles too, within the error of the trapezoidal rule."""
    for name, bound in (("layers", 3e-3), ("hole", 3e-3), ("point", 3e-5)):
        result = read_run(name)
        parts = curves.excursions(*(result.history[column] for column in ("strain", "stress", "sigma_c")))
        area = sum(np.trapz(stress - threshold, strain) for strain, stress, threshold in parts)
        check(abs(area / result.summary["eed"] - 1) < bound, f"{name}: the area is {area}, the EED {result.summary['eed']}")
        check(len(parts) == (3 if name == "point" else 1), f"{name}: {len(parts)} areas")
    ((strain, stress, threshold),) = curves.excursions(np.array([0.0, 1, 2]), np.array([0.0, -4, 0]), np.array([0.0, 1, 1]))
    area = np.trapz(stress - threshold, strain)
    check(abs(area + 2.25) < 1e-12, f"area {area} of a triangle, not -2.25")


def pixels(path):
    return matplotlib.image.imread(path)[..., :3]


def check_pictures():
    """All of them by default; none is blank."""
    for name in ("layers", "hole", "box", "one_cell", "far"):
        check(plot(name) == [f"{name}/{picture}.png" for picture in PICTURES], f"{name}: not all pictures")
        for picture in PICTURES:
            image = pixels(f"{name}/{picture}.png")
            check(min(image.shape[:2]) > 400 and image.std() > 0.03, f"{name}/{picture}.png is small or blank")
    check(plot("point") == ["point/curve.png", "point/history.png"], "point: not the two curves")
    check(plot("layers", "one_cell", "--output", "both") == [f"both/{name}.png" for name in ("curve", "history", "rejuvenation")],
          "two runs: not the three pictures")
    for kind, start in (("pdf", b"%PDF"), ("svg", b"<?xml")):
        for file in plot("layers", "--format", kind, "--output", kind, "--at", "0.05"):
            check(pathlib.Path(file).read_bytes().startswith(start), f"{file} is no {kind}")


def check_colors():
    """The softer layer's color takes the tenth of the specimen at the top."""
    plot("layers", "--only", "fields", "--fields", "rejuvenation", "--undeformed", "--output", "colors")
    image = pixels("colors/fields.png")
    image = image[:, : round(0.8 * image.shape[1])]  # without the color bar
    band, rest = (np.argwhere(np.all(np.abs(image - color) < 0.02, axis=-1)) for color in ((0.404, 0.0, 0.122), (0.969, 0.966, 0.965)))
    share = len(band) / (len(band) + len(rest))
    check(abs(share - BAND) < 0.01, f"{share} of the picture is red, not {BAND}")
    check(len(band) and band[:, 0].max() < np.quantile(rest[:, 0], 0.05), "the band is not at the top")


def check_growth_colors():
    """White where perturbations neither grow nor decay, red where they grow, and blue as pale as its share of the largest."""
    scale, symmetric = color_scale("instability", -1.0, 3.0), matplotlib.cm.get_cmap("RdBu_r")
    for value in (-1.0, 0.0, 1.0, 3.0):
        color, expected = scale.cmap(scale.norm(value)), symmetric(0.5 + value / 6)
        check(np.allclose(color, expected, atol=0.02), f"growth rate {value}: color {color}, not {expected}")
    at_rest = color_scale("instability", 0.0, 0.0)
    check(np.allclose(at_rest.cmap(at_rest.norm(0.0))[:3], 0.97, atol=0.01), "glass at rest is not white")
    check(plot("layers", "--only", "fields", "--fields", "instability", "--output", "growth") == ["growth/fields.png"], "no growth rates")


def check_written_histogram():
    """rejuvenation.csv is drawn if it is there."""
    shutil.copytree("one_cell", "counted")
    histogram = "rejuvenation_low,rejuvenation_high,volume_fraction,eed_star_mean\n0.9,1,0.25,0.01\n1,1.2,0,nan\n1.2,1.3,0.75,0.2\n"
    pathlib.Path("counted/rejuvenation.csv").write_text(histogram, encoding="utf-8")
    written = rejuvenation.histogram_of(read_run("counted"), None, True)
    check(list(written.fraction) == [0.25, 0, 0.75], f"fractions {written.fraction}")
    plot("counted", "--only", "rejuvenation", "--output", "written")
    check(not np.array_equal(pixels("written/rejuvenation.png"), pixels("one_cell/rejuvenation.png")), "the file is not drawn")
    (pathlib.Path("counted") / "rejuvenation.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    plot("counted", status=2, says=["counted/rejuvenation.csv", "no column rejuvenation_low"])


def check_animation():
    files = plot("layers", "--only", "curve", "--animate", "--output", "moving")
    records = len(fields.record_files(read_run("layers")))
    check(len(list(pathlib.Path("moving/frames").glob("*.png"))) == records >= 4, f"not {records} frames")
    check(files[-1] == "moving/animation.gif" and pathlib.Path(files[-1]).read_bytes().startswith(b"GIF"), "no animation")
    sizes = {pixels(frame).shape for frame in pathlib.Path("moving/frames").iterdir()}
    check(len(sizes) == 1, f"frames of the sizes {sizes}")


def check_problems():
    plot("--help", says=["examples:", "--at 0.1", "exit status"])
    plot("nowhere", status=2, says=["nowhere: there is no such directory", "--output"])
    plot("both", status=2, says=["both: there is no history.csv"])
    plot("layers", "--nonsense", status=2, says=["--nonsense", "--help"])
    plot(status=2, says=["DIR", "--help"])
    plot("layers", "--only", "picture", status=2, says=["--only picture", "curve, history, fields, rejuvenation"])
    plot("layers", "--fields", "free_volum", status=2, says=["'free_volum'", "free_volume"])
    plot("layers", "one_cell", "--at", "0.1", status=2, says=["give one directory"])
    plot("layers", "hole", status=2, says=["different Output/Units"])
    plot("no_fields", says=["note: ", "Output/Fields interval = 0", "no_fields/curve.png"])
    for option in (["--only", "fields"], ["--at", "0.1"], ["--animate"]):
        plot("no_fields", *option, status=2, says=["Output/Fields interval = 0", "run again with"])
    plot("no_fields", "--only", "rejuvenation", says=["rejuvenation.png"])  # rejuvenation.csv is enough for it
    plot("point", "--fields", "eed", status=2, says=["revitra-point", "revitra-fem"])
    plot("layers", "--only", "curve", "--output", "empty.prm/here", status=4, says=["empty.prm/here", "cannot be written"])


def check_names():
    """Directories whose names mean something to matplotlib, and a history that a spreadsheet has saved."""
    for name in (r"run  A $\bad$ #1", "_hidden", "one$", " $x$"):
        shutil.copytree("point", name)
        plot(name, "point", "--only", "curve,history", "--output", "named")
    label = read_run("_hidden").name
    check(label == " _hidden", f"the label of _hidden is {label}")
    history = pathlib.Path("_hidden/history.csv")
    lines = history.read_text(encoding="utf-8").splitlines()
    history.write_bytes(b"\xef\xbb\xbf" + "".join('"' + line.replace(",", '","') + '"\r\n' for line in lines).encode())
    saved, ours = read_run("_hidden").history, read_run("point").history
    check(list(saved) == list(ours) and all(np.array_equal(saved[name], ours[name], equal_nan=True) for name in ours), "spreadsheet")


def collapsed_points(found):
    """A match of an array of points, which deal.II compresses in one block, with all of them at 0."""
    header = np.frombuffer(base64.b64decode(found[0][len(found[1]):].split("<")[0].strip()[:24]), "<u4")
    data = zlib.compress(bytes(int(header[1])))
    return found[1] + (base64.b64encode(np.array([1, header[1], header[1], len(data)], "<u4").tobytes())
                       + base64.b64encode(data)).decode() + found[2]


def check_damage():
    """Files that end too early, or are gone."""
    shutil.copytree("layers", "damaged")
    folder, last = pathlib.Path("damaged/fields"), len(fields.record_files(read_run("layers")))
    piece = folder / f"fields_{last:04d}.1.vtu"
    whole = piece.read_bytes()
    for size in (0, 100, len(whole) // 2, len(whole) - 20):
        piece.write_bytes(whole[:size])
        plot("damaged", "--only", "fields", status=2, says=[str(piece), "truncated", "run again"])
    plot("damaged", "--only", "fields", "--at", "0", "--output", "first")
    text = whole.decode().split('Name="free_volume"')
    piece.write_text(text[0] + 'Name="free_volume"' + text[1].replace("A", "B", 4), encoding="utf-8")
    plot("damaged", "--only", "fields", status=2, says=[str(piece), "cannot be read"])
    piece.unlink()
    plot("damaged", "--only", "fields", status=2, says=[str(piece), "missing"])
    shutil.copytree("far", "flattened")
    flat = max(pathlib.Path("flattened/fields").glob("*.pvtu"))
    for vtu_file in fields.piece_files(flat):
        text = vtu_file.read_text(encoding="utf-8")
        vtu_file.write_text(re.sub(r"(<Points>.*?>).*?(</DataArray>)", collapsed_points, text, flags=re.DOTALL), encoding="utf-8")
    plot("flattened", status=2, says=[str(flat), "have no volume", "run again"])
    shutil.copytree("layers", "strange")
    pathlib.Path("strange/summary.json").write_text("[1, 2]", encoding="utf-8")
    plot("strange", status=2, says=["strange: cannot be drawn"])
    history = pathlib.Path("damaged/history.csv")
    lines = history.read_text(encoding="utf-8").splitlines(keepends=True)
    history.write_text("".join(lines[:-1]) + lines[-1][:20], encoding="utf-8")
    check(len(read_run("damaged").history["time"]) == len(lines) - 2, "half a last row is not left out")
    history.write_text("".join([*lines[:3], lines[3][:20] + "\n", *lines[4:]]), encoding="utf-8")
    plot("damaged", status=2, says=["damaged/history.csv: line 4"])
    history.write_text(lines[0], encoding="utf-8")
    plot("damaged", status=2, says=["damaged/history.csv: has no rows"])


def check_tables():
    """Tables follow the rules of the executables: what an editor or a spreadsheet makes of one is the same table."""
    path = pathlib.Path("table.csv")
    for text in (b"time,strain\n0,1\n2,3\n", b"\xef\xbb\xbf# note\r\n\r\ntime,strain\r\n0,1\r\n  # note\r\n2,3", b"time,strain\r0,1\r\r2,3\r",
                 b",,\ntime,strain,,\n0,1,,\n,,,\n2,3,,\n,,", b'"time", strain\n"0", 1\n2,"3"\n', b"time,strain\n0,1\n2,3\n4", b"time,strain\n0,1\n2,3\n4,"):
        path.write_bytes(text)
        try:
            table = {name: list(column) for name, column in read_table(path).items()}
        except PlotError as error:
            table = str(error)
        check(table == {"time": [0, 2], "strain": [1, 3]}, f"{text} is read as {table}")
    for text, says in (("time,strain\n0,1\n\n2\n3,4\n", "table.csv: line 4 has 1 cells for 2 columns"), ("time,strain\n0,1,2\n", "line 2 has 3 cells"),
                       ("# note\ntime,strain\n0,soon\n", "table.csv: line 3, strain = soon: allowed is a number"),
                       ("time,strain\n0,\n", "line 2, strain = : allowed is a number"), ('time,strain\n"0,1\n', "line 2: a double quote is not closed"),
                       ("time;strain\n0,5;1\n", "table.csv: line 1 'time;strain': semicolons"), ("time,strain\n", "table.csv: has no rows"), ("", "has no rows")):
        path.write_text(text, encoding="ascii")
        check_refused(path, says)
    path.write_bytes("time\n0\n".encode("utf-16"))
    check_refused(path, "table.csv: cannot be read: byte 1 is not UTF-8; save it again")


def check_refused(path, says):
    """A table is refused with one line that says this."""
    try:
        check(False, f"{path.read_bytes()} is read as {read_table(path)}")
    except PlotError as error:
        check(says in str(error) and "\n" not in str(error), f"no '{says}' in: {error}")


compute()
for part in (check_tables, check_means, check_places, check_tensor, check_growth, check_blocks, check_volumes, check_histogram, check_area, check_pictures,
             check_colors, check_growth_colors, check_written_histogram, check_animation, check_problems, check_names, check_damage):
    part()
finish()

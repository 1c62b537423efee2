"""What a run has left in its directory, and whether two runs left the same."""

import csv
import hashlib
import json
import math
import re
import sys
from xml.etree import ElementTree

try:  # Debian's python3-vtk9, which only campaigns in full ask for
    from vtkmodules.vtkIOXML import vtkXMLPUnstructuredGridReader, vtkXMLUnstructuredGridReader
except ImportError:
    vtkXMLUnstructuredGridReader = None

# What the clock says, and which differs from run to run.
CLOCK = ("wall_seconds", "seconds")
# Counts that rounding may change with the number of processes, and one more solve at a stop; and what that number is.
WORK = ("stage_solves", "newton_iterations", "linear_iterations", "preconditioners", "ranks")
# How near values have to be to those of the undisturbed run, as a part of the peak of their column.
BITS = 0.0
NEAR = 1e-9  # several processes: the parallel direct solver of the coarsest level adds in the order in which messages come
ROUGHLY = 1e-6  # other numbers of processes, or checkpoints after other steps


def load_reader(source):
    """The reader of field files that revitra-plot has."""
    sys.path.insert(0, str(source / "fem/output/plot"))
    from revitra_plot import vtu  # pylint: disable=import-outside-toplevel

    return vtu


def rows(directory):
    """history.csv, a dictionary of texts a row."""
    with open(directory / "history.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def row_count(directory):
    """Complete rows of history.csv, which may not be there yet."""
    try:
        return max(0, (directory / "history.csv").read_bytes().count(b"\n") - 1)
    except OSError:
        return 0


def checkpoints(directory):
    """The folders of checkpoints, the last one first."""
    return sorted((directory / "checkpoint").glob("step_*"), reverse=True)


def records(directory):
    """Times and files of fields.pvd."""
    root = ElementTree.parse(directory / "fields.pvd").getroot()
    return [(float(entry.get("timestep")), entry.get("file")) for entry in root.iter("DataSet")]


def pieces(record):
    """The .vtu files of a record."""
    if record.suffix == ".vtu":
        return [record]
    return [record.parent / piece.get("Source") for piece in ElementTree.parse(record).getroot().iter("Piece")]


def digest(directory):
    """What is in a directory, file by file."""
    return {str(path.relative_to(directory)): hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "folder"
            for path in sorted(directory.rglob("*"))}


def read_all(path, reader):
    """Reads every array of a .vtu file, and says how many pieces with cells it has; a process may have none."""
    root = reader.parse_xml(path)
    filled = [piece for piece in root.iter("Piece") if int(piece.get("NumberOfCells")) > 0]
    for part in [*root.iter("FieldData"), *filled]:
        for entry in part.iter("DataArray"):
            reader.read_array(entry, root)
    return len(reader.read_pieces(path))


def said_by_vtk(record):
    """What VTK has to say against a record, where it is installed."""
    if not vtkXMLUnstructuredGridReader:
        return ""
    said = []
    reader = vtkXMLUnstructuredGridReader() if record.suffix == ".vtu" else vtkXMLPUnstructuredGridReader()
    reader.AddObserver("ErrorEvent", lambda *_: said.append("an error"))
    reader.AddObserver("WarningEvent", lambda *_: said.append("a warning"))
    reader.SetFileName(str(record))
    reader.Update()
    grid = reader.GetOutput()
    if not grid.GetNumberOfCells() or not grid.GetPointData().GetArray("free_volume"):
        said.append("no free volume")
    return f"VTK reads {record}: {', '.join(said)}" if said else ""


def unreadable_fields(directory, reader):
    """What is wrong with the records that fields.pvd names; one sentence or none."""
    if not (directory / "fields.pvd").exists():
        return ""
    try:
        for _, name in records(directory):
            if not any([read_all(path, reader) for path in pieces(directory / name)]):
                return f"{name} has no cells"
            if said := said_by_vtk(directory / name):
                return said
    except Exception as error:  # pylint: disable=broad-except
        return f"fields: {type(error).__name__}: {error}"
    return ""


def summary(directory):
    """summary.json without what the clock says."""
    said = json.loads((directory / "summary.json").read_text(encoding="utf-8"))
    return {name: value for name, value in said.items() if name not in CLOCK}


def differences(expected, found, reader, tolerance):
    """In what the directory `found` is not what `expected` is; a list of sentences. With the tolerance BITS that is every bit."""
    try:
        problems = [unreadable_fields(found, reader)]
        problems += exact_differences(expected, found) if tolerance == BITS else near_differences(expected, found, tolerance)
    except (OSError, KeyError, ValueError, ElementTree.ParseError) as error:
        problems = [f"{type(error).__name__}: {error}"]
    return [problem for problem in problems if problem]


def content(path):
    """What a file says, without the comment with the date that deal.II puts into it."""
    return re.sub(rb"<!--.*?-->", b"", path.read_bytes(), flags=re.DOTALL) if path.suffix in (".pvd", ".pvtu") else path.read_bytes()


def exact_differences(expected, found):
    """Every bit of curve, fields and summary."""
    names = ["history.csv", "fields.pvd", "rejuvenation.csv"]
    for _, name in records(expected):
        names += [name, *(str(piece.relative_to(expected)) for piece in pieces(expected / name))]
    problems = [f"{name} is not that of the undisturbed run" for name in names
                if not (found / name).exists() or content(expected / name) != content(found / name)]
    first, second = summary(expected), summary(found)
    problems += [f"summary.json: {name} is {second.get(name)} and not {first.get(name)}" for name in sorted(first.keys() | second.keys())
                 if first.get(name) != second.get(name)]
    return problems


def distance(first, second):
    """Between two numbers; that of nan to itself is 0."""
    if math.isnan(first) or math.isnan(second):
        return 0.0 if math.isnan(first) and math.isnan(second) else math.inf
    return abs(first - second)


def near_differences(expected, found, tolerance):
    """As many rows, each value within the tolerance, and the same records."""
    first, second = rows(expected), rows(found)
    if len(first) != len(second):
        return [f"{len(second)} rows and not {len(first)}"]
    problems = []
    for column in first[0]:
        if column in WORK:
            continue
        pairs = [(float(a[column]), float(b[column])) for a, b in zip(first, second)]
        peak = max((abs(a) for a, _ in pairs if not math.isnan(a)), default=0.0)
        worst = max(distance(a, b) for a, b in pairs)
        if not worst <= tolerance * peak:
            problems.append(f"{column} differs by {worst} of {peak}")

    def plain(directory):  # the number of files of a record depends on that of processes
        return [re.sub(r"\..*", "", name) for _, name in records(directory)]

    if plain(expected) != plain(found):
        problems.append(f"fields.pvd has {plain(found)} and not {plain(expected)}")
    elif any(abs(a - b) > tolerance * (1 + abs(a)) for (a, _), (b, _) in zip(records(expected), records(found))):
        problems.append("fields.pvd has other times")
    if summary(found)["status"] != "done":
        problems.append(f"it is {summary(found)['status']}")
    return problems

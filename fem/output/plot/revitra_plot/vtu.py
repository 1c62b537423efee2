"""The pieces of a .vtu file as deal.II writes them: arrays within the XML, base64, compressed by zlib in blocks.

Written here because the libraries at hand do worse on our files: meshio 5.0 drops all pieces of a file but the last and stops at a
piece without cells, and VTK takes 230 MB.
"""

import base64
import binascii
import zlib
from xml.etree import ElementTree

import numpy as np

from .errors import PlotError
from .run import reason

TYPES = {"Float32": "f4", "Float64": "f8", "Int8": "i1", "UInt8": "u1", "Int32": "i4", "UInt32": "u4", "Int64": "i8", "UInt64": "u8"}


def parse_xml(path):
    """The root of an XML file that a run has written."""
    try:
        return ElementTree.parse(path).getroot()
    except FileNotFoundError as error:
        raise PlotError(f"{path}: is missing; run again, or take another record by --at") from error
    except (OSError, ElementTree.ParseError) as error:
        raise PlotError(f"{path}: is truncated or damaged ({reason(error)}); run again, or take another record by --at") from error


def read_pieces(path):
    """For each piece with cells: a dictionary of its arrays by name, with `points` and the VTK numbers `types` of the cells."""
    root = parse_xml(path)
    try:
        return [read_piece(piece, root) for piece in root.iter("Piece") if int(piece.get("NumberOfCells")) > 0]
    except (ValueError, KeyError, AttributeError, TypeError, IndexError, zlib.error, binascii.Error) as error:
        raise PlotError(f"{path}: holds an array that cannot be read ({error}); run again, or take another record by --at") from error


def read_piece(piece, root):
    arrays = {entry.get("Name"): read_array(entry, root) for part in ("Cells", "PointData") for entry in piece.find(part)}
    arrays["points"] = read_array(piece.find("Points/DataArray"), root)
    n_points, n_cells = int(piece.get("NumberOfPoints")), int(piece.get("NumberOfCells"))
    for name, values in arrays.items():
        expected = {"types": n_cells, "offsets": n_cells, "connectivity": len(values)}.get(name, n_points)
        if len(values) != expected:
            raise ValueError(f"{name} has {len(values)} values instead of {expected}")
    return arrays


def read_array(entry, root):
    """The numbers of a DataArray, a row a point if it has several components."""
    order = "<" if root.get("byte_order") == "LittleEndian" else ">"
    kind = np.dtype(order + TYPES[entry.get("type")])
    if entry.get("format") == "ascii":
        values = np.array((entry.text or "").split(), dtype=kind)
    elif entry.get("format") == "binary":
        header = np.dtype(order + TYPES[root.get("header_type", "UInt32")])
        unpack = {None: plain_bytes, "vtkZLibDataCompressor": unzipped_bytes}[root.get("compressor")]
        values = np.frombuffer(unpack(entry.text.strip(), header), kind)
    else:
        raise ValueError(f"its format is {entry.get('format')}")
    components = int(entry.get("NumberOfComponents", 1))
    return values.reshape(-1, components) if components > 1 else values


def plain_bytes(text, header):
    """One block: its size and the data."""
    return base64.b64decode(text)[header.itemsize:]


def unzipped_bytes(text, header):
    """Compressed blocks. Their number, two sizes before compression and that of each one after it are encoded by themselves."""

    def characters(numbers):
        return -(-numbers * header.itemsize // 3) * 4

    count = int(np.frombuffer(base64.b64decode(text[: characters(1)]), header, 1)[0])
    length = characters(3 + count)
    sizes = np.frombuffer(base64.b64decode(text[:length]), header, 3 + count)[3:]
    data = base64.b64decode(text[length:])
    ends = np.cumsum(sizes)
    return b"".join(zlib.decompress(data[end - size : end]) for size, end in zip(sizes, ends))

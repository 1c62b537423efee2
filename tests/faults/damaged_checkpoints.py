"""Checkpoints that are damaged, unfinished, of another version, or hold what is not a state."""

import json
import math
import os
import shutil
import struct
import zlib

import results
from refused_restarts import refused

NUMBERS_OF_A_POINT = 18
MAY_BE_INFINITE = (15, 17)  # sigma_c and what the stress lacks to it


def flip(path, byte, bit):
    """Changes one bit of a file."""
    content = bytearray(path.read_bytes())
    content[byte] ^= 1 << bit
    path.write_bytes(content)


def seal(checkpoint, **changes):
    """Makes the manifest say that all is as it has to be, with some `changes`."""
    path = checkpoint / "manifest.json"
    manifest = {**json.loads(path.read_text(encoding="utf-8")), **changes}
    del manifest["crc32"]
    for name in manifest["files"]:
        content = (checkpoint / name).read_bytes()
        manifest["files"][name] = {"size": len(content), "crc32": zlib.crc32(content)}
    manifest["crc32"] = zlib.crc32(json.dumps(manifest, sort_keys=True, separators=(",", ":")).encode())
    path.write_text(json.dumps(manifest, sort_keys=True, indent=2) + "\n", encoding="utf-8")


def passed_over(campaign, how, ranks, *more):
    """The last checkpoint of a killed run is changed; the restart has to take the one before."""
    directory = campaign.copy("plane", ranks)
    newest = results.checkpoints(directory)[0]
    what = how(newest)
    status, _, err = campaign.run("plane", directory, ranks, *more, restart=True)
    problems = [] if status == 0 else [f"status {status}: {err}"]
    problems += [] if f"{newest} is skipped" in err else ["it is not skipped"]
    if status == 0:
        problems += campaign.compared("plane", ranks, directory, tolerance=results.ROUGHLY if more else None)
    return [f"{what}: {problem}" for problem in problems]


def damaged(campaign):
    """The last checkpoint is damaged in one of its files."""

    def in_each(work, count):
        for ranks in campaign.times((1,), (1, 2)):
            names = sorted(path.name for path in results.checkpoints(campaign.copy("plane", ranks))[0].iterdir())
            if not campaign.full:
                names = campaign.random.sample(names, 2)
            yield from (passed_over(campaign, lambda newest, name=name: work(newest / name), ranks) for name in names for _ in range(count))

    def cut(path):
        size = campaign.random.choice((0, path.stat().st_size // 2, path.stat().st_size - 2))
        os.truncate(path, size)
        return f"{path.name} cut to {size}"

    def flipped(path):
        byte, bit = campaign.random.randrange(path.stat().st_size), campaign.random.randrange(8)
        flip(path, byte, bit)
        return f"{path.name}, bit {bit} of byte {byte}"

    def missing(path):
        path.unlink()
        return f"{path.name} missing"

    def emptied(newest):
        shutil.rmtree(newest)
        newest.mkdir()
        return "empty folder"

    passes = "skipped with a note; restart the same"
    campaign.report(f"a file of the last checkpoint cut short: {passes}", in_each(cut, campaign.times(1, 5)))
    campaign.report(f"one bit of a file of the last checkpoint flipped: {passes}", in_each(flipped, campaign.times(1, 15)))
    campaign.report(f"a file of the last checkpoint missing: {passes}", in_each(missing, 1))
    campaign.report("the last checkpoint an empty folder, and Keep = 1 and Interval = 1 from then on: skipped; within 1e-6",
                    [passed_over(campaign, emptied, 1, "Checkpoint/Keep=1", "Checkpoint/Interval=1")])
    campaign.report(f"one number in the manifest of the last checkpoint changed: {passes}",
                    [passed_over(campaign, lambda newest, key=key: changed_number(newest, key), 1)
                     for key in campaign.times(("time",), ("ranks", "step", "time", "strain"))])


def changed_number(checkpoint, key):
    """Adds 1 to a number that the manifest holds."""
    path = checkpoint / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest[key] += 1
    path.write_text(json.dumps(manifest), encoding="utf-8")
    return f"manifest.json, {key}"


def left_over(campaign):
    """What is in the folder of the checkpoints and is none."""

    def unfinished(folder, newest):
        shutil.copytree(newest, folder / "unfinished", dirs_exist_ok=True)
        (folder / "unfinished/cells_00000.bin").write_bytes(b"half")

    def a_file(folder, _):
        shutil.rmtree(folder / "unfinished", ignore_errors=True)
        (folder / "unfinished").write_text("x", encoding="ascii")
        (folder / "step_99999999").write_text("x", encoding="ascii")

    def garbage(folder, _):
        for name, text in (("step_zzz", "[1, 2]"), ("step_99999999", '{"crc32": 1e300, "files": 3}'), ("step_99999998", "[" * 100000)):
            (folder / name).mkdir()
            (folder / name / "manifest.json").write_text(text, encoding="ascii")
        (folder / "step_99999997").symlink_to("nowhere")

    def trial(work, ranks):
        directory = campaign.copy("plane", ranks)
        work(directory / "checkpoint", results.checkpoints(directory)[0])
        return [f"{work.__name__}: {problem}" for problem in campaign.go_on("plane", directory, ranks)]

    campaign.report("an unfinished checkpoint of a killed run, files, links and folders of other things in checkpoint/: restart the same",
                    [trial(work, ranks) for work in campaign.times((garbage,), (unfinished, a_file, garbage)) for ranks in campaign.times((1,), (1, 2))])


def other_versions(campaign):
    """Checkpoints that other versions could have written."""

    def of_another_format(newest):
        seal(newest, format=0, version="0.0.0")
        return "format 0"

    def unusable(work, status, ranks):
        directory = campaign.copy("plane", ranks)
        newest = results.checkpoints(directory)[0]
        work(newest)
        seal(newest)
        problems = refused(campaign, directory, ranks, str(newest), status=status)
        shutil.rmtree(newest, ignore_errors=True)
        return [f"{work.__name__}: {problem}" for problem in problems + campaign.go_on("plane", directory, ranks)]

    def memory_longer(newest):
        (newest / "run.bin").write_bytes((newest / "run.bin").read_bytes() + b"more")

    def memory_shorter(newest):
        os.truncate(newest / "run.bin", (newest / "run.bin").stat().st_size // 2)

    def cells_shorter(newest):
        os.truncate(newest / "cells_00000.bin", (newest / "cells_00000.bin").stat().st_size - 8)

    def unknown_parameter(newest):
        with open(newest / "parameters.prm", "a", encoding="ascii") as file:
            file.write("subsection Checkpoint\n  set Something new = 1\nend\n")

    campaign.report("the last checkpoint of another format: skipped with a note; restart the same",
                    [passed_over(campaign, of_another_format, ranks) for ranks in campaign.times((1,), (1, 2))])
    cases = campaign.times([(memory_longer, 3)], [(memory_longer, 3), (memory_shorter, 3), (cells_shorter, 3), (unknown_parameter, 2)])
    campaign.report("the last checkpoint sound, but of another layout or with an unknown parameter: status 2 or 3 and its name, "
                    "nothing is written; without it, restart the same",
                    [unusable(*case, ranks) for case in cases for ranks in campaign.times((1,), (1, 2))])


def put_into_cell(checkpoint, place, value):
    """Writes a number into the record of a cell in the middle, and says into which place of it."""
    path = checkpoint / "cells_00000.bin"
    content = bytearray(path.read_bytes())
    cells, length = struct.unpack_from("<QQ", content)
    place %= length
    struct.pack_into("<d", content, 16 + 16 * cells + 8 * (length * (cells // 2) + place), value)
    path.write_bytes(content)
    seal(checkpoint)


def not_finite(campaign):
    """A checkpoint, sound as such, with a number in a state or a field that is none."""

    def trial(place, value, ranks):
        directory = campaign.copy("plane", ranks)
        newest = results.checkpoints(directory)[0]
        put_into_cell(newest, place, value)
        problems = refused(campaign, directory, ranks, str(newest), status=3)
        shutil.rmtree(newest, ignore_errors=True)
        return [f"{value} at {place}: {problem}" for problem in problems + campaign.go_on("plane", directory, ranks)]

    # all numbers of a point, and of the fields the first and the last
    places = campaign.times((campaign.random.randrange(11), 12), (*range(NUMBERS_OF_A_POINT), 4 * NUMBERS_OF_A_POINT, -1))
    cases = [(place, value, 1 + i % campaign.times(1, 2)) for i, place in enumerate(places)
             for value in campaign.times((math.nan,), (math.nan, math.inf))
             if not (value == math.inf and place in MAY_BE_INFINITE)]
    campaign.report("one number of the last checkpoint not finite, its checksum right: status 3 and its name, nothing is written; "
                    "without it, restart the same", [trial(*case) for case in cases])


def all_damaged(campaign):
    """No checkpoint is good."""

    def trial(ranks):
        directory = campaign.copy("plane", ranks)
        for folder in results.checkpoints(directory):
            files = sorted(folder.glob("*.bin"))
            if files: # else the kill hit while the folder was being removed
                flip(campaign.random.choice(files), 40, 3)
        return refused(campaign, directory, ranks, "no undamaged checkpoint")

    campaign.report("all checkpoints damaged: status 2, says so, nothing is written", [trial(ranks) for ranks in campaign.times((1,), (1, 2))])

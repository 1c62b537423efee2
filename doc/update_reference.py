#!/usr/bin/env python3
"""Puts the parameter tables, as the program has them, into the reference.

    update_reference.py TABLES reference.md [--check]

TABLES is the executable that prints them. They replace what stands between the two marker comments. With --check nothing is written:
the exit status is 1 if that would change the reference.
"""

import pathlib
import subprocess
import sys

from generated_part import Part

PARAMETERS = Part("parameters", by="the target `reference`", command="cmake --build build --target reference")


def main():
    arguments = [argument for argument in sys.argv[1:] if argument != "--check"]
    if len(arguments) != 2:
        sys.exit(__doc__)
    tables = subprocess.run([arguments[0]], check=True, capture_output=True, text=True, encoding="utf-8").stdout
    PARAMETERS.put(pathlib.Path(arguments[1]), tables, check="--check" in sys.argv[1:])


if __name__ == "__main__":
    main()

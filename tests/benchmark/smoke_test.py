#!/usr/bin/python3
"""That the benchmarks run and their figures can be read, on specimens too small to mean anything:
smoke_test.py EXECUTABLES OUTPUT.json"""

import json
import math
import os
import subprocess
import sys

here = os.path.dirname(os.path.abspath(__file__))
executables, output = sys.argv[1:]
if os.path.exists(output):
    os.remove(output)
subprocess.run([sys.executable, os.path.join(here, "figures.py"), executables, output, "smoke"], check=True)

with open(output, encoding="utf-8") as file:
    figures = json.load(file)
for figure in figures:
    assert list(figure) == ["name", "value", "unit", "reference", "ratio"], figure
    for key in ("value", "reference", "ratio"):
        assert isinstance(figure[key], (int, float)) and math.isfinite(figure[key]) and figure[key] > 0, figure
    assert math.isclose(figure["ratio"], figure["value"] / figure["reference"], rel_tol=1e-4), figure

names = [figure["name"] for figure in figures]
assert len(set(names)) == len(names), names
expected = ["law update + tangent", "law error at 300 steps"]
if os.path.exists(os.path.join(executables, "revitra_benchmark_fem")):
    expected += ["FE Newton iteration, 2-D", "FE Newton iteration, 3-D", "FE step on 2 ranks", "FE step with diffusion"]
for name in expected:
    assert any(found.startswith(name) for found in names), f"no figure {name} among {names}"

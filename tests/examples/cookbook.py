"""The decks of the cookbook on coarse meshes and two processes: each ends as it should, keeps its energy, and has what is known without
computing it (geometry, bounds, the same glass at one point). Tolerances stand with each check."""

import math
import os
import sys

from checks import between, check, finish, read, run, settings_over, specimen, summary_of

executables, root = sys.argv[1:3]
fem = f"{executables}/revitra-fem"
point = f"{executables}/revitra-point"
os.symlink(f"{root}/meshes", "meshes")  # decks name their meshes from the root of the sources


def example(name, *settings, **tolerances):
    """Summary of the example `name` with `settings` over its deck."""
    return specimen(fem, f"{root}/examples/{name}/{name}.prm", name, *settings, **tolerances)


def point_run(name, *settings):
    """Summary of revitra-point with `settings`."""
    open("empty.prm", "w", encoding="utf-8").close()
    outcome = run(point, "empty.prm", "--output", name, "--quiet", *settings_over(*settings))
    check(outcome.returncode == 0, f"the point {name} fails")
    return summary_of(name)


def layered():
    """The middle layer, a tenth of the height, is the band."""
    summary = example("layered", "Specimen/Degree=1", "Loading/Program=rate 1e-4 until strain 0.12")
    check(summary["band_count"] == 1, f"layered: {summary['band_count']} bands")
    between(summary["band_volume_fraction"], 0.1 - 1e-9, 0.1 + 1e-9, "volume of the band")
    between(summary["band_width"], 0.1 - 1e-6, 0.1 + 1e-6, "width of the band")
    between(summary["eed_mean_over_curve"], 1 - 1e-3, 1 + 1e-3, "mean EED over that of the curve: all is simple shear")


def random_field():
    """The mean of the field differs from 0 by sqrt(2 pi l^2) = 0.25 (standard deviation): three of them are allowed."""
    summary = example("random_field", "Specimen/Subdivisions=10", "Random field/Correlation length=0.1",
                      "Loading/Program=rate 1e-4 until strain 0.1")
    between(summary["free_volume_initial"], 0.05 - 0.00075, 0.05 + 0.00075, "mean of the random field")
    homogeneous = point_run("homogeneous", "Loading/Program=rate 1e-4 until strain 0.1")
    check(summary["peak_stress"] < homogeneous["peak_stress"], "the disorder does not weaken the random specimen")


def notched_strip():
    """What the whole section bears, and what is left of it between the notches (0.7), bound the elastic stiffness of the gross section."""
    summary = example("notched_strip", "Specimen/Degree=1", "Loading/Program=rate 1e-4 until strain 0.04")
    rows = read("notched_strip/history.csv")
    plane_strain = 2 * 210 / (1 - 0.36)
    stiffness = float(rows[1]["stress"]) / float(rows[1]["strain"])
    between(stiffness, 0.7 * plane_strain, plane_strain, "stiffness of the notched strip")
    between(summary["peak_stress"], 0.5 * 34.5, 34.5, "peak of the notched strip, against that of a strip without notches")


def plate_with_hole():
    """Equilibrium of the section through the hole, 0.6 of the width: no more than the glass bears there."""
    summary = example("plate_with_hole", "Specimen/Degree=1", "Loading/Program=rate 1e-4 until strain 0.09", energy_tolerance=1e-3)
    homogeneous = point_run("whole", "Loading/Program=rate 1e-4 until strain 0.1")
    check(summary["peak_stress"] <= 0.6 * homogeneous["peak_stress"], f"the plate bears {summary['peak_stress']}")
    check(summary["mesh_changes"] >= 1, "the mesh of the plate never follows")
    between(summary["mesh_drift"], 0, 1e-3, "drift of averages with the mesh")


def two_phase():
    """The peak is between those of its two glasses."""
    summary = example("two_phase", "Specimen/Degree=1", "Loading/Program=rate 1e-4 until strain 0.1")
    program = "Loading/Program=rate 1e-4 until strain 0.2"
    grains = point_run("grains", program, "Material/Initial free volume=0.048", "Material/Shear modulus=230")
    matrix = point_run("matrix", program, "Material/Initial free volume=0.054")
    between(summary["peak_stress"], matrix["peak_stress"], grains["peak_stress"], "peak of the two-phase specimen")


def cube():
    """One process gives what two give: within 1e-6 of the peak."""
    coarse = ("Specimen/Subdivisions=4", "Loading/Program=rate 1e-4 until strain 0.09", "Output/Fields interval=0")
    summary = example("cube", *coarse)
    run(fem, f"{root}/examples/cube/cube.prm", "--output", "cube_1", "--quiet", *settings_over(*coarse))
    for one, two in zip(read("cube_1/history.csv"), read("cube/history.csv")):
        difference = abs(float(one["stress"]) - float(two["stress"]))
        check(difference <= 1e-6 * summary["peak_stress"], f"the cube differs by {difference} between one process and two")


def random_creep():
    """The stress is held; the time is between those of its most and its least relaxed glass (three standard deviations: the cut-off)."""
    summary = example("random_creep", "Specimen/Subdivisions=8", "Loading/Program=rate 1e-2 until stress 12.5; stress 12.5 until strain 0.1")
    between(summary["stress_final"], 12.5 - 1e-7, 12.5 + 1e-7, "stress of creep")
    between(summary["strain_final"], 0.1 - 1e-7, 0.1 + 1e-7, "strain of creep")
    program = "Loading/Program=rate 1e-2 until stress 12.5; stress 12.5 until strain 0.1"
    fastest, slowest = (point_run(f"creep_{xi}", program, f"Material/Initial free volume={xi}")["time_final"] for xi in (0.053, 0.047))
    between(summary["time_final"], fastest, slowest, "time of the random creep")
    check(not math.isnan(summary["rejuvenated_fraction"]), "nothing is known of rejuvenation")


for test in (layered, random_field, notched_strip, plate_with_hole, two_phase, cube, random_creep):
    test()
finish()

"""The report: blocks of a document out of the results. Part of it is also the part of doc/validation.md on this study."""

from document import Bullets, Heading, Paragraph, Picture, Table

import families
import tables
from claims import Claims
from measures import POINTS

TITLE = "Is rejuvenation a function of the effective energy density?"
PAPER = "G. Ding, F. Jiang, L. H. Dai, M. Q. Jiang, *Effective Energy Density of Glass Rejuvenation*, Acta Mechanica Solida Sinica (2022)"

CAPTIONS = {
    "universality": (
        "Six panels: rejuvenation over EED* in tests of the paper, in creep, along single runs and in all runs; effective "
        "stresses; slopes",
        "**Figure 1.** **a** Tests as in the paper, and their line of least squares. **b** Creep, a curve a stress; dots at EED* = "
        f"{families.CREEP_CHECK:g}. **c** What plastic strain adds to the free volume, over D_ia: as plastic work, REED and EED "
        "count it, and as it is in creep. **d** Slopes: of creep over its stress; of shear at a constant rate, from start to end, "
        "over the peak stress. Lines: the law with saturated transformations, nothing fitted. **e** Single runs in which RD and "
        "EED* part. **f** All points of all runs, and their line of least squares.",
    ),
    "predictors": (
        "Five panels of rejuvenation over what was predicted from five measures, and the errors family by family",
        "**Figure 2.** RD over what is predicted, at all points: **a** from the best line in EED*; **b** to **e** with no fitted "
        "number, from EED, plastic work (some points are beyond the right edge), REED, and REED with the current Λ and Δ. **f** "
        "The rms errors, a line a family.",
    ),
}
PICTURE_WIDTH = 860

# What the runs of a family are
PROGRAMS = {
    "rate": "shear to strain 2 at rates from 1e-6 to 1e-2",
    "temperature": "the same at 1e-4, temperatures from 0.8 to 1",
    "initial": "the same, ξ₀ from 0.03 to 0.15",
    "monotone": "the same, all three at random",
    "creep": "a ramp at the rate 1e-2 to stresses from 8 to 20, held until EED* = 0.25",
    "creep-initial": "creep at 12.5, ξ₀ from 0.03 to 0.1",
    "creep-temperature": "creep at 12.5, temperatures from 0.82 to 0.96",
    "creep-random": "creep at 1.04 to 2.2 times the flow stress, temperature and ξ₀ at random",
    "stress-steps": "creep at one of five stresses, then at another",
    "rate-steps": "shear at one of five rates to strain 0.3, then at another to 1",
    "relaxation": "shear, strain held for 1e3 to 1e7, shear",
    "reversal": "shear to strains from 0.06 to 0.6, and 0.7 back",
    "cycles": "three cycles of strain, amplitudes from 0.05 to 0.3",
    "temperature-ramp": "shear while the temperature goes from one value to another, and on",
    "pulses": "creep in three parts, rests of 1e2 to 1e8 after each",
    "annealing": "shear, unloading, annealing at 0.9 to 0.98 for 1e2 to 1e6, shear",
    "mixed": "three to six segments of shear (both ways), creep, held strain, temperature ramps and rests, at random",
}



def equation(text):
    """A line of its own, set in a little."""
    return Paragraph("\u2003\u2003" + text)


DERIVATION = [
    Paragraph(
        "Free volume enters Eqs. (1) and (4) by the same factor exp(−1/ξ). Divide (4) by (1), and the factor is gone, and time with it. "
        "While plastic strain goes along the stress,"
    ),
    equation("dξ/dε_p = D_ia σ − ϕB/(A g),   g = Λ sinh(σ/T) − Δ cosh(σ/T)."),
    Paragraph(
        "So what a plastic strain costs in annihilated free volume depends neither on ξ nor on the rate. Eqs. (2) and (3) give Λ "
        "and Δ from stress and plastic strain alone. The free volume is then an integral along the curve of stress over plastic "
        "strain, for any program, as long as the glass flows. This integral is REED(Λ, Δ) below."
    ),
    Paragraph(
        "Plastic work of a few 1/φ saturates the transformations: Λ = 1 and Δ = 2/(φσ). Then g = h(σ) = sinh(σ/T) − 2/(φσ) cosh(σ/T). "
        "In steady flow nothing is gained or lost, which is the equation of the flow stress, D_ia σ_f h(σ_f) = ϕB/A. With it"
    ),
    equation("dξ/dε_p = D_ia (σ − σ_a),   σ_a = σ_f h(σ_f)/h(σ) ≈ σ_f exp(−(σ − σ_f)/T)."),
    Paragraph(
        "The annihilation stress σ_a is what EED takes σ_c for. It equals σ_f at the flow stress only, and is soon negligible "
        "above it (panel c of `universality.png`); in units, the exponent is (σ − σ_f)V_a/2k_BT. EED (σ_a = σ_f) and plastic work "
        "(σ_a = 0) are the two limits. Integrated where it is positive,"
    ),
    equation("REED = ∫(σ − σ_a)₊ dε_p,   RD = 1 + D_ia REED/ξ₀."),
    Paragraph(
        "Two things differ from EED: the threshold, which falls with the stress, and the strain, which is plastic. The elastic "
        "part of EED, (σ − σ_c)²/2μ, is given back on unloading. Nothing is fitted."
    ),
]


def runs(results, seconds):
    lines = [
        [family.title, f"{len(results.of(name))}", PROGRAMS[name]] for name, family in families.FAMILIES.items()
    ]
    return [
        Heading(2, "What was run"),
        Paragraph(
            f"{len(results.evaluations)} runs of `revitra-point` at a point of the glass, from one table (`sweep.csv`). Unless said "
            "otherwise the temperature is 0.9, ξ₀ = 0.05, the rate 1e-4. Everything is dimensionless, as in doc/theory.md. σ_c is "
            "the flow stress σ_f(T); EED = ∫(σ − σ_c)₊ dε, EED* = EED/σ_c, RD = ξ/ξ₀. What is random is drawn from a fixed seed."
        ),
        Table(["what varies", "runs", "program"], lines, text_columns=(0, 2), wide_columns=(2,)),
        Paragraph(
            f"Of each run {POINTS} points are compared, in equal steps of accumulated plastic strain; the last is the end of the run. "
            f"They are in `points.csv`, with every prediction. Everything took {seconds:.0f} s."
        ),
    ]


def creep_at_stresses(results):
    return [
        Heading(3, "Creep: the same EED*, another RD"),
        Paragraph(
            "RD is linear in EED* in each creep run, as the paper has it for one stress. At another stress it is another line. The last "
            "column is the slope of the law with saturated transformations, derived below."
        ),
        tables.creep_by_stress(results),
    ]


def claim(results, claims):
    """EED*: where it predicts RD and where not."""
    return [
        *creep_at_stresses(results),
        Heading(3, "Why shear at a constant rate gives a line"),
        Paragraph("In creep with saturated transformations"),
        equation("dRD/dEED* = (D_ia σ_f/ξ₀) (σ − σ_a)/(σ − σ_f)."),
        Paragraph(claims.slopes()),
        tables.saturated_slopes(results),
        Heading(3, "Where EED* fails"),
        Bullets(claims.failures()),
        Heading(3, "EED*, family by family"),
        Paragraph(
            "Pearson's r, slope and rms error of a line of its own for each family, at all points; slopes of lines from EED* = 0, RD = 1 "
            "through single runs; and the error of the line that fits all runs together best."
        ),
        tables.eed_star_by_family(results),
    ]


def comparison(results, claims):
    """The measures side by side."""
    return [
        Heading(3, "Predictions compared"),
        Paragraph(
            "RD = 1 + D_ia M/ξ₀ for each measure M but the first, with nothing fitted. R² is the part of the variance of RD that "
            "is explained; it is negative where the mean of RD would be a better prediction. *One way*: points of the families in "
            f"which the glass flows one way and never rests ({len(tables.one_way(results))} runs). *Ends*: only the end of each "
            "run. What a measure needs is beside temperature, ξ₀ and the constants of the law."
        ),
        tables.predictors(results),
        Paragraph(claims.spread()),
        Heading(3, "Rms error in RD, by family"),
        tables.errors_by_family(results),
    ]


def checks(claims):
    return [Heading(3, "Checks"), Bullets(claims.checks())]


def derivation():
    return [Heading(3, "Effect of annihilation"), *DERIVATION]


def validation(results):
    """The part of doc/validation.md. Nothing in here depends on the machine or the day."""
    claims = Claims(results)
    return [
        Bullets(claims.summary()), *creep_at_stresses(results), *derivation(), *comparison(results, claims), *checks(claims),
    ]


def picture(name):
    alt, caption = CAPTIONS[name]
    return Picture(f"{name}.png", alt, caption, PICTURE_WIDTH, two_panels=True)


def blocks(results, seconds):
    """The whole report."""
    claims = Claims(results)
    return [
        Heading(1, TITLE),
        Paragraph(
            f"{PAPER}, finds that the degree of rejuvenation RD is a linear function of the normalized effective energy density "
            "EED*, whatever the strain, the strain rate, the temperature and the initial free volume. Here its own law puts that "
            "to the test, with many tests of kinds that the paper does not have. What follows is about the law, not about measured "
            "glasses."
        ),
        Bullets(claims.summary()),
        picture("universality"),
        *runs(results, seconds),
        Heading(2, "The claim"),
        *claim(results, claims),
        Heading(2, "What predicts rejuvenation better"),
        *derivation(),
        picture("predictors"),
        *comparison(results, claims),
        Heading(3, "Where REED fails"),
        Bullets(claims.refined_failures()),
        *checks(claims),
        Heading(2, "What this does not say"),
        Bullets([
            "Only the preset Zr55Cu30Ni5Al10 was run. The derivation holds for any constants; the numbers do not.",
            "Everything is homogeneous simple shear. A glass that localizes has a field of EED, and a curve that depends on the mesh.",
            "Creep just above σ_f reaches these EED* at strains of several units. The law allows it; a glass would fail before.",
        ]),
    ]

"""The report: blocks of a document out of a study. Part of it is also the part of doc/validation.md on this paper."""

import cases
import findings
import table
from document import Bullets, Heading, Paragraph, Picture, Table
from study import of_the_point

TITLE = "Ding, Jiang, Dai and Jiang (2022), reproduced"
PAPER = (
    "G. Ding, F. Jiang, L. H. Dai, M. Q. Jiang, *Effective Energy Density of Glass Rejuvenation*, Acta Mechanica Solida Sinica (2022)"
)

# Symbol, entry of the deck, where its value is from
PARAMETERS = [
    ("T_g", "Glass transition temperature", "paper (K)"),
    ("μ", "Shear modulus", "inferred; the paper has 33 GPa, but not the unit of stress σ₀"),
    ("E_A", "Transformation activation energy", "inferred; the paper has 3.83 eV, which is 65.46 k_BT_g"),
    ("E_a", "Annihilation activation energy", "inferred; the paper has 2.65 eV, which is 45.29 k_BT_g"),
    ("φ, Eqs. (2), (3)", "Transformation coefficient", "paper; which of two numbers goes with which equation is inferred"),
    ("ϕ, Eq. (4)", "Annihilation coefficient", "paper; likewise"),
    ("D_ia", "Dilatancy factor", "paper"),
    ("Λ₀", "Initial ST sum", "paper"),
    ("Δ₀", "Initial ST bias", "paper"),
    ("ξ₀", "Initial free volume", "paper, unless said otherwise"),
    ("T", "Temperature", "paper, unless said otherwise (T_g)"),
]

FITS = {
    "printed": "printed, columns as they stand",
    "printed with aging": "the same with the aging row, its EED* taken as 0",
    "unswapped": "printed, columns in their places",
    "model": "model",
    "model with aging": "model with the aging row",
}

CAPTIONS = {
    "fig1": (
        "Stress, and free volume beside it, for shear at a constant rate and for creep",
        "**Figure 1.** What the EED is: **a**, **b** shear at the rate 1e-4; **c**, **d** creep at the stress 12.5 after a ramp "
        "at 1e-2. Blue area: EED; gray: elastic energy at σ_c; yellow: the rest of the work, called heat in the paper. Dashed: "
        "σ_c = 7.78 and ε_c. Inset of **b**: the free volume first falls, by less than 5e-8, and turns a little before ε_c.",
    ),
    "fig2": (
        "Stress and free volume with a circle at each strain of Table 1, for shear and for creep",
        "**Figure 2.** Deformed to different strains: **a**, **b** at the rate 1e-4; **c**, **d** in creep. Each circle is the "
        "end of a run of its own, a row of Table 1. Dashed: σ_c. Star: where the stress passes σ_c on the ramp.",
    ),
    "fig3": (
        "Families of stress and free volume curves for different strain rates, temperatures and initial free volumes",
        "**Figure 3.** Effect of strain rate (**a**, **b**, at 0.9 T_g), temperature (**c**, **d**, rate 1e-4) and initial free "
        "volume (**e**, **f**, rate 1e-4, 0.9 T_g). Insets: ξ₀ = 0.11 by itself, without overshoot, and with less free volume "
        "at the end than at the start. The strain goes further on the right, until ξ has saturated.",
    ),
    "fig4": (
        "Rejuvenation over normalized effective energy density, with two fitted lines",
        "**Figure 4.** RD against EED* of every row of Table 1. Filled: model; open: printed, with columns in their places. "
        "Lines: least squares without the aging row, which is the lowest filled diamond. Measurements that the paper shows as "
        "well are not here.",
    ),
}


def deviation(row, quantity, digits):
    value = row.deviation(quantity)
    return "" if value is None else findings.percent(value, digits)


def table_1(rows):
    """Table 1, the model's number left of the printed one."""
    header = [
        "group", "condition", "σ_c", "σ_c printed", "EED", "EED printed", "EED deviation", "ξ", "ξ printed", "ξ deviation",
        "EED*", "EED* printed", "RD", "RD printed", "flag",
    ]
    lines = []
    for row in rows:
        printed = row.printed
        eed_star, rejuvenation = printed.unswapped_text()
        lines.append([
            printed.group, printed.condition, f"{row.sigma_c:.3f}", printed.text["sigma_c"],
            f"{row.eed:.4f}", printed.text["eed"], deviation(row, "eed", 1),
            f"{row.free_volume:.5f}", printed.text["free_volume"], deviation(row, "free_volume", 2),
            f"{row.eed_star:.4f}", eed_star, f"{row.rejuvenation:.4f}", findings.minus(rejuvenation), printed.flag,
        ])
    marked = tuple(i for i, row in enumerate(rows) if row.printed.flag)
    return Table(header, lines, text_columns=(0, 1, 14), wide_columns=(14,), marked=marked)


def correlation(rows):
    lines = [
        [FITS[name], f"{fit.count}", findings.minus(f"{fit.r:.3f}"), findings.minus(f"{fit.slope:.2f}"), f"{fit.intercept:.3f}"]
        for name, fit in table.fits(rows).items()
    ]
    return [
        Paragraph(
            "Pearson's r of RD and EED*, and the line RD = intercept + slope × EED*. The aging row has no EED* in print, and is "
            "left out unless said otherwise."
        ),
        Table(["data", "rows", "r", "slope", "intercept"], lines, text_columns=(0,), wide_columns=(0,)),
        Paragraph(
            "The paper's Fig. 4 has r = 0.986. It includes measurements of P. de Hey, J. Sietsma and A. van den Beukel (Acta "
            "Materialia 46, 5873, 1998), whose EED* and RD are not in print. They are in no number here, so that 0.986 cannot "
            "be checked. The relation is nearly linear in print and in the model."
        ),
    ]


def comparison(study):
    """Table 1 and what follows from it. Nothing in here depends on the machine or the day."""
    point = of_the_point(study)
    return [
        Heading(3, "Table 1"),
        Paragraph(
            f"{findings.agreement(study)} Rates, σ_c and EED are dimensionless (doc/theory.md); deviations are (model − "
            "printed)/printed. EED* and RD stand in their own columns here, also where the paper has them swapped."
        ),
        table_1(study.rows),
        Bullets([
            f"`{table.OUTLIER}`: EED differs by more than {100 * findings.EED_BOUND:.1f} %.",
            f"`{table.SWAPPED}`: EED* and RD stand in each other's column.",
            f"`{table.AGING}`: no EED, and a difference in place of RD.",
        ]),
        Heading(3, "Disagreements"),
        Paragraph("With the table as printed, or of the table with itself. Nothing was adjusted to remove them."),
        Bullets(findings.anomalies(point)),
        Heading(3, "Confirmed findings"),
        Bullets(findings.confirmed(point)),
        Heading(3, "Correlation of rejuvenation and effective energy"),
        *correlation(study.rows),
    ]


def parameters(study):
    deck = next(iter(study.point_results.values())).parameters
    lines = [[symbol, entry, deck[f"Material/{entry}"], source] for symbol, entry, source in PARAMETERS]
    return [
        Heading(2, "Parameters"),
        Table(["symbol", "entry of the deck", "value", "from"], lines, text_columns=(0, 1, 3)),
        Paragraph(
            "Stress is in units of σ₀ = 2k_BT_g/V_a, strain in ε₀ = n_∞V_a, energies in k_BT_g, and the paper's 1e-4 s⁻¹ is the "
            "number 1e-4. With the three inferred numbers every ξ of Table 1 comes out; a free fit of them gives 64.9 ± 0.1, "
            "45.04 ± 0.03 and 211 ± 0.3. Since they are inferred from these ξ, the agreement of ξ does not test them; it tests "
            "the law."
        ),
    ]


def runs(study, seconds):
    summary = next(iter(study.point_results.values())).summary
    blocks = [
        Heading(2, "What was run"),
        Paragraph(
            "Every row of Table 1 is the end of a run of its own, so that nothing is interpolated. Creep is a ramp at the rate "
            f"{cases.CREEP_RAMP_RATE} to the stress, which is then held; its EED has the end of the ramp in it. Rows called "
            f"saturated are taken at strain {cases.SATURATION_STRAIN}, where EED and ξ of every row are within "
            f"{cases.SATURATION_TOLERANCE} of their limits. σ_c is 7.78 at 0.9 T_g, as printed, and at other temperatures the "
            "law's flow stress. EED = ∫(σ − σ_c)₊ dε, EED* = EED/σ_c, RD = ξ/ξ₀."
        ),
        Paragraph(
            f"{len(study.point_results)} runs of `{summary['tool']}` {summary['version']} ({summary['commit']}), which "
            f"integrates the rate equations at one point. Everything took {seconds:.0f} s."
        ),
    ]
    if study.has_specimen():
        blocks.append(specimen(study))
    return blocks


def specimen(study):
    summary = next(iter(study.results.values())).summary
    return Paragraph(
        f"The numbers of Table 1 and the curves of Figs. 1-3 are those of a homogeneous specimen: {len(study.results)} runs of "
        f"`{summary['tool']}` {summary['version']} ({summary['commit']}) on {summary['ranks']} ranks, {summary['cells']} cells, "
        f"default settings. {findings.specimen_and_point(study)} The list of disagreements has the point's numbers."
    )


def picture(name):
    alt, caption = CAPTIONS[name]
    two_panels = name != "fig4"
    return Picture(f"{name}.png", alt, caption, 860 if two_panels else 480, two_panels)


def blocks(study, seconds):
    """The whole report."""
    return [
        Heading(1, TITLE),
        Paragraph(f"{PAPER}: every figure and Table 1, computed by Revitra and put beside what was printed."),
        Paragraph(findings.agreement(study)),
        *runs(study, seconds),
        *parameters(study),
        Heading(2, "Figures"),
        Paragraph("The curves of the paper are not printed as numbers. What can be compared with print is Table 1."),
        *map(picture, CAPTIONS),
        Heading(2, "Comparison"),
        *comparison(study),
    ]

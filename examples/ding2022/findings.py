"""What the comparison with the paper has shown, in sentences whose numbers come from the runs and the printed table."""

import math

import cases
import study as studies
import table

# Beyond this a printed EED is flagged; the rows that are not flagged stay within it.
EED_BOUND = 0.027


def minus(text):
    return text.replace("-", "−")


def percent(value, digits=1):
    """With its sign, unless it rounds to zero."""
    text = f"{100 * value:+.{digits}f}"
    return minus(text if float(text) else text[1:]) + " %"


def percents(values):
    """The range of VALUES."""
    ends = dict.fromkeys([percent(min(values)), percent(max(values))])
    return " to ".join(ends)


def listed(values, digits):
    return ", ".join(minus(f"{value:.{digits}f}") for value in values)


def in_group(rows, group):
    return [row for row in rows if row.printed.group == group]


def find(rows, group, condition):
    """The one row of GROUP with CONDITION."""
    (row,) = [row for row in in_group(rows, group) if row.printed.condition == condition]
    return row


def reliable(rows):
    """The rows whose printed EED is taken at face value."""
    return [row for row in rows if not row.printed.has(table.OUTLIER) and not row.printed.has(table.AGING)]


def outliers(rows):
    return [row for row in rows if row.printed.has(table.OUTLIER)]


def agreement(study):
    """The extent of agreement, in a sentence or two."""
    rows, good = study.rows, reliable(study.rows)
    free_volume = table.largest(row.deviation("free_volume") for row in rows)
    eed = table.largest(row.deviation("eed") for row in good)
    creep = table.largest(row.deviation("eed") for row in in_group(rows, "creep"))
    return (
        f"All {len(rows)} free volumes of Table 1 agree within {100 * free_volume:.2f} %. The EED agrees within {100 * eed:.2f} "
        f"% in {len(good)} rows ({100 * creep:.2f} % in creep). The other {len(rows) - len(good)} are {len(outliers(rows))} with "
        "another EED in print and the one that has none; below, each is flagged."
    )


def specimen_and_point(study):
    """How far apart specimen and point are, in a sentence."""
    largest = max(table.differences(study.rows, study.point_rows))
    return f"EED and ξ of specimen and point differ by no more than {largest:.1e} of their value."


def swapped_columns(study):
    printed = [row.printed for row in in_group(study.rows, "temperature")]
    eed_star = ", ".join(row.text["eed_star"] for row in printed)
    rejuvenation = ", ".join(row.text["rejuvenation"] for row in printed)
    return (
        f"**The temperature rows have two columns swapped.** What they have under EED* ({eed_star}) is ξ/ξ₀, and what they have "
        f"under RD ({rejuvenation}) is EED/σ_c. Here both are in their places."
    )


def aging_row(study):
    (row,) = [row for row in study.rows if row.printed.has(table.AGING)]
    printed = row.printed
    return (
        f"**The row with ξ₀ = {printed.initial_free_volume:g} has a difference for a ratio.** Its RD, "
        f"{minus(printed.text['rejuvenation'])}, is ξ − ξ₀ = {printed.free_volume:g} − {printed.initial_free_volume:g}. The "
        f"ratio is {printed.free_volume / printed.initial_free_volume:.3f}, and {row.rejuvenation:.3f} in the model. In place of "
        "EED and EED* the row says that the glass ages. In the model the stress stays below σ_c, and both are 0."
    )


def three_values(study):
    rows = [find(study.rows, *key) for key in (("strain", "strain 1.00"), ("rate", "rate 1e-4"), ("initial", "free volume 0.05"))]
    slower = find(study.rows, "rate", "rate 5.0e-5")
    same = " The last is also what is printed for half the rate, 5.0e-5." if slower.printed.eed == rows[-1].printed.eed else ""
    model = dict.fromkeys(f"{row.eed:.3f}" for row in rows)
    each = " each time" if len(model) == 1 else ""
    printed = ", ".join(f"{row.printed.text['eed']} (group {row.printed.group})" for row in rows)
    return (
        "**One condition has three values of EED.** 0.9 T_g, rate 1e-4 and ξ₀ = 0.05, sheared into steady flow, stands in three "
        f"groups: {printed}. The model has {' and '.join(model)}{each}.{same}"
    )


def outlying_energies(study):
    rows = outliers(study.rows)
    deviations = [row.deviation("eed") for row in rows]
    lowest = min(rows, key=lambda row: row.deviation("eed"))
    free_volume = table.largest(row.deviation("free_volume") for row in rows)
    groups = "; ".join(
        f"{group} {percents([row.deviation('eed') for row in in_group(rows, group)])}"
        for group in dict.fromkeys(row.printed.group for row in rows)
    )
    return (
        f"**{len(rows)} rows have another EED, but the same free volume.** Model against print, their EED differs by "
        f"{percents(deviations)} ({groups}), their ξ by no more than {100 * free_volume:.2f} %. The largest difference is at ξ₀ "
        f"= {lowest.printed.initial_free_volume:g}, where {lowest.printed.text['eed']} is printed for {lowest.eed:.4f}, "
        f"{100 * (lowest.printed.eed / lowest.eed - 1):.0f} % more than the model has."
    )


def increments(values):
    return [later - earlier for earlier, later in zip(values, values[1:])]


def uneven_growth(study):
    rows = [row for row in in_group(study.rows, "strain") if float(row.printed.condition.split()[-1]) <= 0.4]
    printed = increments([row.printed.eed for row in rows])
    model = increments([row.eed for row in rows])
    return (
        "**The printed EED of the strain rows does not grow as an area under the curve does.** From strain 0.10 to 0.40 the "
        "stress falls, so that each step of 0.05 has to add less than the one before. The printed values add "
        f"{listed(printed, 3)}, the model's {listed(model, 3)}. So it is the printed EED that is uneven, whatever the curve."
    )


def temperature_thresholds(study):
    rows = in_group(study.rows, "temperature")
    with_printed = [
        study.point_results[studies.with_printed_threshold(row.printed)].summary["eed"] / row.printed.eed - 1 for row in rows
    ]
    printed = ", ".join(row.printed.text["sigma_c"] for row in rows)
    endless = sum(row.printed.sigma_c < row.sigma_c for row in rows)
    return (
        f"**The temperature rows print another σ_c than the flow stress.** They have {printed}; the law flows at "
        f"{listed([row.sigma_c for row in rows], 3)}. With the flow stress, which is used here, the EED differs from print by "
        f"{percents([row.deviation('eed') for row in rows])}, with the printed σ_c, at strain {cases.PAPER_SATURATION_STRAIN}, "
        f"by {percents(with_printed)}. {endless} of the {len(rows)} are below the flow stress: with them, the EED never "
        "saturates."
    )


def threshold_of_the_table(study):
    balance = study.point_results[cases.FIRST_STRAINS]
    fall = balance.history["free_volume"][0] - balance.history["free_volume"].min()
    steady = study.point_results[studies.WITH_FLOW_STRESS].summary
    row = find(study.rows, "strain", "strain 1.00")
    return (
        "**7.78 is neither of the stresses that σ_c is said to be.** At 0.9 T_g the free volume stops falling at the stress "
        f"{balance.summary['sigma_c']:.3f} (strain {balance.summary['strain_c']:.4f}; it falls by less than "
        f"{math.ceil(1e8 * fall)}e-8), and the glass flows at {steady['sigma_flow']:.3f}. The rows at 0.9 T_g are computed with "
        f"7.78, as printed. With the flow stress, the EED at strain 1 is {steady['eed']:.3f} instead of {row.eed:.3f}."
    )


def divisors(study):
    def divisor(row):
        return row.printed.eed / row.printed.unswapped()[0]

    parts = []
    for group in dict.fromkeys(row.printed.group for row in study.rows):
        values = [divisor(row) for row in in_group(study.rows, group) if row.printed.eed is not None]
        text = listed(values, 2) if group == "temperature" else f"{min(values):.2f} to {max(values):.2f}"
        parts.append(f"{group} {text}")
    return (
        f"**EED* is not the printed EED over the printed σ_c.** The two columns imply other divisors: {'; '.join(parts)}. Those "
        "of the rate rows are the flow stress rather than 7.78."
    )


def lost_digit(study):
    row = find(study.rows, "rate", "rate 5.0e-5")
    implied = row.printed.rejuvenation * row.printed.initial_free_volume
    return (
        f"**One free volume has lost a digit.** At the rate 5.0e-5, {row.printed.text['free_volume']} is printed "
        f"({percent(row.deviation('free_volume'), 2)}), but the printed RD means {implied:.4f}; the model has "
        f"{row.free_volume:.5f}."
    )


def early_saturation(study):
    rows = [row for row in study.rows if row.printed in studies.late_rows(row.printed for row in study.rows)]
    early = [study.point_results[studies.to_paper_saturation(row.printed.case)].summary["rejuvenation"] for row in rows]
    names = " and ".join(row.printed.condition for row in rows)
    printed = " and ".join(f"{row.printed.unswapped()[1]:.3f}" for row in rows)
    return (
        f"**The runs to saturation seem to have ended at strain {cases.PAPER_SATURATION_STRAIN}.** The two rows that saturate "
        f"last, {names}, print RD {printed}. The model has {' and '.join(f'{value:.4f}' for value in early)} at strain "
        f"{cases.PAPER_SATURATION_STRAIN}, and {' and '.join(f'{row.rejuvenation:.4f}' for row in rows)} at strain "
        f"{cases.SATURATION_STRAIN}, which is used here because all rows have saturated there within "
        f"{cases.SATURATION_TOLERANCE}."
    )


def anomalies(study):
    """Every disagreement, a paragraph each."""
    return [
        describe(study)
        for describe in (
            swapped_columns, aging_row, three_values, outlying_energies, uneven_growth, temperature_thresholds,
            threshold_of_the_table, divisors, lost_digit, early_saturation,
        )
    ]


def values(results, key, digits):
    return listed([result.summary[key] for result in results], digits)


def confirmed(study):
    """What the paper says of its figures and the runs show too, a paragraph each."""
    groups = ("rate", "temperature", "initial", "creep")
    rates, temperatures, initials, creep = (list(study.group(name).values()) for name in groups)
    aging = initials[-1]
    flow = dict.fromkeys(f"{result.summary['stress_final']:.4f}" for result in rates + initials)
    times = [f"{round(result.summary['time_final'], -1):.0f}" for result in creep]
    return [
        f"**The flow stress depends neither on the rate nor on ξ₀.** At the end of these {len(rates) + len(initials)} runs the "
        f"stress is {' or '.join(flow)}.",
        "**The faster, the larger is the overshoot.** From the lowest rate to the highest the peak stress is "
        f"{values(rates, 'peak_stress', 2)}, and ξ saturates at {values(rates, 'free_volume_final', 4)}.",
        "**The hotter, the lower are peak and flow stress.** From 0.86 to 0.99 T_g the peaks are "
        f"{values(temperatures, 'peak_stress', 2)}, the flow stresses {values(temperatures, 'sigma_flow', 2)}.",
        f"**Whatever ξ₀ is, the free volume saturates at the same value**, {values([aging], 'free_volume_final', 4)}.",
        "**The glass with ξ₀ = 0.11 hardens and ages.** Its stress has no overshoot. Its free volume falls to "
        f"{aging.history['free_volume'].min():.4f} and comes back to {aging.summary['free_volume_final']:.4f}, less than at the "
        "start.",
        f"**Creep above σ_c has three stages.** The strain jumps to that of the ramp, has crept to 0.10 at the time {times[0]} "
        f"and to 0.20 at {times[2]}, and then runs away: it is 0.40 at {times[-1]}.",
    ]

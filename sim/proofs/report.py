"""The battery as a page, as a table on the terminal, and as data."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sim.files.atomic import make_folder, write_file, writing
from sim.proofs.distance import RARE
from sim.proofs.entry import GROUPS, LIMIT, Finding
from sim.proofs.figures import draw
from sim.proofs.run import Battery, Result, by_group
from sim.texts import markdown_table

COMMAND = "daarna validate --out docs/validation.md"
HEADINGS = {
    "closed form": "Closed forms",
    "real data": "Real data",
    "docking": "Docking with other models",
    "pattern": "Published patterns",
    "prediction": "Registered predictions",
    "hypothesis": "Hypotheses",
    "robustness": "Robustness",
}


def write_report(battery: Battery, out: Path) -> list[Path]:
    """Write the page, and its figures to ``figures/`` beside it; same battery, same bytes.

    Raises
    ------
    InputError, StudyError
        When a file cannot be written.
    """
    with writing(out):
        make_folder(out.parent)
        figures = draw(battery, out.parent / "figures", out.stem)
        write_file(out, page(battery, [figure.name for figure in figures]))
    return [out, *figures]


def page(battery: Battery, figures: list[str]) -> str:
    """The report in Markdown."""
    lines = [*_introduction(battery), *_summary(battery), *_figures(battery, figures)]
    for group in GROUPS:
        of_group = [one for one in battery.results if one.entry.group == group]
        if of_group:
            lines += [f"## {HEADINGS[group]}", ""]
            for one in of_group:
                lines += _entry(one)
    return "\n".join(lines).rstrip() + "\n"


def _introduction(battery: Battery) -> list[str]:
    tested = sum(not isinstance(one.expected, tuple) for one in battery.findings)
    permuted = sum("permutations" in one.note for one in battery.findings)
    alarm = tested * math.erfc(LIMIT / math.sqrt(2)) + permuted * RARE
    kind = "quick" if battery.effort.quick else "full"
    bad = [one.entry.id for one in battery.results if not one.passes]
    every = f"All {len(battery.results)} entries that it runs pass." if battery.left_out else "All entries pass."
    failing = f"{len(bad)} of {len(battery.results)} entries fail: {', '.join(bad)}." if bad else every
    less = f" {left_out(battery)}." if battery.left_out else ""
    return [
        "# Validation: why a simulated number should be believed",
        "",
        f"Written by `{COMMAND}`; do not edit it by hand. This is the {kind} battery, seed {battery.effort.seed}: "
        f"{len(battery.results)} entries, {len(battery.findings)} findings. **{failing}**{less}",
        "",
        "```",
        "daarna validate --quick                  # a tenth of the runs: what continuous integration does",
        "daarna validate --only clv-multiple      # one entry",
        f"{COMMAND}   # this page",
        "```",
        "",
        "Each entry runs the ordinary model, from a scenario file in which all is switched off but what the entry is about. What is",
        "expected is computed without the simulator's code, or published. The source, the setting and how the expected number comes",
        "about stand with each entry.",
        "",
        "**Small steady faults.** The findings of an entry are also judged together: an omnibus of all its cases (Fisher's combination of their smallest",
        "p-values, whatever the correlation within a case), and, for a named rate or, where none is named, for all that the entry expects, the weighted",
        "sum of scores that a steady fault of it would move most. The summary says the smallest such fault, up or down, that is found with probability .9, as a",
        "share of the rate: reckoned from the entry's own standard errors, their degrees of freedom, their growth with the mean (by the skewness of the values)",
        "and what the setting allows for. `pytest -m slow tests/proofs/test_omnibus.py` plants faults of the twelve rates: nine by a parameter at the share",
        "said, under ten seeds each, and in the code 3% of the odds of lapse and dropout and of the share clawed back.",
        "",
        f"**Verdict.** Where a number is expected, z is the distance in standard errors, as a standard normal score (a standard error "
        f"estimated from few runs counts as Student's t says, skewed values as Hall's transformation does); a finding passes if |z| ≤ {LIMIT}. A right model exceeds that with",
        f"probability {math.erfc(LIMIT / math.sqrt(2)):.1e}: of batteries like this one, {tested} such findings, fewer than "
        f"{alarm:.1%} would fail by chance (Bonferroni). Where a range is expected, found ± 1.96 standard errors must lie wholly inside:",
        "a finding that is too imprecise fails. A standard error of 0 means that the value is exact, and must be met exactly. Where the",
        "setting itself implies a small difference (money is kept in whole hundredths) the note says how much is allowed for. An entry",
        "passes if all its findings do; one that ends in an error fails. Sources marked † are cited from memory.",
        "",
    ]


def _summary(battery: Battery) -> list[str]:
    head = ("entry", "what is claimed", "source", "findings", "largest |z|", "sees a steady fault of", "verdict")
    rows = [
        (f"[{one.entry.id}](#{one.entry.id})", one.entry.title, one.entry.source, str(len(one.findings)), largest(one), seen(one), verdict(one))
        for one in battery.results
    ]  # fmt: skip
    return ["## Summary", "", markdown_table(head, rows, "lllrrl")]


def _figures(battery: Battery, figures: list[str]) -> list[str]:
    lines = []
    for name in figures:
        lines += [f"![{name.removesuffix('.png').replace('-', ' ')}](figures/{name})", ""]
    if figures:
        lines += [
            "The first figure holds all scores against the normal distribution they should have if model and standard errors are right:",
            "points on the line. Scores that are exactly 0 (exact values, allowed differences) are left out. Where a closed form is a limit",
            "of the model, lines are what steps of that length should give, points what they gave with 95% intervals.",
            "",
        ]
    return lines


def _entry(one: Result) -> Iterator[str]:
    entry = one.entry
    yield from (f"### {entry.title} {{ #{entry.id} }}", "")
    settings = ", ".join(f"`{name.strip()}`" for name in entry.setting.split(","))
    yield from (f"`{entry.id}`: **{verdict(one)}**. Source: {entry.source}. Setting: {settings}.", "")
    if entry.explanation:
        yield from (*(line.strip() for line in entry.explanation.splitlines()), "")
    if one.error:
        yield from (f"Ended with {one.error}", "")
    if one.findings:
        head = ("quantity", "expected", "found", "standard error", "z", "verdict", "note")
        yield markdown_table(head, map(cells, one.findings), "lrrrrl")


def cells(finding: Finding) -> tuple[str, ...]:
    """Quantity, expected, found, standard error, z, verdict and note, as text."""
    if isinstance(finding.expected, tuple):
        expected = f"{number(finding.expected[0])} to {number(finding.expected[1])}"
        score = ""
    else:
        expected, score = number(finding.expected), f"{finding.z:.2f}"
    error = "exact" if finding.standard_error == 0 else f"{finding.standard_error:.2g}"
    note = finding.note + (f" (allowed for: {finding.tolerance:.1g})" if finding.tolerance else "")
    return (finding.quantity, expected, number(finding.found), error, score, "pass" if finding.passes else "**FAIL**", note)


def number(value: float) -> str:
    """Five significant digits, no exponents for numbers of a usual size."""
    if not math.isfinite(value):
        return "n/a" if math.isnan(value) else "∞" if value > 0 else "−∞"
    text = f"{value:.5g}"
    return f"{value:,.0f}" if "e+" in text and abs(value) < 1e12 else text


def seen(one: Result) -> str:
    """The smallest steady faults that the entry finds with probability .9."""
    return "; ".join(map(str, one.sees))


def largest(one: Result) -> str:
    """The largest |z| of an entry's findings; empty where only ranges are expected."""
    scores = [abs(finding.z) for finding in one.findings if not isinstance(finding.expected, tuple)]
    return f"{max(scores):.2f}" if scores else ""


def verdict(one: Result) -> str:
    """``pass``, or what fails."""
    if one.error:
        return "FAIL (error)"
    bad = sum(not finding.passes for finding in one.findings)
    return "pass" if one.passes else f"FAIL ({bad} of {len(one.findings)})" if one.findings else "FAIL (nothing found)"


def left_out(battery: Battery) -> str:
    """What the quick battery did not run, and where that is to be found; nothing of a full one."""
    if not battery.left_out:
        return ""
    asked = len(battery.results) + len(battery.left_out)
    return (
        f"--quick left out {len(battery.left_out)} of {asked} entries: {by_group(battery.left_out)}; "
        "docs/validation.md has them, and daarna validate without --quick runs them"
    )


def as_data(battery: Battery) -> dict[str, Any]:
    """The battery as plain data, for JSON."""
    return {
        "passes": battery.passes,
        "left_out": [{"id": one.id, "group": one.group} for one in battery.left_out],
        "quick": battery.effort.quick,
        "seed": battery.effort.seed,
        "limit": LIMIT,
        "entries": [
            {
                "id": one.entry.id,
                "group": one.entry.group,
                "title": one.entry.title,
                "source": one.entry.source,
                "setting": one.entry.setting,
                "passes": one.passes,
                "error": one.error,
                "sees": [{"rate": rate, "share": share} for rate, share in one.sees],
                "seconds": round(one.seconds, 2),
                "findings": [
                    {
                        "quantity": finding.quantity,
                        "expected": list(finding.expected) if isinstance(finding.expected, tuple) else finding.expected,
                        "found": finding.found,
                        "standard_error": finding.standard_error,
                        "n": finding.n,
                        "tolerance": finding.tolerance,
                        "z": finding.z,
                        "passes": finding.passes,
                        "note": finding.note,
                    }
                    for finding in one.findings
                ],
            }
            for one in battery.results
        ],
    }

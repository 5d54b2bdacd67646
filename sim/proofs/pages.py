"""The pages of hypotheses and of robustness, made from the runs: ``python -m sim.proofs.pages docs`` writes both, and the verdicts."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from sim.files.atomic import write_file
from sim.proofs import robustness
from sim.proofs.flips import Found, Region
from sim.proofs.hypotheses import PARAMETERS, PAY, Curve, JudgedClaim, Studied, library
from sim.proofs.registered import RECORD
from sim.proofs.report import number as plain
from sim.texts import markdown_table

RUNS = 20  # of each change in the table of robustness


def hypotheses(answers: Sequence[Studied]) -> str:
    """All hypotheses: verdicts, then each with its claims, curves and sweeps."""
    lines = [
        "# Hypotheses: registered, run, decided",
        "",
        "Made by `python -m sim.proofs.pages docs`; do not edit it by hand. The files are in `scenarios/hypotheses`: each says, before it is",
        "run, what is claimed, which outcomes decide with which sign, and the rule of decision. Arms meet on common random numbers; intervals",
        "are 95% and hold jointly for the outcomes of a claim. *At equal pay* the variable pay of the second arm is rescaled until a rep",
        "earns what the first arm's rep earns. A hypothesis is refuted in a world as soon as one of its claims is; the claims say which.",
        "The rule is the one in the code (`sim/proofs/verdicts.py`), word for word, or the file is refused. Verdicts are recorded in",
        "`scenarios/hypotheses/found.json` after the runs; the record decides nothing, it lets `daarna validate` notice an answer that changes.",
        "",
    ]
    rows = []
    for answer in answers:
        one = answer.hypothesis
        for world in one.worlds:
            paid = answer.verdict(world, PAY) if any(part.at == PAY and part.world == world for part in answer.parts) else "–"
            rows.append((f"[{one.id}](#{one.id.lower()})", one.title, world, answer.verdict(world, PARAMETERS), paid))
    lines.append(markdown_table(("", "hypothesis", "world", "at equal parameters", "at equal pay"), rows).rstrip())
    for answer in answers:
        lines += _answer(answer)
    return "\n".join(lines).rstrip() + "\n"


def _answer(answer: Studied) -> Iterator[str]:
    one = answer.hypothesis
    yield from ("", f"## {one.id}: {one.title} {{ #{one.id.lower()} }}", "")
    if one.statement:
        yield from (one.statement, "")
    yield from (f"Source: {one.source}. Rule: {one.rule}. {answer.runs} pairs of runs, seed {answer.seed}.", "")
    if one.limits:
        yield from (f"*What the model cannot show:* {one.limits}", "")
    for claim in one.claims:
        yield from (f"**{claim.say[0].upper()}{claim.say[1:]}.**", "")
        yield from _claims([part for part in answer.parts if part.claim is claim])
    for curve in answer.curves:
        yield from _curve(curve)
    for found in answer.found:
        yield from _flip(answer, found)


def _claims(parts: Sequence[JudgedClaim]) -> Iterator[str]:
    head = ("world", "at", "outcome", "expected", "base", "difference", "joint 95% interval", "verdict")
    rows: list[tuple[str, ...]] = []
    for part in parts:
        place = part.world, part.at + (f" ({part.note})" if part.note else "")
        if not part.judged:
            rows.append((*place, *[""] * 5, part.verdict))
        for one in part.judged:
            difference = f"{plain(one.mean)} ± {one.standard_error:.2g}"
            span = f"{plain(one.low)} to {plain(one.high)}"
            rows.append((*place, f"`{one.outcome}`", one.expected, plain(one.base), difference, span, one.verdict))
    yield markdown_table(head, rows, "lllcrrrl")


def _curve(curve: Curve) -> Iterator[str]:
    peak = curve.peak
    yield from (
        f"**{peak.say[0].upper()}{peak.say[1:]}, {curve.world}: {curve.verdict}.** Best at {peak.values[curve.best]:g}.",
        "",
    )
    cells = [f"{plain(round(m))} ± {h:.2g}" for m, h in zip(curve.mean.tolist(), curve.half.tolist(), strict=True)]
    head = (f"`{peak.path}`", *(f"{value:g}" for value in peak.values))
    yield markdown_table(head, [(f"`{peak.outcome}` less that of the first (joint 95%)", *cells)], "lr")


def _flip(answer: Studied, found: Found) -> Iterator[str]:
    flip, table = found.flip, found.paired.table
    expected = answer.hypothesis.claims[flip.claim].outcomes.get(flip.outcome, "?")
    yield from (
        f"**Where does the sign of `{flip.outcome}` turn?** {flip.say[0].upper()}{flip.say[1:]} ({flip.world} as the start).",
        "",
    )
    yield (
        f"{len(table)} points of {flip.runs} pairs of runs: positive at {found.positive}, negative at {found.negative}, "
        f"within two standard errors of nought at {found.paired.unsure}."
    )
    yield ""
    for region in found.regions:
        share = f"{region.density:.0%} of the {region.points} points there, {region.coverage:.0%} of all such points"
        yield f"- {_side(region, expected)} where {region.words}: {share}."
    if found.regions:
        yield ""
    if flip.method == "grid":
        names = found.paired.factors
        points = [
            (*(str(row[name]) for name in names), f"{plain(row['difference'])} ± {row['standard_error']:.2g}")
            for row in table.to_dict("records")
        ]
        yield markdown_table((*names, "difference"), points, "l" * len(names) + "r")
    drivers = [
        (f"`{row['factor']}`", f"{row['src']:+.2f} ({row['low']:+.2f} to {row['high']:+.2f})", f"{row['logit']:+.2f}")
        for row in found.drivers.to_dict("records")
    ]
    yield markdown_table(("factor", "standardised coefficient (95%)", "log odds of + per sd"), drivers, "lr")


def _side(region: Region, expected: str) -> str:
    word = {"+": "Positive", "-": "Negative"}[region.sign]
    if expected in "+-":
        word += " (as claimed)" if region.sign == expected else " (against the claim)"
    return word


def robust(runs: int = RUNS, seed: int = 1, workers: int | None = None) -> str:
    """The table of robustness in both worlds."""
    lines = [
        "# Robustness: every assumed number halved and doubled",
        "",
        "Made by `python -m sim.proofs.pages docs`; do not edit it by hand. Profit over ten years (`npv`) of pay on the signature less that of",
        f"pay on the relationship, thousands of EUR, {runs} pairs of runs, seed {seed}, ± standard error; largest swing first; **bold** where the",
        "sign turns by more than two standard errors. Every assumed number of the world (not of the schemes) is changed alone: of a probability,",
        "share or factor below 1 the odds are halved and doubled, of any other number the number itself, as far as its bounds allow; numbers",
        "that are 0 are left out; of the table of payment transitions, the odds to pay. One at a time says nothing of joint changes: see the",
        "sweeps of [E0](hypotheses.md#e0).",
    ]
    for world in robustness.WORLDS:
        found = robustness.headline(world, runs, seed, workers)
        lines += ["", f"## {world}", ""]
        for k, name in enumerate(robustness.OUTCOMES):
            turned = [f"`{row.change.path}` ({which})" for row in found.rows for which in row.flips(found.mean, k)]
            unsure = [f"`{row.change.path}` ({which})" for row in found.rows for which in row.open(found.mean, k)]
            tried = sum(value is not None for row in found.rows for value in row.change.values)
            lines.append(
                f"- `{name}`: {plain(float(found.mean[k]))} ± {found.error[k]:.2g} as assumed; the sign holds in "
                f"{tried - len(turned) - len(unsure)} of {tried} changes of {len(found.rows)} numbers"
                + (f"; turned by {', '.join(turned)}" if turned else "")
                + (f"; not established with {', '.join(unsure)}" if unsure else "")
                + "."
            )
        lines += ["", robustness.markdown(found)]
    return "\n".join(lines).rstrip() + "\n"


ABOUT = (
    "Verdicts recorded after the registered runs, by hypothesis and world: at equal parameters, at equal pay. They decide nothing: "
    "daarna validate compares new runs with them, so that an answer does not change unnoticed."
)


def verdicts(answers: Sequence[Studied]) -> dict[str, dict[str, list[str]]]:
    """What is recorded of them in ``found.json``: by hypothesis and world, at equal parameters and, where it is asked, at equal pay."""
    return {
        answer.hypothesis.id: {
            world: [
                answer.verdict(world, at)
                for at in (PARAMETERS, PAY)
                if at == PARAMETERS or any(part.at == at and part.world == world for part in answer.parts)
            ]
            for world in answer.hypothesis.worlds
        }
        for answer in answers
    }


def main(folder: Path) -> None:
    """Write both pages, and record the verdicts beside the hypotheses."""
    answers = list(library())
    write_file(folder / "hypotheses.md", hypotheses(answers))
    write_file(folder / "robustness.md", robust())
    found = [f"  {json.dumps(name)}: {json.dumps(worlds)}" for name, worlds in verdicts(answers).items()]
    write_file(
        folder.parent / "scenarios" / "hypotheses" / RECORD, ",\n".join([f'{{\n  "about": {json.dumps(ABOUT)}', *found]) + "\n}\n"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))

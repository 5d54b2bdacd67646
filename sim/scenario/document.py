"""The reference pages of the documentation, made from the code.

``python -m sim.scenario.document docs/parameters.md`` writes the page; without a file it is printed.
A test compares what is committed with what is made here, so the page cannot fall behind the code.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, get_args

from sim.observables import OBSERVABLES
from sim.scenario.base import Group
from sim.scenario.describe import allowed, plain
from sim.scenario.model import Scenario
from sim.tables import COHORTS, CUSTOMERS, LESS, MONTHS, MORE, OUTCOMES, REPS, WHALE, Column
from sim.texts import markdown_table

COMMAND = "python -m sim.scenario.document docs/parameters.md"

HEAD = f"""# Parameters, measures and result columns

Made from the code by `{COMMAND}`; do not edit it by hand.
How the model uses these is in [model.md](model.md), how a scheme is written in [schemes.md](schemes.md).

Units: *money* is the scenario's currency; rates are per month unless the unit says otherwise. A number in a list is counted
from 0. The source *assumed* means that no source stands behind the default; a scenario says where its own values come from
in `[sources]`, and `daarna describe SCENARIO` prints both. A source is that of a parameter, or of a group (`"customers.lapse"`); the narrowest
counts. It holds for the value it was given for: what a scenario that `extends` another, a factor or a calibration sets to another value
is *assumed*, unless a source comes with it.
"""

RESULTS: tuple[tuple[str, str, tuple[Column, ...]], ...] = (
    (
        "runs",
        "A row per scenario and run; `profit_year_1`, `profit_year_2`, … (money: profit of that year, more is better) stand after "
        "`npv`. What is neither better more nor better less is a means, and comparisons call no scheme better for it.",
        OUTCOMES,
    ),
    ("months", "A row per scenario, run and month.", MONTHS),
    ("cohorts", "A row per scenario, run, year of signing and year; the opening book is cohort 0.", COHORTS),
    ("whale", "A row per scenario, run and share of the customers: concentration of profit.", WHALE),
    ("reps", "A row per scenario, run, seat and rep who filled it.", REPS),
    ("customers", "A row per scenario, run and customer, the opening book's included (with `--customers`).", CUSTOMERS),
)

OBSERVED = """What papers, regulators and firms publish, read off the tables: one number per run. `sim.observe(study, "persistency(month=25, by=premium)")`
gives it of a study, a name among the `outcomes` of a design records it in a sweep, and the published patterns are stated in it. The opening
book is left out of customers unless the group is `opening`.
"""

BETTER = {MORE: "more", LESS: "less", 0: ""}

# of a measure, by sim.scheme.measures: its kind, what one signing adds to it at once, what a visit does
KINDS = {"new": "flow, made by signing", "book": "flow, made by the customers kept", "level": "level at the period's end"}
SIGNING = {
    "none": "nothing",
    "one": "1",
    "revenue": "the first purchase",
    "margin": "the margin on it",
    "worth": "a customer's expected monthly margin",
    "profit": "the margin on it less perks",
    "tenure": "a customer in the first month",
    "arrears": "a customer who owes nothing overdue",
}
VISIT = {
    "none": "nothing",
    "repeat": "repeat revenue",
    "cross": "cross revenue",
    "sale": "repeat and cross revenue",
    "sale margin": "the margin on both",
    "sale profit": "the margin on both less the visit's cost",
    "satisfaction": "satisfaction",
    "customer": "the lapse prevented",
    "customer share": "the lapse prevented, of the book",
    "customer worth": "the lapse prevented, in expected monthly margin",
    "loss": "less the lapse prevented",
    "arrears": "less arrears: who is content pays",
}


def page() -> str:
    """The whole page."""
    parts = [HEAD, "## Parameters\n", *_group(Scenario, "")]
    parts += ["## Measures\n", _measures(), "## Result columns\n"]
    parts.append("Every table begins with the columns `scenario` and `run`.\n")
    for name, meaning, columns in RESULTS:
        rows = [(f"`{column.name}`", column.unit, column.meaning, BETTER[column.better]) for column in columns]
        head = ("column", "unit", "meaning", "better") if name == "runs" else ("column", "unit", "meaning")
        parts += [f"### {name}\n", f"{meaning}\n", markdown_table(head, [row[: len(head)] for row in rows])]
    observed = [
        (f"`{one.name}`", ", ".join(_argument(*given) for given in one.arguments.items()), one.unit, one.counted, one.out_of)
        for one in OBSERVABLES.values()
    ]
    parts += ["## Observables\n", OBSERVED, markdown_table(("observable", "arguments", "unit", "counted", "out of"), observed)]
    parts += [f"`{one.name}`: {' '.join(one.meaning.split())}\n" for one in OBSERVABLES.values()]
    return "\n".join(parts)


def _argument(name: str, given: tuple[tuple[object, ...] | range, object]) -> str:
    """An argument: what is allowed, the default first."""
    allowed, default = given
    said = f"{allowed.start} to {allowed.stop - 1}" if isinstance(allowed, range) else " or ".join(map(str, allowed))
    return f"`{name}={default}` ({said})"


def _group(group: type[Group], prefix: str) -> list[str]:
    """A section for a group of parameters, and one for each group within it."""
    rows, inner = [], []
    for name, field in group.model_fields.items():
        nested = _inside(field)
        if nested is None:
            extra: Any = field.json_schema_extra or {}
            meaning, source = field.description or "", str(extra.get("source", ""))
            rows.append(
                (f"`{prefix}{name}`", _default(field.default), str(extra.get("unit", "")), allowed(field), meaning, source)
            )
        else:
            kind, brackets = nested
            inner += _group(kind, f"{prefix}{name}{brackets}.")
    title = f"`{prefix.rstrip('.')}`" if prefix else "The scenario itself"
    intro = [f"### {title}\n", f"{(group.__doc__ or '').split('  ')[0]}\n"]
    head = ("parameter", "default", "unit", "allowed", "meaning", "source of the default")
    return [*intro, *([markdown_table(head, rows)] if rows else []), *inner]


def _inside(field: Any) -> tuple[type[Group], str] | None:
    """The group a field holds, and ``[]`` if it holds a list of them."""
    if isinstance(field.annotation, type) and issubclass(field.annotation, Group):
        return field.annotation, ""
    for kind in get_args(field.annotation):
        if isinstance(kind, type) and issubclass(kind, Group):
            return kind, "[]"
    return None


def _default(value: Any) -> str:
    text = plain(value)
    return f"`{text}`" if text else "none"


def _measures() -> str:
    from sim.scheme.measures import MEASURES

    rows = [
        (f"`{one.name}`", one.unit, KINDS[one.kind], SIGNING[one.per_signing], VISIT[one.per_visit], one.meaning)
        for one in MEASURES
    ]
    intro = (
        "What a component can pay on, for the rep or as the mean over the team. A flow is summed over the component's period. "
        "What a signing and a visit add is what the rep's plan reckons with.\n"
    )
    return intro + "\n" + markdown_table(("measure", "unit", "kind", "a signing adds at once", "a visit adds", "meaning"), rows)


if __name__ == "__main__":
    from sim.files.atomic import write_file

    if len(sys.argv) > 1:
        write_file(Path(sys.argv[1]), page())
    else:
        print(page())

"""The cookbook page of the documentation, made from the scenario files and a study of them.

``python -m sim.proofs.cookbook docs/cookbook.md`` simulates every plan and writes the page; tests compare what is committed
with what is made here from the files, and (slowly) its numbers with what is simulated.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import NamedTuple

from sim import library
from sim.files.atomic import write_file
from sim.scenario.load import load
from sim.scenario.model import Scenario
from sim.scheme_words import terms
from sim.study import run
from sim.texts import markdown_table

COMMAND = "python -m sim.proofs.cookbook docs/cookbook.md"
RUNS, SEED = 100, 1

#: The plans in the order in which they are told.
PLANS = (
    "salary-plus-commission", "straight-commission", "draw-against-commission", "start-up-guarantee",
    "quota-bonus", "accelerator", "overachievement", "decelerator-with-cap", "spiff",
    "gross-margin", "collected-cash", "renewal-commission", "team-pool",
    "indemnity-clawback", "level-commission", "upfront-and-trail", "persistency-bonus", "deferred-with-malus",
    "satisfaction-gate", "balanced-scorecard",
)  # fmt: skip

OUTCOMES = {  # column of the runs table -> heading, factor, decimals
    "npv": ("npv, thousand EUR", 1e-3, 0),
    "signings": ("signings", 1.0, 0),
    "persistency_12": ("persistency, 12 months", 1.0, 4),
    "satisfaction": ("satisfaction", 1.0, 4),
    "rep_pay_mean": ("pay, EUR a month", 1.0, 0),
    "variable_share": ("variable share", 1.0, 3),
    "hunting_share": ("hunting", 1.0, 3),
    "nurturing_share": ("nurturing", 1.0, 3),
    "rep_turnover": ("turnover a year", 1.0, 3),
}

HEAD = f"""# Cookbook: twenty plans

Made from `scenarios/schemes/` by `{COMMAND}`; do not edit it by hand.

Each plan is a scenario file of its own that extends the baseline world: the customers, the desk and the market are the same, the scheme and
the salary differ. Take the one nearest to yours, change the numbers (how: [schemes](schemes.md)), and compare:

```
daarna run scenarios/schemes/salary-plus-commission.toml scenarios/schemes/indemnity-clawback.toml
daarna explain scenarios/schemes/indemnity-clawback.toml --rep 3 --year 2
```

The sizes are assumed and *the plans do not cost the same*: whoever wants to know which form is better must first make their pay equal. *Expect*
says what the literature or the plan's logic lets one expect; the table says what happened here, and the two need not agree.
"""


class Plan(NamedTuple):
    """A plan as its file tells it."""

    name: str
    scenario: Scenario
    about: str
    used_by: str
    expect: str
    toml: str


def read(name: str, folder: Path | None = None) -> Plan:
    """Read a plan: the comment on top in its three parts, and the part of the file that a reader would copy."""
    path = (folder or library.folder() / "schemes") / f"{name}.toml"
    text = path.read_text(encoding="utf-8")
    comment = " ".join(line.lstrip("# ").strip() for line in re.match(r"(#.*\n)+", text).group().splitlines())  # type: ignore[union-attr]
    about, used_by, expect = (part.strip() for part in re.split(r"Used by:|Expect:", comment))
    body = text[text.index("[reps]") : text.index("[sources]")].strip()
    return Plan(name, load(path), about, used_by, expect, body)


def measure(plans: list[Plan]) -> dict[str, list[str]]:
    """Simulate the plans: mean ± standard error of every outcome of :data:`OUTCOMES`, as it stands in the table."""
    study = run([plan.scenario for plan in plans], runs=RUNS, seed=SEED)
    found = {(row["scenario"], row["outcome"]): row for row in study.summary().to_dict("records")}
    cells = {}
    for plan in plans:
        rows = [(found[plan.name, outcome], factor, digits) for outcome, (_, factor, digits) in OUTCOMES.items()]
        cells[plan.name] = [
            f"{row['mean'] * factor:,.{digits}f} ± {row['standard_error'] * factor:,.{digits}f}" for row, factor, digits in rows
        ]
    return cells


def measured(page: str) -> dict[str, list[str]]:
    """The numbers that a page states."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in page.splitlines() if line.startswith("| [")]
    return {re.findall(r"\(#(.+)\)", row[0])[0]: row[1:] for row in rows}


def page(plans: list[Plan], numbers: dict[str, list[str]]) -> str:
    """The page, with the numbers given."""
    lines = [HEAD, f"Mean ± Monte Carlo standard error of {RUNS} runs of ten years, seed {SEED}, on common random numbers:\n"]
    headings = [heading for heading, _, _ in OUTCOMES.values()]
    rows = [(f"[{plan.scenario.title}](#{plan.name})", *numbers[plan.name]) for plan in plans]
    lines.append(markdown_table(("plan", *headings), rows, "lr").rstrip())
    for plan in plans:
        lines += [
            f"\n## {plan.scenario.title} {{ #{plan.name} }}\n",
            plan.about,
            f"\n*Used by:* {plan.used_by}",
            f"\n*Expect:* {plan.expect}\n",
        ]
        lines += [
            f"- *{component.name}*: {terms(component, plan.scenario.currency)}." for component in plan.scenario.scheme.components
        ]
        lines += [f"\n`scenarios/schemes/{plan.name}.toml`:\n", "```toml", plan.toml, "```"]
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> None:
    """Write the page to a file, or print it."""
    plans = [read(name) for name in PLANS]
    text = page(plans, measure(plans))
    if arguments:
        write_file(Path(arguments[0]), text)
    else:
        print(text)


if __name__ == "__main__":
    main(sys.argv[1:])

"""Trials of what a researcher does who changes a rule: in a copy of the sources one rule is edited, and every way follows in full.

The measure is the compiled engine that takes every customer through every step; by the block and by agents the tables must be the
same to the last bit, and other than before the edit.  An edit that is neutral by default leaves every table as it was.  Slow: each
trial compiles the model anew.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import sim
from tests.engine.test_one_home import BUSY

ROOT = Path(sim.__file__).parents[1]
RUN = """
import hashlib, json, sys
from sim import book, engine
from sim.scenario.model import Scenario
scenario, runs = Scenario.model_validate(json.loads(sys.argv[1])), range(1, 2)
def told(way):
    digest = hashlib.sha256()
    for name in ("runs", "months", "cohorts", "whale", "reps", "customers"):
        table = getattr(way, name)
        for column in table.columns:
            digest.update(repr(table[column].tolist()).encode())
    return digest.hexdigest()
print(json.dumps([
    told(engine.simulate(scenario, 5, runs, customers=True, by_block=False)),
    told(engine.simulate(scenario, 5, runs, customers=True)),
    told(book.simulate(scenario, 5, runs, customers=True)),
]))
"""


class Edit(NamedTuple):
    """What is written instead of what in which sources; what new sources hold; what is set, if the edit is neutral by default."""

    name: str
    changes: tuple[tuple[str, str, str], ...]
    files: tuple[tuple[str, str], ...] = ()
    given: dict[str, Any] | None = None


STEP = """
from sim.compiled import rule

ACT = "read_the_news"


@rule
def quiet(params, clock, customer, moment, rep):
    customer.expectation += params.feeling_news * (customer.margin - customer.expectation)


@rule
def occurs(params, clock, customer, moment, rep):
    return moment.u_referral > 1.0 - params.feeling_news


@rule
def happen(params, clock, customer, moment, rep, tally, agent):
    customer.satisfaction = min(1.0, customer.satisfaction + 0.1)
    tally.cases += 1.0
"""
EDITS = [
    Edit("a factor: odds of lapse", (("rules/lapse.py", "shifted = odds * occasion", "shifted = 3.0 * odds * occasion"),)),
    Edit("a sign: satisfaction holds", (("rules/lapse.py", "(-weight_satisfaction * s", "(weight_satisfaction * s"),)),
    Edit("a term: lapse by month of contract", (("rules/lapse.py", "leaves(params, customer, moment.u_lapse, occasion,",
         "leaves(params, customer, moment.u_lapse, occasion * (1.0 + 0.1 * (clock.month - customer.signed)),"),)),
    Edit("a parameter: a season of lapse", (
        ("scenario/parameters.py", '    midterm: float', '    season: tuple[Number, ...] = par((1.0, 1.0, 1.0), "factor", "on the odds by month of the quarter", max_length=3, min_length=3)\n    midterm: float'),
        ("rules/lapse.py", "else (params.lapse_midterm, 0.0)\n", "else (params.lapse_midterm, 0.0)\n    occasion *= params.lapse_season[clock.month % 3]\n"),
    ), given={"customers": {"lapse": {"season": [1.0, 0.5, 3.0]}}}),
    Edit("a step", (
        ("rules/steps.py", "from sim.rules import lapse, ", "from sim.rules import lapse, news, "),
        ("rules/steps.py", "STEPS: tuple[ModuleType, ...] = (nurturing, ", "STEPS: tuple[ModuleType, ...] = (nurturing, news, "),
        ("scenario/parameters.py", "    expectation: float = par(", '    news: float = par(0.0, "share", "of the way to the margin", ge=0, le=1)\n    expectation: float = par('),
    ), files=(("rules/news.py", STEP),), given={"customers": {"feeling": {"news": 0.2}}}),
    Edit("a choice: what a desk does", (
        ("scenario/parameters.py", 'Literal["technical", "commercial"]', 'Literal["technical", "commercial", "silent"]'),
        ("scenario/codes.py", 'TECHNICAL, COMMERCIAL = _codes(Desk, "orientation", "technical", "commercial")',
         'TECHNICAL, COMMERCIAL, SILENT = _codes(Desk, "orientation", "technical", "commercial", "silent")'),
        ("rules/service.py", "    return calls(moment.u_contact, customer.no_contact)", "    return calls(moment.u_contact, customer.no_contact) & (params.desk_orientation != 2)"),
    ), given={"desk": {"orientation": "silent"}}),
    Edit("a condition: visits of the tied", (("rules/nurturing.py", "rep.visits_worth * customer.worth\n", "rep.visits_worth * customer.worth * (1.0 + customer.tie)\n"),)),
    Edit("a trait in a quiet month", (("rules/nurturing.py", "customer.tie *= rep.tie_fading", "customer.tie *= rep.tie_fading * customer.margin"),)),
    Edit("a factor: experience", (("rules/nurturing.py", "return weight_fit * fit", "return 0.5 * weight_fit * fit"),)),
    Edit("a factor: rate of purchase", (("rules/purchasing.py", "return base * lift", "return 2.0 * base * lift"),)),
    Edit("a condition: renewals a month late", (("rules/renewal.py", "clock.month > customer.term_ends", "clock.month > customer.term_ends + 1"),)),
    Edit("a condition: contacts", (("rules/service.py", "return u > no_contact", "return u > 0.9 * no_contact"),)),
    Edit("a quiet month: offers remembered", (("rules/service.py", "return pushed * (1.0 - forgetting)", "return pushed * (1.0 - forgetting) ** 2"),)),
    Edit("a factor: the dissatisfied pay", (("rules/payment.py", "odds * exp(dissatisfied * satisfaction)", "odds * exp(3.0 * dissatisfied * satisfaction)"),)),
    Edit("a condition: debt may rest", (("rules/payment.py", "return customer.owed > 0.0", "return (customer.owed > 0.0) & (moment.u_referral < 0.7)"),)),
    Edit("a condition: cases", (("rules/resolution.py", "(customer.bucket >= params.resolution_bucket)", "(customer.bucket >= params.resolution_bucket - 1.0)"),)),
    Edit("a speed: satisfaction", (("rules/satisfaction.py", "satisfaction + speed * (", "satisfaction + 0.5 * speed * ("),)),
    Edit("a condition: word of mouth", (("rules/satisfaction.py", "return u < rate * satisfaction", "return u < 3.0 * rate * satisfaction"),)),
    Edit("a stock of the books", (("accounts.py", "    tally.satisfaction_sum += score\n", "    tally.satisfaction_sum += score\n    tally.tenure_sum += 0.0\n    tally.wait_sum += quantise(customer.tie)\n"),)),
    Edit("a factor: who is willing", (("rules/hunting.py", "yes = w < surplus", "yes = w < 1.2 * surplus"),)),
    Edit("a trait at signing", (("rules/traits.py", "customer.odds_lapse = exp(", "customer.odds_lapse = 4.0 * exp("),)),
    Edit("a rep's cost of effort", (("rules/planning.py", "return 0.5 * params.reps_effort_cost", "return 0.1 * params.reps_effort_cost"),)),
]  # fmt: skip


def merged(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    """Tables within tables, the second on top of the first."""
    return first | {
        key: merged(first[key], value) if isinstance(value, dict) and isinstance(first.get(key), dict) else value
        for key, value in second.items()
    }


def told(sources: Path, scenario: dict[str, Any], cache: Path) -> list[str]:
    """The fingerprints of a run's tables: customer by customer, by the block, by agents."""
    env = os.environ | {"PYTHONPATH": str(sources), "DAARNA_CACHE": str(cache)}
    done = subprocess.run(
        [sys.executable, "-c", RUN, json.dumps(scenario)], capture_output=True, text=True, env=env, cwd=sources, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    fingerprints: list[str] = json.loads(done.stdout)
    return fingerprints


def test_what_is_edited_is_there() -> None:
    gone = [(edit.name, old) for edit in EDITS for name, old, _ in edit.changes if old not in (ROOT / "sim" / name).read_text()]
    assert not gone


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The fingerprint of the tables without an edit."""
    first, *others = told(ROOT, BUSY, tmp_path_factory.mktemp("cache"))
    assert others == [first, first]
    return first


@pytest.mark.slow
@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.name)
def test_an_edited_rule_is_followed_in_full_whichever_way(edit: Edit, before: str, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "sim", tmp_path / "sim", ignore=shutil.ignore_patterns("__pycache__", "built"))
    for name, old, new in edit.changes:
        path = tmp_path / "sim" / name
        text = path.read_text()
        path.write_text(text.replace(old, new, 1))
    for name, text in edit.files:
        (tmp_path / "sim" / name).write_text(text)
    if edit.given:
        assert told(tmp_path, BUSY, tmp_path / "cache") == [before] * 3, "neutral by default"
    whole, *others = told(tmp_path, merged(BUSY, edit.given or {}), tmp_path / "cache")
    assert others == [whole, whole]
    assert whole != before

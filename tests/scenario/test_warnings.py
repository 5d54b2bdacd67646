"""`check` warns of what is allowed and cannot work: each check once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import sim
from sim.cli import make_app
from sim.scenario.model import Scenario
from sim.scenario.warnings import COMPONENT, WHOLE, warnings
from tests.conftest import LIBRARY, ROOT

RATE = {"name": "commission", "measure": "initial_revenue", "rate": 0.1}
PERSISTENCY = {"name": "p", "measure": "persistency", "months": 12, "threshold": 0.85, "bonus": 4000.0}
MALUS = {"share": 0.5, "months": 12, "slices": 4}

#: What is wrong by the check that says so: (components, other groups, part of the warning).
CASES: list[tuple[str, list[dict[str, Any]], dict[str, Any], str]] = [
    ("_timing", [RATE | {"from_month": 61}], {}, "from_month: begins in month 61, after the run's last month, 60"),
    ("_timing", [RATE | {"months": 72}], {}, "months: its first period is settled in month 72"),
    ("_nothing", [{"rate": 0.0}], {}, "pays nothing"),
    ("_out_of_range", [PERSISTENCY | {"from_month": 13, "threshold": 1.2}], {}, "the bonus is never reached: 1.2 is above 1"),
    ("_out_of_range", [RATE, {"measure": "satisfaction", "combine": "gate", "threshold": 1.5}], {}, "the gate is never reached"),
    ("_out_of_range", [RATE, {"measure": "satisfaction", "combine": "gate", "threshold": -1.0}], {}, "the gate is always reached"),
    ("_out_of_range", [{"measure": "tenure", "months": 12, "threshold": 200.0, "bonus": 4000.0}], {},
     "the bonus is never reached: 200 is above 60, the highest tenure"),
    ("_backwards", [RATE, {"measure": "arrears_rate", "combine": "gate", "threshold": 0.1}], {}, "the gate opens when arrears rate is high"),
    ("_backwards", [{"measure": "lapses", "rate": 5.0}], {}, "rewards lapses"),
    ("_out_of_range", [RATE, {"measure": "arrears_rate", "combine": "multiply", "tiers": [{"attainment": 1.1, "rate": 2.0}]}], {},
     "tiers[0]: never reached"),
    ("_out_of_reach", [{"measure": "signings", "quota": 900.0, "bonus": 5.0}], {}, "out of reach: 900 signings a period"),
    ("_out_of_reach", [{"measure": "signings", "quota": 900.0, "tiers": [{"attainment": 1.0, "rate": 5.0}]}], {}, "tiers[0]: out of reach"),
    ("_unmeasured", [PERSISTENCY], {}, "in force before its measure can exist: persistency is measured in month 13"),
    ("_unmeasured", [PERSISTENCY | {"until_month": 12}], {}, "it never exists"),
    ("_unmeasured", [PERSISTENCY | {"from_month": 13}], {"scheme": {"persistency_least": 100_000}}, "no cohort of 12 months has"),
    ("_unmeasured", [RATE | {"deferral": MALUS | {"malus_measure": "persistency", "malus_below": 0.5}}], {}, "before persistency can exist"),
    ("_nobody", [{"measure": "repeat_revenue", "rate": 0.1}], {"customers": {"renewal": 0.0, "purchase": {"enabled": False}}}, "stays at 0"),
    ("_nobody", [RATE], {"market": {"success": 0.0, "referred_success": 0.0}}, "nobody signs"),
    ("_malus", [RATE | {"deferral": {"share": 0.5, "months": 90, "slices": 1}}], {}, "its first slice vests in month 91"),
    ("_malus", [RATE | {"deferral": MALUS | {"malus_measure": "satisfaction", "malus_below": 2.0}}], {}, "all is forfeited"),
    ("_malus", [RATE | {"deferral": MALUS | {"malus_measure": "satisfaction", "malus_below": -1.0}}], {}, "nothing is forfeited"),
    ("_clawback", [RATE | {"clawback": {"months": 12}, "deferral": MALUS | {"share": 1.0}}], {}, "nothing to claim back"),
    ("_capped", [{"measure": "signings", "bonus": 500.0, "cap": 300.0}], {}, "of 500 at most 300 is paid"),
    ("_idle_factor", [{"measure": "satisfaction", "combine": "gate", "threshold": 0.1}], {}, "the gate has nothing to act on"),
    ("_idle_factor", [RATE | {"until_month": 12}, {"measure": "satisfaction", "combine": "multiply", "rate": 2.0, "from_month": 13}], {},
     "the multiplier has nothing to act on"),
    ("_team_of_one", [RATE | {"scope": "team"}], {"reps": {"count": 2, "absent": [0]}}, "a team of 1"),
    ("_no_salary", [RATE], {"reps": {"salary": 0.0}, "scheme": {"variable_cap": 0.2}}, "there is no salary"),
    ("_unpaid", [], {"reps": {"salary": 1000.0}}, "reps.salary: 1,000, of which nobody lives (reps.expenses = 1,600)"),
    ("_unpaid", [RATE | {"rate": 0.0, "bonus": 0.0}], {"reps": {"salary": 0.0}}, "filled all the same (reps.hiring_rate = 1)"),
    ("_norm", [RATE], {"scheme": {"norm": {"minimum": 500.0}}}, "every rep is dismissed"),
    ("_norm", [RATE], {"scheme": {"norm": {"minimum": 1.0, "months": 72}}}, "the norm is first looked at in month 72"),
    ("_by_value", [RATE], {"firm": {"resolution": {"policy": "by_value", "value": 10.0}}}, "reached by nearly everybody"),
    ("_by_value", [RATE], {"firm": {"resolution": {"policy": "by_value", "value": 1e6}}}, "reached by nearly nobody"),
    ("_nobody_sells", [RATE], {"reps": {"count": 2, "absent": [0, 1]}}, "every seat is empty"),
    ("_concession", [RATE], {"firm": {"concession": 0.1}, "market": {"lure": 3.0}}, "firm.concession: keeps nobody"),
]  # fmt: skip


def scenario(components: list[dict[str, Any]], groups: dict[str, Any]) -> Scenario:
    scheme = {"components": components, **groups.get("scheme", {})}
    return Scenario(months=60).with_(**{**groups, "scheme": scheme})


@pytest.mark.parametrize(("check", "components", "groups", "text"), CASES)
def test_a_warning(check: str, components: list[dict[str, Any]], groups: dict[str, Any], text: str) -> None:
    found = warnings(scenario(components, groups))
    assert any(text in one for one in found), found


def test_every_check_is_tried() -> None:
    assert {case[0] for case in CASES} == {check.__name__ for check in (*COMPONENT, *WHOLE)}


def test_what_works_is_not_warned_of() -> None:
    files = [*LIBRARY, *sorted((ROOT / "scenarios" / "schemes").glob("*.toml"))]
    warned = {file.stem: found for file in files if (found := warnings(sim.load(file)))}
    assert set(warned) == {"balanced-scorecard"}  # whose multiplier on persistency stays at 1 in the first year
    assert len(warned["balanced-scorecard"]) == 1


def test_a_warning_is_a_line_and_no_error(tmp_path: Path) -> None:
    file = tmp_path / "early.toml"
    file.write_text('[[scheme.components]]\nname = "p"\nmeasure = "persistency"\nmonths = 12\nthreshold = 0.85\nbonus = 4000.0\n')
    result = CliRunner().invoke(make_app(), ["check", str(file)])
    assert result.exit_code == 0
    assert f'warning: {file}: scheme.components[0] "p", from_month: in force before its measure can exist' in result.output
    assert ": ok (" in result.output


def test_a_search_without_a_floor_on_pay_is_warned_of(tmp_path: Path) -> None:
    text = (ROOT / "scenarios" / "problems" / "short-and-long-run.toml").read_text(encoding="utf-8")
    base = (ROOT / "scenarios" / "article-holds.toml").as_posix()
    file = tmp_path / "p.toml"
    file.write_text(text.replace("../article-holds.toml", base).replace('at_least = "base"', "at_most = 1e9"), encoding="utf-8")
    result = CliRunner().invoke(make_app(), ["check", str(file)])
    assert result.exit_code == 0 and "no floor on pay" in result.output
    kept = tmp_path / "kept.toml"
    kept.write_text(text.replace("../article-holds.toml", base), encoding="utf-8")
    assert "warning" not in CliRunner().invoke(make_app(), ["check", str(kept)]).output

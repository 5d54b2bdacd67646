"""A run that is followed is the run of the ensemble, and its lines add up to the hundredth."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sim
from sim import engine
from sim.accounts import MONTH
from sim.errors import InputError
from sim.scenario.load import load
from sim.scenario.model import Scenario
from sim.trace import Trace
from sim.trace.agents import customer_number
from sim.trace.model import TracedModel, follow
from sim.trace.statement import WIDTH, statement
from tests.conftest import LIBRARY, random_scenario
from tests.mechanisms.worlds import lively, pays, quiet

SEED = 11
PLENTY = {"success": 0.5, "leads_per_month": 100.0}


def check(trace: Trace, run: int) -> None:
    """The lines explain the payroll, and the months are those of the compiled engine."""
    assert trace.unexplained() == []
    ensemble = engine.simulate(trace.scenario, SEED, range(run, run + 1)).months
    followed = len(trace.months)
    for name in MONTH.names:
        assert np.array_equal(trace.months[name], ensemble[name][:followed]), name
    frame = pd.DataFrame(
        [(page.month, page.pay / 100, page.variable / 100) for page in trace.pay], columns=["month", "pay", "variable"]
    )
    total = frame.groupby("month").sum()
    assert np.allclose(total["variable"], ensemble["commission"][:followed], rtol=0, atol=0.001)
    paid = ensemble["commission"] + ensemble["salaries"] - ensemble["clawback"]
    assert np.allclose(total["pay"], paid[:followed], rtol=0, atol=0.001)


@pytest.mark.parametrize("number", range(24))
def test_the_lines_of_a_random_scheme_add_up_to_the_hundredth(number: int) -> None:
    scenario = Scenario.model_validate(random_scenario(number))
    trace = follow(scenario, run=2, seed=SEED)
    check(trace, 2)
    for seat in range(scenario.reps.count):
        text = statement(trace, seat, 1, min(12, scenario.months))
        assert max(map(len, text.splitlines())) <= WIDTH
        assert "DO NOT" not in text


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: path.stem)
def test_the_lines_of_the_library_add_up_to_the_hundredth(path: Path) -> None:
    scenario = load(path)
    trace = follow(scenario.with_(months=14), seed=SEED)
    check(trace, 1)
    assert max(map(len, statement(trace, 0, 1, 12).splitlines())) <= WIDTH


def test_following_a_part_of_a_run_is_the_beginning_of_it() -> None:
    scenario = Scenario.model_validate(random_scenario(4)).with_(months=9)
    whole, part = follow(scenario), follow(scenario, months=5)
    assert part.pay == tuple(page for page in whole.pay if page.month <= 5)
    assert part.months.equals(whole.months.head(5))


def test_a_customers_pages_add_up_to_the_account() -> None:
    """What is invoiced, spent, collected and owed month by month is the row of the customers table."""
    poor = {"payment": {"transitions": [[0.5, 0.5, 0.0], [0.5, 0.0, 0.5]]}}
    policy = {"resolution": {"policy": "by_value", "value": 40.0, "bucket": 1}}
    scenario = lively(months=26, reps={"count": 2}, customers=poor, desk={"orientation": "commercial"}, firm=policy)
    pages = follow(scenario, seed=SEED, customers="all").pages
    accounts = engine.simulate(scenario, SEED, range(1, 2), customers=True).customers
    assert accounts is not None and len(accounts) > 60
    accounts = accounts.set_index("customer")
    sums = pages.groupby("customer").sum(numeric_only=True)
    assert list(sums.index) == sorted(accounts.index)
    lines = ["revenue", "cost_of_goods", "acquisition", "service", "resolution", "write_off", "collected", "purchases"]
    for name in lines:
        assert np.allclose(sums[name], accounts[name].reindex(sums.index), rtol=0, atol=1e-6), name
    assert np.allclose(sums["revenue"], sums[["initial", "repeat", "cross"]].sum(axis=1))
    last = pages.groupby("customer").tail(1).set_index("customer")
    assert np.allclose(last["owed"], accounts["outstanding"].reindex(last.index))
    gone = last.index[last["status"] != "active"]  # who left goes on settling what is owed
    assert (last["month"][gone] >= accounts["lapsed_month"][gone]).all() and len(gone) > 10
    assert set(pages["case"]) == {"solution", "strict", ""}
    assert (pages[["cross", "repeat", "write_off", "wait"]].sum() > 0).all()


def test_only_the_customers_asked_for_are_written_down() -> None:
    scenario = Scenario(months=3, reps={"count": 1}, customers={"at_start": 4})
    everybody = follow(scenario, customers="all").pages
    one = int(everybody["customer"].iloc[0])
    mine = follow(scenario, customers=[one])
    assert mine.customer(one).equals(everybody[everybody["customer"] == one].reset_index(drop=True))
    assert follow(scenario).pages.empty
    model = TracedModel(scenario, customers=[one])
    model.run_all()
    stepped = {customer_number(customer.record) for customer in model.register.stepped_by_agents()}
    assert stepped == {one}  # nobody else is taken out of the compiled month
    with pytest.raises(InputError, match="no such customer signed"):
        mine.customer(one + 1)


def test_a_claim_names_the_customer_the_age_and_the_share() -> None:
    """Straight line over 24 months: whoever leaves in month `age` of the contract costs 1 - age / 24 of the commission."""
    lapsing = {"lapse": {"alpha": 5.0, "beta": 95.0}, "renewal_months": 1}
    scenario = quiet(months=18, market=PLENTY, customers=lapsing, scheme=pays(rate=0.5, clawback={"months": 24}))
    trace = follow(scenario, seed=SEED)
    claims = [claim for page in trace.pay for claim in page.claims]
    signed = {one.customer: one.initial for page in trace.pay for one in page.signed}
    assert len(claims) > 5
    for claim in claims:
        assert claim.share == pytest.approx(1 - claim.age / 24)
        assert claim.commission == pytest.approx(0.5 * signed[claim.customer], abs=0.51)
        assert claim.claimed == pytest.approx(claim.share * claim.commission, abs=1)


def test_a_seat_that_changes_hands_says_so() -> None:
    scenario = quiet(
        months=24, market=PLENTY, scheme=pays(rate=0.1, deferral={"share": 0.5, "months": 12}), reps={"quit_rate": 0.2}
    )
    trace = follow(scenario, seed=SEED)
    reps = {page.rep for page in trace.pay}
    assert max(reps) >= 2 and any(page.left for page in trace.pay)
    leaver = next(page for page in trace.pay if page.left and page.held == 0 and sum(page.lost_leaving) > 0)
    text = statement(trace, 0, 12 * ((leaver.month - 1) // 12) + 1, 12 * ((leaver.month - 1) // 12) + 12)
    assert f"At the end of month {leaver.month} rep no. {leaver.rep} leaves" in text and "is forfeited" in text


def test_what_a_leaver_is_paid_for_an_open_period_stands_with_its_component() -> None:
    """Half of a year's quota of 12 makes half of the bonus; the statement says of how many months, and of what."""
    part = {"name": "bonus", "measure": "signings", "months": 12, "quota": 12.0, "bonus": 1200.0, "leaver": "paid"}
    trace = follow(quiet(months=36, market=PLENTY, scheme=pays(**part), reps={"quit_rate": 0.15}), seed=SEED)
    page = next(page for page in trace.pay if sum(page.final) > 0)
    months = page.month - page.lines[0].opened + 1
    text = " ".join(statement(trace, 0, page.month, page.month).split())
    signed = (
        f"signings {page.lines[0].value:.0f}, pro rata for {months} of 12 months: quota {months:.2f}, bonus {100 * months:,.2f}"
    )
    assert f"paid to the leaver of month {page.month} for month" in text and f"{signed}: {100 * months:,.2f}" in text


def test_tiers_bonus_and_cap_are_told_apart() -> None:
    tiers = [{"attainment": 0.0, "rate": 10.0}, {"attainment": 1.0, "rate": 50.0}]
    scheme = pays(measure="signings", months=3, quota=6.0, tiers=tiers, bonus=100.0, cap=220.0)
    trace = follow(quiet(months=12, market=PLENTY, scheme=scheme), seed=SEED)
    lines = [line for page in trace.pay for line in page.lines if line.settled]
    assert {line.opened for line in lines} == {1, 4, 7, 10}
    for line in lines:
        assert sum(part for part, _, _ in line.tiers) == pytest.approx(line.value)
        assert [pay for _, _, pay in line.tiers] == pytest.approx([part * rate for part, rate, _ in line.tiers])
        bonus = 100.0 if line.value >= 6 else 0.0
        assert line.uncapped == pytest.approx(sum(pay for _, _, pay in line.tiers) + bonus)
        assert line.award == pytest.approx(min(line.uncapped, 220.0))
    assert any(line.award < line.uncapped for line in lines)
    text = statement(trace, 0, 1, 12)
    assert "bonus 100.00" in text and "cap: " in text and "at 50 EUR per customer" in text


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"run": 0}, "run: found 0, allowed is 1"),
        ({"seed": -1}, "seed: found -1"),
        ({"months": 13}, "months: found 13, allowed is 1 to 12"),
    ],
)
def test_what_cannot_be_followed_is_refused(given: dict[str, int], said: str) -> None:
    with pytest.raises(InputError, match=said):
        sim.follow(Scenario(months=12), **given)


def test_a_line_that_is_a_hundredth_off_is_found() -> None:
    trace = follow(quiet(months=4, market=PLENTY, scheme=pays(rate=0.2)), seed=SEED)
    page = next(page for page in trace.pay if page.variable)
    off = dataclasses.replace(page, lines=(dataclasses.replace(page.lines[0], awarded=page.lines[0].awarded + 1),))
    assert page.adds_up() and not off.adds_up()
    wrong = dataclasses.replace(trace, pay=tuple(off if one is page else one for one in trace.pay))
    assert wrong.unexplained() == [f"seat 0, month {page.month}"]
    assert "DO NOT ADD UP" in statement(wrong, 0, 1, 4)


EVERYTHING = {
    "variable_cap": 0.4,
    "components": [
        {"name": "indemnity", "rate": 0.3, "months": 3, "clawback": {"months": 24}},
        {"name": "monthly", "measure": "signings", "rate": 50.0, "clawback": {"months": 12}},
        {"name": "trail", "rate": 0.2, "trail_months": 12},
        {"name": "deferred", "measure": "revenue", "rate": 0.05, "cap": 150.0,
         "deferral": {"share": 0.5, "months": 6, "slices": 3, "malus_measure": "satisfaction", "malus_below": -0.1}},
        {"name": "tiers", "measure": "revenue", "months": 3, "quota": 2000.0, "bonus": 90.0,
         "tiers": [{"attainment": 0.5, "rate": 0.02}, {"attainment": 1.0, "rate": 0.04}]},
        {"name": "team", "measure": "gross_margin", "scope": "team", "rate": 0.02},
        {"name": "multiplier", "measure": "satisfaction", "months": 3, "combine": "multiply",
         "tiers": [{"attainment": 0.0, "rate": 1.3}]},
        {"name": "gate", "measure": "satisfaction", "months": 3, "combine": "gate", "threshold": -0.3},
    ],
}  # fmt: skip


def test_the_lines_add_up_where_every_clause_bites() -> None:
    """Cap, malus, departure, limit, factors, claims and claims given up all occur, and nothing is lost between the lines."""
    reps = {"count": 4, "quit_rate": 0.06, "salary": 900.0}
    early = {"lapse": {"midterm": 0.3}}
    trace = follow(lively(scheme=EVERYTHING, reps=reps, customers=early), seed=SEED)
    check(trace, 1)
    lines, claims = [line for page in trace.pay for line in page.lines], [claim for page in trace.pay for claim in page.claims]
    occurs = {
        "cap": any(line.award < line.uncapped for line in lines),
        "limit": any(0 < page.scale < page.factor for page in trace.pay),
        "multiplied": any(page.factor > 1 for page in trace.pay),
        "closed": any(page.factor == 0 for page in trace.pay),
        "held back": any(line.held_back for line in lines),
        "vested": any(line.vested > line.forfeited for line in lines),
        "malus": any(line.forfeited for line in lines),
        "departure": any(sum(page.lost_leaving) for page in trace.pay),
        "claimed": any(claim.claimed > claim.uncollectable for claim in claims),
        "uncollectable": any(claim.uncollectable for claim in claims),
        "withdrawn": any(claim.withdrawn for claim in claims),
        "given up": any(page.given_up for page in trace.pay),
        "recovered": any(page.recovered for page in trace.pay),
    }
    assert all(occurs.values()), occurs
    text = "\n".join(statement(trace, seat, first, first + 11) for seat in range(4) for first in (1, 13, 25))
    assert max(map(len, text.splitlines())) <= WIDTH
    for word in ("Regulator's limit", "Left before the period was settled", "held back", "factor", "cap: "):
        assert word in text, word


def test_only_a_scenario_can_be_followed() -> None:
    with pytest.raises(InputError, match="follow: expected a scenario, or the path of a scenario file, got None"):
        sim.follow(None)  # type: ignore[arg-type]

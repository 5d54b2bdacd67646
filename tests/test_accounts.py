"""Every amount has a line, and every line adds up, to the hundredth."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sim
from sim import accounts, engine
from sim.book import entries
from sim.scenario.model import Scenario
from sim.state import CUSTOMER
from tests.conftest import LIBRARY, random_scenario
from tests.rules.worlds import Desk

LINES = ("revenue", "cost_of_goods", "service", "resolution", "write_off", "collected")


def cents(values: pd.Series) -> np.ndarray:
    return np.rint(values.to_numpy() * 100)


def assert_identities(scenario: Scenario, seed: int) -> None:
    tables = engine.simulate(scenario, seed, range(1, 3), customers=True)
    assert tables.customers is not None
    for run, m in tables.months.groupby("run"):
        before = {name: np.concatenate([[0.0], cents(m[name])[:-1]]) for name in ("outstanding", "held", "clawback_due")}
        change = {name: cents(m[name]) - old for name, old in before.items()}
        assert (cents(m["revenue"]) == cents(m["collected"]) + cents(m["write_off"]) + change["outstanding"]).all()
        assert (cents(m["claimed"]) == cents(m["clawback"]) + change["clawback_due"] + cents(m["uncollectable"])).all()
        assert (cents(m["awarded"]) == cents(m["commission"]) + change["held"] + cents(m["forfeited"])).all()
        opening = scenario.customers.at_start * scenario.reps.count
        stocks = np.concatenate([[opening], m["customers"].to_numpy()[:-1]])
        assert (m["customers"] == stocks + m["signings"] - m["lapses"]).all()
        costs = sum(
            cents(m[name])
            for name in "cost_of_goods acquisition service resolution write_off commission salaries desk hiring".split()
        )
        assert (cents(m["profit"]) == cents(m["revenue"]) - costs + cents(m["clawback"])).all()
        people = tables.customers[tables.customers["run"] == run]
        for line in LINES:
            assert cents(people[line]).sum() == cents(m[line]).sum(), line
        assert cents(people["acquisition"]).sum() == (cents(m["acquisition"]) - cents(m["prospecting"])).sum()
        assert len(people) == opening + m["signings"].sum()
        assert (people["status"] > 0).sum() == m["lapses"].sum()


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: path.stem)
def test_identities_hold_on_the_library(path: Path) -> None:
    assert_identities(sim.load(path), 1)


@pytest.mark.parametrize("number", range(40))
def test_identities_hold_on_random_scenarios(number: int) -> None:
    assert_identities(Scenario(**random_scenario(number + 1000)), number)


@pytest.mark.parametrize("kind", ["spread", "ties", "one", "outlier", "neighbours"])
def test_the_whale_curve_is_that_of_sorted_profits(kind: str) -> None:
    r = np.random.default_rng(4)
    profit = {
        "spread": np.round(r.normal(200.0, 900.0, 4001)),
        "ties": np.repeat([5.0, -2.0, 5.0], 300),
        "one": np.array([7.0]),
        "neighbours": np.concatenate([np.round(r.uniform(0.5, 6.5, 900)), [1024.0, 0.0]]),  # shares end in buckets side by side
        "outlier": np.round(np.concatenate([r.normal(10.0, 3.0, 500), [1e9]])),
    }[kind]
    whale = np.zeros(accounts.SHARES.size)
    accounts.whale_curve(profit, profit.sum(), whale)
    top = np.concatenate([[0.0], np.cumsum(np.sort(profit)[::-1])])
    ends = np.floor(accounts.SHARES * profit.size + 0.5).astype(int)
    assert np.array_equal(whale, top[ends] / profit.sum())
    accounts.whale_curve(profit, -1.0, whale)
    assert np.isnan(whale).all()


# --- what is entered in the books at the year's end and at the last --------------------------------------------------------------

TRAIL = {"measure": "initial_revenue", "rate": 0.12, "trail_months": 30}


def people(*given: dict[str, float]) -> np.ndarray:
    """Customers who bought for 1000, of whom the firm has 600, and was promised 400 at once and 20 a month, none leaving."""
    common = {"initial": 100_000, "revenue": 100_000, "cost_of_goods": 40_000, "promise_first": 40_000, "promise_month": 20}
    found = np.zeros(len(given), CUSTOMER)
    for c, values in zip(found, given, strict=True):
        for name, value in (common | values).items():
            c[name] = value
    return found


def shop(size: int) -> tuple[Desk, accounts.Archive]:
    """Forty months; a trail of 12% over thirty months, of which multipliers leave a half; an archive for so many accounts."""
    desk = Desk(TRAIL, firm={"promise_lapse": 0.0}, months=40)
    desk.ledger.scale[:] = 0.5 * np.arange(desk.ledger.scale.size)
    return desk, accounts.new_archive(desk.params, size, 4)


def test_a_year_is_credited_with_what_its_customers_brought_less_their_trail_while_they_stayed() -> None:
    """4 a month, by halves: 2.  Signed in 3 and there: months 3 to 12, then 13 to 24; who left in 1 or in 10 has cost until then."""
    desk, arc = shop(8)
    found = people(
        {"signed": 3},
        {"signed": 1, "lapsed_month": 1, "status": 1},
        {"signed": 5, "lapsed_month": 10, "status": 1},
        {"signed": 1, "founder": 1},
    )
    trails = np.array([[10, 12], [1, 0], [6, 0], [0, 0]]) * 200.0
    entries.enter_year(desk.setup.params, desk.components, found, desk.ledger, arc, 0)
    assert found["commission"].tolist() == trails[:, 0].tolist()
    assert arc.cohort_profit[:2, :2].tolist() == [
        [60_000, 0],
        [3 * 60_000 - trails[:, 0].sum(), 0],
    ]  # the opening book's is the first
    promise = np.array([40_000 + 2000 * months for months in (10, 12, 8, 12)])
    assert arc.cohort_promised[:2, 0].tolist() == [promise[3], promise[:3].sum() - trails[:, 0].sum()]
    assert arc.cohort_customers[:2].tolist() == [[1, 0, 0, 0], [1, 0, 0, 0]]
    entries.enter_year(desk.setup.params, desk.components, found[[0, 3]], desk.ledger, arc, 1)  # the others' accounts are closed
    assert arc.cohort_profit[:2, :2].tolist() == [[60_000, 0], [3 * 60_000 - trails[:, 0].sum(), -trails[:, 1].sum()]]
    assert arc.cohort_promised[:2, 1].tolist() == [12 * 2000, 12 * 2000 - trails[:, 1].sum()]
    assert arc.cohort_customers[:2].tolist() == [[1, 1, 0, 0], [1, 1, 0, 0]]


def test_commission_claimed_back_and_charged_on_invoices_is_in_the_account() -> None:
    desk, arc = shop(8)
    found = people(
        {
            "signed": 14,
            "charged": 700.0,
            "clawed": 200.0,
            "service": 30.0,
            "acquisition": 50.0,
            "write_off": 7.0,
            "resolution": 3.0,
        }
    )
    entries.enter_year(desk.setup.params, desk.components, found, desk.ledger, arc, 1)
    assert found["commission"][0] == 11 * 200 + 500
    assert arc.cohort_profit[2].tolist() == [0, 60_000 - 90 - 2700, 0, 0]


def test_accounts_that_are_closed_go_to_the_archive_with_the_promise_for_the_years_to_come() -> None:
    """Of forty months: 24 and more are possible from month 17 on, 12 from month 29 on; completed by who left after as many."""
    desk, arc = shop(16)
    found = people({"signed": 1}, {"signed": 17}, {"signed": 18}, {"signed": 29}, {"signed": 30}, {"signed": 2, "lapsed_month": 14, "status": 1},
                   {"signed": 2, "lapsed_month": 13, "status": 1}, {"signed": 2, "lapsed_month": 26, "status": 2}, {"signed": 1, "founder": 1})  # fmt: skip
    entries.close_customers(desk.setup.params, desk.components, found, desk.ledger, arc, 3, 3)
    assert (arc.could.tolist(), arc.stayed.tolist()) == ([7, 5], [6, 3])
    assert arc.cohort_signed.tolist() == [1, 4, 2, 2, 0] and arc.cohort_customers[:, 3].tolist() == [1, 1, 2, 2, 0]
    assert arc.profit[3:12].tolist() == found["profit"].tolist() and not arc.profit[:3].any() and not arc.profit[12:].any()
    assert arc.promised[3:12].tolist() == found["promised"].tolist()


def test_who_leaves_early_was_promised_to_stay() -> None:
    """Signed and gone in year 1: the promise of years 2, 3 and of the four months of year 4 is entered when the account is closed."""
    desk, arc = shop(16)
    entries.close_customers(
        desk.setup.params, desk.components, people({"signed": 3, "lapsed_month": 6, "status": 1}), desk.ledger, arc, 0, 0
    )
    assert arc.cohort_promised[1].tolist() == [40_000 + 10 * 2000 - 4 * 200, 24_000, 24_000, 8000]
    assert arc.promised[0] == 40_000 + 38 * 2000 - 4 * 200
    assert arc.cohort_profit[1].tolist() == [60_000 - 4 * 200, 0, 0, 0]


def test_a_wider_archive_holds_what_the_narrower_held() -> None:
    arc = accounts.new_archive(shop(1)[0].params, 5, 2)
    arc.profit[:], arc.promised[:], arc.cohort_profit[:], arc.stayed[:] = np.arange(5.0), 7.0, 3.0, 2.0
    arc.promise_months[:], arc.promise_renewals[:] = 8.0, 9.0
    wider = entries.widen(arc)
    assert (wider.promise_months == 8).all() and (wider.promise_renewals == 9).all()
    assert wider.profit.tolist() == [0, 1, 2, 3, 4, 0, 0] and wider.promised.tolist() == [7] * 5 + [0, 0]
    assert (wider.cohort_profit == 3).all() and (wider.stayed == 2).all()

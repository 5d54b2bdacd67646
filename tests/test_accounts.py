"""Every amount has a line, and every line adds up, to the hundredth."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sim
from sim import accounts, engine
from sim.scenario.model import Scenario
from tests.conftest import LIBRARY, random_scenario

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
        stocks = np.concatenate([[0], m["customers"].to_numpy()[:-1]])
        assert (m["customers"] == stocks + m["signings"] - m["lapses"]).all()
        costs = sum(
            cents(m[name]) for name in "cost_of_goods acquisition service resolution write_off commission salaries desk".split()
        )
        assert (cents(m["profit"]) == cents(m["revenue"]) - costs + cents(m["clawback"])).all()
        people = tables.customers[tables.customers["run"] == run]
        for line in LINES:
            assert cents(people[line]).sum() == cents(m[line]).sum(), line
        assert cents(people["acquisition"]).sum() == (cents(m["acquisition"]) - cents(m["prospecting"])).sum()
        assert len(people) == m["signings"].sum()
        assert (people["status"] > 0).sum() == m["lapses"].sum()


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: path.stem)
def test_identities_hold_on_the_library(path: Path) -> None:
    assert_identities(sim.load(path), 1)


@pytest.mark.parametrize("number", range(40))
def test_identities_hold_on_random_scenarios(number: int) -> None:
    assert_identities(Scenario(**random_scenario(number + 1000)), number)


@pytest.mark.parametrize("kind", ["spread", "ties", "one", "outlier"])
def test_the_whale_curve_is_that_of_sorted_profits(kind: str) -> None:
    r = np.random.default_rng(4)
    profit = {
        "spread": np.round(r.normal(200.0, 900.0, 4001)),
        "ties": np.repeat([5.0, -2.0, 5.0], 300),
        "one": np.array([7.0]),
        "outlier": np.round(np.concatenate([r.normal(10.0, 3.0, 500), [1e9]])),
    }[kind]
    whale = np.zeros(accounts.SHARES.size)
    accounts.whale_curve(profit, profit.sum(), whale)
    top = np.concatenate([[0.0], np.cumsum(np.sort(profit)[::-1])])
    ends = np.floor(accounts.SHARES * profit.size + 0.5).astype(int)
    assert np.array_equal(whale, top[ends] / profit.sum())
    accounts.whale_curve(profit, -1.0, whale)
    assert np.isnan(whale).all()

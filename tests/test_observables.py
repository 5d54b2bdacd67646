"""Observables: what is counted, of what, on whom; the same in validation, sweeps and studies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from sim import engine
from sim.errors import InputError
from sim.observables import OBSERVABLES, observe, parse
from sim.sweeps import Design, Factor
from tests.mechanisms.worlds import lively, pays


@dataclass
class Made:
    """Tables by hand: 36 months, two runs."""

    customers: pd.DataFrame
    runs: pd.DataFrame
    months: pd.DataFrame


def made(*people: tuple[int, int, float, int, int, int]) -> Made:
    """Customers of run 1: (signed, left, first purchase, founder, referred, status); run 2 has none."""
    names = ["signed_month", "lapsed_month", "initial", "founder", "referred", "status"]
    table = pd.DataFrame(people, columns=names).assign(run=1, revenue=100.0, write_off=0.0, profit=1.0)
    months = pd.DataFrame({"run": np.repeat([1, 2], 36), "month": np.tile(np.arange(1, 37), 2)})
    return Made(table, pd.DataFrame({"run": [1, 2]}), months)


TABLES: Any = made(
    (1, 0, 100.0, 0, 0, 0),  # stays
    (1, 12, 300.0, 0, 1, 1),  # leaves at the end of month 12 of the contract: not in force in month 13
    (1, 13, 600.0, 0, 1, 2),  # is in month 13, and is written off in it
    (26, 0, 900.0, 0, 0, 0),  # signed too late for a thirteenth month: months 26 to 36 are 11
    (0, 5, 5000.0, 1, 0, 1),  # the opening book
)


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        ("persistency(month=13)", 2 / 3),
        ("persistency(month=12)", 4 / 4),
        ("persistency(month=14)", 1 / 3),
        ("persistency(month=13, by=premium)", 700 / 1000),
        ("persistency(month=13, group=referred)", 1 / 2),
        ("persistency(month=13, group=cold)", 1.0),
        ("persistency(month=13, group=opening)", 0.0),
        ("lapse(year=1)", 1 / 3),
        ("lapse(year=2)", 1 / 2),
        ("lapse(year=2, by=premium)", 600 / 700),
        ("lapse(year=3)", 0 / 1),
        ("default(months=24)", 1 / 3),
        ("default(months=12)", 0 / 3),
        ("referred_share", 2 / 4),
        ("loss_makers(months=24)", 0 / 3),
        ("account_profit(until=12)", 1.0),
    ],
)
def test_what_is_counted_by_hand(what: str, expected: float) -> None:
    """Where there is nobody to count, in run 2, it is not defined."""
    found = observe(TABLES, what)
    assert found[0] == pytest.approx(expected) and np.isnan(found[1])


def test_loyalty_and_profit_is_a_correlation() -> None:
    frame = TABLES.customers.assign(profit=[5.0, 1.0, 4.0, 9.0, 9.0])
    tables: Any = Made(frame, TABLES.runs, TABLES.months)
    expected = np.corrcoef([36, 12, 13], [5.0, 1.0, 4.0])[0, 1]
    assert observe(tables, "loyalty_and_profit(until=12)")[0] == pytest.approx(expected)


def test_who_falls_short_and_who_leaves_in_silence_by_hand() -> None:
    """Of four signed two lack something; of two who left one had complained; 18 complaints, of which 12 were put right, in 4,500 months."""
    frame = TABLES.customers.assign(shortfall=[0.0, 0.2, 0.0, 0.1, 9.0], complaints=[0, 1, 0, 5, 0])
    months = TABLES.months.assign(customers=100.0, lapses=25.0, complaints=0.5, redressed=1 / 3)
    tables: Any = Made(frame, TABLES.runs, months)
    assert observe(tables, "falls_short")[0] == 2 / 4 and observe(tables, "silent_exits")[0] == 1 / 2
    assert observe(tables, "silent_exits(group=opening)")[0] == 1.0
    assert observe(tables, "complaints")[0] == pytest.approx(1000 * 18 / 4500)
    assert observe(tables, "complaints_unheard")[0] == pytest.approx(6 / 18)


WORLD = lively(months=72, reps={"count": 3, "quit_rate": 0.05}, scheme=pays(rate=0.3))


def test_observables_are_the_columns_where_there_is_one_and_all_are_to_be_had() -> None:
    study = sim.run([WORLD, WORLD.with_(title="Two", reps={"salary": 2500.0})], runs=3, seed=2, customers=True)
    for what, column in (("persistency(month=13)", "persistency_12"), ("persistency(month=25)", "persistency_24"),
                         ("bad_debt", "bad_debt_ratio"), ("rep_tenure(months=48)", "rep_stay_48"), ("rep_leaving", "rep_turnover")):  # fmt: skip
        assert np.allclose(sim.observe(study, what), study.runs[column], equal_nan=True), what
    for name, one in OBSERVABLES.items():
        assert one.meaning and one.unit and one.counted and sim.observe(study, name).shape == (6,), name
    first = engine.simulate(WORLD, 2, range(1, 4), customers=True)
    whale = first.whale[np.isclose(first.whale["share"], 0.2)]["profit_share"]
    assert np.allclose(observe(first, "profit_share(percent=20)"), whale, rtol=0.02)
    rich = engine.simulate(WORLD.with_(reps={"salary": 0.0}, customers={"initial": 9000.0}), 2, range(1, 3), customers=True)
    assert observe(rich, "profit_share(percent=100, costs=allocated)") == pytest.approx([1.0] * 2)
    caused, allocated = (observe(rich, f"profit_share(percent=20, costs={costs})") for costs in ("caused", "allocated"))
    assert (allocated > caused).all()


def test_a_rep_who_may_quit_at_every_months_end_completes_twelve_months_with_eleven_chances_to_go() -> None:
    calm = WORLD.with_(reps={"count": 20, "quit_rate": 0.04, "quit_pay": 0.0, "quit_broke": False, "vacancy_months": 0})
    table = engine.simulate(calm, 3, range(1, 13)).runs
    for months, column in ((12, "rep_stay_12"), (48, "rep_stay_48")):
        values = table[column]
        assert abs(values.mean() - 0.96 ** (months - 1)) < 4 * values.std(ddof=1) / np.sqrt(len(values)), column
    mesa = sim.run(calm.with_(months=14, reps={"count": 2}), runs=1, engine="mesa").runs
    assert mesa["rep_stay_12"].equals(sim.run(calm.with_(months=14, reps={"count": 2}), runs=1).runs["rep_stay_12"])


@pytest.mark.parametrize(
    "what",
    ["persistence", "persistency(month=0)", "persistency(months=13)", "persistency(by=money)", "lapse(year=x)", "persistency(",
     "__import__('os')", "rep_tenure(months=24)", "persistency(month=13)" * 99],
)  # fmt: skip
def test_what_is_no_observable_is_refused_with_what_is_expected(what: str) -> None:
    with pytest.raises(InputError, match="expected") as told:
        parse(what)
    assert len(str(told.value)) < 1500


def test_without_customers_it_says_how_to_have_them() -> None:
    with pytest.raises(InputError, match="customers=True"):
        sim.observe(sim.run(WORLD.with_(months=2), runs=1), "persistency")


def test_a_sweep_records_them() -> None:
    small = WORLD.with_(months=26, reps={"count": 1})
    names = ["npv", "persistency(month=13)", "lapse(year=1, by=premium)"]
    swept = sim.sweep(
        Design(small, [Factor("salary", "reps.salary", levels=[1000, 2000])], "grid", runs=2, outcomes=names), workers=1
    )
    direct = sim.run(small.with_(reps={"salary": 2000}), runs=2, seed=1, customers=True)
    for name in names[1:]:
        assert np.array_equal(swept.column(name)[1], sim.observe(direct, name), equal_nan=True)
    with pytest.raises(InputError, match="month: expected"):
        Design(small, [Factor("salary", "reps.salary", levels=[1000, 2000])], "grid", runs=2, outcomes=["persistency(month=0)"])

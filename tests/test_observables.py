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
    reps: pd.DataFrame | None = None


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
    in_month_24 = study.months.query("month == 24")["reps"].to_numpy(float)
    assert (sim.observe(study, "filled_seats(month=24)") == in_month_24).all() and np.isnan(
        sim.observe(study, "filled_seats(month=73)")
    ).all()
    for name, one in OBSERVABLES.items():
        assert one.meaning and one.unit and one.counted and sim.observe(study, name).shape == (6,), name
    first = engine.simulate(WORLD, 2, range(1, 4), customers=True)
    whale = first.whale[np.isclose(first.whale["share"], 0.2)]["profit_share"]
    assert np.allclose(observe(first, "profit_share(percent=20)"), whale, rtol=0.02)
    rich = engine.simulate(WORLD.with_(reps={"salary": 0.0}, customers={"initial": 9000.0}), 2, range(1, 3), customers=True)
    assert observe(rich, "profit_share(percent=100, costs=allocated)") == pytest.approx([1.0] * 2)
    caused, allocated = (observe(rich, f"profit_share(percent=20, costs={costs})") for costs in ("caused", "allocated"))
    assert (allocated > caused).all()


REPS: Any = Made(
    TABLES.customers,
    TABLES.runs,
    TABLES.months.assign(  # run 1: 100 invoiced in every month, 40 of it late, 10 of which is never paid; run 2: nothing
        revenue=[100.0] * 36 + [0.0] * 36,
        late=[40.0] * 12 + [20.0] * 24 + [0.0] * 36,
        outstanding=[*range(10, 370, 10), *[0] * 36],
    ),
    pd.DataFrame(  # run 1: a seat always filled; one left at the end of month 10, filled again in 12, left in 30; run 2: nobody
        {"run": 1, "rep": [0, 1, 1], "hired_month": [1, 1, 12], "left_month": [0, 10, 30]}
    ),
)


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        ("overdue", (40 * 12 + 20 * 24) / 3600),
        ("overdue(first=12, last=13)", 60 / 200),
        ("overdue_stock(month=1)", 0.0),
        ("overdue_stock(month=12)", 110 / 210),
        ("overdue_stock(month=12, of=billed)", 120 / 1200),
        ("overdue_stock(month=6, of=billed)", 60 / 600),
        ("overdue_stock(month=37)", np.nan),
        ("tenure(month=9)", 9.0),
        ("tenure(month=10)", 10.0),  # of one rep: the other has left
        ("tenure(month=12)", (12 + 1) / 2),
        ("tenure(month=29, statistic=median)", (29 + 18) / 2),
        ("tenure(month=37)", np.nan),
        ("newcomers(month=12)", 1 / 2),
        ("newcomers(month=24)", 0.0),
        ("newcomers(month=24, under=14)", 1 / 2),
        ("rep_tenure(months=10)", 3 / 3),
        ("rep_tenure(months=11)", 2 / 3),
        ("rep_tenure(months=26)", 1 / 2),  # hired in month 12, the run shows 25
        ("rep_retention(year=1)", 2 / 3),
        ("rep_retention(year=2)", 1 / 2),
        ("rep_retention(year=3)", 1 / 1),
        ("early_leavers(months=18)", 1 / 2),
    ],
)
def test_what_is_overdue_and_how_long_reps_have_been_there_by_hand(what: str, expected: float) -> None:
    found = observe(REPS, what)
    assert found[0] == pytest.approx(expected, nan_ok=True) and np.isnan(found[1])


def test_a_study_without_what_is_new_says_so() -> None:
    old: Any = Made(TABLES.customers, TABLES.runs, TABLES.months)
    for what, lacking in (("overdue", "column late"), ("tenure", "tables with reps")):
        with pytest.raises(InputError, match=f"expected .*{lacking}.*earlier version"):
            observe(old, what)


def test_tenure_under_a_constant_hazard_of_quitting() -> None:
    """Of those there at the end of month m, k months or more: (1 - q)^(k - 1), k <= m; the mean is (1 - (1 - q)^m) / q."""
    q, seats, month = 0.04, 4000, 60
    world = sim.Scenario(
        months=month, customers={"at_start": 0}, market={"leads_at_start": 0, "leads_per_month": 0},
        reps={"count": seats, "quit_rate": q, "quit_pay": 0.0, "quit_broke": False, "vacancy_months": 0},
    )  # fmt: skip
    tables = engine.simulate(world, 6, range(1, 2))
    there = seats * (1 - q)
    for m in (12, month):
        expected, second = (1 - (1 - q) ** m) / q, sum((2 * k - 1) * (1 - q) ** (k - 1) for k in range(1, m + 1))
        error = np.sqrt((second - expected**2) / there)
        assert abs(observe(tables, "tenure", month=m)[0] - expected) < 4 * error
    under = 1 - (1 - q) ** 11
    assert abs(observe(tables, "newcomers", month=month)[0] - under) < 4 * np.sqrt(under * (1 - under) / there)
    for year in (1, 2, 5):  # at a year's start all may still go at twelve evenings, in the first at eleven before it is complete
        stay, n = (1 - q) ** (11 if year == 1 else 12), seats * (1 - q) ** (12 * (year - 1))
        found = observe(tables, "rep_retention", year=year)[0]
        assert abs(found - stay) < 4 * np.sqrt(stay * (1 - stay) / n), year
    assert abs(observe(tables, "tenure", month=month, statistic="median")[0] - np.log(0.5) / np.log(1 - q)) < 2
    filled = [
        ((tables.reps["hired_month"] <= m) & ~tables.reps["left_month"].between(1, m - 1)).sum() for m in range(1, month + 1)
    ]
    assert filled == tables.months["reps"].tolist()
    leaving = tables.reps["left_month"].value_counts().reindex(range(1, month + 1), fill_value=0)
    assert leaving.tolist() == tables.months["rep_exits"].tolist()


def test_what_is_billed_once_is_overdue_as_the_chain_of_payment_says() -> None:
    """All is invoiced in month 1; what is left after m months is the first row of the matrix to the power m, paid and written off left out."""
    rows = np.array([[0.6, 0.35, 0.0, 0.05], [0.5, 0.0, 0.4, 0.1], [0.3, 0.0, 0.5, 0.2]])
    world = lively(
        months=4, market={"leads_at_start": 0, "leads_per_month": 0},
        customers={"at_start": 5000, "purchase": {"enabled": False}, "renewal": 0.0, "cross": 0.0, "payment": {"transitions": rows.tolist(), "spread": 0.0, "dissatisfied": 0.0, "exit_on_write_off": False}},
        firm={"resolution": {"policy": "none"}}, reps={"count": 1},
    )  # fmt: skip
    tables = engine.simulate(world, 4, range(1, 2))
    chain = rows[:, :3] * [0, 1, 1]
    left = np.array([1.0, 0.0, 0.0]) @ chain
    n = 5000
    assert abs(observe(tables, "overdue", last=1)[0] - left.sum()) < 5 * np.sqrt(left.sum() * (1 - left.sum()) / n)
    for month in (2, 3):
        left = left @ chain
        found = observe(tables, "overdue_stock", month=month, of="billed")[0]
        assert abs(found - left.sum()) < 5 * np.sqrt(left.sum() / n)


@pytest.mark.parametrize(
    ("second", "arrange"),
    [([1.0, 0.0, 0.0], 0.0), ([0.0, 1.0, 0.0], 0.0), ([0.5, 0.0, 0.5], 0.7)],
    ids=["settled", "stays", "solved"],
)
def test_late_is_what_remains_of_the_months_invoices(second: list[float], arrange: float) -> None:
    """Where arrears are settled within a month all that is owed at its end is late; where they never are, all that is owed grows by it."""
    world = lively(
        months=24,
        customers={"at_start": 40, "payment": {"transitions": [[0.7, 0.25, 0.05], second], "exit_on_write_off": False}},
        firm={"resolution": {"policy": "solution", "bucket": 1, "arrange": arrange}},
        reps={"count": 2},
    )
    for tables in (engine.simulate(world, 6, range(1, 3)), engine.simulate(world, 6, range(1, 3), by_block=False)):
        owed, late = (tables.months[name].to_numpy().reshape(2, -1) for name in ("outstanding", "late"))
        before = np.hstack([np.zeros((2, 1)), owed[:, :-1]])
        assert late.sum() > 0 and (late <= owed + 0.001).all()
        assert np.allclose(owed, late + before if second[1] else late, atol=0.001)


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
     "__import__('os')", "rep_tenure(months=0)", "tenure(statistic=mode)", "overdue(of=billed)", "persistency(month=13)" * 99],
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

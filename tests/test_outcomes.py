"""A run's row, its cohorts and the months' ratios say what the months, the reps and the customers' accounts say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim import BookModel, accounts, engine
from sim.accounts import MONTH as MONTHS_OF
from sim.book import entries
from sim.engine import Tables, setup
from sim.engine.results import residual_value as residual
from sim.state import CLOCK, QUANTUM, REP, TALLY
from tests.mechanisms.worlds import lively, pays, quiet

MONTHS = 41
WORLD = lively(
    months=MONTHS,
    reps={"count": 3, "quit_rate": 0.05, "vacancy_months": 3, "subsidy": 0.5, "hiring_rate": 0.7, "hiring_cost": 400.0},
    customers={"at_start": 20, "lapse": {"midterm": 0.2}},
    scheme=pays({"measure": "signings", "rate": 90.0, "clawback": {"months": 24}}, rate=0.25, trail_months=18),
)


@pytest.fixture(scope="module")
def tables() -> Tables:
    return engine.simulate(WORLD, 5, range(1, 4), customers=True)


def of_months(m: pd.DataFrame, years: int = 4) -> dict[str, float]:
    total = m.drop(columns="run").sum()
    stays, there = total["customers"], (m["customers"] + m["lapses"]).sum()
    variable = total["commission"] - total["clawback"]
    rate = 1 + WORLD.firm.discount_year
    return {
        "npv": (m["profit"] / rate ** ((m["month"] - 1) / 12)).sum(),
        **{f"profit_year_{year + 1}": m.loc[(m["month"] - 1) // 12 == year, "profit"].sum() for year in range(years)},
        "customers_end": m["customers"].iloc[-1],
        "signings": total["signings"],
        "lapses": total["lapses"],
        "churn_rate": total["lapses"] / there,
        "satisfaction": (m["satisfaction"] * m["customers"]).sum() / stays,
        "bad_debt_ratio": total["write_off"] / total["revenue"],
        "cost_to_serve": (total["service"] + total["resolution"]) / there,
        "rep_pay_mean": (variable + total["salaries"]) / total["reps"],
        "variable_share": variable / (variable + total["salaries"]),
        "rep_turnover": total["rep_exits"] / (total["reps"] / 12),
        "hunting_share": (m["hunting_share"] * m["reps"]).sum() / total["reps"],
        "nurturing_share": (m["nurturing_share"] * m["reps"]).sum() / total["reps"],
        "margin_initial": total["initial_margin"],
        "margin_repeat": total["revenue"] - total["cost_of_goods"] - total["initial_margin"],
        "payment_loss": total["write_off"],
        "service_cost": total["service"] + total["resolution"],
        "acquisition_cost": total["acquisition"],
        "pay_cost": variable + total["salaries"] + total["hiring"],
        "fixed_cost": total["desk"],
        "residual_value": residual_value(m, rate),
        "sales_force_cost": (
            (m["salaries"] + m["commission"] - m["clawback"] + m["hiring"]) / rate ** ((m["month"] - 1) / 12)
        ).sum(),
        "accrued_pay": m["accrued"].iloc[-1] + m["held"].iloc[-1],
        "trail_due": m["trail_due"].iloc[-1],
    }


def residual_value(m: pd.DataFrame, rate: float) -> float:
    """Month by month until it is worth nothing: who is there brings what a customer brought in the last year, and stays as they did."""
    last = m.tail(12)
    there = (last["customers"] + last["lapses"]).sum()
    margin = (last["revenue"] - last["cost_of_goods"] - last["initial_margin"]).sum()
    each = (margin - last[["service", "resolution", "write_off"]].to_numpy().sum()) / there
    left, value, month = float(m["customers"].iloc[-1]), 0.0, len(m)
    while (present := left / rate ** (month / 12)) > 1e-12:
        value += present * each
        left *= 1 - last["lapses"].sum() / there
        month += 1
    return value


def of_customers(people: pd.DataFrame) -> dict[str, float]:
    def persistency(age: int) -> float:
        could = people[(people["founder"] == 0) & (people["signed_month"] + age - 1 <= MONTHS)]
        return float(((could["lapsed_month"] == 0) | (could["lapsed_month"] - could["signed_month"] >= age)).mean())

    return {
        "share_loss_making": (people["profit"] < 0).mean(),
        "promised_profit": people["promised_profit"].sum(),
        "realised_profit": people["profit"].sum(),
        "persistency_12": persistency(12),
        "persistency_24": persistency(24),
    }


def test_a_runs_row_is_that_of_its_months_and_customers(tables: Tables) -> None:
    assert tables.customers is not None
    for _, row in tables.runs.iterrows():
        m, people = (table[table["run"] == row["run"]] for table in (tables.months, tables.customers))
        expected = of_months(m) | of_customers(people)
        assert set(expected) == set(tables.runs.columns) - {"run", "rep_pay_sd", "rep_stay_12", "rep_stay_48"}
        for name, value in expected.items():
            assert row[name] == pytest.approx(value, rel=1e-9, abs=1e-6), name
        assert row["rep_turnover"] > 0 and 0 < row["persistency_24"] < row["persistency_12"] < 1


def test_the_opening_book_is_a_stock_and_no_signing(tables: Tables) -> None:
    """Three seats of 20: customers(0), not signed, not acquired, no first purchase; the rest of the identities hold month by month."""
    m, people = tables.months, tables.customers
    assert people is not None
    before = m.groupby("run")["customers"].shift(fill_value=60)
    assert (m["customers"] == before + m["signings"] - m["lapses"]).all()
    founders, signed = people[people["founder"] == 1], people[people["founder"] == 0]
    assert (founders.groupby("run").size() == 60).all()
    assert not founders[["signed_month", "acquisition", "commission", "referred"]].to_numpy().any()
    assert (founders["promised_profit"] > 0).all()
    assert signed["signed_month"].between(1, MONTHS).all() and signed["referred"].nunique() == 2
    assert np.allclose(signed["acquisition"], WORLD.firm.perks)
    by_month = signed.groupby(["run", "signed_month"]).size().reindex(pd.MultiIndex.from_frame(m[["run", "month"]]), fill_value=0)
    assert (by_month.to_numpy() == m["signings"]).all()
    assert np.allclose(m["acquisition"], WORLD.firm.perks * m["signings"] + m["prospecting"])
    assert np.allclose(
        m["collected"] + m["write_off"] + m.groupby("run")["outstanding"].diff().fillna(m["outstanding"]), m["revenue"]
    )
    size = m["initial_revenue"].sum() / m["signings"].sum() / WORLD.customers.initial
    assert 0.8 < size < 1.2


def test_a_cohort_is_those_signed_in_a_year(tables: Tables) -> None:
    assert tables.customers is not None
    people = tables.customers.assign(cohort=(tables.customers["signed_month"] + 11) // 12)  # 0: the opening book
    assert sorted(tables.cohorts["cohort"].unique()) == [0, 1, 2, 3, 4]
    for row in tables.cohorts.itertuples():
        mine = people[(people["run"] == row.run) & (people["cohort"] == row.cohort)]
        assert row.signed == len(mine) > 0
        end = min(12 * row.year, MONTHS)
        there = mine[(mine["signed_month"] <= end) & ((mine["lapsed_month"] == 0) | (mine["lapsed_month"] > end))]
        if row.year < 4 or (there["lapsed_month"] == 0).all():
            assert row.customers == len(there)
    sums = tables.cohorts.groupby(["run", "cohort"])[["profit", "promised_profit"]].sum()
    pd.testing.assert_frame_equal(sums, people.groupby(["run", "cohort"])[["profit", "promised_profit"]].sum())


def test_the_months_ratios_are_those_of_what_they_are_of(tables: Tables) -> None:
    assert tables.customers is not None
    m = tables.months
    fit = tables.customers[tables.customers["founder"] == 0].groupby(["run", "signed_month"])["fit"].mean()
    later = m[m["signings"] > 0].set_index(["run", "month"])
    assert np.allclose(later["fit"], fit.reindex(later.index), atol=1e-5)
    assert (m.loc[m["signings"] == 0, "fit"] == 0).all()
    assert np.allclose(m["prospecting"], m["attempts"] * WORLD.firm.attempt_cost)
    assert np.allclose(m["desk"], WORLD.desk.salary * WORLD.desk.agents + WORLD.firm.fixed_cost)
    assert (m["reps"].diff().abs() > 0).any() and (m["reps"] < 3).any()


def test_one_customer_and_one_rep_in_one_month_are_enough_to_divide_by() -> None:
    market = {"leads_at_start": 0.0, "leads_per_month": 0.0}
    world = lively(months=1, reps={"count": 1}, customers={"at_start": 1}, market=market)
    tables = engine.simulate(world, 1, range(1, 2), customers=True)
    row, expected = tables.runs.iloc[0], of_months(tables.months, 1)
    assert tables.customers is not None and len(tables.customers) == 1
    expected |= {"share_loss_making": float(tables.customers["profit"][0] < 0)}
    for name, value in expected.items():
        assert row[name] == pytest.approx(value, rel=1e-9, abs=1e-6), name
    assert row["satisfaction"] != 0 and row["rep_pay_mean"] > 0 and row["hunting_share"] + row["nurturing_share"] > 0
    t, m, p = np.zeros(1, TALLY), np.zeros(1, accounts.MONTH), setup(world).params[0]
    t["contacts"], t["wait_sum"], t["signings"], t["fit_sum"] = 1, 2 * QUANTUM, 1, QUANTUM / 2
    t["active"], t["satisfaction_sum"], t["present"], t["hunting"], t["nurturing"], t["pressure"] = (
        1,
        QUANTUM / 4,
        1,
        0.5,
        0.3,
        0.1,
    )
    reps = np.zeros(1, REP)
    reps["cold"], reps["warm"] = 3.0, 4.0
    accounts.close_month(p, np.zeros(1, CLOCK)[0], reps, t, m[0])
    ratios = {
        "wait": 2.0,
        "fit": 0.5,
        "satisfaction": 0.25,
        "hunting_share": 0.5,
        "nurturing_share": 0.3,
        "pressure": 0.1,
        "leads": 7.0,
    }
    assert {name: float(m[name][0]) for name in ratios} == ratios


def test_where_there_is_nobody_rates_are_nought_or_not_defined() -> None:
    """No customers, no reps: no signings, contacts, months of custom or of reps to divide by."""
    tables = engine.simulate(lively(months=13, reps={"count": 2, "absent": [0, 1]}, customers={"at_start": 0}), 1, range(1, 2))
    nought = "satisfaction wait fit hunting_share nurturing_share pressure reps customers revenue commission salaries".split()
    assert not tables.months[nought].to_numpy().any()
    row = tables.runs.iloc[0]
    nought = ("churn_rate share_loss_making satisfaction bad_debt_ratio cost_to_serve rep_pay_mean rep_pay_sd variable_share "
              "rep_turnover hunting_share nurturing_share realised_profit promised_profit")  # fmt: skip
    assert not row[nought.split()].any()
    assert (
        row[["persistency_12", "persistency_24", "rep_stay_12", "rep_stay_48"]].isna().all()
        and tables.whale["profit_share"].isna().all()
    )


def test_the_wait_is_that_of_the_desk() -> None:
    """One agent whom everybody meets: the mean wait of a month's contacts is the agent's."""
    model = BookModel(lively(months=6, reps={"count": 2}, desk={"agents": 1, "capacity": 30.0}), 3)
    for _ in range(6):
        model.step()
        assert float(model.row["contacts"][0]) > 0
        assert float(model.row["wait"][0]) == pytest.approx(float(model.desk["wait"][0]), abs=1e-5)
        pressure = [float(rep.pressure) for rep in model.reps]
        assert float(model.row["pressure"][0]) == pytest.approx(np.mean(pressure)) and min(pressure) > 0
        leads = sum(float(rep.cold) + float(rep.warm) for rep in model.reps)
        assert leads > 0


def test_the_spread_of_pay_is_between_seats_per_month_in_which_one_was_filled() -> None:
    reps = np.zeros(4, REP)
    reps["months"], reps["paid"], reps["salary"], reps["recovered"] = (
        [10, 5, 0, 2],
        [900, 100, 0, 0],
        [1000, 500, 0, 200],
        [100, 0, 0, 40],
    )
    means = [180.0, 120.0, 80.0]
    assert accounts.pay_spread(reps) == pytest.approx(np.std(means, ddof=1))
    assert accounts.pay_spread(reps[:1]) == 0.0


def test_the_months_of_the_seats_are_those_in_which_they_were_filled() -> None:
    world = lively(months=18, reps={"count": 3, "quit_rate": 0.3, "vacancy_months": 2}, customers={"at_start": 0})
    model, reps = BookModel(world, 2), 0.0
    while model.running:
        model.step()
        reps += float(model.row["reps"][0])
    assert sum(int(rep.record["months"][0]) for rep in model.reps) == reps < 54


# --- a run's row, from months, accounts and cohorts filled by hand ---------------------------------------------------------------


def run_of(accounts_: list[float], months: int = 30, **month: float) -> tuple[Any, np.ndarray, np.ndarray, np.ndarray]:
    """(row, whale curve, cohorts, profit by year) of a run whose months are alike and whose accounts closed with these profits."""
    m, row = np.zeros(months, accounts.MONTH), np.zeros(1, accounts.RUN)
    for name, value in month.items():
        m[name] = value
    arc, years = accounts.new_archive(setup(WORLD).params[0], 16, 3), np.zeros(3)
    arc.profit[:], arc.promised[:] = -1e9, 50.0  # behind the run's own accounts
    arc.profit[: len(accounts_)] = accounts_
    arc.could[:], arc.stayed[:] = (8.0, 1.0), (6.0, 1.0)
    arc.cohort_signed[:], arc.cohort_customers[:], arc.cohort_profit[:], arc.cohort_promised[:] = (4, 3, 2, 1), 4.0, 5.0, 6.0
    whale, cohorts = np.zeros(accounts.SHARES.size), np.zeros((4, 4, 3))
    entries.outcomes(setup(WORLD).params, m, np.zeros(2, REP), arc, len(accounts_), years, row, whale, cohorts)
    return row[0], whale, cohorts, years


def test_an_account_of_nought_makes_no_loss() -> None:
    row, whale, _, _ = run_of([-200.0, 0.0, 0.5, 1200.0])
    assert (row["share_loss_making"], row["realised_profit"], row["promised_profit"]) == (0.25, 1000.5, 200.0)
    assert whale[-1] == pytest.approx(1.0) and whale.max() == pytest.approx(1200.5 / 1000.5)
    assert (row["persistency_12"], row["persistency_24"]) == (0.75, 1.0)
    nobody = run_of([])[0]
    assert (nobody["share_loss_making"], nobody["realised_profit"]) == (0, 0)


def test_cohorts_are_those_of_the_archive() -> None:
    cohorts = run_of([1.0])[2]
    assert cohorts[0, :, 0].tolist() == [4, 3, 2, 1]
    assert [cohorts[k].tolist() for k in (1, 2, 3)] == [[[value] * 3] * 4 for value in (4, 5, 6)]


def test_a_run_of_like_months_has_their_ratios() -> None:
    """30 months of profit 1000; 8 customers at the end and 2 who left; 4 reps; pay of 600 of which 200 variable."""
    row, _, _, years = run_of(
        [1.0], profit=100_000, customers=8, lapses=2, satisfaction=0.5, signings=1, reps=4, hunting_share=0.25, nurturing_share=0.5, rep_exits=1,
        service=700, resolution=300, commission=25_000, clawback=5000, salaries=40_000, revenue=90_000, write_off=9000, initial_margin=11_000,
        cost_of_goods=50_000, acquisition=800, desk=60, hiring=1000,
    )  # fmt: skip
    assert years.tolist() == [1_200_000, 1_200_000, 600_000]
    discount = 1 / (1 + WORLD.firm.discount_year)
    assert row["npv"] == pytest.approx(1000 * (discount ** (np.arange(30) / 12)).sum())
    expected = {
        "signings": 30, "lapses": 60, "churn_rate": 0.2, "satisfaction": 0.5, "bad_debt_ratio": 0.1, "cost_to_serve": 100, "rep_pay_mean": 15_000,
        "variable_share": 1 / 3, "rep_turnover": 3, "hunting_share": 0.25, "nurturing_share": 0.5, "customers_end": 8, "service_cost": 30_000,
        "pay_cost": 1_830_000, "payment_loss": 270_000, "margin_initial": 330_000, "margin_repeat": 30 * 29_000, "acquisition_cost": 24_000,
        "fixed_cost": 1800, "rep_pay_sd": 0,
    }  # fmt: skip
    assert {name: float(row[name]) for name in expected} == pytest.approx(expected)
    one = run_of(
        [1.0], months=1, customers=1, satisfaction=0.5, reps=1, hunting_share=0.25, commission=50, revenue=1, write_off=1
    )[0]
    assert (one["satisfaction"], one["hunting_share"], one["rep_pay_mean"], one["bad_debt_ratio"]) == (0.5, 0.25, 50, 1)
    only_left = run_of([1.0], months=1, lapses=1, service=300)[0]
    assert (only_left["churn_rate"], only_left["cost_to_serve"], only_left["satisfaction"]) == (1, 300, 0)


def test_a_months_row_is_the_sum_of_its_seats() -> None:
    """Every line of the tallies is added up over the seats; outlays on prospects are part of those on acquisition."""
    t, m, reps = np.zeros(2, TALLY), np.zeros(1, accounts.MONTH), np.zeros(2, REP)
    lines = ("signings lapses initial_revenue repeat_revenue cross_revenue cost_of_goods initial_margin service resolution write_off collected "
             "attempts visits contacts cases").split()  # fmt: skip
    for i, name in enumerate([*lines, "acquisition"]):
        t[name] = [10 + i, 200 + i]
    t["hires"], t["present"], t["hunting"], t["pressure"], t["active"], t["outstanding"] = (
        [1, 0],
        [1, 1],
        [0.5, 0.1],
        [0.2, 0.4],
        [3, 4],
        [50, 60],
    )
    reps["held"], reps["clawback_due"], reps["cold"], reps["warm"] = [5, 6], [7, 8], [1.5, 2], [3, 4]
    p, now = setup(WORLD).params.copy(), np.zeros(1, CLOCK)
    p["reps_hiring_cost"] = 12.5
    p["firm_attempt_cost"], p["desk_salary"], p["desk_agents"], p["firm_fixed_cost"], now["month"] = 7, 100, 3, 50, 9
    m["commission"], m["clawback"], m["salaries"] = 400, 30, 1000
    entries.close_month(p, now, reps, t, m)
    row = {name: float(m[name][0]) for name in accounts.MONTH.names or ()}
    assert {name: row[name] for name in lines} == {name: 210 + 2 * i for i, name in enumerate(lines)}
    assert row["prospecting"] == row["attempts"] * 700 and row["acquisition"] == 240 + row["attempts"] * 700
    assert (row["month"], row["customers"], row["outstanding"], row["held"], row["clawback_due"], row["leads"]) == (
        9,
        7,
        110,
        11,
        15,
        10.5,
    )
    assert row["hiring"] == 1250
    assert row["revenue"] == row["initial_revenue"] + row["repeat_revenue"] + row["cross_revenue"] and row["desk"] == 35_000
    costs = sum(
        row[name]
        for name in (
            "cost_of_goods",
            "acquisition",
            "service",
            "resolution",
            "write_off",
            "commission",
            "salaries",
            "desk",
            "hiring",
        )
    )
    assert row["profit"] == row["revenue"] - costs + 30
    assert (row["reps"], row["hunting_share"], row["pressure"]) == pytest.approx((2, 0.3, 0.3))


def test_residual_value_is_what_a_longer_run_brings_where_customers_leave_at_a_constant_rate() -> None:
    """Nobody is signed, 3% leave every month whoever they are: the rest of a run of 40 years against the formula after two."""
    steady = {"alpha": 3e4, "beta": 97e4, "satisfaction": 0.0, "tie": 0.0, "midterm": 1.0}
    buying = {"enabled": True, "shape": 100.0, "alpha": 100.0, "satisfaction": 0.0, "visit": 0.0}  # once a month
    world = quiet(months=480, reps={"choice": {"hunting": 0.0}}, customers={
        "at_start": 400, "lapse": steady, "purchase": buying, "spend": {"p": 6.0, "q": 50.0, "v": 500.0}})  # fmt: skip
    whole = engine.simulate(world, 3, range(1, 31))
    value = engine.simulate(world.with_(months=24), 3, range(1, 31)).runs["residual_value"].to_numpy()
    m, rate = whole.months[whole.months["month"] > 24], 1 + world.firm.discount_year
    brought = m["revenue"] - m["cost_of_goods"] - m["initial_margin"] - m["service"] - m["resolution"] - m["write_off"]
    later = (brought / rate ** ((m["month"] - 1) / 12)).groupby(m["run"]).sum().to_numpy()
    gap = value - later
    assert whole.runs["customers_end"].max() <= 1 and later.min() > 0
    assert abs(gap.mean()) < 4 * gap.std(ddof=1) / np.sqrt(gap.size)
    assert gap.std(ddof=1) / np.sqrt(gap.size) < 0.02 * later.mean()


def test_residual_value_of_what_ends_and_of_what_does_not() -> None:
    m = np.zeros((4, 12), MONTHS_OF)
    m["customers"] = 2.0
    m["revenue"] = 20_000.0  # 100 a customer and month
    m["lapses"][1, -1], m["customers"][1, -1] = 2.0, 0.0  # nobody is left
    m["lapses"][3] = 0.5
    kept = residual(m, 0.0), residual(m, 0.08)
    assert np.isnan(kept[0][0]) and kept[0][1] == 0.0
    assert kept[0][3] == pytest.approx(2 * 80.0 / 0.2)  # 12 · 20,000 / 30 customer-months, one in five leaves
    month = 1.08 ** (-1 / 12)
    assert kept[1][0] == pytest.approx(200.0 / 1.08 / (1 - month))

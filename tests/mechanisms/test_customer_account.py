"""S5, S8, S9, S11: what a customer brought and cost, promised against realised, four drivers, and who bears what comes afterwards."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim import engine
from sim.scenario.model import Scenario
from tests.mechanisms.worlds import (
    NEVER,
    PAID,
    SAME,
    assert_raises,
    assert_same,
    customers,
    lively,
    months,
    pays,
    quiet,
    standard_errors,
    unmoved,
)

LINES = ("revenue", "cost_of_goods", "acquisition", "service", "resolution", "write_off", "commission")


# --- S5: an account per customer ------------------------------------------------------------------------------------------


def test_every_customer_carries_an_account() -> None:
    people = customers(lively(scheme=pays(rate=0.3)))
    costs = people[["cost_of_goods", "acquisition", "service", "resolution", "write_off", "commission"]].sum(axis=1)
    assert np.allclose(people["profit"], people["revenue"] - costs, atol=0.005)
    assert np.allclose(people["revenue"], people["collected"] + people["write_off"] + people["outstanding"], atol=0.005)
    assert (people["profit"] < 0).any() and (people["profit"] > 0).any()


def test_the_accounts_and_the_fixed_items_make_the_firms_profit() -> None:
    """Sum of accounts before commission, less attempts, salaries and desk, less what was paid to reps net of clawback."""
    tables = engine.simulate(
        lively(scheme=pays(rate=0.3, clawback={"months": 24}), firm={"fixed_cost": 70.0}), 1, range(1, 5), customers=True
    )
    assert tables.customers is not None
    before = (tables.customers["profit"] + tables.customers["commission"]).groupby(tables.customers["run"]).sum()
    m = tables.months.groupby("run").sum()
    profit = before - m["prospecting"] - m["salaries"] - m["desk"] - m["commission"] + m["clawback"]
    assert np.allclose(profit, m["profit"], atol=0.01)


@pytest.mark.parametrize("component", [{"rate": 0.3}, {"measure": "signings", "rate": 200.0}, {"rate": 0.3, "months": 3},
                                       {"measure": "signings", "months": 3, "quota": 2.0, "bonus": 500.0},
                                       {"rate": 0.3, "trail_months": 6}])  # fmt: skip
def test_where_only_signatures_are_paid_the_accounts_bear_all_commission(component: dict[str, Any]) -> None:
    """Nobody leaves and no pay is held: commission on the accounts is commission paid, but for rounding of each account."""
    tables = engine.simulate(quiet(months=24, scheme=pays(**component)), 1, range(1, 5), customers=True)
    assert tables.customers is not None
    on_accounts = tables.customers.groupby("run")["commission"].sum()
    paid = tables.months.groupby("run")["commission"].sum()
    assert np.allclose(on_accounts, paid, atol=0.01 * 6 * tables.customers.groupby("run").size().max())
    assert (paid > 0).all()


def test_commission_clawed_back_is_no_cost_of_the_account() -> None:
    """A customer who left in the first year, all commission repaid, has cost none."""
    claw = {"months": 12, "shape": "step", "steps": [{"months": 12, "share": 1.0}]}
    world = quiet(customers={"lapse": {"alpha": 30.0, "beta": 70.0}, "renewal_months": 1}, scheme=pays(rate=0.3, clawback=claw))
    people = customers(world)
    early = people[(people["lapsed_month"] > 0) & (people["lapsed_month"] - people["signed_month"] < 12)]
    assert len(early) > 10
    assert (early["commission"] == 0).all()


# --- S8: promised and realised --------------------------------------------------------------------------------------------


def as_promised(**changes: Any) -> Scenario:
    """A world in which nothing turns out other than thought: customers alike, all stay, all pay, need served as reckoned."""
    return quiet(
        months=48,
        reps={"choice": {"hunting": 0.3}},
        customers={
            "initial_shape": SAME,
            "renewal": 0.8,
            "margin_precision": 1e6,
            "service": {"rate": 0.3, "shape": 1e4, "fit": 0.0},
        },
        desk={"contact_cost": 12.0},
        firm={"promise_lapse": 0.0},
    ).with_(**changes)


def gap(scenario: Scenario, runs: int = 12) -> np.ndarray:
    """Realised less promised profit per customer, by run."""
    people = customers(scenario, runs)
    return (people["profit"] - people["promised_profit"]).groupby(people["run"]).mean().to_numpy()


def test_where_all_goes_as_thought_the_promise_is_kept() -> None:
    assert abs(standard_errors(gap(as_promised()))) < 4


def test_commission_known_at_signing_breaks_no_promise() -> None:
    """What is paid for the signature is known when it is promised: the gap is the same with commission and without."""
    without, with_ = gap(as_promised()), gap(as_promised(scheme=pays(rate=0.3)))
    assert np.allclose(with_, without, atol=0.02)


def test_the_promise_is_not_for_longer_than_the_customer_is_there() -> None:
    """Promised for the months that have passed since the signature, month by month."""
    people = customers(as_promised(customers={"service": {"rate": 0.0}}), 8)
    fresh = people[people["signed_month"] > 36]  # before the first renewal
    assert len(fresh) > 10
    assert np.allclose(fresh["promised_profit"], 1200 * 0.4 - 100.0, atol=4.0)


@pytest.mark.parametrize(
    "worse",
    [
        {"customers": {"lapse": {"alpha": 2e5, "beta": 8e5}, "renewal_months": 12}},
        {"customers": {"payment": {"transitions": [[0.8, 0.2, 0.0], [0.5, 0.2, 0.3]]}}},
        {
            "customers": {"service": {"fit": 1.0}},
            "reps": {"screening": -10.0},
            "firm": {"resolution": {"policy": "solution"}},
            "desk": {"solve": 0.5},
        },
    ],
    ids=["more lapse", "do not pay", "need more"],
)
def test_the_book_is_worth_less_than_promised_where_customers_turn_out_worse(worse: dict[str, Any]) -> None:
    assert standard_errors(gap(as_promised()) - gap(as_promised().with_(**worse))) > 4


def test_pressure_at_the_signature_makes_the_promise_good_and_the_book_bad() -> None:
    """Promised profit per customer does not fall with the fit accepted; realised profit does."""
    world = lively(reps={"count": 8, "choice": {"rule": "fixed", "hunting": 0.6, "nurturing": 0.1}, "pressure_size": 0.0}, months=60,
                   customers={"at_start": 0, "payment": {"fit": 1.0}, "service": {"rate": 0.3, "fit": 0.5}}, scheme=pays(rate=1.0))  # fmt: skip

    def mean(fit: float, column: str) -> np.ndarray:
        people = customers(world.with_(reps={"pressure_fit": fit}), 24)
        people = people[people["signed_month"] <= 36].assign(before=lambda c: c["profit"] + c["commission"])
        return people.groupby("run")[column].mean().to_numpy()

    lost_promise = mean(0.0, "promised_profit") - mean(3.0, "promised_profit")
    lost_profit = mean(0.0, "before") - mean(3.0, "before")
    assert standard_errors(lost_profit) > 4
    assert standard_errors(lost_profit - lost_promise) > 4


def test_share_loss_making_counts_the_accounts_below_zero() -> None:
    tables = engine.simulate(lively(scheme=pays(rate=0.5)), 1, range(1, 5), customers=True)
    assert tables.customers is not None
    counted = (tables.customers["profit"] < 0).groupby(tables.customers["run"]).mean()
    assert np.allclose(tables.runs["share_loss_making"], counted)
    assert np.allclose(tables.runs["realised_profit"], tables.customers.groupby("run")["profit"].sum(), atol=0.01)


# --- S9: four drivers, each its own process and its own line ---------------------------------------------------------------


DEAF = {"lapse": {"satisfaction": 0.0, "tie": 0.0}, "purchase": {"satisfaction": 0.0}, "payment": {"dissatisfied": 0.0, "exit_on_write_off": False},
        "referral": {"rate": 0.0, "visit": 0.0}, "service": {"rate": 0.3}}  # fmt: skip
DRIVERS: dict[str, tuple[dict[str, Any], set[str]]] = {
    "initial purchase": ({"initial": 0.01}, {"initial_revenue"}),
    "repeat purchases": ({"purchase": {"enabled": False}}, {"repeat_revenue"}),
    "payment": ({"payment": {**PAID, "exit_on_write_off": False}}, {"write_off"}),
    "service": ({"service": {"rate": 0.0}}, {"service", "contacts"}),
}


@pytest.mark.parametrize("driver", DRIVERS)
def test_each_driver_of_profit_has_its_own_process_and_its_own_line(driver: str) -> None:
    """Switched off, its line is empty, and the lines of the other drivers stay as they were to the last bit."""
    off, lines = DRIVERS[driver]
    new = {**DEAF, "renewal": 0.0, "at_start": 0}  # the opening book pays for its term when nothing else repeats
    world = unmoved(customers=new, firm={"resolution": {"policy": "none", "bucket": 1}, "visit_cost": 0.0})
    on, without = months(world), months(world.with_(customers=off))
    watched = ["initial_revenue", "repeat_revenue", "service", "contacts", "signings", "lapses"] + (
        ["write_off"] if driver in ("payment", "service") else []
    )
    for line in watched:
        if line in lines:
            assert on[line].sum() > 10 * without[line].sum()
        else:
            assert_same(on[line], without[line])


def test_number_and_amount_of_repeat_purchases_are_separate() -> None:
    """Twice the amounts, the same purchases."""
    world = unmoved(customers={**DEAF, "renewal": 0.0})
    one, twice = customers(world), customers(world.with_(customers={"spend": {"v": 176.0}}))
    assert_same(one["purchases"], twice["purchases"])
    assert twice["revenue"].sum() > 1.1 * one["revenue"].sum()


# --- S11: somebody else's problem ------------------------------------------------------------------------------------------


AFTERWARDS = {
    "desk": {"contact_cost": 60.0, "salary": 4000.0},
    "firm": {"resolution": {"solve_cost": 200.0, "policy": "solution"}, "visit_cost": 30.0},
}


def test_what_happens_afterwards_costs_the_firm_and_not_the_rep() -> None:
    """Dearer service, solutions and desk: the rep's pay, time and signings are the same to the last bit; the profit is not."""
    cheap = lively(firm={"resolution": {"policy": "solution", "solve_cost": 10.0}}, customers={"service": {"rate": 0.3}})
    a, b = months(cheap), months(cheap.with_(**AFTERWARDS))
    for line in ("commission", "clawback", "salaries", "hunting_share", "nurturing_share", "signings", "lapses"):
        assert_same(a[line], b[line])
    assert (b["profit"] < a["profit"]).all()


def test_unless_the_scheme_says_so() -> None:
    """Paid on the profit of the customers, the rep bears a share of it: 10% of what became dearer, losses included if the floor lies below them."""
    cheap = unmoved(firm={"resolution": {"policy": "solution", "solve_cost": 10.0}}, customers={"service": {"rate": 0.3}},
                    reps={"choice": {"nurturing": 0.0}}, scheme=pays(measure="customer_profit", rate=0.1, floor=-1e6))  # fmt: skip
    a, b = months(cheap), months(cheap.with_(**AFTERWARDS))
    dearer = (b["service"] + b["resolution"]) - (a["service"] + a["resolution"])
    assert dearer.sum() > 0
    assert np.allclose(a["commission"] - b["commission"], 0.1 * dearer, atol=0.011)


def test_the_signature_is_paid_whether_or_not_the_customer_stays_or_pays() -> None:
    """Revenue-only pay: with everybody lapsing and nobody paying the rep earns the same."""
    good = quiet(scheme=pays(rate=0.3))
    bad = good.with_(customers={"lapse": {"alpha": 50.0, "beta": 50.0}, "renewal_months": 1,
                                "payment": {**PAID, "transitions": [[0.0, 1.0], ]}})  # fmt: skip
    a, b = months(good, 4), months(bad, 4)
    assert_same(a["commission"], b["commission"])
    assert b["collected"].sum() == 0 and b["lapses"].sum() > 0


def test_nothing_lapses_where_nobody_can() -> None:
    """The control of this file's quiet world."""
    assert (months(quiet(customers={"lapse": NEVER}), 4)["lapses"] == 0).all()
    assert_raises("lapses", quiet(customers={"lapse": {"alpha": 50.0, "beta": 50.0}, "renewal_months": 1}), quiet())

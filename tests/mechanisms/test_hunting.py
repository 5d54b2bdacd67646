"""S1: lured with benefits, called and visited until signed; the prospects are finite and luring costs money."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import sim
from sim.rules import hunting
from tests.mechanisms.worlds import (
    NEVER,
    SAME,
    assert_raises,
    assert_same,
    customers,
    lively,
    months,
    pays,
    quiet,
    standard_errors,
)

MANY = {"leads_at_start": 1e5, "leads_per_month": 1e5}


def test_the_next_hour_finds_fewer_prospects_than_the_last() -> None:
    found = np.array([hunting.expected_attempts(50.0, hours) for hours in np.linspace(0.0, 400.0, 50)])
    steps = np.diff(found)
    assert found[0] == 0.0
    assert (steps > 0).all() and (np.diff(steps) < 0).all()
    assert found[-1] < 50.0
    assert hunting.expected_attempts(1e9, 12.0) == pytest.approx(12.0)
    assert hunting.expected_attempts(0.0, 12.0) == 0.0


def test_twice_the_hours_sign_twice_as_many_only_while_prospects_are_plenty() -> None:
    def signed(hours: float, **market: Any) -> np.ndarray:
        return months(quiet(reps={"hours": hours}, market=market), 30).groupby("run")["attempts"].sum().to_numpy()

    assert abs(standard_errors(signed(100.0, **MANY) - 2 * signed(50.0, **MANY))) < 4
    scarce = {"leads_at_start": 20.0, "leads_per_month": 5.0}
    assert standard_errors(1.5 * signed(50.0, **scarce) - signed(100.0, **scarce)) > 4


def test_hunting_uses_up_the_prospects() -> None:
    """Month by month: leads kept from going stale, and fresh ones, less those worked."""
    m = months(quiet(market={"leads_at_start": 60.0, "leads_per_month": 5.0, "stale_months": 4.0}), 6)
    before = m.groupby("run")["leads"].shift(fill_value=60.0)
    assert np.allclose(m["leads"], (before - m["attempts"]) * 0.75 + 5.0, rtol=1e-12)
    assert (m["attempts"] <= before).all()


def test_untouched_leads_go_stale() -> None:
    """L' = L (1 - 1/n) + a tends to a n."""
    m = months(quiet(months=60, reps={"choice": {"hunting": 0.0}}), 1)
    expected = 75.0 + 25.0 * (2.0 / 3.0) ** np.arange(1, 61)
    assert np.allclose(m["leads"], expected, rtol=1e-12)


def test_perks_and_attempts_cost_what_they_say() -> None:
    m = months(quiet(firm={"perks": 130.0, "attempt_cost": 7.0}), 6)
    assert np.allclose(m["acquisition"], 130.0 * m["signings"] + 7.0 * m["attempts"])
    assert np.allclose(m["prospecting"], 7.0 * m["attempts"])


def test_a_skilled_hunter_signs_more() -> None:
    """Skill multiplies what an hour of hunting finds: log-normal with mean one, drawn at hiring."""
    signed = months(quiet(months=48, reps={"count": 40, "skill_spread": 0.5}, market=MANY), 8).groupby("run")["signings"].sum()
    alike = months(quiet(months=48, reps={"count": 40}, market=MANY), 8).groupby("run")["signings"].sum()
    assert abs(signed.mean() / alike.mean() - 1) < 4 * 0.533 / np.sqrt(320)  # sd of the skill over 320 reps
    assert signed.std() > 2 * alike.std()


def test_referred_prospects_sign_more_often_and_fit_better() -> None:
    """Everybody is visited until all leads are referrals; the first attempts of a month are on referred leads."""
    world = quiet(
        months=48,
        reps={"choice": {"hunting": 0.1, "nurturing": 0.9}, "screening": -10.0},
        market={"leads_at_start": 0.0, "leads_per_month": 0.0, "success": 0.1, "referred_success": 0.4, "referred_fit": 0.8},
        customers={"at_start": 60, "referral": {"visit": 0.5}},
    )
    m, people = months(world, 12), customers(world, 12)
    hunted = people[people["founder"] == 0]
    assert hunted["referred"].all() and not people.loc[people["founder"] == 1, "referred"].any()
    rate = m["signings"].sum() / m["attempts"].sum()
    assert abs(rate - 0.4) < 4 * np.sqrt(0.24 / m["attempts"].sum())
    assert abs(hunted["fit"].mean() - 0.8) < 4 / np.sqrt(len(hunted))


def expected_lapse(correlation: float, shift: float, alpha: float, beta: float) -> float:
    """E[p] of those signed, p = beta quantile of Phi(z), z = rho f + sqrt(1 - rho^2) e, f normal about `shift` and above 0."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(80)
    f = np.linspace(max(0.0, shift - 8.0), shift + 8.0, 4001)
    density = stats.norm.pdf(f - shift)
    z = correlation * f[:, None] + np.sqrt(1 - correlation**2) * nodes
    p = (stats.beta.ppf(stats.norm.cdf(z), alpha, beta) * weights).sum(axis=1) / weights.sum()
    return float((density * p).sum() / density.sum())


@pytest.mark.parametrize(("correlation", "shift"), [(-0.8, 1.2), (-0.3, 0.6), (0.5, 1.0)])
def test_a_referred_customers_better_fit_tells_on_what_goes_with_it(correlation: float, shift: float) -> None:
    """Of cold and referred, side by side, a share E[p] leaves at the first renewal, by the own propensity alone."""
    world = quiet(
        months=24,
        reps={"choice": {"hunting": 0.5, "nurturing": 0.5}, "screening": 0.0, "hours": 700.0, "hours_per_attempt": 1.0},
        market={"success": 0.9, "referred_success": 0.9, "referred_fit": shift, "leads_per_month": 200.0},
        customers={"at_start": 300, "referral": {"visit": 0.5}, "correlation": {"lapse-fit": correlation}, "renewal_months": 12,
                   "lapse": {"alpha": 2.0, "beta": 8.0, "satisfaction": 0.0, "tie": 0.0, "midterm": 0.0}},
    )  # fmt: skip
    people = customers(world, 8)
    signed = people[people["signed_month"].between(1, 12)]
    for referred in (0, 1):
        mine = signed[signed["referred"] == referred]
        p, n = expected_lapse(correlation, shift * referred, 2.0, 8.0), len(mine)
        assert n > 3500
        assert abs((mine["lapsed_month"] == mine["signed_month"] + 11).mean() - p) < 4 * np.sqrt(p * (1 - p) / n)
    mesa = sim.run(world.with_(months=3), runs=1, engine="mesa", customers=True)
    pd.testing.assert_frame_equal(mesa.customers, sim.run(world.with_(months=3), runs=1, customers=True).customers)
    assert mesa.customers["referred"].sum() > 3


# --- pay pressure: selection the firm does not see (Agarwal & Ben-David 2018) -----------------------------------------------

PRESSED = {"reps": {"count": 6, "choice": {"rule": "fixed", "hunting": 0.6, "nurturing": 0.2}, "quit_rate": 0.0}}


def pressed(**reps: Any) -> Any:
    return lively(**PRESSED).with_(reps=reps, scheme=pays(rate=1.0))


def test_pressure_needs_pay_at_signing() -> None:
    """No pay on signatures, no pressure; the pay of a signature spread over its life presses less than pay at once."""
    assert (months(pressed().with_(scheme=pays()), 4)["pressure"] == 0.0).all()
    spread = pressed().with_(scheme=pays(rate=1.0, trail_months=24))
    assert_raises("pressure", pressed(), spread)
    assert_raises("pressure", pressed(), pressed().with_(scheme=pays(rate=1.0, clawback={"months": 36})))
    assert_raises("pressure", pressed(), pressed().with_(scheme=pays(rate=0.3)))


def test_pressure_lowers_the_fit_accepted() -> None:
    assert hunting.accepted_fit(-0.5, 1.0, 0.8) == pytest.approx(-1.3)
    with_, without = pressed(pressure_fit=2.0), pressed(pressure_fit=0.0)
    assert_raises("signings", with_, without)
    assert_raises("fit", without, with_)


def test_a_prospect_is_the_same_whoever_signs_it_and_pressure_adds_the_worst() -> None:
    """Nobody signed without pressure is turned away with it, as long as the same prospects are met."""
    first = {"months": 1, "customers": {"at_start": 0}}
    with_, without = (
        customers(pressed(pressure_fit=2.0).with_(**first), 40),
        customers(pressed(pressure_fit=0.0).with_(**first), 40),
    )
    key = ["run", "customer"]
    both = with_.merge(without, on=key, suffixes=("", "_without"))
    assert len(both) == len(without) < len(with_)
    assert_same(both["fit"], both["fit_without"].rename("fit"))
    added = with_[~with_.set_index(key).index.isin(without.set_index(key).index)]
    assert added["fit"].max() < -0.5 < without["fit"].min()


def test_what_the_firm_sees_of_a_customer_does_not_change_under_pressure() -> None:
    """Margin, first purchase and purchase rate of those let in by pressure are those of the others; payment is not."""
    world = {
        "firm": {"resolution": {"policy": "none", "bucket": 1}},
        "customers": {"at_start": 0, "lapse": NEVER, "payment": {"fit": 1.5, "exit_on_write_off": False}, "visit_sale": 0.0,
                      "renewal": 0.0, "spend": {"q": 50.0, "v": 784.0}, "purchase": {"satisfaction": 0.0, "visit": 0.0}},
    }  # fmt: skip
    with_ = customers(pressed(pressure_fit=3.0, pressure_size=0.0, count=8).with_(**world), 24)
    without = customers(pressed(pressure_fit=0.0, pressure_size=0.0, count=8).with_(**world), 24)

    def by_run(people: Any, name: str) -> np.ndarray:
        people = people[people["signed_month"] <= 24].assign(
            margin=lambda c: 1 - c["cost_of_goods"] / c["revenue"],
            lost=lambda c: c["write_off"] / c["revenue"],
            rate=lambda c: c["purchases"] / (37 - c["signed_month"]),
            first=lambda c: c["revenue"] - 100.0 * c["purchases"],
        )
        return people.groupby("run")[name].mean().to_numpy()

    for seen in ("margin", "rate", "first"):
        assert abs(standard_errors(by_run(with_, seen) - by_run(without, seen))) < 4, seen
    assert standard_errors(by_run(with_, "lost") - by_run(without, "lost")) > 4
    assert standard_errors(by_run(without, "fit") - by_run(with_, "fit")) > 4


def test_pressure_oversizes_the_first_purchase() -> None:
    """By reps.pressure_size times the pressure, customer by customer."""
    world = {"months": 1, "customers": {"at_start": 0, "initial_shape": SAME, "initial": 1000.0, "purchase": {"enabled": False}}}
    quietly, hard = pressed(pressure_size=0.0).with_(**world), pressed(pressure_size=0.5).with_(**world)
    pressure = months(hard, 8).set_index("run")["pressure"]
    a, b = customers(quietly, 8), customers(hard, 8)
    assert_same(a["customer"], b["customer"])
    lift = b["revenue"] / a["revenue"] - 1
    assert lift.min() > 0
    by_run = lift.groupby(b["run"]).mean()
    assert np.allclose(by_run, 0.5 * pressure, atol=0.02)


def test_pressure_promises_more_than_is_delivered() -> None:
    """The promise raises what the customer expects, and so disappoints."""
    assert_raises("satisfaction", pressed(pressure_promise=0.0), pressed(pressure_promise=2.0))

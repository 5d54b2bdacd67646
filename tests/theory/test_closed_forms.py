"""Restricted settings of the ordinary model reproduce closed forms within Monte Carlo error."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import special, stats

from sim import engine
from sim.rules import planning, service
from sim.scenario.model import Scenario

PAID = {"transitions": [[1.0, 0.0]], "spread": 0.0, "fit": 0.0, "dissatisfied": 0.0}
INDIFFERENT = {"satisfaction": 0.0, "tie": 0.0, "midterm": 0.0}
SURE = 1e6  # precision at which a beta is a point


def world(**changes: Any) -> Scenario:
    """One seat, nobody hunts, everybody pays, nobody needs service: the customers alone."""
    base = Scenario().with_(
        months=24,
        reps={"count": 1, "salary": 0.0, "quit_rate": 0.0, "quit_broke": False, "skill_spread": 0.0,
              "choice": {"rule": "fixed", "hunting": 0.0, "nurturing": 0.0}},
        market={"leads_at_start": 0.0, "leads_per_month": 0.0},
        customers={"at_start": 4000, "payment": PAID, "lapse": INDIFFERENT, "service": {"rate": 0.0},
                   "referral": {"rate": 0.0, "visit": 0.0}, "purchase": {"enabled": False, "satisfaction": 0.0, "visit": 0.0},
                   "initial_shape": 1e5, "correlation": {"lapse-fit": 0.0}},
        firm={"perks": 0.0, "attempt_cost": 0.0, "resolution": {"policy": "none", "bucket": 1}},
        desk={"salary": 0.0},
    )  # fmt: skip
    return base.with_(**changes)


def close(found: np.ndarray, expected: float) -> None:
    error = np.std(found, ddof=1) / np.sqrt(found.size)
    assert abs(np.mean(found) - expected) < 4 * error, (np.mean(found), expected, error)


def test_lifetime_value_with_constant_retention() -> None:
    """A1: margin at t = 0, retention r, n terms: m (1 - x^n) / (1 - x), x = r / (1 + i)."""
    r, i, n = 0.8, 0.10, 15
    scenario = world(
        months=n * 12,
        customers={"initial": 100.0, "renewal": 1.0, "renewal_months": 12, "margin": 0.4, "margin_precision": SURE,
                   "at_start": 500, "lapse": {"alpha": (1 - r) * SURE, "beta": r * SURE}},
        firm={"discount_year": i},
    )  # fmt: skip
    npv = engine.simulate(scenario, 1, range(1, 31)).runs["npv"].to_numpy() / 500
    x = r / (1 + i)
    close(npv, 40.0 * (1 - x**n) / (1 - x))


@pytest.mark.parametrize(("alpha", "beta"), [(0.668, 3.806), (0.704, 1.182)])
def test_shifted_beta_geometric_survival(alpha: float, beta: float) -> None:
    """A2: S(t) = B(alpha, beta + t) / B(alpha, beta); Fader & Hardie (2007), both published fits."""
    scenario = world(months=96, customers={"lapse": {"alpha": alpha, "beta": beta}, "renewal_months": 12})
    months = engine.simulate(scenario, 2, range(1, 6)).months
    for t in range(1, 9):
        there = months.loc[months["month"] == 12 * t, "customers"].to_numpy() / 4000
        expected = special.beta(alpha, beta + t) / special.beta(alpha, beta)
        assert abs(there.mean() - expected) < 4 * np.sqrt(expected * (1 - expected) / 20000), t


def test_gamma_poisson_purchases_have_the_nbd_mean_and_variance() -> None:
    """A3: mean r t / alpha, variance r t / alpha + r (t / alpha)^2."""
    r, alpha, t = 1.4, 10.0, 24
    scenario = world(
        months=t, customers={"purchase": {"enabled": True, "shape": r, "alpha": alpha}, "lapse": {"alpha": 1.0, "beta": SURE}}
    )
    people = engine.simulate(scenario, 3, range(1, 4), customers=True).customers
    assert people is not None
    counts = people["purchases"].to_numpy()
    close(counts, r * t / alpha)
    variance = r * t / alpha + r * (t / alpha) ** 2
    assert abs(counts.var() / variance - 1) < 0.12


def test_bg_nbd_expected_purchases() -> None:
    """A3: E[X(t)] of BG/NBD at the published CDNOW fit (a step is a week)."""
    r, alpha, a, b, t = 0.243, 4.414, 0.793, 2.426, 39
    scenario = world(
        months=t,
        customers={"setting": "non_contractual", "renewal": 0.0, "purchase": {"enabled": True, "shape": r, "alpha": alpha},
                   "lapse": {"alpha": a, "beta": b}},
    )  # fmt: skip
    people = engine.simulate(scenario, 4, range(1, 9), customers=True).customers
    assert people is not None
    hyper = special.hyp2f1(r, b, a + b - 1, t / (alpha + t))
    expected = (a + b - 1) / (a - 1) * (1 - (alpha / (alpha + t)) ** r * hyper)
    close(people["purchases"].to_numpy(), expected)


def test_gamma_gamma_mean_spend() -> None:
    """A3: mean amount p v / (q - 1) = 35.22."""
    scenario = world(
        months=24,
        customers={"initial": 0.0, "renewal": 0.0, "purchase": {"enabled": True, "shape": 1e4, "alpha": 1e4},
                   "spend": {"p": 6.25, "q": 3.74, "v": 15.44}, "lapse": {"alpha": 1.0, "beta": SURE}},
    )  # fmt: skip
    people = engine.simulate(scenario, 5, range(1, 4), customers=True).customers
    assert people is not None
    each = people[people["purchases"] > 0]
    close((each["revenue"] / each["purchases"]).to_numpy(), 6.25 * 15.44 / 2.74)


def test_bad_debt_of_an_ageing_chain() -> None:
    """A4: absorption B = (I - Q)^-1 R; every customer owes one invoice (Cyert, Davidson & Thompson 1962)."""
    rows = np.array([[0.6, 0.4, 0.0, 0.0], [0.3, 0.2, 0.4, 0.1], [0.2, 0.1, 0.3, 0.4]])
    payment = {**PAID, "transitions": rows.tolist()}
    scenario = world(
        months=60, customers={"payment": payment, "renewal": 0.0, "lapse": {"alpha": 1.0, "beta": SURE}, "renewal_months": 100}
    )
    runs = engine.simulate(scenario, 6, range(1, 16)).runs["bad_debt_ratio"].to_numpy()
    inside = np.column_stack([np.zeros(3), rows[:, 1:3]])
    lost = np.linalg.solve(np.eye(3) - inside, rows[:, 3])[0]
    assert abs(runs.mean() - lost) < 4 * np.sqrt(lost * (1 - lost) / (15 * 4000))


def test_logit_shares() -> None:
    """A6: P = exp(u / tau) / sum."""
    utility, tau = np.array([1.0, 2.0, 0.5]), 0.7
    expected = np.exp(utility / tau) / np.exp(utility / tau).sum()
    u = (np.arange(30000) + 0.5) / 30000
    picks = np.array([planning.logit_pick(utility, tau, v) for v in u])
    assert np.abs(np.bincount(picks, minlength=3) / 30000 - expected).max() < 1e-4


@pytest.mark.parametrize(("servers", "printed"), [(3, 0.70225), (4, 0.31986), (5, 0.13037), (6, 0.04744)])
def test_erlang_c_gives_the_printed_values(servers: int, printed: float) -> None:
    """A7 at a = 2.5."""
    assert abs(service.erlang_c(2.5, servers) - printed) < 5e-6


def test_pooled_and_dedicated_waits() -> None:
    """A7: 30 an hour, 5 minutes each: 1.066 minutes pooled over four, 8.333 in four queues of one."""
    assert abs(service.wait(30.0, 12.0, 4, 0.0) * 60 - 1.066) < 5e-4
    assert abs(service.wait(7.5, 12.0, 1, 0.0) * 60 - 8.333) < 5e-4


def test_stationary_book_size() -> None:
    """A9: a signings a month and monthly retention r keep a / (1 - r) customers (counted after lapses: a r / (1 - r))."""
    q = 0.05
    scenario = world(
        months=200,
        reps={"choice": {"hunting": 1.0}, "screening": -10.0, "savings_months": 1e6},
        market={"leads_at_start": 1e6, "leads_per_month": 1e6, "success": 0.2},
        customers={"at_start": 0, "renewal_months": 1, "renewal": 0.0, "lapse": {"alpha": q * SURE, "beta": (1 - q) * SURE}},
    )
    months = engine.simulate(scenario, 7, range(1, 41)).months
    late = months[months["month"] > 120]
    rate = late["signings"].mean()
    close(late.groupby("run")["customers"].mean().to_numpy(), rate * (1 - q) / q)


def test_a_straight_line_clawback_earns_what_level_commission_earns() -> None:
    """A9: indemnity K clawed back over n months keeps (K / n) sum S(t): level commission K / n, path by path."""
    n = 24
    base = world(
        months=90,
        reps={
            "choice": {"hunting": 1.0},
            "savings_months": 1e5,
            "pressure_fit": 0.0,
            "pressure_size": 0.0,
            "pressure_promise": 0.0,
        },
        market={"leads_per_month": 100.0},
        customers={"at_start": 0, "renewal_months": 1, "renewal": 0.0, "lapse": {"alpha": 3.0, "beta": 97.0}},
    )
    stop = {"until_month": 50}  # everybody signed by then has lived through the clawback at the end
    indemnity = base.with_(scheme={"components": [{"rate": 0.2, "clawback": {"months": n}, **stop}]})
    level = base.with_(scheme={"components": [{"rate": 0.2, "trail_months": n}]})
    paid = engine.simulate(indemnity, 8, range(1, 21)).months
    kept = paid.groupby("run")["commission"].sum() - paid.groupby("run")["clawback"].sum()
    people = engine.simulate(level, 8, range(1, 21), customers=True).customers
    assert people is not None
    early = people[people["signed_month"] <= 50]
    stayed = np.where(early["lapsed_month"] > 0, early["lapsed_month"] - early["signed_month"] + 1, n).clip(max=n)
    earned = (early["revenue"] * 0.2 * stayed / n).groupby(early["run"]).sum()
    assert np.abs(kept.to_numpy() / earned.to_numpy() - 1).max() < 1e-4


def test_mean_fit_of_the_signed_is_the_mills_ratio() -> None:
    """C3: accept when fit > z: E[fit | signed] = phi(z) / (1 - Phi(z))."""
    z = 0.4
    scenario = world(
        reps={"choice": {"hunting": 1.0}, "screening": z, "pressure_fit": 0.0, "savings_months": 1e6},
        market={"leads_at_start": 1e5, "leads_per_month": 1e5, "success": 0.9},
        customers={"at_start": 0},
    )
    people = engine.simulate(scenario, 9, range(1, 60), customers=True).customers
    assert people is not None
    close(people["fit"].to_numpy(), stats.norm.pdf(z) / stats.norm.sf(z))

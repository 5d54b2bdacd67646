"""A9: identities of a book – stationary size, referrals, the value of a trail, and what a clawback is equal to."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from tests.theory.worlds import by_run, certain, close, customers, months, world

ALWAYS = {"choice": {"hunting": 1.0}, "screening": -10.0}


def test_stationary_size_is_poisson() -> None:
    """a signings a month, retention r: N' = Bin(N + a, r) keeps a r / (1 - r) customers, with a variance equal to the mean."""
    q = 0.05
    scenario = world(
        months=120,
        reps={**ALWAYS, "hours": 100.0, "hours_per_attempt": 1.0},
        market={"leads_at_start": 1e6, "leads_per_month": 1e6, "success": 0.02},
        customers={"at_start": 0, "renewal_months": 1, "renewal": 0.0, "lapse": certain(q)},
    )
    size = by_run(months(scenario, 7, 400), "customers")[:, -1]
    close(size, 100 * 0.02 * (1 - q) / q)
    assert abs(size.var(ddof=1) / size.mean() - 1) < 4 * np.sqrt(2 / 400) + 0.02  # signings are binomial: 2% less than Poisson


def test_referrals_multiply_the_seed() -> None:
    """Each customer brings rho = 1/2 others in a lifetime: 1 / (1 - rho) customers per seed."""
    rate, q, seeds = 0.05, 0.1, 50
    feeling = {"speed": 1.0, "performance": 0.0, "loss": 1.0, "learning": 0.0, "expectation": -1.0, "fit": 0.0, "tie": 0.0}
    scenario = world(
        months=300,
        reps={**ALWAYS, "screening": -10.0, "hours": 700.0, "hours_per_attempt": 1.0},
        market={"referred_success": 1.0, "stale_months": 1e6},
        customers={"at_start": seeds, "renewal_months": 1, "lapse": certain(q), "feeling": feeling, "referral": {"rate": rate}},
    )
    m = months(scenario, 9, 80)
    assert m.loc[m["month"] == 300, "customers"].sum() == 0
    close(m.groupby("run")["signings"].sum().to_numpy() / seeds, 1 / (1 - rate / q))


def test_value_of_a_trail_on_the_book() -> None:
    """One a month for every customer there: PV = x / (1 - x) per customer, x = S / (1 + i)."""
    q, i, n = 0.03, 0.01, 360
    scenario = world(months=n, customers={"at_start": 400, "renewal_months": 1, "lapse": certain(q)},
                     scheme={"components": [{"measure": "active_customers", "rate": 1.0}]})  # fmt: skip
    pay = by_run(months(scenario, 10, 40), "commission")
    x = (1 - q) / (1 + i)
    close((pay / (1 + i) ** np.arange(1, n + 1)).sum(axis=1) / 400, x * (1 - x**n) / (1 - x))


def signed_until_month_50(lapse: dict[str, float], component: dict[str, Any]) -> Any:
    """Everybody signed by then has lived through two years at the end; the rep stays and can pay."""
    return world(
        months=90,
        reps={"choice": {"hunting": 1.0}, "savings_months": 1e5},
        market={"leads_at_start": 100.0, "leads_per_month": 100.0},
        customers={"at_start": 0, "renewal_months": 1, "renewal": 0.0, "lapse": lapse},
        scheme={"components": [{"rate": 0.2, "until_month": 50, **component}]},
    )


@pytest.mark.parametrize("n", [6, 24])
@pytest.mark.parametrize("lapse", [{"alpha": 3.0, "beta": 97.0}, {"alpha": 0.668, "beta": 3.806}], ids=["3% a month", "mixed"])
def test_a_straight_line_clawback_earns_what_level_commission_earns(lapse: dict[str, float], n: int) -> None:
    """Indemnity K clawed back over n months against K / n in each of n months: the same, path by path, to rounding."""
    clawed = months(signed_until_month_50(lapse, {"clawback": {"months": n}}), 8, 20)
    level = months(signed_until_month_50(lapse, {"trail_months": n}), 8, 20)
    kept = (
        by_run(clawed, "commission").sum(axis=1) - by_run(clawed, "clawback").sum(axis=1) - by_run(clawed, "clawback_due")[:, -1]
    )
    earned = by_run(level, "commission").sum(axis=1)
    signed = by_run(clawed, "signings").sum(axis=1)
    assert (signed == by_run(level, "signings").sum(axis=1)).all()
    assert (np.abs(kept - earned) <= 0.005 * (2 * signed + 90)).all()  # a claim, an award and a month's trail are each rounded
    assert (by_run(clawed, "clawback").sum(axis=1) > 0).all()


def test_what_a_straight_line_clawback_leaves() -> None:
    """E[kept] = (K / n) sum of S(t), t = 0 .. n - 1 months completed before: per customer signed."""
    q, n = 0.03, 24
    scenario = signed_until_month_50(certain(q), {"measure": "signings", "rate": 100.0, "clawback": {"months": n}})
    m = months(scenario, 11, 60)
    signed = by_run(m, "signings")[:, :50].sum(axis=1)
    kept = by_run(m, "commission").sum(axis=1) - by_run(m, "clawback").sum(axis=1) - by_run(m, "clawback_due")[:, -1]
    close(kept / signed, 100.0 / n * ((1 - q) ** np.arange(n)).sum())


def test_fit_of_the_signed_is_the_mills_ratio() -> None:
    """C3: accept when fit > z: E[fit | signed] = phi(z) / (1 - Phi(z))."""
    z = 0.4
    scenario = world(
        reps={"choice": {"hunting": 1.0}, "screening": z, "savings_months": 1e6},
        market={"leads_at_start": 1e5, "leads_per_month": 1e5, "success": 0.9},
        customers={"at_start": 0},
    )
    close(customers(scenario, 9, 60)["fit"], stats.norm.pdf(z) / stats.norm.sf(z))

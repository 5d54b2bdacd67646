"""The programmes that were written apart: they are what they claim to be, and a difference would be seen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import integrate, stats

from sim.proofs import docking, houghton
from sim.proofs.distance import agree, contrasts, energy, kolmogorov_smirnov, same_distribution
from sim.proofs.entry import Effort, Finding
from sim.proofs.houghton import Practice, by_chance, monthly, published
from sim.proofs.measure import setting
from sim.proofs.reduced import play

QUICK = Effort(quick=True, seed=3)


def test_the_published_practice_runs_out_of_money_in_month_nine() -> None:
    """As published: two and a half sales a month of 12 / 300 of expenses do not live on 6 months' savings and 3 months' subsidy."""
    path = published(Practice())
    assert path.employed.sum() == 9
    assert path.income[0] == pytest.approx(0.75 + 12.5 * 0.2 * 12 / 300, rel=0.02)


def test_euler_against_a_solver() -> None:
    """Up to the month in which nobody is broke and no subsidy ends, an adaptive solver gives the same stocks."""
    practice = replace(Practice(), savings=1e6, subsidy=0.0)
    start = np.array([0.0, 0.0, 100.0, 0.0, 1e6, 0.0])
    exact = integrate.solve_ivp(lambda t, y: houghton.flows(practice, t, y), (0, 60), start, rtol=1e-9, atol=1e-9, max_step=0.05)
    coarse, fine = (published(practice, 60, step) for step in (1 / 16, 1 / 256))
    total = exact.y[:2, -1].sum()
    assert fine.clients[-1] == pytest.approx(total, rel=2e-3)
    assert coarse.clients[-1] == pytest.approx(total, rel=3e-2)
    assert abs(fine.clients[-1] - total) < abs(coarse.clients[-1] - total)


def test_a_full_practice_keeps_the_clients_its_hours_allow() -> None:
    """In the long run C / D = p (H - m C) / a: 200 clients, who take a third of the time."""
    practice = Practice().one_tier(10.0)
    assert published(practice, 1500).clients[-1] == pytest.approx(200.0, rel=1e-3)


def test_monthly_with_chance_off_is_the_mean_where_nothing_bends() -> None:
    """Leads without end, savings without end: attempts do not depend on chance, so means are exact."""
    practice = replace(Practice().one_tier(1.0), leads=1e5, shelf=1e9, savings=1e6)
    runs = 3000
    path = by_chance(practice, np.random.default_rng(5), runs, 24)
    expected = monthly(practice, 24)
    for month in (1, 6, 24):
        seen = path.clients[:, month - 1]
        assert abs(seen.mean() - expected.clients[month - 1]) < 4 * seen.std(ddof=1) / np.sqrt(runs)


def test_distances_agree_with_scipy() -> None:
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=40).round(1), rng.normal(0.3, 1.2, 50).round(1)
    pooled, weights = np.concatenate([x, y]), contrasts(40, 50, rng)
    assert kolmogorov_smirnov(pooled, weights[:1])[0] == pytest.approx(stats.ks_2samp(x, y).statistic)
    assert energy(pooled[:, None], weights[:1])[0] == pytest.approx(stats.energy_distance(x, y) ** 2)


def test_a_permutation_p_value_is_uniform_under_the_null_and_small_otherwise() -> None:
    rng = np.random.default_rng(2)
    p = []
    for _ in range(60):
        pooled = rng.normal(size=(40, 1))
        own = agree("", lambda weights, pooled=pooled: energy(pooled, weights), 20, 20, rng)
        p.append(float(own.note.split()[2]))
    assert stats.kstest(p, "uniform").pvalue > 1e-3
    assert not any(one.passes for one in same_distribution("", rng.normal(size=80), rng.normal(1.2, 1, 80), rng))


@pytest.mark.parametrize("check", [docking.practice, docking.survival, docking.ladder, docking.reduced], ids=lambda f: f.__name__)
def test_the_entries_pass(check: object) -> None:
    wrong = [one for one in check(QUICK) if isinstance(one, Finding) and not one.passes]  # type: ignore[operator]
    assert not wrong


def test_a_practice_that_differs_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clients who stay 60 months instead of 120 in one of the two programmes."""
    apart = docking.DockedCase.practice
    monkeypatch.setattr(docking.DockedCase, "practice", lambda self: replace(apart(self), lifetime=60.0))
    assert not all(one.passes for one in docking.practice(QUICK))


@pytest.mark.parametrize(
    "change",
    [
        {"customers": {"lapse": {"alpha": 1.0}}},
        {"customers": {"payment": {"spread": 1.5}}},
        {"reps": {"quit_rate": 0.06}},
        {"customers": {"service": {"rate": 0.4}}},
    ],
    ids=["lapse", "payment", "quitting", "service"],
)
def test_a_reduced_month_that_differs_is_seen(change: dict[str, object], monkeypatch: pytest.MonkeyPatch) -> None:
    """One parameter differs between the two programmes: some distance is beyond its limit."""
    monkeypatch.setattr(docking, "play", lambda s, rng, runs: play(setting(docking.REDUCED).with_(**change), rng, runs))
    assert not all(one.passes for one in docking.reduced(QUICK))

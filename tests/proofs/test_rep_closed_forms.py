"""The rep's closed forms, derived here another way than in the entries."""

from __future__ import annotations

from collections.abc import Callable
from math import exp, log, sqrt

import numpy as np
import pytest
from scipy import integrate, optimize, stats

from sim.proofs.closed import rep_choice, rep_desk, rep_multitask, rep_quota, rep_seats, rep_selection
from sim.proofs.entry import Effort, Finding
from sim.rules import hunting, projection, service

QUICK = Effort(quick=True, seed=2)


def test_the_printed_one_shot_effort() -> None:
    """B = k = Q = 1, sigma = .5: the root of phi((Q - e) / sigma) / sigma = e is .29667."""
    root = optimize.brentq(lambda e: stats.norm.pdf((1 - e) / 0.5) / 0.5 - e, 0.0, 0.6)
    assert root == pytest.approx(0.29667, abs=5e-6)
    assert rep_quota.one_shot(1.0, 1.0, 0.5, 1.0) == pytest.approx(root, abs=1e-6)


@pytest.mark.parametrize("stakes", [0.05, 1.0, 4.0])
def test_effort_summed_over_distances_is_bonus_over_cost(stakes: float) -> None:
    """The deadline path, integrated over all distances: sigma^2 ln(1 + kappa) = B / k; between two, as the entry has it."""
    sigma, tau = 2.0, 5.0
    kappa = exp(stakes) - 1

    def effort(distance: float) -> float:
        z = -distance / (sigma * sqrt(tau))
        return float(sigma * kappa * stats.norm.pdf(z) / (sqrt(tau) * (1 + kappa * stats.norm.cdf(z))))

    assert integrate.quad(effort, -60, 60)[0] == pytest.approx(stakes * sigma**2, rel=1e-6)
    part = rep_quota.deadline(stakes * sigma**2, 1.0, sigma, np.array(tau), np.array(3.0))
    assert integrate.quad(effort, 0, 3)[0] == pytest.approx(float(part), rel=1e-6)


def test_the_deadline_path_solves_its_bellman_equation() -> None:
    """V = k sigma^2 ln(1 + kappa Phi(z)) has V_tau = V_s^2 / (2 k) + sigma^2 V_ss / 2, and e = V_s / k."""
    sigma, kappa, h = 1.3, 2.0, 1e-4

    def value(s: float, tau: float) -> float:
        return sigma**2 * log(1 + kappa * float(stats.norm.cdf(s / (sigma * sqrt(tau)))))

    for s, tau in ((-1.0, 2.0), (0.4, 0.7), (-2.5, 6.0)):
        slope = (value(s + h, tau) - value(s - h, tau)) / (2 * h)
        curve = (value(s + h, tau) - 2 * value(s, tau) + value(s - h, tau)) / h**2
        time = (value(s, tau + h) - value(s, tau - h)) / (2 * h)
        assert time == pytest.approx(0.5 * slope**2 + 0.5 * sigma**2 * curve, abs=1e-5)
        z = s / (sigma * sqrt(tau))
        assert slope == pytest.approx(sigma * kappa * stats.norm.pdf(z) / (sqrt(tau) * (1 + kappa * stats.norm.cdf(z))), abs=1e-6)


def test_many_points_make_the_staircase_the_normal() -> None:
    """With N equally likely outcomes the best effort goes to the first-order condition's .29667; with nine it is .2034."""
    efforts = np.linspace(0, 1.4, 14001)
    best = {}
    for points in (9, 99, 9999):
        z = stats.norm.ppf((np.arange(points) + 0.5) / points)
        reached = 1 - np.searchsorted(z, (1.0 - efforts) / 0.5, side="left") / points
        best[points] = efforts[(reached - 0.5 * efforts**2).argmax()]
    assert best[9] == pytest.approx(0.2034, abs=2e-4)
    assert best[9999] == pytest.approx(0.29667, abs=0.02)


def test_what_the_grid_does_to_the_multitask_answer() -> None:
    """By enumeration, logit choice on the grid within the time budget has the closed form's mean within the entry's tolerance."""
    for s, alpha, intrinsic in rep_multitask.worlds(Effort(seed=3)):
        way = rep_choice.splits(20)
        x, y = (way - np.array(intrinsic)).T
        mean = rep_choice.softmax(alpha * way[:, 0] - 0.5 * (x * x + y * y + 2 * s * x * y), rep_multitask.NOISE) @ way
        assert mean == pytest.approx(np.array(intrinsic) + np.linalg.solve([[1, s], [s, 1]], [alpha, 0.0]), abs=5e-5)


def test_the_mean_above_a_line_by_integration() -> None:
    for z in (-1.2, 0.0, 0.4, 1.7):
        above, mass = (integrate.quad(lambda q, p=p: q**p * stats.norm.pdf(q), z, 12)[0] for p in (1, 0))
        assert rep_selection.mills(z) == pytest.approx(above / mass, rel=1e-8)


def test_erlang_by_the_queue_itself() -> None:
    """The stationary distribution of the birth-and-death chain, to 4,000 customers, has the formula's probability of waiting."""
    load, servers = 3.4, 5
    log_weight = np.concatenate([[0.0], np.cumsum(np.log(load) - np.log(np.minimum(np.arange(1, 4001), servers)))])
    weight = np.exp(log_weight - log_weight.max())
    assert rep_desk.erlang_c(load, servers) == pytest.approx(weight[servers:].sum() / weight.sum(), rel=1e-10)


def broken(check: Callable[[Effort], object]) -> bool:
    """Whether an entry fails."""
    findings: list[Finding] = list(check(QUICK))  # type: ignore[call-overload]
    return not all(one.passes for one in findings)


CHECKS = [
    (rep_choice.two, rep_choice, "FULL_TIME", 1.3 * rep_choice.FULL_TIME),
    (rep_choice.grid, rep_choice, "FULL_TIME", 1.5 * rep_choice.FULL_TIME),
    (rep_multitask.answer, rep_multitask, "FULL_TIME", 1.05 * rep_choice.FULL_TIME),
    (rep_desk.pool, rep_desk, "DAYS", 21.1),
    (rep_desk.dedicated, rep_desk, "erlang_c", lambda a, c: a / c),
    (rep_desk.overload, rep_desk, "DAYS", 21.1),
    (rep_selection.line, rep_selection, "mills", lambda z: float(stats.norm.pdf(z) / stats.norm.sf(z)) * 1.1),
    (rep_selection.referred, rep_selection, "mills", lambda z: float(stats.norm.pdf(z) / stats.norm.sf(z)) * 1.1),
    (rep_selection.pressure, rep_selection, "mills", lambda z: float(stats.norm.pdf(z) / stats.norm.sf(z)) * 1.1),
    (rep_seats.vacancy, rep_seats, "filled", lambda p, q, months: np.full(months, p / (p + q))),
    (rep_seats.courting, rep_seats, "calls", lambda s, f, most: (1 - (1 - s) ** most, (1 - (1 - s) ** most) / s)),
    (
        rep_seats.promise,
        rep_seats,
        "learned",
        lambda first, true, rate, months: true + (first - true) * (1 - rate) ** (months + 1),
    ),
    (rep_quota.once, rep_quota, "NINE", 1.02 * rep_quota.NINE),
    (rep_quota.points, rep_quota, "NINE", 1.02 * rep_quota.NINE),
    (rep_multitask.best_pay, rep_multitask, "vertex", lambda values, step: 0.8 * np.ones(len(values))),
]


@pytest.mark.parametrize(("check", "module", "name", "wrong"), CHECKS, ids=lambda one: getattr(one, "__name__", ""))
def test_an_entry_passes_and_fails_when_theory_is_another(
    check: Callable[[Effort], object], module: object, name: str, wrong: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not broken(check)
    if check is rep_desk.dedicated:  # pooled waits come printed; fixed contacts do not use the formula
        monkeypatch.setattr(rep_desk, "DAYS", 22.0)
    monkeypatch.setattr(module, name, wrong)
    assert broken(check)


@pytest.mark.parametrize(
    "check",
    [rep_multitask.noise, rep_multitask.corner, rep_multitask.commission, rep_quota.path, rep_quota.stakes, rep_seats.tenure],
    ids=lambda f: f.__name__,
)
def test_the_other_entries_pass(check: Callable[[Effort], object]) -> None:
    assert not broken(check)


def test_the_rules_the_entries_are_about() -> None:
    """Nine nodes, Erlang's formula and the line of acceptance are where the entries think they are."""
    assert np.array(projection.NODES) == pytest.approx(rep_quota.NINE, abs=1e-7)
    assert service.erlang_c(2.5, 3) == pytest.approx(rep_desk.erlang_c(2.5, 3))
    assert hunting.accepted_fit(0.3, 1.0, 0.5) == -0.2

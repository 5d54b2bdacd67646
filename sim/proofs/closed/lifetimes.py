"""Heterogeneous retention: the shifted beta-geometric distribution of Fader & Hardie (2007)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy import special

from sim.proofs.entry import Effort, Finding, entry
from sim.proofs.measure import by_run, mean, months, ratio, runs_table, setting, share

ALONE, RENEWALS = "scenarios/validation/customers-alone.toml", "scenarios/validation/renewals.toml"
SOURCE = "Fader & Hardie 2007, J. Interactive Marketing"
LAPSE = "odds of lapse"
FITS = {"High End": (0.668, 3.806, 5.9226), "Regular": (0.704, 1.182, 3.6951)}  # alpha, beta, lifetime discounted at 10%


def survival(alpha: float, beta: float, t: np.ndarray | int) -> np.ndarray:
    """S(t) = B(α, β + t) / B(α, β)."""
    return np.asarray(np.exp(special.betaln(alpha, beta + np.asarray(t)) - special.betaln(alpha, beta)))


def moved(alpha: float, beta: float, t: int) -> float:
    """Of S(t), per relative change of everybody's odds of lapse: -t E[p (1 - p)^t] = -t B(α + 1, β + t) / B(α, β)."""
    return float(-t * np.exp(special.betaln(alpha + 1, beta + t) - special.betaln(alpha, beta)))


def discounted(alpha: float, beta: float, d: float, t: int = 0) -> float:
    """The renewals from the t-th on, of somebody who is there after it, discounted to it: ₂F₁(1, β + t; α + β + t; 1 / (1 + d))."""
    return float(special.hyp2f1(1, beta + t, alpha + beta + t, 1 / (1 + d)))


def settings(effort: Effort, name: str, full: int) -> list[tuple[str, float, float]]:
    """The published fits, and others drawn at random."""
    random = effort.random(name)
    published = [(f"{fit}, α = {alpha}, β = {beta}", alpha, beta) for fit, (alpha, beta, _) in FITS.items()]
    drawn = [random.uniform((0.4, 0.5), (4.0, 8.0)).round(3).tolist() for _ in range(effort.number(full, 1))]
    return published + [(f"α = {alpha}, β = {beta}, drawn at random", alpha, beta) for alpha, beta in drawn]


@entry(
    id="sbg-survival",
    group="closed form",
    title="Survival and retention rates when churn differs between customers",
    source=SOURCE,
    setting=ALONE,
)
def survival_and_retention(effort: Effort) -> Iterator[Finding]:
    """S(t) = B(α, β + t) / B(α, β) after t yearly renewals; retention (β + t - 1) / (α + β + t - 1) rises, because the frail go first.

    Standard errors are binomial, from the expected shares.
    """
    for where, alpha, beta in settings(effort, "sbg-survival", 4):
        world = setting(ALONE).with_(months=96, customers={"lapse": {"alpha": alpha, "beta": beta}})
        runs = effort.number(25, 4)
        there = by_run(months(world, effort.key(f"sbg-survival {where}"), runs), "customers")[:, 11::12].sum(axis=0)
        signed = runs * world.customers.at_start
        before = np.append(signed, there[:-1])
        for t in (1, 2, 4, 8):
            yield share(f"{where}: S({t})", float(survival(alpha, beta, t)), there[t - 1], signed).of(
                where, {LAPSE: moved(alpha, beta, t)}
            )
        for t in (1, 2, 4, 8):
            yield share(f"{where}: retention {t}", (beta + t - 1) / (alpha + beta + t - 1), there[t - 1], int(before[t - 1])).of(
                where
            )


@entry(
    id="sbg-value",
    group="closed form",
    title="Discounted lifetime of a heterogeneous cohort",
    source=SOURCE,
    setting=RENEWALS,
)
def value_of_a_cohort(effort: Effort) -> Iterator[Finding]:
    """Σ S(t) (1 + d)^-t = ₂F₁(1, β; α + β; 1 / (1 + d)): 5.9226 (High End) and 3.6951 (Regular) at d = .1; 100 years stand for ever.

    The mean churn α / (α + β) alone would say 4.412 and 2.324: the value is convex in retention.
    """
    d, years = 0.1, 100
    for where, alpha, beta in settings(effort, "sbg-value", 3):
        changes = {"months": years * 12, "customers": {"lapse": {"alpha": alpha, "beta": beta}}, "firm": {"discount_year": d}}
        table = runs_table(setting(RENEWALS).with_(**changes), effort.key(f"sbg-value {where}"), effort.number(60))
        npv = table["npv"].to_numpy() / (500 * 40.0)
        printed = [value for a, b, value in FITS.values() if (a, b) == (alpha, beta)]
        tail = float(survival(alpha, beta, years)) * (1 + d) ** -years * discounted(alpha, beta, d, years)
        expected = printed[0] if printed else discounted(alpha, beta, d)
        yield mean(f"{where}, d = {d}", expected, npv, "four decimals are printed" if printed else "", tail + 5e-5).of(where)


@entry(
    id="sbg-residual",
    group="closed form",
    title="Discounted residual lifetime of those who are still there",
    source=SOURCE,
    setting=ALONE,
)
def residual_lifetime(effort: Effort) -> Iterator[Finding]:
    """Just before the n-th renewal: (β + n - 1) / (α + β + n - 1) ₂F₁(1, β + n; α + β + n; 1 / (1 + d)), d = .1.

    Customers who renew at n, n + 1, … over those who were there before it, discounted to n; 80 further years stand for ever. It
    rises with n.
    """
    d, years = 0.1, 80
    for where, alpha, beta in settings(effort, "sbg-residual", 2):
        late = 5
        world = setting(ALONE).with_(months=(years + late) * 12, customers={"lapse": {"alpha": alpha, "beta": beta}})
        table = months(world, effort.key(f"sbg-residual {where}"), effort.number(40))
        there = by_run(table, "customers")[:, 11::12]
        for n in (1, 2, late):
            before = there[:, n - 2] if n > 1 else np.full(len(there), float(world.customers.at_start))
            left = (there[:, n - 1 : n + years] / (1 + d) ** np.arange(years + 1)[: there.shape[1] - n + 1]).sum(axis=1)
            expected = (beta + n - 1) / (alpha + beta + n - 1) * discounted(alpha, beta, d, n)
            yield ratio(f"{where}: before renewal {n}", expected, left, before, "", 11 * (1 + d) ** -years).of(where)

"""Commission over time: what a trail is worth, what a straight-line clawback is equal to, and when it is not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from sim.proofs.entry import Effort, Finding, entry
from sim.proofs.measure import by_run, certain, mean, months, ratio, setting
from sim.scenario.model import Scenario

TRAIL = "scenarios/validation/trail.toml"
CLAWED, LEVEL = "scenarios/validation/indemnity-clawback.toml", "scenarios/validation/level-commission.toml"
CHOICE = "scenarios/validation/clawback-choice.toml"
PAID, CLAWBACK = "commission rate", "share clawed back"
SELLING = 50  # months in which the two settings sell
INDEMNITY = 100.0
ARITHMETIC = "arithmetic: both pay (K/n) Σ S(t), t = 0 … n - 1"


@entry(
    id="trail-value",
    group="closed form",
    title="Present value of a trail on a book",
    source="annuity of a book with constant persistency",
    setting=TRAIL,
)
def trail(effort: Effort) -> Iterator[Finding]:
    """One a month for every customer there at the month's end: x (1 - x^n) / (1 - x) per customer, x = S / (1 + i), which tends to
    S / (1 + i - S).

    Monthly persistency S and discount rate i drawn at random; the first setting has S = .97, i = .01.
    """
    random = effort.random("trail-value")
    cases = [(0.97, 0.01)]
    for _ in range(effort.number(5, 2)):
        cases.append(tuple(random.uniform((0.9, 0.0), (0.98, 0.02)).round(4).tolist()))
    for number, (s, i) in enumerate(cases):
        world = setting(TRAIL).with_(customers={"lapse": certain(1 - s)})
        pay = by_run(months(world, effort.key(f"trail-value {number}"), effort.number(60)), "commission")
        n, x = world.months, s / (1 + i)
        value = (pay / (1 + i) ** np.arange(1, n + 1)).sum(axis=1) / world.customers.at_start
        note = "drawn at random" if number else f"for ever: {s / (1 + i - s):.5g}"
        worth = x * (1 - x**n) / (1 - x)
        yield mean(f"S = {s}, i = {i}: {n} months of 1 per customer", worth, value, note).of(f"S = {s}, i = {i}", {PAID: worth})


def arms(lapse: dict[str, float], n: int, **changes: Any) -> tuple[Scenario, Scenario]:
    """Indemnity with a clawback over n months, and the same as level commission over n months."""
    sold = {"measure": "signings", "rate": INDEMNITY, "until_month": SELLING}
    changed = {"months": SELLING + n + 12, "customers": {"lapse": lapse}, **changes}
    clawed = setting(CLAWED).with_(scheme={"components": [{**sold, "clawback": {"months": n}}]}, **changed)
    return clawed, setting(LEVEL).with_(scheme={"components": [{**sold, "trail_months": n}]}, **changed)


def sums(table: pd.DataFrame) -> pd.DataFrame:
    """By run: signed while the settings sell, paid, recovered, still due, uncollectable, and kept by the reps."""
    total = table.groupby("run")[["commission", "clawback", "uncollectable"]].sum()
    total["signings"] = table[table["month"] <= SELLING].groupby("run")["signings"].sum()
    total["due"] = table[table["month"] == table["month"].max()].set_index("run")["clawback_due"]
    total["kept"] = total["commission"] - total["clawback"] - total["due"]
    return total


def lapses(effort: Effort, name: str) -> Iterator[tuple[str, dict[str, float], int]]:
    """3% a month and a mixed book over 24 and 6 months, then others drawn at random: (in words, lapse, months of clawback)."""
    yield "3% a month, n = 24", certain(0.03), 24
    yield "α = 0.668, β = 3.806, n = 6", {"alpha": 0.668, "beta": 3.806}, 6
    random = effort.random(name)
    for _ in range(effort.number(4, 1)):
        alpha, beta = random.uniform((0.5, 4.0), (4.0, 60.0)).round(2).tolist()
        n = int(random.integers(3, 49))
        yield f"α = {alpha}, β = {beta}, n = {n}, drawn at random", {"alpha": alpha, "beta": beta}, n


def survival(lapse: dict[str, float], n: int) -> np.ndarray:
    """S(0 … n) = B(α, β + t) / B(α, β) of monthly lapse probabilities Beta(α, β)."""
    alpha, beta = lapse["alpha"], lapse["beta"]
    return np.asarray(np.exp(special.betaln(alpha, beta + np.arange(n + 1)) - special.betaln(alpha, beta)))


@entry(
    id="clawback-level",
    group="closed form",
    title="A straight-line clawback earns what level commission earns",
    source=ARITHMETIC,
    setting=f"{CLAWED}, {LEVEL}",
)
def clawback_is_level(effort: Effort) -> Iterator[Finding]:
    """Indemnity K clawed back over n months keeps K - K Σ P(T = t) (1 - t/n) = (K/n) Σ S(t), t = 0 … n - 1: level commission's sum.

    Both against the formula, and against each other path by path: the same customers lapse in both, so the difference is rounding
    only (a claim and a month's trail are each rounded to a hundredth).
    """
    for where, lapse, n in lapses(effort, "clawback-level"):
        seed, runs = effort.key(f"clawback-level {where}"), effort.number(60)
        clawed, level = (sums(months(world, seed, runs)) for world in arms(lapse, n))
        expected = INDEMNITY / n * float(survival(lapse, n - 1).sum())
        signed = clawed["signings"]
        yield ratio(f"{where}: kept per signing with clawback", expected, clawed["kept"], signed, "", 0.005).of(
            where, {CLAWBACK: expected - INDEMNITY}
        )
        yield ratio(f"{where}: earned per signing, level", expected, level["commission"], level["signings"], "", 0.005).of(where)
        worst = float(((clawed["kept"] - level["commission"]).abs() / signed).max())
        rounding = 0.005 * (1 + (SELLING + n) / float(signed.min()))
        note = "largest of the runs; a claim and a month's pay are rounded to a hundredth"
        yield Finding(f"{where}: difference per signing", 0.0, worst, 0.0, 0, note, rounding)
        yield mean(f"{where}: clawed back per run", (0.0, np.inf), clawed["clawback"], "there is something to claw back")


@entry(
    id="clawback-rep-leaves",
    group="closed form",
    title="The equality fails when the rep leaves: what is then not recovered",
    source="arithmetic: a claim is recovered if the rep who signed is there at the next pay day",
    setting=f"{CLAWED}, {LEVEL}",
)
def clawback_when_the_rep_leaves(effort: Effort) -> Iterator[Finding]:
    """Reps leave with probability h a month and are replaced at once. A customer who lapses in month t of the contract is claimed at
    that month's end and recovered at the next pay day, if the rep has survived t evenings:

    recovered K Σ P(T = t) (1 - t/n) (1 - h)^t, t = 1 … n - 1; level commission still comes to (K/n) Σ S(t), and the firm loses
    K Σ P(T = t) (1 - t/n) (1 - (1 - h)^t) by the clawback that it does not lose by level commission.
    """
    random = effort.random("clawback-rep-leaves")
    for where, lapse, n in lapses(effort, "clawback-rep-leaves"):
        h = round(random.uniform(0.02, 0.15), 3)
        seed, runs = effort.key(f"clawback-rep-leaves {where}"), effort.number(200)
        clawed, level = (sums(months(world, seed, runs)) for world in arms(lapse, n, reps={"quit_rate": h}))
        alive, t = survival(lapse, n), np.arange(1, n)
        claims = INDEMNITY * (alive[t - 1] - alive[t]) * (1 - t / n)
        recovered = float((claims * (1 - h) ** t).sum())
        earned = INDEMNITY / n * float(alive[:n].sum())
        lost = float(claims.sum()) - recovered
        signed, where = clawed["signings"], f"{where}, reps leave at {h}"
        yield ratio(f"{where}: recovered per signing", recovered, clawed["clawback"], signed, "", 0.005)
        yield ratio(f"{where}: lost per signing", lost, clawed["uncollectable"], signed, "", 0.005)
        yield ratio(f"{where}: level commission per signing", earned, level["commission"], level["signings"], "", 0.005).of(where)
        kept = clawed["commission"] - clawed["clawback"] - level["commission"]
        yield ratio(f"{where}: reps keep more than level commission by, per signing", lost, kept, signed, "", 0.01)


@entry(
    id="clawback-present-bias",
    group="closed form",
    title="The equality fails for a rep who discounts or is present-biased: who hunts, by how much",
    source="Laibson 1997, Quarterly J. Economics † (weights); logit choice",
    setting=CHOICE,
)
def clawback_under_present_bias(effort: Effort) -> Iterator[Finding]:
    """A signing is worth, in the mind of a rep who believes in lapse q and weighs pay k months ahead by w(k) = β δ^(k/12), w(0) = 1:

    clawback K [1 - Σ q (1 - q)^(t-1) (1 - t/n) w(t)], t = 1 … n; level (K/n) Σ (1 - q)^k w(k), k = 0 … n - 1. The two are equal at
    β = δ = 1. A month of hunting is 2.5 signings on the mean, and is chosen with probability 1 / (1 + exp(-2.5 V / τ)).
    """
    random = effort.random("clawback-present-bias")
    cases = [(1.0, 1.0, 24), (0.7, 1.0, 24), (0.5, 0.9, 24)]
    for _ in range(effort.number(4, 1)):
        bias, patience = random.uniform((0.3, 0.6), (1.0, 1.0)).round(3).tolist()
        cases.append((bias, patience, int(random.integers(3, 49))))
    q, tau, signings = 0.03, 200.0, 0.2 * 50.0 / 4.0
    for number, (bias, patience, n) in enumerate(cases):
        where, note = f"β = {bias}, δ = {patience}, n = {n}", "drawn at random" if number > 2 else ""
        weight = np.append(1.0, bias * patience ** (np.arange(1, n + 1) / 12))
        t, k = np.arange(1, n + 1), np.arange(n)
        clawed = INDEMNITY * (1 - float((q * (1 - q) ** (t - 1) * (1 - t / n) * weight[t]).sum()))
        level = INDEMNITY / n * float(((1 - q) ** k * weight[k]).sum())
        mind = {"present_bias": bias, "discount_year": patience}
        for arm, value, terms in (("clawback", clawed, {"clawback": {"months": n}}), ("level", level, {"trail_months": n})):
            scheme = {"components": [{"measure": "signings", "rate": INDEMNITY, **terms}]}
            world = setting(CHOICE).with_(reps=mind, scheme=scheme)
            table = months(world, effort.key(f"clawback-present-bias {number} {arm}"), effort.number(40, 8))
            hunting = table.groupby("run")["hunting_share"].mean()
            yield mean(f"{where}, {arm}: share who hunt", 1 / (1 + np.exp(-signings * value / tau)), hunting, note)

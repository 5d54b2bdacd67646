"""The book: its stationary size, Little's law, referrals."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy import special, stats

from sim import engine
from sim.proofs.entry import Effort, Finding, Quantiles, entry
from sim.proofs.measure import by_run, certain, counts_against, mean, months, setting

SIGNINGS, REFERRAL = "chance of signing", "referral rate"
BOOK, REFERRALS = "scenarios/validation/stationary-book.toml", "scenarios/validation/referrals.toml"


@entry(
    id="book-stationary",
    group="closed form",
    title="Size of a stationary book, and its distribution",
    source="Kingman 1993, Poisson Processes † (thinning and superposition)",
    setting=BOOK,
)
def stationary(effort: Effort) -> Iterator[Finding | Quantiles]:
    """a signings a month, retention r, counted after the month's exits: N' = Bin(N + a, r), so N is Poisson with mean a r / (1 - r).

    Signings are binomial, of so many attempts; their number is high enough (1,000, chance a / 1,000) for Poisson's distribution.
    From nothing the mean after t months is a r (1 - r^t) / (1 - r).
    """
    random = effort.random("book-stationary")
    cases = [(2.0, 0.95)]
    for _ in range(effort.number(4, 1)):
        cases.append((round(random.uniform(0.5, 4.0), 3), round(random.uniform(0.7, 0.95), 3)))
    attempts = 1000
    for number, (a, r) in enumerate(cases):
        changes = {
            "reps": {"hours_per_attempt": 100.0 / attempts},
            "market": {"success": a / attempts},
            "customers": {"lapse": certain(1 - r)},
        }
        world = setting(BOOK).with_(**changes)
        book = by_run(months(world, effort.key(f"book-stationary {number}"), effort.number(500, 60)), "customers")
        where, note = f"a = {a}, r = {r}", "drawn at random" if number else ""
        t, size = world.months, a * r / (1 - r)
        few = 1e-3 * size  # the leads are not quite without end: a thousandth of the attempts finds none
        after, last = size * (1 - r**6), size * (1 - r**t)
        yield mean(f"{where}: mean after 6 months", after, book[:, 5], note, few).of(where, {SIGNINGS: after})
        yield mean(f"{where}: mean", last, book[:, -1], note, few).of(where, {SIGNINGS: last})
        yield mean(f"{where}: variance over mean", 1.0, (book[:, -1] - size) ** 2 / size, note, 2 * a / attempts).of(where)
        counts = book[:, -1].astype(int)
        yield _binned(f"{where}: distribution", counts, size).of(where)
        if number == 0:
            levels = (np.arange(400) + 0.5) / 400
            found = np.quantile(counts, levels, method="inverted_cdf").astype(float)
            yield Quantiles("book", "Customers of a stationary book, Poisson", stats.poisson(size).ppf(levels), found)


def _binned(quantity: str, counts: np.ndarray, size: float) -> Finding:
    """χ² against Poisson in cells of about a tenth of the probability each."""
    law = stats.poisson(size)
    edges = np.unique(law.ppf(np.arange(1, 10) / 10))
    cell = np.searchsorted(edges, counts)
    mass = np.diff(np.concatenate([[0.0], law.cdf(edges), [1.0]]))
    return counts_against(quantity, cell, mass, 1.0)


@entry(
    id="littles-law",
    group="closed form",
    title="Customers there = signings a month times months stayed",
    source="Little 1961, Operations Research †",
    setting=BOOK,
)
def little(effort: Effort) -> Iterator[Finding]:
    """L = λW with W measured: mean book of months 121 … 360, signings of these months, month-ends stayed of those signed in months
    121 … 240. Lapse probabilities Beta(α, β): W = Σ_{t≥1} S(t) = β / (α - 1), measured too.

    That everybody's months add up to the book's is exact: Σ N(t) = Σ month-ends stayed, whatever the parameters.
    """
    random = effort.random("littles-law")
    for number in range(effort.number(2, 1)):
        alpha, beta = random.uniform((8.0, 16.0), (12.0, 40.0)).round(2).tolist()
        law = {"lapse": {"alpha": alpha, "beta": beta}}
        world = setting(BOOK).with_(months=360, market={"success": 0.04}, customers=law)
        runs, seed = effort.number(40, 6), effort.key(f"littles-law {number}")
        found = engine.simulate(world, seed, range(1, runs + 1), customers=True)
        table, people = found.months, found.customers
        assert people is not None
        left = people["lapsed_month"].where(people["lapsed_month"] > 0, world.months + 1)
        people = people.assign(stayed=left - people["signed_month"])
        where, note = f"α = {alpha}, β = {beta}", "drawn at random"
        total = float(table["customers"].sum())
        yield Finding(f"{where}: Σ months stayed over Σ book", 1.0, float(people["stayed"].sum()) / total, 0.0, 0, note)
        late = table[table["month"] > 120].groupby("run")[["customers", "signings"]].mean()
        watched = people[people["signed_month"].between(121, 240)].groupby("run")["stayed"]
        stay = watched.mean()
        beyond = float(special.beta(alpha, beta + 120) / special.beta(alpha, beta)) * 120
        yield mean(f"{where}: W", beta / (alpha - 1), stay, note, beyond).of(where)
        yield mean(
            f"{where}: L / (λ W)", 1.0, late["customers"] / (late["signings"] * stay), f"{note}; bias of a ratio", 2e-3
        ).of(where)


@entry(
    id="referral-multiplier",
    group="closed form",
    title="Customers that a seed brings by referral",
    source="Harris 1963, The Theory of Branching Processes † (expected progeny)",
    setting=REFERRALS,
)
def multiplier(effort: Effort) -> Iterator[Finding]:
    """ρ < 1 referrals in a lifetime: 1 / (1 - ρ) customers per seed, ρ = rate / q with referrals at `rate` a month, churn q a month."""
    random = effort.random("referral-multiplier")
    cases = [(0.05, 0.1)]
    for _ in range(effort.number(4, 1)):
        q = round(random.uniform(0.1, 0.25), 3)
        cases.append((round(q * random.uniform(0.2, 0.6), 4), q))
    for number, (rate, q) in enumerate(cases):
        world = setting(REFERRALS).with_(customers={"referral": {"rate": rate}, "lapse": certain(q)})
        table = months(world, effort.key(f"referral-multiplier {number}"), effort.number(400, 40))
        where, note = f"rate {rate}, churn {q}", "drawn at random" if number else ""
        signed = table.groupby("run")["signings"].sum()
        yield mean(f"{where}: customers per seed", 1 / (1 - rate / q), 1 + signed / world.customers.at_start, note).of(
            where, {REFERRAL: rate / q / (1 - rate / q) ** 2}
        )
        last = float(table.loc[table["month"] == world.months, "customers"].sum())
        yield Finding(f"{where}: customers left at the end", 0.0, last, 0.0, 0, "so that nobody is still to be referred")

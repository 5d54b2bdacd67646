"""Seats left and taken at constant rates, prospects called again, and a promise that is learned with delay."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sim.proofs.entry import Effort, Finding, entry
from sim.proofs.measure import by_run, certain, customers, mean, months, own_seed, runs_table, setting

SEATS, COURTING, BOOK = (f"scenarios/validation/{name}.toml" for name in ("rep-seats", "courting", "stationary-book"))
FELLER = "Feller 1968, An Introduction to Probability Theory 1, ch. XV (a chain of two states) †"


def filled(taken: float, left: float, months: int) -> np.ndarray:
    """Share of seats that are filled in months 1, 2 …, from all: 1 - (1 - s)(1 - f^t), f = (1 - p)(1 - q), s = p / (p + q (1 - p))."""
    last = taken / (taken + left * (1 - taken))
    return np.asarray(last + (1 - last) * ((1 - taken) * (1 - left)) ** np.arange(months))


def calls(success: float, insistence: float, most: int) -> tuple[float, float]:
    """Share of prospects who sign, and calls made on each: 1 - prod(1 - s f^j) and sum_k prod_{j<k} (1 - s f^j)."""
    refused = np.cumprod([1.0, *(1 - success * insistence ** np.arange(most))])
    return float(1 - refused[-1]), float(refused[:-1].sum())


def learned(first: float, true: float, rate: float, months: int) -> float:
    """Lapse reckoned with after so many months: h + (L - h)(1 - a)^n."""
    return true + (first - true) * (1 - rate) ** months


@entry(
    id="seats-vacancy",
    group="closed form",
    title="Seats left and taken at constant rates: a chain of two states, whose share follows pay by its odds",
    source=FELLER,
    setting=SEATS,
)
def vacancy(effort: Effort) -> Iterator[Finding]:
    """A seat left with q at a month's end is taken in each month after with p, whose odds are those of the rate times exp(k (w - 1)).

    w is the salary over what reps live on: all pay there is, so that applicants know it from the second month on.
    """
    random = effort.random("seats-vacancy")
    for case, (rate, w) in enumerate(
        [(0.2, 1.0), (0.2, 0.5), *zip(random.uniform(0.05, 0.6, 3), random.uniform(0.4, 1.4, 3), strict=True)]
    ):
        world = setting(SEATS).with_(
            reps={"hiring_rate": float(rate), "salary": 1600.0 * float(w), "quit_pay": 0.0, "hiring_pay": 3.0}
        )
        odds = rate / (1 - rate) * np.exp(3.0 * (w - 1))
        expected = filled(odds / (1 + odds), 0.05, world.months)
        share = by_run(months(world, own_seed(effort, case), effort.number(100, 20)), "reps") / 20
        where = f"rate {rate:.3g}, pay {w:.3g} of living"
        yield mean(f"{where}: filled in the first year", expected[:12].mean(), share[:, :12].mean(axis=1))
        yield mean(f"{where}: filled in the last year", expected[-12:].mean(), share[:, -12:].mean(axis=1))


@entry(
    id="seats-tenure",
    group="closed form",
    title="Tenure under a constant hazard is geometric",
    source=FELLER,
    setting=SEATS,
)
def tenure(effort: Effort) -> Iterator[Finding]:
    """Who leaves at each month's end with q completes n months with (1 - q)^(n - 1), leaving at the end of the n-th included."""
    for case, q in enumerate((0.02, 0.05)):
        table = runs_table(
            setting(SEATS).with_(reps={"quit_rate": q, "hiring_rate": 0.5}), own_seed(effort, case), effort.number(200, 30)
        )
        for n in (12, 48):
            yield mean(f"q = {q}: completed {n} months", (1 - q) ** (n - 1), table[f"rep_stay_{n}"], "", 0.002)


@entry(
    id="courting-calls",
    group="closed form",
    title="Calls until a prospect signs or is given up: a truncated geometric distribution",
    source="Johnson, Kemp & Kotz 2005, Univariate Discrete Distributions, ch. 5 †",
    setting=COURTING,
)
def courting(effort: Effort) -> Iterator[Finding]:
    """Of a closed stock of prospects 1 - prod(1 - s f^j) sign, after sum_k prod_{j<k} (1 - s f^j) calls on each; with one call s sign."""
    for case, (s, f, most) in enumerate(((0.2, 0.5, 3), (0.2, 0.5, 1), (0.1, 0.9, 6))):
        world = setting(COURTING).with_(market={"success": s, "insistence": f, "courting": most})
        table = months(world, own_seed(effort, case), effort.number(60, 12))
        signed, made = (by_run(table, name).sum(axis=1) / 5000 for name in ("signings", "attempts"))
        shares, each = calls(s, f, most)
        where, few = (
            f"s = {s}, f = {f}, {most} calls",
            2e-4 * most,
        )  # leads are whole: of each number of calls less than one is left over
        yield mean(f"{where}: signed", shares, signed, "", few)
        if most > 1:
            yield mean(f"{where}: calls on each", each, made, "", 2 * few)


@entry(
    id="promise-delay",
    group="closed form",
    title="A promise learned with delay: the lapse reckoned with nears the true one by a share a month",
    source="Evans & Honkapohja 2001, Learning and Expectations in Macroeconomics, ch. 1 (constant gain) †",
    setting=BOOK,
)
def promise(effort: Effort) -> Iterator[Finding]:
    """Signed in month s, a customer is promised to bring the margin m on the first purchase P, and on c P at each monthly renewal.

    So the promise after T months is m P (1 + c sum_{k=1}^{T - s} (1 - L)^k) with L = h + (L0 - h)(1 - a)^(s - 1), but for the noise
    of what was observed (a book of thousands).
    """
    rate, true, first, size = 0.1, 0.05, 0.0, 1200.0
    world = setting(BOOK).with_(
        months=40,
        market={"success": 1.0},
        customers={"at_start": 4000, "initial": size, "renewal": 0.1, "lapse": certain(true)},
        firm={"promise_lapse": first, "promise_learning": rate},
    )
    people = customers(world, own_seed(effort, 0), effort.number(40, 10))
    signed = people[people["founder"] == 0]
    for s in (1, 5, 15, 30):
        reckoned = learned(first, true, rate, s - 1)
        stays = (1 - reckoned) ** np.arange(1, 40 - s + 1)
        expected = world.customers.margin * size * (1 + 0.1 * stays.sum())
        found = signed[signed["signed_month"] == s].groupby("run")["promised_profit"].mean().to_numpy()
        yield mean(f"promised to who signed in month {s}, EUR", expected, found, "", 0.001 * expected)

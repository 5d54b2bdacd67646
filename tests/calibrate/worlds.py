"""Logs made by known parameters: by independent generators in NumPy, and by the simulated book."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

import sim
from sim.calibrate.forecast import shop
from sim.calibrate.histories import Histories
from sim.draws import poisson_count
from tests.conftest import ROOT

CDNOW = ROOT / "scenarios" / "data" / "cdnow_sample_to_1997-09-30.csv"
DAY = pd.Timestamp("2024-01-01")


def bg_nbd(theta: tuple[float, ...], customers: int, seed: int, span: float = 52.0) -> Histories:
    """Histories of customers who enter evenly over the first fifth of the span; a homogeneous Poisson process, its
    purchases kept up to the one that is followed by dropout."""
    r, alpha, a, b = theta
    rng = np.random.default_rng(seed)
    entry = rng.uniform(0, span / 5, customers)
    age = span - entry
    would = rng.poisson(rng.gamma(r, 1 / alpha, customers) * age)
    x = np.minimum(would, rng.geometric(np.clip(rng.beta(a, b, customers), 1e-12, 1.0)))
    # given their number, times are uniform: the x-th smallest of `would` is a beta
    recency = age * np.where(x > 0, rng.beta(np.maximum(x, 1), would - x + 1), 0.0)
    return made(x, recency, age, entry)


def made(x: Any, recency: Any, age: Any, entry: Any) -> Histories:
    blank = np.full(len(x), np.nan)
    ends = np.repeat(np.asarray(entry) + recency, np.asarray(x) > 0)  # last purchases only
    return Histories("week", np.asarray(x, float), np.asarray(recency), np.asarray(age), np.asarray(entry), blank, blank, blank, ends, DAY,
                     DAY + pd.Timedelta(days=7 * float(np.max(age + entry))))  # fmt: skip


def mean_amounts(theta: tuple[float, ...], customers: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Number and mean amount of purchases of gamma-gamma customers."""
    p, q, v = theta
    rng = np.random.default_rng(seed)
    x = rng.geometric(0.3, customers).astype(float)
    return x, rng.gamma(p * x) / rng.gamma(q, 1 / v, customers) / x


def contracts(theta: tuple[float, ...], customers: int, seed: int, most: int = 7) -> tuple[np.ndarray, np.ndarray]:
    """Lost and kept of shifted beta-geometric customers, who are watched over 1 to `most` renewals."""
    rng = np.random.default_rng(seed)
    left = rng.geometric(np.clip(rng.beta(*theta, customers), 1e-12, 1.0))
    seen = rng.integers(1, most + 1, customers)
    return (
        np.bincount(left[left <= seen], minlength=most + 1)[1:].astype(float),
        np.bincount(seen[left > seen], minlength=most + 1).astype(float),
    )


class Shopper(sim.CustomerAgent):
    """A customer who writes down every purchase: (customer, time) in months since the start.

    The purchases of a month are a Poisson number at uniform times, of which those up to dropout are made.
    """

    def purchase(self) -> None:
        record, month = self.record[0], int(self.model.clock["month"][0])
        before, mean = record["purchases"], record["rate"]
        would = poisson_count(self.moment["u_purchase"][0], mean, float(np.exp(-mean)))
        super().purchase()
        bought = int(self.record[0]["purchases"] - before)
        times = np.sort(self.model.chance.uniform(month - 1, month, max(would, bought)))[:bought]
        self.model.log += [(int(record["order"]), time) for time in times]


class Shop(sim.BookModel):
    """The book of a shop with a log of its purchases."""

    customer_class = Shopper

    def __init__(self, *given: Any, **named: Any) -> None:
        self.log: list[tuple[int, float]] = []
        super().__init__(*given, **named)
        self.chance = np.random.default_rng(int(self.clock["seed"][0]))


def simulated_book(theta: tuple[float, ...], customers: int, steps: int, seed: int) -> Histories:
    """Histories of the customers of a simulated book, who all enter at its opening."""
    book = Shop(shop(np.array(theta), customers, steps), rng=seed)
    book.run_all()
    log = pd.DataFrame(book.log, columns=["customer", "time"])
    by = log.groupby("customer")["time"]
    x, last = np.zeros(customers), np.zeros(customers)
    x[: by.ngroups], last[: by.ngroups] = by.size(), by.max()
    return made(x, last, np.full(customers, float(steps)), np.zeros(customers))


def write(table: pd.DataFrame, path: Any) -> Any:
    """A log as CSV; returns its path."""
    table.to_csv(path, index=False)
    return path

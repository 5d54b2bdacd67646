"""From a transaction log to what the likelihoods need: per customer frequency, recency, age and mean amount."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from sim.calibrate.likelihood import Array
from sim.errors import InputError

Unit = Literal["week", "month"]
#: A month of the model is 52 / 12 weeks.
DAYS = {"week": 7.0, "month": 7.0 * 52 / 12}


@dataclass(frozen=True)
class Histories:
    """Purchase histories of n customers.

    Attributes
    ----------
    unit : of time.
    x : [n] days with a repeat purchase (several purchases on a day are one).
    recency, age : [n] time of the last purchase and of observation, both since the first purchase.
    entry : [n] time of the first purchase since the log's first day.
    first : [n] amount of the first purchase day; NaN without amounts.
    mean : [n] mean amount of the repeat purchases above zero; NaN where there are none.
    paid : [n] number of those.
    times : [sum of x] time of every repeat purchase since the log's first day.
    since, until : first day and last day of the log.
    """

    unit: Unit
    x: Array
    recency: Array
    age: Array
    entry: Array
    first: Array
    mean: Array
    paid: Array
    times: Array
    since: pd.Timestamp
    until: pd.Timestamp

    @property
    def units(self) -> str:
        """The unit in the plural."""
        return f"{self.unit}s"

    def grouped(self) -> tuple[Array, Array, Array, Array]:
        """Different (x, recency, age), and how many customers have each: likelihoods need no more."""
        rows, number = np.unique(np.stack([self.x, self.recency, self.age], axis=1), axis=0, return_counts=True)
        return rows[:, 0], rows[:, 1], rows[:, 2], number.astype(float)


def histories(log: pd.DataFrame, unit: Unit = "week", until: pd.Timestamp | None = None, where: str = "log") -> Histories:
    """Summarise a transaction log.

    Parameters
    ----------
    log : columns ``customer``, ``date`` and, if there are amounts, ``amount``; a row per purchase.
    unit : of time.
    until : last day of observation; later purchases are left out.  The log's last day if not given.
    where : the log's name, for messages.

    Raises
    ------
    InputError
        Where there is too little to estimate from.
    """
    last = pd.Timestamp(log["date"].max()) if until is None else until
    log = log[log["date"] <= last]
    if log.empty:
        raise InputError(f"{where}: no purchase lies on or before {last:%Y-%m-%d} (--until)")
    if "amount" not in log:
        log = log.assign(amount=np.nan)
    day = log.groupby(["customer", "date"], sort=True, as_index=False)["amount"].sum(min_count=1)
    scale = DAYS[unit]
    customer = day.groupby("customer", sort=True)
    begin = customer["date"].min()
    since = pd.Timestamp(begin.min())
    repeat = day[day["date"] > day["customer"].map(begin)]
    paid = repeat[repeat["amount"] > 0].groupby("customer")["amount"]

    def by_customer(values: pd.Series, rest: float) -> Array:
        return np.asarray(values.reindex(begin.index).fillna(rest), float)

    made = Histories(
        unit,
        x=by_customer(repeat.groupby("customer").size(), 0.0),
        recency=np.asarray((customer["date"].max() - begin).dt.days, float) / scale,
        age=np.asarray((last - begin).dt.days, float) / scale,
        entry=np.asarray((begin - since).dt.days, float) / scale,
        first=np.asarray(customer["amount"].first(), float),
        mean=by_customer(paid.mean(), np.nan),
        paid=by_customer(paid.size(), 0.0),
        times=np.asarray((repeat["date"] - since).dt.days, float) / scale,
        since=since,
        until=last,
    )
    if made.x.size < 2:
        raise InputError(f"{where}: found one customer only; how customers differ cannot be estimated from one")
    if not made.x.any():
        raise InputError(f"{where}: nobody buys on a second day, so there are no repeat purchases to estimate from")
    return made

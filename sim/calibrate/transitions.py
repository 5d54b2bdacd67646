"""Payment: a Markov chain over arrears buckets (Cyert, Davidson & Thompson 1962, Management Science 8(3)).

Row k of the matrix says what becomes, within a month, of an account whose oldest invoice stands in bucket k (0 current):
paid, in bucket 1 … K - 1, or written off.  Nothing stays current: what is not paid in its month is in a later bucket.
Rows are independent multinomials; their maximum-likelihood estimates are shares of counts (Anderson & Goodman 1957,
Annals of Mathematical Statistics 28(1)).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import optimize, special, stats

from sim.calibrate.checks import SMALLEST, Check
from sim.calibrate.likelihood import LEVEL, Array
from sim.calibrate.logs import CURRENT, PAID, WRITTEN_OFF, Log, check_past
from sim.errors import InputError

FEWEST, MOST = 2, 8  # buckets, the current one included
LARGEST_PRIOR = 1e6  # weight


@dataclass(frozen=True)
class Transitions:
    """Counts of a month's transitions and what is estimated from them; K buckets.

    Attributes
    ----------
    counts : [K, K + 1] to paid, buckets 1 … K - 1, written off.
    halves : [2, K, K + 1] the same before and after the middle of the log.
    smoothing : added to every cell that is possible (Dirichlet prior); 0 for maximum likelihood.
    """

    counts: Array
    halves: Array
    smoothing: float = 0.0

    @property
    def weights(self) -> Array:
        """[K, K + 1] counts with smoothing in every cell but those of younger buckets."""
        possible = np.triu(np.ones_like(self.counts))
        possible[:, 0] = 1.0
        return np.asarray(self.counts + self.smoothing * possible, float)

    @property
    def matrix(self) -> Array:
        """[K, K + 1] estimated probabilities."""
        return np.asarray(self.weights / self.weights.sum(axis=1, keepdims=True), float)

    @property
    def standard_errors(self) -> Array:
        """[K, K + 1] sqrt(p (1 - p) / n); with smoothing those of the posterior Dirichlet."""
        n = self.weights.sum(axis=1, keepdims=True) + (1.0 if self.smoothing else 0.0)
        return np.asarray(np.sqrt(self.matrix * (1.0 - self.matrix) / n), float)

    def intervals(self, level: float = LEVEL) -> Array:
        """[K, K + 1, 2] profile-likelihood intervals; with smoothing, equal-tailed ones of the posterior."""
        k, n = self.weights, self.weights.sum(axis=1, keepdims=True) + np.zeros_like(self.weights)
        if self.smoothing:
            tails = np.array([0.5 - level / 2, 0.5 + level / 2])
            inside = k > 0
            ends = stats.beta.ppf(tails[:, None, None], np.where(inside, k, 1.0), np.maximum(n - k, 1e-300))
            return np.asarray(np.moveaxis(np.where(inside, ends, 0.0), 0, -1), float)
        return np.array([[binomial_interval(a, b, level) for a, b in zip(*row, strict=True)] for row in zip(k, n, strict=True)])

    def stationarity(self) -> Check:
        """Whether the first and the second half of the log have the same matrix (Anderson & Goodman 1957)."""
        statistic, freedom, rows = 0.0, 0, []
        for k, pair in enumerate(np.moveaxis(self.halves, 1, 0)):
            meant = np.outer(pair.sum(axis=1), pair.sum(axis=0)) / max(pair.sum(), 1.0)
            use = meant.min(axis=0) >= SMALLEST
            statistic += float(((pair - meant)[:, use] ** 2 / meant[:, use]).sum())
            freedom += max(int(use.sum()) - 1, 0)
            shares = pair / np.maximum(pair.sum(axis=1, keepdims=True), 1.0)
            rows.append({"cell": bucket_name(k), "paid, first half": shares[0, 0], "paid, second half": shares[1, 0]})
        return Check("the same transitions in both halves of the log", pd.DataFrame(rows), statistic, freedom)


def bucket_name(k: int) -> str:
    """Current, bucket 1, …"""
    return "current" if k == 0 else f"bucket {k}"


def column_names(buckets: int) -> list[str]:
    """What a month leads to."""
    return ["paid", *(bucket_name(k) for k in range(1, buckets)), "written off"]


def binomial_interval(count: float, number: float, level: float = LEVEL) -> tuple[float, float]:
    """Profile-likelihood interval of one probability of a multinomial; that of a binomial."""
    if number == 0:
        return 0.0, 1.0
    top, fall = count / number, stats.chi2.ppf(level, 1) / 2

    def lack(p: float) -> float:
        at = special.xlogy(count, p) + special.xlog1py(number - count, -p)
        best = special.xlogy(count, top) + special.xlog1py(number - count, -top)
        return float(best - at - fall)

    low = 0.0 if count == 0 else float(optimize.brentq(lack, 1e-300, top))
    high = 1.0 if count == number else float(optimize.brentq(lack, top, 1.0 - 1e-16))
    return low, high


def check_matrix(buckets: int, smoothing: float) -> None:
    """Refuse a number of buckets or a prior of which no matrix is estimated."""
    if not FEWEST <= buckets <= MOST:
        raise InputError(f"--buckets: found {buckets}, allowed are {FEWEST} to {MOST}")
    if not 0.0 <= smoothing < LARGEST_PRIOR:
        raise InputError(f"--smoothing: found {smoothing}, allowed is a number from 0 to below {LARGEST_PRIOR:,.0f}")


def transitions(log: Log, buckets: int = 4, smoothing: float = 0.0, until: pd.Timestamp | None = None) -> Transitions:
    """Count transitions in a log of kind ``statuses`` or ``invoices``; the last bucket holds all that is older.

    Parameters
    ----------
    log : as read.
    buckets : K, the current one included.
    smoothing : Dirichlet prior weight of every possible cell.
    until : last day of observation; what happens later is left out.  Of invoices, the last day on which one was paid or written off if
        not given: days on which they fall due are planned.

    Raises
    ------
    InputError
        Where the log contradicts itself, or a bucket was never seen so that its row cannot be estimated.
    """
    check_matrix(buckets, smoothing)
    moves = _from_statuses(log, until) if log.kind == "statuses" else _from_invoices(log, until)
    if moves.empty:
        raise InputError(f"{log.file}: nothing is seen in two months that follow each other, so there are no transitions")
    last = buckets - 1
    start, to = moves["from"].clip(upper=last).to_numpy(), moves["to"].to_numpy()
    end = np.where(to == WRITTEN_OFF, buckets, np.where(to == PAID, 0, np.minimum(to, last)))
    late = (moves["month"] > moves["month"].median()).to_numpy().astype(int)
    halves = np.zeros((2, buckets, buckets + 1))
    np.add.at(halves, (late, start, end), 1.0)
    empty = np.flatnonzero(halves.sum(axis=(0, 2)) == 0)
    if empty.size and not smoothing:
        missing = ", ".join(bucket_name(int(k)) for k in empty)
        fewer = f"; --buckets {empty[0]} would do" if empty[0] >= FEWEST else ""
        raise InputError(f"{log.file}: no account is seen leaving {missing}, so that row cannot be estimated{fewer}")
    return Transitions(halves.sum(axis=0), halves, smoothing)


def _from_statuses(log: Log, until: pd.Timestamp | None) -> pd.DataFrame:
    """A transition for every two months of an account that follow each other.

    An account is a customer's whole balance: one that is current in the next month has paid, and owes a new invoice.
    """
    table = log.table.sort_values(["account", "month"], kind="stable")
    if until is not None:
        if table["month"].min() <= 9999:
            raise InputError(
                f"{log.file}: row {table.index.min()}: month: found a number, by which --until cannot tell what came later; write 2024-01"
            )
        table = table[table["month"] <= 12 * until.year + until.month]
    twice = table.duplicated(["account", "month"])
    if twice.any():
        row = table.index[twice][0]
        raise InputError(f'{log.file}: row {row}: account: "{table["account"][row]}" has two statuses in one month')
    following = table.shift(-1)
    same = (following["account"] == table["account"]) & (following["month"] == table["month"] + 1) & (table["status"] >= CURRENT)
    moves = pd.DataFrame({"from": table["status"], "to": following["status"], "month": table["month"]})[same].astype(int)
    return moves.assign(to=moves["to"].where(moves["to"] != CURRENT, PAID))


def _from_invoices(log: Log, until: pd.Timestamp | None) -> pd.DataFrame:
    """An invoice is current up to its due date, then in bucket k during its k-th month past due."""
    table = log.table
    if "written_off" not in table:
        table = table.assign(written_off=pd.Series(pd.NaT, index=table.index, dtype="datetime64[s]"))
    both = table["paid"].notna() & table["written_off"].notna()
    if both.any():
        raise InputError(f"{log.file}: row {table.index[both][0]}: written_off: an invoice is paid or written off, not both")
    twice = table["invoice"].duplicated()
    if twice.any():
        row = table.index[twice][0]
        raise InputError(
            f'{log.file}: row {row}: invoice: "{table["invoice"][row]}" is there a second time; an invoice has one row'
        )
    last = until if until is not None else _last_event(log, table)
    table = table[table["due"] <= last]
    end = table["paid"].fillna(table["written_off"])
    done = (end.notna() & (end <= last)).to_numpy()
    left_from = np.maximum(
        0, _months(table["due"], end.where(done, last), after=True)
    )  # the bucket at the end, or on the last day
    over = _months(table["due"], pd.Series(last, index=table.index), after=False)  # buckets whose month was seen to its end
    moves = np.minimum(np.where(done, left_from, left_from - 1), over) + 1
    one = np.repeat(np.arange(len(table)), moves)
    k = np.arange(moves.sum()) - np.repeat(np.cumsum(moves) - moves, moves)
    final = np.where(table["paid"].notna().to_numpy(), PAID, WRITTEN_OFF)[one]
    month = (12 * table["due"].dt.year + table["due"].dt.month).to_numpy()[one] + k
    return pd.DataFrame({"from": k, "to": np.where(done[one] & (k == left_from[one]), final, k + 1), "month": month})


def _last_event(log: Log, table: pd.DataFrame) -> pd.Timestamp:
    """The last day on which something happened."""
    for name in ("paid", "written_off"):
        check_past(log.file, table[name], "say when the log was made")
    last = table[["paid", "written_off"]].max().max()
    if pd.isna(last):
        raise InputError(f"{log.file}: no invoice is paid or written off; say with --until on which day observation ended")
    return pd.Timestamp(last)


def _months(due: pd.Series, day: pd.Series, after: bool) -> NDArray[np.int64]:
    """Whole months from the due date to a day, a month begun counting too if `after`: 0 up to the due date."""
    whole = 12 * (day.dt.year - due.dt.year) + day.dt.month - due.dt.month
    part = (day.dt.day > due.dt.day).astype(int) if after else -(day.dt.day < due.dt.day).astype(int)
    return np.asarray(whole + part, int)

"""From a policy log to renewals: how many left at the t-th, and how many were last seen after the t-th."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.calibrate.likelihood import Array
from sim.calibrate.logs import Log
from sim.errors import InputError


@dataclass(frozen=True)
class Renewals:
    """What became of n contracts.

    Attributes
    ----------
    lost : [t] contracts that ended at renewal t = 1, 2, …
    kept : [t + 1] contracts last seen in force after t = 0, 1, … renewals.
    term : months of a contract.
    midterm : contracts that ended outside the grace of a renewal; they count at the renewal of their term.
    """

    lost: Array
    kept: Array
    term: int
    midterm: int = 0

    @property
    def at_risk(self) -> Array:
        """[t] contracts in force before renewal t that were seen at it."""
        gone = np.append(0.0, np.cumsum(self.lost)[:-1])
        return np.asarray(self.lost.sum() + self.kept.sum() - gone - np.cumsum(self.kept)[:-1], float)


def renewals(log: Log, term: int = 12, until: pd.Timestamp | None = None) -> Renewals:
    """Count renewals of a log of kind ``policies`` or ``renewals``.

    A contract that ends within its t-th term, or in the grace after it, is lost at renewal t.  The grace is a month, and half the term
    where terms are of a month.

    Parameters
    ----------
    log : as read.
    term : months of a contract.
    until : last day of observation; contracts that end later were in force.  A log of policies needs it, since start and end may be
        planned: it does not say when it was made.

    Raises
    ------
    InputError
        Where dates contradict each other, or there is too little to estimate from.
    """
    made = _from_dates(log, term, until) if log.kind == "policies" else _from_renewals(log, term, until)
    if made.lost.sum() + made.kept.sum() < 2:
        raise InputError(f"{log.file}: found one contract only; how customers differ cannot be estimated from one")
    if not made.lost.any():
        raise InputError(f"{log.file}: no contract has ended, so there is no lapse to estimate")
    if made.lost.size < 2 or made.at_risk[1] == 0:
        raise InputError(
            f"{log.file}: no contract was seen at a second renewal; two renewals are needed to tell how customers differ"
        )
    return made


def _from_dates(log: Log, term: int, last: pd.Timestamp | None) -> Renewals:
    table = log.table
    twice = table["policy"].duplicated()
    if twice.any():
        row = table.index[twice][0]
        raise InputError(
            f'{log.file}: row {row}: policy: "{table["policy"][row]}" is there a second time; a contract has one row'
        )
    backward = table["end"] < table["start"]
    if backward.any():
        row = table.index[backward][0]
        raise InputError(
            f"{log.file}: row {row}: end: found {table['end'][row]:%Y-%m-%d}, before its start {table['start'][row]:%Y-%m-%d}"
        )
    if table["end"].isna().all():
        raise InputError(f"{log.file}: no contract has ended, so there is no lapse to estimate")
    if last is None:
        raise InputError(_planned(log))
    table = table[table["start"] <= last]
    ended = (table["end"] <= last).to_numpy()
    served = _months_between(table["start"], table["end"].where(ended, last))
    seen = _months_between(table["start"], pd.Series(last, index=table.index))
    # a renewal was seen when its grace was over by the last day; what came of later ones is left out for those who left as well
    grace = min(1.0, term / 2)
    observed = np.maximum(0, np.floor((seen - grace) / term)).astype(int)
    left_at = np.maximum(1, np.ceil((served - grace) / term)).astype(int)
    ended = ended & (left_at <= observed)
    off = np.abs(served - term * np.maximum(1, np.round(served / term)))
    return _count(left_at[ended], observed[~ended], term, int((off[ended] > grace).sum()))


def _planned(log: Log) -> str:
    """Why a log of policies does not say when observation ended; the row of its last day."""
    name = "end" if log.table["end"].max() > log.table["start"].max() else "start"
    day = log.table[name].sort_values(ascending=False)
    return (
        f"{log.file}: row {day.index[0]}: {name}: found {day.iloc[0]:%Y-%m-%d}, the last day of a log of policies, which may be planned; "
        "say with --until on which day observation ended"
    )


def _from_renewals(log: Log, term: int, until: pd.Timestamp | None) -> Renewals:
    table = log.table
    if until is not None:
        if "date" not in table:
            raise InputError(
                f"{log.file}: row 1: has no column date, by which --until could tell what came later; leave --until out, or those rows"
            )
        table = table[table["date"] <= until]
        if table.empty:
            raise InputError(f"{log.file}: no renewal fell due on or before {until:%Y-%m-%d} (--until)")
    twice = table.duplicated(["policy", "period"])
    if twice.any():
        row = table.index[twice][0]
        raise InputError(
            f'{log.file}: row {row}: period: renewal {table["period"][row]} of "{table["policy"][row]}" is there a second time'
        )
    ordered = table.sort_values(["policy", "period"], kind="stable")
    place = ordered.groupby("policy").cumcount() + 1
    gap = place != ordered["period"]
    if gap.any():
        row = ordered.index[gap][0]
        raise InputError(
            f'{log.file}: row {row}: period: renewal {int(place[row])} of "{ordered["policy"][row]}" is missing before this one'
        )
    by_policy = ordered.groupby("policy")["renewed"]
    early = ~ordered["renewed"] & (place < by_policy.transform("size"))
    if early.any():
        row = ordered.index[early][0]
        raise InputError(f'{log.file}: row {row}: renewed: "{ordered["policy"][row]}" left here, and yet has later renewals')
    stayed, number = by_policy.last().to_numpy(bool), by_policy.size().to_numpy(int)
    return _count(number[~stayed], number[stayed], term, 0)


def _months_between(start: pd.Series, end: pd.Series) -> Array:
    """Months with the days as a fraction: anniversaries are whole numbers."""
    whole = 12 * (end.dt.year - start.dt.year) + end.dt.month - start.dt.month
    return np.asarray(whole + (end.dt.day - start.dt.day) / 31.0, float)


def _count(lost: Array, kept: Array, term: int, midterm: int) -> Renewals:
    longest = int(max(lost.max(initial=0), kept.max(initial=0)))
    return Renewals(
        np.bincount(lost, minlength=longest + 1)[1:].astype(float),
        np.bincount(kept, minlength=longest + 1).astype(float),
        term,
        midterm,
    )

"""Logs in, estimates and one scenario fragment out."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import reduce
from pathlib import Path
from typing import cast, get_args

import pandas as pd

from sim.calibrate import estimates
from sim.calibrate.estimates import FittedModel, Setting
from sim.calibrate.fragment import Fragment
from sim.calibrate.histories import Histories, Unit, histories
from sim.calibrate.logs import FIRST, Log, check_past, read, today
from sim.calibrate.policies import renewals
from sim.calibrate.transitions import check_matrix, transitions
from sim.errors import InputError
from sim.scenario.base import shown
from sim.texts import nearest


@dataclass(frozen=True)
class Calibration:
    """What some logs say.

    Attributes
    ----------
    logs : the logs read.
    estimates : in the order of the logs.
    histories : of the transaction log, if there is one.
    """

    logs: tuple[Log, ...]
    estimates: tuple[FittedModel, ...]
    histories: Histories | None = None

    @property
    def fragment(self) -> Fragment:
        """All estimated parameters together."""
        return reduce(Fragment.__or__, (one.fragment for one in self.estimates), Fragment({}))

    def toml(self, extends: str = "") -> str:
        """The fragment as a scenario file."""
        names = ", ".join(log.file.name for log in self.logs)
        return self.fragment.toml(f"Made by  daarna calibrate  from {names}.", extends)

    def __str__(self) -> str:
        """All estimates as text."""
        return "\n\n".join(str(one) for one in self.estimates)


def calibrate(
    *logs: str | Path,
    kind: str | None = None,
    unit: str = "week",
    until: str | pd.Timestamp | None = None,
    setting: str | None = None,
    term: int = 12,
    buckets: int = 4,
    smoothing: float = 0.0,
    money: str = "money",
) -> Calibration:
    """Estimate customer processes from logs.

    Parameters
    ----------
    *logs : CSV files; their kinds are recognised by their columns (:mod:`sim.calibrate.logs`).
    kind : of all the logs, where columns do not tell.
    unit : of time in which purchases are estimated, ``week`` or ``month``; the fragment is in months.
    until : last day of observation; nothing later is used.  If not given, the last day on which something is known to have
        happened: a purchase, a payment or a write-off; a log of policies needs it.
    setting : ``contractual`` or ``non_contractual``; without a policy log the latter.
    term : months of a contract.
    buckets, smoothing : of the payment transitions (:func:`sim.calibrate.transitions.transitions`).
    money : unit of amounts, for tables.

    Raises
    ------
    InputError
        One message naming the file, the place, what was found and what is allowed.
    """
    last = _date(until)
    time = cast(Unit, _allowed("--unit", unit, get_args(Unit)))
    if setting is not None:
        _allowed("--setting", setting, get_args(Setting))
    if not 1 <= term <= 1200:
        raise InputError(f"--term: found {term}, allowed are 1 to 1,200 months")
    check_matrix(buckets, smoothing)
    if not money.strip():
        raise InputError("--currency: found an empty text, allowed is a name such as EUR")
    read_logs = tuple(read(path, kind) for path in logs)
    kinds = [_family(log) for log in read_logs]
    for one in set(kinds):
        if kinds.count(one) > 1:
            twice = [str(log.file) for log in read_logs if _family(log) == one]
            raise InputError(f"{' and '.join(twice)}: are both logs of {one}; give one log of each kind")
    under = cast(Setting, setting or ("contractual" if "policies" in kinds else "non_contractual"))
    if under == "non_contractual" and "policies" in kinds:
        raise InputError("--setting: found non_contractual beside a log of policies, which are contracts; allowed is contractual")
    found: list[FittedModel] = []
    seen = None
    for log in read_logs:
        source = log.file.name
        if _family(log) == "transactions":
            if last is None:
                check_past(log.file, log.table["date"], "leave it out, or say when observation ended")
            seen = histories(log.table, time, last, str(log.file))
            bought = estimates.purchases(seen, under, source)
            found += [replace(bought, notes=bought.notes + log.notes), *estimates.amounts(seen, money, source)]
        elif _family(log) == "policies":
            found.append(estimates.lapse(renewals(log, term, last), source))
        else:
            found.append(estimates.payment(transitions(log, buckets, smoothing, last), source))
    return Calibration(read_logs, tuple(found), seen)


def _family(log: Log) -> str:
    """Kinds that estimate the same."""
    return {"statuses": "invoices", "renewals": "policies"}.get(log.kind, log.kind)


def _date(until: str | pd.Timestamp | None) -> pd.Timestamp | None:
    if until is None:
        return None
    try:
        if isinstance(until, str) and not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", until):
            raise ValueError
        last = pd.Timestamp(until).tz_localize(None).normalize()
        if not (last.year >= FIRST and last <= today()):
            raise ValueError
    except (ValueError, TypeError):
        raise InputError(
            f"--until: found {shown(str(until))}, allowed is a day from {FIRST} to today, such as 1997-09-30"
        ) from None
    return last


def _allowed(option: str, found: str, names: tuple[str, ...]) -> str:
    if found not in names:
        raise InputError(f'{option}: found "{found}", allowed is {" or ".join(names)}{nearest(found, names)}')
    return found

"""Reading logs: CSV files with a header, the kind of log recognised by its columns, and messages a person can act on.

========================  ================================  ==========================================================
kind                      columns (others are ignored)      a row is
========================  ================================  ==========================================================
transactions              customer, date [, amount]         a purchase
invoices                  invoice, due, paid [, written_off]  an invoice; paid is empty while it is not
statuses                  account, month, status            an account (or invoice) at the end of a month
policies                  policy, start, end                a contract; end is empty while it is in force
renewals                  policy, period, renewed [, date]  a renewal that fell due
========================  ================================  ==========================================================
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim import library
from sim.errors import InputError
from sim.files.csv_file import NUMBER, read_csv
from sim.scenario.base import shown
from sim.texts import nearest

#: Columns by which a kind is known, and those it may have beside them.
KINDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "transactions": (("customer", "date"), ("amount",)),
    "invoices": (("invoice", "due", "paid"), ("written_off",)),
    "statuses": (("account", "month", "status"), ()),
    "policies": (("policy", "start", "end"), ()),
    "renewals": (("policy", "period", "renewed"), ("date",)),
}
MAY_BE_EMPTY = {"paid", "written_off", "end"}


@dataclass(frozen=True)
class Log:
    """A log that has been read: its kind and its columns, dates as dates and numbers as numbers."""

    file: Path
    kind: str
    table: pd.DataFrame
    notes: tuple[str, ...] = ()  # what a reader should know of it


def read(path: str | Path, kind: str | None = None) -> Log:
    """Read a log and recognise its kind by its columns, unless it is given.

    Raises
    ------
    InputError
        One message naming the file, the row and column, what was found and what is allowed.
    """
    path = library.file(path)
    raw = read_csv(path, "a log", "customer,date,amount", fold=True)
    known = _recognise(path, list(raw.columns), kind)
    needed, optional = KINDS[known]
    columns = {name: PARSERS[name](path, raw[name]) for name in (*needed, *optional) if name in raw}
    return Log(path, known, pd.DataFrame(columns), _twice(raw) if known == "transactions" else ())


def _twice(raw: pd.DataFrame) -> tuple[str, ...]:
    """What is said of rows that are there word for word a second time: a second purchase, or an export made twice."""
    again = raw.duplicated()
    if not again.any():
        return ()
    number = int(again.sum())
    rows = "1 row is" if number == 1 else f"{number:,} rows are"
    return (
        f"{rows} there a second time, word for word (the first: row {again.idxmax()}), and taken for another purchase of that day",
    )


def check_past(file: Path, column: pd.Series, what: str) -> None:
    """Refuse a day that has not come yet, since it ends no observation.

    Raises
    ------
    InputError
        Naming its row.
    """
    late = column > today()
    if late.any():
        row: Any = late.idxmax()
        raise InputError(
            f"{file}: row {row}: {column.name}: found {column[row]:%Y-%m-%d}, which has not come yet; {what} with --until"
        )


def today() -> pd.Timestamp:
    """The last day that it is anywhere on earth."""
    return pd.Timestamp.now("Pacific/Kiritimati").tz_localize(None).normalize()


def _recognise(path: Path, columns: list[str], kind: str | None) -> str:
    """The kind whose columns are all there; several or none are an error."""
    if kind is not None and kind not in KINDS:
        raise InputError(f'--kind: found "{kind}", allowed is one of {", ".join(KINDS)}{nearest(kind, KINDS)}')
    whole = [name for name, (needed, _) in KINDS.items() if set(needed) <= set(columns)]
    if kind is None and len(whole) == 1:
        return whole[0]
    if kind is None and len(whole) > 1:
        raise InputError(f"{path}: row 1: the columns are those of {' and of '.join(whole)}; say which with --kind")
    if kind in whole:
        return kind
    likely = kind or max(KINDS, key=lambda name: _likeness(KINDS[name][0], columns))
    missing = [name for name in KINDS[likely][0] if name not in columns]
    free = [name for name in columns if name not in KINDS[likely][0]]
    hints = "".join(f"; is {name} what you call {shown(near)}?" for name in missing if (near := _near(name, free)))
    if kind is None and len(missing) == len(KINDS[likely][0]):
        kinds = "; ".join(f"{name}: {', '.join(needed)}" for name, (needed, _) in KINDS.items())
        raise InputError(f"{path}: row 1: found columns {', '.join(columns)}; a log has the columns of one kind ({kinds})")
    there = hints or f"; there are {', '.join(columns)}"
    raise InputError(f"{path}: row 1: {' and '.join(missing)} missing for a log of {likely}{there}")


def _near(name: str, columns: list[str]) -> str:
    return nearest(name, columns).removeprefix('; did you mean "').removesuffix('"?')


def _likeness(needed: tuple[str, ...], columns: list[str]) -> float:
    """How many of the columns are there; one that is nearly there counts half."""
    return sum(1.0 if name in columns else 0.5 * bool(_near(name, columns)) for name in needed)


def _refuse(path: Path, column: pd.Series, bad: pd.Series, allowed: str) -> None:
    """Complain about the first bad cell, saying how many there are."""
    if bad.any():
        row, more = column.index[bad][0], int(bad.sum()) - 1
        others = f" (and {more:,} more row{'s' if more > 1 else ''})" if more else ""
        found = column[row]
        raise InputError(f"{path}: row {row}: {column.name}: found {shown(found)}, allowed is {allowed}{others}")


#: What stands for no name, in capitals or not.
NOBODY = {
    "na", "n/a", "n.a.", "#n/a", "nan", "nat", "<na>", "null", "#null!", "none", "nil", "(null)", "(none)", "(blank)", "blank", "missing",
    "undefined", "unknown", "?", "-", "--", "#value!", "#ref!", "#name?",
}  # fmt: skip


def _names(path: Path, column: pd.Series) -> pd.Series:
    """Names as they are written, none of them in two ways."""
    _refuse(path, column, column == "", "a name that is not empty")
    _refuse(path, column, column.str.lower().isin(NOBODY), "a name; this word stands for none")
    lost = column.str.fullmatch(r"[0-9]+([.,][0-9]+)?[eE]\+?[0-9]+")
    _refuse(path, column, lost, "a name in full; a spreadsheet has cut this one short")
    first: dict[str, tuple[Any, str]] = {}
    for row, name in column.drop_duplicates().items():
        before, known = first.setdefault(_spelling(name), (row, name))
        if known != name:
            raise InputError(
                f"{path}: row {row}: {column.name}: found {shown(name)}, and {shown(known)} in row {before}; "
                "allowed is one way of writing a name: blanks, capitals, leading zeros and .0 make no other"
            )
    return column


def _spelling(name: str) -> str:
    """What names that are hardly two have in common."""
    plain = re.sub(r"[\s\u200b-\u200f\u2060\ufeff]+", " ", unicodedata.normalize("NFKC", name)).strip().casefold()
    number = re.fullmatch(r"0*([0-9]+)(?:[.,]0*)?", plain)
    return number[1] if number else plain.replace(" ", "")


DATE = r"[0-9]{4}(-?)[0-9]{2}\1[0-9]{2}(?:[T ][0-9]{2}:?[0-9]{2}(?::?[0-9]{2}(?:[.,][0-9]+)?)?)?(?: ?(?:Z|UTC|[+-][0-9]{2}(?::?[0-9]{2})?))?"
FIRST, NEVER = 1901, 2200  # years: earlier ones stand for a date that is not known, later ones for one that never comes


def _dates(path: Path, column: pd.Series) -> pd.Series:
    """Days as they are written, each in its own zone; a day that never comes (9999-12-31) is none, where there may be none."""
    text = column.where(column.str.fullmatch(DATE)).str.replace("-", "").str.slice(0, 8)
    year = pd.to_numeric(text.str.slice(0, 4)).fillna(0).astype(int)
    never = year >= NEVER
    known = text.where(~never, "2196" + text.str.slice(4))  # a leap year: a never has a month and a day all the same
    dates = pd.to_datetime(known.where(year >= FIRST), format="%Y%m%d", errors="coerce")
    optional = str(column.name) in MAY_BE_EMPTY
    empty = (column == "") if optional else pd.Series(False, index=column.index)
    ends = ", or nothing where there is none" if optional else ""
    serial = column.str.fullmatch(r"[0-9]{5}([.,][0-9]+)?")
    _refuse(
        path,
        column,
        serial,
        f"a date such as 1997-01-31{ends}; a spreadsheet counts days like this: format the column as yyyy-mm-dd",
    )
    _refuse(path, column, (year > 0) & (year < FIRST), f"a date such as 1997-01-31, from {FIRST} on{ends}")
    _refuse(path, column, dates.isna() & ~empty, f"a date such as 1997-01-31{ends}")
    if not optional:
        _refuse(path, column, never, f"a date before {NEVER}")
    return dates.where(~never).dt.as_unit("s")


def _months(path: Path, column: pd.Series) -> pd.Series:
    """A whole number, or a date or year-month, as a number of months."""
    if column.str.fullmatch(r"[0-9]{1,4}").all():
        return column.astype(int)
    plain = column.str.fullmatch(r"[0-9]{4}-[0-9]{2}(-[0-9]{2})?")
    dates = pd.to_datetime(column.where(plain).str.slice(0, 7), format="%Y-%m", errors="coerce")
    _refuse(path, column, dates.isna(), "a month such as 2024-01, or its number")
    return 12 * dates.dt.year + dates.dt.month


LARGEST = 10**12  # far above what a scenario can hold, far below where sums of squares lose their meaning


def _amounts(path: Path, column: pd.Series) -> pd.Series:
    plain = column.str.fullmatch(NUMBER)
    numbers = pd.to_numeric(column.where(plain), errors="coerce").astype(float).replace(np.inf, np.nan)
    _refuse(
        path,
        column,
        numbers.isna(),
        "a number with a decimal point, without separators of thousands and without a currency",
    )
    _refuse(path, column, numbers < 0, "an amount of at least 0; leave returns out, or take them off the purchase")
    _refuse(path, column, numbers > LARGEST, f"an amount of at most {LARGEST:,}; count in thousands where they are larger")
    return numbers


def _periods(path: Path, column: pd.Series) -> pd.Series:
    _refuse(path, column, ~column.str.fullmatch(r"[1-9][0-9]{0,3}"), "the number of the renewal: 1, 2, 3, …")
    return column.astype(int)


YES, NO = ("1", "yes", "true", "y"), ("0", "no", "false", "n")


def _yes_no(path: Path, column: pd.Series) -> pd.Series:
    low = column.str.lower()
    _refuse(path, column, ~low.isin(YES + NO), "yes or no (or 1, 0, true, false)")
    return low.isin(YES)


CURRENT, PAID, WRITTEN_OFF = 0, -1, -2
WORDS = {"current": CURRENT, "paid": PAID, "written off": WRITTEN_OFF, "written_off": WRITTEN_OFF, "written-off": WRITTEN_OFF}


def _statuses(path: Path, column: pd.Series) -> pd.Series:
    """Bucket numbers from 0, and the two ends."""
    low = column.str.lower()
    bucket = low.str.fullmatch(r"[0-7]")
    _refuse(path, column, ~(bucket | low.isin(list(WORDS))), "current, 1 to 7 (bucket), paid or written off")
    return low.where(bucket, low.map(WORDS)).astype(int)


PARSERS: dict[str, Callable[[Path, pd.Series], pd.Series]] = {
    **dict.fromkeys(("customer", "invoice", "account", "policy"), _names),
    **dict.fromkeys(("date", "due", "paid", "written_off", "start", "end"), _dates),
    "amount": _amounts,
    "month": _months,
    "status": _statuses,
    "period": _periods,
    "renewed": _yes_no,
}

"""Reading logs: CSV files with a header, the kind of log recognised by its columns, and messages a person can act on.

========================  ================================  ==========================================================
kind                      columns (others are ignored)      a row is
========================  ================================  ==========================================================
transactions              customer, date [, amount]         a purchase
invoices                  invoice, due, paid [, written_off]  an invoice; paid is empty while it is not
statuses                  account, month, status            an account (or invoice) at the end of a month
policies                  policy, start, end                a contract; end is empty while it is in force
renewals                  policy, period, renewed           a renewal that fell due
========================  ================================  ==========================================================
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from sim import library
from sim.errors import InputError
from sim.received import LOG, read_bytes
from sim.scenario.base import nearest, shown

#: Columns by which a kind is known, and those it may have beside them.
KINDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "transactions": (("customer", "date"), ("amount",)),
    "invoices": (("invoice", "due", "paid"), ("written_off",)),
    "statuses": (("account", "month", "status"), ()),
    "policies": (("policy", "start", "end"), ()),
    "renewals": (("policy", "period", "renewed"), ()),
}
SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}
MAY_BE_EMPTY = {"paid", "written_off", "end"}


@dataclass(frozen=True)
class Log:
    """A log that has been read: its kind and its columns, dates as dates and numbers as numbers."""

    file: Path
    kind: str
    table: pd.DataFrame


def read(path: str | Path, kind: str | None = None) -> Log:
    """Read a log and recognise its kind by its columns, unless it is given.

    Raises
    ------
    InputError
        One message naming the file, the row and column, what was found and what is allowed.
    """
    path = library.file(path)
    text = _text(path)
    raw = _table(path, text)
    known = _recognise(path, list(raw.columns), kind)
    needed, optional = KINDS[known]
    columns = {name: PARSERS[name](path, raw[name]) for name in (*needed, *optional) if name in raw}
    return Log(path, known, pd.DataFrame(columns))


def _text(path: Path) -> str:
    try:
        text = read_bytes(path, LOG).decode("utf-8-sig")
    except FileNotFoundError:
        there = [file.name for file in path.parent.glob("*.csv")] if path.parent.is_dir() else []
        raise InputError(f"{path}: there is no such file{library.hint(path, there)}") from None
    except IsADirectoryError:
        raise InputError(f"{path}: is a folder; name a log (.csv)") from None
    except UnicodeDecodeError:
        raise InputError(f"{path}: is not a text file in UTF-8; a log is a CSV text file") from None
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from None
    if "\0" in text:
        raise InputError(f"{path}: is a binary file; a log is a CSV text file")
    if not text.strip():
        raise InputError(f"{path}: is empty; a log begins with a header such as customer,date,amount")
    return text


def _table(path: Path, text: str) -> pd.DataFrame:
    """All cells as text; the index is the row in the file."""
    header = text.lstrip("\r\n").splitlines()[0]
    for mark, word in SEPARATORS.items():
        if "," not in header and mark in header:
            raise InputError(
                f"{path}: row 1: the columns are separated by {word}; allowed are commas, as in customer,date,amount"
            )
    rows, places = _rows(path, text)
    names = [name.strip().lower() for name in rows[0]]
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise InputError(f'{path}: row 1: the column "{twice[0]}" is there twice')
    if len(rows) == 1:
        raise InputError(f"{path}: has a header and no rows")
    return pd.DataFrame([[cell.strip() for cell in row] for row in rows[1:]], columns=names, index=places[1:], dtype=object)


def _rows(path: Path, text: str) -> tuple[list[list[str]], list[int]]:
    """The rows that are not blank, and their numbers in the file; all as long as the header."""
    reader = csv.reader(io.StringIO(text), strict=True)
    rows: list[list[str]] = []
    places: list[int] = []
    try:
        for row in reader:
            if not any(cell.strip() for cell in row):
                continue
            if rows and len(row) != len(rows[0]):
                comma = "; a decimal comma is not allowed" if len(row) > len(rows[0]) else ""
                raise InputError(f"{path}: row {reader.line_num}: found {len(row)} cells, the header has {len(rows[0])}{comma}")
            rows.append(row)
            places.append(reader.line_num)
    except csv.Error as error:
        raise InputError(f"{path}: row {reader.line_num}: is no CSV: {error}") from None
    return rows, places


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


def _names(path: Path, column: pd.Series) -> pd.Series:
    _refuse(path, column, column == "", "a name that is not empty")
    return column


def _dates(path: Path, column: pd.Series) -> pd.Series:
    plain = column.str.fullmatch(r"\d{4}-?\d{2}(-?\d{2})?([T ].*)?")
    dates = pd.to_datetime(column.where(plain).str.slice(0, 10), format="ISO8601", errors="coerce").dt.normalize()
    empty = (column == "") if str(column.name) in MAY_BE_EMPTY else pd.Series(False, index=column.index)
    _refuse(path, column, dates.isna() & ~empty, "a date such as 1997-01-31")
    return dates


def _months(path: Path, column: pd.Series) -> pd.Series:
    """A whole number, or a date or year-month, as a number of months."""
    if column.str.fullmatch(r"\d{1,4}").all():
        return column.astype(int)
    plain = column.str.fullmatch(r"\d{4}-\d{2}(-\d{2})?")
    dates = pd.to_datetime(column.where(plain).str.slice(0, 7), format="%Y-%m", errors="coerce")
    _refuse(path, column, dates.isna(), "a month such as 2024-01, or its number")
    return 12 * dates.dt.year + dates.dt.month


def _amounts(path: Path, column: pd.Series) -> pd.Series:
    numbers = pd.to_numeric(column, errors="coerce")
    _refuse(path, column, ~np.isfinite(numbers), "a number with a decimal point")
    _refuse(path, column, numbers < 0, "an amount of at least 0; leave returns out, or take them off the purchase")
    return numbers


def _periods(path: Path, column: pd.Series) -> pd.Series:
    _refuse(path, column, ~column.str.fullmatch(r"[1-9]\d{0,3}"), "the number of the renewal: 1, 2, 3, …")
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

"""CSV files, logs and tables alike: every cell that is read is text, and whoever declared a column says what its text means."""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
from pathlib import Path

import pandas as pd

from sim import library
from sim.errors import InputError
from sim.files.untrusted import LOG, read_bytes
from sim.scenario.base import shown
from sim.texts import cell, repeated

SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}
NUMBER = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"  # neither 1_000 nor 1,000, neither nan nor inf


def as_csv(frame: pd.DataFrame) -> str:
    """A table as CSV, the same text on every system; no text in it is a formula to a spreadsheet (:func:`sim.texts.cell`)."""
    safe = frame.map(lambda value: cell(value) if isinstance(value, str) else value).rename(columns=cell)
    return safe.to_csv(index=False, lineterminator="\n")


def read_csv(path: Path, what: str, header: str, fold: bool = False) -> pd.DataFrame:
    """All cells as text without the blanks around them, in Unicode's composed form; the index is the row in the file.

    Blank rows are skipped, and so are columns without a name and content, as spreadsheets leave them.  UTF-8, or what a mark at the
    beginning says; the line ``sep=,`` that Excel writes first is understood.

    Parameters
    ----------
    path : of a file with a header and commas.
    what : it is to be, such as "a log".
    header : what it begins with, such as customer,date,amount.
    fold : whether names of columns are the same in capitals.

    Raises
    ------
    InputError
        One message naming the file, the row, what was found and what is allowed.
    """
    rows, places = _rows(path, _text(path, what, header), header)
    names = [name.lower() if fold else name for name in rows[0]]
    if twice := repeated(filter(None, names)):
        raise InputError(f"{path}: row {places[0]}: the column {shown(twice)} is there twice")
    if len(rows) == 1:
        raise InputError(f"{path}: has a header and no rows")
    nameless = [k for k, name in enumerate(names) if not name]
    for row, place in zip(rows, places, strict=True):
        filled = [k for k in nameless if row[k]]
        if filled:
            raise InputError(
                f'{path}: row {place}: found "{row[filled[0]][:60]}" in column {filled[0] + 1}, which has no name in row {places[0]}'
            )
    kept = [k for k, name in enumerate(names) if name]
    cells = [[row[k] for k in kept] for row in rows[1:]] if nameless else rows[1:]
    return pd.DataFrame(cells, columns=[names[k] for k in kept], index=places[1:], dtype=object)


def _text(path: Path, what: str, header: str) -> str:
    try:
        raw = read_bytes(path, LOG)
        wide = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        text = raw.decode("utf-16" if wide else "utf-8-sig")
    except FileNotFoundError:
        there = [file.name for file in path.parent.glob("*.csv")] if path.parent.is_dir() else []
        raise InputError(
            f"{path}: there is no such file{library.hint(path, there)}; {what} is a CSV file with {header}"
        ) from None
    except IsADirectoryError:
        raise InputError(f"{path}: is a folder; name {what} (.csv)") from None
    except UnicodeDecodeError:
        raise InputError(f"{path}: is not a text file in UTF-8; {what} is a CSV text file: save it as CSV UTF-8") from None
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from None
    if "\0" in text:
        raise InputError(f"{path}: is a binary file; {what} is a CSV text file in UTF-8")
    if not text.strip():
        raise InputError(f"{path}: is empty; {what} begins with a header such as {header}")
    return unicodedata.normalize("NFC", text)


def _rows(path: Path, text: str, header: str) -> tuple[list[list[str]], list[int]]:
    """The rows that are not blank, and where each begins in the file; all as long as the header."""
    excel = re.match(r'"?sep=([^\r\n])"?[ \t]*(?=[\r\n])', text, re.IGNORECASE)
    if excel and excel[1] != ",":
        _refuse_separator(path, 1, excel[1], header)
    reader = csv.reader(io.StringIO(text[excel.end() :] if excel else text, newline=""), strict=True, skipinitialspace=True)
    rows: list[list[str]] = []
    places: list[int] = []
    next_place = 1
    try:
        for cells in reader:
            place, next_place = next_place, reader.line_num + 1
            row = [cell.strip() for cell in cells]
            if not any(row):
                continue
            if not rows and len(row) == 1:
                for mark in SEPARATORS:
                    if mark in cells[0]:
                        _refuse_separator(path, place, mark, header)
            if rows and len(row) != len(rows[0]):
                comma = "; a decimal comma is not allowed" if len(row) > len(rows[0]) else ""
                raise InputError(f"{path}: row {place}: found {len(row)} cells, the header has {len(rows[0])}{comma}")
            rows.append(row)
            places.append(place)
    except csv.Error as error:
        raise InputError(f"{path}: row {next_place}: is no CSV: {error}") from None
    if not rows:
        raise InputError(f"{path}: has no rows; a header such as {header} comes first")
    return rows, places


def _refuse_separator(path: Path, place: int, mark: str, header: str) -> None:
    word = SEPARATORS.get(mark, f'"{mark}"')
    raise InputError(
        f"{path}: row {place}: the columns are separated by {word}; allowed are commas, as in {header}, and decimal points"
    )

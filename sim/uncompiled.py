"""The rules in plain Python, with ``NUMBA_DISABLE_JIT=1``: slow, the same numbers, and a debugger goes into every one.

What :mod:`sim.llvm` says to LLVM has a function of the same name here.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np


class Record(np.void):  # type: ignore[misc]
    """A record whose fields are attributes, whatever numpy means by their names (``size``): unlike :class:`numpy.record`."""

    def __getattribute__(self, name: str) -> Any:
        """The field of that name, or else what numpy has."""
        read = super().__getattribute__
        return self[name] if name in (read("dtype").names or ()) else read(name)

    def __setattr__(self, name: str, value: Any) -> None:
        """Write to the field of that name, and so to the array that the record is of."""
        self[name] = value


def called(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that Python calls, the fields of its records given by attribute."""

    @wraps(function)
    def call(*arguments: Any) -> Any:
        with np.errstate(all="ignore"):  # as compiled code does
            return function(*map(by_attribute, arguments))

    return call


def by_attribute(value: Any) -> Any:
    """An array of records whose fields are attributes, of one of records; in tuples, of each."""
    if isinstance(value, np.ndarray) and value.dtype.names:
        return value.view(np.dtype((Record, value.dtype)))
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*map(by_attribute, value))
    return value


def bits_to_float(bits: Any) -> Any:
    """The float64 whose IEEE-754 bit pattern is the given int64."""
    return np.int64(bits).view(np.float64)


def float_to_bits(number: Any) -> Any:
    """The IEEE-754 bit pattern of a float64, as int64."""
    return np.float64(number).view(np.int64)


def is_set(flag: np.ndarray) -> bool:
    """Whether the one int64 of an array is not 0 by now."""
    return bool(flag[0])


def borrowed(owned: Any) -> Any:
    """The same; Python counts the references."""
    return owned


def still_used(owned: Any) -> None:
    """Nothing; Python counts the references."""


def own_copy(record: Any) -> Any:
    """A copy of a record."""
    return record.copy()


def own_part(record: Any, dtype: Any, off: Any) -> Any:
    """A copy of a record."""
    return record.copy()


def blank(dtype: Any) -> Any:
    """A record of zeros."""
    return by_attribute(np.zeros(1, dtype))[0]


def clear(record: Any) -> None:
    """Every field of a record is 0."""
    for name in record.dtype.names:
        record[name] = 0


def read_columns(columns: np.ndarray, i: int, record: Any, row: int, dtype: Any) -> None:
    """Set the fields that `dtype` names, in its order, from columns of float64: the k-th from columns[k * row + i]."""
    for k, name in enumerate(dtype.names):
        record[name] = columns[k * row + i]


def write_columns(columns: np.ndarray, i: int, record: Any, row: int, dtype: Any) -> None:
    """Write the fields that `dtype` names to columns of float64, as :func:`read_columns` reads them."""
    for k, name in enumerate(dtype.names):
        columns[k * row + i] = record[name]


def add_whole(sums: Any, record: Any, added: bool) -> None:
    """Add to every field of `sums` that of the same name of another record, whole numbers, if `added`."""
    for name in sums.dtype.names if added else ():
        sums[name] += np.int64(record[name])


def fetch_ahead(records: Any, i: int) -> None:
    """Nothing."""

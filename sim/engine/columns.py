"""Which fields of a customer stand in columns, found in the rules themselves.

The block path keeps what `quiet` and `occurs` of the steps read in columns of numbers.  Nobody declares these: they are the fields that
the functions, and all rules called by them, name.
"""

from __future__ import annotations

import dis
from collections.abc import Callable, Iterable, Iterator
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

from sim.compiled import UNCOMPILED, Rule


def _called(function: Callable[..., Any]) -> Iterator[Any]:
    """What a function may call: rules among its globals, in modules among them, and in its closure."""
    code, known = function.__code__, function.__globals__
    for name in code.co_names:
        found = known.get(name)
        yield from (getattr(found, other, None) for other in code.co_names) if isinstance(found, ModuleType) else (found,)
    yield from (cell.cell_contents for cell in function.__closure__ or ())


def attributes(rules: Iterable[Any]) -> tuple[set[str], set[str]]:
    """The names of all attributes that rules, and the rules they call, read, and those that they write."""
    read: set[str] = set()
    written: set[str] = set()
    seen: set[Any] = set()
    ahead = list(rules)
    while ahead:
        rule = ahead.pop()
        function = rule.py_func if isinstance(rule, Rule) else rule if UNCOMPILED else None
        if not isinstance(function, FunctionType) or not function.__module__.startswith("sim.") or function in seen:
            continue
        seen.add(function)
        for step in dis.get_instructions(function):
            if step.opname in ("LOAD_ATTR", "LOAD_METHOD"):
                read.add(step.argval)
            elif step.opname == "STORE_ATTR":
                written.add(step.argval)
        ahead += _called(function)
    return read, written


def record_of(record: np.dtype[np.void], names: Iterable[str]) -> np.dtype[np.void]:
    """A record of those of the names that are fields of another record, in the order in which they are named."""
    return np.dtype([(name, record[name]) for name in names if name in (record.names or ())])

"""Outcomes that hypotheses and patterns are stated in: columns of the runs table, and observables (:mod:`sim.observables`).

All are one number per run.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import numpy as np
from pydantic import AfterValidator

from sim.engine import Tables, simulate
from sim.errors import InputError
from sim.observables import OBSERVABLES, is_observable, needs_customers, observe, parse
from sim.scenario.model import Scenario
from sim.tables import run_columns
from sim.texts import nearest

CHUNK = 50  # runs simulated at a time: bounds memory


def unit_of(name: str, months: int = 120, currency: str = "money") -> str:
    """The unit of an outcome.

    Raises
    ------
    InputError
        When there is no such outcome.
    """
    if is_observable(name):
        return parse(name)[0].unit.replace("money", currency)
    known = {column.name: column.unit for column in run_columns(months)}
    if name not in known:
        every = [*OBSERVABLES, *known]
        raise InputError(f'found "{name}"{nearest(name, every) or "; there are " + ", ".join(every)}')
    return known[name].replace("money", currency)


def _outcome(name: str) -> str:
    try:
        unit_of(name)
    except InputError as error:
        raise ValueError(str(error)) from None
    return name


#: The name of an outcome, as a file says it.
Outcome = Annotated[str, AfterValidator(_outcome)]


def of_tables(tables: Tables, names: Sequence[str]) -> np.ndarray:
    """Outcomes of the runs in some tables, array [runs, outcomes]."""
    found = [observe(tables, name) if is_observable(name) else tables.runs[name].to_numpy(float) for name in names]
    values: np.ndarray = np.column_stack(found)
    return values


def outcomes(scenario: Scenario, names: Sequence[str], runs: int, seed: int = 1, first: int = 1) -> np.ndarray:
    """Simulate, and take outcomes: array [runs, outcomes].  Run k of every scenario has the same random numbers."""
    last, customers = first + runs - 1, needs_customers(name for name in names if is_observable(name))
    size = 1 if customers else CHUNK  # the engine's time for customers grows with the square of the runs
    chunks = [range(k, min(k + size, last + 1)) for k in range(first, last + 1, size)]
    return np.concatenate([of_tables(simulate(scenario, seed, chunk, customers), names) for chunk in chunks])

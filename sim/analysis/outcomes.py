"""Outcomes as arrays: one number per scenario and run, and what is known of each outcome."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.errors import InputError
from sim.tables import Column, run_columns
from sim.texts import nearest

Array = NDArray[np.float64]

LONGEST = 1200  # months of a run, for the names of yearly profits
KNOWN = {column.name: column for column in run_columns(LONGEST)}


def outcomes_of(runs: pd.DataFrame, chosen: Sequence[str] | None = None) -> list[Column]:
    """The outcomes in a runs table, or those chosen from it, with unit and direction.

    Raises
    ------
    InputError
        When one chosen is not in the table.
    """
    there = [str(name) for name in runs.columns if name not in ("scenario", "run")]
    for name in chosen or ():
        if name not in there:
            hint = nearest(name, there) or f", allowed is one of {', '.join(there)}"
            raise InputError(f'outcome: found "{name}"{hint}')
    return [KNOWN.get(name, Column(name, "", "")) for name in (chosen or there)]


def directed(outcome: str, months: int = LONGEST) -> Column:
    """An outcome of runs so long that has a better side.

    Raises
    ------
    InputError
        When there is no such outcome, or neither more nor less of it is better.
    """
    there = run_columns(months)
    column = KNOWN.get(outcome)
    if column in there and column.better:
        return column
    good = [one.name for one in there if one.better]
    why = ", of which neither more nor less is better" if column in there else ""
    raise InputError(f'outcome: found "{outcome}"{why}, allowed is one of {", ".join(good)}{nearest(outcome, good)}')


def samples(runs: pd.DataFrame, names: Sequence[str], outcomes: Sequence[Column]) -> Array:
    """Outcomes as [scenarios, runs, outcomes], of the runs that all the scenarios have, in the order of their numbers."""
    columns = [column.name for column in outcomes]
    wide: list[Any] = [runs.loc[runs["scenario"] == name, ["run", *columns]].set_index("run") for name in names]
    common = wide[0].index
    for frame in wide[1:]:
        common = common.intersection(frame.index)
    return np.stack([frame.loc[common.sort_values()].to_numpy(float) for frame in wide])

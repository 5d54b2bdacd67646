"""One point of a design, simulated: what both adapters do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sim.engine import simulate
from sim.errors import InputError
from sim.sweeps import Design
from sim.sweeps.point import make_scenario
from sim.tables import run_columns
from sim.texts import nearest


def check(design: Design, outcomes: Sequence[str]) -> None:
    """Raise InputError if the design has no scenario to start from, or an outcome is none of the runs table's."""
    if design.base is None:
        raise InputError("design: has no base, so there is nothing to simulate")
    there = [column.name for column in run_columns(design.base.months)]
    for name in outcomes:
        if name not in there:
            raise InputError(f'outcomes: found "{name}", which no run has{nearest(name, there)}')


def means(design: Design, row: Sequence[Any], outcomes: Sequence[str]) -> dict[str, float]:
    """Means of outcomes over the design's runs at one point: the same numbers as a sweep has there.

    Parameters
    ----------
    design : Design
        Base, factors, runs and seed; its points play no part.
    row : sequence
        By factor a value, or the number of a level.
    outcomes : sequence of str
        Columns of the runs table.
    """
    assert design.base is not None
    runs = simulate(make_scenario(design.base, design.factors, row), design.seed, range(1, design.runs + 1)).runs
    return {name: float(np.mean(runs[name].to_numpy(float))) for name in outcomes}


def labelled(design: Design, point: Mapping[str, Any]) -> list[Any]:
    """A row of codes from values and labels by name of factor."""
    row = []
    for factor in design.factors:
        value = point[factor.name]
        if factor.labels:
            value = [str(label) for label in factor.labels].index(str(value))
        elif factor.whole:
            value = round(float(value))
        else:
            value = float(value)
        row.append(value)
    return row

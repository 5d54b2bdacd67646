"""The tables of a study as Arrow: columns in order, with unit and meaning, the scenario's name in front.

Results pass through the same Arrow tables whether they stay in memory or go to disk, which is why a study
reopened equals the study that was run, to the last bit.
"""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pyarrow as pa

from sim.study.plan import Chunk, Plan
from sim.tables import COHORTS, CUSTOMERS, MONTHS, WHALE, Column, run_columns

TABLES = ("runs", "months", "cohorts", "whale", "customers")
FRONT = (
    Column("scenario", "name", "which scenario"),
    Column("run", "number", "of the run, from 0; the same number meets the same chance in every scenario"),
)
ORDER = {"runs": (), "months": ("month",), "cohorts": ("cohort", "year"), "whale": ("share",)}


def columns(table: str, months: int) -> tuple[Column, ...]:
    """Columns of a table of a study whose longest runs have `months` months."""
    fixed = {"months": MONTHS, "cohorts": COHORTS, "whale": WHALE, "customers": CUSTOMERS}
    return FRONT + (run_columns(months) if table == "runs" else fixed[table])


def unit(column: Column, currency: str) -> str:
    """The unit in words, with the currency for ``money``."""
    return column.unit.replace("money", currency)


def kept(customers: bool) -> tuple[str, ...]:
    """Names of the tables a study has."""
    return TABLES if customers else TABLES[:-1]


def to_arrow(plan: Plan, chunk: Chunk, results: Any) -> dict[str, pa.Table]:
    """The results of a chunk as Arrow tables, all chunks of a plan with the same schema.

    Years that a shorter scenario does not reach are null.

    Raises
    ------
    KeyError
        If the engine left out a column.
    """
    return {
        table: _table(plan, plan.names[chunk.scenario], table, getattr(results, table))
        for table in kept(plan.customers)
    }


def _table(plan: Plan, name: str, table: str, frame: pd.DataFrame) -> pa.Table:
    fields, arrays = [], []
    for column in columns(table, max(scenario.months for scenario in plan.scenarios)):
        array = _array(frame, column.name, name)
        note = {"unit": unit(column, plan.currency), "meaning": column.meaning}
        fields.append(pa.field(column.name, array.type, metadata=note))
        arrays.append(array)
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields, metadata=_origin(plan)))


def _array(frame: pd.DataFrame, column: str, scenario: str) -> pa.Array:
    if column == "scenario":
        return pa.array([scenario] * len(frame), pa.string())
    if column not in frame and column.startswith("profit_year_"):
        return pa.nulls(len(frame), pa.float64())
    values = frame[column].to_numpy()
    whole = values.dtype.kind in "iu"
    return pa.array(values, pa.int64() if whole else pa.float64(), from_pandas=True)


def _origin(plan: Plan) -> dict[str, str]:
    """What a table that was parted from its folder still says of itself."""
    origin = {"content_hash": plan.content_hash, "seed": plan.seed, "runs": plan.runs, "engine": plan.engine}
    return {"daarna": json.dumps(origin, sort_keys=True)}


def to_pandas(table: pa.Table) -> pd.DataFrame:
    """A data frame with plain numpy columns (null becomes NaN)."""
    frame: pd.DataFrame = table.to_pandas()
    return frame

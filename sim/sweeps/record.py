"""What a sweep says of itself: what determines its numbers, its design, and the circumstances it was made in; its folder as an RO-Crate."""

from __future__ import annotations

import inspect
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.errors import InputError
from sim.scenario.model import Scenario
from sim.study.crate import CRATE, Described, write
from sim.study.parquet import RECORD_KEY
from sim.study.provenance import CIRCUMSTANCES, digest, record
from sim.sweeps.design import GIVEN, Design
from sim.sweeps.factor import Factor
from sim.sweeps.job import source_of

SCHEMA_VERSION = 1
CONTENT = ("schema_version", "base", "seed", "model", "daarna", "source", "points", "runs", "design")  # what is hashed
LABELS = ("title", "question", "sources")  # of a scenario: nothing that is simulated


def about(design: Design, model: Any = None) -> dict[str, Any]:
    """The content of ``design.json``.

    Parameters
    ----------
    design : Design
        What is simulated.
    model : callable, optional
        The user's function: its name and source belong to what determines the numbers.
    """
    made = record([], design.seed, design.runs, "compiled", False, None)
    base = None
    if design.base is not None:
        base = {key: value for key, value in design.base.canonical().items() if key not in LABELS}
    content = {
        "schema_version": SCHEMA_VERSION,
        "base": base,
        "seed": design.seed,
        "model": _function(model),
        "daarna": made["daarna"],
        "source": made["source"] if model is None else None,
        "points": len(design),
        "runs": design.runs,
        "design": _described(design),
    }
    return {**content, "complete": False, "design_hash": digest(content), **{key: made[key] for key in CIRCUMSTANCES}}


def carried(told: dict[str, Any]) -> dict[str, str]:
    """What the tables of a sweep carry as Parquet metadata: all that determines their numbers, and its hash.

    Neither date nor machine, so that a sweep that was killed, or simulated by many, makes the same bytes as one that ran through.
    """
    record = {**{key: told[key] for key in CONTENT}, "design_hash": told["design_hash"]}
    return {"design": told["design_hash"], RECORD_KEY: json.dumps(record)}


def design_hash(told: dict[str, Any]) -> str:
    """SHA-256 of the design that ``design.json`` describes, with base, seed, runs and version of the model."""
    return digest({key: told.get(key) for key in CONTENT})


def _described(design: Design) -> dict[str, Any]:
    return {
        "title": design.title,
        "base": None if design.base is None else {key: design.base.canonical()[key] for key in LABELS},
        "method": design.method,
        "points": design.size,
        "second_order": design.second_order,
        "grid_levels": design.grid_levels,
        "outcomes": list(design.outcomes),
        "factors": [_factor(factor) for factor in design.factors],
    }


def _factor(factor: Factor) -> dict[str, Any]:
    told: dict[str, Any] = {"name": factor.name, "paths": list(factor.paths)}
    if factor.labels:
        values = [{"scenario": one.canonical()} if isinstance(one, Scenario) else {"value": one} for one in factor.values]
        told["levels"] = [{"label": label, **value} for label, value in zip(factor.labels, values, strict=True)]
    return told | {key: getattr(factor, key) for key in ("low", "high", "log", "scale", "whole", "steps", "crossed")}


def design_of(told: dict[str, Any], points: pd.DataFrame | None = None) -> Design:
    """The design that ``design.json`` describes, with the points as they were simulated.

    Parameters
    ----------
    told : dict
        The content of ``design.json``.
    points : DataFrame, optional
        The points table, without which the sampler makes the points again.

    Raises
    ------
    InputError
        When it describes no design.
    """
    described = dict(told["design"])
    factors = []
    for one in described["factors"]:
        levels = {level["label"]: _value(level) for level in one.get("levels", [])}
        factors.append(Factor(**one | {"levels": levels or None}))
    base = None if told["base"] is None else _scenario(told["base"] | described["base"])
    table = None if points is None or described["method"] not in GIVEN else points[[factor.name for factor in factors]]
    design = Design(**described | {"base": base, "factors": factors}, runs=told["runs"], seed=told["seed"], table=table)
    if points is not None:
        design.__dict__["codes"] = {factor.name: _codes(factor, points[factor.name]) for factor in factors}
    return design


def _scenario(full: dict[str, Any]) -> Scenario:
    try:
        return Scenario.model_validate(full)
    except ValueError as error:
        raise InputError(f"the record's scenario is none that this version of daarna knows: {error}") from None


def _value(level: dict[str, Any]) -> Any:
    return _scenario(level["scenario"]) if "scenario" in level else level["value"]


def _codes(factor: Factor, column: pd.Series) -> np.ndarray:
    if not factor.labels:
        return column.to_numpy()
    known = {label: number for number, label in enumerate(factor.labels)}
    texts = {str(label): number for label, number in known.items()}  # labels of several kinds are stored as text
    return np.array([known[label] if label in known else texts[str(label)] for label in column.tolist()])


def _function(model: Any) -> dict[str, str] | None:
    """Name and source of the user's function."""
    if model is None:
        return None
    inner = model if inspect.isroutine(model) else type(model)
    name = f"{getattr(inner, '__module__', '')}.{getattr(inner, '__qualname__', inner)}"
    return {"name": name, "source": source_of(model)}


__all__ = ["CRATE", "title_of", "write_crate"]


def write_crate(folder: Path, about: dict[str, Any]) -> Path:
    """Describe what is in a sweep folder; call it when files were added.

    Parameters
    ----------
    folder : Path
        A finished sweep.
    about : dict
        Its record, the content of ``design.json``.

    Raises
    ------
    OSError
        When it cannot be written.
    """
    factors = ", ".join(one["name"] for one in about["design"]["factors"])
    description = f"A sweep over {factors}: {about['points']:,} points ({about['design']['method']}), {about['runs']:,} runs each, seed {about['seed']}."
    return write(folder, Described(title_of(about), description, identifier(about), "design.json", about))


def title_of(about: dict[str, Any]) -> str:
    """Title of a sweep, or that of its base."""
    return str(about["design"]["title"] or (about["design"]["base"] or {}).get("title") or "a function of the user")


def identifier(about: dict[str, Any]) -> str:
    """Short identifier of a sweep's content: the first twelve hex digits of its content hash."""
    return f"daarna:{about['content_hash'][:12]}"

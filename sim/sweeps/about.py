"""What a sweep says of itself: what determines its numbers, its design, and the circumstances it was made in."""

from __future__ import annotations

import hashlib
import inspect
import json
from typing import Any

from sim.study.provenance import CIRCUMSTANCES, record
from sim.sweeps.design import Design

SCHEMA_VERSION = 1


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
    described = {
        "title": design.title,
        "method": design.method,
        "outcomes": list(design.outcomes),
        "factors": [{"name": one.name, "paths": list(one.paths), **_values(one)} for one in design.factors],
    }
    base = None
    if design.base is not None:
        labels = ("title", "question", "sources")
        base = {key: value for key, value in design.base.canonical().items() if key not in labels}
    content = {
        "schema_version": SCHEMA_VERSION,
        "complete": False,
        "base": base,
        "base_title": None if design.base is None else design.base.title,
        "seed": design.seed,
        "model": _function(model),
        "daarna": made["daarna"],
        "source": made["source"] if model is None else None,
        "design": described,
        "points": len(design),
        "runs": design.runs,
    }
    told = json.dumps({key: content[key] for key in content if key != "complete"}, sort_keys=True)
    return content | {"design_hash": hashlib.sha256(told.encode()).hexdigest()} | {key: made[key] for key in CIRCUMSTANCES}


def _values(factor: Any) -> dict[str, Any]:
    if factor.labels:
        return {"levels": list(factor.labels)}
    return {key: getattr(factor, key) for key in ("low", "high", "log", "scale", "whole", "steps")}


def _function(model: Any) -> dict[str, str] | None:
    """Name and source of the user's function."""
    if model is None:
        return None
    inner = model if inspect.isroutine(model) else type(model)
    try:
        source = inspect.getsource(inner)
    except (OSError, TypeError):
        source = "not known"
    name = f"{getattr(inner, '__module__', '')}.{getattr(inner, '__qualname__', inner)}"
    return {"name": name, "source": hashlib.sha256(source.encode()).hexdigest()[:16]}

"""A point of a design: the scenario it stands for, and its content address."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sim.scenario.model import Scenario
from sim.scenario.path import get, vary
from sim.sweeps.factor import Factor


def is_whole(value: Any) -> bool:
    """Whether a value is a whole number, and not true or false."""
    return isinstance(value, int) and not isinstance(value, bool)


def make_scenario(base: Scenario, factors: Sequence[Factor], row: Sequence[Any], where: str = "") -> Scenario:
    """The scenario of a point: the base with each factor's value set, in order.

    Parameters
    ----------
    base : Scenario
        What the point starts from.
    factors, row : sequences
        Factors, and a code for each: a value, or the number of a level.
    where : str
        What messages begin with.

    Raises
    ------
    InputError
        When the combination is no valid scenario.
    """
    start, changes = base, {}
    for factor, code in zip(factors, row, strict=True):
        value = factor.values[code] if factor.labels else code
        for path in factor.paths:
            if path == "scenario":
                start = value
            elif factor.scale:
                here = get(start, path)
                changes[path] = round(here * value) if is_whole(here) else here * value
            else:
                changes[path] = get(value, path) if isinstance(value, Scenario) else value
    return vary(start, changes, where) if changes else start


def mapping(factors: Sequence[Factor], row: Sequence[Any]) -> dict[str, Any]:
    """The point by name of factor, as in the points table."""
    return {factor.name: factor.labels[code] if factor.labels else code for factor, code in zip(factors, row, strict=True)}


def addresses(origin: Mapping[str, Any], factors: Sequence[Factor], rows: Iterator[tuple[Any, ...]]) -> Iterator[bytes]:
    """Content address of each point: 128 bits of the SHA-256 of all that determines its runs.

    Parameters
    ----------
    origin : mapping
        What all points have in common: base, seed, version of the model.
    factors : sequence of Factor
        What is varied.
    rows : iterator of tuples
        Codes of each point.
    """
    common = hashlib.sha256(json.dumps(origin, sort_keys=True).encode())
    heads = [f"\n{json.dumps([*(factor.paths or (factor.name,)), factor.scale])}=" for factor in factors]
    levels = [[_token(factor, value) for value in factor.values] for factor in factors]
    for row in rows:
        digest = common.copy()
        text = (head + (known[code] if known else repr(code)) for head, known, code in zip(heads, levels, row, strict=True))
        digest.update("".join(text).encode())
        yield digest.digest()[:16]


def content_hash(addresses: Iterable[bytes], runs: int) -> str:
    """SHA-256 of all that determines a sweep's runs: the addresses of its points, in order, and how many runs each has."""
    return hashlib.sha256(b"".join(addresses) + f" {runs}".encode()).hexdigest()


def _token(factor: Factor, value: Any) -> str:
    if isinstance(value, Scenario):
        value = [value.content_hash() if path == "scenario" else get(value, path) for path in factor.paths]
    return json.dumps(value, sort_keys=True) if not isinstance(value, bool | int | float) else repr(value)

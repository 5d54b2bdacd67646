"""A scenario fragment: estimated parameters as TOML, each with its source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sim.errors import InputError
from sim.files.toml_file import toml_text
from sim.scenario.base import shown

DIGITS = 6  # significant, of what is written


def rounded(value: float) -> float:
    """A number as it is written."""
    return float(f"{value:.{DIGITS}g}")


@dataclass(frozen=True)
class Fragment:
    """Parameters of a scenario by dotted path, and where they come from.

    Attributes
    ----------
    values : parameter path -> value.
    sources : parameter or group path -> where it comes from, for `[sources]`.
    """

    values: Mapping[str, Any]
    sources: Mapping[str, str] = field(default_factory=dict)

    def __or__(self, other: Fragment) -> Fragment:
        """Both together.

        Raises
        ------
        InputError
            Where they say different things of one parameter.
        """
        for path in self.values.keys() & other.values.keys():
            if self.values[path] != other.values[path]:
                one, two = shown(self.values[path]), shown(other.values[path])
                raise InputError(
                    f"the logs say different things of {path}: {one} and {two}; "
                    "where customers have a contract, say --setting contractual"
                )
        return Fragment({**self.values, **other.values}, {**self.sources, **other.sources})

    def tree(self) -> dict[str, Any]:
        """Nested, as `Scenario.with_` takes it: ``scenario.with_(**fragment.tree())``."""
        root: dict[str, Any] = {}
        for path, value in self.values.items():
            *groups, name = path.split(".")
            place = root
            for group in groups:
                place = place.setdefault(group, {})
            place[name] = value
        if self.sources:
            root["sources"] = dict(self.sources)
        return root

    def toml(self, comment: str = "", extends: str = "") -> str:
        """The text of a scenario file that says this and nothing else."""
        return toml_text(({"extends": extends} if extends else {}) | self.tree(), comment)


def stochastic(matrix: np.ndarray) -> list[list[float]]:
    """Rows of probabilities as they are written: rounded, the largest of each taking up what rounding left."""
    return [_completed(list(np.round(row, DIGITS))) for row in np.asarray(matrix, float)]


def _completed(row: list[float]) -> list[float]:
    largest = row.index(max(row))
    rest = sum(value for k, value in enumerate(row) if k != largest)
    return [float(round(1.0 - rest, DIGITS)) if k == largest else float(value) for k, value in enumerate(row)]

"""The names of estimates: ``npv``, ``q05(npv)``, ``P(npv < 0)``, ``shortfall(npv, 5%)``, ``ratio(realised_profit, promised_profit)``.

One reading for all commands and functions that take the name of an estimate, of the grammar of :mod:`sim.formula`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim import formula
from sim.analysis import estimators
from sim.analysis.estimators import CONFIDENCE, Estimate, Point
from sim.errors import InputError
from sim.texts import nearest

Columns = Mapping[str, np.ndarray] | pd.DataFrame  # values of all runs by outcome

FORMS = {
    "mean": "mean(npv), or the outcome alone",
    "sd": "sd(npv)",
    "quantile": "quantile(npv, 5%), or q05(npv)",
    "median": "median(npv)",
    "shortfall": "shortfall(npv, 5%)",
    "ratio": "ratio(realised_profit, promised_profit)",
    "P": "P(npv < 0)",
}
RELATIONS = ("<=", ">=", "<", ">")
TAIL = 30  # runs in the tail of a shortfall, before its standard error ends a study


@dataclass(frozen=True)
class Expression:
    """An estimate of one or two outcomes.

    Attributes
    ----------
    kind : str
        mean, sd, quantile, shortfall, ratio or P.
    outcomes : tuple of str
        Columns of the runs table: two for a ratio, else one.
    level : float
        Of a quantile or a shortfall, between 0 and 1; the number an outcome is compared with in P.
    relation : str
        How it is compared in P: <, <=, > or >=.
    """

    kind: str
    outcomes: tuple[str, ...]
    level: float = math.nan
    relation: str = ""

    def __str__(self) -> str:
        """The expression in its usual spelling."""
        names, level = [formula.name(one) for one in self.outcomes], f"{self.level:.12g}"
        one = names[0]
        if self.kind == "mean":
            return one
        if self.kind == "P":
            return f"P({one} {self.relation} {level})"
        if self.kind == "quantile" and 0.0 < round(100 * self.level) == round(100 * self.level, 9):
            return f"q{round(100 * self.level):02d}({one})"
        return f"{self.kind}({', '.join([*names, *([] if math.isnan(self.level) else [level])])})"

    def check(self, outcomes: Iterable[str]) -> None:
        """InputError with the nearest name if an outcome is none of those there are."""
        allowed = list(outcomes)
        for one in self.outcomes:
            if one not in allowed:
                raise InputError(
                    f"{self}: found '{one}', which is no outcome of a run{nearest(one, allowed) or '; there are ' + ', '.join(allowed)}"
                )

    def of(self, columns: Columns, confidence: float = CONFIDENCE) -> Estimate:
        """The estimate from the runs in `columns`."""
        values = self._values(columns)
        match self.kind:
            case "mean":
                return estimators.mean(values[0], confidence)
            case "sd":
                return estimators.sd(values[0], confidence)
            case "quantile":
                return estimators.quantile(values[0], self.level, confidence)
            case "shortfall":
                return estimators.shortfall(values[0], self.level, confidence)
            case "ratio":
                return estimators.ratio(values[0], values[1], confidence)
        return estimators.share(values[0], confidence)

    def difference(self, ours: Columns, base: Columns, confidence: float = CONFIDENCE) -> Estimate:
        """The estimate from `ours` less that from `base`; row i of both is the same run, so they pair."""
        return estimators.difference(self._point(), self._values(ours), self._values(base), confidence)

    @property
    def least_runs(self) -> int:
        """Runs below which the standard error is no guide to when to stop: a shortfall's varies with the few runs in the tail."""
        return math.ceil(TAIL / self.level) if self.kind == "shortfall" else 0

    def per_run(self, columns: Columns) -> np.ndarray:
        """The values whose mean the estimate is; only for a mean or a probability."""
        assert self.kind in ("mean", "P")
        return self._values(columns)[0]

    def point(self, columns: Columns) -> Point:
        """The value and the influence of every run; none may be undefined."""
        return self._point()(*self._values(columns))

    def _values(self, columns: Columns) -> tuple[np.ndarray, ...]:
        values = tuple(np.asarray(columns[one], float) for one in self.outcomes)
        if self.kind != "P":
            return values
        x = values[0]
        return (np.where(np.isnan(x), np.nan, formula.RELATIONS[self.relation](x, self.level)),)

    def _point(self) -> Callable[..., Point]:
        match self.kind:
            case "sd":
                return estimators.sd_point
            case "quantile":
                return lambda x: estimators.quantile_point(x, self.level)
            case "shortfall":
                return lambda x: estimators.shortfall_point(x, self.level)
            case "ratio":
                return estimators.ratio_point
        return estimators.mean_point


def parse(text: str) -> Expression:
    """Read the name of an estimate.

    Raises
    ------
    InputError
        When it is none; says what is allowed, with the nearest name.
    """
    try:
        node = formula.parse(text)
    except InputError as error:
        raise InputError(f"found '{text[: formula.SHORT]}', allowed is {_forms()} ({error})") from None
    return of_node(node)


def of_node(node: formula.Node) -> Expression:
    """The estimate that a formula names; raises as :func:`parse`."""
    text = node.said
    if node.kind == "name":
        return Expression("mean", (node.value,))
    if node.kind != "call":
        raise InputError(f"found '{text}', allowed is {_forms()}")
    name, given = node.value, list(node.parts)
    if name in ("P", "p"):
        return _probability(node)
    if digits := _digits(name):
        name, given = "quantile", [*given, formula.Node("number", digits, float(digits))]
    elif name == "median":
        name, given = "quantile", [*given, formula.Node("number", "0.5", 0.5)]
    if name not in FORMS:
        raise InputError(f"{text}: found '{name}', allowed is {_forms()}{nearest(name, FORMS)}")
    names = 2 if name == "ratio" else 1
    levels = 1 if name in ("quantile", "shortfall") else 0
    if len(given) != names + levels or any(one.kind != "name" for one in given[:names]):
        raise InputError(f"{text}: found '{_inside(node)}' in the brackets, allowed is {FORMS[name]}")
    return Expression(name, tuple(one.value for one in given[:names]), _level(text, given[-1]) if levels else math.nan)


def _probability(node: formula.Node) -> Expression:
    if len(node.parts) == 1 and node.parts[0].kind in RELATIONS:
        relation, (left, right) = node.parts[0].kind, node.parts[0].parts
        if left.kind == "name" and right.kind == "number":
            return Expression("P", (left.value,), right.value, relation)
    raise InputError(f"{node.said}: found '{_inside(node)}' in the brackets, allowed is {FORMS['P']}")


def _digits(name: str) -> str:
    """The level in q05 or q975; none in q5, which some read as 50%."""
    digits = name[1:]
    plain = name[:1] == "q" and digits.isascii() and digits.isdecimal() and 2 <= len(digits) <= 15
    return f"0.{digits}" if plain and (len(digits) == 2 or digits[-1] != "0") else ""


def _inside(node: formula.Node) -> str:
    return ", ".join(one.said for one in node.parts)


def _level(text: str, given: formula.Node) -> float:
    if given.kind != "number" or not 0.0 < given.value < 1.0:
        raise InputError(f"{text}: found level '{given.said}', allowed is above 0 and below 1, or 0% and 100%")
    return float(given.value)


def _forms() -> str:
    return "; ".join(FORMS.values())

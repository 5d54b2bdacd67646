"""What a design problem comes out at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.expression import parse
from sim.design.case import JudgedScheme
from sim.design.outcomes import columns
from sim.design.problem import Problem
from sim.design.space import Params
from sim.design.surface import Optimum
from sim.scenario.model import Scenario
from sim.tables import Column

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Tried:
    """A scheme as the search saw it."""

    params: Params
    judged: JudgedScheme
    feasible: bool  # with the confidence asked


@dataclass(frozen=True)
class ReportedObjective:
    """An objective of a scheme.

    Attributes
    ----------
    value, error : on fresh runs (the third seed), with its standard error.
    searched, searched_error : on the runs of the search.
    screened : on the runs of the choice.
    over_base, over_base_error : fresh, less the base's on the same runs; None where there is no base.
    """

    value: float
    error: float
    searched: float
    searched_error: float
    screened: float
    over_base: float | None
    over_base_error: float | None


@dataclass(frozen=True)
class Margin:
    """A constraint of a scheme on fresh runs: value less limit, its standard error, whether and how surely it is kept."""

    value: float
    error: float
    kept: bool
    probability: float


@dataclass(frozen=True)
class ReportedScheme:
    """A scheme that is reported.

    Attributes
    ----------
    figures, margins : per objective and per constraint, in the problem's order.
    feasible, dominated : by the estimates on fresh runs.
    front_probability : share of bootstrap replicates in which it is feasible and on the front of those reported.
    worlds : objectives in each world, shape [worlds, objectives].
    """

    name: str
    params: Params
    figures: tuple[ReportedObjective, ...]
    margins: tuple[Margin, ...]
    feasible: bool
    dominated: bool
    front_probability: float
    worlds: Array


@dataclass(frozen=True)
class Answer:
    """The front, the choice from it, and how both were come by.

    Attributes
    ----------
    schemes : what the choice stage called the front, with values from fresh runs.
    base : the base scenario on the same runs.
    chosen : criterion -> position in `schemes`, for mean, worst and regret.
    tried : every scheme of the search.
    optimum : for one objective, where a response surface is highest, or in words why there is no telling.
    worlds : parameters of each world.
    optimism : per objective (gap, standard error): how much better the front looked in the search, in the objective's own sense.
    scenario, plain : the base with the problem's components, and without.
    """

    problem: Problem
    seed: int
    schemes: list[ReportedScheme]
    base: ReportedScheme | None
    chosen: dict[str, int]
    tried: list[Tried]
    optimum: Optimum | str | None
    worlds: Sequence[Params]
    optimism: tuple[tuple[float, float], ...]
    scenario: Scenario | None
    senses: tuple[float, ...]
    plain: Scenario | None = None

    @property
    def recommended(self) -> ReportedScheme:
        """The choice of the problem's criterion."""
        return self.schemes[self.chosen[self.problem.criterion]]

    @property
    def currency(self) -> str:
        """Code of the currency of all money; empty where there is no scenario."""
        return self.scenario.currency if self.scenario is not None else ""

    def unit(self, k: int) -> tuple[Column | None, str]:
        """The outcome of the k-th objective, and the unit of the objective itself; None and "" where they are not known."""
        expression = parse(self.problem.objectives[k].outcome)
        known = columns(self.scenario.months) if self.scenario is not None else {}
        column = known.get(expression.outcomes[0])
        if column is None or expression.kind == "ratio":
            return None, ""
        return column, "share" if expression.kind == "P" else column.unit

    @property
    def front(self) -> pd.DataFrame:
        """A row per scheme: parameters, objectives with standard errors, as searched, margins, probability of the front."""
        return pd.DataFrame([self._row(scheme) for scheme in self.schemes])

    @property
    def points(self) -> pd.DataFrame:
        """A row per scheme tried in the search: parameters, objectives as the search saw them, whether it was feasible."""
        names = [objective.outcome for objective in self.problem.objectives]
        rows = [
            {**one.params, **dict(zip(names, one.judged.vector() * np.array(self.senses), strict=True)), "feasible": one.feasible}
            for one in self.tried
        ]
        return pd.DataFrame(rows)

    def _row(self, scheme: ReportedScheme) -> dict[str, Any]:
        row: dict[str, Any] = {"scheme": scheme.name, **scheme.params}
        for objective, figure in zip(self.problem.objectives, scheme.figures, strict=True):
            name = objective.outcome
            row |= {name: figure.value, f"{name} s.e.": figure.error, f"{name} searched": figure.searched}
        for constraint, margin in zip(self.problem.constraints, scheme.margins, strict=True):
            row |= {f"{constraint.text}: margin": margin.value, f"{constraint.text}: P": margin.probability}
        return row | {
            "feasible": scheme.feasible,
            "dominated": scheme.dominated,
            "P(front)": scheme.front_probability,
            "recommended": scheme is self.recommended,
        }

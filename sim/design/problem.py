"""A design problem: a family of schemes, what it is to achieve, within which limits, under which uncertainty; and its file."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import PrivateAttr, field_validator, model_validator

from sim import library
from sim.scenario.base import Group, Number, par, shown, wrong
from sim.scenario.scheme import Component
from sim.scenario.typed_file import needed, read_typed
from sim.texts import nearest, repeated


class Range(Group):
    """A parameter and the interval it is taken from."""

    path: str = par("", "path", "the parameter, as in scheme.components[0].rate")
    low: float | None = par(None, "unit of the parameter", "lower bound")
    high: float | None = par(None, "unit of the parameter", "upper bound")
    log: bool = par(False, "yes/no", "equal steps are equal ratios")

    def _check_interval(self) -> None:
        if not self.path.strip():
            raise wrong("found none; name the parameter, as in scheme.components[0].rate", "path")
        for name in ("low", "high"):
            if getattr(self, name) is None:
                raise wrong("found none; give low and high", name)
        assert self.low is not None and self.high is not None
        if self.low >= self.high:
            raise wrong(f"found {shown(self.low)}, which is not below high = {shown(self.high)}", "low")
        if self.log and self.low <= 0:
            raise wrong(f"found {shown(self.low)}, allowed is more than 0 on a log scale", "low")


PAID = (
    "rep_pay",
    "pay_cost",
    "variable",
    "sales_force_cost",
)  # parts of names of outcomes that keep pay up if they are to be at least so much


class Vary(Range):
    """A parameter of the scheme that is free: an interval, or levels to choose from."""

    levels: tuple[Any, ...] = par((), "values", "what to choose from, instead of an interval")

    @model_validator(mode="after")
    def _consistent(self) -> Vary:
        if not self.levels:
            self._check_interval()
        elif self.low is not None or self.high is not None:
            raise wrong("found levels beside low or high; allowed is one of the two", "levels")
        elif len(self.levels) < 2:
            raise wrong(f"found {shown(self.levels)}, allowed are at least two", "levels")
        return self


class UncertainParameter(Range):
    """A parameter that is not known: uniform on its interval (or its logarithm is)."""

    @model_validator(mode="after")
    def _consistent(self) -> UncertainParameter:
        self._check_interval()
        return self


class Objective(Group):
    """What is to be made large or small."""

    outcome: str = par("", "expression", "an outcome, or a statistic of one as in q05(npv)")
    sense: Literal["max", "min"] = par("max", "name", "whether more or less of it is better")
    weight: float = par(1.0, "weight", "in the choice of one scheme from the front", gt=0, le=1e6)


class Constraint(Group):
    """A limit to keep: a number, or what the base has (as a paired difference on common random numbers)."""

    outcome: str = par("", "expression", "an outcome, or a statistic of one as in q05(npv)")
    at_least: Number | Literal["base"] | None = par(None, "unit of the outcome", "lower limit")
    at_most: Number | Literal["base"] | None = par(None, "unit of the outcome", "upper limit")

    @field_validator("at_least", "at_most", mode="before")
    @classmethod
    def _number_or_base(cls, value: Any) -> Any:
        if value is None or value == "base" or (isinstance(value, int | float) and not isinstance(value, bool)):
            return value
        raise ValueError(f'found {shown(value)}, allowed is a number or "base"{nearest(value, ["base"])}')

    @model_validator(mode="after")
    def _consistent(self) -> Constraint:
        if (self.at_least is None) == (self.at_most is None):
            raise wrong('give at_least or at_most, one of the two: a number, or "base"', "at_most")
        return self

    @property
    def limit(self) -> float | str:
        """The limit: a number, or "base"."""
        limit = self.at_most if self.at_least is None else self.at_least
        assert limit is not None
        return limit

    @property
    def sign(self) -> float:
        """+1 for a lower limit, -1 for an upper one: sign x (value - limit) >= 0 is feasible."""
        return -1.0 if self.at_least is None else 1.0

    @property
    def text(self) -> str:
        """As one would say it."""
        limit = f"{self.limit:,.6g}" if isinstance(self.limit, float | int) else "base"
        return f"{self.outcome} {'≥' if self.sign > 0 else '≤'} {limit}"


class Uncertainty(Group):
    """Parameters nobody knows: schemes are judged over a sample of worlds."""

    worlds: int = par(8, "worlds", "points of the sample", ge=2, le=4096)
    sampling: Literal["lhs", "sobol"] = par("lhs", "name", "Latin hypercube, or scrambled Sobol points")
    factors: tuple[UncertainParameter, ...] = par((), "factors", "parameters with their intervals")

    @model_validator(mode="after")
    def _consistent(self) -> Uncertainty:
        if self.model_fields_set and not self.factors:
            raise wrong("found none; name at least one parameter with its interval", "factors")
        return self


class SearchEffort(Group):
    """How much is spent on searching, choosing and reporting."""

    evaluations: int = par(400, "schemes", "tried in the search", ge=8, le=10_000_000)
    population: int = par(32, "schemes", "per generation of the search", ge=4, le=10_000)
    search_runs: int = par(32, "runs", "per scheme and world in the search", ge=2, le=1_000_000)
    choice_runs: int = par(128, "runs", "per scheme and world when the front is chosen", ge=2, le=1_000_000)
    report_runs: int = par(400, "runs", "per scheme and world for what is reported", ge=2, le=1_000_000)
    candidates: int = par(32, "schemes", "that go from the search to the choice", ge=1, le=10_000)
    shown: int = par(12, "schemes", "of the front that are reported at most", ge=1, le=10_000)
    confidence: float = par(
        0.95, "probability", "one-sided, with which the search and the choice keep to the limits", ge=0.5, lt=1
    )


class Problem(Group):
    """What to design.  Read one with :func:`sim.design.load`."""

    title: str = par("Design problem", "text", "what the problem is called")
    base: str = needed("file", 'the scenario whose scheme is varied, a file or library:NAME, as in base = "signature-bonus.toml"')
    criterion: Literal["mean", "worst", "regret"] = par("mean", "name", "by which one scheme is chosen from the front")
    components: tuple[Component, ...] = par((), "components", "lines added to the base's scheme, to be varied")
    vary: tuple[Vary, ...] = par((), "parameters", "what is free")
    objectives: tuple[Objective, ...] = par((), "objectives", "what it is for")
    constraints: tuple[Constraint, ...] = par((), "constraints", "limits to keep")
    uncertainty: Uncertainty = Uncertainty()
    effort: SearchEffort = SearchEffort()
    _file: Path = PrivateAttr(Path("problem.toml"))
    _base: Path | None = PrivateAttr(None)  # where another base than the file's was given

    @model_validator(mode="after")
    def _consistent(self) -> Problem:
        for name, what in (("vary", "parameter to vary"), ("objectives", "objective")):
            if not getattr(self, name):
                raise wrong(f"found none; give at least one {what}, as [[{name}]]", name)
        for name, items in (("vary", self.vary), ("uncertainty", self.uncertainty.factors)):
            if twice := repeated(one.path for one in items):
                raise wrong(f"found {shown(twice)} twice", name)
        both = {one.path for one in self.vary} & {one.path for one in self.uncertainty.factors}
        if both:
            raise wrong(f'found "{min(both)}", which is also under [[vary]]: it is either chosen or unknown', "uncertainty")
        return self

    def warnings(self) -> list[str]:
        """What makes the best scheme an empty one: in the search nothing stands for a rep's pay but its cost."""
        floored = [one.outcome for one in self.constraints if one.at_least is not None]
        wanted = [one.outcome for one in self.objectives if one.sense == "max"] + floored
        if any(word in outcome for outcome in wanted for word in PAID):
            return []
        return [
            "constraints: no floor on pay, and the scheme that pays nothing may come out best: reps here cannot refuse a plan; "
            'say what they must earn, as in outcome = "rep_pay_mean", at_least = "base"'
        ]

    @property
    def file(self) -> Path:
        """Where the problem was read from."""
        return self._file

    @property
    def base_file(self) -> Path:
        """Where its base is."""
        return self._base or library.beside(self._file.parent, self.base)

    def with_base(self, given: Path) -> Problem:
        """The problem with another base; what is recorded of it names no folder of this machine."""
        found = library.file(library.reference(given) or given)
        made = self.model_copy(update={"base": library.reference(found) or found.name})
        made._base = found
        return made


def load(path: str | Path) -> Problem:
    """Read and check a problem, a file or a name of the library; what it says about its base is checked by :func:`sim.design.solve`.

    Raises
    ------
    InputError
        One message: file, place, what was found, what is allowed.
    """
    path = library.file(path)
    problem = read_typed(path, "a problem", Problem)
    problem._file = path
    return problem.with_base(problem.base_file) if library.reference(path) else problem

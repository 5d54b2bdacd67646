"""Hypotheses as files: what is claimed, under which schemes and worlds, and the rule of decision, written down before the runs.

A file under ``scenarios/hypotheses`` holds one hypothesis::

    id = "E1"
    title = "…"                                   # the hypothesis in a sentence
    source = "…"                                  # who claims it
    rule = "…"                                    # the rule of decision: that of sim.proofs.verdicts, word for word
    runs = 200                                    # pairs of runs of a claim
    worlds = { baseline = "../baseline.toml" }    # name = scenario file; a claim is decided in each of them

    [[claims]]
    say = "…"
    base = { take = "../relationship-bonus.toml" }    # scheme and salary of that file; or set = { path = value }
    other = { take = "../signature-bonus.toml" }
    outcomes = { npv = "-", signings = "+", first_margin = "0", late_profit = "?" }   # signs expected of other - base
    margin = 0.02                                 # what counts as nought, as a share of the base's mean
    setting = { "reps.present_bias" = 0.7 }       # of both arms
    against = { "reps.present_bias" = 1.0 }       # then the outcome is the difference under `setting` less that under `against`

    [[peaks]]                                     # an inverted U: some value inside beats both ends
    say = "…"
    base = { take = "…" }
    path = "scheme.components[0].deferral.share"
    values = [0.0, 0.2, 0.4, 0.6, 0.8]
    outcome = "npv"

    [[flips]]                                     # where does a claim's sign turn?
    claim = 0
    outcome = "npv"
    world = "baseline"
    points = 100
    runs = 8
    [[flips.factors]]                             # as in a sweep's design
    path = "customers.lapse.alpha"
    low = 0.3
    high = 2.0

What the registered runs said is recorded afterwards in ``found.json`` beside the files, so that the registration stays as written: by
``id`` and world the verdicts at equal parameters and at equal pay.  It decides nothing; ``daarna validate`` compares new runs with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import Any, Literal

from pydantic import PrivateAttr, model_validator

from sim import library
from sim.errors import InputError
from sim.files.untrusted import read_json
from sim.proofs.outcomes import Outcome
from sim.proofs.verdicts import VERDICTS, rules
from sim.scenario.base import Group, par, shown, wrong
from sim.scenario.model import Scenario
from sim.scenario.path import get, vary
from sim.scenario.typed_file import ScenarioFile, needed, read_typed
from sim.sweeps.design_file import FactorFile
from sim.texts import nearest

RECORD = "found.json"  # beside the files: what registered runs said
PATHS = ("scheme", "reps.salary")  # what an arm takes from a file
Changes = dict[str, Any]  # values by path


class Arm(Group):
    """One side of a comparison: parameters taken from a scenario, then set by path."""

    take: ScenarioFile | None = par(None, "file", "a scenario from which parameters are taken")
    paths: tuple[str, ...] = par(PATHS, "paths", "what is taken from it")
    set: Changes = par({}, "values", "by path, set after that")

    @model_validator(mode="after")
    def _consistent(self) -> Arm:
        if self.take is None and "paths" in self.model_fields_set:
            raise wrong("found without take; name the scenario file from which they are taken", "paths")
        return self

    def of(self, world: Scenario, setting: Mapping[str, Any] | None = None) -> Scenario:
        """The world with this arm's parameters, and then a setting's."""
        made = world if self.take is None else vary(world, {path: get(self.take, path) for path in self.paths})
        for changes in (self.set, setting):
            made = vary(made, changes) if changes else made
        return made

    def touched(self, setting: Iterable[str] = ()) -> list[str]:
        """Paths of what it sets, a setting's included; of anything inside the scheme, the scheme."""
        every = [*(self.paths if self.take is not None else ()), *self.set, *setting]
        return list(dict.fromkeys("scheme" if path.startswith("scheme.") else path for path in every))


class RegisteredClaim(Group):
    """Signs expected of outcomes of `other` less `base`, in some worlds."""

    say: str = needed("text", "the claim in a sentence")
    base: Arm = needed("arm", "one side")
    other: Arm = needed("arm", "the other side")
    outcomes: dict[Outcome, Literal["+", "-", "0", "?"]] = needed("signs", "the signs of other less base, by outcome")
    worlds: tuple[str, ...] = par((), "worlds", "in which it is decided; all of them if empty")
    margin: float = par(0.02, "share", "of the base's mean, that counts as nought", gt=0)
    setting: Changes = par({}, "values", "of both arms, by path")
    against: Changes | None = par(None, "values", "then the outcome is the difference under setting less that under against")
    equal_pay: bool = par(True, "yes/no", "whether it is decided at equal pay as well")

    @model_validator(mode="after")
    def _decides(self) -> RegisteredClaim:
        if not any(sign != "?" for sign in self.outcomes.values()):
            raise wrong('found nothing that decides; give one outcome at least the sign "+", "-" or "0"', "outcomes")
        return self


class Peak(Group):
    """An outcome that is expected to be best at some value of a parameter between the first and the last."""

    say: str = needed("text", "the claim in a sentence")
    base: Arm = needed("arm", "the scheme under which")
    path: str = needed("path", "the parameter")
    values: tuple[Any, ...] = needed("values", "two ends and something between", min_length=3)
    outcome: Outcome = needed("outcome", "the outcome that is best")
    worlds: tuple[str, ...] = par((), "worlds", "in which it is decided; all of them if empty")
    setting: Changes = par({}, "values", "by path")


class Flip(Group):
    """A sweep for the conditions under which an outcome's difference of a claim changes its sign."""

    say: str = needed("text", "what is varied")
    claim: int = needed("number", "the number of a claim, from 0", ge=0)
    outcome: Outcome = needed("outcome", "the outcome whose sign may turn")
    world: str = needed("name", "the name of a world")
    factors: tuple[FactorFile, ...] = needed("factors", "factors as in the design of a sweep", min_length=1)
    method: str = par("lhs", "name", "as in a sweep's design")
    points: int | None = par(None, "points", "as in a sweep's design")
    runs: int = par(8, "runs", "per point", ge=2)


class Hypothesis(Group):
    """A registered hypothesis."""

    id: str = needed("name", "a short name of it, such as E1")
    title: str = needed("text", "the hypothesis in a sentence")
    source: str = needed("text", "who claims it")
    rule: str = needed("text", "the rule of decision, word for word that of sim.proofs.verdicts")
    worlds: dict[str, ScenarioFile] = needed("files", "scenarios by name", min_length=1)
    claims: tuple[RegisteredClaim, ...] = needed("claims", "what is decided, under [[claims]]")
    peaks: tuple[Peak, ...] = par((), "peaks", "inverted U's")
    flips: tuple[Flip, ...] = par((), "flips", "where claims' signs turn")
    statement: str = par("", "text", "the hypothesis at length")
    limits: str = par("", "text", "what the model cannot show of it")
    runs: int = par(200, "runs", "pairs of runs of a claim: an interval needs two", ge=2)
    seed: int = par(1, "seed", "of all draws", ge=0)
    _file: Path = PrivateAttr(Path())
    _found: dict[str, list[str]] = PrivateAttr(default_factory=dict)

    @property
    def file(self) -> Path:
        """Where it was read from."""
        return self._file

    @property
    def found(self) -> dict[str, list[str]]:
        """By world: verdicts as recorded afterwards."""
        return self._found

    def worlds_of(self, part: RegisteredClaim | Peak) -> tuple[str, ...]:
        """Names of the worlds in which a part is decided."""
        return part.worlds or tuple(self.worlds)

    @model_validator(mode="after")
    def _consistent(self) -> Hypothesis:
        allowed = rules(bool(self.peaks), any(claim.against is not None for claim in self.claims))
        if self.rule not in allowed:
            raise wrong(f"found {shown(self.rule)}, allowed is what the code decides by, word for word:\n{allowed[0]}", "rule")
        for place, part in [*_numbered("claims", self.claims), *_numbered("peaks", self.peaks)]:
            for name in part.worlds:
                self._check_world(name, *place, "worlds")
            with _told(*place):
                self._try(part)
        for place, flip in _numbered("flips", self.flips):
            if flip.claim >= len(self.claims):
                most = len(self.claims) - 1
                raise wrong(f"found {flip.claim}, allowed is the number of a claim, 0 to {most}", *place, "claim")
            self._check_world(flip.world, *place, "world")
            for at, factor in _numbered("factors", flip.factors):
                with _told(*place, *at):
                    factor.made()
        return self

    def _check_world(self, name: str, *place: int | str) -> None:
        if name not in self.worlds:
            raise wrong(f"found {shown(name)}{nearest(name, self.worlds)}; there are {', '.join(self.worlds)}", *place)

    def _try(self, part: RegisteredClaim | Peak) -> None:
        """Make every scenario of a claim in its worlds, and of a peak in the first of them."""
        worlds = [self.worlds[name] for name in self.worlds_of(part)]
        if isinstance(part, Peak):
            for value in part.values:
                part.base.of(worlds[0], part.setting | {part.path: value})
            return
        for world, setting, arm in product(worlds, (part.setting, part.against or {}), (part.base, part.other)):
            arm.of(world, setting)


def _numbered(name: str, parts: Sequence[Any]) -> Iterator[tuple[tuple[str, int], Any]]:
    return (((name, number), part) for number, part in enumerate(parts))


@contextmanager
def _told(*place: int | str) -> Iterator[None]:
    try:
        yield
    except InputError as error:
        raise wrong(str(error), *place) from None


def load(path: str | Path) -> Hypothesis:
    """Read a hypothesis: a file, or a name of the library; InputError as :func:`~sim.scenario.typed_file.read_typed`."""
    path = library.file(path)
    made = read_typed(path, "a hypothesis", Hypothesis)
    made._file, made._found = path, _recorded(path.parent / RECORD, made)
    return made


def _recorded(file: Path, hypothesis: Hypothesis) -> dict[str, list[str]]:
    """Verdicts recorded of a hypothesis, by world; none if there is no record."""
    if not file.is_file():
        return {}
    name = hypothesis.id
    try:
        found = read_json(file).get(name, {})
        for world, said in found.items():
            if world not in hypothesis.worlds or not isinstance(said, list) or not set(said) <= set(VERDICTS):
                raise InputError(
                    f"{file}: {name}.{world}: found {shown(said)}, allowed is, by world, a list of {', '.join(VERDICTS)}"
                )
    except (OSError, ValueError, AttributeError, TypeError):
        raise InputError(f"{file}: is no record of verdicts, by hypothesis and world") from None
    return dict(found)

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

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim import library
from sim.errors import InputError
from sim.files.toml_file import read_toml
from sim.files.untrusted import read_json
from sim.proofs.outcomes import unit_of
from sim.proofs.verdicts import VERDICTS, rules
from sim.scenario.base import nearest, shown
from sim.scenario.load import load as load_scenario
from sim.scenario.model import Scenario
from sim.scenario.path import get, vary
from sim.sweeps.design_file import KINDS, OF_FACTOR, check_keys
from sim.sweeps.factor import Factor

RECORD = "found.json"  # beside the files: what registered runs said
SIGNS = ("+", "-", "0", "?")
PATHS = ("scheme", "reps.salary")  # what an arm takes from a file
KEYS = {
    "id": str, "title": str, "statement": str, "source": str, "rule": str, "runs": int, "seed": int, "worlds": dict, "claims": list,
    "peaks": list, "flips": list, "limits": str,
}  # fmt: skip
OF_ARM = {"take": str, "paths": list, "set": dict}
OF_CLAIM = {
    "say": str, "base": dict, "other": dict, "outcomes": dict, "margin": (int, float), "setting": dict, "against": dict,
    "worlds": list, "equal_pay": bool,
}  # fmt: skip
OF_PEAK = {"say": str, "base": dict, "path": str, "values": list, "outcome": str, "setting": dict, "worlds": list}
OF_FLIP = {
    "say": str, "claim": int, "outcome": str, "world": str, "method": str, "points": int, "runs": int, "factors": list,
}  # fmt: skip


@dataclass(frozen=True)
class Arm:
    """One side of a comparison: parameters taken from a scenario, then set by path."""

    taken: Scenario | None = None
    paths: tuple[str, ...] = PATHS
    changes: dict[str, Any] = field(default_factory=dict)

    def of(self, world: Scenario, setting: Mapping[str, Any] | None = None) -> Scenario:
        """The world with this arm's parameters, and then a setting's."""
        made = world
        if self.taken is not None:
            made = vary(made, {path: get(self.taken, path) for path in self.paths})
        for changes in (self.changes, setting):
            made = vary(made, changes) if changes else made
        return made

    def touched(self, setting: Iterable[str] = ()) -> list[str]:
        """Paths of what it sets, a setting's included; of anything inside the scheme, the scheme."""
        every = [*(self.paths if self.taken is not None else ()), *self.changes, *setting]
        return list(dict.fromkeys("scheme" if path.startswith("scheme.") else path for path in every))


@dataclass(frozen=True)
class RegisteredClaim:
    """Signs expected of outcomes of `other` less `base`, in some worlds."""

    say: str
    base: Arm
    other: Arm
    outcomes: dict[str, str]
    worlds: tuple[str, ...]
    margin: float = 0.02
    setting: dict[str, Any] = field(default_factory=dict)
    against: dict[str, Any] | None = None
    equal_pay: bool = True


@dataclass(frozen=True)
class Peak:
    """An outcome that is expected to be best at some value of a parameter between the first and the last."""

    say: str
    base: Arm
    path: str
    values: tuple[Any, ...]
    outcome: str
    worlds: tuple[str, ...]
    setting: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Flip:
    """A sweep for the conditions under which an outcome's difference of a claim changes its sign."""

    say: str
    claim: int
    outcome: str
    world: str
    factors: tuple[Factor, ...]
    method: str = "lhs"
    points: int | None = None
    runs: int = 8


@dataclass(frozen=True)
class Hypothesis:
    """A registered hypothesis."""

    id: str
    title: str
    source: str
    rule: str
    worlds: dict[str, Scenario]
    claims: tuple[RegisteredClaim, ...]
    peaks: tuple[Peak, ...] = ()
    flips: tuple[Flip, ...] = ()
    statement: str = ""
    limits: str = ""  # what the model cannot show of it
    runs: int = 200
    seed: int = 1
    file: Path = Path()
    found: dict[str, list[str]] = field(default_factory=dict)  # by world: verdicts as recorded afterwards


def load(path: str | Path) -> Hypothesis:
    """Read a hypothesis: a file, or a name of the library.

    Raises
    ------
    InputError
        One message naming the file, the place, what was found and what is allowed.
    """
    path = library.file(path)
    data = read_toml(path, "a hypothesis")
    try:
        return _hypothesis(data, path)
    except InputError as error:
        text = str(error)
        raise InputError(text if text.startswith((str(path), str(path.parent / RECORD))) else f"{path}: {text}") from None


def _hypothesis(data: dict[str, Any], path: Path) -> Hypothesis:
    check_keys(data, KEYS, "")
    _need(data, ("id", "title", "source", "rule", "worlds", "claims"), "")
    if data.get("runs", 2) < 2:
        raise InputError(f"runs: found {data['runs']}, allowed is at least 2: an interval needs two pairs of runs")
    worlds = {
        name: load_scenario(library.beside(path.parent, _text(file, f"worlds.{name}")))
        for name, file in data.pop("worlds").items()
    }
    if not worlds:
        raise InputError('worlds: found none; name at least one, as in worlds = { baseline = "../baseline.toml" }')
    claims = tuple(_claim(one, f"claims[{k}]", worlds, path) for k, one in enumerate(data.pop("claims")))
    peaks = tuple(_peak(one, f"peaks[{k}]", worlds, path) for k, one in enumerate(data.pop("peaks", [])))
    flips = tuple(_flip(one, f"flips[{k}]", worlds, claims) for k, one in enumerate(data.pop("flips", [])))
    _rule(data["rule"], rules(bool(peaks), any(claim.against is not None for claim in claims)))
    found = _recorded(path.parent / RECORD, data["id"], worlds)
    return Hypothesis(**data, worlds=worlds, claims=claims, peaks=peaks, flips=flips, file=path, found=found)


def _rule(said: str, allowed: tuple[str, ...]) -> None:
    """The rule that is registered is the one by which the code decides."""
    if said not in allowed:
        raise InputError(f"rule: found {shown(said)}, allowed is what the code decides by, word for word:\n{allowed[0]}")


def _recorded(file: Path, name: str, worlds: Iterable[str]) -> dict[str, list[str]]:
    """Verdicts recorded of a hypothesis, by world; none if there is no record."""
    if not file.is_file():
        return {}
    try:
        found = read_json(file).get(name, {})
        for world, said in found.items():
            if world not in worlds or not isinstance(said, list) or not set(said) <= set(VERDICTS):
                raise InputError(
                    f"{file}: {name}.{world}: found {shown(said)}, allowed is, by world, a list of {', '.join(VERDICTS)}"
                )
    except (OSError, ValueError, AttributeError, TypeError):
        raise InputError(f"{file}: is no record of verdicts, by hypothesis and world") from None
    return dict(found)


def _claim(data: Any, where: str, worlds: dict[str, Scenario], path: Path) -> RegisteredClaim:
    data = _table(data, where, OF_CLAIM, ("say", "base", "other", "outcomes"))
    for name, sign in data["outcomes"].items():
        _outcome(name, f"{where}.outcomes", worlds)
        if sign not in SIGNS:
            raise InputError(f"{where}.outcomes.{name}: found {shown(sign)}, allowed is {', '.join(SIGNS)}")
    if not any(sign != "?" for sign in data["outcomes"].values()):
        raise InputError(f'{where}.outcomes: found nothing that decides; give one outcome at least the sign "+", "-" or "0"')
    if data.get("margin", 0.01) <= 0:
        raise InputError(f"{where}.margin: found {shown(data['margin'])}, allowed is a share above 0")
    base, other = (_arm(data.pop(name), f"{where}.{name}", path) for name in ("base", "other"))
    chosen = _worlds(data, where, worlds)
    claim = RegisteredClaim(**data | {"worlds": chosen, "base": base, "other": other})
    for name in chosen:
        for setting in (claim.setting, claim.against or {}):
            for arm in (base, other):
                _tried(lambda a=arm, s=setting, n=name: a.of(worlds[n], s), where)
    return claim


def _peak(data: Any, where: str, worlds: dict[str, Scenario], path: Path) -> Peak:
    data = _table(data, where, OF_PEAK, ("say", "base", "path", "values", "outcome"))
    _outcome(data["outcome"], f"{where}.outcome", worlds)
    if len(data["values"]) < 3:
        raise InputError(f"{where}.values: found {len(data['values'])}, allowed are 3 or more: two ends and something between")
    arm = _arm(data.pop("base"), f"{where}.base", path)
    chosen = _worlds(data, where, worlds)
    peak = Peak(**data | {"worlds": chosen, "values": tuple(data["values"])}, base=arm)
    for value in peak.values:
        _tried(lambda v=value: arm.of(worlds[chosen[0]], peak.setting | {peak.path: v}), where)
    return peak


def _flip(data: Any, where: str, worlds: dict[str, Scenario], claims: tuple[RegisteredClaim, ...]) -> Flip:
    data = _table(data, where, OF_FLIP, ("say", "claim", "outcome", "world", "factors"))
    if not 0 <= data["claim"] < len(claims):
        raise InputError(f"{where}.claim: found {data['claim']}, allowed is the number of a claim, 0 to {len(claims) - 1}")
    if data["world"] not in worlds:
        raise InputError(f'{where}.world: found "{data["world"]}"{nearest(data["world"], worlds)}; there are {", ".join(worlds)}')
    _outcome(data["outcome"], f"{where}.outcome", worlds)
    factors = []
    for number, one in enumerate(data.pop("factors")):
        place = f"{where}.factors[{number}]"
        said = _table(one, place, OF_FACTOR, ())
        factors.append(_tried(lambda d=said: Factor(**d), place))
    return Flip(**data, factors=tuple(factors))


def _arm(data: dict[str, Any], where: str, path: Path) -> Arm:
    check_keys(data, OF_ARM, f"{where}.")
    if not data.get("take") and "paths" in data:
        raise InputError(f"{where}.paths: found without take; name the scenario file from which they are taken")
    taken = load_scenario(library.beside(path.parent, data["take"])) if data.get("take") else None
    return Arm(taken, tuple(data.get("paths", PATHS)), data.get("set", {}))


def _table(data: Any, where: str, keys: dict[str, Any], needed: tuple[str, ...]) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise InputError(f"{where}: found {shown(data)}, allowed is a table")
    check_keys(data, keys, f"{where}.")
    _need(data, needed, f"{where}.")
    return dict(data)


def _need(data: dict[str, Any], names: tuple[str, ...], where: str) -> None:
    for name in names:
        if name not in data:
            raise InputError(f"{where}{name}: found none; a hypothesis says it before it is run")


def _worlds(data: dict[str, Any], where: str, worlds: dict[str, Scenario]) -> tuple[str, ...]:
    chosen = data.pop("worlds", list(worlds))
    for name in chosen:
        if name not in worlds:
            raise InputError(f"{where}.worlds: found {shown(name)}{nearest(str(name), worlds)}; there are {', '.join(worlds)}")
    return tuple(chosen)


def _outcome(name: Any, where: str, worlds: dict[str, Scenario]) -> None:
    _tried(lambda: unit_of(_text(name, where), next(iter(worlds.values())).months), where)


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise InputError(f"{where}: found {shown(value)}, allowed is {KINDS[str]}")
    return value


def _tried(make: Any, where: str) -> Any:
    try:
        return make()
    except InputError as error:
        raise InputError(f"{where}: {error}") from None

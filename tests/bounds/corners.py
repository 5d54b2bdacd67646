"""Scenarios with parameters at their bounds: every number of the model's, found where it is declared."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin

import numpy as np
import pandas as pd

from sim.engine.results import Tables
from sim.errors import InputError
from sim.scenario.base import Group
from sim.scenario.model import Scenario
from sim.scenario.path import vary
from sim.scenario.scheme import Clawback, Component, Deferral, Step, Tier

SHORT = {"months": 4, "reps": {"count": 2}}
# what else must be said for a part of a scheme to be in force
LINE = {"name": "line", "measure": "signings", "rate": 10.0}
SCHEMES: dict[type[Group], tuple[str, dict[str, Any]]] = {
    Component: ("", {}),
    Tier: ("tiers[0].", {"rate": 0.0, "tiers": [{"attainment": 0.5, "rate": 0.1}], "quota": 2.0}),
    Clawback: ("clawback.", {"clawback": {"months": 12}}),
    Step: ("clawback.steps[0].", {"clawback": {"months": 6, "shape": "step", "steps": [{"months": 6, "share": 0.5}]}}),
    Deferral: ("deferral.", {"deferral": {"share": 0.5, "months": 3}}),
}
BESIDE = {  # a component that the value of a parameter needs beside it
    "quota": {"bonus": 5.0}, "threshold": {"bonus": 5.0}, "trail_months": {"months": 1}, "cap": {"bonus": 5.0},
    "deferral.malus_below": {"deferral": {"share": 0.5, "months": 3, "malus_measure": "satisfaction"}},
}  # fmt: skip
BIG = ("reps.count", "customers.at_start", "desk.agents", "reps.choice.grid")  # tried by themselves, with little beside them


class Bounds:
    """What is allowed of a number: its ends, and what lies just beyond them."""

    def __init__(self, path: str, field: Any) -> None:
        rules = {key: getattr(rule, key) for rule in field.metadata for key in ("ge", "gt", "le", "lt") if hasattr(rule, key)}
        self.path, self.whole = path, field.annotation is int
        step = (lambda x, to: x + (1 if to > 0 else -1)) if self.whole else (lambda x, to: float(np.nextafter(x, to)))
        far = np.inf
        self.low = rules["ge"] if "ge" in rules else step(rules["gt"], far)
        self.high = rules["le"] if "le" in rules else step(rules["lt"], -far)
        self.beyond = (step(self.low, -far), step(self.high, far))

    def __repr__(self) -> str:
        return f"{self.path} in [{self.low:g}, {self.high:g}]"


def numbers(group: type[Group] = Scenario, prefix: str = "") -> Iterator[Bounds]:
    """Every number of a group and of the groups within it, lists and schemes apart."""
    for name, field in group.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, Group):
            yield from numbers(kind, f"{prefix}{name}.")
        elif kind in (int, float):
            yield Bounds(f"{prefix}{name}", field)


def with_line(bound: Bounds, value: Any, base: Scenario) -> Scenario:
    """A scenario with one component in which a parameter of a component has a value."""
    head = bound.path.removeprefix("line.")
    given = max(((inside, said) for inside, said in SCHEMES.values() if head.startswith(inside)), key=lambda one: len(one[0]))[1]
    line = LINE | given | (BESIDE.get(head) or {})
    return vary(base.with_(scheme={"components": [line]}), {f"scheme.components[0].{head}": value})


def line_numbers() -> list[Bounds]:
    """The numbers of a component."""
    found = [one for group, (inside, _) in SCHEMES.items() for one in numbers_of(group, f"line.{inside}")]
    return [one for one in found if not one.path.endswith("steps[0].months")]  # which is the clawback's own length


def numbers_of(group: type[Group], prefix: str) -> list[Bounds]:
    """The numbers of a group alone."""
    return [Bounds(prefix + name, field) for name, field in group.model_fields.items() if field.annotation in (int, float)]


def corner(number: int) -> Scenario | None:
    """A scenario with about a third of all parameters at one of their bounds; None where they contradict each other."""
    r = random.Random(number)
    share = r.choice([0.02, 0.1, 0.35, 0.8])
    changes: dict[str, Any] = {}
    for bound in numbers():
        if bound.path in BIG or bound.path == "months":
            continue
        if r.random() < share:
            changes[bound.path] = r.choice([bound.low, bound.high])
    changes |= _choices(Scenario, "", r, share)
    lines = []
    for k in range(r.choice([0, 1, 2, 16])):
        line = {
            "name": f"line {k}",
            "measure": r.choice(["signings", "initial_revenue", "revenue", "tenure", "book_value", "lapses"]),
        }
        top = 100.0 if line["measure"] in ("initial_revenue", "revenue", "book_value") else 1000.0
        combine = r.choice(["add", "add", "multiply"])
        rate = r.choice([-top, top, 5e-324, 0.1])
        line |= {"combine": combine, "rate": rate, "months": r.choice([1, 2, 120])}
        if combine == "add" and r.random() < 0.5:
            line |= {"bonus": 1e9, "quota": r.choice([1e-6, 1e12, 0.0]), "threshold": r.choice([-1e9, 1e12, 1.0])}
        elif combine == "add" and line["measure"] in ("signings", "initial_revenue") and r.random() < 0.5:
            line |= {"clawback": {"months": r.choice([1, 1200])}}
        elif combine == "add" and r.random() < 0.5:
            line |= {"deferral": {"share": 1.0, "months": r.choice([1, 1200]), "slices": r.choice([1, 120])}}
        lines.append(line)
    start = {"months": r.choice([1, 13, 26]), "reps": {"count": r.choice([1, 3])}, "customers": {"at_start": r.choice([0, 9])}}
    while True:
        try:
            return vary(Scenario.model_validate(start | {"scheme": {"components": lines}}), changes)
        except InputError:  # contradictions, such as more attempts than can be counted: with fewer parameters there are none
            if not changes:
                return None
            for path in r.sample(sorted(changes), max(1, len(changes) // 4)):
                del changes[path]


def _choices(group: type[Group], prefix: str, r: random.Random, share: float) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, field in group.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, Group):
            found |= _choices(kind, f"{prefix}{name}.", r, share)
        elif get_origin(kind) is Literal and r.random() < share:
            found[f"{prefix}{name}"] = r.choice(get_args(kind))
        elif kind is bool and r.random() < share:
            found[f"{prefix}{name}"] = r.random() < 0.5
    return found


UNDEFINED = {
    "runs": ("persistency_12", "persistency_24", "rep_stay_12", "rep_stay_48", "residual_value"),
    "whale": ("profit_share",),
}  # where there is nothing to divide by


def infinite(tables: Tables) -> list[str]:
    """Columns that hold what is no number, where one must stand."""
    found = []
    for name in ("runs", "months", "cohorts", "whale", "reps", "customers"):
        table = getattr(tables, name)
        for column in table.columns if table is not None else ():
            values = table[column].to_numpy(float)
            wrong = np.isinf(values).any() or (np.isnan(values).any() and column not in UNDEFINED.get(name, ()))
            found += [f"{name}.{column}"] if wrong else []
    return found


def same(one: Tables, other: Tables) -> None:
    """Both engines' tables, bit for bit."""
    for name in ("runs", "months", "cohorts", "whale", "reps", "customers"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name), check_exact=True, obj=name)

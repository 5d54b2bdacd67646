"""A worked case: what happened and what is to be paid, read from a TOML file and put through the real payroll.

The model of the firm is the Mesa model, followed (:mod:`sim.trace`), in a world where nothing happens but what the
case says: who signs, who leaves, what the measures come to.  README.md tells how to write one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from sim.book import CustomerAgent, entries
from sim.errors import InputError
from sim.files.toml_file import read_toml
from sim.scenario.base import shown
from sim.scenario.components import merge
from sim.scenario.explain import explain
from sim.scenario.model import Scenario
from sim.scheme.measures import NAMES
from sim.state import CUSTOMER
from sim.texts import nearest
from sim.trace import PayMonth
from sim.trace.agents import TracedRep
from sim.trace.model import TracedModel
from tests.statements import shape

#: Nothing happens by itself: nobody buys again, needs service, pays late or leaves; reps stay, and have means.
QUIET: dict[str, Any] = {
    "reps": {"count": 1, "salary": 0.0, "expenses": 1000.0, "savings_months": 1000.0, "quit_broke": False, "vacancy_months": 0,
             "choice": {"rule": "fixed", "hunting": 0.0, "nurturing": 0.0}},
    "customers": {"at_start": 0, "renewal": 0.0, "purchase": {"enabled": False}, "service": {"rate": 0.0},
                  "payment": {"transitions": [[1.0, 0.0]], "spread": 0.0}},
    "firm": {"resolution": {"policy": "none", "bucket": 1}},
    "scheme": {"survey_noise": 0.0},
}  # fmt: skip

EVENTS = ("signs", "leaves", "rep_leaves")
KEYS = ("title", "source", "months", "currency", "reps", "scheme", "month", "total")

#: What can be expected of a month beside the components by name, in currency.
AMOUNTS: dict[str, Callable[[PayMonth], float]] = {
    "pay": lambda page: page.pay / 100,
    "salary": lambda page: page.salary / 100,
    "subsidy": lambda page: page.subsidy / 100,
    "variable": lambda page: page.variable / 100,
    "awarded": lambda page: page.awarded / 100,
    "unsettled": lambda page: sum(page.unsettled) / 100,
    "claimed": lambda page: sum(claim.claimed for claim in page.claims) / 100,
    "recovered": lambda page: page.recovered / 100,
    "uncollectable": lambda page: (sum(claim.uncollectable for claim in page.claims) + page.given_up) / 100,
    "forfeited": lambda page: page.forfeited / 100,
    "kept": lambda page: (page.variable - page.recovered) / 100,
}
#: What can be expected at a month's end; it makes no sense to add these up.
LEVELS: dict[str, Callable[[PayMonth], float]] = {
    "held": lambda page: page.held / 100,
    "due_back": lambda page: page.due_after / 100,
    "accrued": lambda page: sum(page.accrued) / 100,
    "trail_due": lambda page: page.trail_due / 100,
    "factor": lambda page: page.scale,
}


@dataclass(frozen=True)
class Case:
    """A worked case, read and checked."""

    file: str
    title: str
    scenario: Scenario
    happens: Mapping[int, Mapping[str, Any]]  # by month
    expect: Mapping[int, Mapping[str, float]]  # by month
    total: Mapping[str, float]


def read(path: Path) -> Case:
    """Read a case; what is wrong with it is said by file and place."""
    file, data = path.name, read_toml(path, "a worked case")
    _known(file, "", data, KEYS)
    title = shape.text(f"{file}: title", data.get("title", path.stem))
    shape.text(f"{file}: source", data.get("source", ""))
    months = {
        _month(file, number): shape.table(f"{file}: month.{number}", one, "[month.6.happens]")
        for number, one in shape.table(f"{file}: month", data.get("month", {}), "[month.6.happens]").items()
    }
    for month, one in months.items():
        _known(file, f"month.{month}: ", one, ("happens", "expect"))
    scenario = _scenario(file, data, max(months, default=0))
    components = [component.name for component in scenario.scheme.components]
    names = [name for name in components if name in AMOUNTS | LEVELS]
    if names or len(set(components)) < len(components):
        raise InputError(f"{file}: scheme: give every component a name of its own, other than {', '.join(AMOUNTS | LEVELS)}")
    happens = {month: _happens(file, f"month.{month}.happens", one, scenario.reps.count) for month, one in months.items()}
    expect = {
        month: _expect(file, f"month.{month}.expect", one, (*components, *AMOUNTS, *LEVELS)) for month, one in months.items()
    }
    total = _expect(file, "total", {"expect": data.get("total", {})}, (*components, *AMOUNTS))
    if not total and not any(expect.values()):
        raise InputError(f"{file}: nothing is expected; say what is to be paid, as in [month.1.expect] or [total]")
    _known_customers(file, happens)
    return Case(file, title, scenario, happens, expect, total)


def _happens(file: str, where: str, month: Mapping[str, Any], reps: int) -> dict[str, Any]:
    found = shape.table(f"{file}: {where}", month.get("happens", {}), f"[{where}]")
    _known(file, f"{where}: ", found, (*EVENTS, *NAMES))
    return shape.happening(f"{file}: {where}", found, reps)


def _expect(file: str, where: str, month: Mapping[str, Any], allowed: tuple[str, ...]) -> dict[str, float]:
    found = shape.table(f"{file}: {where}", month.get("expect", {}), f"[{where}]")
    _known(file, f"{where}: ", found, allowed)
    return shape.amounts(f"{file}: {where}", found, f"[{where}]")


def _known(file: str, where: str, table: Mapping[str, Any], allowed: Any) -> None:
    for key in table:
        if key not in allowed:
            raise InputError(f'{file}: {where}found "{key}", allowed is one of {", ".join(allowed)}{nearest(key, allowed)}')


def _month(file: str, number: str) -> int:
    if not re.fullmatch("[1-9][0-9]{0,3}", number) or int(number) > 1200:
        raise InputError(f"{file}: month.{number}: write the number of a month, as in [month.6.happens]")
    return int(number)


def _scenario(file: str, data: Mapping[str, Any], last: int) -> Scenario:
    months = data.get("months", max(last, 1))
    given = {key: data[key] for key in ("reps", "scheme", "currency") if key in data}
    whole = merge(QUIET, {**given, "title": data.get("title", file), "months": months})
    try:
        scenario = Scenario.model_validate(whole)
    except ValidationError as error:
        raise InputError(explain(error, whole, lambda place: file, Scenario)) from None
    if months < last:
        raise InputError(f"{file}: months: found {months}, but month {last} is spoken of")
    return scenario


def _known_customers(file: str, happens: Mapping[int, Mapping[str, Any]]) -> None:
    """Who signs is new, who leaves is there."""
    signed: set[str] = set()
    left: set[str] = set()
    for month in sorted(happens):
        where = f"{file}: month.{month}.happens: "
        for name in happens[month].get("signs", {}):
            if name in signed:
                raise InputError(f"{where}found {shown(name)}, who signed before")
            signed.add(name)
        for name in happens[month].get("leaves", ()):
            if name not in signed or name in left:
                raise InputError(f"{where}found {shown(name)}, who {'left before' if name in left else 'never signed'}")
            left.add(name)


class ScriptedCustomer(CustomerAgent):
    """A customer who leaves when the case says so."""

    name = ""

    def decide(self) -> None:
        """Leave or stay, whatever the odds."""
        happens = self.model.happens  # type: ignore[attr-defined]
        self.moment["u_lapse"] = -1.0 if self.name in happens.get("leaves", ()) else 2.0
        super().decide()


class ScriptedRep(TracedRep):
    """A rep to whom happens what the case says; the first seat's rep is the one it is about."""

    def hunt(self) -> None:
        """Sign those named."""
        signs = self.model.happens.get("signs", {}) if self.seat == 0 else {}  # type: ignore[attr-defined]
        for order, (name, first_purchase) in enumerate(signs.items(), 1):
            record = np.zeros(1, CUSTOMER)
            entries.founder(self.model.setup.params, self.model.clock, record, self.record, order)
            record["founder"], record["order"] = 0, order
            record["initial"] = round(first_purchase * 100)
            self.sign(record, self.tally)
            customer = self.book[-1]
            assert isinstance(customer, ScriptedCustomer)
            customer.name = name

    def measure(self) -> None:
        """Take the measures; those the case speaks of are what it says."""
        super().measure()
        happens = self.model.happens  # type: ignore[attr-defined]
        for index, name in enumerate(NAMES):
            if name in happens:
                values = happens[name]
                self.ledger.values[index] = values[self.seat] if isinstance(values, list) else values

    def evening(self) -> None:
        """Leave or stay, whatever the odds."""
        goes = self.seat == 0 and self.model.happens.get("rep_leaves", False)  # type: ignore[attr-defined]
        self.record["u_leave"] = -1.0 if goes else 2.0
        super().evening()


class ScriptedModel(TracedModel):
    """The firm, in a world where nothing happens but what a case says."""

    rep_class = ScriptedRep
    customer_class = ScriptedCustomer

    def __init__(self, case: Case) -> None:
        self.case = case
        super().__init__(case.scenario)

    @property
    def happens(self) -> Mapping[str, Any]:
        """What happens this month."""
        return self.case.happens.get(int(self.clock["month"][0]), {})


def differences(case: Case) -> list[str]:
    """Where the payroll does not pay what the case expects: file, month, line, expected, found."""
    model = ScriptedModel(case)
    model.run_all()
    pages = [page for page in model.pay if page.seat == 0]
    wrong = [f"{case.file}: month {page.month}: the lines do not add up to the payroll" for page in pages if not page.adds_up()]
    for month, expect in sorted(case.expect.items()):
        for name, amount in expect.items():
            wrong += _compared(case, f"month {month}", name, amount, _found(pages[month - 1], name))
    for name, amount in case.total.items():
        wrong += _compared(case, "total", name, amount, sum(_found(page, name) for page in pages))
    return wrong


def _found(page: PayMonth, name: str) -> float:
    known = (AMOUNTS | LEVELS).get(name)
    if known:
        return known(page)
    final = sum(page.final[line.component] for line in page.lines if line.name == name)
    return (sum(line.paid for line in page.lines if line.name == name) + final) / 100


def _compared(case: Case, when: str, name: str, expected: float, found: float) -> list[str]:
    if abs(expected - found) < 1e-6:
        return []
    return [f"{case.file} ({case.title}): {when}: {name}: expected {expected:,.2f}, found {found:,.2f}"]

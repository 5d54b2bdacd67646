"""A rule called by itself, on records filled by hand."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.accounts import MONTH
from sim.book import entries
from sim.draws import customer_key
from sim.scenario.model import Scenario
from sim.scenario.record import build
from sim.scheme.measures import COUNT, NAMES
from sim.state import CLOCK, CUSTOMER, DESK, FIRM, MOMENT, REP, TALLY, Ledger, new_ledgers, seat_ledger

RECORDS = {"rep": REP, "tally": TALLY, "customer": CUSTOMER, "moment": MOMENT, "clock": CLOCK, "desk": DESK, "firm": FIRM}
LAPSE = 0.1  # what the rep believes
STAY = 1.0 - LAPSE


class Desk:
    """Parameters, components, and a seat's ledger of a scenario with these components."""

    def __init__(self, *components: dict[str, Any], months: int = 40, horizon: int = 24, **groups: Any) -> None:
        scheme = {"components": list(components), **groups.pop("scheme", {})}
        self.setup = build(Scenario(months=months, scheme=scheme).with_(**groups))
        self.params, self.components = self.setup.params[0], self.setup.components
        self.params["reps_horizon_months"] = horizon
        self.delay = np.array(self.params["delay"])
        self.ledgers: Ledger = new_ledgers(1, len(components), months, months + 60, COUNT, 15, 5)
        self.ledger: Ledger = seat_ledger(self.ledgers, 0)
        self.ledger.values[:] = 0.0
        self.ledger.counted[:] = self.components["months"]  # whole periods, as weighed

    def k(self, i: int = 0) -> Any:
        """A component as the rules read it."""
        return self.components[i]

    def rep_step(
        self, name: str, month: int, rep: Any, tally: Any = None, known: Any = None, team: Any = None, row: Any = None
    ) -> tuple[Any, Any]:
        """The seat's (rep, tally) after a step of the rep's month."""
        reps, tallies = np.array([rep]), np.zeros(1, TALLY) if tally is None else np.array([tally])
        entries.REP_STEPS[name](
            self.setup.params, self.components, np.array([record("clock", seed=1, run=1, month=month)]), reps, tallies,
            np.zeros(1, TALLY) if known is None else np.array([known]), self.ledgers, np.zeros(1, FIRM),
            np.zeros(COUNT) if team is None else team, np.zeros(1, MONTH) if row is None else row,
        )  # fmt: skip
        return reps[0], tallies[0]

    def set(self, **numbers: float) -> Desk:
        """Give parameters a value by their name in the record."""
        for name, value in numbers.items():
            self.params[name] = value
        return self


def record(kind: str, **values: float) -> Any:
    """A record with these values, the rest nought."""
    one = np.zeros(1, RECORDS[kind])
    for name, value in values.items():
        one[name] = value
    return one[0]


def customer(desk: Desk, order: int, month: int = 9, **values: float) -> tuple[Any, Any, Any]:
    """The order-th customer of seat 3 and month 4 with these values, in a month that has been drawn: (now, customer, moment)."""
    who, which = customer_key(3, 4, order)
    now, c, e = np.zeros(1, CLOCK), np.zeros(1, CUSTOMER), np.zeros(1, MOMENT)
    now["seed"], now["run"], now["month"] = 1, 1, month
    for name, value in {"who": who, "which": which, "signed": 4, **values}.items():
        c[name] = value
    entries.begin(desk.setup.params, now, c, e)
    return now[0], c[0], e[0]


def believer(**values: float) -> Any:
    """A rep with beliefs that are easy to reckon with."""
    beliefs = {"size": 200.0, "margin_share": 0.4, "worth": 7.0, "lapse": LAPSE, "visit_lapse": 0.02, "visit_repeat": 30.0,
               "visit_cross": 5.0, "visit_satisfaction": 0.5, "usual_signings": 2.0, "hired_month": 1, "present": 1}  # fmt: skip
    return record("rep", **beliefs | values)


__all__ = ["LAPSE", "NAMES", "STAY", "Desk", "believer", "customer", "record"]

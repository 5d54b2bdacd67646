"""A rule stands once: whatever a parameter is set to, all ways through a month give the same, bit for bit.

The compiled engine goes through quiet months by the block or, for comparison, takes every customer through every step; the Mesa model
does so with agents.  Each parameter is moved off its default, one at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin

import numpy as np
import pandas as pd
import pytest

from sim import book, engine
from sim.engine.shelf import CHANGED, LOOK, QUIETLY, STOCKS
from sim.numeric import exp_above, share_above, share_of
from sim.scenario.base import Group
from sim.scenario.model import Scenario
from sim.scenario.path import vary

BUSY = {  # every step happens to somebody within five months
    "months": 5,
    "reps": {"count": 2, "quit_rate": 0.1, "choice": {"grid": 4}},
    "customers": {"at_start": 12, "renewal_months": 3, "purchase": {"shape": 2.0, "alpha": 4.0}, "visit_sale": 0.2,
                  "lapse": {"alpha": 2.0, "beta": 4.0, "midterm": 0.5}, "service": {"rate": 0.6}, "referral": {"rate": 0.2},
                  "payment": {"transitions": [[0.6, 0.2, 0.1, 0.0, 0.1], [0.4, 0.2, 0.2, 0.0, 0.2], [0.3, 0.0, 0.2, 0.2, 0.3],
                                            [0.2, 0.0, 0.0, 0.4, 0.4]]}},
    "desk": {"orientation": "commercial", "agents": 2},
    "firm": {"resolution": {"policy": "by_value"}},
    "scheme": {"components": [{"measure": "initial_revenue", "rate": 0.3, "clawback": {"months": 6}}]},
}  # fmt: skip
LISTS: dict[str, Any] = {
    "reps.absent": (1,), "customers.correlation": {"fit-lapse": 0.3},
    "customers.payment.transitions": ((0.7, 0.3, 0.0, 0.0), (0.5, 0.1, 0.4, 0.0), (0.4, 0.0, 0.2, 0.4)),
}  # fmt: skip
APART = {"months", "reps.count"}  # a run's size


def others(group: type[Group] = Scenario, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every parameter, schemes apart, with values that are not its default."""
    for name, field in group.model_fields.items():
        path, kind, default = f"{prefix}{name}", field.annotation, field.default
        if path in LISTS:
            yield path, LISTS[path]
        elif isinstance(kind, type) and issubclass(kind, Group) and name != "scheme":
            yield from others(kind, f"{path}.")
        elif kind is bool:
            yield path, not default
        elif get_origin(kind) is Literal and prefix:
            yield from ((path, choice) for choice in get_args(kind) if choice != default)
        elif kind in (int, float) and path not in APART:
            yield path, moved(default, field)


def moved(default: float, field: Any) -> float:
    """A number near the default, but not it, within the bounds."""
    bounds = {key: getattr(rule, key) for rule in field.metadata for key in ("ge", "gt", "le", "lt") if hasattr(rule, key)}
    low, high = bounds.get("ge", bounds.get("gt")), bounds.get("le", bounds.get("lt"))
    if field.annotation is int:
        return default + 1 if default + 1 <= high else default - 1
    up = 1.2 * default + 0.09
    return up if up < high else 0.5 * (default + low)


def all_ways(scenario: Scenario) -> list[dict[str, pd.DataFrame]]:
    """The tables of a run: by the block, customer by customer, and by agents."""
    runs = range(1, 2)
    ways = [
        engine.simulate(scenario, 5, runs, customers=True),
        engine.simulate(scenario, 5, runs, customers=True, by_block=False),
        book.simulate(scenario, 5, runs, customers=True),
    ]
    return [{name: getattr(way, name) for name in ("runs", "months", "cohorts", "whale", "reps", "customers")} for way in ways]


@pytest.mark.parametrize(("path", "value"), list(others()), ids=lambda one: str(one))
def test_every_parameter_off_its_default_goes_all_ways(path: str, value: Any) -> None:
    first, *rest = all_ways(vary(Scenario.model_validate(BUSY), {path: value}))
    for way in rest:
        for name, table in first.items():
            pd.testing.assert_frame_equal(way[name], table, check_exact=True)


def test_what_is_neutral_by_default_goes_all_ways_together() -> None:
    on = {
        "reps.hiring_rate": 0.5,
        "reps.hiring_cost": 300.0,
        "reps.reservation": 2500.0,
        "reps.guard": 0.7,
        "firm.promise_learning": 0.1,
        "market.courting": 4,
    }
    first, *rest = all_ways(vary(Scenario.model_validate(BUSY), {**on, "months": 9, "reps.count": 4, "reps.quit_rate": 0.3}))
    assert first["months"]["hiring"].sum() > 0 and first["months"]["reps"].min() < 4
    for way in rest:
        for name, table in first.items():
            pd.testing.assert_frame_equal(way[name], table, check_exact=True)


def test_every_step_happens_in_the_world_that_is_varied() -> None:
    months = all_ways(Scenario.model_validate(BUSY))[0]["months"]
    happened = ("visits", "repeat_revenue", "cross_revenue", "contacts", "cases", "lapses", "write_off", "rep_exits")
    assert (months[list(happened)].sum() > 0).all()


def test_columns_hold_what_the_steps_read_and_write() -> None:
    """Found by hand: what quiet months change, what the others change besides, and all that quiet months read."""
    assert set(QUIETLY.names or ()) == {"satisfaction", "expectation", "tie", "pushed"}
    assert set(CHANGED.names or ()) - set(QUIETLY.names or ()) == {
        "owed",
        "bucket",
        "term_ends",
        "odds_lapse",
        "worth",
        "shortfall",
    }
    assert set(LOOK.names or ()) - set(CHANGED.names or ()) == {"fit", "rate", "no_contact", "claim_ends"}
    assert set(STOCKS.names or ()) == {"satisfaction_sum", "visited_satisfaction", "outstanding", "overdue"}


def test_a_cheap_exponential_is_never_too_small() -> None:
    """It is e**x at multiples of ln 2, 6.15% more at most (at a fractional part of 1 / ln 2 - 1), and rounds up."""
    draws = np.random.default_rng(1)
    for x in np.concatenate([draws.uniform(-708, 709, 300), draws.uniform(-3, 3, 300), np.arange(-9, 9) * np.log(2.0)]):
        assert 1.0 <= exp_above(x) / np.exp(x) < 1.06148
    assert exp_above(-1e9) > 0.0 and exp_above(1e9) < np.inf
    for odds in (0.0, 1e-300, *np.exp(draws.normal(size=30)), 1e308, np.inf):
        assert share_of(odds) <= share_above(odds)
    assert share_of(3.0) == 0.75 and share_of(np.inf) == 1.0 and share_of(0.0) == 0.0

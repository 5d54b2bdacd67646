"""Parameters by path: read, set, and refused in words."""

from __future__ import annotations

import pytest

from sim.errors import InputError
from sim.scenario.model import Scenario
from sim.scenario.path import get, vary

COMPONENTS = [{"name": "signing commission", "measure": "initial_revenue", "rate": 0.1}, {"measure": "signings", "rate": 5.0}]
SCENARIO = Scenario().with_(scheme={"components": COMPONENTS})


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("months", 24),
        ("customers.lapse.midterm", 0.25),
        ("reps.choice.grid", 3),
        ("scheme.components[0].rate", 0.2),
        ("scheme.components[signing commission].rate", 0.2),
        ("scheme.components[1].clawback.months", 12),
        ("customers.payment.transitions", get(SCENARIO, "customers.payment.transitions")),
    ],
)
def test_a_value_set_is_the_value_read_and_nothing_else_changes(path, value):
    try:
        varied = vary(SCENARIO, {path: value})
    except InputError:  # a parameter of another kind than assumed here
        pytest.fail(f"{path} refused")
    assert get(varied, path) == value
    assert vary(varied, {path: get(SCENARIO, path)}) == SCENARIO


def test_a_group_can_be_replaced_whole():
    assert vary(SCENARIO, {"scheme.components": []}).scheme.components == ()
    assert get(SCENARIO, "desk") == SCENARIO.desk.model_dump()


def test_several_changes_are_checked_together():
    seats = vary(SCENARIO, {"reps.absent": [11], "reps.count": 12})  # seat 11 is there once both are set
    assert (seats.reps.count, seats.reps.absent) == (12, (11,))


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("customers.lapse.midtrem", True, 'there is no midtrem; did you mean "midterm"?'),
        ("scheme.components[7].rate", 0.2, '0 "signing commission"'),
        ("scheme.components[signing].rate", 0.2, "no single [signing]"),
        ("months.weeks", 3, "120 has no parts"),
        ("months", 0, "months: found 0, allowed is at least 1"),
        ("scheme.components[0].rate", "much", 'found "much", allowed is a number'),
        ("", 3, "no path"),
        ("a..b", 3, "no"),
        (".months", 3, "no path"),
        ("scheme.components[].rate", 3, "no path"),
    ],
)
def test_what_is_no_parameter_or_no_value_is_refused_in_words(path, value, words):
    with pytest.raises(InputError, match=r"^design\.toml: ") as refused:
        vary(SCENARIO, {path: value}, where="design.toml")
    assert words in str(refused.value)

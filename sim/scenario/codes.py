"""The numbers by which rules know the choices of a parameter: their places in its declaration."""

from __future__ import annotations

from typing import get_args

from sim.scenario.base import Group
from sim.scenario.parameters import Choice, Customers, Desk, Resolution
from sim.scenario.scheme import Component


def _codes(group: type[Group], name: str, *choices: str) -> range:
    """One number for each of the choices, which are named here once more so that a choice put between others is not overlooked."""
    declared = get_args(group.model_fields[name].annotation)
    if declared != choices:
        raise TypeError(f"{__name__}: {group.__name__}.{name}: expected {', '.join(declared)}, got {', '.join(choices)}")
    return range(len(choices))


CONTRACTUAL, NON_CONTRACTUAL = _codes(Customers, "setting", "contractual", "non_contractual")
POOL, FIXED_CONTACT = _codes(Desk, "contact", "pool", "fixed")
TECHNICAL, COMMERCIAL = _codes(Desk, "orientation", "technical", "commercial")
NONE, SOLUTION, STRICT, BY_VALUE = _codes(Resolution, "policy", "none", "solution", "strict", "by_value")
LOGIT, ROTH_EREV, FIXED = _codes(Choice, "rule", "logit", "roth_erev", "fixed")
ADD, MULTIPLY, GATE = _codes(Component, "combine", "add", "multiply", "gate")
UNPAID, TARGET, CARRIED = _codes(Component, "unmeasured", "unpaid", "target", "carried")
FORFEITS, PAID = _codes(Component, "leaver", "forfeits", "paid")

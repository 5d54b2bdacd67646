"""A scenario as the rules read it: one record of numbers and a few tables."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple, get_args, get_origin

import numpy as np

from sim.numeric import TABLE_NODES, exp, quantile_table
from sim.scenario.base import Group
from sim.scenario.model import Scenario
from sim.scenario.parameters import TRAITS
from sim.scenario.scheme import MAX_TIERS
from sim.scheme import measures

COMBINE = ("add", "multiply", "gate")
ADD, MULTIPLY, GATE = range(3)

COMPONENT = np.dtype(
    [(name, "i8") for name in "measure team months combine trail_months from_month until_month kind per_signing linear".split()]
    + [
        (name, "i8")
        for name in "clawback_months clawback_step n_steps n_tiers deferral_months deferral_slices malus_measure".split()
    ]
    + [(name, "f8") for name in "rate quota threshold bonus cap deferral_share malus_below".split()]
    + [(name, "f8", (MAX_TIERS,)) for name in "tier_from tier_rate step_months step_share".split()]
)


class Setup(NamedTuple):
    """What both engines are given.

    p : record of every number, named by the last two parts of its path (``lapse_satisfaction``), and of the
    arrays a customer's month reads: ``transitions`` (payment, cumulated over paid, buckets, written off) and
    ``amounts`` (quantiles of a purchase's amount).  A customer's month is given this record alone, since a
    record is a bare pointer: passing an array costs numba more than most rules do;
    components : the scheme; cholesky : of the traits' correlation; tables : quantile tables, in the order of
    :data:`TABLES`; absent : seats left empty; promise : months of custom promised, by age.
    """

    p: Any
    components: np.ndarray
    cholesky: np.ndarray
    tables: np.ndarray
    absent: np.ndarray
    promise: np.ndarray


TABLES = ("initial", "rate", "spend", "margin", "need", "lapse")
BUCKETS = 8  # most arrears buckets, the current one included


def _numbers(group: Group, path: tuple[str, ...]) -> dict[str, float]:
    numbers: dict[str, float] = {}
    for name, field in type(group).model_fields.items():
        value = getattr(group, name)
        if isinstance(value, Group):
            numbers |= _numbers(value, (*path, name))
        elif get_origin(field.annotation) is Literal:
            numbers[f"{path[-1]}_{name}"] = float(get_args(field.annotation).index(value))
        elif isinstance(value, bool | int | float):
            numbers[f"{path[-1]}_{name}"] = float(value)
    return numbers


def _component(component: Any) -> tuple[Any, ...]:
    entry = measures.MEASURES[measures.NAMES.index(component.measure)]
    linear = not (component.tiers or component.bonus or component.cap or component.combine != "add")
    whole = {
        "measure": measures.NAMES.index(component.measure),
        "team": component.scope == "team",
        "combine": COMBINE.index(component.combine),
        "kind": measures.KINDS.index(entry.kind),
        "per_signing": measures.PER_SIGNING.index(entry.per_signing),
        "linear": linear,
        "clawback_months": component.clawback.months,
        "clawback_step": component.clawback.shape == "step",
        "n_steps": len(component.clawback.steps),
        "n_tiers": len(component.tiers),
        "deferral_months": component.deferral.months,
        "deferral_slices": component.deferral.slices,
        "malus_measure": -1
        if component.deferral.malus_measure == "none"
        else measures.NAMES.index(component.deferral.malus_measure),
        "deferral_share": component.deferral.share,
        "malus_below": component.deferral.malus_below,
        "tier_from": [tier.attainment for tier in component.tiers],
        "tier_rate": [tier.rate for tier in component.tiers],
        "step_months": [step.months for step in component.clawback.steps],
        "step_share": [step.share for step in component.clawback.steps],
    }
    row = []
    for name in COMPONENT.names or ():
        value = whole[name] if name in whole else getattr(component, name)
        if COMPONENT[name].subdtype:
            padded = np.zeros(MAX_TIERS)
            padded[: len(value)] = value
            value = padded
        row.append(value)
    return tuple(row)


def _correlation(pairs: dict[str, float]) -> np.ndarray:
    matrix = np.eye(len(TRAITS))
    for pair, value in pairs.items():
        i, j = (TRAITS.index(name) for name in pair.split("-"))
        matrix[i, j] = matrix[j, i] = value
    lower = np.zeros_like(matrix)
    for i in range(len(TRAITS)):  # written out: LAPACK's last bits differ between machines
        for j in range(i + 1):
            rest = matrix[i, j]
            for k in range(j):
                rest -= lower[i, k] * lower[j, k]
            lower[i, j] = float(np.sqrt(rest)) if i == j else rest / lower[j, j]
    return lower


def build(scenario: Scenario) -> Setup:
    """The record and tables of a scenario."""
    numbers: dict[str, float] = {"months": float(scenario.months)}
    for name in ("market", "reps", "customers", "desk", "firm", "scheme"):
        numbers |= _numbers(getattr(scenario, name), (name,))
    c = scenario.customers
    numbers["lapse_most"] = float(exp(c.lapse.satisfaction))
    numbers["buckets"] = float(len(c.payment.transitions))
    arrays = [("transitions", "f8", (BUCKETS, BUCKETS + 1)), ("amounts", "f8", (TABLE_NODES, 2))]
    p = np.zeros(1, np.dtype([(name, "f8") for name in numbers] + arrays))
    for name, value in numbers.items():
        p[name] = value
    chain = np.cumsum(np.array(c.payment.transitions), axis=1)
    p["transitions"][0, : chain.shape[0], : chain.shape[1]] = chain
    p["amounts"][0] = quantile_table(False, c.spend.p, 0.0)
    tables = np.stack(
        [
            quantile_table(False, c.initial_shape, 0.0),
            quantile_table(False, c.purchase.shape, 0.0),
            quantile_table(False, c.spend.q, 0.0),
            quantile_table(True, c.margin * c.margin_precision, (1 - c.margin) * c.margin_precision),
            quantile_table(False, c.service.shape, 0.0),
            quantile_table(True, c.lapse.alpha, c.lapse.beta),
        ]
    )
    components = np.array([_component(component) for component in scenario.scheme.components], COMPONENT)
    kept = 1.0 - scenario.firm.promise_lapse
    promise, total, alive = np.zeros(scenario.months + 2), 0.0, 1.0
    for month in range(1, scenario.months + 2):  # expected months of custom promised within so many months
        total += alive if month <= scenario.firm.promise_months else 0.0
        alive *= kept
        promise[month] = total
    absent = np.zeros(scenario.reps.count, np.bool_)
    absent[list(scenario.reps.absent)] = True
    return Setup(p, components, _correlation(c.correlation), tables, absent, promise)

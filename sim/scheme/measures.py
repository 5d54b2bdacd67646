"""What a scheme can pay on.  To add a measure, add one function here: nothing else changes.

A measure is computed each month for a seat from its tally (:data:`sim.state.TALLY`).  Its ``kind`` says
how a month's values make a period's, and how a rep reckons with it:

``new``    a flow made by signing (summed over the period)
``book``   a flow made by the customers kept (summed over the period)
``level``  a stock or a score (the value at the period's end)

``per_signing`` says what one signing adds at once: ``none``, ``one``, ``revenue`` (the first purchase),
``margin`` (the margin on it), ``profit`` (that less perks), ``worth`` (a customer's expected monthly margin), or what a
newcomer does to a mean over the book: ``tenure`` (who signs is in the first month), ``arrears`` (and owes nothing overdue).
``per_visit`` says what a visit adds: ``repeat``, ``cross`` or ``sale`` (repeat revenue, cross revenue or both), ``sale
margin`` (the margin on both), ``sale profit`` (that less the visit's cost), ``satisfaction`` (of the book's mean),
``customer`` (the lapse it prevents), ``customer share`` (that, of the book), ``customer worth`` (that, in expected monthly
margin), ``loss`` (that, as a loss prevented), or ``arrears`` (that who is content pays).

A measure for which there is nobody (a share of nobody, the satisfaction of an empty book) is NaN: it *does not exist*, and
the component says what holds then (``unmeasured``).  Money is in currency; tallies are in hundredths.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, NamedTuple, get_args

import numpy as np

from sim.compiled import rule

Kind = Literal["new", "book", "level"]
PerSigning = Literal["none", "one", "revenue", "margin", "worth", "profit", "tenure", "arrears"]
PerVisit = Literal[
    "none", "repeat", "cross", "sale", "sale margin", "sale profit",
    "satisfaction", "customer", "customer share", "customer worth", "loss", "arrears",
]  # fmt: skip
CENT = 0.01
RANGE = {"share": (0.0, 1.0), "score": (-1.0, 1.0)}  # of what is measured in these units; all else is 0 or more


class Measure(NamedTuple):
    """A registered measure."""

    name: str
    unit: str
    kind: Kind
    per_signing: PerSigning
    per_visit: PerVisit
    meaning: str
    formula: Callable[[Any], float]
    lowest: float  # value there can be
    highest: float


MEASURES: list[Measure] = []


def measure(
    unit: str, kind: Kind, per_signing: PerSigning = "none", per_visit: PerVisit = "none", lowest: float | None = None
) -> Callable[[Callable[[Any], float]], Callable[[Any], float]]:
    """Register a formula over the tally; its docstring is the measure's meaning."""

    def register(function: Callable[[Any], float]) -> Callable[[Any], float]:
        formula = rule(function)
        low, high = RANGE.get(unit, (0.0, np.inf))
        meaning = " ".join((function.__doc__ or "").split())
        MEASURES.append(
            Measure(
                function.__name__, unit, kind, per_signing, per_visit, meaning, formula, low if lowest is None else lowest, high
            )
        )
        return formula

    return register


@measure("customers", "new", "one")
def signings(tally):  # type: ignore[no-untyped-def]
    """Customers signed."""
    return float(tally.signings)


@measure("money", "new", "revenue")
def initial_revenue(tally):  # type: ignore[no-untyped-def]
    """First purchases invoiced."""
    return tally.initial_revenue * CENT


@measure("money", "book", per_visit="repeat")
def repeat_revenue(tally):  # type: ignore[no-untyped-def]
    """Repeat purchases and renewals invoiced."""
    return tally.repeat_revenue * CENT


@measure("money", "book", per_visit="cross")
def cross_revenue(tally):  # type: ignore[no-untyped-def]
    """Cross-purchases invoiced."""
    return tally.cross_revenue * CENT


@measure("money", "book", "revenue", "sale")
def revenue(tally):  # type: ignore[no-untyped-def]
    """All that was invoiced."""
    return (tally.initial_revenue + tally.repeat_revenue + tally.cross_revenue) * CENT


@measure("money", "book", "margin", "sale margin")
def gross_margin(tally):  # type: ignore[no-untyped-def]
    """Revenue less cost of goods."""
    return (tally.initial_revenue + tally.repeat_revenue + tally.cross_revenue - tally.cost_of_goods) * CENT


@measure("money", "book", "revenue", "sale")
def collected(tally):  # type: ignore[no-untyped-def]
    """Cash collected from customers."""
    return tally.collected * CENT


@measure("money", "book", "profit", "sale profit", lowest=-np.inf)
def customer_profit(tally):  # type: ignore[no-untyped-def]
    """Revenue less cost of goods, perks, service, resolution and write-offs."""
    return (
        tally.initial_revenue
        + tally.repeat_revenue
        + tally.cross_revenue
        - tally.cost_of_goods
        - tally.acquisition
        - tally.service
        - tally.resolution
        - tally.write_off
    ) * CENT


@measure("customers", "level", "one", "customer")
def active_customers(tally):  # type: ignore[no-untyped-def]
    """Customers in the book at the period's end."""
    return float(tally.active)


@measure("share", "level", per_visit="customer share")
def persistency(tally):  # type: ignore[no-untyped-def]
    """Of the customers of the cohort, the share who were there in month `scheme.persistency_months` of their contract.

    The cohort: who, in the `scheme.persistency_window` months up to now, came to that month of their contract or would
    have, whoever signed them; by number or by first purchases (`scheme.persistency_of`).  It does not exist below
    `scheme.persistency_least` customers.
    """
    return tally.cohort_kept / tally.cohort_signed if tally.cohort_enough > 0.0 else np.nan


@measure("months", "level", "tenure")
def tenure(tally):  # type: ignore[no-untyped-def]
    """Mean months since signing of the customers in the book; it does not exist for an empty book."""
    return tally.tenure_sum / tally.active if tally.active > 0.0 else np.nan


@measure("score", "level", per_visit="satisfaction")
def satisfaction(tally):  # type: ignore[no-untyped-def]
    """Satisfaction as surveyed: the book's mean, with the noise of a sample, -1 to 1; it does not exist for an empty book."""
    return tally.surveyed if tally.active > 0.0 else np.nan


@measure("share", "level", "arrears", "arrears")
def arrears_rate(tally):  # type: ignore[no-untyped-def]
    """Share of the customers in the book who are in arrears; it does not exist for an empty book."""
    return tally.overdue / tally.active if tally.active > 0.0 else np.nan


@measure("money", "level", "worth", "customer worth")
def book_value(tally):  # type: ignore[no-untyped-def]
    """Expected monthly margin of the book's customers."""
    return tally.worth_sum * CENT


@measure("customers", "book", per_visit="loss")
def lapses(tally):  # type: ignore[no-untyped-def]
    """Customers who left."""
    return float(tally.lapses)


NAMES = tuple(entry.name for entry in MEASURES)
COUNT = len(MEASURES)
KINDS = get_args(Kind)
NEW, BOOK, LEVEL = range(3)
PER_SIGNING = get_args(PerSigning)
PER_VISIT = get_args(PerVisit)


def _chain(index: int) -> Any:
    """All formulas from `index` on as one compiled function filling an array (numba has no function lists)."""
    head = MEASURES[index].formula
    if index + 1 == COUNT:

        @rule
        def last(tally, out):  # type: ignore[no-untyped-def]
            out[index] = head(tally)

        return last
    rest = _chain(index + 1)

    @rule
    def fill(tally, out):  # type: ignore[no-untyped-def]
        out[index] = head(tally)
        rest(tally, out)

    return fill


fill_values = _chain(0)

"""The rep's month: its steps in their order, gone through by both engines.

A step has the name of its method of :class:`sim.book.RepAgent`, and a rule that does it for one seat, given ``params, components, clock, rep,
tally, known, ledger, firm, team, row``: the scenario, its scheme, the month, the seat's rep, the tally of this month and of the last, the seat's
pay ledger, the firm, the team's measures, and the month's row of the books.  A step without a rule is done by each engine with what it
keeps customers in.  A new step is a rule here, and its line in :data:`STEPS`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from sim.compiled import rule
from sim.rules import career, hunting, planning
from sim.scheme import settle


class RepStep(NamedTuple):
    """A step of the rep's month."""

    name: str
    does: Any = None  # the rule; None where the engine has its own
    filled: bool = False  # whether only a seat that is filled takes it


@rule
def _open_month(params, components, clock, rep, tally, known, ledger, firm, team, row):  # type: ignore[no-untyped-def]
    career.open_month(params, components, clock, rep, tally, ledger, firm)


@rule
def _plan(params, components, clock, rep, tally, known, ledger, firm, team, row):  # type: ignore[no-untyped-def]
    planning.plan(params, components, clock, rep, known, ledger)


@rule
def _spread_visits(params, components, clock, rep, tally, known, ledger, firm, team, row):  # type: ignore[no-untyped-def]
    planning.spread_visits(params, rep, tally)


@rule
def _measure(params, components, clock, rep, tally, known, ledger, firm, team, row):  # type: ignore[no-untyped-def]
    settle.measure_month(params, clock, rep, tally, ledger)


@rule
def _be_paid(params, components, clock, rep, tally, known, ledger, firm, team, row):  # type: ignore[no-untyped-def]
    career.payday(params, components, clock, rep, tally, ledger, team, row)


@rule
def _evening(params, components, clock, rep, tally, known, ledger, firm, team, row):  # type: ignore[no-untyped-def]
    career.evening(params, components, clock, rep, tally, ledger, row)


@rule
def _refill(params, components, clock, rep, tally, known, ledger, firm, team, row):  # type: ignore[no-untyped-def]
    hunting.refill(params, rep, tally)


STEPS = (
    RepStep("open_month", _open_month),
    RepStep("plan", _plan, filled=True),
    RepStep("hunt", filled=True),  # leads are worked down, customers signed
    RepStep("spread_visits", _spread_visits),
    RepStep("customers"),  # the month of the seat's customers (sim.rules.steps)
    RepStep("measure", _measure),
    RepStep("team"),  # when all seats have come so far: the team's measures
    RepStep("be_paid", _be_paid),
    RepStep("let_go"),  # commission on those who left is claimed back, accounts are closed
    RepStep("evening", _evening),
    RepStep("refill", _refill),
)


@rule
def _nothing(params, components, clock, rep, tally, known, ledger, firm, team, row):  # type: ignore[no-untyped-def]
    pass


def whole(step: RepStep) -> Any:
    """What a step does for a seat, filled or not, as one function."""
    does = step.does
    if not step.filled:
        return does

    @rule
    def if_filled(params, components, clock, rep, tally, known, ledger, firm, team, row):  # type: ignore[no-untyped-def]
        if rep.present == 1:
            does(params, components, clock, rep, tally, known, ledger, firm, team, row)

    return if_filled


def _both(first: Any, second: Any) -> Any:
    @rule
    def both(params, components, clock, rep, tally, known, ledger, firm, team, row):  # type: ignore[no-untyped-def]
        first(params, components, clock, rep, tally, known, ledger, firm, team, row)
        second(params, components, clock, rep, tally, known, ledger, firm, team, row)

    return both


def after(name: str) -> Any:
    """The steps from that of a name (from the first, if empty) to the next without a rule, as one function."""
    names = [step.name for step in STEPS]
    so_far: Any = _nothing
    for step in STEPS[names.index(name) + 1 if name else 0 :]:
        if step.does is None:
            break
        so_far = _both(so_far, whole(step))
    return so_far

"""Models that do what the Mesa model does another way: steps overridden by themselves, so that agents are asked for them."""

from __future__ import annotations

from typing import Any

import sim
from sim.book.agents import CUSTOMER_STEPS, DESK_STEPS, REP_STEPS

CUSTOMER, DESK, REP = (
    [name for name, ours in steps.ours.items() if callable(ours)] for steps in (CUSTOMER_STEPS, DESK_STEPS, REP_STEPS)
)


def again(step: Any) -> Any:
    """The same step, in another function."""
    return lambda self, *given: step(self, *given)


def own(kind: type, steps: list[str]) -> Any:
    """A subclass that does these steps in a way of its own: the same."""
    return type(f"Own{kind.__name__}", (kind,), {name: again(getattr(kind, name)) for name in steps})


def model(**classes: Any) -> type[sim.BookModel]:
    """The Mesa model with other classes of agents."""
    return type("Model", (sim.BookModel,), classes)


#: Every step of every agent is asked of the agent.
BY_AGENTS = model(
    rep_class=own(sim.RepAgent, REP), customer_class=own(sim.CustomerAgent, CUSTOMER), desk_class=own(sim.DeskAgent, DESK)
)

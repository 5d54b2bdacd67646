"""Mesa models of a researcher's own: one theory of the rep, and one that overrides whatever can be."""

from __future__ import annotations

from typing import Any

import sim
from sim.book.agents import CUSTOMER_STEPS, DESK_STEPS, REP_STEPS, Steps


class Hunter(sim.RepAgent):
    """README's theory of the rep."""

    def plan(self) -> None:
        super().plan()
        self.hunting, self.nurturing = 1.0, 0.0


class Hunters(sim.BookModel):
    rep_class = Hunter


def every_step(kind: type, steps: Steps) -> Any:
    """A subclass of which every step is overridden, by the same."""

    def again(step: Any) -> Any:
        return lambda self, *given: step(self, *given)

    return type(f"Own{kind.__name__}", (kind,), {name: again(step) for name, step in steps.ours.items() if callable(step)})


class Agents(sim.BookModel):
    rep_class = every_step(sim.RepAgent, REP_STEPS)
    customer_class = every_step(sim.CustomerAgent, CUSTOMER_STEPS)
    desk_class = every_step(sim.DeskAgent, DESK_STEPS)


MODELS: dict[str, type[sim.BookModel]] = {
    "Mesa model": sim.BookModel,
    "a rep's own plan": Hunters,
    "every step overridden": Agents,
}

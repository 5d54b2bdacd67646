"""The Mesa engine: agents to read, subclass and dock against the compiled ensemble."""

from __future__ import annotations

from sim.book.agents import CustomerAgent, DeskAgent, RepAgent
from sim.book.model import BookModel
from sim.engine.results import Tables, tables
from sim.scenario.model import Scenario


def simulate(scenario: Scenario, seed: int, runs: range, customers: bool = False, model: type[BookModel] | None = None) -> Tables:
    """Simulate runs with the Mesa model, or a subclass of it; arguments as :func:`sim.engine.simulate`."""
    chosen = model or BookModel
    outputs = {number: chosen(scenario, rng=seed, run=number).run_all() for number in runs}
    return tables(scenario, outputs, customers)


__all__ = ["BookModel", "CustomerAgent", "DeskAgent", "RepAgent", "simulate"]

"""The Mesa engine: agents to read, subclass and dock against the compiled ensemble."""

from __future__ import annotations

import warnings

import numpy as np

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # in a notebook, mesa's progress bar asks for widgets that daarna does not use
    import mesa  # noqa: F401

from sim.book.agents import CustomerAgent, DeskAgent, RepAgent
from sim.book.model import BookModel
from sim.engine.results import Tables, check_money, join, tables
from sim.scenario.model import Scenario


def simulate(scenario: Scenario, seed: int, runs: range, customers: bool = False, model: type[BookModel] | None = None) -> Tables:
    """Simulate runs with the Mesa model, or a subclass of it; arguments as :func:`sim.engine.simulate`."""
    chosen = model or BookModel
    done = [chosen(scenario, rng=seed, run=number).run_all() for number in runs]
    output = join([model.output for model in done])
    check_money(output)
    return tables(scenario, np.array(runs, np.int64), output, [model.closed_records() for model in done] if customers else None)


__all__ = ["BookModel", "CustomerAgent", "DeskAgent", "RepAgent", "simulate"]

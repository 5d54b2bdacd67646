"""The compiled ensemble: many runs over the same rules, without the GIL."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from sim.engine.results import Tables, new_output, tables
from sim.scenario.model import Scenario
from sim.scenario.record import Setup, build


@lru_cache(maxsize=64)
def _setup(canonical: str) -> Setup:
    return build(Scenario.model_validate_json(canonical))


def setup(scenario: Scenario) -> Setup:
    """The scenario as the rules read it (kept for the next chunk of the same scenario)."""
    return _setup(scenario.model_dump_json())


def simulate(scenario: Scenario, seed: int, runs: range, customers: bool = False) -> Tables:
    """Simulate runs of a scenario with the compiled engine.

    Parameters
    ----------
    scenario : Scenario
        What is simulated.
    seed : int
        Key of all draws, 0 <= seed < 2**63.
    runs : range
        Run numbers; each run depends on (scenario, seed, run number) only.
    customers : bool
        Whether to return every customer's account.

    Returns
    -------
    Tables
        Data frames in the scenario's currency.
    """
    from sim.engine.kernel import simulate_runs, workspace

    numbers = np.array(runs, np.int64)
    output = new_output(scenario.months, numbers.size)
    ready = setup(scenario)
    kept, ends = simulate_runs(ready, seed, numbers, customers, output, *workspace(ready))
    return tables(scenario, numbers, output, np.split(kept, ends[:-1]) if customers else None)


__all__ = ["Tables", "setup", "simulate"]

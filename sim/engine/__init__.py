"""The compiled ensemble: many runs over the same rules, without the GIL."""

from __future__ import annotations

from functools import lru_cache

from sim.engine.results import Output, Tables, tables
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
    from sim.engine.kernel import simulate_run

    ready = setup(scenario)
    outputs: dict[int, Output] = {}
    for number in runs:
        out = Output(scenario.months)
        kept = simulate_run(ready, seed, number, customers, out.months, out.run, out.profit_years, out.whale, out.cohorts)
        out.customers = kept if customers else None
        outputs[number] = out
    return tables(scenario, outputs, customers)


__all__ = ["Tables", "setup", "simulate"]

"""The door to the engines: which one computes a chunk."""

from __future__ import annotations

from typing import Any

from sim.study.plan import Chunk, Plan


def simulate(plan: Plan, chunk: Chunk) -> Any:
    """Tables of the chunk's runs, from the engine the plan names (loaded on first use)."""
    scenario = plan.scenarios[chunk.scenario]
    if plan.engine == "mesa":
        from sim import book

        return book.simulate(scenario, plan.seed, chunk.runs, plan.customers, model=plan.model)
    from sim import engine

    return engine.simulate(scenario, plan.seed, chunk.runs, plan.customers)

"""The Mesa model is a Mesa model: batch runs, data collection, agents by type; and its runs are those of the ensemble."""

from __future__ import annotations

import inspect

import mesa
import numpy as np

import sim
from sim.scenario.model import Scenario

SMALL = Scenario(months=4, reps={"count": 2}, customers={"at_start": 3})


def test_batch_run_gives_what_the_ensemble_gives() -> None:
    """Mesa 3.3 takes no generator here, 3.5 wants one."""
    seeded = {"rng": [1]} if "rng" in inspect.signature(mesa.batch_run).parameters else {}
    rows = mesa.batch_run(
        sim.BookModel,
        parameters={"scenario": [SMALL], "run": [1, 2]},
        number_processes=1,
        max_steps=SMALL.months,
        data_collection_period=-1,
        display_progress=False,
        **seeded,
    )
    months = sim.run(SMALL, runs=2, seed=1).months
    last = months[months["month"] == SMALL.months]
    for name in ("customers", "profit", "signings", "hunting_share"):
        assert [row[name] for row in rows] == list(last[name]), name


def test_agents_can_be_looked_at_month_by_month() -> None:
    model = sim.BookModel(SMALL, rng=1)
    for month in range(1, SMALL.months + 1):
        model.step()
        counts = {kind: len(agents) for kind, agents in model.agents_by_type.items()}
        assert counts[sim.RepAgent] == 2 and counts[sim.DeskAgent] == SMALL.desk.agents
        active = [customer for customer in model.agents_by_type[sim.CustomerAgent] if customer.is_active]
        assert len(active) == model.customers == model.month_table()["customers"].iloc[-1]
        assert np.isclose(np.mean([customer.satisfaction for customer in active]), model.satisfaction, atol=1e-6)
        assert len(model.month_table()) == month
    assert not model.running

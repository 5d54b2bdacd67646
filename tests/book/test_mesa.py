"""The Mesa model is a Mesa model: batch runs, data collection, agents by type; and its runs are those of the ensemble."""

from __future__ import annotations

import copy
import inspect
from typing import Any

import mesa
import numpy as np
import pytest

import sim
from sim.errors import InputError
from sim.scenario.model import Scenario

SMALL = Scenario(months=4, reps={"count": 2}, customers={"at_start": 3})


def batch_run(parameters: dict[str, Any], **given: Any) -> list[dict[str, Any]]:
    return mesa.batch_run(
        sim.BookModel,
        parameters={"scenario": [SMALL]} | parameters,
        number_processes=1,
        max_steps=SMALL.months,
        data_collection_period=-1,
        display_progress=False,
        **given,
    )


def test_batch_run_gives_what_the_ensemble_gives() -> None:
    """Mesa 3.3 takes the seed among the parameters, 3.5 beside them."""
    beside = "rng" in inspect.signature(mesa.batch_run).parameters
    rows = batch_run({"run": [1, 2]}, rng=[1]) if beside else batch_run({"run": [1, 2], "rng": [1]})
    months = sim.run(SMALL, runs=2, seed=1).months
    last = months[months["month"] == SMALL.months]
    for name in ("customers", "profit", "signings", "hunting_share"):
        assert [row[name] for row in rows] == list(last[name]), name


def test_runs_without_a_seed_are_fresh_and_can_be_made_again() -> None:
    rows = batch_run({}, iterations=3)
    assert len({row["profit"] for row in rows}) == 3
    model = sim.BookModel(SMALL).run_all()
    again = sim.BookModel(SMALL, rng=model.seed).run_all()
    assert model.month_table().equals(again.month_table())
    one, other = (sim.BookModel(SMALL, rng=np.random.default_rng(3)).seed for _ in range(2))
    assert one == other != sim.BookModel(SMALL, rng=np.random.default_rng(4)).seed


def test_the_data_collector_holds_the_months_to_the_last_bit() -> None:
    collected = sim.BookModel(SMALL, rng=5).run_all().month_table()
    months = sim.run(SMALL, runs=1, seed=5).months
    for name in sim.BookModel.reported:
        assert list(collected[name]) == list(months[name]), name


def test_what_is_no_seed_and_a_step_too_many_are_one_message() -> None:
    for wrong in (-1, 1.5, "one", 2**63, True):
        with pytest.raises(InputError, match=r"^rng: found .*, allowed is .*0 to 9223372036854775807$"):
            sim.BookModel(SMALL, rng=wrong)
    with pytest.raises(InputError, match=r"^run: found 0, allowed is at least 1$"):
        sim.BookModel(SMALL, rng=1, run=0)
    with pytest.raises(InputError, match="all 4 months of this run are over"):
        sim.BookModel(SMALL, rng=1).run_all().step()
    with pytest.raises(InputError, match="a BookModel cannot be copied"):
        copy.deepcopy(sim.BookModel(SMALL, rng=1))


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

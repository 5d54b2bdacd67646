"""SALib and the EMA workbench drive the simulation, and get what a sweep gets."""

from __future__ import annotations

import pickle
from importlib import import_module
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.adapters import ema_model, salib_model, salib_problem
from sim.errors import InputError
from sim.scenario.model import Scenario
from sim.sweeps import Design, Factor, sweep

BASE = Scenario(title="Tiny", months=4, reps={"count": 2}, customers={"at_start": 6}, scheme={"components": [{"rate": 0.2}]})
RATE = Factor("rate", "scheme.components[0].rate", low=0.05, high=0.4)
WAIT = Factor("wait", "desk.max_wait", low=3.0, high=30.0, log=True)
SEATS = Factor("seats", "reps.count", low=1, high=2)
DESK = Factor("desk", "desk.contact", levels=["pool", "fixed"])


def design(*factors: Factor, **more: Any) -> Design:
    return Design(BASE, factors, "lhs", 1, runs=3, seed=5, **more)


def swept(factors: tuple[Factor, ...], rows: pd.DataFrame, outcome: str = "npv") -> np.ndarray:
    made = sweep(Design(BASE, factors, "table", runs=3, seed=5, table=rows), workers=1)
    return made.column(outcome).mean(axis=1)


def test_salib_gets_the_means_a_sweep_has_at_the_same_points() -> None:
    mine = design(RATE, WAIT, SEATS, DESK)
    problem = salib_problem(mine)
    assert problem["bounds"] == [[0.05, 0.4], [pytest.approx(np.log10(3)), pytest.approx(np.log10(30))], [1, 3], [0, 2]]
    sample = np.array([[0.1, 1.0, 1.2, 0.4], [0.4, 0.5, 2.9, 1.7], [0.2, 1.4, 3.0, 2.0]])
    rows = pd.DataFrame(
        {"rate": [0.1, 0.4, 0.2], "wait": 10 ** sample[:, 1], "seats": [1, 2, 2], "desk": ["pool", "fixed", "fixed"]}
    )
    expected = swept((RATE, WAIT, SEATS, DESK), rows)
    assert salib_model(mine)(sample) == pytest.approx(expected, rel=1e-12)
    assert np.ptp(expected) > 0


def test_salib_samples_evaluates_and_analyses_through_its_own_interface() -> None:
    from SALib import ProblemSpec

    mine = design(RATE, SEATS)
    spec = ProblemSpec(salib_problem(mine))
    spec.sample_sobol(4, seed=1).evaluate(salib_model(mine, "signings")).analyze_sobol(seed=1)
    assert spec.analysis["S1"].shape == (2,)
    assert spec.analysis["ST"][1] > 0.5  # twice the seats sign more, whatever the rate


def test_the_workbench_gets_the_means_a_sweep_has_at_the_same_points() -> None:
    ema = import_module("ema_workbench")
    model = ema_model(design(RATE, WAIT, SEATS, DESK), outcomes=("npv", "signings"), levers=("desk",))
    experiments, outcomes = ema.perform_experiments(model, scenarios=3, policies=2)
    assert len(experiments) == 6 and set(outcomes) == {"npv", "signings"}
    rows = experiments[["rate", "seats", "desk"]].assign(wait=10 ** experiments["log10_wait"].astype(float))
    rows = rows.astype({"rate": float, "seats": int, "desk": str})
    assert outcomes["npv"] == pytest.approx(swept((RATE, WAIT, SEATS, DESK), rows), rel=1e-12)


def test_the_workbench_finds_conditions_in_its_own_experiments() -> None:
    ema = import_module("ema_workbench")
    from ema_workbench.analysis import prim

    experiments, outcomes = ema.perform_experiments(ema_model(design(RATE, SEATS), outcomes=("signings",)), scenarios=12)
    many = outcomes["signings"] > np.median(outcomes["signings"])
    made = prim.Prim(experiments[["rate", "seats"]], many, **({"threshold": 0.5} if ema.__version__ < "3" else {}))
    assert made.find_box() is not None


def test_the_workbenchs_function_can_be_sent_to_another_process() -> None:
    function = ema_model(design(RATE)).function
    assert pickle.loads(pickle.dumps(function))(rate=0.2) == function(rate=0.2)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda: salib_model(design(RATE), "npw"), 'found "npw", which no run has; did you mean "npv"?'),
        (lambda: ema_model(design(RATE), levers=("rates",)), 'levers: found "rates", which is no factor; did you mean "rate"?'),
        (lambda: salib_model(Design(None, [Factor("x", low=0, high=1)], "lhs", 1)), "has no base"),
    ],
)
def test_wrong_arguments_get_one_plain_message(wrong: Any, said: str) -> None:
    with pytest.raises(InputError, match=said.replace("?", r"\?")):
        wrong()

"""The article's claim can come out either way: on common random numbers, in two worlds that share the schemes."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

import sim
from tests.scenarios import library

RUNS = 24


@cache
def differences(base: str, other: str, salary: float | None = None) -> pd.DataFrame:
    """Paired differences, `other` less `base`; `salary` replaces the base's, for equal pay."""
    first = library(base)
    first = first if salary is None else first.with_(reps={"salary": salary})
    return sim.run([first, library(other)], runs=RUNS, seed=7).differences().set_index("outcome")


def score(table: pd.DataFrame, outcome: str) -> float:
    return float(table.loc[outcome, "mean"] / table.loc[outcome, "standard_error"])


HOLDS = ("article-holds-relationship", "article-holds")
REFUTED = ("relationship-bonus", "signature-bonus")


def test_the_claim_holds_in_one_world_and_not_in_the_other() -> None:
    assert score(differences(*HOLDS), "npv") < -4
    assert score(differences(*REFUTED), "npv") > 4


@pytest.mark.parametrize("pair", [HOLDS, REFUTED])
def test_either_way_at_equal_expected_pay(pair: tuple[str, str]) -> None:
    free = differences(*pair)
    salary = library(pair[0]).reps.salary + float(free.loc["rep_pay_mean", "mean"])
    level = differences(*pair, salary)
    assert abs(level.loc["rep_pay_mean", "mean"]) < 50
    assert np.sign(level.loc["npv", "mean"]) == np.sign(free.loc["npv", "mean"])
    assert abs(score(level, "npv")) > 4


@pytest.mark.parametrize("pair", [HOLDS, REFUTED])
def test_in_both_worlds_the_signature_bonus_brings_more_customers_who_are_worth_less(pair: tuple[str, str]) -> None:
    table = differences(*pair)
    assert score(table, "signings") > 4
    assert score(table, "share_loss_making") > 4
    assert score(table, "persistency_24") < -4
    assert score(table, "satisfaction") < -4


def test_the_book_signed_for_the_bonus_is_worth_less_than_promised() -> None:
    runs = sim.run(library("article-holds"), runs=RUNS, seed=7).runs
    assert (runs["realised_profit"] < 0.8 * runs["promised_profit"]).all()


def test_the_worlds_share_schemes_renewals_margins_and_leads() -> None:
    for pair in (HOLDS, REFUTED):
        assert library(pair[0]).scheme == library("relationship-bonus").scheme
        assert library(pair[1]).scheme == library("signature-bonus").scheme
    for name in (HOLDS, REFUTED):
        world = library(name[0])
        assert world.customers.renewal == library("baseline").customers.renewal
        assert world.customers.margin == library("baseline").customers.margin
        assert world.market == library("baseline").market
    first, second = (library(name) for name in HOLDS)
    assert first.with_(title="", scheme={"components": []}, reps={"salary": 0.0}, sources={}).content_hash() == (
        second.with_(title="", scheme={"components": []}, reps={"salary": 0.0}, sources={}).content_hash()
    )
    assert first.reps.salary == library("relationship-bonus").reps.salary

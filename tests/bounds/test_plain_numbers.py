"""Numbers as people have them: NumPy's, pandas', decimals and fractions, wherever a number is meant; other things in one message."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from tests.conftest import ROOT

FILE = ROOT / "scenarios" / "baseline.toml"
TINY = sim.Scenario(months=2, reps={"count": 1})


@pytest.mark.parametrize(
    "value", [np.int64(6), np.float32(6), np.array(6), Decimal(6), Fraction(6), Fraction(12, 2), pd.Series([6])[0]]
)
def test_every_kind_of_number_is_a_number(value: Any) -> None:
    assert TINY.with_(reps={"salary": value}).reps.salary == 6.0
    assert TINY.with_(customers={"spend": {"v": value}}) == TINY.with_(customers={"spend": {"v": 6.0}})
    assert sim.Factor(path="reps.salary", low=value, high=np.int64(10)).bounds == (6.0, 10.0)
    assert sim.Scenario(reps={"salary": value}).reps.salary == 6.0


@pytest.mark.parametrize("value", [np.int64(6), np.array(6), np.uint8(6), Decimal(6), Fraction(6)])
def test_every_kind_of_whole_number_is_one(value: Any) -> None:
    assert TINY.with_(months=value).months == 6
    design = sim.Design(TINY, [sim.Factor(path="reps.salary", low=value, high=10, steps=value)], "grid", runs=value, seed=value)
    assert (len(design), design.runs, design.seed) == (6, 6, 6)
    study = sim.run(TINY, runs=value, seed=value)
    assert study.about["runs"] == 6 and type(study.about["runs"]) is int and study.seed == 6


@pytest.mark.parametrize(
    "levels", [np.arange(6, 13, 6), list(np.arange(6, 13, 6)), (6, 12), pd.Series([6, 12]), pd.Index([6, 12]), [Decimal(6), 12]]
)
def test_levels_of_every_kind(levels: Any) -> None:
    factor = sim.Factor(path="months", levels=levels)
    assert factor.labels == (6, 12) and {type(one) for one in factor.labels} == {int}
    assert sim.Design(TINY, [factor], "grid", outcomes=np.array(["npv"])).months() == [6, 12]


def test_arrays_and_tuples_are_lists() -> None:
    rows = np.array([[0.9, 0.1, 0.0], [0.5, 0.0, 0.5]])
    made = TINY.with_(
        customers={"payment": {"transitions": rows}},
        firm={"resolution": {"bucket": 1}},
        reps={"count": 3, "absent": np.array([0, 2])},
    )
    assert made.customers.payment.transitions == ((0.9, 0.1, 0.0), (0.5, 0.0, 0.5)) and made.reps.absent == (0, 2)
    lines = ({"name": "line", "measure": "signings", "rate": np.float64(3)},)
    assert TINY.with_(scheme={"components": lines}).scheme.components[0].rate == 3.0


def test_dotted_paths() -> None:
    made = TINY.with_(**{"reps.salary": 3000, "reps.choice.grid": np.int64(2), "months": 3})
    assert (made.reps.salary, made.reps.choice.grid, made.months, made.reps.count) == (3000.0, 2, 3, 1)
    line = TINY.with_(scheme={"components": [{"name": "line", "measure": "signings", "rate": 1.0}]})
    assert line.with_(**{"scheme.components[line].rate": 2, "months": 4}).scheme.components[0].rate == 2.0
    with pytest.raises(sim.InputError, match=r'with_: reps.*unknown key "salry"; did you mean "salary"'):
        TINY.with_(**{"reps.salry": 3000})


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"low": 0, "high": 10**400}, "high: found a whole number of about 400 digits, allowed is a number"),
        ({"low": math.nan, "high": 1}, "low: found nan, allowed is a number"),
        ({"low": True, "high": 2}, "low: found true, allowed is a number"),
        ({"low": "1", "high": 2}, 'low: found "1", allowed is a number'),
        (
            {"low": 0, "high": 1, "steps": 2**63 - 1},
            "steps: found 9223372036854775807, allowed is a whole number, 2 to 1,000,000",
        ),
        ({"low": 0, "high": 1, "steps": 1}, "steps: found 1, allowed is a whole number, 2 to 1,000,000"),
        ({"low": 0, "high": 2**60, "whole": True}, "allowed is at most 9,007,199,254,740,992"),
    ],
)
def test_what_no_factor_can_be(given: dict[str, Any], message: str) -> None:
    with pytest.raises(sim.InputError, match=message):
        sim.Factor(path="reps.salary", **given)


def test_files_do_where_scenarios_do() -> None:
    assert sim.run(str(FILE), runs=2).names == ["baseline"]
    pair = sim.compare(sim.load(FILE), ROOT / "scenarios" / "salary-only.toml", runs=2)
    assert (pair.base, pair.others) == ("baseline", ["salary-only"])
    assert sim.BookModel(FILE, rng=1).spec.months == 120


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: sim.run(5), "run: expected a scenario, or the path of a scenario file, got 5"),
        (lambda: sim.run([TINY, 5]), "run: expected a scenario, or the path of a scenario file, got 5"),
        (lambda: sim.run(None), "run: expected a scenario, or the path of a scenario file, got "),
        (lambda: sim.compare(TINY, 5), "compare: expected a scenario, or the path of a scenario file, got 5"),
        (lambda: sim.follow(5), "follow: expected a scenario, or the path of a scenario file, got 5"),
        (lambda: sim.BookModel(5), "BookModel: expected a scenario, or the path of a scenario file, got 5"),
        (lambda: sim.load(5), "load: expected the path of a scenario file, got 5"),
        (lambda: sim.open(5), "open: expected the path of a folder, or of a design file, got 5"),
        (lambda: sim.Comparison(5), "Comparison: expected a study, as sim.run or sim.open gives it, got 5"),
        (lambda: sim.run(TINY, runs=2.5), "runs: found 2.5, allowed is a whole number"),
        (lambda: sim.run(TINY, runs=Decimal("2.5")), "runs: found 2.5, allowed is a whole number"),
        (lambda: sim.run(TINY, runs=np.bool_(True)), "runs: found true, allowed is a whole number"),
        (lambda: sim.run(TINY, seed=np.array([1, 2])), r"seed: found \[1, 2\], allowed is a whole number"),
        (lambda: sim.sweep(5), "design: found a int, allowed is a sim.Design"),
        (lambda: sim.Design(5), "base: found 5, allowed is a scenario"),
        (lambda: sim.Design(TINY, [5], "grid"), "factors: found"),
        (lambda: sim.Factor(paths="reps.salary", low=0, high=1), 'paths: expected a list of paths, got "reps.salary"'),
        (lambda: sim.Design(TINY, [], "grid", outcomes="npv"), 'outcomes: expected a list of names, got "npv"'),
        (lambda: sim.run(TINY, precision=5), "precision: found 5, allowed is"),
    ],
)  # fmt: skip
def test_other_things_are_refused_in_a_message(call: Any, message: str) -> None:
    with pytest.raises(sim.InputError, match=message):
        call()


def test_a_design_file_is_opened(tmp_path: Path) -> None:
    file = tmp_path / "grid.toml"
    file.write_text(
        f'base = "{FILE.as_posix()}"\nmethod = "grid"\n[[factors]]\npath = "months"\nlevels = [6, 12]\n', encoding="utf-8"
    )
    assert isinstance(sim.open(file), sim.Design)

"""Whole numbers as arguments: NumPy's too, and nothing that only looks like one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import sim
from sim.errors import InputError
from sim.whole_number import whole

SMALL = sim.Scenario(months=1, reps={"count": 1}, customers={"at_start": 2})


def test_numpys_whole_numbers_are_whole_numbers(tmp_path: Path) -> None:
    study = sim.run(SMALL, runs=np.int64(2), seed=np.uint8(3), out=tmp_path / "study")
    assert study.runs.equals(sim.run(SMALL, runs=2, seed=3).runs)
    assert type(whole("n", np.int32(4), 1)) is int


@pytest.mark.parametrize("wrong", [2.0, "3", True, None, [1], np.float64(1)])
def test_what_is_none_is_told_apart(wrong: object) -> None:
    with pytest.raises(InputError, match=r"^n: found .*, allowed is a whole number, 1 to 9$"):
        whole("n", wrong, 1, 9)


def test_bounds() -> None:
    assert [whole("n", one, 1, 9) for one in (1, 9)] == [1, 9]
    for wrong in (0, 10):
        with pytest.raises(InputError, match=f"^n: found {wrong}, allowed is 1 to 9$"):
            whole("n", wrong, 1, 9)


def test_a_study_refuses_what_it_cannot_be_made_of() -> None:
    for given in ({"runs": True}, {"runs": "3"}, {"seed": None}, {"seed": "a"}, {"workers": 1.5}):
        with pytest.raises(InputError, match=f"^{next(iter(given))}: found "):
            sim.run(SMALL, **{"runs": 1} | given)
    for model in (3, int):
        with pytest.raises(InputError, match=r"^model: found .*, allowed is a subclass of sim\.BookModel$"):
            sim.run(SMALL, runs=1, engine="mesa", model=model)


def test_scenarios_can_be_keys() -> None:
    assert len({SMALL, SMALL.with_(), SMALL.with_(months=2)}) == 2

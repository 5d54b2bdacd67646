"""With NUMBA_DISABLE_JIT=1 the rules are plain Python, and give the same numbers."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from sim import uncompiled
from tests.conftest import ROOT

STATE = np.dtype([("size", "f8"), ("count", "i8")])  # both are names that numpy itself gives to records

NUMBERS = """
import numpy as np
from sim import draws, numeric
made = [numeric.normal_table().sum(), *draws.uniforms(3, 2, 7, 5, 4096, 256), numeric.log_gamma(3.7), numeric.transformed_quantile(True, 2.0, 3.0, 0.4)]
for x in np.linspace(-30.0, 30.0, 41):
    made += [numeric.exp(x), numeric.log(abs(x) + 1e-9), numeric.normal_quantile(abs(x) / 31.0 + 0.01), *numeric.log_normal_tails(x)]
print([float(x).hex() for x in made])
"""
RUN = """
import sim
small = sim.load("library:signature-bonus").with_(months=14, reps={"count": 2}, customers={"at_start": 6})
made = sim.run(small, runs=1, seed=3, engine="mesa")
print([made.tables[name].to_csv(float_format="%r") for name in ("runs", "months", "cohorts", "whale", "reps")])
"""


def printed(code: str, disabled: str) -> str:
    environment = os.environ | {"NUMBA_DISABLE_JIT": disabled, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_functions_give_the_same_numbers() -> None:
    assert printed(NUMBERS, "1") == printed(NUMBERS, "0")


@pytest.mark.slow
def test_the_mesa_model_gives_the_same_tables() -> None:
    assert printed(RUN, "1") == printed(RUN, "0")


def test_the_compiled_ensemble_is_refused() -> None:
    code = "import sim\ntry: sim.run('library:signature-bonus', runs=1)\nexcept sim.InputError as error: print(error)"
    assert printed(code, "1").startswith("engine: expected mesa while NUMBA_DISABLE_JIT is set, got compiled")


def test_a_field_is_read_and_written_whatever_numpy_means_by_its_name() -> None:
    @uncompiled.called
    def grow(records: np.ndarray) -> float:
        record = records[0]
        record.size += 2.0
        record.count = 7
        return float(record.size)

    state = np.array([(0.5, 3)], STATE)
    assert grow(state) == 2.5 and state.tolist() == [(2.5, 7)]

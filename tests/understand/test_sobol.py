"""Sobol' indices: the known ones of Ishigami's function come back through a sweep, noise or not."""

from __future__ import annotations

import numpy as np
import pytest

from sim.errors import InputError
from sim.sweeps import Factor
from sim.sweeps.points import saltelli
from sim.understand import Sobol, sobol
from sim.understand.noise import corrected
from sim.understand.sobol import _forms, blocks, indices, z
from tests.understand.worlds import CUBE, FIRST, ISHIGAMI_VARIANCE, TOTAL, common_noise, ishigami, own_noise, swept

RUNS = 4
LOUD = (RUNS * ISHIGAMI_VARIANCE) ** 0.5  # sd of noise that makes half the variance of the means of so many runs


def places(n: int, second: bool = False, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """A Saltelli sample in the unit cube, and Ishigami's function on it."""
    u = saltelli(n, 3, seed, second)
    x = np.pi * (2 * u - 1)
    return u, np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def check(found: Sobol) -> None:
    for name, truth in (("first", FIRST), ("total", TOTAL)):
        error = (found.table[f"{name}_high"] - found.table[f"{name}_low"]) / 2 / z(found.level)
        assert (np.abs(found.table[name] - list(truth.values())) < 3 * error).all(), found.table


def test_ishigami_through_a_sweep_gives_the_known_indices() -> None:
    found = sobol(swept(lambda point, runs: ishigami(point), CUBE, "sobol", 128, runs=2, second_order=False))
    check(found)
    assert found.table["first"].tolist() == pytest.approx(list(FIRST.values()), abs=0.17)
    assert found.noise.interaction == pytest.approx(0, abs=1e-9)
    assert found.second is None


def test_noise_of_half_the_variance_is_taken_out_and_spoils_what_is_not_corrected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.understand.noise.WIDEST", 1.0)  # so much noise makes intervals that tell a reader too little
    found = sobol(
        swept(
            lambda point, runs: ishigami(point) + LOUD * own_noise(point, runs), CUBE, "sobol", 256, runs=RUNS, second_order=False
        )
    )
    assert found.noise.share_of_means == pytest.approx(0.5, abs=0.07)
    check(found)
    raw = found.table["total_raw"].to_numpy()
    assert (raw - list(TOTAL.values()) > 0.15).all()  # each (T + 1) / 2 in truth
    assert found.table["first_raw"][1] < 0.30  # half of .4424 in truth


def test_noise_common_to_all_points_moves_no_index() -> None:
    u, f = places(128)
    rows = blocks(f + 50 * common_noise(range(1, 6))[:, None], u)
    assert indices(rows, 3) == pytest.approx(indices(blocks(f[None], u), 3), abs=1e-9)


def test_with_common_random_numbers_an_effect_by_chance_is_no_effect() -> None:
    """Each run tilts the function along x3, at all points alike: products of different points carry the tilts' variance."""
    u, f = places(64)
    pairs = 400
    tilt = 12**0.5 * 2 * common_noise(range(2 * pairs))[:, None] * (u[:, 2] - 0.5)  # variance 4 a run
    rows = blocks(f + tilt, u).reshape(pairs, 2, 64, 5)
    plain = _forms(blocks(f[None], u), 3)[0]
    found = np.mean([corrected(lambda y: _forms(y, 3), pair) for pair in rows], axis=0)
    raw = np.mean([_forms(pair.mean(axis=0), 3) for pair in rows], axis=0)
    for part in range(2):  # V_3 and T_3 V
        assert raw[part, 2] - plain[part, 2] == pytest.approx(2, abs=0.6)
        assert found[part, 2] == pytest.approx(plain[part, 2], abs=0.4)


def test_without_noise_the_estimates_are_salibs_to_the_last_digits() -> None:
    from SALib.analyze import sobol as salib

    u, f = places(64, second=True)
    expected = salib.analyze({"num_vars": 3, "names": list("abc"), "bounds": [[0, 1]] * 3}, f, seed=1)
    found = indices(blocks(f[None], u), 3)
    assert found[0] == pytest.approx(expected["S1"], rel=1e-9)
    assert found[1] == pytest.approx(expected["ST"], rel=1e-9)
    pairs = np.triu_indices(3, 1)
    assert found[2:][pairs] == pytest.approx(expected["S2"][pairs], rel=1e-9)


def test_second_order_shows_who_acts_together() -> None:
    found = sobol(swept(lambda point, runs: ishigami(point), CUBE, "sobol", 128, runs=1), resamples=50)
    assert found.second is not None
    strongest = found.second.sort_values("index").iloc[-1]
    assert (strongest["factor"], strongest["with"]) == ("x1", "x3")
    assert strongest["index"] == pytest.approx(0.2437, abs=0.2)


@pytest.mark.slow
def test_intervals_hold_the_truth_at_least_as_often_as_they_say() -> None:
    from sim.understand.noise import standard_errors

    random, held = np.random.default_rng(1), []
    truth = np.array([list(FIRST.values()), list(TOTAL.values())])
    for repeat in range(100):
        u, f = places(128, seed=repeat)
        rows = blocks(f + LOUD / 2 * random.standard_normal((RUNS, f.size)), u)
        error = standard_errors(lambda drawn, _: indices(drawn, 3), rows, 100, 1)
        held.append(np.abs(indices(rows, 3) - truth) < z(0.95) * error)
    assert (np.mean(held, axis=0) > 0.95 - 3 * (0.05 * 0.95 / 100) ** 0.5).all()


def test_what_cannot_be_analysed_gets_one_plain_message() -> None:
    line = (Factor("x", low=0, high=1), Factor("y", low=0, high=1))
    plain = swept(lambda point, runs: point["x"], line, "lhs", 6, runs=1)
    with pytest.raises(InputError, match='no Saltelli sample; a design with method = "sobol" makes one'):
        sobol(plain)
    with pytest.raises(InputError, match=r'found "npw".*did you mean "npv"'):
        sobol(plain, "npw")
    with pytest.raises(InputError, match="no variance to share out"):
        sobol(swept(lambda point, runs: 1.0, line, "sobol", 4, runs=1))
    with pytest.raises(InputError, match=r"level: found 1.5"):
        sobol(swept(lambda point, runs: point["x"], line, "sobol", 4, runs=1), level=1.5)

"""Where chance hides what parameters do, no share is printed; a small sample is said to be small."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.understand.morris import Morris
from sim.understand.noise import Noise, TooNoisyError, check_signal, check_width, variance_parts
from sim.understand.tornado import Tornado


def outcomes(signal: float, runs: int, points: int = 128, seed: int = 1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return signal * rng.standard_normal(points) + rng.standard_normal((runs, points))


def test_the_runs_that_would_do_do() -> None:
    """Signal variance .04 of a noise of 1: refused with 5 runs a point; with as many as it names, accepted."""
    with pytest.raises(
        TooNoisyError, match=r"too noisy: with 2 runs a point.*(about|at least) [\d,]+ runs a point are needed"
    ) as told:
        check_signal(variance_parts(outcomes(0.2, 2)), "npv")
    needed = int(str(told.value).split(" runs a point are needed")[0].split()[-1].replace(",", ""))
    assert 10 <= needed <= 300
    check_signal(variance_parts(outcomes(0.2, 4 * needed)), "npv")


def test_a_parameter_that_does_nothing_is_refused_in_nearly_all_samples_and_a_clear_one_never() -> None:
    """Two standard errors: 2.3% by normal theory; 200 samples, and 3 standard errors of that count."""

    def refused(signal: float) -> int:
        count = 0
        for seed in range(200):
            try:
                check_signal(variance_parts(outcomes(signal, 4, seed=seed)), "npv")
            except TooNoisyError:
                count += 1
        return count

    assert refused(0.0) > 200 * (1 - 0.06)
    assert refused(2.0) == 0


@pytest.mark.parametrize(
    ("share", "reach", "needed"),
    [
        (0.1, 2.5, 6400),  # five times the range: a hundred times as many bring it to half
        (-3.0, 0.6, 369),  # wider than the range, wherever it lies: 64 x (1.2 / .5)^2
        (0.5, 0.3, 93),  # .2 to .8: most of it, or little?
        (0.9, 0.3, None),  # .6 to 1: most of it
        (0.02, 0.4, None),  # less than half of it
        (0.5, 0.25, None),
    ],
)
def test_a_share_whose_interval_leaves_open_whether_it_is_much_or_little_is_refused(
    share: float, reach: float, needed: int | None
) -> None:
    shares, reaches = np.array([0.3, share]), np.array([0.1, reach])
    if needed is None:
        check_width(shares, reaches, 64, "npv", "points")
        return
    with pytest.raises(TooNoisyError, match=rf"interval of a share is {2 * reach:.2g} wide.*about {needed:,} points are needed"):
        check_width(shares, reaches, 64, "npv", "points")
    with pytest.raises(TooNoisyError):  # the noise is that of the worst, though another is as sure as can be
        check_width(shares[::-1], reaches[::-1], 64, "npv", "points")


def test_one_run_or_no_noise_is_not_refused() -> None:
    check_signal(variance_parts(outcomes(0.0, 1)), "npv")
    check_signal(Noise(1.0, 0.0, 0.0, 10, 5), "npv")


def test_effects_that_chance_may_have_made_are_named() -> None:
    """Noise alone gives |effects| of .8 × noise; mu* of 10 trajectories within two standard errors of that is not told from it."""
    table = pd.DataFrame({"factor": ["a", "b"], "mu_star": [0.9, 2.0], "noise": [1.0, 1.0]})
    sweep: Any = SimpleNamespace(points=range(30))
    assert Morris("npv", table, 0.95, sweep).unsure == "not told from chance: a; more runs a point would tell"
    assert Morris("npv", table.assign(noise=np.nan), 0.95, sweep).unsure.startswith("one run a point")
    table = pd.DataFrame({"factor": ["a", "b"], "effect_low": [0.0, -1.0], "effect_low_error": [0.0, 0.4],
                          "effect_high": [0.3, 0.1], "effect_high_error": [0.5, 0.4]})  # fmt: skip
    assert Tornado("npv", 0.0, 1.0, table, 0.95, sweep).unsure == "not told from chance: a; more runs a point would tell"
    one_run = table.assign(effect_low_error=np.nan, effect_high_error=np.nan)
    assert Tornado("npv", 0.0, np.nan, one_run, 0.95, sweep).unsure.startswith("one run a point")
    assert Tornado("npv", 0.0, 1.0, table.iloc[1:], 0.95, sweep).unsure == ""

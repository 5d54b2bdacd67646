"""The rules that end a study: Hoad, Robinson & Davies' agrees with sim-tools; the default one covers at the end."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from importlib import import_module

import numpy as np
import pytest

from sim.analysis.estimators import mean
from sim.analysis.stopping import FIRST, expected_size, look_ahead_limit, next_size, replications
from sim.study.precision import Precision

STREAMS: dict[str, Callable[[np.random.Generator, int], np.ndarray]] = {
    "normal": lambda r, n: r.normal(10.0, 3.0, n),
    "lognormal": lambda r, n: r.lognormal(1.0, 0.6, n),
    "exponential": lambda r, n: r.exponential(2.0, n),
    "uniform": lambda r, n: r.uniform(0.0, 1.0, n),
}


def by_sim_tools(values: np.ndarray, width: float, first: int, look_ahead: int) -> tuple[int | None, list[float]]:
    """Number of replications by sim-tools' ReplicationsAlgorithm on this stream, and its half-widths relative to the mean."""
    analysis = import_module("sim_tools.output_analysis")

    class Stream:
        def single_run(self, replication_number: int) -> dict[str, float]:
            return {"x": float(values[replication_number])}

    algorithm = analysis.ReplicationsAlgorithm(
        half_width_precision=width, initial_replications=first, look_ahead=look_ahead, replication_budget=values.size - 100
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        needed, table = algorithm.select(Stream(), ["x"])
    return needed["x"], list(table["% deviation"])


@pytest.mark.parametrize("name", STREAMS)
@pytest.mark.parametrize(("width", "first", "look_ahead"), [(0.1, 3, 5), (0.2, 3, 5), (0.1, 10, 0), (0.15, 3, 10), (0.3, 5, 5)])
def test_hoads_rule_agrees_with_sim_tools(name: str, width: float, first: int, look_ahead: int) -> None:
    """On every stream, but where sim-tools itself leaves the rule (see below): then ours is the rule's."""
    for seed in range(4):
        values = STREAMS[name](np.random.default_rng([seed, 7]), 700)
        ours = replications(values, width, True, first, look_ahead)
        theirs, deviations = by_sim_tools(values, width, first, look_ahead)
        assert ours is not None
        assert ours.seen - ours.needed == look_ahead_limit(ours.seen, look_ahead)
        if ours.needed != theirs:
            assert theirs is not None and theirs < ours.needed
            assert theirs < first or not all(
                one <= width for one in deviations[theirs - 1 : theirs + look_ahead_limit(theirs, look_ahead)]
            )


def test_hoads_rule_on_a_worked_stream() -> None:
    """1, 1, 4, then twos: the sum of squares stays 6, so that the half-width t(n - 1) sqrt(6 / (n (n - 1))) only falls.

    From the table of Student's t, 0.913 at n = 7 (t = 2.447 and 6 / 42) and 0.774 at n = 8 (t = 2.365 and 6 / 56).
    """
    values = np.array([1.0, 1.0, 4.0, *[2.0] * 30])
    assert replications(values, 0.8, relative=False) == (8, 13)
    assert replications(values[:12], 0.8, relative=False) is None
    assert replications(values, 0.8, relative=False, look_ahead=0) == (8, 8)


def test_precision_that_is_lost_again_does_not_count() -> None:
    values = np.array([1.0, 1.0, 1.0, 9.0, *[1.0, 1.1] * 200])
    found = replications(values, 0.1)
    assert found is not None and found.needed > 4


def test_the_look_ahead_grows_with_the_runs() -> None:
    assert [look_ahead_limit(n) for n in (3, 100, 119, 120, 1000)] == [5, 5, 5, 6, 50]


def test_a_relative_width_is_of_the_absolute_mean() -> None:
    """sim-tools compares with the signed mean, and stops at once where it is negative."""
    values = STREAMS["normal"](np.random.default_rng(4), 300)
    assert replications(values, 0.1) == replications(-values, 0.1)
    assert by_sim_tools(-values, 0.1, 3, 5)[0] == 3


def test_batches_grow_by_what_is_missing_between_a_twentieth_and_twofold() -> None:
    assert expected_size(100, 3.0, 2.0) == pytest.approx(225.0)
    assert expected_size(100, 2.0, 2.0) == 100
    assert expected_size(100, np.inf, 2.0) == expected_size(100, np.nan, 2.0) == expected_size(100, 1.0, 0.0) == np.inf
    assert next_size(100, 150.5, 1000) == 151
    assert next_size(200, 201.0, 1000) in (210, 211)  # 1.05 is not a binary number
    assert next_size(100, 900.0, 1000) == 200
    assert next_size(800, np.inf, 1000) == 1000


def test_what_never_varied_is_a_constant_after_200_runs_only() -> None:
    """Of an event in one run of 100, 50 runs may well show nothing: 0.99^50 = 0.61."""
    assert expected_size(50, 0.0, 0.0) == 200
    assert expected_size(200, 0.0, 0.0) == 200
    assert expected_size(300, 0.0, 1.0) == 300


def test_a_shortfall_takes_30_runs_in_the_tail() -> None:
    """With two runs of 50 below the quantile the standard error is a matter of luck, and luck would end the study."""
    x = np.random.default_rng(1).normal(size=600)
    for runs, expected in ((50, 600), (300, 600), (600, 600)):
        assert Precision.parse("shortfall(x, 5%)=5").look(runs, {"one": {"x": x[:runs]}}).attained[0].expected == expected


# What is estimated, the target, draws and the true value.
Coverage = tuple[str, Callable[[np.random.Generator, int], np.ndarray], float]
COVERAGE: dict[str, Coverage] = {
    "normal": ("x=5%", lambda r, n: r.normal(10.0, 5.0, n), 10.0),
    "normal, absolute": ("x=0.5", lambda r, n: r.normal(0.0, 5.0, n), 0.0),
    "lognormal, sigma 0.5": ("x=5%", lambda r, n: r.lognormal(0.0, 0.5, n), float(np.exp(0.125))),
    "lognormal, sigma 1": ("x=10%", lambda r, n: r.lognormal(0.0, 1.0, n), float(np.exp(0.5))),
    "exponential": ("x=10%", lambda r, n: r.exponential(1.0, n), 1.0),
    "Bernoulli 0.3": ("P(x > 0.5)=0.05", lambda r, n: (r.random(n) < 0.3) * 1.0, 0.3),
    "Bernoulli 0.1": ("P(x > 0.5)=0.03", lambda r, n: (r.random(n) < 0.1) * 1.0, 0.1),
    "Bernoulli 0.02": ("P(x > 0.5)=0.01", lambda r, n: (r.random(n) < 0.02) * 1.0, 0.02),
    "q05 of normal": ("q05(x)=0.25", lambda r, n: r.normal(0.0, 1.0, n), -1.6448536),
    "median of lognormal": ("q50(x)=10%", lambda r, n: r.lognormal(0.0, 1.0, n), 1.0),
    "sd of normal": ("sd(x)=7%", lambda r, n: r.normal(0.0, 1.0, n), 1.0),
    "ratio of exponentials": ("ratio(x, y)=10%", lambda r, n: r.exponential(1.0, (2, n)), 1.0),
    "shortfall of normal": ("shortfall(x, 5%)=0.25", lambda r, n: r.normal(0.0, 1.0, n), -2.0627128),
}


def at_the_end(precision: Precision, values: np.ndarray) -> tuple[int, float, float]:
    """Runs when the study ends on this stream, and the interval's bounds then."""
    runs = precision.first
    while True:
        pair = values if values.ndim == 2 else (values, values)
        look = precision.look(runs, {"one": {"x": pair[0][:runs], "y": pair[1][:runs]}})
        if look.finished:
            return runs, look.attained[0].estimate.low, look.attained[0].estimate.high
        runs = look.next_runs


def coverage(name: str, replications: int, rule: str = "batches") -> tuple[float, float]:
    """Share of studies whose interval holds the true value at the end, and their mean number of runs."""
    target, draw, true = COVERAGE[name]
    precision, r = Precision.parse(target, rule=rule), np.random.default_rng(list(name.encode()))
    ends = [at_the_end(precision, draw(r, precision.max_runs)) for _ in range(replications)]
    return float(np.mean([low <= true <= high for _, low, high in ends])), float(np.mean([runs for runs, *_ in ends]))


@pytest.mark.slow
@pytest.mark.parametrize("name", COVERAGE)
def test_at_the_end_95_percent_intervals_cover_at_least_93_percent(name: str) -> None:
    """4,000 studies: the standard error of a coverage of 0.95 is 0.0034, so that 0.92 would be found out."""
    covered, runs = coverage(name, 4000)
    print(f"{name}: {100 * covered:.1f}% with {runs:.0f} runs")
    assert covered >= 0.93
    assert runs > FIRST


def test_at_the_end_intervals_cover_quick() -> None:
    """800 studies: with a standard error of 0.008 a coverage of 0.95 is above 0.925 but for one time in a thousand."""
    assert coverage("normal", 800)[0] > 0.925
    assert coverage("Bernoulli 0.3", 800)[0] > 0.925


def test_three_runs_are_too_few_to_begin_with_where_an_event_is_rare() -> None:
    """Hoad's rule from run 3 on: no event in the first eight runs (0.9^8 = 0.43) is no spread, and ends it there."""
    _, draw, true = COVERAGE["Bernoulli 0.1"]
    covered = {3: 0, FIRST: 0}
    for seed in range(400):
        values = draw(np.random.default_rng([seed, 3]), 2000)
        for first in covered:
            found = replications(values, 0.03, relative=False, first=first)
            assert found is not None
            interval = mean(values[: found.seen])
            covered[first] += interval.low <= true <= interval.high
    assert covered[3] < 0.65 * 400
    assert covered[FIRST] > 0.88 * 400

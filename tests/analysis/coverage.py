"""How often the intervals hold what they should: 2,000 studies of every kind, as the table of docs/coverage.md.

``python -m docs.make coverage`` makes it, in a few minutes.  Studies of the model are drawn, with replacement, from pools of runs that are simulated
once, at a grid of factors of pay, the same runs at each and linear between.  Runs are independent, so a study of n runs of the model
and one of n runs of the pool differ only as the pool's distribution differs from the model's; the pool's truth is its mean, exactly.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache
from typing import NamedTuple

import numpy as np

from sim import engine
from sim.analysis import skew
from sim.analysis.differences import Matched
from sim.analysis.joint import critical
from sim.analysis.paired import NONE, paired, student
from sim.analysis.skew import runs_for
from sim.scenario.load import as_scenario
from sim.scenario.model import Scenario
from sim.study.equal_pay import LEAST_RUNS, SPAN, rescaled
from sim.study.precision import Precision
from sim.texts import markdown_table

STUDIES = 2000
LEVEL = 0.95
LOWEST, HIGHEST = 0.93, 0.97  # of what is claimed to hold in 95%
Array = np.ndarray
Bounds = tuple[float, float]


class Row(NamedTuple):
    """One kind of study: the share of intervals that hold the truth, and without what makes them hold."""

    what: str
    runs: str
    share: float
    without: str = ""
    claimed: bool = True


def holds(bounds: Array, truth: float | Array) -> Array:
    """Share of intervals [studies, …, 2] that hold the truth."""
    return np.asarray(((bounds[..., 0] <= truth) & (truth <= bounds[..., 1])).mean(axis=0))


# -- equal pay -------------------------------------------------------------------------------------------------


class Runs(NamedTuple):
    """So many runs, at any factor: the gap in pay to the base [n], and gaps in outcomes [outcomes, n]."""

    pay: Callable[[float], Array]
    outcomes: Callable[[float], Array]


Draw = Callable[[np.random.Generator, int], Runs]


def linear(rng: np.random.Generator, n: int) -> Runs:
    """Pay 20 f - 30 and an outcome of 100 - 8 pay, at equal pay (f = 1.5) 100; the noise of both grows with f."""
    e, u = rng.standard_normal((2, n))
    return Runs(lambda f: 20 * f - 30 + 6 * f * e, lambda f: (100 - 8 * (20 * f - 30) + 40 * u + 10 * f * e)[None])


def bent(rng: np.random.Generator, n: int) -> Runs:
    """Pay falls off as f grows (4 sqrt(f) - 6, root 2.25); the outcome is bent in f, and its noise has a long tail."""
    e, u = rng.standard_normal(n), rng.exponential(size=n) - 1
    return Runs(lambda f: 4 * np.sqrt(f) - 6 + 0.8 * e, lambda f: (50 - 3 * f - 0.5 * f**2 + 2 * u + 0.4 * e)[None])


MADE_UP: dict[str, tuple[Draw, float]] = {"linear": (linear, 100.0), "bent": (bent, 50 - 3 * 2.25 - 0.5 * 2.25**2)}


class Pool:
    """Outcomes of two schemes of the model at a grid of factors."""

    def __init__(self, base: Scenario, other: Scenario, outcomes: list[str], factors: Array, runs: int) -> None:
        self.factors, self.names = factors, outcomes
        numbers, columns = range(1, runs + 1), ["rep_pay_mean", *outcomes]

        def simulated(one: Scenario) -> Array:
            return engine.simulate(one, 11, numbers).runs[columns].to_numpy(float)

        self.gaps = np.stack([simulated(rescaled(other, float(f))) for f in factors]) - simulated(
            base
        )  # [factors, runs, columns]
        everything = self._of(slice(None))
        self.truth = everything.outcomes(root(everything)).mean(axis=1)

    def __call__(self, rng: np.random.Generator, n: int) -> Runs:
        return self._of(rng.integers(0, self.gaps.shape[1], n))

    def _of(self, pick: Array | slice) -> Runs:
        gaps = self.gaps[:, pick]

        def at(factor: float, columns: slice) -> Array:
            k = int(np.clip(np.searchsorted(self.factors, factor) - 1, 0, self.factors.size - 2))
            w = (factor - self.factors[k]) / (self.factors[k + 1] - self.factors[k])
            return np.asarray((1 - w) * gaps[k, :, columns] + w * gaps[k + 1, :, columns]).T

        return Runs(lambda f: at(f, slice(0, 1))[0], lambda f: at(f, slice(1, None)))


def root(runs: Runs) -> float:
    """The factor at which mean pay is the base's."""
    low, high = 0.05, 12.0
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (middle, high) if runs.pay(middle).mean() < 0 else (low, middle)
    return (low + high) / 2


def at_equal_pay(draw: Draw, rng: np.random.Generator, n: int, matching: int, allow: bool = True) -> list[Bounds]:
    """A study: pay is matched on some runs, outcomes are compared on n others; the interval of each."""
    runs = draw(rng, matching)
    factor = root(runs)
    low, high, pay = factor * (1 - SPAN), factor * (1 + SPAN), runs.pay(factor)
    slopes = (runs.outcomes(high) - runs.outcomes(low)).mean(axis=1) / (runs.pay(high) - runs.pay(low)).mean()
    match = Matched(dict(enumerate(slopes)), float(pay.var(ddof=1) / matching + pay.mean() ** 2), matching)  # type: ignore[arg-type]
    gaps = draw(rng, n).outcomes(factor)
    found = [paired(np.zeros(n), d, LEVEL, match.extra(k) if allow else NONE) for k, d in enumerate(gaps)]  # type: ignore[arg-type]
    return [(one["low"], one["high"]) for one in found]


def equal_pay_coverage(
    draw: Draw, truth: float | Array, n: int, matching: int, studies: int = STUDIES, allow: bool = True, seed: int = 1
) -> Array:
    """Share of studies whose interval holds the difference at exactly equal pay, by outcome."""
    rng = np.random.default_rng(seed)
    return holds(np.array([at_equal_pay(draw, rng, n, matching, allow) for _ in range(studies)]), truth)


SMALL = Scenario(title="Base", months=12, reps={"count": 2}, customers={"at_start": 20}, scheme={"components": [{"rate": 0.2}]})
RENEWALS = SMALL.with_(title="Renewals", scheme={"components": [{"rate": 0.05}, {"measure": "repeat_revenue", "rate": 0.02}]})
OUTCOMES = ["npv", "signings", "realised_profit", "hunting_share"]
PAIRS = {
    "signature-bonus, relationship-bonus": lambda: Pool(
        as_scenario("signature-bonus", "coverage"), as_scenario("relationship-bonus", "coverage"), OUTCOMES,
        np.geomspace(0.4, 3.2, 6), 300,
    ),
    "two reps for a year: commission, renewals": lambda: Pool(SMALL, RENEWALS, OUTCOMES, np.geomspace(0.4, 12.0, 10), 4_000),
}  # fmt: skip


@cache
def pool(name: str) -> Pool:
    """The pool of a pair, simulated once."""
    return PAIRS[name]()


def of_equal_pay() -> Iterator[Row]:
    """The model's pairs and made-up ones; beside it what the interval held before: matched on as many runs, the match's error left out."""
    for name in PAIRS:
        one = pool(name)
        for n in (30, 100):
            share = equal_pay_coverage(one, one.truth, n, max(n, LEAST_RUNS))
            before = equal_pay_coverage(one, one.truth, n, n, allow=False)
            for k, outcome in enumerate(one.names):
                without = f"matched on {n} runs, its error left out: {before[k]:.1%}"
                yield Row(f"at equal pay, {name}: `{outcome}`", str(n), float(share[k]), without)
    for name, (draw, truth) in MADE_UP.items():
        for n in (30, 100, 1000):
            share, before = (
                float(equal_pay_coverage(draw, truth, n, m, allow=allow)[0])
                for m, allow in ((max(n, LEAST_RUNS), True), (n, False))
            )
            yield Row(f"at equal pay, made up ({name})", str(n), share, f"matched on {n} runs, its error left out: {before:.1%}")


# -- a fixed number of runs ------------------------------------------------------------------------------------

Sample = Callable[[np.random.Generator, tuple[int, ...]], Array]


def rare(share: float) -> Sample:
    """Standard normal, but that a share of the runs loses 100."""
    return lambda rng, shape: rng.standard_normal(shape) - 100.0 * (rng.random(shape) < share)


CASES: dict[str, tuple[Sample, float]] = {
    "normal": (lambda rng, shape: rng.standard_normal(shape), 0.0),
    "exponential": (lambda rng, shape: rng.exponential(size=shape), 1.0),
    "lognormal, σ = ½": (lambda rng, shape: np.exp(0.5 * rng.standard_normal(shape)), float(np.exp(0.125))),
    "lognormal, σ = 1": (lambda rng, shape: np.exp(rng.standard_normal(shape)), float(np.exp(0.5))),
    "difference of two lognormals, σ = 1 and ½": (
        lambda rng, shape: np.exp(rng.standard_normal(shape)) - np.exp(0.5 * rng.standard_normal(shape)),
        float(np.exp(0.5) - np.exp(0.125)),
    ),
    "one run in ten loses 100": (rare(0.1), -10.0),
}
RARE = "one run in ten loses 100"
FEW = 50  # runs: of fewer, skewed outcomes are not claimed to hold


def alone(case: str, n: int, studies: int = STUDIES, seed: int = 1) -> tuple[float, float]:
    """Share of studies of n runs whose interval holds the mean, and of Student's."""
    (draw, truth), rng = CASES[case], np.random.default_rng(seed)
    return held(np.stack([draw(rng, (n,)) for _ in range(studies)]), truth)


def held(d: Array, truth: float) -> tuple[float, float]:
    """Share of studies [studies, n] whose interval holds the mean, and of Student's."""
    n = d.shape[1]
    found = [paired(np.zeros(n), one, LEVEL) for one in d]
    t = student(LEVEL, n)
    plain = [(one["mean"] - t * one["standard_error"], one["mean"] + t * one["standard_error"]) for one in found]
    own = [(one["low"], one["high"]) for one in found]
    return float(holds(np.array(own), truth)), float(holds(np.array(plain), truth))


def together(case: str, n: int, studies: int = STUDIES, comparisons: int = 10, seed: int = 1) -> tuple[float, float]:
    """Share of studies in which all intervals hold, and if each used the Student's quantile of Bonferroni."""
    (draw, truth), rng = CASES[case], np.random.default_rng(seed)
    t = student(1 - (1 - LEVEL) / comparisons, n)
    hits = []
    for _ in range(studies):
        d = draw(rng, (n, comparisons))
        away = np.abs(d.mean(axis=0) - truth) / (d.std(axis=0, ddof=1) / np.sqrt(n))
        hits.append((away.max() <= critical(d, LEVEL), away.max() <= t))
    own, plain = np.mean(hits, axis=0)
    return float(own), float(plain)


#: Of two reps for a year, whose few customers make them skewed and rare.
SKEWED = ["npv", "signings", "hunting_share", "rep_pay_sd", "bad_debt_ratio", "payment_loss"]


@cache
def of_the_model(outcomes: tuple[str, ...] = tuple(SKEWED), runs: int = 2_000) -> dict[str, tuple[Array, Array]]:
    """By outcome, the runs of two schemes on the same chances."""
    base, other = (engine.simulate(one, 12, range(1, runs + 1)).runs for one in (SMALL, RENEWALS))
    return {name: (base[name].to_numpy(float), other[name].to_numpy(float)) for name in outcomes}


def differences_of_the_model() -> dict[str, Array]:
    """By outcome, the differences of those runs."""
    return {name: other - base for name, (base, other) in of_the_model().items()}


def of_fixed_runs() -> Iterator[Row]:
    """Outcomes of the model, nearly normal, skewed and of rare events, and made-up ones."""
    rng = np.random.default_rng(2)
    for outcome, gaps in differences_of_the_model().items():
        lean = float(runs_for(gaps[:, None], 1.0)[0]) ** 0.5
        for n in (20, 50, 100):
            d = gaps[rng.integers(0, gaps.size, (STUDIES, n))]
            share, plain = held(d, float(gaps.mean()))
            what = f"difference of two schemes: `{outcome}`, skewness {lean:.1f}"
            unseen = float((np.ptp(d, axis=1) == 0).mean())
            note = f"; {unseen:.0%} of studies see no event" if unseen > 0.005 else ""
            yield Row(what, str(n), share, f"Student's t alone: {plain:.1%}{note}", lean < 1)
    for case in CASES:
        for n in (20, 50, 100):
            share, plain = alone(case, n)
            seen = 1 - 0.9**n
            note = f"; {1 - seen:.0%} of studies see no loss" if case == RARE and n == 20 else ""
            yield Row(
                f"{case}: mean",
                str(n),
                share,
                f"Student's t alone: {plain:.1%}{note}",
                case == "normal" or (n >= FEW and case != RARE),
            )
    for n in (20, 50, 100):
        share, plain = together("lognormal, σ = 1", n)
        yield Row("ten lognormals, σ = 1, all ten at once", str(n), share, f"Bonferroni's t alone: {plain:.1%}")


# -- stopping --------------------------------------------------------------------------------------------------


class Ends(NamedTuple):
    """How studies ended that ran until they were precise."""

    share: float  # of intervals that hold the truth
    mean: float  # of the estimates
    runs: float  # on average
    first: float  # share that ended at the first look


def stopped(target: str, draw: Sample, truth: float, studies: int = STUDIES, seed: int = 5) -> Ends:
    """Studies that go on until they are precise; all that have as many runs are looked at in turn."""
    goal, rng = Precision.parse(target, max_runs=100_000), np.random.default_rng(seed)
    skew.BLOCK = 10_000_000  # what is drawn again is the same for all studies of as many runs: kept, not drawn anew
    waiting: dict[int, list[Array]] = {goal.first: [draw(rng, (goal.first,)) for _ in range(studies)]}
    ends = []
    while waiting:
        later: dict[int, list[Array]] = defaultdict(list)
        n = min(waiting)
        for x in waiting.pop(n):
            look = goal.look(n, {"one": {"x": x}})
            if look.finished:
                ends.append((look.attained[0].estimate, n))
            else:
                later[look.next_runs].append(np.append(x, draw(rng, (look.next_runs - n,))))
        for size, some in later.items():
            waiting.setdefault(size, []).extend(some)
    bounds = np.array([(one.low, one.high) for one, _ in ends])
    runs = np.array([n for _, n in ends])
    return Ends(
        float(holds(bounds, truth)),
        float(np.mean([one.value for one, _ in ends])),
        float(runs.mean()),
        float((runs == goal.first).mean()),
    )


def happens(share: float) -> Sample:
    """-1 in a share of the runs, else 1."""
    return lambda rng, shape: np.where(rng.random(shape) < share, -1.0, 1.0)


STOPPING: dict[str, tuple[str, Sample, float, float]] = {
    "P = .02, ± .02": ("P(x < 0)=.02", happens(0.02), 0.02, 0.02),
    "P = .005, ± .005": ("P(x < 0)=.005", happens(0.005), 0.005, 0.005),
    "2% of runs lose 100: mean, ± 1": ("x=1", rare(0.02), -2.0, -2.0),
    "normal: mean, ± 0.1": ("x=0.1", CASES["normal"][0], 0.0, np.nan),
    "lognormal, σ = 1: mean, ± 10%": ("x=10%", *CASES["lognormal, σ = 1"], CASES["lognormal, σ = 1"][1]),
}


def losses() -> tuple[str, Sample, float, float]:
    """A loss of the model that one run in fifty makes: npv below its 2% quantile, as a probability."""
    npv = of_the_model()["npv"][0]
    line = float(np.quantile(npv, 0.02))
    truth = float((npv < line).mean())
    return "P(x < 0)=.01", lambda rng, shape: npv[rng.integers(0, npv.size, shape)] - line, truth, truth


def of_stopping() -> Iterator[Row]:
    """Studies that end when they are precise."""
    for name, (target, draw, truth, scale) in {"npv of two reps, its lowest 2%: P, ± .01": losses(), **STOPPING}.items():
        found = stopped(target, draw, truth)
        bias = "" if np.isnan(scale) else f"; on average {(found.mean - truth) / abs(scale):+.1%}"
        yield Row(
            f"until precise: {name}",
            f"{found.runs:,.0f} on average",
            found.share,
            f"{found.first:.0%} end at the first look{bias}",
        )


def rows() -> Iterator[Row]:
    """All of them."""
    yield from of_fixed_runs()
    yield from of_equal_pay()
    yield from of_stopping()


def table(found: list[Row] | None = None) -> str:
    """In Markdown: 2,000 studies a row, nominal 95%."""
    cells = ((one.what, str(one.runs), f"{one.share:.1%}", one.without) for one in found or rows())
    return markdown_table(("what", "runs a study", "held, nominal 95%", "beside it"), cells, "lrrl")

"""Which optimiser for `daarna optimise`: quality reached by evaluations and time spent beside evaluating.

``python -m benchmarks.optimisers [--quick]`` prints the table of docs/designing.md.  Needs pymoo, optuna and cmaes.  All minimise in the unit
cube on common random numbers: a function of a fixed sample of runs.  Quality is measured on the truth (or on fresh runs), never on
the sample searched: hypervolume as a share of the known front's, and mean distance from the known front's points (IGD).
"""

from __future__ import annotations

import contextlib
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Objective = Callable[[Array], Array]  # [n, d] -> [n, 2]
RUNS = 32  # of the sample that is searched


@dataclass(frozen=True)
class Problem:
    """Two objectives to minimise: as a sample shows them, as they are, and the front if it is known."""

    name: str
    dimensions: int
    sampled: Objective
    true: Objective
    corner: Array  # reference point of the hypervolume
    front: Array | None


def quadratic(seed: int) -> Problem:
    """Squared distances from two points: the front is the segment between them.  Each run moves both points by N(0, .2^2)."""
    d, a, b = 5, 0.25, 0.75
    shift = np.random.default_rng(seed).normal(0.0, 0.2, (RUNS, 2, d)).mean(axis=0)

    def value(x: Array, moved: Array) -> Array:
        return np.stack([((x - point - step) ** 2).sum(axis=1) for point, step in zip((a, b), moved, strict=True)], axis=1)

    on = np.linspace(a, b, 201)[:, None] * np.ones(d)
    still = np.zeros((2, d))
    return Problem(
        "quadratic, d=5", d, lambda x: value(x, shift), lambda x: value(x, still), np.array([1.5, 1.5]), value(on, still)
    )


def zdt1(seed: int) -> Problem:
    """ZDT1 (Zitzler, Deb & Thiele 2000): f2 = g (1 - sqrt(f1 / g)); each run adds a random slope of sd .5 to either objective."""
    d = 8
    slope = np.random.default_rng(seed).normal(0.0, 0.5, (RUNS, d, 2)).mean(axis=0)

    def true(x: Array) -> Array:
        g = 1.0 + 9.0 * x[:, 1:].mean(axis=1)
        return np.stack([x[:, 0], g * (1.0 - np.sqrt(x[:, 0] / g))], axis=1)

    first = np.linspace(0.0, 1.0, 201)
    front = np.stack([first, 1.0 - np.sqrt(first)], axis=1)
    return Problem("ZDT1, d=8", d, lambda x: true(x) + (x - 0.5) @ slope, true, np.array([1.1, 1.1]), front)


def schemes(seed: int) -> Problem:
    """Signing commission, its clawback, and commission on renewals: profit and first-year signings, four reps, three years."""
    import sim
    from sim import engine
    from sim.scenario.path import vary

    base = sim.load("scenarios/article-holds-relationship.toml").with_(months=36, reps={"count": 4})
    names = [f"scheme.components[{k}].{end}" for k, end in ((0, "rate"), (0, "clawback.months"), (1, "rate"))]

    @cache
    def one(point: tuple[float, ...], key: int, runs: int) -> tuple[float, float]:
        values = [0.6 * point[0], round(36 * point[1]), 0.3 * point[2]]
        tables = engine.simulate(vary(base, dict(zip(names, values, strict=True))), key, range(1, runs + 1))
        first = tables.months.loc[tables.months["month"] <= 12, "signings"].sum() / runs
        return -float(tables.runs["npv"].mean()) / 1e5, -first / 100

    def value(x: Array, key: int, runs: int) -> Array:
        return np.array([one(tuple(np.round(row, 6)), key, runs) for row in x])

    fresh = 1000 + seed
    return Problem("scheme, d=3", 3, lambda x: value(x, seed, 8), lambda x: value(x, fresh, 64), np.array([2.0, 0.0]), None)


def nsga2_pymoo(problem: Problem, budget: int, seed: int) -> Array:
    """NSGA-II of pymoo, a population of 40, by ask and tell."""
    from pymoo.algorithms.moo.nsga2 import NSGA2
    from pymoo.core.problem import Problem as Pymoo
    from pymoo.optimize import minimize

    tried: list[Array] = []

    class Wrapped(Pymoo):  # type: ignore[misc]
        def _evaluate(self, x: Array, out: dict[str, Any], *_: Any, **__: Any) -> None:
            tried.append(x.copy())
            out["F"] = problem.sampled(x)

    size = min(40, budget // 5)
    wrapped = Wrapped(n_var=problem.dimensions, n_obj=2, xl=0.0, xu=1.0)
    minimize(wrapped, NSGA2(pop_size=size), ("n_eval", budget), seed=seed, verbose=False)
    return np.concatenate(tried)[:budget]


def _optuna(sampler: Any, problem: Problem, budget: int) -> Array:
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(directions=["minimize", "minimize"], sampler=sampler)
    tried = []
    for _ in range(budget):
        trial = study.ask()
        x = np.array([trial.suggest_float(str(k), 0.0, 1.0) for k in range(problem.dimensions)])
        tried.append(x)
        study.tell(trial, problem.sampled(x[None])[0].tolist())
    return np.array(tried)


def nsga2_optuna(problem: Problem, budget: int, seed: int) -> Array:
    """NSGA-II of Optuna, the same population."""
    from optuna.samplers import NSGAIISampler

    return _optuna(NSGAIISampler(population_size=min(40, budget // 5), seed=seed), problem, budget)


def tpe_optuna(problem: Problem, budget: int, seed: int) -> Array:
    """Multi-objective TPE of Optuna, with joint densities."""
    from optuna.samplers import TPESampler

    return _optuna(TPESampler(seed=seed, multivariate=True), problem, budget)


def _weights(count: int) -> Iterator[Array]:
    for w in np.linspace(0.02, 0.98, count):
        yield np.array([w, 1.0 - w])


def evolution_scipy(problem: Problem, budget: int, seed: int) -> Array:
    """Differential evolution of scipy on five weighted Chebyshev scalarisations, a fifth of the budget each."""
    from scipy.optimize import differential_evolution

    tried: list[Array] = []
    ideal = problem.corner - 2.0
    for weight in _weights(5):
        start = len(tried)

        def scalar(x: Array, weight: Array = weight, start: int = start) -> float:
            if len(tried) - start >= budget // 5:
                raise StopIteration
            tried.append(x.copy())
            return float((weight * (problem.sampled(x[None])[0] - ideal)).max())

        with contextlib.suppress(StopIteration, RuntimeError):
            differential_evolution(
                scalar, [(0.0, 1.0)] * problem.dimensions, popsize=4, maxiter=10_000, tol=0.0, rng=seed, polish=False
            )
    return np.array(tried)


def cma_optuna(problem: Problem, budget: int, seed: int) -> Array:
    """CMA-ES of Optuna (one objective only) on the same scalarisations."""
    import optuna
    from optuna.samplers import CmaEsSampler

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    tried = []
    ideal = problem.corner - 2.0
    for weight in _weights(5):
        study = optuna.create_study(sampler=CmaEsSampler(seed=seed))
        for _ in range(budget // 5):
            trial = study.ask()
            x = np.array([trial.suggest_float(str(k), 0.0, 1.0) for k in range(problem.dimensions)])
            tried.append(x)
            study.tell(trial, float((weight * (problem.sampled(x[None])[0] - ideal)).max()))
    return np.array(tried)


def sobol(problem: Problem, budget: int, seed: int) -> Array:
    """No optimiser: scrambled Sobol points."""
    from scipy.stats import qmc

    return np.asarray(qmc.Sobol(problem.dimensions, rng=seed).random(budget))


OPTIMISERS = (sobol, nsga2_pymoo, nsga2_optuna, tpe_optuna, evolution_scipy, cma_optuna)


def quality(problem: Problem, tried: Array) -> tuple[float, float]:
    """(hypervolume, IGD) of the truth at the points that the sample calls non-dominated, at most 30 of them."""
    from pymoo.indicators.hv import HV
    from pymoo.indicators.igd import IGD
    from pymoo.util.nds.non_dominated_sorting import NonDominatedSorting

    seen = problem.sampled(tried)
    best = NonDominatedSorting().do(seen, only_non_dominated_front=True)
    best = best[np.argsort(seen[best, 0])]
    best = best[np.unique(np.linspace(0, best.size - 1, 30).round().astype(int))]
    truth = problem.true(tried[best])
    volume = float(HV(ref_point=problem.corner)(truth))
    if problem.front is None:
        return volume, float("nan")
    return volume / float(HV(ref_point=problem.corner)(problem.front)), float(IGD(problem.front)(truth))


def main() -> None:
    """Print a row per problem, optimiser and budget: quality over seeds, mean and standard error."""
    warnings.filterwarnings("ignore")
    quick = "--quick" in sys.argv
    seeds = range(1, 3 if quick else 6)
    print(f"{'problem':16} {'optimiser':16} {'budget':>6}  {'hypervolume':>16}  {'IGD':>8}  overhead ms/evaluation")
    for make in (quadratic, zdt1, schemes):
        for budget in (100, 400) if make is schemes or quick else (100, 400, 1600):
            for optimise in OPTIMISERS:
                rows = []
                for seed in seeds:
                    problem = make(seed)
                    start = time.perf_counter()
                    tried = optimise(problem, budget, seed)
                    spent = time.perf_counter() - start
                    start = time.perf_counter()
                    if make is not schemes:  # what evaluating takes; of the scheme it is not told apart
                        for x in tried:
                            problem.sampled(x[None])
                    rows.append((*quality(problem, tried), 1e3 * (spent - time.perf_counter() + start) / budget))
                mean, error = np.mean(rows, axis=0), np.std(rows, axis=0, ddof=1) / np.sqrt(len(rows))
                overhead = f"{mean[2]:.2f}" if make is not schemes else "-"
                print(
                    f"{problem.name:16} {optimise.__name__:16} {budget:6}  {mean[0]:8.4f} ± {error[0]:.4f}  {mean[1]:8.4f}  {overhead}",
                    flush=True,
                )


if __name__ == "__main__":
    main()

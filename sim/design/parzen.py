"""The search: tree-structured Parzen estimators over the family of schemes (Optuna)."""

from __future__ import annotations

import itertools
import math
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.design.space import Params, Space
from sim.errors import DaarnaError

if TYPE_CHECKING:
    import optuna

Array = NDArray[np.float64]
Assess = Callable[[Params], tuple[Array, Array]]  # objectives (more is better), violations (0 is feasible)
STARTS = 50  # at most so many random schemes before densities are estimated
VIOLATION = "violation"


def search(
    space: Space, assess: Assess, objectives: int, evaluations: int, seed: int, first: Sequence[Params] = ()
) -> list[Params]:
    """Schemes tried, each once, in the order in which they were.

    Motpe: densities of the good and of the other schemes are estimated, and schemes are proposed where their ratio is
    largest (Bergstra et al. 2011; for several objectives Ozaki et al. 2022; violations come before objectives).
    A family with no more members than evaluations is tried in full.

    Parameters
    ----------
    objectives : how many there are.
    assess : objectives, larger is better, and violations of the constraints, at most 0 where they are kept; NaN counts as worst.
    first : schemes to try first, such as the base.
    """
    if _size(space) <= evaluations:
        tried = [dict(zip((axis.path for axis in space.axes), values, strict=True)) for values in _all(space)]
        for params in tried:
            assess(params)
        return tried
    return _distinct(_parzen(space, assess, objectives, evaluations, seed, first))


def _size(space: Space) -> float:
    sizes = [math.inf if axis.smooth else len(axis.levels) or axis.high - axis.low + 1 for axis in space.axes]
    return math.prod(sizes)


def _all(space: Space) -> Iterator[tuple[Any, ...]]:
    return itertools.product(*(axis.levels or range(int(axis.low), int(axis.high) + 1) for axis in space.axes))


def _distinct(tried: Iterable[Params]) -> list[Params]:
    return list({repr(sorted(params.items())): params for params in tried}.values())


def _parzen(space: Space, assess: Assess, objectives: int, evaluations: int, seed: int, first: Sequence[Params]) -> list[Params]:
    tried = []
    worst = np.full(objectives, np.nan)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that parts of Optuna are called experimental
        study = _study(seed, objectives, starts=min(STARTS, max(10, evaluations // 8)))
        for params in first:
            study.enqueue_trial(_as_trial(space, params))
        for _ in range(evaluations):
            trial = study.ask()
            params = _proposed(space, trial)
            tried.append(params)
            gain, violation = assess(params)
            worst = np.fmin(worst, gain)
            trial.set_user_attr(VIOLATION, [*violation.tolist(), float(np.isnan(gain).any())])
            study.tell(trial, np.nan_to_num(np.where(np.isnan(gain), worst, gain)).tolist())
    return tried


def _proposed(space: Space, trial: optuna.Trial) -> Params:
    params: Params = {}
    for k, axis in enumerate(space.axes):
        if axis.levels:
            params[axis.path] = axis.levels[trial.suggest_categorical(str(k), range(len(axis.levels)))]
        elif axis.whole:
            params[axis.path] = trial.suggest_int(str(k), int(axis.low), int(axis.high), log=axis.log)
        else:
            params[axis.path] = axis.value(trial.suggest_float(str(k), 0.0, 1.0))
    return params


def _as_trial(space: Space, params: Params) -> dict[str, Any]:
    """A scheme as Optuna's parameters."""
    found: dict[str, Any] = {}
    for k, axis in enumerate(space.axes):
        value = params[axis.path]
        found[str(k)] = axis.levels.index(value) if axis.levels else value if axis.whole else axis.coordinate(value)
    return found


def _study(seed: int, objectives: int, starts: int) -> optuna.Study:
    try:
        import optuna
    except ImportError:
        raise DaarnaError("designing needs Optuna, which is not installed: pip install 'daarna[design]'") from None

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    sampler = optuna.samplers.TPESampler(
        seed=seed, multivariate=True, n_startup_trials=starts, constraints_func=lambda trial: trial.user_attrs[VIOLATION]
    )
    return optuna.create_study(directions=["maximize"] * objectives, sampler=sampler)

"""A scenario as a function for SALib: its own samplers, analysers and ``ProblemSpec`` drive the simulation.

>>> from SALib import ProblemSpec  # doctest: +SKIP
>>> from sim.adapters import salib_model, salib_problem
>>> design = sim.Design("scenarios/signature-bonus.toml", [  # doctest: +SKIP
...     sim.Factor("fit", "reps.pressure_fit", low=0, high=3), sim.Factor("tie", "customers.lapse.tie", low=0, high=2)],
...     points=1, runs=20, seed=1)
>>> spec = ProblemSpec(salib_problem(design))  # doctest: +SKIP
>>> spec.sample_sobol(64, seed=1).evaluate(salib_model(design, "npv")).analyze_sobol(seed=1)  # doctest: +SKIP

A sweep does the same in parallel, on disk and with the noise taken apart (:func:`sim.understand.sobol`); this is for the rest of
SALib.  Every point has the same random numbers (the design's seed).  Note that some of SALib's analysers set numpy's
global generator when given a seed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.adapters.point import check, means
from sim.sweeps import Design


def salib_problem(design: Design) -> dict[str, Any]:
    """SALib's description of a design's factors.

    Returns
    -------
    dict
        ``num_vars``, ``names`` and ``bounds``; a factor on a log scale has the bounds of its decimal logarithm, one with levels
        or whole numbers those of a range cut into equal parts, so that every level is as likely as another.
    """
    return {"num_vars": len(design.factors), "names": design.names, "bounds": [_bounds(factor) for factor in design.factors]}


def salib_model(design: Design, outcome: str = "npv") -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    """A function from SALib's samples to an outcome.

    Parameters
    ----------
    design : Design
        Base, factors, runs (over which the mean is taken) and seed; its own points play no part.
    outcome : str
        Column of the runs table.

    Returns
    -------
    callable
        X [points, factors], on the scale of :func:`salib_problem`, to Y [points].

    Raises
    ------
    InputError
        When the design has no base, there is no such outcome, or a point makes no valid scenario.
    """
    check(design, [outcome])

    def evaluate(sample: NDArray[np.float64]) -> NDArray[np.float64]:
        rows = np.atleast_2d(np.asarray(sample, float))
        return np.array([means(design, _row(design, row), [outcome])[outcome] for row in rows])

    return evaluate


def _bounds(factor: Any) -> list[float]:
    if factor.labels:
        return [0.0, float(len(factor.labels))]
    if factor.whole and not factor.log:
        return [float(factor.low), float(factor.high) + 1.0]
    low, high = factor.bounds
    return [float(low), float(high)]


def _row(design: Design, row: NDArray[np.float64]) -> list[Any]:
    """Codes of a point, from where it stands between the bounds."""
    codes = []
    for factor, x in zip(design.factors, row, strict=True):
        low, high = _bounds(factor)
        codes.append(factor.codes(np.array([(x - low) / (high - low)]))[0].item())
    return codes

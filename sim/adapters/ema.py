"""A scenario as a model of the EMA workbench: ``perform_experiments``, robust optimisation, scenario discovery.

>>> from ema_workbench import perform_experiments  # doctest: +SKIP
>>> from sim.adapters import ema_model
>>> design = sim.Design("scenarios/signature-bonus.toml", [  # doctest: +SKIP
...     sim.Factor("fit", "reps.pressure_fit", low=0, high=3),
...     sim.Factor("scheme", paths=("scheme", "reps.salary"), levels=["signature-bonus.toml", "relationship-bonus.toml"])],
...     points=1, runs=20, seed=1, folder="scenarios")
>>> model = ema_model(design, outcomes=("npv", "churn_rate"), levers=("scheme",))  # doctest: +SKIP
>>> experiments, outcomes = perform_experiments(model, scenarios=50, policies=2)  # doctest: +SKIP

Works with the workbench 2.5 and 3.0; needs the extra ``discovery`` (``pip install "daarna[discovery]"``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from sim.adapters.point import check, labelled, means
from sim.errors import InputError
from sim.sweeps import Design
from sim.texts import nearest


def ema_model(design: Design, outcomes: Sequence[str] = ("npv",), levers: Sequence[str] = (), name: str = "daarna") -> Any:
    """A design's base and factors as an ``ema_workbench.Model``.

    Parameters
    ----------
    design : Design
        Base, factors, runs (over which means are taken) and seed; its own points play no part.  Factors between bounds
        become real or integer parameters (one on a log scale is sampled in its decimal logarithm, as ``log10_NAME``), those
        with levels categorical ones.  What no Python name can have becomes ``_``: ``desk.capacity`` is ``desk_capacity``.
    outcomes : sequence of str
        Columns of the runs table; scalar outcomes of the model.
    levers : sequence of str
        Factors that the firm decides; the others are uncertainties.
    name : str
        Of the model; letters and digits.

    Raises
    ------
    InputError
        When the extra is not installed, the design has no base, there is no such outcome or factor, or two names
        become one.
    """
    try:
        from ema_workbench import Model, ScalarOutcome
    except ImportError:
        raise InputError('ema_model: needs the EMA workbench: pip install "daarna[discovery]"') from None
    check(design, outcomes)
    for lever in levers:
        if lever not in design.names:
            raise InputError(f'levers: found "{lever}", which is no factor{nearest(lever, design.names)}')
    if len({_name(factor) for factor in design.factors}) < len(design.factors):
        raise InputError(f"factors: {', '.join(map(_name, design.factors))} are not all different; give them other names")
    model = Model(name, function=_Function(design, tuple(outcomes)))
    model.uncertainties = [_parameter(factor) for factor in design.factors if factor.name not in levers]
    model.levers = [_parameter(factor) for factor in design.factors if factor.name in levers]
    model.outcomes = [ScalarOutcome(outcome) for outcome in outcomes]
    return model


class _Function:
    """What the workbench calls, with parameters by name; picklable, for its evaluators in processes."""

    __name__ = "daarna"

    def __init__(self, design: Design, outcomes: tuple[str, ...]) -> None:
        self._design, self._outcomes = design, outcomes

    def __call__(self, **point: Any) -> dict[str, float]:
        """Means of the outcomes at a point."""
        plain = {one.name: 10 ** point[_name(one)] if one.log else point[_name(one)] for one in self._design.factors}
        return means(self._design, labelled(self._design, plain), self._outcomes)


def _parameter(factor: Any) -> Any:
    from ema_workbench import CategoricalParameter, IntegerParameter, RealParameter

    if factor.labels:
        return CategoricalParameter(_name(factor), [str(label) for label in factor.labels])
    if factor.log:
        return RealParameter(_name(factor), *factor.bounds)
    if factor.whole:
        return IntegerParameter(_name(factor), int(factor.low), int(factor.high))
    return RealParameter(_name(factor), float(factor.low), float(factor.high))


def _name(factor: Any) -> str:
    """Its name in the workbench, which from 3.0 on wants names of Python."""
    return re.sub(r"\W|^(?=\d)", "_", f"log10_{factor.name}" if factor.log else factor.name)

"""Two schemes at equal expected pay: one is rescaled until a rep earns under it what a rep earns under the base.

A scheme that pays more attracts, keeps and moves reps by its level alone; to compare its *shape*, the level is taken out.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from sim import engine
from sim.analysis.differences import Matched
from sim.errors import InputError
from sim.scenario.model import Scenario
from sim.scenario.scheme import Component
from sim.threads import Threads

PAY = "rep_pay_mean"
WHAT = ("variable", "salary")
SPAN = 0.25  # of the factor, up and down: slopes of outcomes are taken between
LEAST_RUNS = 200  # that a comparison is matched on: with few, the factor is too far off for a straight line
TOLERANCE = 0.001  # of the base's pay
STEPS = 40  # simulated factors at most
LARGEST = 64.0  # factor
DIGITS = 6  # of the factor: written in a scenario file it reads, and makes the same scheme everywhere
APART = 2**40  # number of the first run that pay is matched on: no study comes near it


class EqualPay(NamedTuple):
    """A scheme at the base's pay."""

    scenario: Scenario  # rescaled, and named "… at equal pay"
    factor: float  # what its variable pay, or its salary, was multiplied by
    what: str  # "variable" or "salary"
    pay: float  # mean pay per rep-month reached, in the runs it was matched on
    target: float  # the base's, in the same runs
    standard_error: float  # of the paired difference pay - target between runs
    runs: int
    currency: str
    slopes: dict[str, float]  # by outcome: its change per unit of pay as the factor moves

    def about(self) -> dict[str, Any]:
        """Everything but the scenario, which the study holds."""
        return {"scenario": self.scenario.name} | {name: value for name, value in self._asdict().items() if name != "scenario"}

    @property
    def matched(self) -> Matched:
        """What the noise of the factor adds to the error of a difference at equal pay."""
        return matched(self.about())

    def __str__(self) -> str:
        """What was done, in a sentence."""
        which = "variable pay" if self.what == "variable" else "salary"
        gap = f"{self.pay - self.target:+,.2f} ± {self.standard_error:,.2f}"
        return (
            f"{self.scenario.name}: {which} × {self.factor:g} makes a rep-month's pay {self.pay:,.2f} {self.currency} "
            f"({gap} against the base's {self.target:,.2f}, in {self.runs:,} other runs; intervals of differences in means allow for it)"
            + ("; nothing of it is left to compare" if self.factor == 0 else "")
        )


def matched(record: Mapping[str, Any]) -> Matched:
    """The same from what :meth:`EqualPay.about` says; what is left of the difference in pay counts as an error too."""
    runs, left = int(record["runs"]), float(record["pay"]) - float(record["target"])
    return Matched(record["slopes"], float(record["standard_error"] or 0.0) ** 2 + left**2, runs)


def equal_pay(
    scenario: Scenario,
    base: Scenario,
    runs: int = 1000,
    seed: int = 1,
    what: str = "variable",
    tolerance: float = TOLERANCE,
    workers: int | None = None,
) -> EqualPay:
    """Rescale a scenario's pay by one factor so that mean pay per rep-month is the base's.

    The factor f solves mean(rep_pay_mean of scenario at f) = mean(rep_pay_mean of base) over `runs` runs on common random
    numbers, by false position within a bracket (the Illinois rule: Dowell & Jarratt 1971); reps answer the rescaled
    scheme with another plan, so there is no closed form.  With ``what = "variable"`` f multiplies rates, tiers'
    rates, bonuses and caps of the components that add pay (:func:`rescaled`); with ``"salary"`` it multiplies ``reps.salary``.

    Pay is matched on runs that no comparison uses (numbers from 2**40 on, of the same seed), so that the rescaled scheme is
    fixed before it is compared.  Its factor F has an error all the same.  With D(f) the expected difference in an outcome,
    G(f) that in pay and f* the factor with G(f*) = 0, the mean difference d at F is, to first order (the delta method),

        d = D(f*) + [d - D(F)] + D'(f*) (F - f*),   F - f* = -[g - G](f*) / G'(f*),

    g being the mean difference in pay in the matching runs.  The brackets are of different runs and independent, so that
    var d = sd(d)² / n + (D' / G')² var(g).  The ``slopes`` D' / G' are secants between F (1 - SPAN) and F (1 + SPAN) in the
    matching runs, on common random numbers.

    Parameters
    ----------
    scenario, base : Scenario
        What is rescaled, and what it is to match.
    runs, seed : int
        Runs per factor tried, and the key of all draws.
    what : {"variable", "salary"}
        What is rescaled.
    tolerance : float
        Largest difference left, as a share of the base's pay.
    workers : int, optional
        Threads; all cores by default.

    Raises
    ------
    InputError
        When there is nothing to rescale, or no factor between 0 and 64 makes pay equal.
    """
    if what not in WHAT:
        raise InputError(f"equal pay: found '{what}', allowed is variable or salary")
    _check_rescalable(scenario, what)
    pay = _Pay(runs, seed, workers)
    target = pay(base)
    wanted = math.fsum(target) / runs

    def gap(factor: float) -> float:
        return math.fsum(pay(rescaled(scenario, factor, what))) / runs - wanted

    where = f"equal pay: {scenario.name} cannot be made to pay what {base.name} pays, {wanted:,.2f} a rep-month"
    factor = _root(gap, tolerance * abs(wanted), where, what)
    made = rescaled(scenario, factor, what)
    reached = pay(made)
    error = float(np.std(reached - target, ddof=1) / math.sqrt(runs)) if runs > 1 else math.nan
    slopes = _slopes(pay, *(rescaled(scenario, at, what) for at in (factor * (1 - SPAN), factor * (1 + SPAN) or SPAN)))
    return EqualPay(made, factor, what, math.fsum(reached) / runs, wanted, error, runs, scenario.currency, slopes)


def _slopes(pay: _Pay, low: Scenario, high: Scenario) -> dict[str, float]:
    """Change of every outcome's mean per unit of pay between two factors; 0 of what is defined in no run."""
    moved = float(pay(high).mean() - pay(low).mean())
    if not moved > 0:
        return {}
    gaps = (pay.outcomes(high) - pay.outcomes(low)).mean()  # of the runs in which both are defined
    return {str(name): float(gap) / moved for name, gap in gaps.items() if math.isfinite(gap)}


def rescaled(scenario: Scenario, factor: float, what: str = "variable") -> Scenario:
    """The scenario with its variable pay, or its salary, multiplied by a factor, and titled so.

    Rates, tiers' rates, bonuses and caps of components that add pay are multiplied, so at equal behaviour every award is.
    Multipliers and gates are factors of that pay, and stay; so do quotas, thresholds, shares clawed back or deferred, and
    the regulator's limit on variable pay, which is a share of salary.
    """
    given = f"{scenario.title} at equal pay"
    if what == "salary":
        made = scenario.with_(title=given, reps={"salary": scenario.reps.salary * factor})
    else:
        components = [_rescaled(component, factor) for component in scenario.scheme.components]
        made = scenario.with_(title=given, scheme={"components": components})
    made._name = f"{scenario.name}-equal-pay"
    return made


def _rescaled(component: Component, factor: float) -> dict[str, Any]:
    data = component.model_dump(exclude_unset=True)  # what was not said must not be said: it would be checked as if it were
    if component.combine == "add":
        data |= {name: getattr(component, name) * factor for name in ("rate", "bonus", "cap") if getattr(component, name)}
        if component.tiers:
            data["tiers"] = [tier.model_dump() | {"rate": tier.rate * factor} for tier in component.tiers]
    return data


def _check_rescalable(scenario: Scenario, what: str) -> None:
    if what == "salary" and not scenario.reps.salary:
        raise InputError(f"equal pay: {scenario.name} pays no salary that could be rescaled; rescale its variable pay")
    adding = (component for component in scenario.scheme.components if component.combine == "add")
    if what == "variable" and not any(c.rate or c.bonus or any(tier.rate for tier in c.tiers) for c in adding):
        raise InputError(f"equal pay: {scenario.name} has no variable pay that could be rescaled; rescale its salary")


class _Pay:
    """Mean pay per rep-month of a scenario, run by run; runs without a rep-month count as no pay."""

    def __init__(self, runs: int, seed: int, workers: int | None) -> None:
        self.seed, self.workers = seed, workers
        size = 64
        self.chunks = [range(APART + k, APART + min(k + size, runs)) for k in range(0, runs, size)]
        self._known: dict[str, pd.DataFrame] = {}

    def __call__(self, scenario: Scenario) -> Any:
        return np.nan_to_num(self.outcomes(scenario)[PAY].to_numpy(float))

    def outcomes(self, scenario: Scenario) -> pd.DataFrame:
        """All outcomes, run by run."""
        key = scenario.content_hash()
        if key not in self._known:
            stop, pool = engine.new_stop(), Threads(self.workers)
            with engine.stopping(stop, pool):
                tables = list(pool.map(lambda chunk: engine.simulate(scenario, self.seed, chunk, stop=stop).runs, self.chunks))
            self._known[key] = pd.concat(tables, ignore_index=True).drop(columns=["scenario", "run"], errors="ignore")
        return self._known[key]


def _root(gap: Callable[[float], float], close: float, where: str, what: str) -> float:
    """A factor at which the gap in pay is at most `close`."""
    best, least = 1.0, math.inf
    for factor, found in islice(_approach(gap, where, what), STEPS):
        if abs(found) < least:
            best, least = factor, abs(found)
        if least <= close:
            break
    if least > close:
        raise InputError(
            f"{where}: its pay jumps at the factor {best:g}, by more than {close:,.2f}; more runs make the jump smaller"
        )
    return best


def _approach(gap: Callable[[float], float], where: str, what: str) -> Iterator[tuple[float, float]]:
    """Factors that close in on a root, each with its gap: doubled to bracket it, then false position (Illinois)."""
    low, g_low = 0.0, gap(0.0)
    yield low, g_low
    if g_low > 0:
        rest, hint = ("variable pay", "rescale its salary") if what == "variable" else ("salary", "rescale its variable pay")
        raise InputError(f"{where}: without any {rest} it pays {g_low:,.2f} more; {hint}")
    high, g_high = 1.0, gap(1.0)
    yield high, g_high
    while g_high < 0:
        if high >= LARGEST:
            raise InputError(f"{where}: at {high:g} times its {what} pay it still pays {-g_high:,.2f} less")
        low, g_low, high = high, g_high, 2 * high
        g_high = gap(high)
        yield high, g_high
    side = 0
    while True:
        factor = _rounded((low * g_high - high * g_low) / (g_high - g_low))
        if not low < factor < high:
            factor = _rounded((low + high) / 2)
        if not low < factor < high:
            return
        found = gap(factor)
        yield factor, found
        if found < 0:
            low, g_low, g_high = factor, found, g_high / 2 if side == -1 else g_high
            side = -1
        else:
            high, g_high, g_low = factor, found, g_low / 2 if side == 1 else g_low
            side = 1


def _rounded(factor: float) -> float:
    return float(f"{factor:.{DIGITS}g}")

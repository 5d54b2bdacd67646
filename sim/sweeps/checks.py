"""What is wrong with a design, said before anything is simulated.

A factor that can never be right is refused; values that are wrong only beside others are left to the points: such a
point fails, and is recorded as failing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import ValidationError

from sim.errors import InputError
from sim.observables import is_observable, parse
from sim.scenario.base import nearest, shown
from sim.scenario.model import Scenario
from sim.study.comparable import check_currency
from sim.sweeps.factor import MOST, Factor
from sim.sweeps.point import is_whole, make_scenario
from sim.tables import run_columns
from sim.whole_number import LAST_SEED, MOST_RUNS

if TYPE_CHECKING:
    from sim.sweeps.design import Design

SAMPLED = ("lhs", "sobol_sequence", "sobol", "morris")
GIVEN = ("table", "list")
OUTCOMES = frozenset(column.name for column in run_columns(1200))  # of runs of any length
METHODS = ("grid", *SAMPLED, *GIVEN)


def check_size(points: int) -> None:
    """Refuse a design of too many points before they are made."""
    if points > MOST:
        raise InputError(f"points: the design has {points:,}, allowed are at most {MOST:,}")


def check_numbers(design: Design) -> None:
    """Refuse what is wrong without a look at the factors."""
    if design.base is not None and not isinstance(design.base, Scenario):
        raise InputError(f"base: found {shown(design.base)}, allowed is a scenario")
    if design.method not in METHODS:
        hint = nearest(design.method, METHODS)
        raise InputError(f"method: found {shown(design.method)}, allowed is one of {', '.join(METHODS)}{hint}")
    wholes: dict[str, tuple[Any, int]] = {"runs": (design.runs, 1), "seed": (design.seed, 0)}
    if design.size is not None:
        wholes["points"] = (design.size, 1)
    for name, (value, least) in wholes.items():
        most = MOST_RUNS if name == "runs" else LAST_SEED
        if not (is_whole(value) and least <= value <= most):
            raise InputError(f"{name}: found {shown(value)}, allowed is a whole number, {least} to {most}")
    if not is_whole(design.grid_levels) or design.grid_levels < 2 or design.grid_levels % 2:
        raise InputError(f"grid_levels: found {shown(design.grid_levels)}, allowed is an even number of at least 2")
    _check_method(design)
    if design.base is not None:
        for name in design.outcomes:
            if is_observable(name):
                parse(name)
            elif name not in OUTCOMES:
                names = [column.name for column in run_columns(design.base.months)]
                raise InputError(f'outcomes: found "{name}"{nearest(name, names) or "; there are " + ", ".join(names)}')


def observables(design: Design) -> tuple[str, ...]:
    """The outcomes of a design that are observables, which are recorded beside the runs table's columns."""
    return tuple(name for name in design.outcomes if is_observable(name)) if design.base is not None else ()


def _check_method(design: Design) -> None:
    if design.method in SAMPLED and design.size is None:
        raise InputError(f'points: found none; say how many the method "{design.method}" is to make')
    if design.method not in SAMPLED and design.size is not None:
        raise InputError(f'points: found {design.size}, but method "{design.method}" makes its own number; leave points out')
    if design.method == "sobol" and design.size and design.size & (design.size - 1):
        below = 1 << (design.size.bit_length() - 1)
        raise InputError(f"points: found {design.size}, allowed for sobol is a power of 2, such as {below} or {2 * below}")
    if design.method in GIVEN and design.table is None:
        raise InputError(f'table: found none; method "{design.method}" needs the points')
    if design.method not in GIVEN and design.table is not None:
        raise InputError(f'table: found one, but method "{design.method}" makes its own points; say method = "table"')


def check_factors(design: Design) -> None:
    """Refuse factors that do not go together."""
    if not design.factors:
        raise InputError("factors: found none; a design needs at least one [[factors]]")
    twice = [name for number, name in enumerate(design.names) if name in design.names[:number]]
    if twice:
        raise InputError(f'factors: found the name "{twice[0]}" twice; give one of them another name')
    free = [factor.name for factor in design.factors if not factor.ranged and not factor.labels]
    if free and design.method not in GIVEN:
        raise InputError(f'factor "{free[0]}": found neither low and high nor levels')
    if design.base is not None and (bare := [one.name for one in design.factors if not one.paths]):
        raise InputError(f'factor "{bare[0]}": found no path; say which parameter it sets')
    taken = [name for name in design.names if design.base is not None and name in OUTCOMES]
    if taken:
        raise InputError(f'factor "{taken[0]}": this is the name of an outcome; give the factor another name')
    crossed = [factor.name for factor in design.factors if factor.crossed]
    if crossed and design.method not in SAMPLED:
        raise InputError(f'factor "{crossed[0]}": found crossed, but method "{design.method}" makes no sample to cross it with')
    if crossed and len(crossed) == len(design.factors):
        raise InputError('factors: found crossed ones only, so there is nothing to sample; say method = "grid"')
    set_by: dict[str, str] = {}
    for factor in design.factors:
        for path in factor.paths:
            for earlier, name in set_by.items():
                if path == earlier:
                    raise InputError(f'factor "{factor.name}": sets {path}, which factor "{name}" sets too')
                if path == "scenario" or earlier.startswith((f"{path}.", f"{path}[")):
                    raise InputError(f'factor "{factor.name}": would undo factor "{name}"; let it stand before that one')
            set_by[path] = factor.name


def check_currencies(design: Design) -> None:
    """Refuse points whose money is of different currencies: a whole scenario's, that a scheme is written in, or one set by itself."""
    said: list[tuple[str, str]] = []
    replaced = any(path in ("scenario", "currency") for factor in design.factors for path in factor.paths)
    if design.base is not None and not replaced:
        said.append(("the base", design.base.currency))
    for factor in design.factors:
        labels, values = factor.labels, factor.values
        if "currency" in factor.paths and not labels:
            labels = values = tuple(dict.fromkeys(design.codes[factor.name].tolist()))
        for label, value in zip(labels, values, strict=True):
            if isinstance(value, Scenario):
                said.append((f'level "{label}" of factor "{factor.name}"', value.currency))
            elif "currency" in factor.paths:
                said.append((f'level "{label}" of factor "{factor.name}"', str(value)))
    check_currency(said)


def probe(base: Scenario, factors: Sequence[Factor]) -> None:
    """Refuse the last factor if it can never be right: no such parameter, or a bound or level not allowed for it.

    Each of its ends is set alone, and beside each level of the factors before it, since a component it names may
    stand in one of their schemes only.
    """
    *earlier, factor = factors
    for end in range(len(factor.labels)) if factor.labels else [factor.low, factor.high] if factor.ranged else []:
        _try(base, earlier, factor, end, f'factor "{factor.name}"')


def probe_given(
    base: Scenario, factors: Sequence[Factor], codes: Mapping[str, np.ndarray], numbers: Sequence[int], where: str
) -> None:
    """Refuse a value of a table that can never be right: of numbers the lowest and the highest are tried, of others each."""
    for number, factor in enumerate(factors):
        values = codes[factor.name]
        if factor.labels or factor.ranged:
            continue  # probed without the table
        if values.dtype == object:
            rows = list({(type(value), value): row for row, value in reversed(list(enumerate(values)))}.values())[::-1]
        else:
            rows = [int(values.argmin()), int(values.argmax())]
        for row in rows:
            value = values[row].item() if hasattr(values[row], "item") else values[row]
            _try(base, factors[:number], factor, value, f"{where}: row {numbers[row]}")


def _try(base: Scenario, earlier: Sequence[Factor], factor: Factor, code: Any, where: str) -> None:
    """Set one value alone, then beside each level of the factors before it; refuse it if it is never right."""
    starts: list[tuple[tuple[Factor, ...], tuple[Any, ...]]] = [((), ())]
    starts += [((one,), (level,)) for one in earlier for level in range(len(one.labels))]
    first: InputError | None = None
    for others, row in starts:
        try:
            make_scenario(base, (*others, factor), (*row, code), where)
        except InputError as error:
            first = first or error
            if not _only_beside_others(error):
                continue
        return
    assert first is not None
    raise first


def _only_beside_others(error: InputError) -> bool:
    """Whether a value is wrong only beside others: a point may still be right."""
    why = error.__context__
    return isinstance(why, ValidationError) and all(detail["type"] == "inconsistent" for detail in why.errors())

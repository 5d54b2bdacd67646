"""What drives the result: the part of a memo that a sweep is needed for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from sim.errors import InputError
from sim.memo.blocks import Paragraph, Picture, Points, Section, Table
from sim.memo.words import called
from sim.plots import response
from sim.recipes.sweep import draw_sensitivity
from sim.sweeps import Sweep
from sim.understand import paired
from sim.understand.method import by_method
from sim.understand.noise import TooNoisyError

DRIVES = "What drives the result"
TOLD = 3  # parameters that are spoken of


class Drives(NamedTuple):
    """A section on a sweep, and its figures by name: how each is drawn, and what it asks of the sweep (:mod:`sim.recipes.sweep`)."""

    section: Section
    figures: dict[str, tuple[Callable[[], Any], dict[str, Any]]]
    sweep: Sweep
    outcome: str


class RankedBy(NamedTuple):
    """What an analysis says of each factor: the column that ranks them, and how it is spoken of."""

    column: str
    said: str


MEASURES = {
    "sobol": RankedBy("total", "total Sobol' index"),
    "morris": RankedBy("mu_star", "mean absolute elementary effect"),
    "given": RankedBy("regression", "standardised regression coefficient"),
}


def drives(sweep: Sweep, outcome: str = "npv") -> Drives:
    """The section on a sweep; with a crossed factor of two levels, on the difference between them.

    Raises
    ------
    InputError
        When it has no such outcome, or its design is one that no such section is written of.
    """
    data, column, what, pair = _asked(sweep, outcome)
    try:
        kind, result = by_method(data, column)
    except TooNoisyError as error:
        return Drives(
            Section(DRIVES, (Paragraph(f"The sweep does not say on what {what} depends: {error}."),)), {}, sweep, outcome
        )
    if kind not in MEASURES:
        raise InputError(f"{sweep.folder}: moves one parameter at a time; a memo needs a sample ({', '.join(MEASURES)})")
    measure = MEASURES[kind]
    ranked = result.table[result.table["factor"] != "(chance)"]
    ranked = ranked.iloc[(-ranked[measure.column].abs()).argsort(kind="stable")]
    first = str(ranked["factor"].iloc[0])
    asked = {"outcome": outcome, "pair": pair}
    figures: dict[str, tuple[Callable[[], Any], dict[str, Any]]] = {
        "sweep_sensitivity": (lambda: draw_sensitivity(kind, result), {**asked, "figure": "sensitivity"}),
        "sweep_response": (lambda: response.response(data, first, column), {**asked, "figure": "response", "factor": first}),
    }
    many = f"{len(data.points):,} points, {sweep.about['runs']:,} runs each"
    intro = f"A sweep over {len(ranked)} parameters ({many}; seed {sweep.about['seed']}, common random numbers) says on which of them {what} depends."
    pictures = (
        Picture("sweep_sensitivity", f"On which parameters {what} depends."),
        Picture("sweep_response", f"How {what} goes with {first}, over all values of the other parameters."),
    )
    points = Points((*_signs(data), *_first(ranked, measure, what)))
    return Drives(Section(DRIVES, (Paragraph(intro), points, _table(ranked, measure), *pictures)), figures, sweep, outcome)


def _asked(sweep: Sweep, outcome: str) -> tuple[Any, str, str, list[Any] | None]:
    """What is analysed: the data, its column, what it is in words, and of a difference, the factor and its levels."""
    crossed = [factor for factor in sweep.design.factors if factor.crossed and len(factor.labels) == 2]
    if not crossed:
        return sweep, outcome, f"the {called(outcome)}", None
    base, other = crossed[0].labels
    data = paired(sweep, crossed[0].name, base, other, outcome)
    said = f"the difference in {called(outcome)}, {other} less {base},"
    return data, "difference", said, [crossed[0].name, data.base, data.other]


def _signs(data: Any) -> tuple[str, ...]:
    """Of a difference: how often it has which sign, and how often that is not known."""
    if not hasattr(data, "unsure"):
        return ()
    table = data.table
    above = int(((table["difference"] > 0) & table["established"]).sum())
    below = int(((table["difference"] < 0) & table["established"]).sum())
    return (
        f"It is above zero at {above} of {len(table)} points and below at {below}; at {data.unsure} the sign is not established "
        "(nearer to zero than two standard errors).",
    )


def _first(ranked: Any, measure: RankedBy, what: str) -> tuple[str, ...]:
    """The parameters that matter most, each in a sentence; only those whose interval excludes zero."""
    said = []
    for row in ranked.head(TOLD).to_dict("records"):
        low, high = row[f"{measure.column}_low"], row[f"{measure.column}_high"]
        if low <= 0 <= high:
            continue
        way = "" if measure.column != "regression" else (", upwards" if row[measure.column] > 0 else ", downwards")
        said.append(
            f"{row['factor']} moves it{way}: {measure.said} {row[measure.column]:.2f} (95% interval {low:.2f} to {high:.2f})."
        )
    return tuple(said) or (f"Of no parameter is it established at 95% that {what.rstrip(',')} depends on it.",)


def _table(ranked: Any, measure: RankedBy) -> Table:
    shown = [name for name in dict.fromkeys((measure.column, "first", "total")) if f"{name}_low" in ranked]
    rows = tuple(
        (row["factor"], *(f"{row[name]:.2f} ({row[f'{name}_low']:.2f} to {row[f'{name}_high']:.2f})" for name in shown))
        for row in ranked.to_dict("records")
    )
    words = {"first": "first-order index", "total": "total index", measure.column: measure.said}
    return Table("drives", "Parameters varied, with 95% intervals.", ("parameter", *(words[name] for name in shown)), rows, 1)

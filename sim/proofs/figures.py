"""QQ plots – scores against the normal distribution, samples against the distributions they should have – and convergence to limits."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from scipy import stats

from sim.files.atomic import make_folder
from sim.plots.draw import settled
from sim.plots.frame import Sourced, canvas, heading
from sim.plots.style import BLUE, GREY, look
from sim.proofs.entry import LIMIT, MARGIN, Convergence, Effort, Figure, Quantiles, Trajectories
from sim.proofs.practice_figure import practice
from sim.proofs.run import Battery
from sim.recipes import write
from sim.study.provenance import made_now

DPI = 120
SCORES = "z"  # name of the figure of all scores


def scores(battery: Battery) -> np.ndarray:
    """The z of all numbers found with an error that dwarfs the difference allowed for, in ascending order."""
    pure = (one for one in battery.findings if one.standard_error > 0.0 and one.tolerance <= 0.1 * one.standard_error)
    return np.sort([one.z for one in pure if np.isfinite(one.z)])


def figures(battery: Battery) -> dict[str, tuple[Figure, list[str]]]:
    """What is drawn of a battery by name, each with the ids of the entries that it comes from."""
    found = scores(battery)
    plots: dict[str, tuple[Figure, list[str]]] = {
        one.name: (one, [result.entry.id]) for result in battery.results for one in result.figures
    }
    if found.size > 1:
        levels = (np.arange(found.size) + 0.5) / found.size
        every = Quantiles(SCORES, f"z of {found.size} findings", stats.norm.ppf(levels), found)
        plots = {SCORES: (every, [result.entry.id for result in battery.results]), **plots}
    return plots


def draw(battery: Battery, folder: Path, page: str = "validation") -> list[Path]:
    """Write ``PAGE-z.png`` and a figure for every sample and every limit, each with what made it; same battery, same bytes."""
    make_folder(folder)
    written = []
    for name, (one, entries) in figures(battery).items():
        told = recipe(battery.effort, entries, name)
        figure = settled(lambda one=one: plot(one, battery.effort))  # type: ignore[misc]
        written.append(write(figure, folder / f"{page}-{name}.png", told, made(told), dpi=DPI))
    return written


def recipe(effort: Effort, entries: list[str], name: str) -> dict[str, Any]:
    """From what a figure is made again: the entries behind it, and how they are run."""
    return {"kind": "battery", "entries": entries, "quick": effort.quick, "seed": effort.seed, "figure": name}


def made(told: dict[str, Any]) -> dict[str, Any]:
    """By what a figure is made: versions and the command that makes it; no date, so that a report is the same each time."""
    now = made_now()
    only = [part for entry in told["entries"] for part in ("--only", entry)]
    command = ["daarna", "validate", *(["--quick"] if told["quick"] else []), "--seed", str(told["seed"]), *only]
    return {key: now[key] for key in ("daarna", "source", "versions")} | {"command": shlex.join(command)}


def plot(one: Figure, effort: Effort) -> Axes:
    """What was found beside what was expected."""
    whence = f"{'quick' if effort.quick else 'full'} battery · seed {effort.seed}"
    if isinstance(one, Trajectories):
        return practice(one.lines, one.runs, f"{one.setting} · {len(one.runs.clients):,} runs · {whence}").axes[0]
    with canvas(Sourced(whence), None, height=4.0) as ax:
        _converge(ax, one) if isinstance(one, Convergence) else _quantiles(ax, one)
        heading(ax, one.title)
    return ax


def _quantiles(ax: Axes, one: Quantiles) -> None:
    ends = np.array([min(one.expected.min(), one.found.min()), max(one.expected.max(), one.found.max())])
    ax.plot(ends, ends, color=GREY, linewidth=0.8)
    if one.name == SCORES:
        for bound in (-LIMIT, LIMIT):
            ax.axhline(bound, color=GREY, linewidth=0.8, linestyle=":")
    ax.plot(one.expected, one.found, "o", color=BLUE, markersize=3, markeredgewidth=0)
    ax.set_xlabel("expected quantile")
    ax.set_ylabel("found quantile")


def _converge(ax: Axes, one: Convergence) -> None:
    """Lines: what the steps should give, in closed form; points: what the model gave, with 95% intervals."""
    for number, (case, (steps, gaps)) in enumerate(one.cases.items()):
        its = look(number)
        ax.plot([*steps, 0.0], [*(gap.expected for gap in gaps), 0.0], color=its.color, linewidth=0.8)
        reach = [MARGIN * gap.standard_error for gap in gaps]
        ax.errorbar(steps, [gap.found for gap in gaps], reach, fmt=its.marker, color=its.color, markersize=4, label=case)
    ax.axhline(0.0, color="black", linewidth=0.6)
    ax.set_xlabel(f"length of a step ({one.unit})")
    ax.set_ylabel("gap to the limit, as a share of it")
    ax.legend(frameon=False)

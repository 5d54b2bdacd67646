"""QQ plots – scores against the normal distribution, samples against the distributions they should have – and convergence to limits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from scipy import stats

from sim.validate.entry import LIMIT, MARGIN, Convergence, Figure, Quantiles
from sim.validate.run import Battery

DPI = 120


def scores(battery: Battery) -> np.ndarray:
    """The z of all numbers found with an error that dwarfs the difference allowed for, in ascending order."""
    pure = (one for one in battery.findings if one.standard_error > 0.0 and one.tolerance <= 0.1 * one.standard_error)
    return np.sort([one.z for one in pure if np.isfinite(one.z)])


def draw(battery: Battery, folder: Path) -> list[Path]:
    """Write ``validation-z.png`` and a figure for every sample and every limit; same battery, same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    found = scores(battery)
    plots: list[Figure] = [one for result in battery.results for one in result.figures]
    if found.size > 1:
        levels = (np.arange(found.size) + 0.5) / found.size
        plots.insert(0, Quantiles("z", f"z of {found.size} findings", stats.norm.ppf(levels), found))
    kind = "quick" if battery.effort.quick else "full"
    return [_draw(one, folder / f"validation-{one.name}.png", f"{kind} battery · seed {battery.effort.seed}") for one in plots]


def _draw(one: Figure, file: Path, whence: str) -> Path:
    from sim.plots.frame import Sourced, canvas, heading

    with canvas(Sourced(whence), None, height=4.0) as ax:
        _converge(ax, one) if isinstance(one, Convergence) else _quantiles(ax, one)
        heading(ax, one.title)
    figure = ax.get_figure(root=True)
    assert figure is not None
    figure.savefig(file, format="png", dpi=DPI, metadata={"Software": None})
    return file


def _quantiles(ax: Axes, one: Quantiles) -> None:
    from sim.plots.style import BLUE, GREY

    ends = np.array([min(one.expected.min(), one.found.min()), max(one.expected.max(), one.found.max())])
    ax.plot(ends, ends, color=GREY, linewidth=0.8)
    if one.name == "z":
        for bound in (-LIMIT, LIMIT):
            ax.axhline(bound, color=GREY, linewidth=0.8, linestyle=":")
    ax.plot(one.expected, one.found, "o", color=BLUE, markersize=3, markeredgewidth=0)
    ax.set_xlabel("expected quantile")
    ax.set_ylabel("found quantile")


def _converge(ax: Axes, one: Convergence) -> None:
    """Lines: what the steps should give, in closed form; points: what the model gave, with 95% intervals."""
    from sim.plots.style import look

    for number, (case, (steps, gaps)) in enumerate(one.cases.items()):
        its = look(number)
        ax.plot([*steps, 0.0], [*(gap.expected for gap in gaps), 0.0], color=its.color, linewidth=0.8)
        reach = [MARGIN * gap.standard_error for gap in gaps]
        ax.errorbar(steps, [gap.found for gap in gaps], reach, fmt=its.marker, color=its.color, markersize=4, label=case)
    ax.axhline(0.0, color="black", linewidth=0.6)
    ax.set_xlabel(f"length of a step ({one.unit})")
    ax.set_ylabel("gap to the limit, as a share of it")
    ax.legend(frameon=False)

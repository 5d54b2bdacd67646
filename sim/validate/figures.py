"""QQ plots: scores against the normal distribution, samples against the distributions they should have."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from scipy import stats

from sim.validate.entry import LIMIT, Quantiles
from sim.validate.run import Battery

DPI = 120


def scores(battery: Battery) -> np.ndarray:
    """The z of all findings whose standard error is estimated, in ascending order."""
    return np.sort([one.z for one in battery.findings if np.isfinite(one.z) and one.z != 0.0])


def draw(battery: Battery, folder: Path) -> list[Path]:
    """Write ``validation-z.png`` and a figure for every sample; same battery, same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    found = scores(battery)
    plots = [one for result in battery.results for one in result.quantiles]
    if found.size > 1:
        levels = (np.arange(found.size) + 0.5) / found.size
        plots.insert(0, Quantiles("z", f"z of {found.size} findings", stats.norm.ppf(levels), found))
    kind = "quick" if battery.effort.quick else "full"
    return [_draw(one, folder / f"validation-{one.name}.png", f"{kind} battery · seed {battery.effort.seed}") for one in plots]


def _draw(one: Quantiles, file: Path, whence: str) -> Path:
    from sim.plots.frame import Sourced, canvas, heading
    from sim.plots.style import BLUE, GREY

    with canvas(Sourced(whence), None, height=4.0) as ax:
        ends = np.array([min(one.expected.min(), one.found.min()), max(one.expected.max(), one.found.max())])
        ax.plot(ends, ends, color=GREY, linewidth=0.8)
        if one.name == "z":
            for bound in (-LIMIT, LIMIT):
                ax.axhline(bound, color=GREY, linewidth=0.8, linestyle=":")
        ax.plot(one.expected, one.found, "o", color=BLUE, markersize=3, markeredgewidth=0)
        ax.set_xlabel("expected quantile")
        ax.set_ylabel("found quantile")
        heading(ax, one.title)
    figure = ax.figure
    figure.savefig(file, format="png", dpi=DPI, metadata={"Software": None})
    return file

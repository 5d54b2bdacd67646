"""From one scheme to another: where the difference in profit comes from."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from sim.errors import InputError
from sim.plots.drivers import GAINS, LOSSES, PARTS, TOTAL, bar, patch
from sim.plots.frame import canvas, heading, message
from sim.plots.results import Array, Results, labels_of, months_of, of
from sim.plots.spread import Mean, mean_interval
from sim.plots.style import GREY, INK, PALE, TICK
from sim.plots.units import Money
from sim.scenario.base import shown
from sim.texts import nearest


def differences(study: Results, base: str, other: str) -> tuple[Array, Array]:
    """By how much each driver raises profit from `base` to `other`, run by run.

    Returns
    -------
    steps : [runs, drivers] change of profit through each driver (a cost that falls raises profit).
    total : [runs] change of profit over all months, not discounted.  It is the sum of the steps, to rounding.

    Raises
    ------
    InputError
        When the study has no such scenario, or the two have no run in common.
    """
    for name in (base, other):
        if name not in study.names:
            raise InputError(
                f"found {shown(name)}, which is no scenario of the study; there are {', '.join(study.names)}{nearest(name, study.names)}"
            )
    last = max(months_of(study))
    years = [f"profit_year_{year}" for year in range(1, -(-last // 12) + 1)]
    columns = ["run", *(part.column for part in PARTS), *years]
    one, two = (of(study.runs, name, *columns).set_index("run").drop(columns="scenario") for name in (base, other))
    common = one.index.intersection(two.index)
    if not len(common):
        raise InputError(f"{base} and {other} have no run in common, so nothing can be paired")
    change = two.loc[common] - one.loc[common]
    signs = np.array([part.sign for part in PARTS])
    steps = change[[part.column for part in PARTS]].to_numpy(dtype=float) * signs
    return steps, change[years].to_numpy(dtype=float).sum(axis=1)


def waterfall(study: Results, base: str, other: str, ax: Axes | None = None) -> Axes:
    """Decompose the difference in profit between two schemes into its drivers, with paired 95% intervals.

    Each bar is the mean over runs of what a driver adds to the difference: first purchases, repeat purchases,
    payment, service, acquisition, pay, fixed cost.  They start where the one above ends, and add up to the difference
    in profit over all months, not discounted.  Both schemes met the same random numbers, run by run, and the
    intervals are those of the paired differences.

    Parameters
    ----------
    study : a study with both scenarios.
    base, other : names of scenarios; the difference is `other` less `base`.
    ax : where to draw; a figure of its own if not given.

    Raises
    ------
    InputError
        As :func:`differences`.
    """
    steps, total = differences(study, base, other)
    means = [*(mean_interval(column) for column in steps.T), mean_interval(total)]
    labels = [*(part.label for part in PARTS), "Difference in profit"]
    months = max(months_of(study))
    known = labels_of(study)
    runs = f"{len(total):,} paired run{'' if len(total) == 1 else 's'}"
    with canvas(study, ax, note=f"{known[other]} less {known[base]}, {runs}.") as ax:
        money = Money.fitting(study.currency, np.array([mean.mean for mean in means]), np.cumsum([m.mean for m in means[:-1]]))
        _steps(ax, means, money)
        ax.axvline(0, color=INK, linewidth=0.8, zorder=2)
        ax.axhline(len(PARTS) - 0.5, color=GREY, linewidth=0.8)
        ax.set_yticks(range(len(labels)), labels)
        ax.get_yticklabels()[-1].set_fontweight("bold")
        ax.set_ylim(len(labels) - 0.45, -0.55)
        ax.tick_params(axis="y", length=0)
        ax.grid(visible=False, axis="y")
        ax.grid(axis="x", color=PALE, linewidth=0.5)
        money.on(ax.xaxis)
        ax.set_xlabel(money.label(f"Difference, mean over runs, {months} month{'' if months == 1 else 's'}"))
        interval = [Line2D([], [], color=INK, marker="|", label="95% interval, paired")] if means[-1].half_width > 0 else []
        heading(
            ax,
            f"From {known[base]} to {known[other]}",
            [patch(GAINS, "adds to profit"), patch(LOSSES, "takes from it"), *interval],
            beside=65.0,
        )
        if not any(mean.mean for mean in means):
            message(ax, "No difference in any driver")
    return ax


def _steps(ax: Axes, means: list[Mean], money: Money) -> None:
    ends = np.cumsum([0.0, *(mean.mean for mean in means[:-1])])
    for row, mean in enumerate(means):
        last = row == len(means) - 1
        bar(ax, row, 0.0 if last else float(ends[row]), mean, 0.62, TOTAL if last else GAINS if mean.mean >= 0 else LOSSES)
        if not last:
            ax.vlines(float(ends[row + 1]), row, row + 1, color=GREY, linewidth=0.6, zorder=1.5)
        ax.text(
            1.02,
            row,
            money.text(mean),
            transform=ax.get_yaxis_transform(),
            va="center",
            fontsize=TICK,
            fontweight="bold" if last else "normal",
        )

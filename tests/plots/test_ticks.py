"""What stands beside a tick is the number at its place, on every axis and in every multiple."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from sim.plots.frame import tidy
from sim.plots.style import style
from sim.plots.ticks import Ticks, decimals_of, log_axis, number_axis
from sim.plots.units import Money, share_axis

RAISED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def axes() -> Axes:
    with style():
        figure = Figure()
        FigureCanvasAgg(figure)
        ax = figure.add_subplot()
        tidy(ax)
    return ax


def read(text: str) -> float:
    mantissa, _, power = text.removesuffix("%").replace(",", "").replace("−", "-").partition("×10")
    return float(mantissa) * 10.0 ** int(power.translate(RAISED) or 0)


def ticks(ax: Axes) -> list[tuple[float, str]]:
    """Places and texts of the ticks of the x axis that are seen."""
    ax.figure.draw_without_rendering()
    low, high = sorted(ax.get_xlim())
    pairs = zip(ax.get_xticks(), ax.get_xticklabels(), strict=True)
    return [(float(at), label.get_text()) for at, label in pairs if low - 1e-9 * abs(low) <= at <= high + 1e-9 * abs(high)]


def test_shares_of_half_per_cents_are_not_rounded() -> None:
    ax = axes()
    share_axis(ax.xaxis)
    ax.set_xlim(0, 0.13)
    assert [text for _, text in ticks(ax)] == ["0.0%", "2.5%", "5.0%", "7.5%", "10.0%", "12.5%"]


ENDS = [(0, 0.11), (0, 1), (-0.03, 0.02), (0.9971, 0.9974), (0, 1e12), (-4.1e6, 2.2e6), (999_999.9, 1_000_000.1), (0, 3e-9),
        (-1e15, 1e15), (0, 12_345), (0, 1e-5), (1e6, 1e6 + 7)]  # fmt: skip


@pytest.mark.parametrize("ends", ENDS)
@pytest.mark.parametrize("kind", ["plain", "own", "share", "money"])
def test_every_text_is_the_number_at_its_tick(kind: str, ends: tuple[float, float]) -> None:
    ax, factor = axes(), 1.0
    ax.set_xlim(*ends)
    if kind == "share":
        share_axis(ax.xaxis)
        factor = 0.01
    elif kind == "money":
        money = Money.fitting("EUR", np.array(ends))
        money.on(ax.xaxis)
        factor = money.factor
    elif kind == "own":
        number_axis(ax.xaxis)
    shown = ticks(ax)
    step = (ends[1] - ends[0]) / 4
    assert len(shown) >= 2
    assert len({text for _, text in shown}) == len(shown)
    for at, text in shown:
        assert abs(read(text) * factor - at) <= 1e-5 * step, (at, text)
        assert "-" not in text and "e" not in text


@pytest.mark.parametrize("ends", [(1, 1000), (0.01, 0.5), (2.0, 3.1), (1e-9, 1e9), (900, 1100), (1e-4, 2e-2), (3e3, 4e5)])
def test_a_logarithmic_axis_shows_numbers_and_no_markup(ends: tuple[float, float]) -> None:
    ax = axes()
    ax.set_xlim(*ends)
    log_axis(ax.xaxis)
    shown = ticks(ax)
    assert len(shown) >= 2
    for at, text in shown:
        assert read(text) == pytest.approx(at, rel=1e-9) and "$" not in text


def test_a_sign_is_shown_where_a_difference_is() -> None:
    formatter = Ticks(0.01, signed=True)
    assert formatter.format_ticks([-0.025, 0.0, 0.025]) == ["−2.5", "0.0", "+2.5"]


def test_decimals_are_the_fewest_that_tell_the_numbers() -> None:
    assert [decimals_of(v) for v in ([0, 5, 10], [0, 2.5, 5], [0.001, 0.00125], [3.0], [], [0.1 + 0.2])] == [0, 1, 5, 0, 0, 1]

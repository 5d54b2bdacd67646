"""Figures of sweeps: they show the numbers of the result, say where those come from, and draw into a given axes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from sim.errors import InputError
from sim.plots.beside import beside, marks
from sim.plots.discovery import box, tradeoff
from sim.plots.frame import Sourced, canvas, heading
from sim.plots.response import response, response_map
from sim.plots.sensitivity import effects, indices
from sim.plots.tornado import tornado as draw_tornado
from sim.scenario.model import Scenario
from sim.sweeps import Design, Factor, sweep
from sim.understand import given, morris, one_at_a_time, paired, prim, sobol, tornado
from tests.understand.worlds import as_model, own_noise, swept

pytestmark = pytest.mark.filterwarnings("error::RuntimeWarning", "error::UserWarning")

SQUARE = (Factor("x", low=0, high=1), Factor("y", low=1, high=100, log=True))
BASE = Scenario(title="Tiny", months=3, currency="USD", scheme={"components": [{"rate": 0.2}]})


def planted(point: Any, runs: range) -> Any:
    return 100 * point["x"] - 10 * np.log10(point["y"]) + own_noise(point, runs)


def texts(ax: Axes) -> str:
    figure = ax.figure
    below = figure.get_supxlabel()
    parts = [ax.get_title(loc="left"), ax.get_xlabel(), ax.get_ylabel(), below, *(text.get_text() for text in ax.texts)]
    return " ".join([*parts, *(label.get_text() for label in ax.get_yticklabels())]).replace("\n", " ").replace("\u00a0", " ")


def drawn(draw: Any, *arguments: Any, **more: Any) -> str:
    """Draw alone and into an axes; what is written on the one drawn alone."""
    ax = draw(*arguments, **more)
    ax.figure.savefig("/dev/null", format="png", dpi=60)
    mine = Figure().add_subplot()
    assert draw(*arguments, ax=mine, **more) is mine
    return texts(ax)


def test_indices_stand_in_the_order_of_the_totals() -> None:
    result = sobol(swept(planted, SQUARE, "sobol", 32, runs=2, second_order=False, title="Planted"), resamples=20)
    said = drawn(indices, result)
    assert "Planted · 128 points, 2 runs each · seed 1" in said and "chance makes" in said
    ax = indices(result)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["x", "y"]
    (dots, squares) = (line.get_xdata() for line in ax.lines[:2])
    assert list(dots) == pytest.approx(result.table["first"].tolist())
    assert list(squares) == pytest.approx(result.table["total"].tolist())


def test_one_run_a_point_is_said_to_leave_noise_in() -> None:
    said = drawn(indices, given(swept(planted, SQUARE, "lhs", 280, runs=1), resamples=5))
    assert "One run a point" in said and "(chance)" in said


def test_elementary_effects_are_named() -> None:
    assert {"x", "y"} <= set(drawn(effects, morris(swept(planted, SQUARE, "morris", 8, runs=3), resamples=20)).split())


def test_a_tornados_bars_are_the_effects() -> None:
    rate = Factor("rate", "scheme.components[0].rate", low=0.1, high=0.5)
    model = as_model(lambda point, runs: 1e6 * point["rate"])
    result = tornado(sweep(one_at_a_time(BASE, [rate], runs=2), model=model, workers=1))
    said = drawn(draw_tornado, result)
    assert "Change of npv (USD thousand), from the base's 200" in said and "0.1" in said and "0.5" in said
    bars = sorted(patch.get_width() for patch in draw_tornado(result).patches if isinstance(patch, Rectangle))
    assert bars == pytest.approx([-1e5, 3e5])


def test_the_box_is_drawn_at_its_limits() -> None:
    result = prim(swept(planted, SQUARE, "lhs", 200, runs=2), "npv > 50")
    said = drawn(box, result)
    assert "Where npv > 50" in said and "coverage" in said
    ax = box(result)
    (frame,) = (patch for patch in ax.patches if isinstance(patch, Rectangle))
    assert frame.get_x() == pytest.approx(result.boxes[0].between("x")[0])
    drawn(tradeoff, result)
    nothing = prim(swept(lambda p, runs: own_noise(p, runs), SQUARE, "lhs", 100, runs=1), "npv > 0", density=0.2)
    assert "No box was found" in drawn(box, nothing) and "No box" in drawn(tradeoff, nothing)


def test_a_response_follows_the_function_and_a_map_holds_its_means() -> None:
    grid = (Factor("x", low=0, high=1, steps=3), Factor("kind", levels=["a", "b"]))
    made = swept(lambda p, runs: 10 * p["x"] + (p["kind"] == "b") + 0 * own_noise(p, runs), grid, "grid", None, runs=2)
    drawn(response, made, "x")
    assert list(response(made, "x").lines[0].get_ydata()) == pytest.approx([0.5, 5.5, 10.5])
    assert "kind" in drawn(response, made, "kind")
    cells = [text.get_text() for text in response_map(made, "x", "kind").texts]
    assert cells == ["0.0", "5.0", "10.0", "1.0", "6.0", "11.0"]
    drawn(response_map, made, "x", "kind")
    sample = swept(planted, SQUARE, "lhs", 80, runs=1)
    drawn(response, sample, "y")
    drawn(response_map, sample, "x", "y")
    with pytest.raises(InputError, match='found "z", the sweep varies x, y'):
        response(sample, "z")


def test_a_paired_difference_says_whose_it_is() -> None:
    scheme = Factor("scheme", levels=["old", "new"], crossed=True)
    model = as_model(lambda p, runs: p["x"] * (p["scheme"] == "new"))
    pair = paired(sweep(Design(None, (scheme, *SQUARE), "lhs", 30, runs=1), model=model, workers=1))
    assert "npv, new less old" in drawn(response, pair, "x", "difference")


def covers(ax: Axes, x: float, y: float) -> bool:
    """Whether a frame of the box lies around a place."""
    frames = [patch for patch in ax.patches if isinstance(patch, Rectangle)]
    return any(f.get_x() < x < f.get_x() + f.get_width() and f.get_y() < y < f.get_y() + f.get_height() for f in frames)


@pytest.mark.parametrize(
    ("levels", "inside"), [(["a", "b"], {"b"}), (["a", "b", "c", "d"], {"a", "c"}), (["6 months", "12", "24"], {"12"})]
)
def test_a_box_for_some_levels_is_drawn_over_those_only(levels: list[Any], inside: set[str]) -> None:
    factors = (Factor("x", low=0, high=1), Factor("kind", levels=levels))
    made = swept(
        lambda p, runs: (str(p["kind"]) in inside) * (p["x"] > 0.4) + 0 * own_noise(p, runs), factors, "lhs", 240, runs=1
    )
    result = prim(made, "npv > 0.5")
    ax = box(result)
    drawn(box, result)
    kind = "y" if "kind" in ax.get_ylabel() else "x"
    axis = getattr(ax, f"{kind}axis")
    places = dict(zip((label.get_text() for label in axis.get_ticklabels()), axis.get_ticklocs(), strict=True))
    assert set(places) == set(map(str, levels))
    for level, place in places.items():
        for apart in (-0.3, 0.0, 0.3):  # as far as its points lie
            at = (0.9, place + apart) if kind == "y" else (place + apart, 0.9)
            assert covers(ax, *at) == (level in inside), level


def test_axes_speak_of_parameters_as_they_are_declared() -> None:
    factors = [
        Factor(path="scheme.components[0].rate", low=0.1, high=0.5),
        Factor(path="reps.salary", low=1000, high=5000),
        Factor("patience", "firm.discount_year", low=0.5, high=2.0, scale=True),
    ]
    model = as_model(lambda p, runs: p["reps.salary"] * p["scheme.components[0].rate"])
    result = tornado(sweep(one_at_a_time(BASE, factors, runs=2), model=model, workers=1))
    names = [label.get_text().replace("\n", " ") for label in draw_tornado(result).get_yticklabels()]
    assert set(names) == {"0, rate (per unit)", "reps, salary (USD/month)", "patience (times the base's)"}
    made = sweep(Design(BASE, factors, "lhs", 40, runs=1), model=model, workers=1)
    ax = response(made, "reps.salary")
    assert ax.get_xlabel().replace("\n", " ") == "reps, salary (USD/month): fixed pay"
    for said in (drawn(response, made, "reps.salary"), drawn(response_map, made, "reps.salary", "patience")):
        assert "reps.salary" not in said and "components" not in said


def overlaps(ax: Axes) -> int:
    """How many pairs of names beside points lie on each other, measured on the drawn figure."""
    ax.figure.draw_without_rendering()
    boxes = [Text.get_window_extent(text) for text in ax.texts]  # without the leaders
    return sum(a.overlaps(b) for k, a in enumerate(boxes) for b in boxes[k + 1 :])


def test_names_beside_points_do_not_lie_on_each_other() -> None:
    rng = np.random.default_rng(4)
    for spread in (1e-3, 0.1, 1.0):  # in one heap, near each other, everywhere
        x, y = 0.5 + spread * rng.uniform(-0.5, 0.5, (2, 12))
        with canvas(Sourced("made up · 1 · 2"), None) as ax:
            ax.plot(x, y, "o")
            ax.set(xlim=(0, 1), ylim=(0, 1))
            beside(ax, [f"scheme {k}" for k in range(12)], x, y, marks(x, y))
            heading(ax, "Names", [])
        assert overlaps(ax) == 0


def test_thirty_factors_are_named_once_each() -> None:
    many = [Factor(f"a factor with a name as long as number {k:02}", low=0, high=1) for k in range(30)]
    result = morris(swept(lambda p, runs: sum(k * v for k, v in enumerate(p.values())) + own_noise(p, runs), many, "morris", 4, runs=2),
                    resamples=5)  # fmt: skip
    names = sorted(text.get_text() for text in effects(result).texts)
    assert names == sorted(factor.name for factor in many)

"""The figure of a front shows what the answer says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from sim.design import Answer, solve
from sim.plots.pareto import pareto
from sim.recipes.design import write_front
from tests.design.worlds import problem, two_targets

MINIMA = [{"outcome": "short", "sense": "min"}, {"outcome": "long", "sense": "min"}]
EFFORT = {"evaluations": 30, "search_runs": 10, "choice_runs": 20, "report_runs": 40, "candidates": 10, "shown": 5}


@pytest.fixture(scope="module")
def answer() -> Answer:
    asked = problem("x y", MINIMA, effort=EFFORT, constraints=[{"outcome": "long", "at_most": 0.5}])
    return solve(asked, workers=1, evaluate=two_targets, outcomes=["short", "long"])


def test_every_scheme_of_the_front_is_there_with_its_number_and_interval(answer: Answer) -> None:
    ax = pareto(answer)
    numbers = {text.get_text(): text.xy for text in ax.texts if text.get_text().isdecimal()}  # type: ignore[attr-defined]
    assert set(numbers) == {scheme.name for scheme in answer.schemes}
    for scheme in answer.schemes:
        assert numbers[scheme.name] == (scheme.figures[0].value, scheme.figures[1].value)
    assert len(ax.containers) == len(answer.schemes)


def test_schemes_tried_are_faint_and_told_apart_by_their_limits(answer: Answer) -> None:
    ax = pareto(answer)
    drawn = {line.get_marker(): line for line in ax.get_lines() if line.get_markersize() == 2.6}
    keeps = answer.points["feasible"].to_numpy(bool)
    assert drawn["o"].get_xdata().size == keeps.sum() and drawn["x"].get_xdata().size == (~keeps).sum()  # type: ignore[union-attr]


def test_the_recommended_scheme_stands_in_a_square(answer: Answer) -> None:
    squares = [line for line in pareto(answer).get_lines() if line.get_marker() == "s"]
    at = np.array([np.asarray(one.get_data(), float).ravel() for one in squares])
    assert at.tolist() == [[figure.value for figure in answer.recommended.figures]]


def test_no_number_lies_on_a_bar_or_on_the_square(answer: Answer) -> None:
    ax = pareto(answer)
    ax.figure.draw_without_rendering()
    bars = [ax.transData.transform(bar) for lines in ax.collections for bar in lines.get_segments()]  # type: ignore[attr-defined]
    square = next(line for line in ax.get_lines() if line.get_marker() == "s")
    (at,), half = ax.transData.transform(square.get_xydata()), square.get_markersize() / 2 * ax.figure.dpi / 72  # type: ignore[arg-type]
    drawn = [Bbox.from_extents(*bar.min(axis=0), *bar.max(axis=0)) for bar in bars]
    drawn.append(Bbox.from_extents(*(at - half), *(at + half)))
    assert len(bars) == 2 * len(answer.schemes)
    for text in ax.texts:
        box = Text.get_window_extent(text)  # without the leader
        assert not any(box.overlaps(one) for one in drawn), text.get_text()


def test_axes_say_what_is_better_and_the_footer_which_seeds(answer: Answer) -> None:
    ax = pareto(answer)
    assert ax.get_xlabel() == "short, less is better"
    assert "as searched, seed 1, as far as they are near; front: fresh runs, seed 3" in ax.figure.get_supxlabel().replace(
        "\n", " "
    )  # type: ignore[union-attr]


def test_the_files_are_the_same_every_time(answer: Answer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    one, two = write_front(answer, tmp_path / "a"), write_front(answer, tmp_path / "b")
    assert [path.name for path in one] == ["pareto.png", "pareto.svg"]
    assert all(a.read_bytes() == b.read_bytes() for a, b in zip(one, two, strict=True))

"""``daarna sensitivity`` and ``daarna discover`` on a finished sweep."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from sim.cli import make_app
from sim.cli.understand import _named as named
from sim.errors import InputError
from sim.sweeps import Design, Factor, sweep
from tests.understand.worlds import as_model

SCHEME = Factor("scheme", levels=["old", "new"], crossed=True)
SQUARE = (Factor("x", low=0, high=1), Factor("y", low=0, high=1))
MODEL = as_model(lambda p, runs: 5 * p["y"] + (p["x"] - 0.4 if p["scheme"] == "new" else 0.0))


def call(*arguments: str) -> Any:
    result = CliRunner().invoke(make_app(), list(arguments), env={"COLUMNS": None})
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture(scope="module")
def crossed(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("sweep") / "crossed"
    sweep(Design(None, (SCHEME, *SQUARE), "lhs", 120, runs=2), out=folder, model=MODEL, workers=1)
    return str(folder)


def test_sensitivity_of_a_difference_prints_a_table_and_draws_it(crossed: str) -> None:
    result = call("sensitivity", crossed, "--pair", "scheme")
    assert "regression" in result.output and "chance, of a run's variance: " in result.output
    assert list((Path(crossed) / "figures").glob("sensitivity-difference-of-*.png"))
    told = json.loads(call("sensitivity", crossed, "--pair", "scheme", "--json", "--no-figures").output)
    rows = {row["factor"]: row for row in told["table"]}
    assert rows["x"]["regression"] == pytest.approx(1, abs=0.02)  # y moves both alike


def test_a_crossed_factor_is_named_with_what_to_say(crossed: str) -> None:
    with pytest.raises(InputError, match=r"crossed with the factor scheme; .*say --pair scheme"):
        call("sensitivity", crossed)


def test_discover_says_where_the_new_scheme_wins(crossed: str) -> None:
    result = call("discover", crossed, "difference > 0", "--pair", "scheme", "--base", "old", "--other", "new")
    assert "box 1: x ≥ 0.4" in result.output and "sign not established: 0" in result.output
    drawn = sorted(path.name[:-12] for path in (Path(crossed) / "figures").glob("*-1-*.png"))
    assert drawn == ["box-1-difference-0-", "tradeoff-1-difference-0-"]
    found = json.loads(call("discover", crossed, "difference < 0", "--pair", "scheme", "--json", "--no-figures").output)
    assert found["share"] == pytest.approx(0.4, abs=0.01)


def test_two_requests_share_no_figure(crossed: str) -> None:
    """Another outcome, another pair of levels, another condition or number of boxes: another file, and the first one stays."""
    folder = Path(crossed) / "figures"
    requests = [
        ("sensitivity", "--pair", "scheme"),
        ("sensitivity", "--pair", "scheme", "--base", "new", "--other", "old"),
        ("discover", "difference > 0", "--pair", "scheme"),
        ("discover", "difference > 0.1", "--pair", "scheme"),
        ("discover", "difference > 0.1", "--pair", "scheme", "--boxes", "2"),
    ]
    kept: dict[str, bytes] = {}
    for command, *rest in requests:
        for path in folder.glob("*"):
            path.unlink()
        call(command, crossed, *rest)
        made = {path.name: path.read_bytes() for path in folder.glob("*")}
        assert made and not set(made) & set(kept) and all(len(name) < 80 and re.fullmatch(r"[\w.-]+", name) for name in made)
        kept |= made
    names = [
        named("sensitivity", text, {"outcome": text, "pair": None}) for text in ("npv", "NPV", "n/pv", "n-pv", "../" * 60, "利益")
    ]
    assert (
        names[0] == "sensitivity-npv" and len(set(names)) == 6 and all(re.fullmatch(r"[a-z0-9_-]{1,70}", name) for name in names)
    )
    assert named("sensitivity", "difference of npv", {"pair": 1}) != named("sensitivity", "difference of npv", {"pair": 2})


def test_wrong_arguments_are_input_errors(crossed: str) -> None:
    with pytest.raises(InputError, match="points are crossed with the factor"):
        call("sensitivity", crossed)
    with pytest.raises(InputError, match='found "schema", the sweep varies'):
        call("sensitivity", crossed, "--pair", "schema")


def test_discover_says_why_it_found_no_box(crossed: str) -> None:
    result = call("discover", crossed, "difference > 0", "--pair", "scheme", "--base", "old", "--other", "new", "--density", ".5")
    assert (
        "boxes: none was found: difference > 0 holds at 60.0% of all points, no less than the density of 50.0%" in result.output
    )

"""Figures of a study on disk."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

import sim
from sim.cli import make_app
from sim.errors import InputError
from tests.cite.test_verify import SMALL


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    sim.run(SMALL, runs=3, out=tmp_path_factory.mktemp("plot") / "s")
    return next(tmp_path_factory.getbasetemp().glob("plot*")) / "s"


def plot(*arguments: str) -> str:
    done = CliRunner().invoke(make_app(), ["plot", *arguments])
    if isinstance(done.exception, InputError):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.output


def test_chosen_figures_in_chosen_formats_where_asked_for(folder: Path, tmp_path: Path) -> None:
    output = plot(str(folder), "--figure", "whale", "--format", "pdf", "--out", str(tmp_path / "f"))
    assert output.split() == [str(tmp_path / "f" / "whale.pdf")]
    assert [path.name for path in (tmp_path / "f").iterdir()] == ["whale.pdf"]


def test_figures_of_a_study_enter_its_crate(folder: Path) -> None:
    plot(str(folder), "--figure", "time_use", "--format", "svg")
    crate = json.loads((folder / "ro-crate-metadata.json").read_text())
    assert "figures/time_use.svg" in [entity["@id"] for entity in crate["@graph"]]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(("--figure", "whales"), 'did you mean "whale"'), (("--format", "gif"), "allowed is one of png, svg, pdf")],
)
def test_wrong_words_are_refused(folder: Path, arguments: tuple[str, ...], words: str) -> None:
    with pytest.raises(InputError, match=words):
        plot(str(folder), *arguments)

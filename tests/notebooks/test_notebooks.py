"""Every notebook runs from top to bottom in a fresh kernel, and is committed without its outputs."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from ipykernel.kernelspec import install
from nbclient import NotebookClient

from sim.compiler import COMPILING
from tests.conftest import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
RUNS = "4"
FEW_SEATS = """
import sim

of_any_size = sim.load


def load(path):
    scenario = of_any_size(path)
    return scenario.with_(reps={"count": min(2, scenario.reps.count)})


sim.load = load
"""


@pytest.fixture
def kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a kernel that is this very interpreter, and knows this very source tree."""
    install(prefix=str(tmp_path), kernel_name="daarna-test")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "share" / "jupyter"))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("DAARNA_RUNS", RUNS)
    monkeypatch.setenv("DAARNA_POINTS", "140")  # fewer, and a share tells too little
    return "daarna-test"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_from_top_to_bottom(path: Path, kernel: str) -> None:
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.insert(0, nbformat.v4.new_code_cell(FEW_SEATS))
    NotebookClient(notebook, timeout=600, kernel_name=kernel, resources={"metadata": {"path": str(path.parent)}}).execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert any("image/png" in output.get("data", {}) for output in outputs), "no figure was shown"
    told = "".join(output["text"] for output in outputs if output.get("name") == "stderr")
    assert told.strip() in ("", COMPILING)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_committed_without_outputs(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    for cell in notebook.cells:
        assert not cell.get("outputs") and cell.get("execution_count") is None and not cell["metadata"]


def test_there_are_notebooks() -> None:
    assert len(NOTEBOOKS) >= 2

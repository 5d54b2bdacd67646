"""Citations: what a memo, LaTeX and a reference manager need, and nothing that is not so."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from rocrate.rocrate import ROCrate
from scipy.stats import t
from typer.testing import CliRunner

import sim
from sim.cite.citable import find
from sim.cite.reference import bibtex, csl_json, sentences, text
from sim.cli import make_app
from sim.errors import InputError
from sim.plots import draw_study
from sim.study.crate import write_crate
from tests.cite.test_verify import OTHER, SMALL
from tests.study.worlds import change_number


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cite") / "study"
    draw_study(sim.run([SMALL, OTHER], runs=9, seed=5, out=folder), folder / "figures", names=["whale"])
    return folder


def test_the_sentence_has_value_interval_runs_scenario_and_seed(folder: Path) -> None:
    small, other, difference, costs = sentences(find(f"{folder}:satisfaction"))
    runs = sim.open(folder).runs.pivot(index="run", columns="scenario", values="satisfaction")
    for sentence, values in ((small, runs["small"]), (other, runs["other"]), (difference, runs["other"] - runs["small"])):
        value, low, high = map(float, re.findall(r"-?\d+\.\d+", sentence))
        half = t.ppf(0.975, 8) * values.std(ddof=1) / 3
        assert np.allclose([value, low, high], [values.mean(), values.mean() - half, values.mean() + half], atol=0.06 * half)
        assert "mean of 9 runs, seed 5" in sentence
    assert "under Small" in small and "under Other" in other and "Other less Small" in difference
    assert costs.startswith("The schemes do not cost the same")


def test_references_name_the_study_by_its_content(folder: Path) -> None:
    mark = re.search(r"daarna:[0-9a-f]{12}", text(find(str(folder))))
    assert mark and mark[0] in csl_json(find(str(folder))) and mark[0] in bibtex(find(str(folder)))
    again = sim.run([SMALL, OTHER], runs=9, seed=5)
    longer = sim.run([SMALL, OTHER], runs=8, seed=5)
    from sim.study.provenance import identifier

    assert (identifier(again.about) == mark[0], identifier(longer.about) == mark[0]) == (True, False)


def test_csl_is_a_list_of_items_with_what_the_schema_asks(folder: Path) -> None:
    (item,) = json.loads(csl_json(find(str(folder / "figures" / "whale.png"))))
    assert {"id", "type", "title", "author", "issued"} <= set(item)
    assert item["type"] == "figure" and "whale curve" in item["title"]


def test_bibtex_escapes_what_latex_would_trip_over(tmp_path: Path) -> None:
    study = sim.run(SMALL.with_(title="50% & more_or_less"), runs=2, out=tmp_path / "s")
    entry = bibtex(find(f"{tmp_path / 's'}:npv"))
    assert r"50\% \& more\_or\_less" in entry and entry.count("{") == entry.count("}")
    assert study.names == ["50-more-or-less"]


def test_an_unknown_outcome_gets_the_nearest_name(folder: Path) -> None:
    with pytest.raises(InputError, match='did you mean "signings"'):
        find(f"{folder}:signing")


def test_the_commands_answer(folder: Path) -> None:
    runner = CliRunner()
    assert "seed 5" in runner.invoke(make_app(), ["cite", f"{folder}:npv"]).output
    assert runner.invoke(make_app(), ["cite", str(folder), "--format", "csl"]).output.startswith("[")
    done = runner.invoke(make_app(), ["verify", str(folder), "--quick", "--json"])
    assert done.exit_code == 0 and json.loads(done.output)["identical"] is True


@pytest.mark.parametrize("table", ["runs", "months", "cohorts", "whale", "reps"])
def test_the_identifier_is_given_to_no_study_whose_tables_were_changed(folder: Path, table: str, tmp_path: Path) -> None:
    changed = Path(shutil.copytree(folder, tmp_path / "study"))
    column = "npv" if table == "runs" else pq.read_schema(changed / f"{table}.parquet").names[-1]
    change_number(changed, table, column, 1e6)
    said = rf"{table}\.parquet: was changed: the SHA-256 of its values is \w+…, and study\.json has"
    for name in (str(changed), f"{changed}:npv", str(changed / f"{table}.parquet")):
        for form in (text, bibtex, csl_json):
            with pytest.raises(InputError, match=said):
                form(find(name))
    other = "runs" if table == "whale" else "whale"
    assert "daarna:" in text(find(str(changed / f"{other}.parquet")))


def test_a_study_whose_runs_table_is_cut_is_cited_by_no_outcome(folder: Path, tmp_path: Path) -> None:
    changed = Path(shutil.copytree(folder, tmp_path / "study"))
    (changed / "runs.parquet").write_bytes((changed / "runs.parquet").read_bytes()[:-4])
    with pytest.raises(InputError, match=r"runs\.parquet: cannot be read"):
        find(f"{changed}:npv")


def test_a_study_folder_is_a_valid_crate(folder: Path) -> None:
    write_crate(folder, sim.open(folder).about)
    crate = ROCrate(folder)
    named = {entity.id for entity in crate.data_entities}
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert named == there - {"ro-crate-metadata.json"}
    for needed in ("name", "description", "datePublished", "license"):
        assert crate.root_dataset[needed]
    action = crate.root_dataset["mentions"]
    assert action.type == "CreateAction" and action["instrument"]["softwareVersion"].startswith(sim.__version__)
    assert action["object"].id == "study.json"


def test_a_study_just_finished_is_a_crate_already(tmp_path: Path) -> None:
    sim.run(SMALL, runs=2, out=tmp_path / "s")
    assert ROCrate(tmp_path / "s").name == "Small"

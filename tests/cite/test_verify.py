"""What a file carries is enough to make it again, and whatever was changed is found out."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from matplotlib.image import imread, imsave

import sim
from sim.cite import verify
from sim.cite.verify import MOST, work_of
from sim.errors import InputError
from sim.files.embedded_record import carried, token
from sim.plots import draw_study
from sim.scenario.model import Scenario
from sim.study.provenance import content_hash
from tests.study.worlds import change_number, change_record

SMALL = Scenario().with_(
    title="Small",
    months=26,
    reps={"count": 2},
    customers={"at_start": 30},
    scheme={"components": [{"measure": "initial_revenue", "rate": 0.2}]},
)
OTHER = SMALL.with_(title="Other", scheme={"components": []})
RUNS = 12
NAMES = ("profit_by_year", "time_use")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cite") / "study"
    study = sim.run([SMALL, OTHER], runs=RUNS, seed=5, out=folder)
    draw_study(study, folder / "figures", kinds=("png", "svg", "pdf"), names=NAMES)
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "study"))


@pytest.fixture
def bare(made: Path, tmp_path: Path) -> Path:
    """The study without its figures, each of which takes time to be drawn again."""
    return Path(shutil.copytree(made, tmp_path / "study", ignore=shutil.ignore_patterns("figures")))


def test_a_study_is_identical_to_itself(folder: Path) -> None:
    verdict = verify(folder)
    assert verdict.identical and not verdict.findings and not verdict.notes
    assert "all 24" in str(verdict) and "6 figures" in str(verdict)


def test_a_sample_of_a_study_is_identical_to_itself(bare: Path) -> None:
    verdict = verify(bare, quick=True)
    assert verdict.identical and not verdict.findings and not verdict.notes and "a sample of 20" in str(verdict)


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
@pytest.mark.parametrize("name", NAMES)
def test_a_figure_alone_is_enough(made: Path, tmp_path: Path, name: str, kind: str) -> None:
    alone = Path(shutil.copy(made / "figures" / f"{name}.{kind}", tmp_path / f"renamed.{kind}"))
    assert verify(alone).identical


def test_a_table_alone_is_enough(made: Path, tmp_path: Path) -> None:
    alone = Path(shutil.copy(made / "months.parquet", tmp_path / "months.parquet"))
    assert verify(alone, quick=True).identical


def test_a_number_changed_in_a_table_is_found_with_its_place_and_size(bare: Path) -> None:
    there = pq.read_table(bare / "runs.parquet")["npv"].to_numpy()[3]
    change_number(bare, "runs", "npv", 1.0)
    verdict = verify(bare)
    assert "runs.parquet was changed" in str(verdict)
    place = next(text for text in verdict.findings if text.startswith("runs, small, run 4, npv"))
    assert f"{there + 1.0}" in place and f"{there}" in place and "+1," in place


def test_a_number_changed_and_signed_anew_is_found_by_making_it_again(bare: Path) -> None:
    """Whoever changes a number may change the fingerprint beside it; the scenario gives another number still."""
    from sim.study.parquet import file_fingerprint

    change_number(bare, "runs", "signings", 1)
    mark = file_fingerprint(bare / "runs.parquet")
    change_record(bare / "study.json", lambda about: about["tables"]["runs"].update(sha256=mark))
    verdict = verify(bare)
    assert [text for text in verdict.findings if text.startswith("runs")] == [
        text for text in verdict.findings if text.startswith("runs, small, run 4, signings")
    ]
    assert not verdict.identical


def test_a_changed_study_is_verified_to_the_end(folder: Path) -> None:
    """What refuses to read a changed table does not keep its numbers, and the figures drawn from them, from being told."""
    change_number(folder, "months", "hunting_share", 0.5)
    verdict = verify(folder)
    assert "months.parquet was changed" in str(verdict) and "6 figures" in str(verdict)
    assert any(text.startswith("months, small, run 1, hunting_share: ") for text in verdict.findings)
    assert any(text.startswith("time_use.svg: ") and "drawn again" in text for text in verdict.findings)


@pytest.mark.parametrize("resigned", [False, True])
def test_a_scenario_changed_in_the_record_is_found(bare: Path, resigned: bool) -> None:
    from sim.study.provenance import content_hash

    about = json.loads((bare / "study.json").read_text())
    about["scenarios"][0]["scheme"]["components"][0]["rate"] = 0.3
    if resigned:
        about["content_hash"] = content_hash(about["scenarios"], about["seed"], about["runs"])
    (bare / "study.json").write_text(json.dumps(about))
    verdict = verify(bare)
    assert not verdict.identical
    assert ("the record was changed" in str(verdict)) is not resigned
    assert any(text.startswith("runs, small, run 1, npv") for text in verdict.findings)


def retell(path: Path, change: Any) -> None:
    """Change what a figure carries."""
    record = carried(path)
    assert record is not None
    change(record)
    path.write_bytes(re.sub(rb"daarna-provenance:[^;]*;", lambda _: token(record).encode(), path.read_bytes()))


def test_a_number_changed_in_a_figures_record_is_found(folder: Path) -> None:
    path = folder / "figures" / "profit_by_year.svg"

    def change(record: dict[str, Any]) -> None:
        record["shown"]["numbers"]["0.line0"][0][1] += 0.5

    retell(path, change)
    verdict = verify(path)
    assert any("0.line0, point 1, y" in text for text in verdict.findings)


def test_a_scenario_changed_in_a_figures_record_is_found(folder: Path) -> None:
    path = folder / "figures" / "profit_by_year.svg"
    retell(path, lambda record: record["study"]["scenarios"][1].update(months=25))
    assert "the record was changed" in str(verify(path))


def test_a_caption_changed_in_the_picture_is_found(folder: Path) -> None:
    path = folder / "figures" / "profit_by_year.svg"
    path.write_text(path.read_text().replace("Profit of the book", "Loss of the book"))
    assert "the picture was changed" in str(verify(path))


def test_a_caption_changed_in_the_record_is_found(folder: Path) -> None:
    path = folder / "figures" / "profit_by_year.pdf"

    def change(record: dict[str, Any]) -> None:
        record["shown"]["texts"] = ["of 10,000 runs" if "seed" in text else text for text in record["shown"]["texts"]]

    retell(path, change)
    assert '"of 10,000 runs" there' in str(verify(path))


def test_a_pixel_painted_over_is_found(folder: Path) -> None:
    path = folder / "figures" / "time_use.png"
    pixels = np.array(imread(path))
    pixels[200:210, 200:210] = 0.0
    from matplotlib.image import pil_to_array  # noqa: F401  (Pillow comes with matplotlib)
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    for key, value in Image.open(path).info.items():
        if isinstance(value, str):
            info.add_text(key, value)
    imsave(path, pixels)
    Image.open(path).save(path, pnginfo=info)
    assert "the picture was changed" in str(verify(path))


def test_a_picture_that_was_cut_is_found(folder: Path) -> None:
    path = folder / "figures" / "time_use.png"
    path.write_bytes(path.read_bytes()[:-5_000])
    for other in set(path.parent.iterdir()) - {path}:
        other.unlink()
    assert "time_use.png: the picture was changed" in str(verify(folder, quick=True))
    assert "the picture was changed" in str(verify(path))


def test_a_table_that_was_cut_is_found_and_the_others_are_still_compared(bare: Path) -> None:
    path = bare / "months.parquet"
    path.write_bytes(path.read_bytes()[:2_000])
    verdict = verify(bare, quick=True)
    assert verdict.findings == ["months.parquet cannot be read: it was cut or changed"]
    assert any("runs, cohorts" in line for line in verdict.checked)


@pytest.mark.parametrize("resigned", [False, True])
def test_a_record_does_not_start_more_runs_than_was_said_yes_to(folder: Path, resigned: bool) -> None:
    """Whoever makes a record makes its hash."""
    path = folder / "figures" / "time_use.svg"

    def more(record: dict[str, Any]) -> None:
        about = record["study"]
        about["runs"] = 10**9
        if resigned:
            about["content_hash"] = content_hash(about["scenarios"], about["seed"], about["runs"])

    retell(path, more)
    with pytest.raises(InputError, match=r"asks for 2,000,000,000 runs, up to .* customer-months, about .* with --yes"):
        verify(path)


def test_small_books_take_their_time_too() -> None:
    """2.4 million runs of a year with two reps and ten customers take most of an hour on a core, next to none of it for customers."""
    small = {"months": 12, "reps": {"count": 2}, "customers": {"at_start": 5}}
    study = {"study": {"scenarios": [small], "runs": 2_400_000}}
    (work,) = work_of(study, {"kind": "study"}, quick=False)
    assert work.months > MOST


def test_another_version_is_told_and_not_said_to_be_false(bare: Path) -> None:
    for change in ({"daarna": "0.0.9"}, {"source": "0" * 16}):
        change_record(bare / "study.json", lambda about, change=change: about.update(change))
        verdict = verify(bare)
        assert not verdict.identical and not verdict.findings and "NOT" not in str(verdict)
        assert "install that version to check it" in verdict.other and next(iter(change.values())) in verdict.other
    change_number(bare, "runs", "npv", 1.0)
    verdict = verify(bare)
    assert "runs.parquet: was changed" in verdict.findings[0] and "was changed, as far as can be told" in str(verdict)


def test_a_figure_of_another_study_is_found_in_a_folder(folder: Path, tmp_path: Path) -> None:
    draw_study(sim.run(SMALL, runs=3), tmp_path / "other", kinds=("svg",), names=NAMES[:1])
    shutil.copy(tmp_path / "other" / "profit_by_year.svg", folder / "figures" / "profit_by_year.svg")
    assert "is a figure of another study" in str(verify(folder, quick=True))


def test_a_missing_table_is_found(bare: Path) -> None:
    (bare / "whale.parquet").unlink()
    assert "whale.parquet is missing" in str(verify(bare, quick=True))


def test_another_version_is_named_on_both_sides(bare: Path) -> None:
    change_record(bare / "study.json", lambda about: about["versions"].update(numpy="1.26.4"))
    verdict = verify(bare, quick=True)
    assert verdict.versions == [("numpy", "1.26.4", np.__version__)]


def test_another_matplotlib_is_a_note_and_not_a_finding(folder: Path) -> None:
    path = folder / "figures" / "time_use.svg"
    retell(path, lambda record: record.update(matplotlib="3.0.0"))
    verdict = verify(path)
    assert verdict.identical and "cannot be compared" in verdict.notes[0]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("nothing", "there is no such file"),
        ("empty", "holds no study"),
        ("plain.png", "carries no provenance"),
        ("cut.svg", "cut or changed"),
    ],
)
def test_what_cannot_be_verified_is_refused_in_a_sentence(tmp_path: Path, made: Path, name: str, words: str) -> None:
    (tmp_path / "empty").mkdir()
    imsave(tmp_path / "plain.png", np.zeros((2, 2)))
    whole = (made / "figures" / "time_use.svg").read_bytes()
    (tmp_path / "cut.svg").write_bytes(re.sub(rb"(daarna-provenance:[^;]{200})[^;]*;", rb"\1;", whole))
    with pytest.raises(InputError, match=words):
        verify(tmp_path / name)

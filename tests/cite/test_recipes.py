"""Figures of anything but a study: each carries its recipe, and alone is enough to make it again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.cite import verify
from sim.cite.citable import find
from sim.cite.reference import bibtex, text
from sim.errors import InputError
from sim.files.embedded_record import carried
from sim.study.provenance import digest
from sim.sweeps import Design, Factor
from tests.calibrate.worlds import CDNOW
from tests.cite.test_verify import retell
from tests.design.worlds import TINY_BASE, TINY_PROBLEM
from tests.study.worlds import OTHER, TINY, TINY_FILE, change_number, change_record

TINY_OTHER = TINY.with_(title="Other", scheme=OTHER.scheme.model_dump())
RATE = Factor("rate", "scheme.components[commission].rate", low=0.0, high=0.4)
SALARY = Factor("salary", "desk.salary", low=0.0, high=3000.0)
PRICE = Factor("initial", "customers.initial", low=100.0, high=2000.0)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("recipes")


@pytest.fixture(scope="module")
def daarna(place: Path) -> Callable[..., None]:
    """The command, in a folder of its own."""
    from typer.testing import CliRunner

    from sim.cli import make_app

    def start(*arguments: str) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(place)
            patch.setattr("sys.argv", ["daarna", *arguments])
            done = CliRunner().invoke(make_app(), list(arguments))
        assert done.exit_code == 0, done.output + str(done.exception)

    (place / "tiny.toml").write_text(TINY_FILE)
    (place / "base.toml").write_text(TINY_BASE)
    (place / "problem.toml").write_text(TINY_PROBLEM.replace("tiny.toml", "base.toml"))
    rows = CDNOW.read_text().splitlines(keepends=True)
    (place / "log.csv").write_text(rows[0] + "".join(row for row in rows[1:] if row[3] == "0"))
    return start


@pytest.fixture(scope="module")
def life(place: Path, daarna: Callable[..., None]) -> Path:
    accounts = sim.run(sim.load(place / "tiny.toml"), runs=2, customers=True).customers
    assert accounts is not None
    number = accounts.loc[accounts["run"] == 2, "customer"].iloc[0]
    daarna("explain", "tiny.toml", "--run", "2", "--customer", str(number), "--figure", "life.svg")
    return place / "life.svg"


@pytest.fixture(scope="module")
def year(place: Path, daarna: Callable[..., None]) -> Path:
    daarna("explain", "tiny.toml", "--seed", "7", "--figure", "year.pdf")
    return place / "year.pdf"


@pytest.fixture(scope="module")
def swept(place: Path, daarna: Callable[..., None]) -> Path:
    """A sweep that was analysed: trajectories crossed with two schemes."""
    schemes = Factor("scheme", "scheme", levels={"paid": TINY, "unpaid": TINY_OTHER}, crossed=True)
    sim.sweep(Design(TINY, (schemes, PRICE, SALARY), "morris", points=4, runs=2, seed=3), out=place / "w", workers=1)
    daarna("sensitivity", "w", "--pair", "scheme")
    return place / "w"


@pytest.fixture(scope="module")
def discovered(place: Path, daarna: Callable[..., None]) -> Path:
    made = sim.sweep(Design(TINY, (PRICE, SALARY), "lhs", points=40, runs=2, seed=3), out=place / "x", workers=1)
    daarna("discover", "x", f"npv > {made.means(['npv'])['npv'].median()}")
    return place / "x" / "figures"


@pytest.fixture(scope="module")
def designed(place: Path, daarna: Callable[..., None]) -> Path:
    daarna("design", "problem.toml", "--out", "d", "--workers", "1")
    return place / "d"


@pytest.fixture(scope="module")
def forecast(place: Path, daarna: Callable[..., None]) -> Path:
    daarna("calibrate", "log.csv", "--out", "c.toml", "--forecast", "3", "--runs", "5", "--figure", "forecast.png")
    return place / "forecast.png"


def alone(path: Path, tmp_path: Path) -> Path:
    """A copy of a figure, alone in a folder."""
    return Path(shutil.copy(path, tmp_path / f"alone{path.suffix}"))


def the(folder: Path, pattern: str) -> Path:
    """The only file of a pattern."""
    (path,) = folder.glob(pattern)
    return path


def recipe_changed(path: Path, change: Callable[[dict[str, Any]], Any], resigned: bool) -> None:
    def retold(record: dict[str, Any]) -> None:
        change(record["recipe"])
        if resigned:
            record["content_hash"] = digest(record["recipe"])

    retell(path, retold)


def test_a_followed_run_alone_is_enough(life: Path, year: Path, tmp_path: Path) -> None:
    for path in (life, year):
        verdict = verify(alone(path, tmp_path))
        assert verdict.identical and "followed again" in str(verdict)


@pytest.mark.parametrize("resigned", [False, True])
def test_another_scenario_in_the_figure_of_a_run_is_found(life: Path, tmp_path: Path, resigned: bool) -> None:
    path = alone(life, tmp_path)
    recipe_changed(path, lambda recipe: recipe["scenario"]["customers"].update(initial=1.0), resigned)
    verdict = verify(path)
    assert ("the record was changed" in str(verdict)) is not resigned
    assert any("drawn again" in text or "cannot be made again" in text for text in verdict.findings)


def test_a_number_in_the_figure_of_a_run_is_found(life: Path, tmp_path: Path) -> None:
    path = alone(life, tmp_path)

    def change(record: dict[str, Any]) -> None:
        next(iter(record["shown"]["numbers"].values()))[0][1] += 1.0

    retell(path, change)
    assert not verify(path).identical


def test_a_caption_in_the_figure_of_a_run_is_found(life: Path, tmp_path: Path) -> None:
    path = alone(life, tmp_path)
    path.write_text(path.read_text().replace("run 2", "run 3").replace("seed 1", "seed 2").replace("Customer", "Client"))
    assert "the picture was changed" in str(verify(path))


def test_a_figure_of_a_sweep_alone_is_enough(swept: Path, tmp_path: Path) -> None:
    verdict = verify(alone(the(swept / "figures", "sensitivity-difference*.svg"), tmp_path))
    assert verdict.identical and "all 24 points behind it, 2 runs each" in str(verdict)


@pytest.mark.parametrize("name", ["box-1", "tradeoff-1"])
def test_a_box_alone_is_enough(discovered: Path, tmp_path: Path, name: str) -> None:
    assert verify(alone(the(discovered, f"{name}-*.png"), tmp_path)).identical


def test_the_condition_of_a_box_is_found(discovered: Path, tmp_path: Path) -> None:
    path = alone(the(discovered, "box-1-*.svg"), tmp_path)
    recipe_changed(path, lambda recipe: recipe["asked"].update(condition="npv < 0"), resigned=True)
    assert not verify(path).identical


def test_a_sample_of_points_says_what_was_not_checked(swept: Path, tmp_path: Path) -> None:
    verdict = verify(alone(the(swept / "figures", "sensitivity-difference*.png"), tmp_path), quick=True)
    assert verdict.identical and "a sample of 10 of 24 points" in str(verdict)
    assert "were not made again" in verdict.notes[0]


def test_a_mean_that_a_figure_of_a_sweep_carries_is_found(swept: Path, tmp_path: Path) -> None:
    path = alone(the(swept / "figures", "sensitivity-difference*.svg"), tmp_path)

    def change(record: dict[str, Any]) -> None:
        record["means"]["npv"][0] += 1.0

    retell(path, change)
    (found,) = verify(path, quick=True).findings
    assert found.startswith("npv, mean at point 0: ") and "(+1," in found


@pytest.mark.parametrize("quick", [False, True])
def test_another_design_in_a_figure_of_a_sweep_is_found(swept: Path, tmp_path: Path, quick: bool) -> None:
    from sim.sweeps.record import design_hash

    path = alone(the(swept / "figures", "sensitivity-difference*.svg"), tmp_path)

    def change(recipe: dict[str, Any]) -> None:
        recipe["sweep"]["base"]["reps"]["salary"] += 500.0
        recipe["sweep"]["design_hash"] = design_hash(recipe["sweep"])

    recipe_changed(path, change, resigned=True)
    assert any("made again" in text for text in verify(path, quick).findings)


def test_the_outcome_of_a_figure_of_a_sweep_is_found(swept: Path, tmp_path: Path) -> None:
    path = alone(the(swept / "figures", "sensitivity-difference*.svg"), tmp_path)
    recipe_changed(path, lambda recipe: recipe["asked"].update(outcome="cost_to_serve"), resigned=True)
    assert not verify(path).identical


def test_points_of_a_table_are_carried(place: Path, daarna: Callable[..., None], tmp_path: Path) -> None:
    from sim.understand import one_at_a_time

    sim.sweep(one_at_a_time(TINY, [RATE, PRICE], runs=3), out=tmp_path / "w", workers=1)
    daarna("sensitivity", str(tmp_path / "w"))
    path = alone(tmp_path / "w" / "figures" / "sensitivity-npv.svg", tmp_path)
    assert verify(path).identical and verify(tmp_path / "w").identical
    recipe_changed(path, lambda recipe: recipe["points"]["rate"].__setitem__(0, 0.1), resigned=True)
    assert "the points of the design are not those" in str(verify(path))


def test_a_figure_of_a_design_alone_is_enough(designed: Path, tmp_path: Path) -> None:
    verdict = verify(alone(designed / "figures" / "pareto.svg", tmp_path))
    assert verdict.identical and "search, choice and report" in str(verdict)


@pytest.mark.parametrize("quick", [False, True])
def test_a_scheme_reported_in_a_figure_of_a_design_is_found(designed: Path, tmp_path: Path, quick: bool) -> None:
    path = alone(designed / "figures" / "pareto.svg", tmp_path)

    def change(record: dict[str, Any]) -> None:
        record["answer"]["schemes"][0]["objectives"][0]["value"] += 2.0

    retell(path, change)
    assert any("value: " in text and "(+2," in text for text in verify(path, quick).findings)


def test_another_base_in_a_figure_of_a_design_is_found(designed: Path, tmp_path: Path) -> None:
    path = alone(designed / "figures" / "pareto.svg", tmp_path)
    recipe_changed(path, lambda recipe: recipe["base"]["desk"].update(salary=1.0), resigned=True)
    assert any("npv, value: " in text for text in verify(path, quick=True).findings)


def test_a_forecast_needs_the_log(forecast: Path, daarna: Callable[..., None], tmp_path: Path) -> None:
    path = alone(forecast, tmp_path)
    with pytest.raises(InputError, match=r"is a forecast from log\.csv \(SHA-256 [0-9a-f]{12}…\), which it does not contain"):
        verify(path)
    daarna("verify", str(path), "--data", "log.csv")


def test_another_log_and_another_seed_of_a_forecast_are_found(forecast: Path, place: Path, tmp_path: Path) -> None:
    path = alone(forecast, tmp_path)
    record = carried(path)
    assert record is not None
    record["recipe"]["seed"] = 2
    _rewrite_png(path, record)
    (tmp_path / "other.csv").write_text("".join((place / "log.csv").read_text().splitlines(keepends=True)[:-9]))
    verdict = verify(path, data=[tmp_path / "other.csv"])
    assert "the record was changed" in str(verdict)
    assert "is not the log that the forecast was made from" in str(verdict) and "drawn again" in str(verdict)


def _rewrite_png(path: Path, record: dict[str, Any]) -> None:
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    from sim.files.embedded_record import token

    picture, info = Image.open(path), PngInfo()
    info.add_text("Provenance", token(record))
    picture.save(path, pnginfo=info)


@pytest.mark.parametrize("name", ["life", "year", "forecast"])
def test_a_figure_is_cited_by_its_content(name: str, request: pytest.FixtureRequest) -> None:
    path = request.getfixturevalue(name)
    said = text(find(str(path)))
    record = carried(path)
    assert record is not None and record["title"] in said and "[figure], from" in said
    assert "daarna:" in bibtex(find(str(path))) and record["made"]["source"] in said


@pytest.mark.parametrize("quick", [False, True])
def test_a_sweep_is_identical_to_itself(swept: Path, quick: bool) -> None:
    verdict = verify(swept, quick)
    assert verdict.identical and not verdict.notes
    assert f"{'a sample of 10 of' if quick else 'all'} 24 points" in str(verdict) and "figures, drawn again" in str(verdict)


@pytest.fixture
def folder(swept: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(swept, tmp_path / "w"))


def test_a_number_changed_in_a_sweep_is_found_with_its_place(folder: Path) -> None:
    from sim.study.parquet import file_fingerprint

    change_number(folder, "runs", "npv", 1.0)
    found = verify(folder).findings
    assert "runs.parquet was changed" in found[0]
    assert not any("the SHA-256 of its values" in text for text in found)  # figures are drawn again from the changed runs
    mark = file_fingerprint(folder / "runs.parquet")
    change_record(folder / "design.json", lambda about: about["tables"]["runs"].update(sha256=mark))
    verdict = verify(folder)
    assert "was changed: its fingerprint" not in str(verdict)
    assert any(text.startswith("runs, point 1, run 2, npv: ") and "(+1," in text for text in verdict.findings)


def test_a_point_changed_in_a_sweep_is_found(folder: Path) -> None:
    change_number(folder, "points", "initial", 10.0)
    verdict = verify(folder, quick=True)
    assert "points.parquet was changed" in str(verdict) and "point 3, initial: " in str(verdict)
    assert "point 3: its address is not that of its content" in str(verdict)


@pytest.mark.parametrize("resigned", [False, True])
def test_a_scenario_changed_in_a_sweep_is_found(folder: Path, resigned: bool) -> None:
    from sim.sweeps.record import design_hash

    change_record(folder / "design.json", lambda about: about["base"]["reps"].update(salary=1.0))
    if resigned:
        change_record(folder / "design.json", lambda about: about.update(design_hash=design_hash(about)))
    verdict = verify(folder, quick=True)
    assert ("its design hash is not" in str(verdict)) is not resigned
    assert any(text.startswith("runs, point 0, run 1, npv: ") for text in verdict.findings)


def test_a_missing_table_of_a_sweep_is_found(folder: Path) -> None:
    (folder / "runs.parquet").unlink()
    assert "missing" in str(verify(folder))


def test_a_figure_of_another_sweep_is_found(folder: Path, tmp_path: Path) -> None:
    path = the(folder / "figures", "sensitivity-difference*.svg")
    retell(path, lambda record: record["recipe"]["sweep"].update(content_hash="0" * 64))
    assert f"{path.name}: is a figure of another sweep" in str(verify(folder, quick=True))


def test_a_sweep_is_cited_by_its_content_and_a_valid_crate(swept: Path) -> None:
    from rocrate.rocrate import ROCrate

    said = text(find(str(swept)))
    about = json.loads((swept / "design.json").read_text())
    assert (
        f"daarna:{about['content_hash'][:12]}" in said and "24 points over scheme, initial, salary, 2 runs each, seed 3" in said
    )
    crate = ROCrate(swept)
    there = {path.relative_to(swept).as_posix() for path in swept.rglob("*") if path.is_file()}
    assert {entity.id for entity in crate.data_entities} == there - {"ro-crate-metadata.json"}
    assert crate.root_dataset["identifier"] == f"daarna:{about['content_hash'][:12]}"


def test_a_sweep_of_a_users_own_function_is_refused_in_a_sentence(tmp_path: Path) -> None:
    from tests.sweeps.worlds import listed, planted

    sim.sweep(listed(0.0, 1.0), out=tmp_path / "w", model=planted)
    with pytest.raises(InputError, match=r"was made by tests\.sweeps\.worlds\.planted"):
        verify(tmp_path / "w")
    assert "model source of the user" in text(find(str(tmp_path / "w")))


@pytest.mark.parametrize("quick", [False, True])
def test_a_design_is_identical_to_itself(designed: Path, quick: bool) -> None:
    verdict = verify(designed, quick)
    assert verdict.identical and ("2 figures" in str(verdict)) is not quick


def test_a_design_is_cited_by_its_content_and_a_valid_crate(designed: Path) -> None:
    from rocrate.rocrate import ROCrate

    crate = ROCrate(designed)
    assert crate.root_dataset["identifier"] in text(find(str(designed)))
    assert {"figures/pareto.svg", "schemes/scheme-1.toml", "tried.csv"} <= {entity.id for entity in crate.data_entities}


@pytest.fixture
def answer(designed: Path, tmp_path: Path) -> Path:
    """A design's folder beside the base that its schemes extend."""
    shutil.copy(designed.parent / "base.toml", tmp_path)
    return Path(shutil.copytree(designed, tmp_path / "d"))


def test_files_changed_in_a_design_are_found(answer: Path) -> None:
    for name, old, new in (("front.csv", "1", "2"), ("tried.csv", "1", "2"), ("recommended.toml", "rate = ", "rate = 1")):
        (answer / name).write_text((answer / name).read_text().replace(old, new, 1))
    found = verify(answer).findings
    recorded, answered = found[:3], found[3:]  # by the record's SHA-256, and by the answer found again
    assert sorted(text.split()[0] for text in recorded) == ["front.csv", "recommended.toml", "tried.csv"]
    assert [text.split()[0] for text in answered] == ["recommended.toml", "front.csv", "tried.csv"]
    assert all("was changed" in text for text in found)


def test_a_number_changed_in_a_design_is_found(answer: Path) -> None:
    def change(told: dict[str, Any]) -> None:
        told["schemes"][0]["objectives"][0]["value"] += 1.0

    change_record(answer / "design.json", change)
    assert any("value: " in text and "(+1," in text for text in verify(answer, quick=True).findings)


@pytest.mark.parametrize("resigned", [False, True])
def test_a_scenario_changed_in_a_design_is_found(answer: Path, resigned: bool) -> None:
    def change(told: dict[str, Any]) -> None:
        told["recipe"]["base"]["desk"]["salary"] = 1.0
        if resigned:
            told["content_hash"] = digest(told["recipe"])

    change_record(answer / "design.json", change)
    verdict = verify(answer, quick=True)
    assert ("the record was changed" in str(verdict)) is not resigned
    assert any("scheme 1, npv, value: " in text for text in verdict.findings)

"""The program as it is installed: built from a clean copy, used in an empty folder, the checkout out of sight."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

import sim
from sim.code_cache import fitting
from sim.sources import source_hash
from tests.conftest import ROOT
from tests.library.conftest import Done, build

Daarna = Callable[..., Done]


def library(archive: Path) -> set[str]:
    """Paths of the library's files in a wheel."""
    with zipfile.ZipFile(archive) as packed:
        return {name.removeprefix("sim/scenarios/") for name in packed.namelist() if name.startswith("sim/scenarios/")}


def kept() -> set[str]:
    """Paths of the library's files in the checkout."""
    there = (path for path in (ROOT / "scenarios").rglob("*") if path.is_file())
    return {path.relative_to(ROOT / "scenarios").as_posix() for path in there}


def test_a_wheel_holds_the_library_and_nothing_beside_the_package(wheel: Path) -> None:
    assert library(wheel) == kept()
    with zipfile.ZipFile(wheel) as packed:
        assert {name.split("/")[0].split("-")[0] for name in packed.namelist()} == {"sim", "daarna"}


def test_a_wheel_made_from_the_sdist_is_the_same(sources: Path, wheel: Path, tmp_path: Path) -> None:
    with tarfile.open(build(sources, tmp_path, "sdist")) as packed:
        packed.extractall(tmp_path, **({"filter": "data"} if hasattr(tarfile, "data_filter") else {}))
    (tree,) = (path for path in tmp_path.iterdir() if path.is_dir())
    again = build(tree, tmp_path / "again")
    with zipfile.ZipFile(again) as one, zipfile.ZipFile(wheel) as other:
        assert sorted(one.namelist()) == sorted(other.namelist())
        assert all(one.read(name) == other.read(name) for name in one.namelist() if not name.endswith("RECORD"))


def test_the_installed_program_has_its_version_and_its_own_library(daarna: Daarna, installed: Path) -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert daarna("--version").stdout == f"daarna {version}, model {source_hash()}\n"
    assert version == sim.__version__
    told = json.loads(daarna("library", "--json").stdout)
    assert {Path(one["path"]).relative_to(installed / "sim" / "scenarios").as_posix() for one in told} == {
        name for name in kept() if name.endswith((".toml", ".csv"))
    }


def test_a_file_of_ones_own_is_begun_checked_and_described(daarna: Daarna, tmp_path: Path) -> None:
    daarna("new", "mine.toml", "--from", "signature-bonus")
    with (tmp_path / "mine.toml").open("a") as file:
        file.write('[reps]\nsalary = 1234.0\n[sources]\n"reps.salary" = "a choice"\n')
    said = daarna("check", "mine.toml", "signature-bonus", "library:designs/pay", "short-and-long-run", "e1-revenue-pay")
    assert said.stdout.count(": ok (") == 5
    told = daarna("describe", "mine.toml").stdout
    assert "1234" in told and "signing commission" in told


def test_the_public_names_take_names_of_the_library(daarna: Daarna) -> None:
    code = """
import sim
from sim import library
from sim.design import load
from sim.sweeps.design_file import load as design
from sim.proofs import registry
from sim.proofs.measure import setting
assert sim.load("signature-bonus") == sim.load("library:signature-bonus")
assert len(design("pay")) and load("short-and-long-run").base == "library:article-holds"
entries = registry().values()
settings = [file.strip() for one in entries if one.group not in ("hypothesis", "prediction") for file in one.setting.split(",")]
assert all((library.folder().parent / one.setting).is_file() for one in entries if one.group == "prediction")
print(sum(bool(setting(file)) for file in settings if file.endswith(".toml")))
"""
    assert int(daarna(code, python=("-c",)).stdout) > 30


def test_the_shell_completes_names(daarna: Daarna) -> None:
    asked = {"_DAARNA_COMPLETE": "complete_bash", "COMP_WORDS": "daarna run signat", "COMP_CWORD": "2"}
    assert daarna(**asked).stdout.split() == ["signature-bonus"]
    named = {"_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}  # the argument says which
    assert "_DAARNA_COMPLETE" in daarna("--show-completion", "bash", **named).stdout


@pytest.mark.slow
def test_the_whole_program_runs_from_the_wheel(daarna: Daarna, tmp_path: Path) -> None:
    """Simulates, compares, sweeps, designs, calibrates and validates; and what it made is verified in the checkout."""
    daarna("run", "signature-bonus", "--runs", "2", "--quiet", "--out", "study")
    daarna("compare", "signature-bonus", "library:relationship-bonus", "--runs", "4", "--quiet", "--out", "pair")
    daarna("new", "grid.toml", "--from", "designs/pay")
    text = (tmp_path / "grid.toml").read_text(encoding="utf-8")
    (tmp_path / "grid.toml").write_text(text.replace("runs = 20 ", "runs = 1 "), encoding="utf-8")
    daarna("sweep", "grid.toml", "--quiet", "--out", "swept")
    daarna("design", "short-and-long-run", "--runs", "2", "--evaluations", "8", "--quiet", "--out", "found", "--no-figures")
    daarna("calibrate", "cdnow_sample_to_1997-09-30", "--quiet", "--extends", "library:cdnow-shop", "--out", "shop.toml")
    daarna("check", "shop.toml", "found/recommended.toml")
    daarna("validate", "--quick", "--quiet", "--only", "bgnbd-silent", "--only", "nbd-counts")
    daarna("explain", "signature-bonus")
    for made in ("study", "pair", "swept"):
        done = subprocess.run(
            [sys.executable, "-m", "sim", "verify", str(tmp_path / made)], cwd=ROOT, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
    for record in tmp_path.glob("*/*.json"):
        assert "site-packages" not in record.read_text(encoding="utf-8") and "site0" not in record.read_text(encoding="utf-8"), (
            record
        )


def test_an_editable_install_uses_the_checkout(sources: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(build(sources, tmp_path, "editable")) as packed:
        packed.extractall(tmp_path)
    packages = sysconfig.get_path("purelib")
    code = f"""
import site, sys
sys.path.append({packages!r})  # without the .pth files in it
site.addsitedir({str(tmp_path)!r})
import sim, sim.library
print(sim.__file__, sim.__version__, sim.library.folder(), sep="\\n")
"""
    done = subprocess.run([sys.executable, "-S", "-E", "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [str(sources / "sim" / "__init__.py"), sim.__version__, str(sources / "scenarios")]


@pytest.mark.slow
def test_the_model_compiled_with_the_package_is_loaded_and_gives_the_same_bits(sources: Path, tmp_path: Path) -> None:
    """Shipped for a level of processors, and compiled at the first start for this very one."""
    level = fitting()[0]
    with zipfile.ZipFile(build(sources, tmp_path, levels=level)) as packed:
        packed.extractall(tmp_path / "shipped")
    shutil.copytree(tmp_path / "shipped" / "sim", tmp_path / "fresh" / "sim", ignore=shutil.ignore_patterns("built"))
    assert len(list((tmp_path / "shipped" / "sim" / "built").glob("*.code"))) > 30

    def answer(which: str, *arguments: str) -> tuple[str, str]:
        environment = os.environ | {"PYTHONPATH": str(tmp_path / which), "DAARNA_CACHE": str(tmp_path / f"cache of {which}")}
        command = [sys.executable, "-m", "sim", *arguments]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout, done.stderr

    for arguments in (["--runs", "20"], ["--runs", "1", "--engine", "mesa"]):
        asked = ["run", "signature-bonus", *arguments, "--json", "--no-figures", "--out"]
        shipped, said = answer("shipped", *asked, "shipped-" + arguments[-1])
        fresh, warned = answer("fresh", *asked, "fresh-" + arguments[-1])
        assert json.loads(shipped)["summary"] == json.loads(fresh)["summary"]
        assert "Compiling" not in said and "Compiling" in warned
    assert not list((tmp_path / "cache of shipped").rglob("*.code"))

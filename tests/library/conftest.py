"""The wheel, built once from a clean copy of the sources, installed into a folder of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.cli.conftest import command  # noqa: F401 - a fixture
from tests.conftest import ROOT

PARTS = ("sim", "scenarios", "pyproject.toml", "setup.py", "README.md", "LICENSE")
Done = subprocess.CompletedProcess[str]


def build(source: Path, target: Path, what: str = "wheel", levels: str = "none") -> Path:
    """A wheel or sdist of a source tree by the build backend itself, which needs no network; the model compiled for some levels."""
    code = f"from setuptools import build_meta; build_meta.build_{what}({str(target)!r})"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=source, capture_output=True, text=True, env=os.environ | {"DAARNA_BUILD": levels}
    )
    assert done.returncode == 0, done.stderr
    (made,) = target.glob("*.tar.gz" if what == "sdist" else "*.whl")
    return made


@pytest.fixture(scope="session")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources as a clean clone has them, without what only tests and documentation need."""
    made = tmp_path_factory.mktemp("clone")
    for name in PARTS:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, made / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, made)
    return made


@pytest.fixture(scope="session")
def wheel(sources: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel."""
    return build(sources, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel's content."""
    target = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(target)
    return target


@pytest.fixture
def daarna(installed: Path, tmp_path: Path) -> Callable[..., Done]:
    """Call the installed program in an empty folder, the checkout out of sight."""

    def call(*arguments: str, code: int = 0, python: Sequence[str] = ("-m", "sim"), **extra: str) -> Done:
        environment = {
            **os.environ,
            "PYTHONPATH": str(installed),
            "PYTHONIOENCODING": "utf-8",
            "PYTHONDONTWRITEBYTECODE": "",
            **extra,
        }
        started = [sys.executable, *python, *arguments]
        done = subprocess.run(started, cwd=tmp_path, env=environment, capture_output=True, text=True, encoding="utf-8")
        assert done.returncode == code, (arguments, done.stdout, done.stderr)
        assert str(ROOT) not in done.stdout + done.stderr
        return done

    return call

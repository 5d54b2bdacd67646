"""The documentation says what the code does: names exist, examples load and run, generated pages are fresh."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.scenario.components import EDITS
from sim.scenario.document import COMMAND, page
from sim.scenario.explain import paths
from sim.scenario.load import load
from sim.scenario.model import Scenario
from tests.conftest import ROOT

DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.glob("*.md"))]
GROUPS = tuple(rf"{name}\." for name, field in Scenario.model_fields.items() if name != "sources" and field.default is not None)


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def quoted(page: Path) -> list[str]:
    return re.findall(r"`([^`\n]+)`", page.read_text(encoding="utf-8"))


SCHEMES = blocks(DOCS / "schemes.md", "toml")


def test_the_reference_page_is_what_the_code_generates() -> None:
    assert (DOCS / "parameters.md").read_text(encoding="utf-8") == page(), f"run  {COMMAND}"


def test_the_page_of_commands_is_what_the_commands_say() -> None:
    from sim.cli.document import COMMAND, page

    assert (DOCS / "commands.md").read_text(encoding="utf-8") == page(), f"run  {COMMAND}"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_parameters_modules_and_functions_that_are_named_exist(path: Path) -> None:
    known = {re.sub(r"\[\d*\]", "", one) for one in paths(Scenario)} | {f"scheme.{key}" for key in EDITS}
    for name in quoted(path):
        if re.fullmatch(r"(sim|tests|scenarios|notebooks|docs)/[\w./-]*", name):
            assert (ROOT / name).exists(), name
        elif re.fullmatch(r"sim\.\w+\.\w+\.\w+", name):
            module, _, function = name.rpartition(".")
            assert hasattr(import_module(module), function), name
    text = re.sub(r"(?<=components)\[[^\]\n]*\]", "", path.read_text(encoding="utf-8"))  # by number or by name
    for name in re.findall(rf"(?<![\w./-])(?:{'|'.join(GROUPS)})[\w.\[\]]*\w", text):
        assert re.sub(r"\[\d*\]", "", name) in known, name


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
        assert target.startswith("https://") or (path.parent / target).exists(), target
        assert path.parent != DOCS or not target.startswith("../"), f"{target} is not part of the site"


@pytest.mark.parametrize("text", SCHEMES, ids=lambda text: re.findall(r'name = "(.+)"', f'name = "plain"\n{text}')[-1])
def test_an_example_of_a_scheme_loads(text: str, tmp_path: Path) -> None:
    text = text.replace('extends = "', f'extends = "{(ROOT / "scenarios").as_posix()}/')
    (tmp_path / "example.toml").write_text(text)
    assert load(tmp_path / "example.toml").scheme.components


def test_there_is_an_example_of_every_shape() -> None:
    schemes = [tomllib.loads(text)["scheme"] for text in SCHEMES]
    components: list[dict[str, Any]] = [component for scheme in schemes for component in scheme.get("components", [])]
    assert {"rate", "tiers", "quota", "bonus", "cap", "threshold", "scope", "trail_months", "deferral", "clawback"} <= {
        key for component in components for key in component
    }
    assert {component.get("combine", "add") for component in components} == {"add", "multiply", "gate"}
    shapes = {component["clawback"].get("shape", "linear") for component in components if "clawback" in component}
    assert shapes == {"linear", "step"} and any("variable_cap" in scheme for scheme in schemes)


def test_the_python_of_the_readme_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    first, rule, measure = blocks(ROOT / "README.md", "python")
    space: dict[str, Any] = {"print": lambda *_: None}
    exec(first.replace("runs=200", "runs=2"), space)
    assert len(space["pair"].study.runs) == 4
    small = 'signature = signature.with_(months=3, reps={"count": 1}, customers={"at_start": 5})\n'
    exec("import sim\n" + small + rule.replace("runs=5", "runs=1"), space)
    assert (space["hunters"].months["hunting_share"] == 1.0).all()
    compile(measure, "README.md", "exec")


def test_the_readme_gives_the_two_commands() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "\npython -m pip install . && daarna run scenarios/signature-bonus.toml " in text
    assert '\npython -m pip install -e ".[test]" && pytest ' in text


def test_figures_are_small() -> None:
    for figure in (DOCS / "figures").iterdir():
        assert figure.stat().st_size < 200_000, figure


def test_the_citation_is_whole_and_of_this_version() -> None:
    text = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    for key in ("cff-version: 1.2.0", "message", "title", "type: software", "abstract", "authors", "keywords", "license: MIT"):
        assert re.search(rf"^{re.escape(key)}", text, re.MULTILINE), key
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert f"\nversion: {project['version']}\n" in text and sim.__version__ == project["version"]


@pytest.mark.slow
def test_the_site_builds_without_a_warning(tmp_path: Path) -> None:
    """Strict: a broken link, a page that no menu names or a reference that leads nowhere is an error."""
    build = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict", "--site-dir", str(tmp_path / "site")]
    done = subprocess.run(build, cwd=ROOT, capture_output=True, text=True, env=os.environ | {"NO_MKDOCS_2_WARNING": "true"})
    assert (done.returncode, done.stderr) == (0, "")
    reference = (tmp_path / "site" / "api.html").read_text(encoding="utf-8")
    assert 'id="sim.run"' in reference and "sim.study.run.run" in reference
    assert ":func:" not in reference and 'href="#sim.run"><code>sim.run</code>' in reference


@pytest.mark.slow
def test_the_python_of_understanding_runs_and_prints_what_the_page_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = DOCS / "understanding.md"
    (tmp_path / "scenarios").symlink_to(ROOT / "scenarios")
    monkeypatch.chdir(tmp_path)
    exec(blocks(page, "python")[0], {})
    assert capsys.readouterr().out == blocks(page, "text")[0]
    assert (tmp_path / "box.png").exists()


def test_the_package_is_built_with_what_it_runs_with() -> None:
    """Else what is compiled when it is built fits no installation; and numba, whose internals compiled code depends on, is bounded."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    needed = project["project"]["dependencies"]
    assert {one for one in project["build-system"]["requires"] if not one.startswith("setuptools")} <= set(needed)
    for name in ("numba", "llvmlite"):
        assert any(re.fullmatch(rf"{name}>=[\d.]+,<[\d.]+", one) for one in needed)


def test_every_page_is_in_a_menu_and_no_menu_names_a_page_that_is_not_there() -> None:
    menu = re.findall(r":\s*([\w-]+\.md)$", (ROOT / "mkdocs.yml").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(menu) == sorted(page.name for page in DOCS.glob("*.md"))

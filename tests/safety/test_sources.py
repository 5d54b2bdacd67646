"""No source of the program runs a text as code, unpickles, or loads a module that a file names: so that the kind cannot come back."""

from __future__ import annotations

import ast
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from subprocess import run

import pytest

from sim import code_cache
from tests.conftest import ROOT

SOURCES = sorted((ROOT / "sim").rglob("*.py"))

#: Names and attributes that run a text, read an object, or start a program.
FORBIDDEN = {
    "eval", "exec", "query", "literal_eval", "pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib", "yaml", "numexpr",
    "__import__", "read_pickle", "to_pickle", "format_map", "subprocess", "system", "popen", "Popen", "code", "runpy", "ctypes",
    "unpack_archive", "extractall", "deserialize", "loadtxt", "genfromtxt", "fromfile",
}  # fmt: skip
#: Where one of them, or a name that is reckoned, is meant: and why no received text reaches it.
ALLOWED = {
    ("proofs/entry.py", "import_module"): "modules of the installation",
    ("compiled.py", "compile"): "numba's, of a function",
    ("compiler.py", "subprocess"): "Python itself, with a module of the installation",
    ("compiler.py", "Popen"): "the same",
    ("compiler_process.py", "compile"): "numba's, of a function",
    ("compiler_process.py", "import_module"): "what the process that started this one has imported",
    ("memo/typeset.py", "compile"): "typst",
    ("scenario/load.py", "format"): "a constant of the module",
}


def found(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and name of what may run a text."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            modules = [getattr(node, "module", None) or "", *(one.name for one in node.names)]
            yield from ((node.lineno, part) for module in modules for part in module.split(".") if part in FORBIDDEN)
        elif isinstance(node, ast.Call):
            name = getattr(node.func, "id", None) or getattr(node.func, "attr", "")
            if name in FORBIDDEN or name == "import_module":
                yield node.lineno, name
            if name == "compile" and not (isinstance(node.func, ast.Attribute) and getattr(node.func.value, "id", "") == "re"):
                yield node.lineno, name
            plain = any(one.arg == "allow_pickle" and getattr(one.value, "value", True) is False for one in node.keywords)
            if name == "load" and getattr(getattr(node.func, "value", None), "id", "") in ("np", "numpy") and not plain:
                yield node.lineno, "np.load"
            if name == "format" and isinstance(node.func, ast.Attribute) and _reckoned(node.func.value):
                yield node.lineno, "format"


def _reckoned(text: ast.expr) -> bool:
    """Whether a format string is neither written out nor a constant of its module, or of a table that is one."""
    text = text.value if isinstance(text, ast.Subscript) else text
    return not (isinstance(text, ast.Constant) or (isinstance(text, ast.Name) and text.id.isupper()))


@pytest.mark.parametrize("line", ["eval(x)", "frame.eval(x)", "import pickle", "np.load(x)", "from yaml import load", "f.query(x)",
                                  "x.format(1)", "x[0].format(1)", "importlib.import_module(x)", "compile(x, '', 'exec')"])  # fmt: skip
def test_the_search_finds_what_it_is_for(line: str) -> None:
    assert list(found(ast.parse(line)))


def test_no_text_is_run_and_nothing_is_unpickled() -> None:
    there = [
        f"{path.relative_to(ROOT)}:{line}: {name}"
        for path in SOURCES
        for line, name in found(ast.parse(path.read_text(encoding="utf-8")))
        if (path.relative_to(ROOT / "sim").as_posix(), name) not in ALLOWED
    ]
    assert there == []


def test_the_cache_of_compiled_code_is_never_in_the_current_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for told in (
        {"DAARNA_CACHE": "here"},
        {"DAARNA_CACHE": "", "XDG_CACHE_HOME": ""},
        {"DAARNA_CACHE": "../x", "XDG_CACHE_HOME": "y"},
    ):
        for name in ("DAARNA_CACHE", "XDG_CACHE_HOME"):
            monkeypatch.setenv(name, told.get(name, ""))
        folder = code_cache.cache_folder()
        assert folder.is_absolute() and tmp_path not in folder.parents
    monkeypatch.setenv("DAARNA_CACHE", str(tmp_path / "mine"))
    assert code_cache.cache_folder().parent == tmp_path / "mine"


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="modes of files")
def test_compiled_code_that_others_may_have_put_there_is_not_loaded(tmp_path: Path) -> None:
    why: list[str] = []

    def kept(folder: Path) -> bool:
        why.append(code_cache.cannot_be_kept(folder))
        return not why[-1]

    mine = tmp_path / "kernel"
    assert kept(mine) and mine.stat().st_mode & 0o777 == 0o700
    (mine / "book").mkdir()
    (mine / "book" / "kernel.nbi").touch()
    (mine / "book").chmod(0o775)  # within a folder that others do not enter
    assert kept(mine)
    mine.chmod(0o755)
    assert not kept(mine) and "others may write book" in why[-1]
    (mine / "book").chmod(0o755)
    assert kept(mine)
    (mine / "book" / "kernel.1.nbc").symlink_to(tmp_path / "elsewhere")
    assert not kept(mine) and "kernel.1.nbc is a link" in why[-1]
    (mine / "book" / "kernel.1.nbc").unlink()
    mine.chmod(0o777)
    assert not kept(mine)
    mine.chmod(0o755)
    if os.geteuid() == 0:
        os.chown(mine / "book" / "kernel.nbi", 12345, 12345)
        assert not kept(mine) and "belongs to another user" in why[-1]


def test_settings_in_the_current_folder_are_refused_or_without_effect(tmp_path: Path) -> None:
    (tmp_path / "matplotlibrc").write_text("text.usetex: True\nfigure.dpi: 7\nbackend: module://evil\n")
    code = (
        "from sim.plots.style import style\nimport matplotlib\n"
        "with style(): print(matplotlib.rcParams['text.usetex'], matplotlib.rcParams['figure.dpi'])\n"
        "open('.numba_config.yaml', 'w').write('disable_jit: 1\\n')\n"
        "import subprocess, sys\nprint(subprocess.run([sys.executable, '-c', 'import sim.compiled'], capture_output=True, text=True).stderr)\n"
    )
    done = run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": str(ROOT)}
    )
    first, *_, second = done.stdout.strip().splitlines()
    assert first == "False 100.0" and "InputError" in second and "would change how the model is compiled" in second
